"""The planned life of a plant, as a lender's model sees it: output, margins, capital, by start year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.instance.market import Market
from optimizer.terms.finance import capex_profile, discount_factors

FloatArray = NDArray[np.float64]


def ramp_shares(case: Any, ramp: str, operating_years: Sequence[int]) -> list[float]:
    """Share of nameplate in operating years (1, 2, …); the last stated year holds from then on."""
    shares = {row.operating_year: row.share for row in case.rows("ramps") if row.ramp == ramp}
    last = max(shares)
    return [float(shares[min(year, last)]) for year in operating_years]


def full_output(plant: Any) -> float:
    """Planned output after ramp-up, kt/yr of main product."""
    return float(plant.capacity_t_per_year * plant.availability / 1000.0)


def average_opex(case: Any, plant: Any) -> float:
    """Variable cost at full output, USD/kg: the stated one, or the mean of its steps."""
    steps = [row for row in case.rows("opex_steps") if row.plant == plant.plant]
    if not steps:
        return float(plant.opex_usd_per_kg)
    return float(sum(row.capacity_share * row.opex_usd_per_kg for row in steps))


@dataclass(frozen=True)
class PlantPlan:
    """Planned operation of one plant from one start year.

    ``years`` are operating years; ``profile`` is planned output as a share of full output (ramp-up, and the end of the
    reserve), same length; ``columns`` are positions of those years among the price years.
    """

    plant: Any
    start_year: int
    years: tuple[int, ...]
    columns: NDArray[np.int64]
    profile: FloatArray
    output: float


def plant_plan(case: Any, plant: Any, start_year: int, price_years: tuple[int, ...]) -> PlantPlan:
    """Planned operation of a plant that starts in ``start_year``; years before the first price year are left out."""
    first = max(start_year, price_years[0])
    last = min(start_year + plant.life_years - 1, price_years[-1])
    years = tuple(range(first, last + 1))
    output = full_output(plant)
    shares = np.array(ramp_shares(case, plant.ramp, [year - start_year + 1 for year in years]))
    if plant.reserve_t is not None and years:
        left = plant.reserve_t / 1000.0 - np.concatenate([[0.0], np.cumsum(shares * output)[:-1]])
        shares = np.clip(np.minimum(shares, left / output), 0.0, None)
    columns = np.array([year - price_years[0] for year in years], dtype=np.int64)
    return PlantPlan(plant, start_year, years, columns, shares, output)


def unit_margin(case: Any, plant: Any, market: Market) -> FloatArray:
    """Income less variable cost per kg of main product, over the market's years. USD/kg.

    Realised price and joint products, less inputs and variable cost, plus by-product credit.
    """
    region = plant.region
    margin = market.realised(region, plant.product, plant.basis_series) + plant.other_revenue_usd_per_kg
    for row in case.rows("recipes"):
        if row.plant == plant.plant:
            sign = 1.0 if row.role == "output" else -1.0
            margin = margin + sign * row.t_per_t * market.inside(region, row.material)
    out: FloatArray = margin - average_opex(case, plant)
    return out


def operating_cash(plan: PlantPlan, margin: FloatArray, sold_share: float = 1.0) -> FloatArray:
    """Operating cash flow after tax per operating year, musd; leading axes as in ``margin`` (USD/kg over price years).

    Tax is an effective rate on positive operating margins. ``sold_share`` scales what is made and sold.
    """
    volume = plan.output * plan.profile * sold_share
    before_tax = volume * margin[..., plan.columns] - plan.plant.fixed_opex_musd_per_year
    taxed: FloatArray = before_tax - plan.plant.tax_rate * np.maximum(before_tax, 0.0)
    return taxed


def spend_profile(plant: Any, start_year: int, base_year: int) -> tuple[NDArray[np.int64], FloatArray]:
    """Years and shares in which capital is spent. What would fall before the base year is spent in it."""
    years, shares = capex_profile(plant.build_years, start_year)
    return np.maximum(years, base_year), shares


def spend_factor(plant: Any, start_year: int, rate: float, base_year: int) -> float:
    """Present value at ``rate`` of one dollar spent along the capital profile."""
    years, shares = spend_profile(plant, start_year, base_year)
    return float(shares @ discount_factors(years, rate, base_year))
