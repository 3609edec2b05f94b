"""Outside supply, demand, and what moves between regions."""

from __future__ import annotations

from optimizer.data.schema.column import Column, Table

SUPPLIERS = Table(
    "suppliers",
    "Supply outside the plan's control, in steps of rising cost. A step costs price_factor × the material's price "
    "+ price_adder.",
    ("supplier", "step"),
    (
        Column("supplier", "text", "Name of the supplier."),
        Column("step", "integer", "1, 2, … from the cheapest.", minimum=1, maximum=20),
        Column("region", "reference", "Where it supplies from.", refers_to="regions"),
        Column("material", "reference", "What it supplies.", refers_to="materials"),
        Column("quantity_t_per_year", "number", "How much, in the first year of the horizon.", "t/yr", minimum=0.0,
               maximum=1e8, ranged=True),
        Column("growth_per_year", "number", "Yearly growth of the quantity.", "per year", required=False, default=0.0,
               minimum=-0.5, maximum=0.5),
        Column("price_factor", "number", "Multiple of the material's price paid.", "ratio", minimum=0.0, maximum=100.0),
        Column("price_adder_usd_per_kg", "number", "Added to it.", "USD/kg", required=False, default=0.0,
               minimum=-1e5, maximum=1e5),
    ),
)

DEMAND = Table(
    "demand",
    "What must be supplied, by segment, and what it costs to go short.",
    ("region", "segment", "material"),
    (
        Column("region", "reference", "Where.", refers_to="regions"),
        Column("segment", "text", "Who: defence, civil, …"),
        Column("material", "reference", "What.", refers_to="materials"),
        Column("base_t_per_year", "number", "Demand in the first year of the horizon.", "t/yr", minimum=0.0,
               maximum=1e8, ranged=True),
        Column("growth_per_year", "number", "Yearly growth.", "per year", minimum=-0.5, maximum=0.5, ranged=True),
        Column("shortage_cost_usd_per_kg", "number", "Loss to the economy or to defence per kg not supplied.", "USD/kg",
               minimum=0.0, maximum=1e6, ranged=True),
        Column("accepts", "choice", "any: takes either stream. compliant: only material free of covered-country "
               "content.", choices=("any", "compliant")),
        Column("compliant_from_year", "integer", "First year in which only compliant material is accepted (if accepts is "
               "compliant).", "year", required=False, allows=("none",), default="none", minimum=2000, maximum=2100),
    ),
    required=True,
)

LANES = Table(
    "lanes",
    "Routes between regions, per material. Material may be sent on only by the region that made or bought it first.",
    ("from_region", "to_region", "material"),
    (
        Column("from_region", "reference", "From.", refers_to="regions"),
        Column("to_region", "reference", "To.", refers_to="regions"),
        Column("material", "reference", "What.", refers_to="materials"),
        Column("freight_usd_per_kg", "number", "Freight and handling.", "USD/kg", minimum=0.0, maximum=1e4,
               ranged=True),
        Column("capacity_t_per_year", "number", "What the route carries at most in the first year, in calm. An embargo "
               "withholds a share of this.", "t/yr", minimum=0.0, maximum=1e8, allows=("none",)),
        Column("growth_per_year", "number", "Yearly growth of the capacity.", "per year", required=False, default=0.0,
               minimum=-0.5, maximum=0.5),
    ),
)

BORDER_MEASURES = Table(
    "border_measures",
    "Tariffs and border-adjusted price floors. They raise what plants inside the protected region realise and what "
    "buyers there pay.",
    ("measure",),
    (
        Column("measure", "text", "Name of the measure."),
        Column("kind", "choice", "tariff: ad valorem on imports. price_floor: the price inside is never below the floor.",
               choices=("tariff", "price_floor")),
        Column("region", "reference", "Protected region.", refers_to="regions"),
        Column("origin", "reference", "Origin it applies to (tariffs).", refers_to="regions", allows=("any",)),
        Column("material", "reference", "Material it applies to.", refers_to="materials"),
        Column("tariff_rate", "number", "Rate on the import price (0 for a price floor).", "share", required=False,
               default=0.0, minimum=0.0, maximum=10.0),
        Column("floor_usd_per_kg", "number", "Reference price enforced at the border (0 for a tariff).", "USD/kg",
               required=False, default=0.0, minimum=0.0, maximum=1e5),
        Column("first_year", "integer", "First year in force.", "year", minimum=2000, maximum=2100),
        Column("last_year", "integer", "Last year in force.", "year", minimum=2000, maximum=2100, allows=("none",)),
        Column("pass_through", "number", "Share of the tariff that shows in the price plants inside realise.", "share",
               required=False, default=1.0, minimum=0.0, maximum=1.0),
    ),
)

TABLES = (SUPPLIERS, DEMAND, LANES, BORDER_MEASURES)
