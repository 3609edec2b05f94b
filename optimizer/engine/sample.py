"""A few of many futures, solved first: their best awards are a good place to begin with all of them.

The first questions are the dearest, for they are asked far from the answer; asked of a few futures they cost little.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from optimizer.engine.oracles.futures import FutureLps, SupplyArrays
from optimizer.engine.oracles.supply import SupplyOracle
from optimizer.engine.state import CutProblem

MANY = 40
"""From so many futures on, a sample is solved first."""
SIZE = 20
"""Futures in the sample."""


def with_sample(problem: CutProblem, arrays: SupplyArrays, data: NDArray[np.float64]) -> CutProblem:
    """The problem with a ``sample`` of its futures, evenly spaced and weighted anew; as it is if there are few.

    ``data`` has one row per future. The sample has its own LPs, so that nothing of it depends on who solves the rest,
    and knows no tail over the futures, of which it has too few.
    """
    count = len(data)
    if count < MANY:
        return problem
    chosen = np.linspace(0, count - 1, SIZE).round().astype(np.int64)
    probability = problem.probability[chosen] / problem.probability[chosen].sum()
    columns = problem.supply.columns[chosen]
    cost = problem.award_cost.copy()
    cost[columns] = probability
    sample = replace(
        problem,
        form=replace(problem.form, cost=cost),
        supply=SupplyOracle(columns, problem.supply.places, FutureLps(arrays, data[chosen], data[0])),
        probability=probability,
        tail_weight=0.0,
    )
    return replace(problem, sample=sample)
