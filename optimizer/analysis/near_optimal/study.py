"""The questions of one study, asked one after the other until time is up; what was found stays."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from optimizer.analysis.answer import Solves
from optimizer.analysis.near_optimal.directions import Directions
from optimizer.analysis.near_optimal.facts import World
from optimizer.data import Case
from optimizer.engine import Options, Solved
from optimizer.engine.variations.forced import ForcedPlans
from optimizer.engine.variations.near_optimal import Cheapest, Direction, Extreme, NearOptimal, NearPlan
from optimizer.engine.variations.sourced import Lanes, Sourced
from optimizer.engine.variations.widened import Further
from optimizer.instance import check_finite, compile_instance
from optimizer.scenarios import draw

GAP = 0.01
"""Relative gap to which a direction is followed."""
LONG, SHORT = 0.15, 0.05
"""Longest that one search in a direction, and one of any other kind, may take: shares of all the time."""
SPENT = 0.99
"""Share of the extra cost allowed from which a plan counts as having used it up: no cheaper one is looked for then."""
SHARE_CLOSE = 0.005
"""Shares of backed capital closer than this, of what the best plan backs, are as good as equal."""
ROUNDS = 8
FINER = 0.5
"""Share of the case's gap to which plans are found when they are compared with each other."""
FIRST = 0.5
"""Largest share of the time that the search for the best plan may take."""


def begin(case: Case, within: float, time_limit: float, tell: Callable[[str], None]) -> Study:
    """Find the best plan and what near-optimal plans may cost. Raises what ``solve`` raises."""
    began = time.monotonic()
    tell("searching for the best plan")
    draws = draw(case)
    instance = compile_instance(case, draws)
    check_finite(instance)
    settings = case.settings.solve
    first = min(FIRST * time_limit, settings.time_limit_s)
    options = Options(gap=FINER * settings.gap, time_limit=first, seed=case.settings.scenarios.seed)
    plans = ForcedPlans(instance, options, began + time_limit)
    limit = plans.best.objective + within * abs(plans.best.objective)
    study = Study(World.of(case.in_key_order(), draws, instance), NearOptimal(plans, limit), time_limit, tell)
    study.solves.add("best plan", plans.best)
    return study


@dataclass(frozen=True)
class Alternative:
    """A plan and what it was pushed towards: ``value`` of the measure (``unit``), and no plan goes beyond ``bound``."""

    name: str
    measure: str
    unit: str
    value: float
    bound: float
    plan: NearPlan
    solved: Solved
    sourced: Sourced | None = None


