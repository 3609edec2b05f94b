"""``frontier``: the best plans for one limit after another."""

from __future__ import annotations

import time

from optimizer.analysis.answer import Analysis, Solves
from optimizer.analysis.frontiers.measures import (
    Measure,
    limited_measure,
    measured,
    minimised_measure,
    share_of,
    weight_of,
    weights_for,
)
from optimizer.analysis.frontiers.points import Point, alike, next_limit
from optimizer.analysis.frontiers.walks import RowWalk, ShareWalk
from optimizer.analysis.frontiers.words import findings, points_table, views
from optimizer.api import run_facts
from optimizer.data import Case
from optimizer.engine import Listener, Options, Solved, relative_gap
from optimizer.engine.progress import Progress
from optimizer.errors import NoPlanError, SettingError
from optimizer.instance import check_finite, compile_instance
from optimizer.scenarios import Draws, draw

TIME_LIMIT = 280.0
GAP = 2e-3
"""Gap to which each point is solved, if the case does not ask for a wider one: several solves share the time of one."""
POINTS = 9
FIRST_SHARE = 0.4
"""Share of the time left that the first solve may take, which has everything to learn."""
EDGE = 1e-3
"""Room left to the plan at the least of x, as a share of the range of x: at the very end no search finds a plan."""
TELLING, FINEST = 0.25, 0.05
"""Gap of a point in between, as a share of the fall of y in which it lies; not finer than this share of ``gap``."""
TRIES = 4
"""Solves per point asked for, at most: some limits have the same plan."""


def frontier(
    case: Case,
    *,
    x: str = "outlay",
    y: str = "cost",
    points: int = POINTS,
    gap: float | None = None,
    time_limit: float = TIME_LIMIT,
    progress: Listener | None = None,
) -> Analysis:
    """How much less of ``y`` the best plans have for more of ``x``: y is minimised for one limit on x after another.

    ``x`` is limited: ``outlay`` (expected net public outlay as promised, present value), ``tail`` (CVaR over the
    futures of the cost of supply, at ``objective.tail_alpha``), ``budget:POT`` (size of a pot) or
    ``share:MATERIAL:ORIGIN`` (the largest yearly share of an origin in the supply of any allied region that it has a
    route to, in the calm future, from the first year of the case's own target on, or else five years after the first;
    ``share:MATERIAL:ORIGIN:REGION`` for one region). ``y`` is minimised: ``cost`` (resource cost, shortage and missed
    targets), ``outlay``, ``shortage`` or ``tail``; the other parts of the objective keep a small weight, to choose
    between plans alike in y. By default it is outlay against cost: both are in every case, and no single pot stands for
    what the public spends.

    The ends come first: the best y without a limit, and the least x. Then each point goes where most is unknown, until
    there are ``points``, or nothing is left that the gaps would show. ``gap`` is the widest of any solve (0.2 %, or the
    case's if that is wider); a point between two others gets a finer one if they are close. ``time_limit`` in seconds
    is for all of it, and what is known by then is returned.

    The table ``points`` has a row per plan in the order of x: ``limit_musd`` or ``limit_share``, ``x``, ``y``, every
    measure (``cost_musd``, ``outlay_musd``, ``shortage_musd``, ``tail_musd``, expected ``shortfall_t`` over all years),
    ``y_least_musd`` (no plan within the limit has less, given what breaks ties), ``gap``, ``status`` (on the frontier,
    dominated, not distinguishable from one with less of x within the gaps), ``same_up_to_musd`` or ``_share`` (the
    widest limit to which this plan is known to be the best found), ``saving_per_unit`` (of y per unit more of x, to
    the next point on the frontier), ``plants``, and ``in_``, ``out_``: plants that come and go beside the row above.

    ``progress`` is called with a report now and then: stage, best cost, bound, gap, seconds.
    Raises SettingError for an unknown measure or too few points, and what ``solve`` raises. Source of the method: Y.
    Haimes and others, On a bicriterion formulation of the problems of integrated system identification and system
    optimization, IEEE Transactions on Systems, Man, and Cybernetics 1 (1971): the epsilon-constraint method.
    """
    limited = limited_measure(x, case)
    minimised = minimised_measure(y, limited)
    if points < 2:
        raise SettingError(f"{points} point is no frontier. Ask for 2 or more.")
    began = time.monotonic()
    if progress is not None:
        progress(Progress("drawing scenarios", None, None, None, 0.0))
    draws = draw(case)
    asked = max(GAP, case.settings.solve.gap) if gap is None else gap
    search = _Search(case, draws, limited, minimised, asked, began + time_limit, progress)
    missing, interrupted = [], False
    try:
        search.ends()
        search.between(points)
    except TimeoutError:
        missing.append(f"{time_limit:g} s were not enough for all points; longer (--time-limit) shows more")
    except KeyboardInterrupt:
        interrupted = True
        missing.append("it was stopped before all points were found")
    if not search.points:
        if interrupted:
            raise KeyboardInterrupt
        raise NoPlanError(f"No plan was found in {time_limit:g} s. Try a longer time limit.", infeasible=False)
    order = sorted(range(len(search.points)), key=lambda i: (search.points[i].x, -search.points[i].y))
    found = [search.points[i] for i in order]
    table = points_table(found, [search.reach[i] for i in order], limited, minimised)
    return Analysis(
        verb="frontier",
        case_name=case.name,
        title=case.settings.case.title,
        findings=findings(table, found, limited, minimised, asked, [*search.notes, *missing]),
        tables={"points": table},
        views=views(limited, minimised),
        solves=search.solves.frame(),
        run=run_facts(case, "cuts") | {"weights": search.weights},
        seconds=time.monotonic() - began,
        interrupted=interrupted,
        case=case,
    )


