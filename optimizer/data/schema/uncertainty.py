"""Prices and disruptions: what is not known when the awards are made."""

from __future__ import annotations

from optimizer.data.schema.column import Column, Table

PRICE_SERIES = Table(
    "price_series",
    "Price series and how they move. process: mean-reverting log price. linked: adder + Σ factor × other series. basis: "
    "mean-reverting ratio between a realised and a reference price.",
    ("series",),
    (
        Column("series", "text", "Name of the series."),
        Column("name", "text", "What is quoted, where, on which tax basis."),
        Column("kind", "choice", "process, linked or basis.", choices=("process", "linked", "basis")),
        Column("start_usd_per_kg", "number", "Level at the start of the horizon (a ratio for a basis; 0 for linked).",
               "USD/kg", minimum=0.0, maximum=1e6),
        Column("long_run_usd_per_kg", "number", "Level the median returns to (a ratio for a basis; 0 for linked).",
               "USD/kg", minimum=0.0, maximum=1e6, ranged=True),
        Column("volatility_per_year", "number", "Annualised standard deviation of monthly log returns.", "per √year",
               required=False, default=0.0, minimum=0.0, maximum=3.0, ranged=True),
        Column("half_life_years", "number", "Half-life of deviations from the long-run level.", "years",
               required=False, default=2.0, minimum=0.05, maximum=100.0, ranged=True),
        Column("autocorrelation", "number", "Lag-one autocorrelation of monthly log-price shocks.", "correlation",
               required=False, default=0.0, minimum=0.0, maximum=0.95),
        Column("adder_usd_per_kg", "number", "Constant of a linked series.", "USD/kg", required=False, default=0.0,
               minimum=-1e5, maximum=1e6),
    ),
    required=True,
)

PRICE_LINKS = Table(
    "price_links",
    "What linked series are made of.",
    ("series", "linked_series"),
    (
        Column("series", "reference", "The linked series.", refers_to="price_series"),
        Column("linked_series", "reference", "A process series in it.", refers_to="price_series"),
        Column("factor", "number", "kg-weighted factor on that series.", "ratio", minimum=-100.0, maximum=100.0),
    ),
)

PRICE_CORRELATIONS = Table(
    "price_correlations",
    "Correlations of monthly log-price shocks; pairs not stated are uncorrelated.",
    ("series_a", "series_b"),
    (
        Column("series_a", "reference", "One series.", refers_to="price_series"),
        Column("series_b", "reference", "The other.", refers_to="price_series"),
        Column("correlation", "number", "Correlation.", "correlation", minimum=-1.0, maximum=1.0),
    ),
)

PRICE_REGIMES = Table(
    "price_regimes",
    "Regimes laid over the ordinary movement: dumping (level_factor below 1) and squeezes (above 1).",
    ("regime", "series"),
    (
        Column("regime", "text", "Name; rows of one regime strike together."),
        Column("series", "reference", "Process series it moves.", refers_to="price_series"),
        Column("hazard_per_year", "number", "Chance that it begins in a year. The same in all rows of a regime.",
               "probability per year", minimum=0.0, maximum=1.0, ranged=True),
        Column("duration_years_min", "number", "Shortest duration.", "years", minimum=0.08, maximum=20.0),
        Column("duration_years_max", "number", "Longest duration.", "years", minimum=0.08, maximum=20.0),
        Column("level_factor", "number", "Price at the deepest point, as a multiple of what it would have been.",
               "ratio", minimum=0.01, maximum=50.0),
        Column("first_year", "integer", "First year in which it may begin.", "year", minimum=2000, maximum=2100),
    ),
)

PRICE_HISTORY = Table(
    "price_history",
    "Monthly history from which processes are calibrated.",
    ("series", "period"),
    (
        Column("series", "reference", "The series.", refers_to="price_series"),
        Column("period", "period", "Month."),
        Column("usd_per_kg", "number", "Monthly mean.", "USD/kg", minimum=1e-6, maximum=1e6),
    ),
)

PRICE_DECKS = Table(
    "price_decks",
    "Price decks given by the user: a lender's deck, a consultant's forecast.",
    ("deck", "series", "year"),
    (
        Column("deck", "text", "Name of the deck."),
        Column("series", "reference", "The series.", refers_to="price_series"),
        Column("year", "integer", "Year; the last stated year holds from then on.", "year", minimum=2000,
               maximum=2100),
        Column("usd_per_kg", "number", "Price.", "USD/kg", minimum=0.0, maximum=1e6),
    ),
)

DISRUPTIONS = Table(
    "disruptions",
    "Embargoes and licensing regimes that withhold trade.",
    ("disruption",),
    (
        Column("disruption", "text", "Name of the disruption."),
        Column("name", "text", "What happens."),
        Column("origin", "reference", "Whose exports are withheld.", refers_to="regions"),
        Column("destinations", "list", "To whom; the word any stands for everybody.", refers_to="regions",
               allows=("any",)),
        Column("materials", "list", "Which materials; the word any stands for all.", refers_to="materials",
               allows=("any",)),
        Column("hazard_per_year", "number", "Chance that it begins in a year in which it is not in force.",
               "probability per year", minimum=0.0, maximum=1.0, ranged=True),
        Column("duration_years_min", "number", "Shortest duration.", "years", minimum=0.08, maximum=20.0),
        Column("duration_years_max", "number", "Longest duration.", "years", minimum=0.08, maximum=20.0),
        Column("depth", "number", "Share of the lanes' capacity withheld while in force.", "share", minimum=0.0,
               maximum=1.0, ranged=True),
        Column("price_factor", "number", "Multiple of the affected materials' prices while in force.", "ratio",
               required=False, default=1.0, minimum=0.1, maximum=50.0, ranged=True),
        Column("first_year", "integer", "First year in which it may begin.", "year", minimum=2000, maximum=2100),
        Column("last_year", "integer", "Last year in which it may begin.", "year", minimum=2000, maximum=2100),
    ),
)

TABLES = (PRICE_SERIES, PRICE_LINKS, PRICE_CORRELATIONS, PRICE_REGIMES, PRICE_HISTORY, PRICE_DECKS, DISRUPTIONS)
