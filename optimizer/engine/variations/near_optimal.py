"""Plans that cost little more than the best one and go as far as possible in some direction.

A direction is linear in the awards: how many plants, how much outlay, how much stock. It is made as small as a limit
on cost allows. Cost is convex in the awards and known by cuts, so the limit is one row of the master over the columns
that stand for it: award cost + Σ π θ (+ tail) ≤ limit. Cuts only ever leave out what costs more, so the bound of the
MILP bounds the direction over all plans within the limit; a point counts once its true cost has been asked and is
within it.

Sources: E. D. Brill, S.-Y. Chang and L. D. Hopkins, Modeling to generate alternatives: the HSJ approach, Management
Science 28 (1982); F. Neumann and T. Brown, The near-optimal feasible space of a renewable power system model, Electric
Power Systems Research 190 (2021), who add the row cost ≤ (1 + slack) × least cost and minimise or maximise what they
ask about, as ``optimize_mga`` of PyPSA does.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from pyomo.common.log import LoggingIntercept
from pyomo.repn import generate_standard_repn

from optimizer.engine.cutting_planes import search
from optimizer.engine.decomposed import finished
from optimizer.engine.extensive import Solved
from optimizer.engine.form import StandardForm
from optimizer.engine.highs import Options
from optimizer.engine.master import Master
from optimizer.engine.oracles.cuts import Cut
from optimizer.engine.state import ABSOLUTE_GAP, CutProblem, Search
from optimizer.engine.variations.forced import ForcedPlans
from optimizer.engine.variations.widened import Further, widened

FloatArray = NDArray[np.float64]

WITHIN = 1e-6
"""A plan is within the limit if its true cost exceeds it by no more than this share of it."""
ROUNDS = 200
MASTER_SHARE = 0.5
"""Share of the gap that the MILP may use up; the rest is for what its cuts do not know yet."""


@dataclass(frozen=True)
class Direction:
    """A measure of the awards that is to be made small: ``weights @ x[places]``, in its own unit.

    ``step`` is the distance of neighbouring values of a count (1), 0 for anything else. Values closer than ``close``
    are as good as equal. ``needs`` are places of which one at least must be in the plan.
    """

    places: NDArray[np.int64]
    weights: FloatArray
    step: float = 0.0
    close: float = ABSOLUTE_GAP
    needs: Sequence[int] = ()

    def value(self, x: FloatArray) -> float:
        """The measure at a point."""
        return float(self.weights @ x[self.places])

    def reversed(self) -> Direction:
        """The same measure, to be made large."""
        return replace(self, weights=-self.weights)


@dataclass(frozen=True)
class NearPlan:
    """A plan within the limit: its columns of the master, and the plan as it is reported."""

    x: FloatArray
    solved: Solved


@dataclass(frozen=True)
class Extreme:
    """How far plans within the limit go in a direction: ``value`` at the ``plan`` found, and none goes below ``bound``.

    ``x`` is its point with the columns of a wider problem, if one was asked. ``termination`` is gap_reached,
    time_limit, or infeasible: no plan within the limit has what the direction needs.
    """

    value: float
    bound: float
    plan: NearPlan | None
    x: FloatArray | None
    termination: str
    seconds: float

    @property
    def gap(self) -> float:
        """Distance of value and bound, relative to the value; infinite without a plan."""
        if self.plan is None or self.value == self.bound:
            return 0.0 if self.termination == "infeasible" or self.plan is not None else math.inf
        return (self.value - self.bound) / max(abs(self.value), ABSOLUTE_GAP)


@dataclass(frozen=True)
class Cheapest:
    """The cheapest plan with something forced: its cost is between ``bound`` and ``cost`` (musd; infinite if unknown).

    ``plan`` is None if it is not within the limit. ``termination`` as of a search; infeasible is proved.
    """

    cost: float
    bound: float
    plan: NearPlan | None
    termination: str
    seconds: float


class NearOptimal:
    """Plans that cost at most ``limit`` (musd), the best one of ``plans`` among them. Every cut is kept for the next.

    ``found`` are all plans found so far.
    """

    def __init__(self, plans: ForcedPlans, limit: float) -> None:
        self.plans, self.limit = plans, limit
        best = plans.run.best
        self.found = [] if best is None else [NearPlan(best, plans.best)]

    def within(self, cost: float) -> bool:
        """Whether a true cost, musd, is within the limit."""
        return cost <= self.limit + WITHIN * abs(self.limit)

    def outlay(self) -> Direction:
        """Expected net public outlay, musd."""
        form = self.plans.parts.problem.form
        position = {id(column): i for i, column in enumerate(form.columns)}
        terms = generate_standard_repn(self.plans.parts.model.net_outlay.expr, compute_values=True)
        places = np.array([position[id(x)] for x in terms.linear_vars], dtype=np.int64)
        return Direction(places, np.array(terms.linear_coefs, dtype=float))

    def pot_use(self, pot: str) -> Direction | None:
        """What a pot is charged by its scoring rule, musd; None if nothing can be charged to it.

        To be made small only: the column of what contracts are charged is held from below alone.
        """
        form = self.plans.parts.problem.form
        name = f"pot_not_exceeded[{pot}]"
        if name not in form.row_names:
            return None
        row = form.matrix[[form.row_names.index(name)], :].toarray()[0]
        places = np.flatnonzero(row)
        return Direction(places, row[places])

    def furthest(self, direction: Direction, gap: float, seconds: float, further: Further | None = None) -> Extreme:
        """The plan within the limit at which the direction is least, to a relative ``gap``, in so many ``seconds``.

        Raises TimeoutError if the time of ``plans`` is up, KeyboardInterrupt on an interrupt.
        """
        began = time.monotonic()
        if began >= self.plans.deadline:
            raise TimeoutError
        problem, own = self._problem(further), self.plans.run.master
        aim = np.zeros(len(problem.form.cost))
        aim[direction.places] = direction.weights
        master = Master(replace(problem.form, cost=aim, offset=0.0), problem.tails)
        given = [*own.pool, self._limit_row(problem.form), *_needed(direction)]
        with LoggingIntercept(module="pyomo"):
            master.keep(given)
            run = _Furthest(self, problem, master, direction, gap, min(self.plans.deadline, began + seconds))
            try:
                run.go(known=self.found if further is None else [])
            except TimeoutError:
                run.termination = "time_limit"
            finally:
                own.keep(master.pool[len(given) :])
        bound = min(run.bound, run.value)
        return Extreme(run.value, bound, run.best, run.x, run.termination, time.monotonic() - began)

    def cheapest(
        self,
        direction: Direction,
        level: float,
        seconds: float,
        further: Further | None = None,
        start: FloatArray | None = None,
    ) -> Cheapest:
        """The cheapest plan at which the direction is at most ``level``; the search begins at the plan ``start``.

        Raises TimeoutError if the time of ``plans`` is up, KeyboardInterrupt on an interrupt.
        """
        began = time.monotonic()
        left = min(self.plans.deadline - began, seconds)
        if left <= 0.0:
            raise TimeoutError
        problem, own = self._problem(further), self.plans.run.master
        with LoggingIntercept(module="pyomo"):
            master = Master(problem.form, problem.tails)
            given = [*own.pool, Cut(None, -level, direction.places, direction.weights), *_needed(direction)]
            master.keep(given)
            run = Search(problem, master, replace(self.plans.options, time_limit=left), start=start)
            # Whatever is forced, no plan is cheaper than the bound on all plans.
            run.bound = self.plans.run.bound
            search(run)
            own.keep(master.pool[len(given) :])
            if run.termination == "interrupted":
                raise KeyboardInterrupt
            plan = None
            if run.best is not None and self.within(run.best_cost):
                plan = self.taken(run.best, run.bound, run.termination)
        bound = math.inf if run.termination == "infeasible" else min(run.bound, run.best_cost)
        return Cheapest(run.best_cost, bound, plan, run.termination, time.monotonic() - began)

    def taken(self, x: FloatArray, bound: float, termination: str) -> NearPlan | None:
        """A point as a plan, checked against every row and kept; None if its true cost is above the limit.

        ``bound`` and ``termination`` are those of the search that found it.
        """
        parts = self.plans.parts
        run = Search(parts.problem, self.plans.run.master, self.plans.options, bound=bound, termination=termination)
        run.best = x[: len(parts.problem.form.cost)].copy()
        solved = finished(parts, run, run.began)
        if not self.within(solved.objective):
            return None
        plan = NearPlan(run.best, solved)
        self.found.append(plan)
        return plan

    def _problem(self, further: Further | None) -> CutProblem:
        problem = self.plans.parts.problem
        return problem if further is None else widened(problem, further)

    def _limit_row(self, form: StandardForm) -> Cut:
        places = np.flatnonzero(form.cost)
        return Cut(None, form.offset - self.limit, places, form.cost[places])


def _needed(direction: Direction) -> list[Cut]:
    """That at least one of the columns a direction needs is in the plan."""
    places = np.array(direction.needs, dtype=np.int64)
    return [Cut(None, 1.0, places, -np.ones(len(places)))] if len(places) else []


class _Furthest:
    """One search in a direction: the MILP proposes whole numbers, the LP of the rest is solved with true costs."""

    def __init__(
        self, near: NearOptimal, problem: CutProblem, master: Master, direction: Direction, gap: float, deadline: float
    ) -> None:
        self.near, self.problem, self.master, self.direction = near, problem, master, direction
        self.gap, self.deadline = gap, deadline
        self.value, self.bound = math.inf, -math.inf
        self.best: NearPlan | None = None
        self.x: FloatArray | None = None
        self.termination = "time_limit"

    def go(self, known: Sequence[NearPlan]) -> None:
        """Run to the gap or the deadline; ``known`` are plans within the limit."""
        form, seed = self.problem.form, self.near.plans.options.seed
        for plan in known:
            self._keep(plan, plan.x)
        for _ in range(ROUNDS):
            left = self.deadline - time.monotonic()
            if left <= 0.0:
                return
            options = Options(gap=MASTER_SHARE * self.gap, time_limit=left, seed=seed, improve=False)
            raw = self.master.whole(options, form.lower, form.upper)
            if raw.termination == "interrupted":
                raise KeyboardInterrupt
            if raw.termination == "infeasible":
                self.termination = "infeasible" if self.best is None else "gap_reached"
                return
            self._bounded(raw.bound)
            if raw.values is not None and not self._closed():
                self._settle(raw.values)
            if self._closed():
                self.termination = "gap_reached"
                return
            if raw.values is None:
                return

    def _bounded(self, bound: float) -> None:
        step = self.direction.step
        if step > 0.0 and math.isfinite(bound):
            bound = step * math.ceil(bound / step - 1e-6)
        self.bound = max(self.bound, bound)

    def _closed(self) -> bool:
        if self.best is None:
            return False
        return self.value - self.bound <= max(self.direction.close, self.gap * abs(self.value))

    def _keep(self, plan: NearPlan, x: FloatArray) -> None:
        needs = self.direction.needs
        if needs and not any(x[place] > 0.5 for place in needs):
            return
        value = self.direction.value(x)
        if value < self.value:
            self.value, self.best, self.x = value, plan, x

    def _settle(self, x: FloatArray) -> None:
        """The best plan with the whole numbers of ``x``, if there is one within the limit; cuts where there is none."""
        form = self.problem.form
        whole = np.round(x)
        lower, upper = np.where(form.whole, whole, form.lower), np.where(form.whole, whole, form.upper)
        for _ in range(ROUNDS):
            point = self.master.relaxed(lower, upper, self.deadline)
            if point is None:
                return
            reply = self.problem.supply.ask(point.x)
            learnt = self.master.add(reply.cuts, point.x)
            if self.near.within(self.problem.cost(point.x, reply.values)):
                plan = self.near.taken(point.x, self.near.plans.run.bound, "gap_reached")
                if plan is not None:
                    self._keep(plan, point.x)
                    return
            if not learnt:
                return
