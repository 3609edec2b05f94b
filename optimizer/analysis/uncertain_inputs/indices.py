r"""First-order Sobol indices of a plan's cost from one sample and the runs of the tornado.

The index of an input is the share of the variance that knowing it alone would take away:

.. math:: S_j = \mathrm{Var}\big(\mathbb{E}[Y \mid X_j]\big) / \mathrm{Var}(Y)

With hundreds of inputs a design made for Sobol indices (Saltelli et al., Variance based sensitivity analysis of model
output, Computer Physics Communications 181, 2010) needs hundreds of runs per input. One sample for all of them is
enough for indices of given data (E. Plischke, E. Borgonovo and C. Smith, Global sensitivity measures from given data,
European Journal of Operational Research 226, 2013), which fit Y to each input. Here the fit is not binned, which has a
noise of (bins − 1)/runs for each input, but takes the shape :math:`g_j` that the tornado has measured (the change of Y
with that input alone, through its low, best and high value), scaled by :math:`\beta_j`, with all other shapes taken
off as control variates:

.. math:: \beta_j = 1 + \mathrm{Cov}(r, g_j)/\mathrm{Var}(g_j), \quad r = Y - y_0 - \sum_k g_k, \quad
   S_j = \beta_j^2 \, \mathrm{Var}(g_j)/\mathrm{Var}(Y)

If Y is additive, r is zero and the indices are exact. What is left after all first-order terms are interactions (or a
shape between the three values that differs from straight lines), and bounds the total index: an input takes part in
no more of it than all of it. :math:`\beta_j` of a small input is mostly noise, so the distance of each from 1 is
shrunk by what the distances of all tell of their true spread (R. DerSimonian and N. Laird, Meta-analysis in clinical
trials, Controlled Clinical Trials 7, 1986, with mean zero). Intervals are bootstrapped over the sample.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from optimizer.analysis.uncertain_inputs.inputs import Range, Spread

FloatArray = NDArray[np.float64]

RESAMPLES = 400
CONFIDENCE = 0.9
FINE = 2_001
"""Points of a quantile grid over which the variance of a shape is taken."""


@dataclass(frozen=True)
class Indices:
    """Indices of one output. ``first``, ``low``, ``high`` (a 90 % interval) and ``most_total`` have one entry per
    input. ``variance`` is that of the output, ``interactions`` the share of it that no input explains alone, and
    ``deviation`` the standard deviation of the output, ``mean`` its mean."""

    first: FloatArray
    low: FloatArray
    high: FloatArray
    most_total: FloatArray
    interactions: float
    mean: float
    deviation: float


def quantile_sample(count: int, inputs: int, seed: int) -> FloatArray:
    """Quantiles in (0, 1), shape (count, inputs): a Latin hypercube, so that every input is evenly spread by itself.

    >>> sorted((quantile_sample(4, 2, 1)[:, 0] * 4).astype(int).tolist())
    [0, 1, 2, 3]
    """
    out: FloatArray = qmc.LatinHypercube(inputs, rng=np.random.default_rng(seed)).random(count)
    return out


def shape_values(positions: FloatArray, at_low: FloatArray, at_high: FloatArray) -> FloatArray:
    """Change of the output with each input alone: straight from low (position −1) to best (0) and on to high (1).

    ``positions`` has shape (…, inputs), the others (inputs,).

    >>> shape_values(np.array([[-0.5], [1.0]]), np.array([-4.0]), np.array([10.0])).ravel().tolist()
    [-2.0, 10.0]
    """
    out: FloatArray = np.where(positions < 0.0, -positions * at_low, positions * at_high)
    return out


def shape_variance(one: Range, spread: Spread, at_low: float, at_high: float) -> tuple[float, float]:
    """Mean and variance of the change of the output with one input alone, under its spread.

    >>> mean, variance = shape_variance(Range("x", 0.0, 5.0, 10.0), "uniform", -6.0, 6.0)
    >>> round(mean, 9), round(variance, 3)
    (0.0, 12.0)
    """
    shares = (np.arange(FINE) + 0.5) / FINE
    values = np.array([one.quantile(float(share), spread) for share in shares])
    below, above = one.best - one.low, one.high - one.best
    apart = values - one.best
    position = np.where(apart < 0.0, apart / (below or 1.0), apart / (above or 1.0))
    changes = shape_values(position, np.array(at_low), np.array(at_high))
    return float(changes.mean()), float(changes.var())


def first_order(
    output: FloatArray, shapes: FloatArray, means: FloatArray, variances: FloatArray, start: float, seed: int
) -> Indices:
    """Indices of ``output`` (runs,) from ``shapes`` (runs, inputs), their true ``means`` and ``variances`` (inputs,).

    ``start`` is the output at the best values. An input whose shape is flat has no index: zero, for certain.
    """
    runs = len(output)
    rest = output - start - shapes.sum(axis=1)
    whole = np.full((1, runs), 1.0 / runs)
    rng = np.random.default_rng(seed)
    weights = rng.multinomial(runs, np.full(runs, 1.0 / runs), size=RESAMPLES) / runs
    found = _estimates(whole, rest, shapes, variances, runs)
    spread = _estimates(weights, rest, shapes, variances, runs)
    ends = np.quantile(spread[0], [(1.0 - CONFIDENCE) / 2.0, (1.0 + CONFIDENCE) / 2.0], axis=0)
    first, variance = found[0][0], float(found[1][0])
    total = float(first.sum())
    # What all inputs explain alone cannot be more than all there is; beyond that it is noise.
    if total > 1.0:
        first, ends = first / total, np.stack([ends[0] / total, ends[1]])
    interactions = max(0.0, 1.0 - total)
    low, high = np.clip(np.minimum(ends[0], first), 0.0, 1.0), np.clip(np.maximum(ends[1], first), 0.0, 1.0)
    most = np.where(variances > 0.0, np.minimum(high + interactions, 1.0), 0.0)
    mean = start + float(means.sum()) + float(rest.mean())
    return Indices(first, low, high, most, interactions, mean, float(np.sqrt(max(variance, 0.0))))


def _estimates(
    weights: FloatArray, rest: FloatArray, shapes: FloatArray, variances: FloatArray, runs: int
) -> tuple[FloatArray, FloatArray]:
    """Indices (resamples, inputs) and variance of the output (resamples,), for weights (resamples, runs)."""
    moves = variances > 0.0
    mean_rest = weights @ rest
    mean_shape = weights @ shapes
    covariance = weights @ (rest[:, None] * shapes) - mean_rest[:, None] * mean_shape
    variance_rest = np.maximum(weights @ rest**2 - mean_rest**2, 0.0)
    safe = np.where(moves, variances, 1.0)
    apart = np.where(moves, covariance / safe, 0.0)
    noise = np.maximum(variance_rest[:, None] / (runs * safe), 1e-300)
    certainty = np.where(moves, 1.0 / noise, 0.0)
    surplus = (certainty * apart**2).sum(axis=1) - moves.sum()
    true_spread = np.maximum(surplus, 0.0) / np.maximum(certainty.sum(axis=1), 1e-300)
    slope = 1.0 + apart * (true_spread[:, None] / (true_spread[:, None] + noise))
    explained = np.where(moves, slope**2 * variances, 0.0)
    # Var(Y) with the shapes as control variates: their part is known without a sample.
    variance = variances.sum() + 2.0 * covariance.sum(axis=1) + variance_rest
    floor = np.maximum(variance, 1e-12)
    known = (variance > 1e-12)[:, None]
    return np.where(known, explained / floor[:, None], 0.0), variance
