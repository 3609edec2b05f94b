"""Slips of unit: figures so far from others that one of them is probably per tonne, or in another currency."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.data.checks.prices import long_run_price
from optimizer.data.checks.registry import Finding, check
from optimizer.data.inputs import Inputs
from optimizer.data.row import Row

PER_TONNE_RATIO = 50.0
LEAST_CAPEX_USD_PER_T_YEAR = 1.0
MOST_CAPEX_USD_PER_T_YEAR = 5e6

_PRICES = ("price_series", "price_links", "materials")


@check(
    "opex-unit",
    "Operating cost is at most 50 times the product's long-run price.",
    needs=("plants", *_PRICES),
    severity="warning",
)
def opex_unit(inputs: Inputs) -> Iterator[Finding]:
    """Cost per tonne instead of per kg is a thousand times too high."""
    for plant in inputs.rows("plants"):
        series = inputs.get("materials", plant.product).price_series
        price = long_run_price(inputs, series) if series is not None else 0.0
        if price > 0 and plant.opex_usd_per_kg > PER_TONNE_RATIO * price:
            yield Finding(
                "plants",
                plant,
                "opex_usd_per_kg",
                f"is far above the long-run price {price:g} USD/kg",
                "Check that it is per kg, not per tonne.",
            )


@check(
    "strike-unit",
    "Strikes are at most 50 times the long-run level of their reference price.",
    needs=("contracts", "price_series", "price_links"),
    severity="warning",
)
def strike_unit(inputs: Inputs) -> Iterator[Finding]:
    """A strike per tonne instead of per kg is a thousand times too high."""
    for row in inputs.rows("contracts"):
        price = long_run_price(inputs, row.series)
        if price > 0 and row.strike_max_usd_per_kg > PER_TONNE_RATIO * price:
            yield Finding(
                "contracts",
                row,
                "strike_max_usd_per_kg",
                f"is far above the long-run price {price:g} USD/kg",
                "Check that it is per kg, not per tonne.",
            )


@check(
    "capex-unit",
    "Investment per tonne of yearly capacity lies between 1 and 5,000,000 USD.",
    needs=("plants",),
    severity="warning",
)
def capex_unit(inputs: Inputs) -> Iterator[Finding]:
    """Outside this range the investment is probably not in million USD, or the capacity not in tonnes."""
    for plant in inputs.rows("plants"):
        intensity = plant.capex_musd * 1e6 / plant.capacity_t_per_year
        if plant.capex_musd > 0 and not LEAST_CAPEX_USD_PER_T_YEAR <= intensity <= MOST_CAPEX_USD_PER_T_YEAR:
            yield Finding(
                "plants",
                plant,
                "capex_musd",
                f"makes {intensity:,.3g} USD per t/yr of capacity",
                "Check that it is in million USD and the capacity in tonnes a year.",
            )


@check(
    "shortage-below-price",
    "Going short costs more than buying at the long-run price.",
    needs=("demand", *_PRICES),
    severity="warning",
)
def shortage_below_price(inputs: Inputs) -> Iterator[Finding]:
    """A plan would rather go short than buy."""
    for row in inputs.rows("demand"):
        series = inputs.get("materials", row.material).price_series
        price = long_run_price(inputs, series) if series is not None else 0.0
        if row.shortage_cost_usd_per_kg < price:
            yield Finding(
                "demand",
                row,
                "shortage_cost_usd_per_kg",
                f"is below the long-run price {price:g} USD/kg",
                "Check the unit: shortage cost is per kg not supplied.",
            )


PRICE_RATIO = 50.0
FREIGHT_RATIO = 5.0
SHORTAGE_RATIO = 1_000.0
MASS_RATIO = 100.0
MONEY_RATIO = 50.0
CAPITAL_CHARGE = 0.1
"""Share of the investment that a plant has to earn each year, roughly."""


def _far_apart(one: float, other: float, ratio: float) -> bool:
    return one > 0 and other > 0 and max(one, other) > ratio * min(one, other)


@check(
    "price-unit",
    "Start, long-run level and history of a price lie within a factor of 50 of each other, and a price is at most 50 "
    "times what it costs to make the material.",
    needs=("plants", "price_history", *_PRICES),
    severity="warning",
)
def price_unit(inputs: Inputs) -> Iterator[Finding]:
    """A price per tonne instead of per kg is a thousand times too high."""
    remedy = "Check that all are in USD per kg, not per tonne, cent or pound."
    history: dict[str, list[float]] = {}
    for point in inputs.rows("price_history"):
        history.setdefault(point.series, []).append(point.usd_per_kg)
    for row in inputs.rows("price_series"):
        if row.kind == "process":
            start, level = row.start_usd_per_kg, row.long_run_usd_per_kg
            if _far_apart(start, level, PRICE_RATIO):
                problem = f"is far from the long-run level {level:g} USD/kg"
                yield Finding("price_series", row, "start_usd_per_kg", problem, remedy)
            past = sorted(history.get(row.series, []))
            if past and _far_apart(past[len(past) // 2], level, PRICE_RATIO):
                problem = f"is far from the median {past[len(past) // 2]:g} USD/kg of price_history.csv"
                yield Finding("price_series", row, "long_run_usd_per_kg", problem, remedy)
    for row in inputs.rows("materials"):
        costs = [_unit_cost(plant) for plant in inputs.rows("plants") if plant.product == row.material]
        if row.price_series is None or not costs or min(costs) <= 0:
            continue
        price = long_run_price(inputs, row.price_series)
        if price > PRICE_RATIO * max(costs):
            problem = f"has the long-run price {price:,g} USD/kg, far above its cost of {max(costs):,.3g} USD/kg"
            yield Finding("materials", row, "price_series", problem, remedy)


def _unit_cost(plant: Row) -> float:
    """Operating cost and a capital charge, USD/kg."""
    charge = CAPITAL_CHARGE * plant.capex_musd + plant.fixed_opex_musd_per_year
    return float(plant.opex_usd_per_kg + 1e3 * charge / plant.capacity_t_per_year)


@check(
    "freight-unit",
    "Freight is at most 5 times the long-run price of what is carried.",
    needs=("lanes", *_PRICES),
    severity="warning",
)
def freight_unit(inputs: Inputs) -> Iterator[Finding]:
    """Freight is quoted per tonne, but entered per kg."""
    for row in inputs.rows("lanes"):
        series = inputs.get("materials", row.material).price_series
        price = long_run_price(inputs, series) if series is not None else 0.0
        if price > 0 and row.freight_usd_per_kg > FREIGHT_RATIO * price:
            problem = f"is far above the long-run price {price:g} USD/kg"
            yield Finding("lanes", row, "freight_usd_per_kg", problem, "Check that it is per kg, not per tonne.")


@check(
    "shortage-unit",
    "Going short costs at most 1,000 times the long-run price.",
    needs=("demand", *_PRICES),
    severity="warning",
)
def shortage_unit(inputs: Inputs) -> Iterator[Finding]:
    """A shortage cost per tonne instead of per kg outweighs everything else in the plan."""
    for row in inputs.rows("demand"):
        series = inputs.get("materials", row.material).price_series
        price = long_run_price(inputs, series) if series is not None else 0.0
        if price > 0 and row.shortage_cost_usd_per_kg > SHORTAGE_RATIO * price:
            problem = f"is far above the long-run price {price:g} USD/kg"
            yield Finding("demand", row, "shortage_cost_usd_per_kg", problem, "Check that it is per kg, not per tonne.")


@check(
    "mass-unit",
    "Demand for a material and all that can supply it lie within a factor of 100 of each other.",
    needs=("demand", "plants", "suppliers", "recipes"),
    severity="warning",
)
def mass_unit(inputs: Inputs) -> Iterator[Finding]:
    """Kilotonnes or kilograms instead of tonnes are a thousand times too few or too many."""
    used = {row.material for row in inputs.rows("recipes") if row.role == "input"}
    for material in sorted({row.material for row in inputs.rows("demand")} - used):
        rows = [row for row in inputs.rows("demand") if row.material == material]
        wanted = sum(row.base_t_per_year for row in rows)
        made = sum(row.capacity_t_per_year for row in inputs.rows("plants") if row.product == material)
        made += sum(row.quantity_t_per_year for row in inputs.rows("suppliers") if row.material == material)
        if _far_apart(wanted, made, MASS_RATIO):
            problem = f"makes {wanted:,g} t/yr of {material} in all, where plants and suppliers have {made:,g} t/yr"
            yield Finding("demand", rows[0], "base_t_per_year", problem, "Check that both are in tonnes a year.")


@check(
    "money-unit",
    "A pot is at most 50 times the investment of all plants, and support for a plant at most 50 times its own.",
    needs=("programmes", "support", "plants"),
    severity="warning",
)
def money_unit(inputs: Inputs) -> Iterator[Finding]:
    """Thousand USD instead of million USD are a thousand times too many."""
    remedy = "Check that it is in million USD."
    total = sum(plant.capex_musd for plant in inputs.rows("plants"))
    for row in inputs.rows("programmes"):
        if row.budget_musd is not None and total > 0 and row.budget_musd > MONEY_RATIO * total:
            problem = f"is far above the {total:,g} musd that all plants cost"
            yield Finding("programmes", row, "budget_musd", problem, remedy)
    for row in inputs.rows("support"):
        capex = inputs.get("plants", row.plant).capex_musd
        if row.max_musd is not None and capex > 0 and row.max_musd > MONEY_RATIO * capex:
            yield Finding("support", row, "max_musd", f"is far above the {capex:,g} musd that the plant costs", remedy)


LARGEST_SHARES = {
    ("border_measures", "tariff_rate"): 2.0,
    ("stockpiles", "purchase_premium"): 1.0,
    ("plants", "profit_cap_share"): 10.0,
    ("demand", "growth_per_year"): 0.3,
}
"""Shares that may be large, and above what they are probably a percentage."""


@check(
    "percent-for-share",
    "Tariffs up to 2, premiums up to 1, profit caps up to 10 and demand growth up to 0.3 are taken for shares.",
    needs=tuple(dict.fromkeys(table for table, _ in LARGEST_SHARES)),
    severity="warning",
)
def percent_for_share(inputs: Inputs) -> Iterator[Finding]:
    """A percentage instead of a share is a hundred times too high."""
    for (table, column), largest in LARGEST_SHARES.items():
        for row in inputs.rows(table):
            value = row[column]
            if value is not None and value > largest:
                problem = f"is {100 * value:,g} %, as shares are read"
                yield Finding(table, row, column, problem, f"Write a share: {value / 100:g} for {value:g} %.")
