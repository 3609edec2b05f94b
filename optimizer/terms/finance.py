"""Present values, annuities, capital profiles, tails and returns.

Timing, one convention throughout: a flow of year t is discounted by (1 + rate) ** (t − base_year); the base year is
the first year of the horizon. All rates are real, per year.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from optimizer.errors import SettingError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

LOWEST_RETURN, HIGHEST_RETURN = -0.99, 1000.0


def discount_factors(years: ArrayLike, rate: float, base_year: int, lag: float = 0.0) -> FloatArray:
    """Value in ``base_year`` of 1 paid ``lag`` years after each of ``years``; the shape of ``years``.

    >>> discount_factors([2026, 2027, 2028], 0.10, 2026).round(4).tolist()
    [1.0, 0.9091, 0.8264]
    >>> discount_factors([2026], 0.21, 2026, lag=0.5).round(4).tolist()
    [0.9091]
    """
    _require(rate > -1.0, f"a discount rate of {rate} is not above −1")
    out: FloatArray = (1.0 + rate) ** -(np.asarray(years, float) + lag - base_year)
    return out


def present_value(flows: ArrayLike, years: ArrayLike, rate: float, base_year: int, lag: float = 0.0) -> FloatArray:
    """Present value in ``base_year`` of flows (…, years); shape (…), unit of the flows.

    >>> present_value([[-100.0, 60.0, 60.0], [0.0, 0.0, 121.0]], [2026, 2027, 2028], 0.10, 2026).round(4).tolist()
    [4.1322, 100.0]
    """
    out: FloatArray = np.asarray(np.asarray(flows, float) @ discount_factors(years, rate, base_year, lag))
    return out


def annuity_factor(rate: float, n: int) -> float:
    """Present value of 1 a year for ``n`` years, the first payment one year ahead: (1 − (1 + rate)⁻ⁿ) / rate.

    >>> round(annuity_factor(0.08, 20), 4)
    9.8181
    >>> annuity_factor(0.0, 20)
    20.0
    >>> round(annuity_factor(1e-12, 20), 8)
    20.0
    """
    _require(rate > -1.0, f"a rate of {rate} is not above −1")
    _require(n >= 0, f"a number of {n} payments is below 0")
    return float(n) if rate == 0.0 else -math.expm1(-n * math.log1p(rate)) / rate


def level_service(rate: float, tenor: int) -> float:
    """Level yearly debt service per 1 of debt, repaid over ``tenor`` years, the first payment one year after drawing.

    >>> round(level_service(0.05, 12), 4)
    0.1128
    >>> level_service(0.0, 10)
    0.1
    """
    _require(tenor >= 1, f"a tenor of {tenor} years is below 1")
    return 1.0 / annuity_factor(rate, tenor)


def annual_equivalent(capex: float, rate: float, life: int) -> float:
    """Yearly cost over ``life`` years worth ``capex`` one year before the first of them; unit of ``capex`` per year.

    Discounting the payments back to the year before the first returns the capex:

    >>> yearly = annual_equivalent(500.0, 0.05, 25)
    >>> round(yearly, 4)
    35.4762
    >>> round(float(present_value([yearly] * 25, range(2030, 2055), 0.05, 2029)), 9)
    500.0
    """
    return capex * level_service(rate, life)


def capex_profile(build_years: int, start_year: int) -> tuple[IntArray, FloatArray]:
    """Years in which capital is spent and the share in each: equal over the years before the start.

    >>> years, shares = capex_profile(4, 2030)
    >>> years.tolist(), shares.tolist()
    ([2026, 2027, 2028, 2029], [0.25, 0.25, 0.25, 0.25])
    >>> [part.tolist() for part in capex_profile(0, 2030)]
    [[2030], [1.0]]
    """
    _require(build_years >= 0, f"a number of {build_years} build years is below 0")
    if build_years == 0:
        return np.array([start_year], np.int64), np.ones(1)
    return np.arange(start_year - build_years, start_year, dtype=np.int64), np.full(build_years, 1.0 / build_years)


def tail_weights(values: ArrayLike, weights: ArrayLike, alpha: float) -> FloatArray:
    """Weights, summing to 1, that average the highest 1 − ``alpha`` of probability; shape of ``values`` (…, n).

    The outcome that straddles the edge of the tail counts in part. These weights are a subgradient of :func:`cvar`
    (Rockafellar & Uryasev 2002, "Conditional value-at-risk for general loss distributions").

    >>> tail_weights([1.0, 5.0, 3.0, 2.0], [0.25, 0.25, 0.25, 0.25], 0.625).round(4).tolist()
    [0.0, 0.6667, 0.3333, 0.0]
    """
    outcomes = np.asarray(values, float)
    mass = _probabilities(weights, outcomes.shape[-1])
    _require(0.0 <= alpha < 1.0, f"a tail level alpha of {alpha} is not in 0..1, 1 excluded")
    reached = _reached(outcomes, mass, alpha)
    if reached is not None:
        out = np.zeros_like(outcomes)
        out[reached] = _tail_weights(outcomes[reached], mass[reached], alpha)
        return out
    return _tail_weights(outcomes, mass, alpha)


def _reached(outcomes: FloatArray, mass: FloatArray, alpha: float) -> NDArray[np.int64] | None:
    """Places of the outcomes that the tail can reach: the rest need not be sorted. None if that spares nothing."""
    if outcomes.ndim != 1:
        return None
    most = math.ceil((1.0 - alpha) / max(float(mass.min()), 1e-300) * (1.0 + 1e-9)) + 1
    if most > len(outcomes) // 2:
        return None
    edge = np.partition(outcomes, len(outcomes) - most)[len(outcomes) - most]
    return np.flatnonzero(outcomes >= edge)


def _tail_weights(outcomes: FloatArray, mass: FloatArray, alpha: float) -> FloatArray:
    order = np.argsort(-outcomes, axis=-1, kind="stable")
    sorted_mass = mass[order]
    before = np.cumsum(sorted_mass, axis=-1) - sorted_mass
    taken = np.clip((1.0 - alpha) - before, 0.0, sorted_mass)
    taken /= taken.sum(axis=-1, keepdims=True)
    out = np.empty_like(outcomes)
    np.put_along_axis(out, order, taken, axis=-1)
    return out


def cvar(values: ArrayLike, weights: ArrayLike, alpha: float) -> FloatArray:
    """Mean of the highest 1 − ``alpha`` of probability, for costs (high is bad); values (…, n), result (…).

    ``alpha`` 0 is the mean. With equal weights on 1, 2, 3, 4 and alpha 0.625 the tail is 0.375: all of 4 (0.25) and
    half of 3 (0.125), so (0.25 × 4 + 0.125 × 3) / 0.375 = 3.6667:

    >>> round(float(cvar([4.0, 1.0, 3.0, 2.0], [0.25] * 4, 0.625)), 4)
    3.6667
    >>> float(cvar([4.0, 1.0, 3.0, 2.0], [0.25] * 4, 0.0))
    2.5
    """
    outcomes = np.asarray(values, float)
    out: FloatArray = np.asarray((tail_weights(outcomes, weights, alpha) * outcomes).sum(axis=-1))
    return out


def lower_tail_mean(values: ArrayLike, weights: ArrayLike, alpha: float) -> FloatArray:
    """Mean of the lowest 1 − ``alpha`` of probability, for gains (low is bad); values (…, n), result (…).

    >>> round(float(lower_tail_mean([4.0, 1.0, 3.0, 2.0], [0.25] * 4, 0.75)), 9)
    1.0
    """
    out: FloatArray = -cvar(-np.asarray(values, float), weights, alpha)
    return out


def quantile(values: ArrayLike, weights: ArrayLike, q: float) -> FloatArray:
    """Smallest value whose cumulative probability reaches ``q``; values (…, n), result (…).

    >>> float(quantile([10.0, 30.0, 20.0], [0.5, 0.2, 0.3], 0.8))
    20.0
    >>> float(quantile([10.0, 30.0, 20.0], [0.5, 0.2, 0.3], 0.81))
    30.0
    """
    outcomes = np.asarray(values, float)
    mass = _probabilities(weights, outcomes.shape[-1])
    _require(0.0 <= q <= 1.0, f"a quantile of {q} is not in 0..1")
    order = np.argsort(outcomes, axis=-1, kind="stable")
    reached = np.cumsum(mass[order], axis=-1) >= q - 1e-12
    position = np.where(reached.any(axis=-1), reached.argmax(axis=-1), outcomes.shape[-1] - 1)
    picked = np.take_along_axis(order, position[..., np.newaxis], axis=-1)
    out: FloatArray = np.asarray(np.take_along_axis(outcomes, picked, axis=-1)[..., 0])
    return out


def internal_rate_of_return(flows: ArrayLike) -> float | None:
    """Yearly rate at which yearly flows (n,) are worth nothing; None when there is none between −99 % and 100,000 %.

    Flows that never change sign have none. If several rates qualify, the one nearest 0.

    >>> round(internal_rate_of_return([-100.0, 60.0, 60.0]), 4)
    0.1307
    >>> internal_rate_of_return([100.0, 60.0, 60.0]) is None
    True

    At both 10 % and 20 % the next flows are worth nothing:

    >>> round(internal_rate_of_return([-1000.0, 2300.0, -1320.0]), 4)
    0.1
    """
    amounts = np.asarray(flows, float)
    if not (np.any(amounts > 0.0) and np.any(amounts < 0.0)):
        return None
    periods = np.arange(amounts.size)

    def worth(log_growth: float) -> float:
        return float(np.exp(-log_growth * periods) @ amounts)

    # The zero point and equal steps in log growth: roots nearer to one another than a step (about 0.3 %) may be missed.
    grid = np.append(np.linspace(math.log1p(LOWEST_RETURN), math.log1p(HIGHEST_RETURN), 4001), 0.0)
    grid.sort()
    sign = np.sign(np.exp(-np.outer(grid, periods)) @ amounts)
    roots = [float(x) for x in grid[sign == 0.0]]
    for position in np.flatnonzero(sign[:-1] * sign[1:] < 0.0):
        roots.append(_crossing(worth, float(grid[position]), float(grid[position + 1])))
    return min((math.expm1(x) for x in roots), key=abs) if roots else None


def _crossing(function: Callable[[float], float], left: float, right: float) -> float:
    """Where a function that changes sign between ``left`` and ``right`` is 0, by halving until it no longer moves."""
    rising = function(left) < 0.0
    middle = (left + right) / 2
    while left < middle < right:
        if (function(middle) < 0.0) == rising:
            left = middle
        else:
            right = middle
        middle = (left + right) / 2
    return middle


def _probabilities(weights: ArrayLike, count: int) -> FloatArray:
    mass = np.asarray(weights, float)
    _require(mass.shape == (count,), f"{count} outcomes need {count} weights, not an array of shape {mass.shape}")
    _require(bool(np.all(mass >= 0.0)) and bool(mass.sum() > 0.0), "weights must be at least 0 and not all 0")
    out: FloatArray = mass / mass.sum()
    return out


def _require(holds: bool, rule: str) -> None:
    if not holds:
        raise SettingError(f"{rule}.")
