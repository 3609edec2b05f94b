"""Means of tails and quantiles, by sorting."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]


def tail_mean(losses: ArrayLike, weight: ArrayLike, alpha: float) -> FloatArray:
    """Mean of the worst 1 − ``alpha`` of probability, shape (…,) for losses (…, outcomes); the outcome at the edge
    counts in part. Conditional value at risk, by its definition.

    Half the probability of 1, 2, 3, 4 at 0.25 each is the mean of 3 and 4; of a tail of 0.375, 4 fills two thirds and
    3 one third:

    >>> float(tail_mean([1.0, 4.0, 2.0, 3.0], [0.25] * 4, 0.5))
    3.5
    >>> round(float(tail_mean([1.0, 4.0, 2.0, 3.0], [0.25] * 4, 0.625)), 4)
    3.6667
    """
    values = np.asarray(losses, float)
    mass = np.asarray(weight, float) / np.sum(weight)
    order = np.argsort(values, axis=-1)[..., ::-1]
    worst_first = np.take_along_axis(values, order, axis=-1)
    reached = np.cumsum(mass[order], axis=-1)
    tail = 1.0 - alpha
    inside = np.minimum(reached, tail) - np.minimum(reached - mass[order], tail)
    out: FloatArray = np.asarray((inside * worst_first).sum(axis=-1) / inside.sum(axis=-1))
    return out


def quantile(values: ArrayLike, weight: ArrayLike, q: float) -> FloatArray:
    """Smallest value that at least ``q`` of the probability does not exceed, shape (…,) for values (…, outcomes).

    >>> float(quantile([10.0, 30.0, 20.0], [0.5, 0.2, 0.3], 0.8)), float(quantile([10.0, 30.0], [0.5, 0.5], 0.81))
    (20.0, 30.0)
    """
    array = np.asarray(values, float)
    mass = np.asarray(weight, float) / np.sum(weight)
    order = np.argsort(array, axis=-1, kind="stable")
    # A hair less than q counts as q: ten times 0.1 adds up to less than 1.
    reached = np.cumsum(mass[order], axis=-1) >= q - 1e-12
    reached[..., -1] = True
    position = np.argmax(reached, axis=-1)[..., None]
    out: FloatArray = np.take_along_axis(np.take_along_axis(array, order, axis=-1), position, axis=-1)[..., 0]
    return out
