"""What the case and the draws say of every future: capacities, demand, prices, embargoes, streams."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.verification.prices import Prices
from optimizer.verification.subject import Subject

FloatArray = NDArray[np.float64]
IN_FORCE = 1e-9
"""Share withheld above which a disruption counts as in force."""


class World:
    """The futures of a case as arrays of shape (futures, years of the horizon); mass in t, prices in USD/kg."""

    def __init__(self, subject: Subject) -> None:
        self.subject, self.case = subject, subject.case
        self.futures = subject.draws.futures.futures
        self.years = subject.years
        self.shape = (len(self.futures), len(self.years))
        self.elapsed = self.years - self.years[0]
        self.prices = Prices(self.case, self.years, self._series)
        self._prices: dict[str, FloatArray] = {}

    def _series(self, name: str) -> FloatArray:
        return np.stack([future.price[name] for future in self.futures])

    @cached_property
    def demand(self) -> dict[tuple[str, str, str], FloatArray]:
        """(region, segment, material) → t/yr."""
        keys = [(row.region, row.segment, row.material) for row in self.case.rows("demand")]
        return {key: np.stack([future.demand[key] for future in self.futures]) for key in keys}

    @cached_property
    def streams(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """(region, material) → its streams: two for a material whose origin is tracked, one in a covered country."""
        covered = {row.region for row in self.case.rows("regions") if row.covered}
        tracked = {row.material for row in self.case.rows("materials") if row.origin_tracked}
        return {
            (region.region, material.material): ("compliant", "any")
            if material.material in tracked and region.region not in covered
            else ("any",)
            for region in self.case.rows("regions")
            for material in self.case.rows("materials")
        }

    def stream_at(self, region: str, material: str, stream: str) -> str:
        """The stream of a material that goes with a stream made."""
        return stream if stream in self.streams[region, material] else "any"

    def streams_made(self, plant: Any) -> tuple[str, ...]:
        """Compliant output needs a compliant plant; if an input is tracked, such a plant can also make the other."""
        if not plant.compliant or "compliant" not in self.streams[plant.region, plant.product]:
            return ("any",)
        inputs = [m for m, role, _ in self.recipe[plant.plant] if role == "input"]
        tracked = any("compliant" in self.streams[plant.region, material] for material in inputs)
        return ("compliant", "any") if tracked else ("compliant",)

    @cached_property
    def recipe(self) -> dict[str, list[tuple[str, str, float]]]:
        """Plant → (material, input or output, t per t of main product), the main product among the outputs."""
        out = {row.plant: [(row.product, "output", 1.0)] for row in self.case.rows("plants")}
        for row in self.case.rows("recipes"):
            out[row.plant].append((row.material, row.role, row.t_per_t))
        return out

    def stream_wanted(self, row: Any) -> list[str]:
        """Stream from which a demand is served, by year."""
        strict_from = row.compliant_from_year if row.compliant_from_year is not None else self.years[0]
        tracked = "compliant" in self.streams[row.region, row.material] and row.accepts == "compliant"
        return ["compliant" if tracked and year >= strict_from else "any" for year in self.years]

    def stock_stream(self, stock: Any) -> str:
        """Stream a stockpile holds."""
        return self.stream_at(stock.region, stock.material, stock.stream)

    def capacity(self, plant: Any, start: int) -> FloatArray:
        """Capacity of a plant started in ``start``, after delay, ramp-up and outage (t/yr)."""
        delay = np.array([future.delay.get(plant.plant, 0) for future in self.futures], float)
        operating = self.years[None, :] - (start + delay)[:, None] + 1.0
        ramp = ramp_table(self.case, plant.ramp)
        share = ramp[np.clip(operating, 1, len(ramp)).astype(int) - 1]
        open_ = (operating >= 1.0) & (operating <= plant.life_years)
        lost = np.stack([future.outage.get(plant.plant, np.zeros(self.shape[1])) for future in self.futures])
        out: FloatArray = plant.capacity_t_per_year * plant.availability * share * open_ * (1.0 - lost)
        return out

    def lane_open(self, lane: tuple[str, str, str]) -> FloatArray:
        """Share of a lane's capacity that is not withheld."""
        none = np.zeros(self.shape[1])
        return 1.0 - np.stack([future.withheld.get(lane, none) for future in self.futures])

    def disrupted_into(self, region: str) -> NDArray[np.bool_]:
        """Whether some trade into a region is withheld."""
        out = np.zeros(self.shape, bool)
        for i, future in enumerate(self.futures):
            for (_, destination, _), share in future.withheld.items():
                if destination == region:
                    out[i] |= np.asarray(share) > IN_FORCE
        return out

    @cached_property
    def calm(self) -> NDArray[np.bool_]:
        """Which future is the calm one, shape (futures, 1)."""
        return np.array([[future.name == "calm"] for future in self.futures])

    @cached_property
    def discount(self) -> FloatArray:
        """Discount factors at the social rate by year."""
        out: FloatArray = (1.0 + self.case.settings.rates.social) ** -self.elapsed
        return out


def ramp_table(case: Any, name: str) -> FloatArray:
    """Share of nameplate in operating years 1, 2, …; the last stated year holds from then on.

    Years between stated ones do not occur: a profile states every year up to its last.
    """
    stated = {row.operating_year: row.share for row in case.rows("ramps") if row.ramp == name}
    return np.array([stated[year] for year in range(1, max(stated) + 1)], float)
