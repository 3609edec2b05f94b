"""Few futures for many draws: fast forward selection.

From the draws, futures are kept one at a time: each time the one that most lowers the mean distance between a draw and
the nearest future kept (Dupačová, Gröwe-Kuska & Römisch, *Scenario reduction in stochastic programming*, Mathematical
Programming A 95, 2003; Heitsch & Römisch, *Scenario reduction algorithms in stochastic programming*, Computational
Optimization and Applications 24, 2003). The calm future is kept from the start; the next two are chosen among disrupted
draws if there are any, so that small sets know disruption. Each draw's probability goes to the future nearest to it.

A few futures understate what is rare and varied: most draws are nearest to calm or to something mild. The weights are
therefore tilted, by as little as possible in relative entropy, until three means are those of all draws: the value of
demand at the draw's prices, the value withheld over the horizon, and the square of what both may cost. For none of the
three do two weights change by more than a factor of ten against each other; where that is too little, a mean stays off.
Choosing and weighting by what the cost of supply depends on is the idea of Henrion & Römisch, *Problem-based optimal
scenario generation and reduction in stochastic programming*, Mathematical Programming 191, 2022.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.spatial.distance import cdist

from optimizer.scenarios.disruption import Lane
from optimizer.scenarios.draws import FloatArray, Future, Futures
from optimizer.scenarios.exposure import features, lane_values, stakes
from optimizer.scenarios.futures import JointDraws

DISRUPTED_FIRST = 2
NEGLIGIBLE = 1e-12
LARGEST_TILT = 10.0
EXACTLY = {"ftol": 1e-16, "gtol": 1e-12, "maxiter": 1000}


@dataclass(frozen=True)
class Selection:
    """Draws kept besides calm, in order of choice, with their weights; ``calm_weight`` + Σ weights = 1.

    ``distance`` is the mean distance of a draw to the nearest point kept, as a share of that to calm alone.
    """

    kept: tuple[int, ...]
    weight: tuple[float, ...]
    calm_weight: float
    distance: float


def select(points: FloatArray, count: int, disrupted: NDArray[np.bool_]) -> Selection:
    """Keep at most ``count`` points, the origin (calm) included, of equally likely ``points`` (draws, features).

    Draws equal to one already kept are not kept again. If no draw is nearest to calm, calm counts as one more draw:
    weight 1/(draws + 1), and the others make room.

    >>> line = np.array([[1.0], [1.1], [9.0], [10.0], [11.0]])
    >>> kept = select(line, 2, np.zeros(5, dtype=bool))
    >>> kept.kept, kept.weight, kept.calm_weight, round(kept.distance, 4)
    ((3,), (0.6,), 0.4, 0.1277)
    """
    draws = points.shape[0]
    nearest = np.sqrt((points**2).sum(axis=1))
    whole = float(nearest.sum())
    between = cdist(points, points)
    gain = np.maximum(nearest[:, None] - between, 0.0).sum(axis=0)
    kept: list[int] = []
    while len(kept) < count - 1:
        allowed = disrupted if len(kept) < DISRUPTED_FIRST and gain[disrupted].max(initial=0.0) > NEGLIGIBLE * whole \
            else np.ones(draws, dtype=bool)
        choice = int(np.argmax(np.where(allowed, gain, -np.inf)))
        if gain[choice] <= NEGLIGIBLE * whole:
            break
        kept.append(choice)
        closer = np.flatnonzero(between[:, choice] < nearest)
        lower = between[closer, choice]
        gain -= np.maximum(nearest[closer, None] - between[closer], 0.0).sum(axis=0)
        gain += np.maximum(lower[:, None] - between[closer], 0.0).sum(axis=0)
        nearest[closer] = lower
    to_kept = np.concatenate([np.sqrt((points**2).sum(axis=1))[:, None], between[:, kept]], axis=1)
    mass = np.bincount(np.argmin(to_kept, axis=1), minlength=len(kept) + 1).astype(float)
    mass[0] = max(mass[0], 1.0)
    share = mass / mass.sum()
    distance = float(to_kept.min(axis=1).sum()) / whole if whole > 0 else 0.0
    return Selection(tuple(kept), tuple(share[1:].tolist()), float(share[0]), distance)


def tilted(weight: FloatArray, moments: FloatArray, target: FloatArray) -> FloatArray:
    """Weights ∝ weight × exp(moments @ θ) with θ such that their means of ``moments`` are ``target``.

    ``moments`` has shape (futures, number), ``target`` (number,). Among all weights with those means these have the
    least relative entropy to the given ones; θ minimises the convex log-sum-exp dual. No θ tilts by more than a factor
    of ten between the futures with the most and the least of its moment; a mean that would need more stays off, the
    others as near as that allows.

    >>> weight = tilted(np.array([0.6, 0.3, 0.1]), np.array([[0.0], [1.0], [2.0]]), np.array([0.7]))
    >>> weight.round(4).tolist(), round(float(weight @ [0, 1, 2]), 6)
    ([0.4741, 0.3518, 0.1741], 0.7)
    """
    spread = np.ptp(moments, axis=0)
    told = spread > 0
    if not told.any():
        return weight
    scaled = (moments[:, told] - target[told]) / spread[told]

    def at(theta: FloatArray) -> FloatArray:
        exponent = scaled @ theta
        raw = weight * np.exp(exponent - exponent.max())
        out: FloatArray = raw / raw.sum()
        return out

    def dual(theta: FloatArray) -> tuple[float, FloatArray]:
        exponent = scaled @ theta
        top = exponent.max()
        return float(np.log(weight @ np.exp(exponent - top)) + top), at(theta) @ scaled

    most = float(np.log(LARGEST_TILT))
    start = np.zeros(scaled.shape[1])
    found = minimize(
        dual, start, jac=True, method="L-BFGS-B", bounds=[(-most, most)] * len(start), options=EXACTLY
    )
    return at(found.x)


def reduce_futures(draws: JointDraws, count: int) -> Futures:
    """At most ``count`` weighted futures for the candidates, calm first, then in order of choice."""
    chosen = select(features(draws), count, draws.disrupted.max(axis=1) > 0)
    cost = stakes(draws)
    moments = np.column_stack([cost, cost.sum(axis=1) ** 2])
    weight = tilted(
        np.array([chosen.calm_weight, *chosen.weight]),
        np.concatenate([np.zeros((1, 3)), moments[list(chosen.kept)]]),
        moments.mean(axis=0),
    )
    value = lane_values(draws)
    width = max(2, len(str(len(chosen.kept))))
    futures: list[Future] = [draws.calm(float(weight[0]))]
    for position, index in enumerate(chosen.kept, start=1):
        name = f"f{position:0{width}d}-{_describe(draws, index, value)}"
        futures.append(draws.future(index, name, float(weight[position])))
    return Futures(draws.time.horizon_years, tuple(futures), draws.candidates, chosen.distance)


def _describe(draws: JointDraws, index: int, value: dict[Lane, FloatArray]) -> str:
    """The disruption that withholds most, with the first year in which it is in force; else where prices go."""
    one, years = slice(index, index + 1), draws.time.horizon
    worst, first, most = "", 0, -1.0
    for item in draws.disruptions:
        share = item.share_of_years(one, years)[0]
        if share.any():
            withheld = sum(float((item.depth * share * value[lane]).sum()) for lane in item.lanes)
            if withheld > most:
                worst, first, most = item.name, int(np.flatnonzero(share)[0]), withheld
    if worst:
        slug = re.sub(r"[^a-z0-9]+", "-", worst.lower()).strip("-")
        return f"{slug}-{draws.time.first_year + first}"
    ratios = [
        float((values[index] / calm).mean())
        for values, calm in ((values, draws.calm_price[name]) for name, values in draws.price.items())
        if (calm > 0).all()
    ]
    return "high-prices" if ratios and np.mean(ratios) > 1 else "low-prices"
