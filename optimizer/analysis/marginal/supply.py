"""What plants' capacity, routes, targets and demand are worth at the margin, by future and year."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from optimizer.engine.values import Outcome
from optimizer.engine.variations.recourse import Lever, SupplyPrices, together
from optimizer.instance import Instance
from optimizer.results.supply import states
from optimizer.scenarios import Draws

FloatArray = NDArray[np.float64]
STEP = 1e-3
"""Share of its size by which a figure is moved either way."""
STEPS = (1e-6, 1e-3)
"""Smallest and largest such step, kt/yr."""
SMALL = 1e-6
KT = 1000.0


class SupplyTables:
    """Tables of marginal values of supply.

    Values by year are undiscounted, USD/kg of that year (real): the present value of one kt more or less in the year,
    over the social discount factor. ``expected`` is over all futures as the objective weighs them, ``calm`` is the calm
    future, ``embargo`` the futures in which a disruption is in force in that year.
    """

    def __init__(self, case: Any, instance: Instance, draws: Draws, prices: SupplyPrices, outcome: Outcome) -> None:
        self._case, self._instance, self._prices = case, instance, prices
        self._structure = instance.structure
        self._built = {option[0]: option[1] for option, v in outcome.awards["build"].items() if v > 0.5}
        self._names = [future.name for future in instance.futures]
        self._states = states(instance, draws.futures)

    def _figures(self, levers: dict[int, Lever], sign: float) -> list[dict[str, Any]]:
        """Value of a figure in each year, USD/kg: expected, calm and embargo."""
        rows = []
        for year, lever in levers.items():
            by_future = sign * self._prices.by_future(lever) / self._structure.discount[year]
            row: dict[str, Any] = {"year": year}
            weight = self._prices.weight
            row["expected_usd_per_kg"] = float(weight @ by_future)
            for state in ("calm", "embargo"):
                shares = self._states.get((state, year))
                values = [share * by_future[self._names.index(name)] for name, share in (shares or {}).items()]
                row[f"{state}_usd_per_kg"] = float(np.sum(values)) if shares else np.nan
            rows.append(row)
        return rows

    def _whole(self, levers: dict[int, Lever], sign: float, size: float, there: bool = False) -> dict[str, float]:
        """Worth of one kt/yr more, and of one less, in all these years; ``size`` of the figure in kt/yr."""
        lever, step = together(list(levers.values())), float(np.clip(STEP * size, *STEPS))
        more = sign * self._prices.moved(lever, step, only_where_some=there) / step
        less = -sign * self._prices.moved(lever, -step) / step
        spread = sum(self._structure.discount[t] for t in levers)
        figures = (more, less, more / spread, less / spread)
        return {name: value + 0.0 for name, value in zip(BOTH_WAYS, figures, strict=True)}

    def _summary(self, years: list[dict[str, Any]]) -> dict[str, float]:
        names = ("expected_usd_per_kg", "calm_usd_per_kg", "embargo_usd_per_kg")
        frame = pd.DataFrame(years)
        return {name: float(frame[name].mean()) for name in names}

    def _worth(self, years: list[dict[str, Any]]) -> bool:
        return any(abs(row[f"{s}_usd_per_kg"]) > SMALL for row in years for s in ("expected", "calm", "embargo"))

    def plants(self) -> pd.DataFrame:
        """Worth of a tonne more of capacity, by plant: mean over the years in which it has, or could have, capacity."""
        rows = []
        for plant, region in self._structure.plant_region.items():
            starts = [y for p, y in self._instance.awards.build_options if p == plant]
            built = self._built.get(plant)
            status = "running" if not starts else "not in the plan" if built is None else "in the plan"
            first = min(starts, default=0) if built is None else built
            life = int(self._case.row("plants", plant).life_years)
            open_years = [
                t for t in self._structure.years if first <= t and (not starts or t < (built or max(starts)) + life)
            ]
            levers = {t: self._capacity(plant, t) for t in open_years}
            figures = self._figures(levers, -1.0)
            if not figures:
                continue
            row = {"plant": plant, "region": region, "product": self._case.row("plants", plant).product}
            row |= {"status": status, "first_year": open_years[0], "last_year": open_years[-1]}
            whole = dict.fromkeys(BOTH_WAYS, 0.0)
            if self._worth(figures):
                size = float(self._case.row("plants", plant).capacity_t_per_year) / KT
                # A larger plant comes as late as the plant itself does in that future.
                whole = self._whole(levers, -1.0, size, there=status != "not in the plan")
            if status == "not in the plan":
                # There is none to lose, and a dual at nothing is any number from the worth of the first tonne on.
                whole |= {"one_less_musd_per_kt": np.nan, "one_less_usd_per_kg": np.nan}
                rows.append(row | dict.fromkeys(FIGURES, np.nan) | whole)
            else:
                rows.append(row | self._summary(figures) | whole)
        return _ordered(rows, PLANT_COLUMNS)

    def _capacity(self, plant: str, t: int) -> Lever:
        steps = self._structure.cost_steps[plant]
        rows: dict[Any, float] = {("capacity_limit", (plant, t)): 1.0}
        rows |= {("cost_step_limit", (plant, j, t)): share for j, (share, _) in enumerate(steps)}
        rows[("minimum_run", (plant, t))] = self._structure.min_run_share[plant]
        return Lever(rows)

    def lanes(self) -> pd.DataFrame:
        """Worth of a tonne more on a route, by route: mean over all years. Routes without a limit have none."""
        rows = []
        for lane in self._structure.lanes:
            levers = {
                t: Lever({("lane_limit", (*lane, t)): 1.0})
                for t in self._structure.years
                if self._prices.known(("lane_limit", (*lane, t)))
            }
            figures = self._figures(levers, -1.0)
            if figures and self._worth(figures):
                name: dict[str, Any] = {"from_region": lane[0], "to_region": lane[1], "material": lane[2]}
                size = max(self._instance.futures[0].lane_capacity[lane, t] for t in levers)
                rows.append(name | self._summary(figures) | self._whole(levers, -1.0, size))
        return _ordered(rows, LANE_COLUMNS)

    def demand(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Marginal cost of supply: by region, segment and material (mean over all years), and year by year."""
        means: list[dict[str, Any]] = []
        by_year: list[dict[str, Any]] = []
        for region, segment, material in self._structure.demand_keys:
            name: dict[str, Any] = {"region": region, "segment": segment, "material": material}
            key = (region, segment, material)
            levers = {t: self._demanded(key, t) for t in self._structure.years}
            figures = self._figures(levers, 1.0)
            by_year.extend(name | row for row in figures)
            whole = self._whole(levers, 1.0, max(self._instance.futures[0].demand[key, t] for t in levers))
            shortage = {"shortage_cost_usd_per_kg": self._structure.shortage_cost[key]}
            means.append(name | self._summary(figures) | shortage | whole)
        frame = pd.DataFrame(by_year, columns=["region", "segment", "material", "year", *FIGURES])
        return _ordered(means, DEMAND_COLUMNS), frame

    def _demanded(self, key: tuple[str, str, str], t: int) -> Lever:
        structure = self._structure
        region, _, material = key
        rows: dict[Any, float] = {("material_balance", (region, material, structure.serves[key, t], t)): 1.0}
        for (place, scrap, origin), (rate, lag, _, _) in structure.collection.items():
            if (place, origin) == (region, material):
                rows[("collection_limit", (place, scrap, origin, t + lag))] = rate
        for name, level in structure.service_levels.items():
            if key in level.demands and t in level.years:
                rows[("service_level", (name, t))] = 1.0 - level.level
        return Lever(rows, {("unmet", (*key, t)): 1.0})

    def targets(self, duals: dict[str, float]) -> pd.DataFrame:
        """What one percentage point, or one day of cover, more of each target costs; ``duals`` are of the awards."""
        rows = [*self._levels(), *self._cover(duals)]
        return pd.DataFrame(rows, columns=list(TARGET_COLUMNS))

    def _levels(self) -> Iterable[dict[str, Any]]:
        structure, prices, point = self._structure, self._prices, 0.01
        for name, limit in structure.share_limits.items():
            supplied = {t: self._supplied(limit, t) for t in limit.years}
            total = sum(
                float(prices.weight @ (prices.by_future(Lever({("share_limit", (name, t)): 1.0})) * supplied[t]))
                for t in limit.years
            )
            yield self._target(name, "share_limit", "percentage point less", -point * total)
        for name, level in structure.service_levels.items():
            demand = {
                t: np.array([sum(f.demand[d, t] for d in level.demands) for f in self._instance.futures])
                for t in level.years
            }
            total = sum(
                float(prices.weight @ (prices.by_future(Lever({("service_level", (name, t)): 1.0})) * demand[t]))
                for t in level.years
            )
            yield self._target(name, "service_level", "percentage point more", -point * total)

    def _supplied(self, limit: Any, t: int) -> FloatArray:
        """A region's supply of a material in each future, kt/yr: received, made, bought, collected and released."""
        structure, prices = self._structure, self._prices
        r, m = limit.region, limit.material
        total = np.zeros(len(prices.weight))
        for lane in structure.lanes:
            if lane[1:] == (r, m):
                for stream in structure.lane_streams[lane]:
                    total += prices.values(("flow", (*lane, stream, t)))
        for plant, region in structure.plant_region.items():
            amount = structure.outputs[plant].get(m, 0.0)
            if region == r and amount:
                for stream in structure.plant_streams[plant]:
                    total += amount * prices.values(("produce", (plant, stream, t)))
        for (supplier, step), node in structure.suppliers.items():
            if node[:2] == (r, m):
                total += prices.values(("buy", (supplier, step, t)))
        for key in structure.collection:
            if key[:2] == (r, m):
                total += prices.values(("collect", (*key, t)))
        for stock, node in structure.stock_node.items():
            if node[:2] == (r, m):
                total += prices.values(("release", (stock, t)))
        return total

    def _cover(self, duals: dict[str, float]) -> Iterable[dict[str, Any]]:
        wanted = self._instance.awards.stock.cover_target
        for row in (row for row in self._case.rows("targets") if row.kind == "days_of_cover"):
            own = {key: kt for key, kt in wanted.items() if key[0] == row.target}
            if own and row.level > 0.0:
                rows = {key: f"days_of_cover[{','.join(str(part) for part in key)}]" for key in own}
                total = sum(duals.get(rows[key], 0.0) * kt / row.level for key, kt in own.items())
                yield self._target(row.target, "days_of_cover", "day more", total)

    def _target(self, name: str, kind: str, unit: str, cost: float) -> dict[str, Any]:
        row = self._case.row("targets", name)
        return {
            "target": name,
            "kind": kind,
            "region": row.region,
            "material": row.material,
            "level": f"{row.level:g} days" if kind == "days_of_cover" else f"{100 * row.level:g} %",
            "mode": row.mode,
            "by": unit,
            "cost_musd": cost + 0.0 if abs(cost) > SMALL else 0.0,
        }


FIGURES = ("expected_usd_per_kg", "calm_usd_per_kg", "embargo_usd_per_kg")
BOTH_WAYS = ("one_more_musd_per_kt", "one_less_musd_per_kt", "one_more_usd_per_kg", "one_less_usd_per_kg")
PLANT_COLUMNS = ("plant", "region", "product", "status", "first_year", "last_year", *FIGURES, *BOTH_WAYS)
LANE_COLUMNS = ("from_region", "to_region", "material", *FIGURES, *BOTH_WAYS)
DEMAND_COLUMNS = ("region", "segment", "material", *FIGURES, "shortage_cost_usd_per_kg", *BOTH_WAYS)
TARGET_COLUMNS = ("target", "kind", "region", "material", "level", "mode", "by", "cost_musd")


def _ordered(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(columns))
    return frame.sort_values("one_more_usd_per_kg", ascending=False, kind="stable").reset_index(drop=True)