@dataclass
class Study:
    """One case, its best plan and the limit on cost; what was asked, found, and left out for want of time."""

    world: World
    near: NearOptimal
    time_limit: float
    tell: Callable[[str], None]
    solves: Solves = field(default_factory=Solves)
    alternatives: list[Alternative] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)
    impossible: list[str] = field(default_factory=list)
    all_alike: bool = False

    def __post_init__(self) -> None:
        self.directions = Directions(self.near)
        self.best = self.near.found[0]

    def try_all(self, questions: Sequence[tuple[str, Callable[[], None]]]) -> None:
        """Ask in this order; what time does not allow is kept in ``unasked``."""
        for name, ask in questions:
            if time.monotonic() >= self.near.plans.deadline:
                self.unasked.append(name)
                continue
            self.tell(name)
            try:
                ask()
            except TimeoutError:
                self.unasked.append(name)

    def furthest(
        self, question: str, direction: Direction, share: float, further: Further | None = None, gap: float = GAP
    ) -> Extreme:
        """Follow a direction; the solve is kept under the question."""
        found = self.near.furthest(direction, gap, share * self.time_limit, further)
        known = found.gap if math.isfinite(found.gap) else math.nan
        self.solves.rows.append((question, math.nan, math.nan, known, found.termination, found.seconds))
        return found

    def cheapest(
        self,
        question: str,
        direction: Direction,
        level: float,
        further: Further | None = None,
        start: Extreme | None = None,
    ) -> Cheapest:
        """The cheapest plan with something forced; the solve is kept under the question."""
        x = None if start is None else start.x
        found = self.near.cheapest(direction, level, SHORT * self.time_limit, further, x)
        gap = (found.cost - found.bound) / abs(found.cost) if math.isfinite(found.cost) and found.cost else math.nan
        cost = found.cost if math.isfinite(found.cost) else math.nan
        bound = found.bound if math.isfinite(found.bound) else math.nan
        self.solves.rows.append((question, cost, bound, gap, found.termination, found.seconds))
        return found

    def push(
        self,
        name: str,
        measure: str,
        unit: str,
        direction: Direction,
        further: Further | None = None,
        sign: float = 1.0,
    ) -> None:
        """An alternative: as far as the limit allows, and the cheapest of all plans as far.

        ``sign`` is -1 if what is shown is the direction reversed.
        """
        found = self.furthest(name, direction, LONG, further)
        if found.plan is None:
            if found.termination != "infeasible":
                raise TimeoutError
            self.impossible.append(name)
            return
        value, bound = sign * found.value, sign * found.bound
        chosen, solved = self._cheaper(name, direction, found, further)
        self.keep(Alternative(name, measure, unit, value, bound, chosen, solved))

    def _cheaper(
        self, name: str, direction: Direction, found: Extreme, further: Further | None
    ) -> tuple[NearPlan, Solved]:
        """The cheapest plan that goes as far as the one found, unless that has used up all it may cost."""
        plan, best = found.plan or self.best, self.best.solved.objective
        if plan.solved.objective - best < SPENT * (self.near.limit - best) and plan is not self.best:
            level = found.value + max(1e-6, 1e-6 * abs(found.value))
            other = self.cheapest(f"{name}, at least cost", direction, level, further, found).plan
            if other is not None and other.solved.objective < plan.solved.objective:
                plan = other
        return plan, plan.solved

    def keep(self, alternative: Alternative) -> None:
        """Keep an alternative."""
        self.alternatives.append(alternative)

    def fewest_pots(self) -> None:
        """The plan that draws on the fewest pots."""
        direction, further = self.directions.pots_used()
        self.push("fewest pots", "pots drawn on", "pots", direction, further)

    def most_different(self, number: int) -> None:
        """The plan that differs most from the nearest of all alternatives so far; none if every plan is like one."""
        if self.all_alike:
            return
        known = [self.best, *(a.plan for a in self.alternatives)]
        direction, further = self.directions.difference(known)
        measure = "plants and contracts unlike the nearest plan above"
        self.push(f"most different {number}", measure, "decisions", direction, further, sign=-1.0)
        if self.alternatives and self.alternatives[-1].measure == measure and self.alternatives[-1].value < 1.0:
            self.all_alike = self.alternatives.pop().bound < 1.0
            if not self.all_alike:
                raise TimeoutError

    def most_in(self, region: str) -> None:
        """The plan with the largest share of backed capital in one region.

        A share is a ratio, so what is made large is what is there, less the best share so far of all there is, until
        nothing is gained (W. Dinkelbach, On nonlinear fractional programming, Management Science 13, 1967).
        """
        name, capex = f"most in {region}", self.world.instance.awards.plants.capex
        there = [option for option in self.directions.options if self.world.regions[option[0]] == region]
        needs = tuple(self.near.plans.places("build", there))
        close = SHARE_CLOSE * max(sum(self.world.backed(self.best.solved.outcome).values()), 1.0)
        smallest = min((capex[option] for option in there), default=0.0)
        share, plan = max(((self._share(plan, region), plan) for plan in self.near.found), key=lambda pair: pair[0])
        bound = 1.0
        for _ in range(ROUNDS):
            if share >= 1.0 - 1e-9:
                break
            found = self.furthest(name, self._beyond(region, share, close, needs), LONG)
            if smallest > 0.0:
                bound = min(bound, share + max(-found.bound, 0.0) / smallest)
            if found.termination == "infeasible":
                self.impossible.append(name)
                return
            if found.plan is None or found.value >= -close:
                break
            share, plan = self._share(found.plan, region), found.plan
        if share <= 0.0:
            raise TimeoutError
        start = Extreme(0.0, 0.0, plan, plan.x, "gap_reached", 0.0)
        chosen, solved = self._cheaper(name, self._beyond(region, share, close, needs), start, None)
        words = f"share of backed capital in {region}"
        self.keep(Alternative(name, words, "share", share, max(bound, share), chosen, solved))

    def _share(self, plan: NearPlan, region: str) -> float:
        backed = self.world.backed(plan.solved.outcome)
        return backed[region] / sum(backed.values()) if region in backed else 0.0

    def _beyond(self, region: str, share: float, close: float, needs: Sequence[int]) -> Direction:
        return replace(self.directions.elsewhere(self.world.regions, region, share, close), needs=needs)

    def least_from(self, origin: str) -> None:
        """The plan that buys from an origin, or goes short of, least, valued at long-run prices."""
        bloc = {row.region: row.bloc for row in self.world.case.rows("regions")}
        price = {
            lane: self.world.price[lane[2]]
            for lane in self.world.instance.structure.lanes
            if lane[0] == origin and bloc[lane[1]] == "allied"
        }
        lanes, began, name = Lanes(self.near, price, self.world.price), time.monotonic(), f"least from {origin}"
        *_, found = lanes.least(2.0 * LONG * self.time_limit)
        gap = (found.amount - found.bound) / found.amount if found.amount > 0.0 else 0.0
        up = time.monotonic() - began >= 2.0 * LONG * self.time_limit or time.monotonic() >= self.near.plans.deadline
        ended = "gap_reached" if gap <= GAP else "time_limit" if up else "round_limit"
        known = gap if math.isfinite(gap) else math.nan
        self.solves.rows.append((name, math.nan, math.nan, known, ended, time.monotonic() - began))
        words = f"bought from {origin} or short of, at long-run prices"
        solved = lanes.solved(found)
        self.keep(Alternative(name, words, "musd", found.amount, found.bound, found.plan, solved, found))
