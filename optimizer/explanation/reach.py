"""The most of a material that could be had somewhere in a year, whatever is built: bounds that need no solve."""

from __future__ import annotations

from typing import Any

from optimizer.data import Case
from optimizer.instance.plan import full_output, ramp_shares


class Reach:
    """Upper bounds on supply by region, material and year, in t/yr: every plant built early, trade as in calm years.

    ``compliant`` counts only what can be free of covered-country content.
    """

    def __init__(self, case: Case) -> None:
        self._case = case
        self._tracked = {row.material: row.origin_tracked for row in case.rows("materials")}
        self._covered = {row.region: row.covered for row in case.rows("regions")}
        self._joint: dict[tuple[str, str], float] = {
            (row.plant, row.material): row.t_per_t for row in case.rows("recipes") if row.role == "output"
        }

    def made(self, region: str, material: str, year: int, *, compliant: bool = False) -> float:
        """What plants in a region could make, suppliers sell and collectors gather there."""
        if compliant and self._tracked[material] and self._covered[region]:
            return 0.0
        total = sum(
            self._capacity(row, year) * share
            for row in self._case.rows("plants")
            if row.region == region and (share := self._share(row, material)) > 0.0
            if row.compliant or not (compliant and self._tracked[material])
        )
        first = self._case.settings.horizon.first_year
        total += sum(
            row.quantity_t_per_year * (1.0 + row.growth_per_year) ** (year - first)
            for row in self._case.rows("suppliers")
            if (row.region, row.material) == (region, material)
        )
        return float(total) + self._collected(region, material, year)

    def _share(self, plant: Any, material: str) -> float:
        return 1.0 if plant.product == material else self._joint.get((plant.plant, material), 0.0)

    def _capacity(self, plant: Any, year: int) -> float:
        begun = [start for start in plant.start_years if start <= year < start + plant.life_years]
        shares = ramp_shares(self._case, plant.ramp, [year - start + 1 for start in begun])
        return 1000.0 * full_output(plant) * max(shares, default=0.0)

    def _collected(self, region: str, material: str, year: int) -> float:
        total = 0.0
        for row in self._case.rows("collection"):
            if (row.region, row.scrap_material) == (region, material):
                used = self.demand(region, row.from_material, "any", max(year - row.lag_years, 0))
                total += row.collection_rate * max(row.past_use_t_per_year, used)
        return total

    def demand(self, region: str, material: str, segment: str, year: int) -> float:
        """Demand in the calm future, t/yr."""
        span = year - self._case.settings.horizon.first_year
        return float(
            sum(
                row.base_t_per_year * (1.0 + row.growth_per_year) ** span
                for row in self._case.rows("demand")
                if (row.region, row.material) == (region, material) and segment in ("any", row.segment)
            )
        )

    def sent(self, region: str, material: str, year: int, origin: str, *, compliant: bool = False) -> float:
        """What one origin could send to a region: what it has, as far as its route holds."""
        first = self._case.settings.horizon.first_year
        for row in self._case.rows("lanes"):
            if (row.from_region, row.to_region, row.material) == (origin, region, material):
                made = self.made(origin, material, year, compliant=compliant) + self.stock(origin, material)
                if row.capacity_t_per_year is None:
                    return made
                return float(min(made, row.capacity_t_per_year * (1.0 + row.growth_per_year) ** (year - first)))
        return 0.0

    def origins(self, region: str, material: str) -> list[str]:
        """Regions with a route to a region."""
        return [
            row.from_region for row in self._case.rows("lanes") if (row.to_region, row.material) == (region, material)
        ]

    def stock(self, region: str, material: str) -> float:
        """The most a year's release could be: a full store, or all that could ever be put into one, t."""
        horizon = self._case.settings.horizon
        years = horizon.last_year - horizon.first_year + 1
        total = 0.0
        for row in self._case.rows("stockpiles"):
            if (row.region, row.material) == (region, material):
                taken = sum(1 for contract in self._case.rows("contracts") if contract.stockpile == row.stockpile)
                most = row.opening_t + years * row.max_purchase_t_per_year
                most = float("inf") if taken and row.capacity_t is None else most if not taken else row.capacity_t
                total += most if row.capacity_t is None else min(most, row.capacity_t)
        return total

    def supply(self, region: str, material: str, year: int, *, compliant: bool = False) -> float:
        """All that could reach a region in a year, stock included."""
        own = self.made(region, material, year, compliant=compliant) + self.stock(region, material)
        return own + sum(
            self.sent(region, material, year, origin, compliant=compliant) for origin in self.origins(region, material)
        )
