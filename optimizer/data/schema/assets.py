"""Places, materials and plants: who can make what, from what, at which cost."""

from __future__ import annotations

from optimizer.data.schema.column import Column, Table

STAGES = ("mined", "separated", "metal", "magnet", "scrap", "refined")

REGIONS = Table(
    "regions",
    "Countries or blocs between which material moves.",
    ("region",),
    (
        Column("region", "text", "Short name of the region, used as its key."),
        Column("name", "text", "Full name."),
        Column("covered", "flag", "Whether content from here breaks origin rules (a covered country)."),
        Column(
            "bloc",
            "choice",
            "allied regions are those whose supply is secured; covered ones are the risk; neutral ones are neither.",
            choices=("allied", "covered", "neutral"),
        ),
    ),
    required=True,
)

MATERIALS = Table(
    "materials",
    "What flows through the chain, with the basis on which its tonnes are counted.",
    ("material",),
    (
        Column("material", "text", "Short name of the material, used as its key."),
        Column("name", "text", "Full name."),
        Column("stage", "choice", "Stage of the chain the material belongs to.", choices=STAGES),
        Column("basis", "text", "What one tonne is a tonne of, e.g. t NdPr oxide contained."),
        Column(
            "price_series",
            "reference",
            "Price series at which the material trades.",
            refers_to="price_series",
            allows=("none",),
        ),
        Column(
            "origin_tracked",
            "flag",
            "yes: kept in two streams, compliant and any, because some buyers refuse covered-country content.",
        ),
    ),
    required=True,
)

PLANTS = Table(
    "plants",
    "Operating plants, and candidates that a government may bring into being.",
    ("plant",),
    (
        Column("plant", "text", "Short name of the plant, used as its key."),
        Column("name", "text", "Full name."),
        Column("owner", "text", "Owner or sponsor.", required=False, default=""),
        Column("region", "reference", "Region it stands in.", refers_to="regions"),
        Column("stage", "choice", "Stage of the chain it works at.", choices=STAGES),
        Column("product", "reference", "Main product: capacity and cost are per tonne of it.", refers_to="materials"),
        Column(
            "status",
            "choice",
            "operating: runs anyway. candidate: runs only if built (or kept alive) by a decision of the plan.",
            choices=("operating", "candidate"),
        ),
        Column("capacity_t_per_year", "number", "Nameplate output of the main product.", "t/yr", minimum=0.001,
               maximum=1e7, ranged=True),
        Column("availability", "number", "Share of nameplate reached after ramp-up.", "share", required=False,
               default=1.0, minimum=0.01, maximum=1.0),
        Column("capex_musd", "number", "Investment decided on, spread evenly over the build years (0 if operating).",
               "musd", minimum=0.0, maximum=1e5, ranged=True),
        Column("build_years", "integer", "Years of construction before the start year.", "years", minimum=0,
               maximum=15),
        Column("start_years", "list", "Years in which operation may start (one year for operating plants).",
               items="integer"),
        Column("life_years", "integer", "Years of operation.", "years", minimum=1, maximum=40),
        Column("ramp", "reference", "Ramp-up profile.", refers_to="ramps"),
        Column("opex_usd_per_kg", "number", "Variable cost per kg of main product, without the inputs in recipes.",
               "USD/kg", minimum=0.0, maximum=1e5, ranged=True),
        Column("fixed_opex_musd_per_year", "number", "Cost of staying open, whatever is produced.", "musd/yr",
               required=False, default=0.0, minimum=0.0, maximum=1e4),
        Column("other_revenue_usd_per_kg", "number",
               "Income from by-products outside the case, per kg of main product.", "USD/kg", required=False,
               default=0.0, minimum=0.0, maximum=1e5),
        Column("reserve_t", "number", "Total output of the main product the deposit allows from the first year of the "
               "horizon.", "t", minimum=0.0, maximum=1e9, allows=("none",)),
        Column("min_run_share", "number", "Share of capacity below which running costs a penalty.", "share",
               required=False, default=0.0, minimum=0.0, maximum=1.0),
        Column("below_minimum_cost_usd_per_kg", "number", "Penalty per kg below the minimum run.", "USD/kg",
               required=False, default=0.0, minimum=0.0, maximum=1e5),
        Column("compliant", "flag", "Whether its products are free of covered-country content if its inputs are."),
        Column("basis_series", "reference", "Basis: ratio of the price it realises to the reference price.",
               required=False, refers_to="price_series", allows=("none",), default="none"),
        Column("hurdle_rate", "number", "Real rate of return its sponsor requires (candidates).", "per year",
               required=False, default=0.12, minimum=0.0, maximum=0.5, ranged=True),
        Column("tax_rate", "number", "Effective tax rate on positive operating margins.", "share", required=False,
               default=0.0, minimum=0.0, maximum=0.8),
        Column("loss_limit_share", "number", "Downside the sponsor accepts: mean net present value in the bad tail, at "
               "worst minus this share of the equity it puts in.", "share of equity", required=False, default=0.5,
               minimum=0.0, maximum=2.0, ranged=True),
        Column("merchant_share", "number", "Share of uncontracted output that a lender believes will be sold.", "share",
               required=False, default=0.5, minimum=0.0, maximum=1.0),
        Column("profit_cap_share", "number", "Over-compensation cap: expected net present value at most this share of "
               "capex when supported.", "share of capex", required=False, default=0.5, minimum=0.0, maximum=100.0,
               allows=("none",)),
        Column("requires", "reference", "Plant that must run for this one to be built.", required=False,
               refers_to="plants", allows=("none",), default="none"),
        Column("delay_probability", "number", "Chance that the start slips.", "probability", required=False,
               default=0.0, minimum=0.0, maximum=1.0),
        Column("delay_years", "integer", "By how long it slips.", "years", required=False, default=0, minimum=0,
               maximum=10),
        Column("outage_probability", "number", "Chance of an outage in a year.", "probability per year",
               required=False, default=0.0, minimum=0.0, maximum=1.0),
        Column("outage_share", "number", "Share of the year's output lost in an outage.", "share", required=False,
               default=0.0, minimum=0.0, maximum=1.0),
    ),
    required=True,
)

