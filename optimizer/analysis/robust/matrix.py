"""Regret: what each plan costs beyond the least cost known, in each state of the world."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

OWN_BEST = -1
"""Position of a state's own best plan, which need not be in the matrix."""


@dataclass(frozen=True)
class Regrets:
    """``cost`` and ``regret`` in musd, (plans, states); infinite where a plan cannot be carried out.

    ``least`` is the least cost known in each state and ``cheapest`` the position of the plan that has it, or -1 if that
    is the state's own best plan; ``largest`` is the largest regret of each plan and ``where`` the position of the state
    in which it has it.
    """

    cost: FloatArray
    regret: FloatArray
    least: FloatArray
    cheapest: NDArray[np.int64]
    largest: FloatArray
    where: NDArray[np.int64]


def regrets(cost: FloatArray, best: FloatArray) -> Regrets:
    """Regrets from costs, (plans, states), and the cost of each state's own best plan (infinite if it has none).

    A regret is the distance to the cheaper of that plan and the cheapest in the matrix, so it is never below zero.
    Two plans, two states: stock costs 10 and avoids a shortage of 50 in an embargo.

    >>> found = regrets(np.array([[10.0, 10.0], [0.0, 50.0]]), np.array([0.0, 10.0]))
    >>> found.regret.tolist(), found.largest.tolist(), found.where.tolist(), found.cheapest.tolist()
    ([[10.0, 0.0], [0.0, 40.0]], [10.0, 40.0], [0, 1], [1, 0])

    With 4 for who knows of the embargo, both regret more there.

    >>> regrets(np.array([[10.0, 10.0], [0.0, 50.0]]), np.array([0.0, 4.0])).regret.tolist()
    [[10.0, 6.0], [0.0, 46.0]]
    """
    inside = cost.min(axis=0)
    least = np.minimum(inside, best)
    regret = np.where(np.isfinite(cost), cost - np.where(np.isfinite(least), least, 0.0), np.inf)
    return Regrets(
        cost=cost,
        regret=regret,
        least=least,
        cheapest=np.where(best < inside, OWN_BEST, cost.argmin(axis=0)),
        largest=regret.max(axis=1),
        where=regret.argmax(axis=1),
    )


def least_largest(found: Regrets) -> int | None:
    """The plan whose largest regret is least; None if none can be carried out in every state.

    >>> least_largest(regrets(np.array([[10.0, 10.0], [0.0, 50.0]]), np.array([0.0, 10.0])))
    0
    """
    best = int(np.argmin(found.largest))
    return best if np.isfinite(found.largest[best]) else None
