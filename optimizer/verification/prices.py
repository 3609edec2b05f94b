"""Prices as plants and buyers meet them, worked out again from the words of the schema."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]


class Prices:
    """Prices over ``years`` (the last axis of what ``series`` returns), USD/kg.

    A tariff lifts the price inside a region by the share of it that is passed through; a border floor holds it up. Of
    several tariffs the highest counts inside; a buyer pays all that apply to the origin, and the top-up to the floor.
    """

    def __init__(self, case: Any, years: ArrayLike, series: Callable[[str], FloatArray]) -> None:
        self.case, self.years, self.series = case, np.asarray(years, float), series
        self._inside: dict[tuple[str, str], FloatArray] = {}

    def reference(self, material: str) -> FloatArray:
        """Price outside any border measure; 0 for a material without a price."""
        name = self.case.row("materials", material).price_series
        return np.zeros(len(self.years)) if name is None else self.series(name)

    def inside(self, region: str, material: str) -> FloatArray:
        """Price inside a region."""
        if (region, material) not in self._inside:
            lift, floor = np.zeros(len(self.years)), np.zeros(len(self.years))
            for row, active in self._measures(region, material):
                if row.kind == "tariff":
                    lift = np.maximum(lift, active * row.tariff_rate * row.pass_through)
                else:
                    floor = np.maximum(floor, active * row.floor_usd_per_kg)
            self._inside[region, material] = np.maximum(self.reference(material) * (1.0 + lift), floor)
        return self._inside[region, material]

    def realised(self, plant: Any) -> FloatArray:
        """Price a plant realises for its product: inside its region, times its basis."""
        price = self.inside(plant.region, plant.product)
        return price if plant.basis_series is None else price * self.series(plant.basis_series)

    def border_cost(self, origin: str, region: str, material: str) -> FloatArray:
        """Tariffs on an origin and the top-up to a border floor."""
        price = self.reference(material)
        rate, floor = np.zeros(len(self.years)), np.zeros(len(self.years))
        for row, active in self._measures(region, material):
            if row.kind == "tariff" and row.origin in ("any", origin):
                rate = rate + active * row.tariff_rate
            elif row.kind == "price_floor":
                floor = np.maximum(floor, active * row.floor_usd_per_kg)
        paid = price * (1.0 + rate)
        out: FloatArray = np.maximum(paid, floor) - price
        return out

    def margin(self, plant: Any) -> FloatArray:
        """Income less variable cost per kg of main product: product, joint products and by-products less inputs and
        operation."""
        total = self.realised(plant) + plant.other_revenue_usd_per_kg - variable_cost(self.case, plant)
        for row in self.case.rows("recipes"):
            if row.plant == plant.plant:
                worth = row.t_per_t * self.inside(plant.region, row.material)
                total = total + worth if row.role == "output" else total - worth
        out: FloatArray = total
        return out

    def _measures(self, region: str, material: str) -> list[tuple[Any, FloatArray]]:
        out = []
        for row in self.case.rows("border_measures"):
            if row.region == region and row.material == material:
                last = np.inf if row.last_year is None else row.last_year
                out.append((row, ((self.years >= row.first_year) & (self.years <= last)).astype(float)))
        return out


def variable_cost(case: Any, plant: Any) -> float:
    """Variable cost at full output, USD/kg: as stated, or the mean over its steps."""
    steps = [row for row in case.rows("opex_steps") if row.plant == plant.plant]
    if steps:
        return float(sum(row.capacity_share * row.opex_usd_per_kg for row in steps))
    return float(plant.opex_usd_per_kg)


def expected(weight: FloatArray, values: ArrayLike) -> FloatArray:
    """Mean over paths (first axis) with their weights; values that do not differ by path as they are."""
    array = np.asarray(values, float)
    out: FloatArray = weight @ array if array.ndim == 2 else array
    return out