RECIPES = Table(
    "recipes",
    "Inputs and joint products of each plant, per tonne of its main product.",
    ("plant", "material", "role"),
    (
        Column("plant", "reference", "The plant.", refers_to="plants"),
        Column("material", "reference", "What goes in or comes out besides the main product.", refers_to="materials"),
        Column("role", "choice", "input or output.", choices=("input", "output")),
        Column("t_per_t", "number", "Tonnes per tonne of main product.", "t/t", minimum=0.0, maximum=1e4, ranged=True),
    ),
)

RAMPS = Table(
    "ramps",
    "Share of nameplate reached in each year of operation; the last stated year holds from then on.",
    ("ramp", "operating_year"),
    (
        Column("ramp", "text", "Name of the profile."),
        Column("operating_year", "integer", "1 in the start year, then 2, 3 …", "year", minimum=1, maximum=40),
        Column("share", "number", "Share of nameplate.", "share", minimum=0.0, maximum=1.0),
    ),
    required=True,
)

OPEX_STEPS = Table(
    "opex_steps",
    "Stepwise variable cost of a plant; plants without rows here use opex_usd_per_kg throughout.",
    ("plant", "step"),
    (
        Column("plant", "reference", "The plant.", refers_to="plants"),
        Column("step", "integer", "1, 2, … from the cheapest.", minimum=1, maximum=20),
        Column("capacity_share", "number", "Share of capacity in this step; the shares of a plant add up to 1.", "share",
               minimum=0.0, maximum=1.0),
        Column("opex_usd_per_kg", "number", "Variable cost in this step.", "USD/kg", minimum=0.0, maximum=1e5),
    ),
)

COLLECTION = Table(
    "collection",
    "Scrap that past use makes available to recycling plants.",
    ("region", "scrap_material", "from_material"),
    (
        Column("region", "reference", "Where it is collected.", refers_to="regions"),
        Column("scrap_material", "reference", "The scrap: an input of recycling plants.", refers_to="materials"),
        Column("from_material", "reference", "The material whose past use returns as scrap.", refers_to="materials"),
        Column("collection_rate", "number", "Share of past use that is collected.", "share", minimum=0.0, maximum=1.0,
               ranged=True),
        Column("lag_years", "integer", "Years between use and return.", "years", minimum=1, maximum=30),
        Column("past_use_t_per_year", "number", "Use in the years before the horizon.", "t/yr", minimum=0.0,
               maximum=1e8),
        Column("cost_usd_per_kg", "number", "Cost of collecting.", "USD/kg", minimum=0.0, maximum=1e4),
    ),
)

TABLES = (REGIONS, MATERIALS, PLANTS, RECIPES, RAMPS, OPEX_STEPS, COLLECTION)
