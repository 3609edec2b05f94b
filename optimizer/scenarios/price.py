"""Price paths: correlated mean-reverting log prices, with regimes and disruptions laid over, and linked series.

Each moving series follows log P = log(long run) + x, where x returns to zero with the stated half-life and is pushed
by autocorrelated, correlated Gaussian shocks (see ``processes.shock_deviation``). The long-run level is therefore the
level of the *median* price; the mean lies above it. The start is the level just before the first month.

Order of effects, month by month: shocks and regimes add in the logarithm; a disruption multiplies the price of the
series it names; linked series are adder + Σ factor × price of those, at least 0. A disruption that names a linked
series itself takes it to multiple × its price without disruption, or to what the links alone make of it if that is
further: so an embargo that names both an oxide and its metal counts once.
"""

from __future__ import annotations

import numpy as np
from scipy import fft, signal, special

from optimizer.scenarios.disruption import DrawnDisruption, price_multiplier
from optimizer.scenarios.draws import FloatArray, PricePaths
from optimizer.scenarios.processes import PriceModel, correlation_root
from optimizer.scenarios.regimes import RegimeEffect
from optimizer.scenarios.timeline import MONTHS, Timeline
from optimizer.scenarios.uniforms import UniformStream, seed_sequence
from optimizer.terms.averages import mean_over_last

SOBOL_WAVES = 32
CHUNK = 1024


class ShockStream:
    """Successive draws of independent standard normal monthly shocks of one series.

    Shocks are built from cosine waves over the whole span (an orthonormal discrete cosine transform), slowest first.
    The 32 slowest, which carry most of the variance of a price level, come from a Sobol sequence, the rest from an
    ordinary generator: Sobol points in hundreds of dimensions are not evenly spread at sample sizes used here.
    """

    def __init__(self, seed: int, name: str, months: int) -> None:
        self._months = months
        self._slow = UniformStream(seed, "price, slow waves", name, dimensions=min(SOBOL_WAVES, months))
        self._fast = np.random.default_rng(seed_sequence(seed, "price, fast waves", name))

    def take(self, count: int) -> FloatArray:
        """The next draws, shape (count, months)."""
        slow = special.ndtri(self._slow.take(count))
        fast = self._fast.standard_normal((count, self._months - slow.shape[1]))
        out: FloatArray = fft.idct(np.concatenate([slow, fast], axis=1), type=2, norm="ortho", axis=1)
        return out


def log_deviations(shocks: FloatArray, model: PriceModel) -> FloatArray:
    """Log deviations from the long-run level, shape (draws, moving series, months), from standard normal shocks of the
    same shape that are independent across series and months."""
    correlated = np.einsum("sr,prm->psm", correlation_root(model.correlation), shocks)
    phi, rho = model.persistence, model.autocorrelation
    # The first shock has the stationary variance, later ones only what autocorrelation leaves to be drawn.
    correlated[:, :, 1:] *= np.sqrt(1 - rho**2)[:, None]
    correlated *= model.shock_deviation[:, None]
    out: FloatArray = median_log_deviations(model, shocks.shape[2]) + np.zeros_like(correlated)
    for k in range(len(model.moving)):
        out[:, k] += signal.lfilter([1.0], [1.0, -(phi[k] + rho[k]), phi[k] * rho[k]], correlated[:, k], axis=1)
    return out


def median_log_deviations(model: PriceModel, months: int) -> FloatArray:
    """Median log deviations, shape (moving series, months): the start's deviation, decaying."""
    month = np.arange(1, months + 1)
    out: FloatArray = np.log(model.start / model.long_run)[:, None] * model.persistence[:, None] ** month
    return out


def draw_price_paths(
    model: PriceModel,
    time: Timeline,
    regimes: tuple[RegimeEffect, ...],
    disruptions: tuple[DrawnDisruption, ...],
    *,
    draws: int,
    seed: int,
) -> PricePaths:
    """Simulate ``draws`` equally likely price paths month by month and average them by quarter.

    Paths are simulated in chunks, so that memory is little more than the result's.
    """
    streams = [ShockStream(seed, name, time.drawn_years * MONTHS) for name in model.moving]
    quarterly = np.empty((draws, len(model.series), time.count, 4))
    for first in range(0, draws, CHUNK):
        chunk = slice(first, min(first + CHUNK, draws))
        shocks = np.empty((chunk.stop - first, len(streams), time.months))
        for k, stream in enumerate(streams):
            shocks[:, k] = stream.take(chunk.stop - first)[:, : time.months]
        log_price = log_deviations(shocks, model) + np.log(model.long_run)[:, None]
        for effect in regimes:
            log_price[:, model.moving.index(effect.series)] += effect.log_multiplier(chunk, time.months)
        monthly = _with_disruptions(model, np.exp(log_price), disruptions, chunk)
        quarterly[chunk] = mean_over_last(monthly.reshape(*monthly.shape[:2], time.count, 4, 3))
    return PricePaths(model.series, time.years, quarterly, np.full(draws, 1.0 / draws))


def median_prices(model: PriceModel, time: Timeline) -> dict[str, FloatArray]:
    """Yearly prices of every series over all years without shocks, regimes or disruptions: the median path."""
    moving = np.exp(median_log_deviations(model, time.months)) * model.long_run[:, None]
    monthly = _in_order(model, moving[None], _linked(model, moving[None]))[0]
    yearly = monthly.reshape(len(model.series), time.count, MONTHS).mean(axis=2)
    return {name: yearly[k] for k, name in enumerate(model.series)}


def _with_disruptions(
    model: PriceModel, moving: FloatArray, disruptions: tuple[DrawnDisruption, ...], chunk: slice
) -> FloatArray:
    months = moving.shape[2]
    named = {
        name: multiple
        for name in model.series
        if (multiple := price_multiplier(disruptions, name, chunk, months)) is not None
    }
    undisturbed = _linked(model, moving)
    for k, name in enumerate(model.moving):
        if name in named:
            moving[:, k] *= named[name]
    linked = _linked(model, moving)
    for k, name in enumerate(model.linked):
        if name in named:
            multiple, through_links = named[name], linked[:, k]
            direct = multiple * undisturbed[:, k]
            raised = np.where(multiple > 1, np.maximum(through_links, direct), through_links)
            linked[:, k] = np.where(multiple < 1, np.minimum(through_links, direct), raised)
    return _in_order(model, moving, linked)


def _linked(model: PriceModel, moving: FloatArray) -> FloatArray:
    out: FloatArray = np.maximum(np.einsum("ls,psm->plm", model.factor, moving) + model.adder[:, None], 0.0)
    return out


def _in_order(model: PriceModel, moving: FloatArray, linked: FloatArray) -> FloatArray:
    out = np.empty((len(moving), len(model.series), moving.shape[2]))
    for names, values in ((model.moving, moving), (model.linked, linked)):
        for k, name in enumerate(names):
            out[:, model.series.index(name)] = values[:, k]
    return out
