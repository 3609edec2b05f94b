"""Pots, instruments, contract menus, stockpiles and targets: what a government can decide."""

from __future__ import annotations

from optimizer.data.schema.assets import STAGES
from optimizer.data.schema.column import Column, Table

SUPPORT_INSTRUMENTS = ("grant", "equity", "loan", "contract", "stockpile")

PROGRAMMES = Table(
    "programmes",
    "Pots of public money, and how promises are scored against them.",
    ("programme",),
    (
        Column("programme", "text", "Short name of the pot, used as its key."),
        Column("name", "text", "Full name."),
        Column("government", "reference", "Whose money it is.", refers_to="regions"),
        Column("budget_musd", "number", "Size of the pot, present value at the public rate.", "musd", minimum=0.0,
               maximum=1e6, ranged=True),
        Column("contract_scoring", "choice", "What a contract uses up of the pot: the expected present value of payments, "
               "the mean of the worst paths (cvar), or the worst path.", choices=("expected", "cvar", "worst")),
        Column("scoring_alpha", "number", "Tail level of cvar scoring: 0.95 is the mean of the worst 5 %.", "probability",
               required=False, default=0.95, minimum=0.0, maximum=0.999),
        Column("loan_subsidy_rate", "number", "Share of a loan's face value that uses up the pot (credit subsidy).",
               "share", required=False, default=1.0, minimum=0.0, maximum=1.0, ranged=True),
        Column("equity_score_share", "number", "Share of equity's face value that uses up the pot.", "share",
               required=False, default=1.0, minimum=0.0, maximum=1.0),
        Column("first_year", "integer", "First year in which a plant it supports may start, or stock be bought.", "year",
               minimum=2000, maximum=2100),
        Column("last_year", "integer", "Last such year.", "year", minimum=2000, maximum=2100),
        Column("yearly_cap_musd", "number", "Most that may be spent in a year, in expectation.", "musd/yr", minimum=0.0,
               maximum=1e6, allows=("none",)),
        Column("committed_musd", "number", "Grants, equity and loans already promised, at face value: every plan awards "
               "at least as much of the pot.", "musd", required=False, default=0.0, minimum=0.0, maximum=1e6),
    ),
)

ELIGIBILITY = Table(
    "eligibility",
    "Who may be supported by which pot with which instrument; any matches everything.",
    ("programme", "instrument", "region", "stage", "plant"),
    (
        Column("programme", "reference", "The pot.", refers_to="programmes"),
        Column("instrument", "choice", "The instrument.", choices=SUPPORT_INSTRUMENTS),
        Column("region", "reference", "Region of the plant or stockpile.", refers_to="regions", allows=("any",)),
        Column("stage", "choice", "Stage of the plant or of the stockpiled material.", choices=(*STAGES, "any")),
        Column("plant", "reference", "A particular plant.", refers_to="plants", allows=("any",)),
    ),
)

