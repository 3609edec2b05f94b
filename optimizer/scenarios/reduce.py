"""Few futures for many draws: fast forward selection.

From the draws, futures are kept one at a time: each time the one that most lowers the mean distance between a draw and
the nearest future kept (Dupačová, Gröwe-Kuska & Römisch, *Scenario reduction in stochastic programming*, Mathematical
Programming A 95, 2003; Heitsch & Römisch, *Scenario reduction algorithms in stochastic programming*, Computational
Optimization and Applications 24, 2003). The calm future is kept from the start; the next two are chosen among disrupted
draws if there are any, so that small sets know disruption. Each draw's probability goes to the future nearest to it.

A few futures understate what is rare and varied: most draws are nearest to calm or to something mild. The weights are
therefore tilted, by as little as possible in relative entropy, until the expected value withheld over the horizon is
that of all draws; no two weights change by more than a factor of ten against each other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.spatial.distance import cdist

from optimizer.scenarios.disruption import Lane
from optimizer.scenarios.draws import FloatArray, Future, Futures
from optimizer.scenarios.exposure import features, lane_values, value_withheld
from optimizer.scenarios.futures import JointDraws

DISRUPTED_FIRST = 2
NEGLIGIBLE = 1e-12
LARGEST_TILT = 10.0


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


def tilted(weight: FloatArray, withheld: FloatArray, target: float) -> FloatArray:
    """Weights ∝ weight × exp(θ × withheld) with θ such that their mean of ``withheld`` is ``target``.

    Among all weights with that mean these have the least relative entropy to the given ones. If the target would need a
    larger tilt than a factor of ten between the most and the least exposed, that is where it stops.

    >>> weight = tilted(np.array([0.6, 0.3, 0.1]), np.array([0.0, 1.0, 2.0]), 0.7)
    >>> weight.round(4).tolist(), round(float(weight @ [0, 1, 2]), 10)
    ([0.4741, 0.3518, 0.1741], 0.7)
    """
    spread = float(np.ptp(withheld))
    if spread <= 0:
        return weight
    scaled = (withheld - withheld.min()) / spread
    aim = float(target - withheld.min()) / spread

    def at(theta: float) -> FloatArray:
        raw = weight * np.exp(theta * scaled)
        out: FloatArray = raw / raw.sum()
        return out

    def excess(theta: float) -> float:
        return float((at(theta) * scaled).sum() - aim)

    most = float(np.log(LARGEST_TILT))
    if excess(-most) >= 0:
        return at(-most)
    if excess(most) <= 0:
        return at(most)
    return at(float(brentq(excess, -most, most, xtol=1e-14)))


def reduce_futures(draws: JointDraws, count: int) -> Futures:
    """At most ``count`` weighted futures for the candidates, calm first, then in order of choice."""
    chosen = select(features(draws), count, draws.disrupted.max(axis=1) > 0)
    withheld = value_withheld(draws)
    weight = tilted(
        np.array([chosen.calm_weight, *chosen.weight]),
        np.concatenate([[0.0], withheld[list(chosen.kept)]]),
        float(withheld.mean()),
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
