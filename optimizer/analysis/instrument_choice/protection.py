"""What a border measure does: whose price it lifts, by how much, on which tonnes, and who pays that to whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.data.row import Row
from optimizer.instance.market import Market, PriceOf
from optimizer.instance.plan import plant_plan

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Producer:
    """One who sells inside a protected market: tonnes (kt) per price year, and the basis series of its price."""

    name: str
    output: FloatArray
    basis_series: str | None


@dataclass(frozen=True)
class ProtectedMarket:
    """Regions that act as one behind a border measure, for one material.

    ``demand`` is what is bought inside, kt per price year: the demand table, and the inputs of plants that run there,
    whatever the price (no elasticity). ``producers`` are all who make it inside. What they make beyond the demand is
    sold outside, at the outside price, each of them the same share.
    """

    name: str
    regions: tuple[str, ...]
    material: str
    demand: FloatArray
    producers: tuple[Producer, ...]

    @property
    def sold_inside_share(self) -> FloatArray:
        """Share of what is made inside that is sold inside, per price year."""
        made = sum((producer.output for producer in self.producers), np.zeros_like(self.demand))
        out: FloatArray = np.minimum(1.0, self.demand / np.where(made > 0.0, made, 1.0))
        return np.where(made > 0.0, out, 0.0)

    @property
    def imports(self) -> FloatArray:
        """What is bought inside and not made there, kt per price year."""
        made = sum((producer.output for producer in self.producers), np.zeros_like(self.demand))
        out: FloatArray = np.maximum(self.demand - made, 0.0)
        return out

    def trades_as(self, other: ProtectedMarket) -> bool:
        """Whether the same is bought, and made by the same, as in another market."""
        same = {producer.name for producer in self.producers} == {producer.name for producer in other.producers}
        return same and bool(np.array_equal(self.demand, other.demand))


def protected_market(
    case: Any, name: str, regions: Sequence[str], material: str, years: tuple[int, ...], started: Mapping[str, int]
) -> ProtectedMarket:
    """The market of a material in some regions over the price years.

    ``started`` are candidates that run, with their start years; plants that operate anyway are added. Of outside
    suppliers that sit in these regions the cheapest step counts.
    """
    after = np.asarray(years) - case.settings.horizon.first_year
    demand = np.zeros(len(years))
    for row in case.rows("demand"):
        if row.region in regions and row.material == material:
            demand = demand + row.base_t_per_year / 1000.0 * (1.0 + row.growth_per_year) ** after
    producers = []
    for plant in case.rows("plants"):
        if plant.region not in regions or (plant.status != "operating" and plant.plant not in started):
            continue
        begun = plant.start_years[0] if plant.status == "operating" else started[plant.plant]
        plan = plant_plan(case, plant, begun, years)
        made = np.zeros(len(years))
        made[plan.columns] = plan.output * plan.profile
        per_tonne = {row.role: row.t_per_t for row in case.rows("recipes") if _concerns(row, plant.plant, material)}
        demand = demand + per_tonne.get("input", 0.0) * made
        share = 1.0 if plant.product == material else per_tonne.get("output", 0.0)
        if share > 0.0:
            basis = plant.basis_series if plant.product == material else None
            producers.append(Producer(plant.plant, share * made, basis))
    for row in case.rows("suppliers"):
        if row.region in regions and row.material == material and row.step == 1:
            sold = row.quantity_t_per_year / 1000.0 * (1.0 + row.growth_per_year) ** after
            producers.append(Producer(row.supplier, sold, None))
    return ProtectedMarket(name, tuple(regions), material, demand, tuple(producers))


def _concerns(recipe: Any, plant: str, material: str) -> bool:
    return bool(recipe.plant == plant and recipe.material == material)


@dataclass(frozen=True)
class BorderMeasure:
    """A tariff (share of the price, passed on in full) or a border floor (USD/kg, compounding at ``indexation``).

    In force from ``first_year`` for ``tenor`` years, on imports from every origin.
    """

    kind: str
    level: float
    first_year: int
    tenor: int
    indexation: float = 0.0
    base_year: int = 0

    def rows(self, region: str, material: str) -> tuple[Row, ...]:
        """The measure as rows of ``border_measures``; none at level 0. A floor that compounds has a row per year."""
        if self.level <= 0.0:
            return ()
        last = self.first_year + self.tenor - 1
        if self.kind == "tariff":
            return (_row(region, material, self.first_year, last, kind="tariff", tariff_rate=self.level),)
        if self.indexation == 0.0:
            return (_row(region, material, self.first_year, last, kind="price_floor", floor_usd_per_kg=self.level),)
        return tuple(
            _row(region, material, year, year, kind="price_floor", floor_usd_per_kg=self.floor_in(year))
            for year in range(self.first_year, last + 1)
        )

    def floor_in(self, year: int) -> float:
        """A border floor in one year, USD/kg."""
        return float(self.level * (1.0 + self.indexation) ** (year - self.base_year))


def _row(region: str, material: str, first: int, last: int, **terms: Any) -> Row:
    plain = {"tariff_rate": 0.0, "floor_usd_per_kg": 0.0, "pass_through": 1.0, "origin": "any"}
    name = f"{terms['kind']}-{region}-{material}-{first}"
    years = {"first_year": first, "last_year": last}
    return Row({"measure": name, "region": region, "material": material, **plain, **years, **terms})


@dataclass(frozen=True)
class _WithMeasures:
    """A case with further border measures, as far as a market reads it."""

    case: Any
    added: tuple[Row, ...]

    def rows(self, table: str) -> tuple[Any, ...]:
        rows = tuple(self.case.rows(table))
        return (*rows, *self.added) if table == "border_measures" else rows


def lifted_market(case: Any, years: tuple[int, ...], price_of: PriceOf, added: tuple[Row, ...]) -> Market:
    """Prices inside regions with further border measures, by the rules the case's own are treated by."""
    return Market(_WithMeasures(case, added), years, price_of)


