"""The LP that is left of a problem once every whole column is fixed at a plan: its value, its duals, and how both move.

The value is convex and piecewise linear in every right-hand side, so it is linear as far as it meets its own tangent.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from pyomo.common.log import LoggingIntercept

from optimizer.engine.decomposed import Decomposed, outcome_at, with_true_values
from optimizer.engine.master import Master
from optimizer.engine.oracles.cuts import Cut
from optimizer.engine.values import Outcome
from optimizer.engine.variations.moving import with_upper_sides
from optimizer.errors import SolverError

FloatArray = NDArray[np.float64]

TIGHT = 1e-10
"""A cut is added here if a point breaks it by more than this, relative to the size of its function."""
CLOSE = 1e-9
"""Distance of the LP and the truth, relative to the cost, at which a value counts as exact."""
ROUNDS = 400
NOTHING = 1e-7
"""A slope smaller than this is none, musd per unit."""
PIECES = 200
"""Most pieces looked at on one side."""
ON_LINE = 2e-8
"""How far off a line a value may be and still count as on it, relative to the cost."""


@dataclass(frozen=True)
class MarginalPoint:
    """The best point with whole columns fixed: its columns, true ``value`` and LP ``bound`` (musd), duals by row name.

    A dual is the change of the value per unit of the row's right-hand side: never positive for an upper limit.
    """

    x: FloatArray
    value: float
    bound: float
    duals: dict[str, float]


class FixedWhole:
    """A problem with every whole column fixed at ``plan``. ``deadline`` is a moment of ``time.monotonic``."""

    def __init__(
        self, parts: Decomposed, cuts: Sequence[Cut], plan: FloatArray, deadline: float = float("inf")
    ) -> None:
        form = parts.problem.form
        lower = np.where(form.whole, np.round(plan), form.lower)
        upper = np.where(form.whole, np.round(plan), form.upper)
        fixed = form.with_bounds(lower, upper, relaxed=True)
        self.deadline = deadline
        self.parts = replace(parts, problem=replace(parts.problem, form=fixed, sample=None))
        self.master = Master(fixed, parts.problem.tails)
        self.master.keep(cuts)
        self.solved = 0

    def solve(self, sizes: Mapping[str, float] | None = None) -> MarginalPoint | None:
        """The best point for the upper limits ``sizes`` (row name → limit; others as they are in the problem).

        None if the plan cannot be had within them. Raises TimeoutError at the deadline.
        """
        form = with_upper_sides(self.parts.problem.form, sizes or {})
        self.master.resize(form)
        problem = replace(self.parts.problem, form=form)
        best_x, best, last = None, np.inf, None
        self.solved += 1
        for _ in range(ROUNDS):
            point = self.master.relaxed(form.lower, form.upper, min(self.deadline, time.monotonic() + 600.0))
            if point is None:
                return None
            last = point
            replies = [oracle.ask(point.x) for oracle in problem.tails]
            broken = sum(self.master.add(reply.cuts, point.x, TIGHT) for reply in replies)
            supply = problem.supply.ask(point.x)
            cost = problem.cost(point.x, supply.values)
            broken += self.master.add(supply.cuts, point.x, TIGHT)
            if cost < best:
                best_x, best = point.x, cost
            if not broken or best - point.objective <= CLOSE * max(1.0, abs(best)):
                break
            if time.monotonic() > self.deadline:
                raise TimeoutError
        if best_x is None or last is None or last.duals is None:
            raise SolverError("the LP with the plan's whole numbers fixed did not settle.")
        own = last.duals[: len(form.row_names)].tolist()
        return MarginalPoint(best_x, best, last.objective, dict(zip(form.row_names, own, strict=True)))

    def known(self) -> MarginalPoint:
        """The best point for the limits as they are, which exists: the plan is one."""
        point = self.solve()
        if point is None:
            raise SolverError("the plan does not keep to its own limits.")
        return point

    def outcome(self, point: MarginalPoint) -> Outcome:
        """Decisions, recourse and cost terms of a point."""
        problem = self.parts.problem
        replies = problem.supply.replies(point.x)
        costs = np.array([reply.value for reply in replies])
        with LoggingIntercept(module="pyomo"):
            return outcome_at(self.parts, with_true_values(self.parts, point.x, costs), replies, costs)

    def least(self, row: str, sizes: Mapping[str, float] | None = None) -> float:
        """The smallest limit of a row at which the plan can be had at all, whatever it then costs."""
        wide = dict(sizes or {}) | {row: 1e6}
        form = with_upper_sides(self.parts.problem.form, wide)
        self.master.resize(form)
        use = form.matrix[[form.row_names.index(row)], :].toarray()[0]
        self.master.set_costs(use)
        try:
            point = self.master.relaxed(form.lower, form.upper, min(self.deadline, time.monotonic() + 600.0))
        finally:
            self.master.set_costs(form.cost)
        return np.inf if point is None else point.objective


@dataclass(frozen=True)
class Slope:
    """A price at a limit b: what the value falls by per unit ``more``, and rises by per unit ``less``.

    ``up`` and ``down`` say for how far from b each holds, ``up_ends`` and ``down_ends`` whether the price changes there
    (otherwise that is as far as was looked, or as the plan can be had at all).
    """

    more: float
    less: float
    up: float
    down: float
    up_ends: bool
    down_ends: bool


Value = Callable[[float], "tuple[float, float] | None"]
"""A limit → the function there and one of its slopes; None where it has no value."""


def slope_at(value: Value, b: float, least: float, most: float, within: float = 0.0) -> Slope:
    """Slopes of a convex, piecewise linear function at ``b``, and how far on either side each of them holds.

    It holds as far as what the limit is worth on average, from b on, is ``within`` this share of it (0: as far as the
    function is linear). The function is looked at from ``least`` to ``most``, which are around b and have values.

    >>> def saw(b):  # 10 at 0, falling by 3 up to 2, by 1 up to 5, then level
    ...     return max((a + s * b, s) for a, s in ((10.0, -3.0), (6.0, -1.0), (1.0, 0.0)))
    >>> slope_at(saw, 3.0, 0.0, 9.0)
    Slope(more=1.0, less=1.0, up=2.0, down=1.0, up_ends=True, down_ends=True)
    >>> slope_at(saw, 2.0, 0.0, 9.0)
    Slope(more=1.0, less=3.0, up=3.0, down=2.0, up_ends=True, down_ends=False)

    The piece after 5 is level: at 6, three units have saved 2, one third less than 3.

    >>> slope_at(saw, 3.0, 0.0, 9.0, within=1 / 3).up
    3.0
    """
    here = value(b)
    if here is None:
        raise SolverError("the plan does not keep to its own limits.")
    right, up, up_ends = _piece(value, b, here, most, within)
    left, down, down_ends = _piece(value, b, here, least, within)
    return Slope(0.0 - right, 0.0 - left, up, down, up_ends, down_ends)


def _piece(value: Value, b: float, here: tuple[float, float], end: float, within: float) -> tuple[float, float, bool]:
    """Slope next to ``b`` on the side of ``end``, how far it holds, and whether it changes before ``end``.

    A tangent further out meets the line through b nearer to b; taken again there, it is in the end that of the piece
    itself (Newton's method, which is exact for such functions).
    """
    off, smallest = ON_LINE * max(1.0, abs(here[0])), 1e-6 * max(1.0, abs(end - b))
    slope, at, own = here[1], end, 0.0
    while abs(at - b) > smallest:
        there, own = _inside(value, b, at)
        missed = here[0] - there - own * (b - at)
        if missed <= off or there - here[0] - slope * (at - b) <= off:
            break
        at = b + missed / (own - slope)
    else:
        # The next piece begins before anything can be told apart from b.
        return own, 0.0, abs(end - b) > smallest
    slope = (there - here[0]) / (at - b)
    slope, at = (0.0 if abs(slope) < NOTHING else slope), end
    allowed = slope + (1.0 if end > b else -1.0) * within * abs(slope)
    for _ in range(PIECES):
        there, own = _inside(value, b, at)
        over = there - here[0] - allowed * (at - b)
        if over <= off or abs(own - allowed) <= NOTHING:
            break
        at -= over / (own - allowed)
    return slope, abs(at - b), abs(at - end) > smallest


def _inside(value: Value, b: float, at: float) -> tuple[float, float]:
    """The function at a point, or at the last one before it, towards b, that rounding has not put out of reach."""
    for step in (0.0, 1e-7, 1e-5, 1e-3):
        found = value(at + step * (b - at))
        if found is not None:
            return found
    raise SolverError("the plan cannot be had with a pot with which it was to be had.")
