"""The master problem: the awards as a MILP, and the cuts found so far."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array, vstack

from optimizer.engine.form import StandardForm
from optimizer.engine.highs import Options, RawSolution, WarmLp, solve_form
from optimizer.engine.oracles.cuts import Cut, Oracle
from optimizer.engine.safe_bound import safe_bound
from optimizer.errors import SolverError

FloatArray = NDArray[np.float64]

VIOLATED = 1e-7
"""A cut is added if a point breaks it by more than this, relative to the size of its function (at least 1 musd)."""
SMALLEST_SLOPE = 1e-6
"""Slopes below this (one dollar per dollar-million or per kt) go into the constant, at the end of the column's range
that keeps the cut valid."""
TAIL_ROUNDS = 100


@dataclass(frozen=True)
class Point:
    """A point of the master, (columns,), and what the master thinks it costs (musd); of an LP, its duals by row."""

    x: FloatArray
    objective: float
    duals: FloatArray | None = None


class Master:
    """The award MILP with cuts, as an LP kept warm and as a MILP. Cuts are valid everywhere and kept to the end.

    ``tails`` are the oracles that are cheap enough to be asked at every point.
    """

    def __init__(self, form: StandardForm, tails: Sequence[Oracle]) -> None:
        self.form, self.tails = form, list(tails)
        self._lp = WarmLp(form)
        self._rows: list[csr_array] = []
        self._sides: list[FloatArray] = []
        self.pool: list[Cut] = []

    @property
    def cuts(self) -> int:
        """Number of cuts."""
        return len(self.pool)

    def add(self, cuts: Sequence[Cut], x: FloatArray, tolerance: float = VIOLATED) -> int:
        """Add the cuts that ``x`` breaks; how many those are."""
        broken = [cut for cut in cuts if cut.violation(x) > tolerance * max(1.0, abs(cut.value(x)))]
        self.keep(broken)
        return len(broken)

    def keep(self, cuts: Sequence[Cut]) -> None:
        """Add cuts that are known to be valid."""
        if not cuts:
            return
        places: list[NDArray[np.int64]] = []
        values: list[FloatArray] = []
        sides = np.zeros(len(cuts))
        starts = [0]
        for i, cut in enumerate(cuts):
            kept, slopes, sides[i] = self._cleaned(cut)
            if cut.column is not None:
                kept, slopes = np.append(kept, cut.column), np.append(slopes, -1.0)
            places.append(kept)
            values.append(-slopes)
            starts.append(starts[-1] + len(kept))
        shape = (len(cuts), len(self.form.cost))
        rows = csr_array((np.concatenate(values), np.concatenate(places), np.array(starts)), shape=shape)
        self._lp.add_rows(rows, sides)
        self._rows.append(rows)
        self._sides.append(sides)
        self.pool.extend(cuts)

    def set_costs(self, cost: FloatArray) -> None:
        """Minimise something else from now on, as long as the LP is concerned."""
        self._lp.set_costs(cost)

    def resize(self, form: StandardForm) -> None:
        """Take the right-hand sides of ``form``, which differs in nothing else. Cuts and basis stay."""
        self.form = form
        free = np.full(self.cuts, np.inf)
        self._lp.set_sides(np.concatenate([form.row_lower, *self._sides]), np.concatenate([form.row_upper, free]))

    def _cleaned(self, cut: Cut) -> tuple[NDArray[np.int64], FloatArray, float]:
        small = np.abs(cut.slopes) < SMALLEST_SLOPE
        places, slopes = cut.places[small], cut.slopes[small]
        ends = np.minimum(slopes * self.form.lower[places], slopes * self.form.upper[places])
        return cut.places[~small], cut.slopes[~small], cut.constant + float(ends.sum())

    def relaxed(self, lower: FloatArray, upper: FloatArray, deadline: float) -> Point | None:
        """The LP relaxation within the bounds, with every tail exact; None if there is no point."""
        self._lp.set_bounds(lower, upper)
        for _ in range(TAIL_ROUNDS):
            point = self._lp.solve(time_limit=deadline - time.monotonic())
            if point.status == "infeasible":
                return None
            if point.status == "stopped":
                raise TimeoutError
            if point.status == "failed":
                raise SolverError("HiGHS failed on the LP of the awards.")
            if not self._add_tails(point.values):
                break
        return Point(np.clip(point.values, lower, upper), point.objective, point.duals)

    def whole(
        self, options: Options, lower: FloatArray, upper: FloatArray, start: FloatArray | None = None
    ) -> RawSolution:
        """The MILP within the bounds, with the cuts found so far."""
        return solve_form(self.with_cuts().with_bounds(lower, upper, relaxed=False), options, start=start)

    def whole_with_tails(self, options: Options, lower: FloatArray, upper: FloatArray, deadline: float) -> Point | None:
        """The MILP within the bounds, solved again until every tail is exact; None if there is no point."""
        start = None
        for _ in range(TAIL_ROUNDS):
            left = max(deadline - time.monotonic(), 0.1)
            raw = self.whole(replace(options, time_limit=min(left, options.time_limit)), lower, upper, start)
            if raw.termination == "interrupted":
                raise KeyboardInterrupt
            if raw.values is None:
                if raw.termination == "time_limit" and left <= options.time_limit:
                    raise TimeoutError
                return None
            start = raw.values
            if not self._add_tails(raw.values, 10.0 * VIOLATED):
                return Point(raw.values, float(raw.objective or 0.0))
        return None

    def safe_bound(self, duals: FloatArray) -> float:
        """Lower bound on every plan's cost from ``duals`` of the LP, whatever tolerance they were found to.

        A column that is bounded by cuts alone has a wide box, so two things are done that duals are free for: its lower
        end is the most that a cut says at the worst corner of the box, and its cuts together never weigh more than it.
        """
        form, own = self.with_cuts(), len(self.form.row_lower)
        columns = np.array([-1 if cut.column is None else cut.column for cut in self.pool], dtype=np.int64)
        bounding = np.flatnonzero(columns >= 0)
        places, at = columns[bounding], own + bounding
        lower, weights = form.lower.copy(), np.maximum(duals[at], 0.0)
        held = np.bincount(places, weights, minlength=len(lower))
        duals = duals.copy()
        duals[at] = weights
        spare = form.cost - form.matrix.T @ duals
        share = np.where((spare < 0.0) & (held > 0.0), np.maximum(held + spare, 0.0) / np.maximum(held, 1e-300), 1.0)
        duals[at] = weights * (share * (1.0 - 1e-12))[places]
        for cut in (self.pool[i] for i in bounding):
            ends = np.minimum(cut.slopes * form.lower[cut.places], cut.slopes * form.upper[cut.places])
            least = cut.constant + float(ends.sum()) - 1e-12 * (abs(cut.constant) + float(np.abs(ends).sum()))
            if cut.column is not None:
                lower[cut.column] = min(max(lower[cut.column], least), form.upper[cut.column])
        return safe_bound(form.with_bounds(lower, form.upper, relaxed=True), duals)

    def _add_tails(self, x: FloatArray, tolerance: float = VIOLATED) -> int:
        return self.add([cut for oracle in self.tails for cut in oracle.ask(x).cuts], x, tolerance)

    def with_cuts(self) -> StandardForm:
        """The MILP with the cuts as rows."""
        if not self._rows:
            return self.form
        form = self.form
        sides = np.concatenate(self._sides)
        return replace(
            form,
            matrix=csc_array(vstack([form.matrix, *self._rows], format="csc")),
            row_lower=np.concatenate([form.row_lower, sides]),
            row_upper=np.concatenate([form.row_upper, np.full(len(sides), np.inf)]),
            row_names=(*form.row_names, *(f"cut {i}" for i in range(len(sides)))),
        )
