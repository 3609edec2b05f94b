"""Best plans for one limit after another: what moves is a row of the awards, or a target of supply."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from optimizer.analysis.frontiers.measures import Measure, first_year_of, regions_of
from optimizer.data import Case
from optimizer.engine import Listener, Options, Solved, decompose, revised
from optimizer.engine.variations.measured import (
    OUTLAY,
    TAIL,
    TAIL_PRICE,
    UNLIMITED,
    outlay_constant,
    with_outlay_limit,
    with_tail_limit,
)
from optimizer.engine.variations.moving import MovingPlans
from optimizer.instance import Instance, compile_instance
from optimizer.scenarios import Draws


class Walk(Protocol):
    """Answers for limits of one measure, in any order; the widest first are the cheapest."""

    instance: Instance

    def solve(self, limit: float | None, options: Options, listener: Listener | None) -> Solved:
        """The best plan within the limit (None: no limit). Raises NoPlanError without one."""


class RowWalk:
    """Moves the limit of a row: of a pot, of net outlay, or of the tail of supply costs."""

    def __init__(self, instance: Instance, limited: Measure, weight: float) -> None:
        """``weight`` is that of what is minimised."""
        self.instance = instance
        parts = decompose(instance)
        self._shift = 0.0
        if limited.kind == "outlay":
            parts, self._row, self._shift = with_outlay_limit(parts), OUTLAY, outlay_constant(parts)
        elif limited.kind == "tail":
            parts, self._row = with_tail_limit(parts, TAIL_PRICE * weight), TAIL
        else:
            self._row = f"pot_not_exceeded[{limited.pot}]"
        self.plans = MovingPlans(parts, [self._row])

    def solve(self, limit: float | None, options: Options, listener: Listener | None) -> Solved:
        """The best plan within the limit."""
        self.plans.move({self._row: UNLIMITED if limit is None else limit - self._shift})
        return self.plans.solve(options, listener)

    def begin_at(self, other: RowWalk) -> None:
        """Take the last plan of another walk over the same columns as one to begin from."""
        if len(other.plans.last) == len(self.plans.parts.problem.form.cost):
            self.plans.x = other.plans.last

    def used(self) -> float:
        """What the last plan uses up of the limit."""
        form = self.plans.parts.problem.form
        row = form.matrix[[form.row_names.index(self._row)], :]
        return float((row @ self.plans.last)[0]) + self._shift


class ShareWalk:
    """Moves the level of a hard target: the matrix of supply changes with it, so cuts of supply are found anew."""

    def __init__(self, case: Case, draws: Draws, limited: Measure) -> None:
        self._case, self._draws, self._limited = case, draws, limited
        self.instance = compile_instance(case, draws)
        self._plans = MovingPlans(decompose(self.instance), ())
        self._bounds: list[tuple[float, float, float]] = []

    def solve(self, limit: float | None, options: Options, listener: Listener | None) -> Solved:
        """The best plan within the limit."""
        case = self._case if limit is None else limited_case(self._case, self._limited, limit)
        level = np.inf if limit is None else limit
        if self._plans.x is not None:
            self.instance = compile_instance(case, self._draws)
            parts, master, _ = revised(self._plans.parts, self._plans.master, self.instance)
            plans = MovingPlans(parts, (), master)
            if len(self._plans.x) == len(parts.problem.form.cost):
                plans.x = self._plans.x
            for wider, bound, certified in self._bounds:
                if wider >= level:
                    plans.answers.add_bound(np.zeros(0), bound, certified)
            self._plans = plans
        found = self._plans.solve(options, listener)
        self._bounds.append((level, found.bound, found.certified))
        return found


def limited_case(case: Case, limited: Measure, level: float) -> Case:
    """The case with a hard limit on the share in every region that counts."""
    own = [dict(row) for row in case.rows("targets")]
    added = [
        {
            "target": f"frontier-{region}-{limited.material}-{limited.origin}",
            "kind": "share_limit",
            "region": region,
            "material": limited.material,
            "origin": limited.origin,
            "segment": "any",
            "futures": "calm",
            "first_year": first_year_of(limited, case),
            "last_year": case.settings.horizon.last_year,
            "level": level,
            "mode": "hard",
            "source": "judgement",
            "grade": "judgement",
        }
        for region in regions_of(limited, case)
    ]
    return case.replace(tables={"targets": [*own, *added]})
