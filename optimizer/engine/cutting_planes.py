"""Cutting planes: the awards as a MILP, everything convex about them (tails, supply in each future) learnt by asking.

1. The LP relaxation, within a trust region around the best point, until cuts and truth agree (J. Linderoth and
   S. Wright, Decomposition algorithms for stochastic programming on a computational grid, Computational Optimization
   and Applications 24, 2003).
2. The MILP with all cuts. Its bound bounds every plan. Its plants are kept and everything else is solved again with
   exact tails, which gives a plan; supply at that plan gives its true cost, and cuts at the place where they matter.
   Repeat until bound and best plan meet.
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from optimizer.engine.highs import Options, solve_form
from optimizer.engine.master import Point
from optimizer.engine.progress import relative_gap
from optimizer.engine.state import Search
from optimizer.errors import SolverError

FloatArray = NDArray[np.float64]

FIRST_RADIUS = 0.3
"""First trust region: this share of the range of every award column."""
NEAR_RADIUS = 0.05
"""The same around the best point of a sample."""
SUFFICIENT = 0.1
"""A step counts if it brings at least this share of what the cuts promised."""
MASTER_SHARE = 0.8
"""Share of the gap that the MILP may use up; the rest is for what its cuts do not know yet."""
RELAXATION_GAP = 1e-5
"""Closest gap to which the LP relaxation of a MILP is solved."""
SAMPLE_GAP = 1e-3
"""Gap to which a sample of the futures is solved: they are not all, so closer would be wasted."""
LONGEST = 300
"""Rounds after which a search is given up."""


class _NoCloserError(Exception):
    """So many rounds, and bound and plan have not met."""


def search(search: Search) -> None:
    """Run to the gap, the time limit or an interrupt; ``termination`` says which.

    ``infeasible``: there is no plan. ``round_limit``: bound and plan came no closer in so many rounds.
    """
    form = search.problem.form
    try:
        if search.closed:
            search.note("last plan")
            search.termination = "gap_reached"
            return
        if search.start is not None:
            _plan(search, search.start)
            search.note("last plan")
            if search.closed:
                search.termination = "gap_reached"
                return
        near = _best_of_sample(search) if search.master.cuts == 0 else None
        gap = search.options.gap / 10
        if form.whole.any():
            # The MILP goes on from there; to what gap it does, the relaxation need not.
            gap = max(gap, RELAXATION_GAP)
        if descend(search, form.lower, form.upper, gap, relaxation=True, near=near) is None:
            _confirm_infeasible(search, relaxed=True)
            return
        if not form.whole.any() and search.closed:
            search.termination = "gap_reached"
            return
        _branch(search)
    except TimeoutError:
        search.termination = "time_limit"
    except _NoCloserError:
        search.termination = "round_limit"
    except KeyboardInterrupt:
        search.termination = "interrupted"


def _best_of_sample(search: Search) -> FloatArray | None:
    """Where the LP relaxation is best for a few of the futures; their cuts are kept, for they are cuts of the whole."""
    sample, master, form = search.problem.sample, search.master, search.problem.form
    if sample is None:
        return None
    few = Search(sample, master, search.options, began=search.began)
    master.set_costs(sample.form.cost)
    try:
        found = descend(few, form.lower, form.upper, SAMPLE_GAP, relaxation=True)
    except _NoCloserError:
        found = None
    finally:
        master.set_costs(form.cost)
    search.note("a few futures")
    return None if found is None else found[0]


def descend(
    search: Search,
    lower: FloatArray,
    upper: FloatArray,
    gap: float,
    *,
    relaxation: bool,
    near: FloatArray | None = None,
) -> tuple[FloatArray, float] | None:
    """The best point of the LP relaxation within the bounds, and its true cost; None if there is none.

    The search begins at ``near``, if given, or where the cuts known so far say.

    ``relaxation``: the bounds are those of the whole problem, so the LP's value bounds every plan. Otherwise all whole
    columns are fixed, and each point is a plan.
    """
    problem, master = search.problem, search.master
    linked = problem.supply.places
    span = (upper - lower)[linked]
    best: Point | None = None
    radius: float | None = None
    if near is not None:
        cost = problem.cost(near, search.ask(near).values)
        if np.isfinite(cost):
            best, radius = Point(near, cost), NEAR_RADIUS
    for _ in range(LONGEST):
        low, high = lower.copy(), upper.copy()
        if best is not None and radius is not None:
            low[linked] = np.maximum(low[linked], best.x[linked] - radius * span)
            high[linked] = np.minimum(high[linked], best.x[linked] + radius * span)
        point = master.relaxed(low, high, search.deadline)
        if point is None:
            if radius is None:
                return None if best is None else (best.x, best.objective)
            radius = None
            continue
        held = radius is not None and _at_edge(point.x[linked], low[linked], high[linked], lower[linked], upper[linked])
        if relaxation and radius is None and _bounded(search, point.x):
            search.bound = max(search.bound, point.objective)
        promised = np.inf if best is None else best.objective - point.objective
        if best is not None and promised <= gap * abs(best.objective):
            if not held:
                if relaxation:
                    search.bound = max(search.bound, point.objective)
                    if point.duals is not None:
                        search.certified = max(search.certified, master.safe_bound(point.duals))
                break
            radius = None if radius is None or radius >= 0.5 else 2.0 * radius
            continue
        reply = search.ask(point.x)
        cost = problem.cost(point.x, reply.values)
        if not relaxation or not problem.form.whole.any():
            search.take(point.x, cost)
        if best is None or cost <= best.objective - SUFFICIENT * promised:
            if best is None and np.isfinite(cost):
                radius = FIRST_RADIUS
            elif held and radius is not None:
                radius = min(1.0, 2.0 * radius)
            if np.isfinite(cost):
                best = Point(point.x, cost)
        elif radius is not None and cost - best.objective > promised:
            radius = max(radius / 2.0, 1e-3)
        search.note("relaxation" if relaxation else "plan")
    if best is None and relaxation:
        # No point was found at which supply has an answer, but it is not proved that there is none.
        raise _NoCloserError
    return None if best is None else (best.x, best.objective)


def _bounded(search: Search, x: FloatArray) -> bool:
    """Whether cuts, and not its own lower bound, hold up the cost of every future."""
    columns = search.problem.supply.columns
    return bool(np.all(x[columns] > 0.99 * search.problem.form.lower[columns]))


def _at_edge(x: FloatArray, low: FloatArray, high: FloatArray, lower: FloatArray, upper: FloatArray) -> bool:
    """Whether the trust region, and not the problem itself, holds a point back."""
    slack = 1e-9
    return bool(np.any(((x <= low + slack) & (low > lower)) | ((x >= high - slack) & (high < upper))))


def _branch(search: Search) -> None:
    form, master, options = search.problem.form, search.master, search.options
    for _ in range(LONGEST):
        now = relative_gap(search.best_cost, search.bound) if search.best is not None else 1.0
        left = max(search.deadline - time.monotonic(), 0.1)
        gap_now = max(MASTER_SHARE * options.gap, min(0.1 * now, 0.01))
        inner = replace(options, gap=gap_now, time_limit=left, improve=False)
        raw = master.whole(inner, form.lower, form.upper, search.best)
        search.bound = max(search.bound, raw.bound)
        if raw.termination == "interrupted":
            raise KeyboardInterrupt
        if raw.termination == "infeasible":
            _confirm_infeasible(search, relaxed=False)
            return
        if raw.values is None:
            raise TimeoutError
        found = _plan(search, raw.values)
        search.note("search" if found else "no plan")
        if search.closed:
            search.termination = "gap_reached"
            return
        if raw.termination == "time_limit":
            raise TimeoutError
    # Never seen. The plan stands, with its gap.
    raise _NoCloserError


def _confirm_infeasible(search: Search, *, relaxed: bool) -> None:
    """Infeasibility is believed only if another run, with presolve the other way and another seed, agrees."""
    form = search.master.with_cuts()
    form = form.with_bounds(form.lower, form.upper, relaxed=relaxed)
    left = max(search.deadline - time.monotonic(), 1.0)
    options = Options(presolve=relaxed, seed=search.options.seed + 1, time_limit=left, stage="checking infeasibility")
    again = solve_form(form, options)
    if again.termination not in ("infeasible", "time_limit", "interrupted"):
        raise SolverError("HiGHS called the awards infeasible, and then not. Please report this case.")
    search.termination = again.termination


def _plan(search: Search, x: FloatArray) -> bool:
    """A plan with the plants, purchases and deliveries of ``x``: the best finance for them, then the rest."""
    form, master = search.problem.form, search.master
    lower, upper = form.lower.copy(), form.upper.copy()
    linked = search.problem.supply.places
    fixed = np.where(form.whole, np.round(x), x)[linked]
    lower[linked], upper[linked] = fixed, fixed
    # What it buys is learnt first: supply does not depend on how plants are financed.
    search.ask(np.where(form.whole, np.round(x), x))
    finance = master.whole_with_tails(Options(gap=1e-6, time_limit=30.0), lower, upper, search.deadline)
    if finance is None:
        return False
    whole = np.round(finance.x)
    lower = np.where(form.whole, whole, form.lower)
    upper = np.where(form.whole, whole, form.upper)
    return descend(search, lower, upper, search.options.gap / 20, relaxation=False) is not None