class _Search:
    """Points found so far; each search begins with what the earlier ones have learnt."""

    def __init__(
        self,
        case: Case,
        draws: Draws,
        limited: Measure,
        minimised: Measure,
        gap: float,
        deadline: float,
        progress: Listener | None,
    ) -> None:
        self._case, self._draws, self._limited, self._minimised = case, draws, limited, minimised
        self._gap, self._deadline, self._progress = gap, deadline, progress
        self._walk = self._walk_for(minimised)
        self.weights = weights_for(minimised, limited.kind == "tail", case).model_dump()
        self.points: list[Point] = []
        self.reach: list[float] = []
        self.notes: list[str] = []
        self.solves = Solves()
        self._asked, self._largest = 0, 0.0

    def _walk_for(self, minimised: Measure) -> RowWalk | ShareWalk:
        weights = weights_for(minimised, self._limited.kind == "tail", self._case)
        objective = self._case.settings.objective.model_copy(update={"weights": weights})
        case = self._case.replace(settings=self._case.settings.model_copy(update={"objective": objective}))
        if self._limited.is_share:
            return ShareWalk(case, self._draws, self._limited)
        instance = compile_instance(case, self._draws)
        check_finite(instance)
        return RowWalk(instance, self._limited, weight_of(minimised))

    def ends(self) -> None:
        """The best y whatever x is, and the best y at the least x."""
        best = self._ask(None, FIRST_SHARE)
        if best is None:
            return
        if self._limited.kind not in ("outlay", "tail"):
            lowest = 0.0
        else:
            # What has the least of x is found by minimising it; then y is minimised with no more than that.
            other = self._walk_for(Measure(self._limited.name, self._limited.kind))
            try:
                solved = self._solved(other, None, f"least {self._limited.name}", FIRST_SHARE)
            except NoPlanError as error:
                # A plan is known, so there is one: it was not found in time.
                raise TimeoutError from error
            if solved.termination == "interrupted":
                raise KeyboardInterrupt
            least = measured(self._case, other.instance, solved.outcome)[f"{self._limited.kind}_musd"]
            lowest = least + EDGE * max(best.x - least, 1.0)
            if isinstance(other, RowWalk) and isinstance(self._walk, RowWalk):
                self._walk.begin_at(other)
        if lowest < best.x:
            self._ask(lowest, 0.5)

    def between(self, count: int) -> None:
        """Points where most is unknown, until there are so many."""
        while len(self.points) < count and self._asked < TRIES * count:
            found = next_limit(self.points, self.reach) if len(self.points) > 1 else None
            if found is None:
                return
            limit, fall = found
            # A plan known already must not pass for the answer because its gap hides what is looked for.
            small = TELLING * fall * weight_of(self._minimised) / max(self._largest, 1.0)
            gap = min(max(small, FINEST * self._gap), self._gap)
            self._ask(limit, 2.0 / max(count - len(self.points), 1), gap)

    def _ask(self, limit: float | None, share: float, gap: float | None = None) -> Point | None:
        self._asked += 1
        words = "no limit" if limit is None else f"{self._limited.name} at most {self._limited.figure(limit)}"
        try:
            solved = self._solved(self._walk, limit, f"{self._minimised.name}, {words}", share, gap)
        except NoPlanError as error:
            if limit is None:
                raise
            if not error.infeasible:
                raise TimeoutError from error
            self.notes.append(f"no plan keeps to {words}")
            return None
        self._largest = max(self._largest, abs(solved.objective))
        point = self._point(limit, solved)
        if solved.termination == "interrupted":
            self._add(limit, point)
            raise KeyboardInterrupt
        return self._add(limit, point)

    def _add(self, limit: float | None, point: Point) -> Point:
        known = next((i for i, p in enumerate(self.points) if alike(p, point, self._x_range())), None)
        if known is not None:
            self.reach[known] = max(self.reach[known], point.x if limit is None else limit)
            return self.points[known]
        self.points.append(point)
        self.reach.append(point.x if limit is None else max(limit, point.x))
        return point

    def _x_range(self) -> float:
        found = [point.x for point in self.points]
        return max(found) - min(found) if len(found) > 1 else max(abs(found[0]), 1.0) if found else 1.0

    def _solved(
        self, walk: RowWalk | ShareWalk, limit: float | None, question: str, share: float, gap: float | None = None
    ) -> Solved:
        left = self._deadline - time.monotonic()
        if left <= 1.0:
            raise TimeoutError
        if self._progress is not None:
            self._progress(Progress(question, None, None, None, time.monotonic() - self._deadline + left))
        seed = self._case.settings.scenarios.seed
        options = Options(
            gap=self._gap if gap is None else gap, time_limit=max(min(left, share * left), min(left, 10.0)), seed=seed
        )
        solved = walk.solve(limit, options, self._progress)
        self.solves.add(question, solved)
        return solved

    def _point(self, limit: float | None, solved: Solved) -> Point:
        instance, outcome = self._walk.instance, solved.outcome
        measures = measured(self._case, instance, outcome)
        if isinstance(self._walk, ShareWalk):
            at = share_of(self._limited, self._case, instance, outcome)
        elif self._limited.kind == "budget":
            at = self._walk.used()
        else:
            at = measures[f"{self._limited.kind}_musd"]
        built = {str(p): int(t) for (p, t), value in outcome.awards["build"].items() if value > 0.5}
        entered = instance.awards.plants.private_entry
        return Point(
            limit,
            at,
            measures[f"{self._minimised.kind}_musd"],
            max(solved.objective - solved.bound, 0.0) / weight_of(self._minimised),
            measures,
            {plant: start for plant, start in sorted(built.items()) if plant not in entered},
            relative_gap(solved.objective, solved.bound),
            solved.termination,
        )
