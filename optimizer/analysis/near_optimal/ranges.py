"""How far each decision can move within the limit, and which choices every plan within it makes."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pandas as pd

from optimizer.analysis.near_optimal.study import GAP, SHORT, Study
from optimizer.engine.variations.near_optimal import Cheapest, Direction

CHOICES = (
    "plant",
    "region",
    "in_best",
    "in_some_plan",
    "in_every_plan",
    "verdict",
    "otherwise_musd",
    "otherwise_least_musd",
    "otherwise_most_musd",
)
RANGES = ("kind", "name", "unit", "in_best", "lowest", "highest", "lowest_bound", "highest_bound", "verdict")
STRIKE_GAP = 1e-3
NOTHING = 1e-6
"""Musd, t or USD/kg below which an amount, or a difference, is none."""


@dataclass
class Ranges:
    """Bounds proved so far by (kind, name), and what it costs to decide otherwise on a plant."""

    study: Study
    low: dict[tuple[str, str], float] = field(default_factory=dict)
    high: dict[tuple[str, str], float] = field(default_factory=dict)
    otherwise: dict[str, Cheapest] = field(default_factory=dict)
    never: set[tuple[str, str]] = field(default_factory=set)

    def questions(self) -> list[tuple[str, Callable[[], None]]]:
        """All there is to ask, the most useful first: plants, then strikes and pots of the plan, then the rest."""
        study = self.study
        directions, outcome, world = study.directions, study.best.solved.outcome, study.world
        signed = list(world.strikes(outcome))
        others = [contract for contract in directions.contracts if contract not in signed]
        drawn = world.pots(outcome)
        pots = [*drawn, *(pot for pot in world.instance.awards.programmes.budget if pot not in drawn)]
        stocks = sorted({stock for stock, _ in world.instance.awards.stock.tranches})
        out: list[tuple[str, Callable[[], None]]] = [
            ("number of plants", self._numbers),
            *((f"plant {plant}", partial(self._plant, plant)) for plant in directions.plants),
            *((f"strike of {c}", partial(self._strike, c)) for c in signed),
            *((f"pot {pot}", partial(self._pot, pot)) for pot in pots),
            *((f"stock {stock}", partial(self._stock, stock)) for stock in stocks),
            *((f"strike of {c}", partial(self._strike, c)) for c in others),
        ]
        return out

    def _numbers(self) -> None:
        count = self.study.directions.count()
        self._both("plants", "backed", count, count.reversed())

    def _both(self, kind: str, name: str, low: Direction | None, high: Direction | None, gap: float = GAP) -> None:
        """Push a measure down and up, where that is still open."""
        if low is not None:
            found = self.study.furthest(f"least {kind} {name}", low, SHORT, gap=gap)
            if found.termination == "infeasible":
                self.never.add((kind, name))
                return
            self.low[kind, name] = found.bound
        if high is not None:
            found = self.study.furthest(f"most {kind} {name}", high, SHORT, gap=gap)
            self.high[kind, name] = -found.bound

    def _plant(self, plant: str) -> None:
        direction = self.study.directions.built(plant)
        if plant in self.study.world.supported(self.study.best.solved.outcome):
            self.otherwise[plant] = self.study.cheapest(f"without {plant}", direction, 0.0)
        elif len(direction.places):
            self.otherwise[plant] = self.study.cheapest(f"with {plant}", direction.reversed(), -1.0)

    def _strike(self, contract: str) -> None:
        direction = self.study.directions.strike(contract)
        self._both("strike", contract, direction, direction.reversed(), STRIKE_GAP)

    def _pot(self, pot: str) -> None:
        use, charge = self.study.near.pot_use(pot), self.study.directions.expected_charge(pot)
        if not len(charge.places):
            self.low["pot", pot] = self.high["pot", pot] = 0.0
            return
        least = min(self.study.world.charged(plan.solved.outcome)[pot] for plan in self.study.near.found)
        # What is charged is convex in the awards: no MILP bounds it from above, but the pot does.
        self.high["pot", pot] = self.study.world.instance.awards.programmes.budget[pot]
        if least <= NOTHING:
            self.low["pot", pot] = 0.0
        elif use is not None:
            self._both("pot", pot, use, None)
        self.study.furthest(f"most pot {pot}", charge.reversed(), SHORT)

    def _stock(self, stock: str) -> None:
        tonnes = self.study.directions.stock_tonnes(stock)
        if not len(tonnes.places):
            return
        world, found = self.study.world, self.study.near.found
        least = min(world.stock_tonnes(plan.solved.outcome).get(stock, 0.0) for plan in found)
        if least <= NOTHING:
            self.low["stock", stock] = 0.0
        self._both("stock", stock, tonnes if least > NOTHING else None, tonnes.reversed())

    def choices(self) -> pd.DataFrame:
        """One row per plant that could be backed: whether plans within the limit have it, and what the other costs."""
        outcomes = [plan.solved.outcome for plan in self.study.near.found]
        seen = [self.study.world.supported(outcome) for outcome in outcomes]
        rows = [self._choice(plant, [plant in plants for plants in seen]) for plant in self.study.directions.plants]
        return pd.DataFrame(rows, columns=list(CHOICES))

    def _choice(self, plant: str, seen: list[bool]) -> dict[str, Any]:
        study = self.study
        row: dict[str, Any] = dict.fromkeys(CHOICES, math.nan)
        row |= {"plant": plant, "region": study.world.regions[plant], "in_best": seen[0]}
        row |= {"in_some_plan": any(seen), "in_every_plan": all(seen)}
        asked, best = self.otherwise.get(plant), study.best.solved
        fixed = "must-have" if seen[0] else "never"
        verdict = "not asked"
        if not study.directions.built(plant).places.size:
            verdict = f"{fixed} at any cost"
        if asked is not None:
            row["otherwise_musd"] = _finite(asked.cost - best.objective)
            row["otherwise_least_musd"] = _finite(asked.bound - best.objective)
            row["otherwise_most_musd"] = _finite(asked.cost - best.bound)
            verdict = f"probably {fixed}" if study.near.within(asked.bound) else fixed
            if asked.termination == "infeasible":
                verdict = f"{fixed} at any cost"
        row["verdict"] = "free" if any(seen) and not all(seen) else verdict
        return row

    def ranges(self) -> pd.DataFrame:
        """One row per measure: lowest and highest of the plans found, and bounds on all plans within the limit."""
        study = self.study
        outcomes = [plan.solved.outcome for plan in study.near.found]
        world = study.world
        number = [float(len(world.supported(o))) for o in outcomes]
        rows = [self._row("plants", "backed", "plants", number, 0.0)]
        outlay = [o.award_costs["net_outlay"] for o in outcomes]
        pushed = [a.bound for a in study.alternatives if a.name == "least outlay"]
        rows.append(self._row("outlay", "expected, net", "musd", outlay, pushed[0] if pushed else -math.inf))
        strikes = [world.strikes(o) for o in outcomes]
        for contract in study.directions.contracts:
            signed = [s.get(contract, math.nan) for s in strikes]
            rows.append(self._row("strike", contract, "USD/kg", signed, -math.inf))
        charged = [world.charged(o) for o in outcomes]
        rows += [self._row("pot", pot, "musd", [c[pot] for c in charged], 0.0) for pot in charged[0]]
        tonnes = [world.stock_tonnes(o) for o in outcomes]
        rows += [self._row("stock", stock, "t", [t[stock] for t in tonnes], 0.0) for stock in sorted(tonnes[0])]
        return pd.DataFrame(rows, columns=list(RANGES))

    def _row(self, kind: str, name: str, unit: str, values: list[float], floor: float) -> dict[str, Any]:
        """``values`` of the plans found, the best first; not a number where a plan has no such thing."""
        known, key = [value for value in values if not math.isnan(value)], (kind, name)
        row: dict[str, Any] = dict.fromkeys(RANGES, math.nan)
        row |= {"kind": kind, "name": name, "unit": unit, "in_best": values[0], "verdict": "in no plan found"}
        if key in self.never:
            row["verdict"] = "never"
        if not known:
            return row
        lowest, highest = min(known), max(known)
        row |= {"lowest": lowest, "highest": highest}
        row["lowest_bound"] = _finite(min(self.low.get(key, floor), lowest))
        row["highest_bound"] = _finite(max(self.high.get(key, math.inf), highest))
        if highest - lowest > NOTHING:
            row["verdict"] = "free"
        else:
            closed = row["highest_bound"] - row["lowest_bound"] <= NOTHING
            row["verdict"] = "fixed" if closed else "the same in all plans found"
        return row


def _finite(value: float) -> float:
    return value if math.isfinite(value) else math.nan
