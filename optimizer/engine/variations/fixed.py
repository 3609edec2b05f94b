"""What given awards cost in an instance, whoever they were chosen for: nothing about them is judged again."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyomo.common.log import LoggingIntercept
from scipy.sparse import csr_array

from optimizer.engine.decomposed import Decomposed, decompose
from optimizer.engine.form import StandardForm
from optimizer.engine.highs import Options
from optimizer.engine.master import Master
from optimizer.engine.oracles.futures import FutureReply
from optimizer.engine.values import Values, read_values
from optimizer.instance import Instance, check_finite

FloatArray = NDArray[np.float64]
Awards = Mapping[str, Values]
"""Variable name → index → value, as in ``Outcome.awards`` (kt/yr, musd)."""
AwardKey = tuple[str, tuple[object, ...]]

COSTLY = ("build", "volume", "grant", "equity", "loan", "purchase_rate")
"""Awards that cost something or reach supply; the others follow from viability, which is not judged again."""
FINANCE = ("signed", "debt")
MISSED = 1e-6
"""kt by which a hard target may be missed."""
SLACK = 1e-6
"""By how much an award may differ, relative to its size (at least 1), when it is judged where it was not made."""


@dataclass(frozen=True)
class FixedCost:
    """Cost of fixed awards, musd: ``total`` = ``award`` + expected (and tail) cost of ``supply``, one entry per future.

    ``broken`` names what makes it impossible to carry the awards out; ``total`` is then infinite.
    """

    total: float
    award: float
    supply: FloatArray
    broken: tuple[str, ...]


class FixedAwards:
    """Costs of fixed awards in an instance in which everything is on offer (without private entry).

    ``entrants`` are the plants that enter unaided, with their start years: they are built unless the awards build them.
    What is not known of awards made elsewhere is named by ``missing``.
    """

    def __init__(self, instance: Instance, entrants: Mapping[str, int]) -> None:
        check_finite(instance)
        self.instance, self.entrants = instance, dict(entrants)
        with LoggingIntercept(module="pyomo"):
            self.parts = decompose(instance)
        self.form = self.parts.problem.form
        self.places = award_places(self.parts)
        self.cover = CoverRows(self.form)
        self._known = known_awards(self.parts)

    def missing(self, awards: Awards) -> tuple[str, ...]:
        """Awards that this instance does not know, by name."""
        return tuple(
            f"{name} of {' '.join(str(part) for part in index)}"
            for name in COSTLY
            for index, value in awards.get(name, {}).items()
            if value > 0.0 and (name, index) not in self._known
        )

    def knows(self, name: str, index: tuple[object, ...]) -> bool:
        """Whether an award exists here."""
        return (name, index) in self._known

    def built(self, awards: Awards) -> dict[str, int]:
        """Plants built with their start years: those of the awards, and entrants beside them."""
        own = {str(index[0]): int(index[1]) for index, value in awards.get("build", {}).items() if value > 0.5}
        return self.entrants | own

    def point(self, awards: Awards) -> FloatArray:
        """The awards as columns of the master, with what is missed of days of cover."""
        x = np.zeros(len(self.form.cost))
        for name in (*COSTLY, *FINANCE):
            for index, value in awards.get(name, {}).items():
                if name != "build" and (name, index) in self.places:
                    x[self.places[name, index]] = value
        for option in self.built(awards).items():
            if ("build", option) in self.places:
                x[self.places["build", option]] = 1.0
        return self.cover.filled(x)

    def cost(self, awards: Awards) -> FixedCost:
        """What the awards cost here."""
        broken = [f"not on offer: {name}" for name in self.missing(awards)]
        x = self.point(awards)
        supply = np.array([reply.value for reply in self.replies(x)])
        if not np.all(np.isfinite(supply)):
            broken.append("a hard target of supply")
        if self.cover.shortest(x) > MISSED:
            broken.append("a hard target of days of cover")
        award = float(self.parts.problem.award_cost @ x) + self.form.offset
        total = float("inf") if broken else self.parts.problem.cost(x, supply)
        return FixedCost(total, award, supply, tuple(broken))

    def replies(self, x: FloatArray, *, supply: bool = False, first: int | None = None) -> list[FutureReply]:
        """All futures at a point of the master, or the ``first`` so many."""
        futures, at = self.parts.futures, np.ascontiguousarray(x[self.parts.problem.supply.places])
        count = len(futures.data) if first is None else min(first, len(futures.data))
        return [futures.ask_one(w, at, supply=supply) for w in range(count)]

    def unmet(self, replies: Sequence[FutureReply]) -> dict[str, FloatArray]:
        """Demand not met over all years by segment, kt, one entry per future; replies must hold the supply."""
        own = {id(column) for column in self.parts.template.award_columns.values()}
        columns = [column for column in self.parts.supply.columns if id(column) not in own]
        places: dict[str, list[int]] = {}
        for i, column in enumerate(columns):
            if column.parent_component().local_name == "unmet":
                places.setdefault(str(column.index()[1]), []).append(i)
        supply = [np.zeros(len(columns)) if reply.supply is None else reply.supply for reply in replies]
        return {segment: np.array([float(one[at].sum()) for one in supply]) for segment, at in sorted(places.items())}


class CoverRows:
    """Days of cover in a master: what is missed follows from the planned stock."""

    def __init__(self, form: StandardForm) -> None:
        rows = [i for i, name in enumerate(form.row_names) if name.startswith("days_of_cover[")]
        missed = {j for j, column in enumerate(form.columns) if column.name.startswith("cover_missed[")}
        self.matrix = csr_array(form.matrix.tocsr()[rows, :])
        self.wanted = form.row_lower[rows]
        entries = [self.matrix.indices[self.matrix.indptr[i] : self.matrix.indptr[i + 1]] for i in range(len(rows))]
        self.columns = np.array([next((int(j) for j in own if j in missed), -1) for own in entries], dtype=np.int64)
        self._upper = np.where(self.columns >= 0, form.upper[self.columns], 0.0) if rows else np.zeros(0)
        self.price = np.where(self.columns >= 0, form.cost[self.columns], 0.0) if rows else np.zeros(0)

    def needs(self, x: FloatArray) -> FloatArray:
        """What the planned stock is short of each target, kt; negative where it is more."""
        return np.asarray(self.wanted - self.without_misses() @ x, dtype=float)

    def without_misses(self) -> csr_array:
        """The planned stock, (targets, columns), without what is missed."""
        kept = np.ones(self.matrix.shape[1])
        kept[self.columns[self.columns >= 0]] = 0.0
        return csr_array(self.matrix * kept[np.newaxis, :])

    def filled(self, x: FloatArray) -> FloatArray:
        """The point with every miss at what it must be."""
        out = x.copy()
        known = self.columns >= 0
        out[self.columns[known]] = np.clip(self.needs(x), 0.0, self._upper)[known]
        return out

    def shortest(self, x: FloatArray) -> float:
        """Largest miss, kt, that no price allows."""
        return float((self.needs(x) - self._upper).max(initial=0.0))


def known_awards(parts: Decomposed) -> set[AwardKey]:
    """Names and indices of all awards of a master model."""
    return {
        (name, index if isinstance(index, tuple) else (index,))
        for name in (*COSTLY, *FINANCE)
        for index in getattr(parts.model, name)
    }


def award_places(parts: Decomposed) -> dict[AwardKey, int]:
    """Award → column of the master's form. Awards that play no part in any row or cost have none."""
    position = {id(column): i for i, column in enumerate(parts.problem.form.columns)}
    return {
        (name, index if isinstance(index, tuple) else (index,)): position[id(variable)]
        for name in (*COSTLY, *FINANCE)
        for index, variable in getattr(parts.model, name).items()
        if id(variable) in position
    }