CONTRACTS = Table(
    "contracts",
    "Contracts that may be offered: one row is one form with a menu of strike prices. At most one strike is signed.",
    ("contract",),
    (
        Column("contract", "text", "Short name of the contract, used as its key."),
        Column("plant", "reference", "Whose output it covers.", refers_to="plants"),
        Column("programme", "reference", "Pot that pays.", refers_to="programmes"),
        Column("form", "choice", "floor: pays max(strike − reference, 0), with an upside share. cfd: pays strike − "
               "reference, both ways. collar: pays below the strike, is paid above strike + collar width. purchase: buys "
               "the tonnes at the strike, into a stockpile.", choices=("floor", "cfd", "collar", "purchase")),
        Column("series", "reference", "Reference price.", refers_to="price_series"),
        Column("strike_min_usd_per_kg", "number", "Lowest strike on the menu.", "USD/kg", minimum=0.0, maximum=1e6),
        Column("strike_max_usd_per_kg", "number", "Highest strike: the administrative cap.", "USD/kg", minimum=0.0,
               maximum=1e6),
        Column("strike_tick_usd_per_kg", "number", "Step of the menu.", "USD/kg", minimum=1e-3, maximum=1e5),
        Column("share_min", "number", "Smallest share of planned output covered if signed.", "share", required=False,
               default=1.0, minimum=0.0, maximum=1.0),
        Column("share_max", "number", "Largest share of planned output covered.", "share", required=False, default=1.0,
               minimum=0.0, maximum=1.0),
        Column("tenor_years", "integer", "Years of cover from the start of operation.", "years", minimum=1,
               maximum=40),
        Column("upside_share", "number", "Share of the price above the threshold paid back (floor).", "share",
               required=False, default=0.0, minimum=0.0, maximum=1.0),
        Column("upside_threshold_usd_per_kg", "number", "Price above which the share is paid; strike means the strike "
               "itself.", "USD/kg", required=False, default="strike", minimum=0.0, maximum=1e6, allows=("strike",)),
        Column("upside_cap_musd_per_year", "number", "Most that is paid back in a year. Needs fixed tonnage (share_min = "
               "share_max).", "musd/yr", required=False, default="none", minimum=0.0, maximum=1e5, allows=("none",)),
        Column("upside_from_year", "integer", "First year in which the upside share applies.", "year", required=False,
               default="none", minimum=2000, maximum=2100, allows=("none",)),
        Column("collar_width_usd_per_kg", "number", "Cap minus strike (collar).", "USD/kg", required=False,
               default=0.0, minimum=0.0, maximum=1e6),
        Column("indexation_rate", "number", "Yearly real change of the strike. A strike fixed in money of the day has minus "
               "the inflation rate here; a fully indexed one 0.", "per year", required=False, default=0.0,
               minimum=-0.2, maximum=0.2),
        Column("settlement_lag_years", "number", "Time between delivery and payment.", "years", required=False,
               default=0.0, minimum=0.0, maximum=3.0),
        Column("averaging", "choice", "Period over which the reference price is averaged.", required=False,
               default="quarterly", choices=("quarterly", "yearly")),
        Column("offtake", "flag", "Whether covered tonnes are certain to be sold, in a lender's eyes."),
        Column("committed", "flag", "Whether it is already agreed: every plan signs it, at a strike of its menu, and its "
               "plant is taken not to be built without it.", required=False, default=False),
        Column("take_or_pay_share", "number", "Share of promised tonnes paid for even if not taken (purchase).", "share",
               required=False, default=0.0, minimum=0.0, maximum=1.0),
        Column("stockpile", "reference", "Where purchased tonnes go (purchase).", required=False,
               refers_to="stockpiles", allows=("none",), default="none"),
    ),
)

SUPPORT = Table(
    "support",
    "Grants, equity and loans a pot may give a candidate, and the private debt it can raise.",
    ("plant", "instrument", "programme"),
    (
        Column("plant", "reference", "The candidate.", refers_to="plants"),
        Column("instrument", "choice", "grant, equity, loan (public) or debt (private).",
               choices=("grant", "equity", "loan", "debt")),
        Column("programme", "reference", "Pot that pays; none for private debt.", refers_to="programmes",
               allows=("none",)),
        Column("max_musd", "number", "Largest amount.", "musd", minimum=0.0, maximum=1e5, allows=("none",)),
        Column("max_share_of_capex", "number", "Largest share of capex. For debt: the cap on all borrowing (gearing).",
               "share", minimum=0.0, maximum=1.0),
        Column("rate", "number", "Real interest rate (loan, debt), or preferred return (equity).", "per year",
               required=False, default=0.0, minimum=-0.05, maximum=0.5, ranged=True),
        Column("tenor_years", "integer", "Years of repayment from the start of operation; redemption year of preferred "
               "equity.", "years", required=False, default=0, minimum=0, maximum=40),
        Column("debt_service_cover", "number", "Least ratio of cash flow to debt service in the lender's deck (debt).",
               "ratio", required=False, default=1.3, minimum=0.0, maximum=5.0, ranged=True),
        Column("equity_form", "choice", "common: a share of operating cash flow. preferred: a stated return, redeemed at "
               "the tenor.", required=False, default="common", choices=("common", "preferred")),
    ),
)

