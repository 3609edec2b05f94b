"""The best plan if the future were known: the awards of an instance, with one future of supply instead of all.

What sponsors, lenders and pots ask does not change: they look at price paths. So every cut found for a future in a
search over all of them is one here.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from pyomo.common.log import LoggingIntercept

from optimizer.engine.cutting_planes import search
from optimizer.engine.decomposed import Decomposed
from optimizer.engine.extensive import no_plan
from optimizer.engine.highs import Options, RawSolution
from optimizer.engine.master import Master
from optimizer.engine.oracles.futures import FutureLps
from optimizer.engine.oracles.supply import SupplyOracle
from optimizer.engine.state import CutProblem, Search
from optimizer.engine.values import Values
from optimizer.engine.variations.fixed import awards_at

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class KnownFuture:
    """The best plan for one future: cost there and bound on it, and what the same plan costs in every future of the
    instance (``costs``, musd, with the awards; infinite where it cannot be carried out)."""

    objective: float
    bound: float
    costs: FloatArray
    awards: dict[str, Values]
    termination: str
    seconds: float


class KnownFutures:
    """Plans for single futures of an instance that has been searched; the tail of supply must have no weight.

    ``run`` is the search over all futures. Raises NoPlanError if a future has no plan or none was found in time,
    KeyboardInterrupt.
    """

    def __init__(self, parts: Decomposed, run: Search) -> None:
        if parts.problem.tail_weight > 0.0:
            raise ValueError("the cost of one future has no tail; set the weight of the tail to 0")
        self._parts, self._run = parts, run

    def costs(self, x: FloatArray) -> FloatArray:
        """What the awards of ``x`` cost in every future, musd."""
        problem = self._parts.problem
        award = float(problem.award_cost @ x) + problem.form.offset
        return award + problem.supply.ask(x).values

    def of(self, future: int, options: Options) -> KnownFuture:
        """The best plan if future number ``future`` were certain."""
        return self._best(self._parts.template.values[[future]], future, options)

    def of_mean(self, options: Options) -> KnownFuture:
        """The best plan for the mean of all numbers that differ between futures, weighted by probability.

        Prices, demand, capacity and what lanes carry are averaged; so are permissions to buy or release stock, which
        then hold for a share of the tonnes.
        """
        values = self._parts.template.values
        mean = self._parts.problem.probability @ values
        return self._best(mean[np.newaxis, :], None, options)

    def _best(self, data: FloatArray, future: int | None, options: Options) -> KnownFuture:
        began = time.monotonic()
        problem = self._parts.problem
        column = problem.supply.columns[[0 if future is None else future]]
        cost = problem.award_cost.copy()
        cost[column] = 1.0
        form = replace(problem.form, cost=cost)
        lps = FutureLps(self._parts.arrays, np.ascontiguousarray(data))
        alone: CutProblem = replace(
            problem,
            form=form,
            supply=SupplyOracle(column, problem.supply.places, lps),
            probability=np.ones(1),
            sample=None,
        )
        with LoggingIntercept(module="pyomo"):
            master = Master(form, problem.tails)
            tails = {int(c) for oracle in problem.tails for c in oracle.columns}
            # That supply is impossible was said of one future or another; only this one counts.
            valid = tails if future is None else tails | {int(column[0])}
            master.keep([cut for cut in self._run.master.pool if cut.column in valid])
            found = Search(alone, master, options)
            found.start = self._run.best
            search(found)
            if found.best is None:
                if found.termination == "interrupted":
                    raise KeyboardInterrupt
                raise no_plan(RawSolution(found.termination, None, None, found.bound, 0.0))
            awards = awards_at(self._parts, found.best)
        bound = min(found.bound, found.best_cost)
        costs = self.costs(found.best)
        seconds = time.monotonic() - began
        return KnownFuture(found.best_cost, bound, costs, awards, found.termination, seconds)