@dataclass(frozen=True)
class BorderFlows:
    """Who pays and who gets, musd per path and price year. ``buyers`` = ``plant`` + ``others`` + ``revenue``.

    ``others`` are the other producers inside, ``revenue`` is what imports pay to the treasury.
    """

    buyers: FloatArray
    plant: FloatArray
    others: FloatArray
    revenue: FloatArray


def border_flows(market: ProtectedMarket, uplift: FloatArray, price_of: PriceOf, plant: str) -> BorderFlows:
    """Split an uplift of the price inside (USD/kg, paths × price years) on all that is bought there.

    A producer's price moves by the uplift times its basis, as the case has it; so do its buyers' costs.

    A market of 3 kt a year, 1 made by the plant, none by others, 2 imported, and an uplift of 10 USD/kg: buyers pay
    30 musd, of which the plant gets 10 and the treasury 20.

    >>> one = Producer("mine", np.array([1.0]), None)
    >>> split = border_flows(ProtectedMarket("us", ("us",), "oxide", np.array([3.0]), (one,)), np.array([[10.0]]),
    ...                      lambda series: np.ones((1, 1)), "mine")
    >>> [float(part[0, 0]) for part in (split.buyers, split.plant, split.others, split.revenue)]
    [30.0, 10.0, 0.0, 20.0]
    """
    inside = market.sold_inside_share
    revenue = uplift * market.imports
    own, others = np.zeros_like(uplift), np.zeros_like(uplift)
    bought = revenue.copy()
    for producer in market.producers:
        basis = np.ones_like(uplift) if producer.basis_series is None else price_of(producer.basis_series)
        paid = uplift * basis * inside * producer.output
        bought = bought + paid
        if producer.name == plant:
            own = own + paid
        else:
            others = others + paid
    return BorderFlows(bought, own, others, revenue)