STOCKPILES = Table(
    "stockpiles",
    "Stocks held against disruption. Purchases follow a constant yearly rate within each tranche.",
    ("stockpile",),
    (
        Column("stockpile", "text", "Short name of the stockpile, used as its key."),
        Column("name", "text", "Full name."),
        Column("region", "reference", "Where it is held and released.", refers_to="regions"),
        Column("material", "reference", "What is held.", refers_to="materials"),
        Column("programme", "reference", "Pot that pays; none if nothing may be bought.", refers_to="programmes",
               allows=("none",)),
        Column("opening_t", "number", "Held at the start of the horizon.", "t", minimum=0.0, maximum=1e8, ranged=True),
        Column("capacity_t", "number", "Most that can be held.", "t", minimum=0.0, maximum=1e8, allows=("none",)),
        Column("max_purchase_t_per_year", "number", "Most that can be bought in a year without moving the market.",
               "t/yr", minimum=0.0, maximum=1e8),
        Column("tranches", "list", "First years of the purchase tranches; blank if nothing may be bought.", required=False,
               default=(), items="integer"),
        Column("holding_cost_usd_per_kg_year", "number", "Storage and handling.", "USD/kg/yr", minimum=0.0,
               maximum=1e4, ranged=True),
        Column("loss_per_year", "number", "Share lost or spoiled in a year.", "share per year", required=False,
               default=0.0, minimum=0.0, maximum=1.0),
        Column("release_max_share", "number", "Most that may be released in a year, as a share of the stock at its "
               "start.", "share per year", minimum=0.0, maximum=1.0),
        Column("release_rule", "choice", "disruption: released only in years with a disruption. any: at any time.",
               required=False, default="disruption", choices=("disruption", "any")),
        Column("residual_value_share", "number", "Share of its price at which stock left at the end is valued.", "share",
               required=False, default=0.5, minimum=0.0, maximum=1.0),
        Column("stream", "choice", "Stream it holds, for origin-tracked materials.", required=False, default="any",
               choices=("any", "compliant")),
        Column("purchase_premium", "number", "Paid above the expected price, as a share.", "share", required=False,
               default=0.0, minimum=0.0, maximum=5.0),
    ),
)

TARGETS = Table(
    "targets",
    "Security targets, hard or with a stated price per unit missed.",
    ("target",),
    (
        Column("target", "text", "Name of the target."),
        Column("kind", "choice", "share_limit: at most `level` of the region's supply of the material comes from the "
               "origin. days_of_cover: planned stock of at least `level` days of demand. service_level: at least "
               "`level` of the segment's demand is met.",
               choices=("share_limit", "days_of_cover", "service_level")),
        Column("region", "reference", "Where.", refers_to="regions"),
        Column("material", "reference", "What.", refers_to="materials"),
        Column("origin", "reference", "Origin limited (share_limit).", required=False, refers_to="regions",
               allows=("none",), default="none"),
        Column("segment", "text", "Demand segment (service_level, days_of_cover); any for all.", required=False,
               default="any"),
        Column("futures", "choice", "Futures it must hold in.", required=False, default="all",
               choices=("all", "calm")),
        Column("first_year", "integer", "First year it applies.", "year", minimum=2000, maximum=2100),
        Column("last_year", "integer", "Last year it applies.", "year", minimum=2000, maximum=2100),
        Column("level", "number", "Share (share_limit, service_level) or days (days_of_cover).", "share or days",
               minimum=0.0, maximum=3650.0, ranged=True),
        Column("mode", "choice", "hard: must hold. priced: a miss costs price_usd_per_kg.",
               choices=("hard", "priced")),
        Column("price_usd_per_kg", "number", "Price of a miss, per kg by which supply misses the target.", "USD/kg",
               required=False, default=0.0, minimum=0.0, maximum=1e6),
    ),
)

SOURCES = Table(
    "sources",
    "Where figures come from. The key judgement is always available for the authors' own assumptions.",
    ("source",),
    (
        Column("source", "text", "Short name, used in the source column of every row."),
        Column("title", "text", "Title of the document or data set."),
        Column("address", "text", "Where it can be found.", required=False, default=""),
        Column("date", "text", "Date of the document.", required=False, default=""),
        Column("note", "text", "Anything a reader should know.", required=False, default=""),
    ),
)

TABLES = (PROGRAMMES, ELIGIBILITY, CONTRACTS, SUPPORT, STOCKPILES, TARGETS, SOURCES)