def signed_point(
    parts: Decomposed, master: Master, awards: Awards, *, only: tuple[str, ...] = COSTLY, time_limit: float = 20.0
) -> FloatArray | None:
    """A point of the master with these awards and private debt to go with them; None if sponsors, pots or menus refuse.

    Of the awards those named by ``only`` are held, the others as cheap as the cuts of ``master`` know. Plants that
    enter unaided here are built as they are here.
    """
    form, places, known = parts.problem.form, award_places(parts), known_awards(parts)
    entered = parts.instance.awards.plants.private_entry
    lower, upper = form.lower.copy(), form.upper.copy()
    wanted = {(name, index): value for name in only for index, value in awards.get(name, {}).items() if value > 0.0}
    if only != COSTLY:
        wanted = {award: value for award, value in wanted.items() if award[1][0] not in entered}
    if any(award not in known for award in wanted):
        return None
    for award, place in places.items():
        name, index = award
        if name not in only or (name == "build" and index[0] in entered and award not in wanted):
            continue
        value = wanted.get(award, 0.0)
        slack = SLACK * max(1.0, abs(value))
        if not form.lower[place] - slack <= value <= form.upper[place] + slack:
            return None
        lower[place] = max(form.lower[place], min(value - slack, form.upper[place]))
        upper[place] = min(form.upper[place], max(value + slack, form.lower[place]))
    with LoggingIntercept(module="pyomo"):
        options = Options(gap=1e-4, time_limit=time_limit)
        point = master.whole_with_tails(options, lower, upper, time.monotonic() + time_limit)
    return None if point is None else point.x


def awards_at(parts: Decomposed, x: FloatArray) -> dict[str, Values]:
    """The awards of a point of the master; plants that enter unaided are none."""
    form = parts.problem.form
    for column, whole, value in zip(form.columns, form.whole, x.tolist(), strict=False):
        column.set_value(round(value) if whole else value, skip_validation=True)
    entered = parts.instance.awards.plants.private_entry
    found = {name: read_values(parts.model, name) for name in (*COSTLY, *FINANCE)}
    return found | {"build": {option: one for option, one in found["build"].items() if option[0] not in entered}}
