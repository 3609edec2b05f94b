"""Slips of unit: figures so far from others that one of them is probably per tonne, or in another currency."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.data.checks.prices import long_run_price
from optimizer.data.checks.registry import Finding, check
from optimizer.data.inputs import Inputs

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
