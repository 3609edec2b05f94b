"""Plans that cost little more than the best one and buy as little as possible over some lanes.

What is bought is recourse, no column of the awards. So it is given a price: a premium on every tonne over these lanes,
in every future, on top of what it costs. Going without would be the easiest way to buy less, so what demand goes short
of bears the same premium and counts as if it were bought there. The cheapest plan at a premium buys less, at a higher
true cost (its cost without the premium); the largest premium whose plan is within the limit is looked for by halving.
For any plan within the limit,

    bought or short ≥ (bound at the premium − limit) / premium,

because its true cost and the premium on both are no less than that bound. The plans so found lie on the convex
hull of cost and purchases; what they leave of the limit is used up by sourcing alone, with the awards as they are.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from pyomo.common.log import LoggingIntercept

from optimizer.engine.affine import Affine
from optimizer.engine.cutting_planes import search
from optimizer.engine.decomposed import Decomposed, finished
from optimizer.engine.extensive import Solved
from optimizer.engine.master import Master
from optimizer.engine.oracles.cuts import Cut
from optimizer.engine.oracles.futures import FutureLps
from optimizer.engine.oracles.supply import SupplyOracle
from optimizer.engine.state import Search
from optimizer.engine.variations.near_optimal import NearOptimal, NearPlan
from optimizer.terms.finance import cvar

FloatArray = NDArray[np.float64]

FIRST_PREMIUM = 0.1
HIGHEST_PREMIUM = 30.0
STEP = 3.0
HALVINGS = 6
SOURCING_HALVINGS = 16
CLOSE = 0.01
"""Distance to the bound, as a share of the amount, at which an answer is good enough."""


@dataclass(frozen=True)
class Sourced:
    """The plan within the limit that buys over the lanes, or goes short of, least: ``amount`` musd at the given prices,
    of which ``bought``; no plan has a lower amount than ``bound``.

    ``premium`` is what its sourcing reckons with; ``least_cost_bought`` and ``least_cost`` (musd) are what the same
    awards buy and cost with sourcing at least cost; ``best_amount`` is the amount of the best plan.
    """

    amount: float
    bought: float
    bound: float
    premium: float
    plan: NearPlan
    least_cost_bought: float
    least_cost: float
    best_amount: float


class Lanes:
    """Purchases over some lanes: ``price`` maps (from, to, material) to musd per kt, so that a premium is a share.

    ``short`` maps the materials of which nothing is gained by going without to musd per kt.
    """

    def __init__(
        self, near: NearOptimal, price: Mapping[tuple[str, str, str], float], short: Mapping[str, float]
    ) -> None:
        self.near, self.parts = near, near.plans.parts
        own = {id(column) for column in self.parts.template.award_columns.values()}
        supply = [column for column in self.parts.supply.columns if id(column) not in own]
        self._bought, self._price = np.zeros(len(supply)), np.zeros(len(supply))
        for j, column in enumerate(supply):
            name = column.parent_component().local_name
            if name == "flow":
                self._bought[j] = self._price[j] = price.get(tuple(column.index()[:3]), 0.0)
            elif name == "unmet":
                self._price[j] = short.get(column.index()[2], 0.0)
        self._lps = FutureLps(self.parts.arrays, self.parts.template.values)
        self._cuts: list[tuple[float, list[Cut]]] = []

    def amounts(self, x: FloatArray, premium: float = 0.0) -> tuple[float, float, float]:
        """What awards buy over the lanes or go short of, what they buy, and their true cost (musd).

        With sourcing that reckons with a premium; infinite if supply has no answer.
        """
        problem = self.parts.problem
        replies = self._at(premium).problem.supply.replies(x)
        known = [reply.supply for reply in replies if reply.supply is not None]
        if len(known) < len(replies):
            return math.inf, math.inf, math.inf
        amount = np.array([float(self._price @ supply) for supply in known])
        bought = np.array([float(self._bought @ supply) for supply in known])
        values = np.array([reply.value for reply in replies]) - premium * amount
        return float(problem.probability @ amount), float(problem.probability @ bought), problem.cost(x, values)

    def least(self, seconds: float) -> Iterator[Sourced]:
        """Ever better answers, until no better one is to be had or time is up. KeyboardInterrupt on an interrupt."""
        deadline = min(self.near.plans.deadline, time.monotonic() + seconds)
        best = self._resourced(self.near.found[0], -math.inf)
        yield best
        bound, low, high, premium = -math.inf, 0.0, math.inf, FIRST_PREMIUM
        halvings = 0
        while premium <= HIGHEST_PREMIUM and halvings < HALVINGS:
            found = self._cheapest(premium, best.plan.x, deadline)
            if found is None:
                return
            x, proved = found
            if self.parts.problem.tail_weight == 0.0:
                bound = max(bound, (proved - self.near.limit) / premium)
            cost = self.amounts(x, premium)[2]
            low, high = (premium, high) if self.near.within(cost) else (low, premium)
            with LoggingIntercept(module="pyomo"):
                plan = self.near.taken(x, self.near.plans.run.bound, "gap_reached")
            if plan is not None:
                other = self._resourced(plan, bound)
                best = other if other.amount < best.amount else best
            best = replace(best, bound=min(bound, best.amount))
            yield best
            if best.amount - bound <= CLOSE * best.amount:
                return
            halvings += math.isfinite(high)
            premium = STEP * premium if math.isinf(high) else math.sqrt(max(low, FIRST_PREMIUM / STEP**2) * high)

    def _resourced(self, plan: NearPlan, bound: float) -> Sourced:
        """The same awards, with sourcing that uses up what the plan leaves of the limit."""
        x, first = plan.x, self.near.found[0].x
        amount, plain, cost = self.amounts(x)
        best_amount = amount if x is first else self.amounts(first)[0]
        low, high, bought = 0.0, HIGHEST_PREMIUM, plain
        for i in range(SOURCING_HALVINGS):
            premium = high if i == 0 else math.sqrt(max(low, 1e-3) * high)
            both, own, true = self.amounts(x, premium)
            if self.near.within(true):
                low, amount, bought = premium, both, own
                if i == 0:
                    break
            else:
                high = premium
        return Sourced(amount, bought, min(bound, amount), low, plan, plain, cost, best_amount)

    def solved(self, found: Sourced) -> Solved:
        """The plan with its sourcing, at its true cost."""
        parts, x = self._at(found.premium), found.plan.x
        with LoggingIntercept(module="pyomo"):
            run = Search(parts.problem, self.near.plans.run.master, self.near.plans.options, best=x.copy())
            run.termination, run.bound = found.plan.solved.termination, self.near.plans.run.bound
            solved = finished(parts, run, run.began)
        problem = self.parts.problem
        replies = parts.problem.supply.replies(x)
        values = np.array(
            [r.value - found.premium * float(self._price @ r.supply) for r in replies if r.supply is not None]
        )
        tail = float(cvar(values, problem.probability, problem.tail_alpha)) if problem.tail_weight > 0.0 else 0.0
        cost = problem.cost(x, values)
        bound = min(self.near.plans.run.bound, cost)
        return replace(solved, objective=cost, bound=bound, outcome=replace(solved.outcome, supply_tail=tail))

    def _cheapest(self, premium: float, start: FloatArray, deadline: float) -> tuple[FloatArray, float] | None:
        """The cheapest awards found at a premium, and the bound on that cost; None if time was up before."""
        left = deadline - time.monotonic()
        if left <= 0.0:
            return None
        parts = self._at(premium)
        plans = self.near.plans
        with LoggingIntercept(module="pyomo"):
            master = Master(parts.problem.form, parts.problem.tails)
            # What holds up a cost without a premium, or at a lower one, holds up this one too: purchases cost no less.
            given = [*plans.run.master.pool, *(cut for at, cuts in self._cuts if at <= premium for cut in cuts)]
            master.keep(given)
            run = Search(parts.problem, master, replace(plans.options, time_limit=left), start=start)
            run.bound = plans.run.bound
            search(run)
        self._cuts.append((premium, master.pool[len(given) :]))
        if run.termination == "interrupted":
            raise KeyboardInterrupt
        return None if run.best is None else (run.best, run.bound)

    def _at(self, premium: float) -> Decomposed:
        """The parts with a premium on the lanes; those of an earlier premium must not be asked any more."""
        parts = self.parts
        cost = parts.arrays.cost
        arrays = replace(parts.arrays, cost=Affine(cost.constant + premium * self._price, cost.jacobian))
        # One set of LPs, so that every question starts from the bases of the last.
        self._lps.arrays = arrays
        oracle = parts.problem.supply
        problem = replace(parts.problem, supply=SupplyOracle(oracle.columns, oracle.places, self._lps), sample=None)
        return replace(parts, problem=problem, arrays=arrays, futures=self._lps)
