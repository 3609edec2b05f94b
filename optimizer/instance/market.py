"""Prices as a plant or a buyer meets them: reference price, basis, border measures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
PriceOf = Callable[[str], FloatArray]
"""Series name → prices whose last axis is years, USD/kg."""


class Market:
    """Prices inside each region, built from series by the case's border measures.

    ``price_of`` gives a series over ``years``: shape (paths, years) for price paths, (years,) for a deck or a future.
    """

    def __init__(self, case: Any, years: tuple[int, ...], price_of: PriceOf) -> None:
        self._series = {row.material: row.price_series for row in case.rows("materials")}
        self._measures = case.rows("border_measures")
        self._years = np.asarray(years)
        self._price_of = price_of

    def reference(self, material: str) -> FloatArray:
        """Price of a material outside any border measure, USD/kg; zero for materials that are not traded."""
        series = self._series[material]
        if series is None:
            return np.zeros(len(self._years))
        return self._price_of(series)

    def inside(self, region: str, material: str) -> FloatArray:
        """Price inside a region: lifted by its tariffs (as far as passed through) and never below a border floor."""
        price = self.reference(material)
        rate = np.zeros(len(self._years))
        floor = np.zeros(len(self._years))
        for measure in self._active(region, material):
            now = self._in_force(measure)
            if measure.kind == "tariff":
                rate = np.maximum(rate, now * measure.tariff_rate * measure.pass_through)
            else:
                floor = np.maximum(floor, now * measure.floor_usd_per_kg)
        lifted: FloatArray = np.maximum(price * (1.0 + rate), floor)
        return lifted

    def realised(self, region: str, material: str, basis_series: str | None) -> FloatArray:
        """Price a plant in the region realises: the inside price times its basis."""
        price = self.inside(region, material)
        return price if basis_series is None else price * self._price_of(basis_series)

    def border_cost(self, origin: str, region: str, material: str) -> FloatArray:
        """What crossing the border costs a buyer: tariffs, and the top-up to a border floor. USD/kg."""
        price = self.reference(material)
        rate = np.zeros(len(self._years))
        floor = np.zeros(len(self._years))
        for measure in self._active(region, material):
            now = self._in_force(measure)
            if measure.kind == "price_floor":
                floor = np.maximum(floor, now * measure.floor_usd_per_kg)
            elif measure.origin in ("any", origin):
                rate = rate + now * measure.tariff_rate
        duty = price * rate
        top_up: FloatArray = np.maximum(floor - (price + duty), 0.0)
        return duty + top_up

    def _active(self, region: str, material: str) -> list[Any]:
        return [m for m in self._measures if m.region == region and m.material == material]

    def _in_force(self, measure: Any) -> NDArray[np.bool_]:
        last = measure.last_year if measure.last_year is not None else self._years[-1]
        in_force: NDArray[np.bool_] = (self._years >= measure.first_year) & (self._years <= last)
        return in_force
