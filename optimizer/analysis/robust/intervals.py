"""How far figures from a sample of futures may be from the truth: 95 % confidence intervals."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit
from scipy.stats import beta

from optimizer.terms.finance import cvar

FloatArray = NDArray[np.float64]

CONFIDENCE = 0.95
RESAMPLES = 1000


def batch_interval(batches: FloatArray) -> tuple[float, float]:
    """Interval of a mean from the means of independent batches of equal size, by Student's t.

    Draws within a batch are spread evenly, so they are not independent of each other and batches are what can be
    counted (A. B. Owen, Monte Carlo theory, methods and examples, chapter 17). Not numbers for fewer than two batches.

    Four batches of means 1, 3, 5, 7: mean 4, standard error sqrt(20/3/4) = 1.291, t = 3.182 with 3 degrees of freedom.

    >>> [round(end, 3) for end in batch_interval(np.array([1.0, 3.0, 5.0, 7.0]))]
    [-0.109, 8.109]
    """
    count = len(batches)
    if count < 2:
        return float("nan"), float("nan")
    error = float(batches.std(ddof=1)) / np.sqrt(count)
    reach = float(stdtrit(count - 1, 0.5 + CONFIDENCE / 2.0)) * error
    mean = float(batches.mean())
    return float(mean - reach), float(mean + reach)


def share_interval(hits: int, count: int) -> tuple[float, float]:
    """Interval of a share by Clopper and Pearson, which covers at least 95 % whatever the share.

    None of 100 futures: the share may still be up to 1 − 0.025^(1/100) = 3.62 %.

    >>> [round(end, 4) for end in share_interval(0, 100)], [round(end, 4) for end in share_interval(100, 100)]
    ([0.0, 0.0362], [0.9638, 1.0])
    """
    tail = (1.0 - CONFIDENCE) / 2.0
    low = 0.0 if hits == 0 else float(beta.ppf(tail, hits, count - hits + 1))
    high = 1.0 if hits == count else float(beta.ppf(1.0 - tail, hits + 1, count - hits))
    return low, high


def tail_mean(values: FloatArray, alpha: float) -> float:
    """Mean of the worst 1 − alpha of equally likely values.

    >>> tail_mean(np.array([1.0, 2.0, 3.0, 4.0]), 0.5)
    3.5
    """
    return float(cvar(values, np.full(len(values), 1.0 / len(values)), alpha))


def tail_interval(values: FloatArray, alpha: float, seed: int) -> tuple[float, float]:
    """Interval of the mean of the worst 1 − alpha of values: percentiles over resamples of the values (bootstrap).

    Not numbers for fewer than two values. Evenly spread draws are less uncertain than this says.
    """
    if len(values) < 2:
        return float("nan"), float("nan")
    random = np.random.default_rng(seed)
    found = [tail_mean(values[random.integers(0, len(values), len(values))], alpha) for _ in range(RESAMPLES)]
    tail = (1.0 - CONFIDENCE) / 2.0
    return float(np.quantile(found, tail)), float(np.quantile(found, 1.0 - tail))
