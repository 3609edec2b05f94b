r"""Fit price processes to monthly history, and show how well they fit.

Let x be the logarithm of the monthly price and r its monthly change. All regressions are ordinary least squares over
months whose predecessors are in the history; a missing month removes the changes next to it and is never bridged.

- ``volatility_per_year``: √12 × standard deviation of r. Standard error volatility/√(2n), widened by the
  autocorrelation of r.
- ``half_life_plain_years``: from the AR(1) regression :math:`x_{m+1} = a + b\,x_m + e`, κ = −12 ln b, half-life ln 2/κ.
  It is what is usually published, and too long when shocks are autocorrelated, since the regression takes their
  momentum for persistence.
- ``half_life_years`` and ``autocorrelation``: from the AR(2) regression
  :math:`x_{m+1} = a + \beta\,x_m + \gamma\,r_m + e`. In the model of ``processes.shock_deviation`` β = φ + ρ − φρ and
  γ = φρ, so φ ≥ ρ are the roots of z² − (β + γ) z + γ. These two are what price_series takes. Standard errors are
  carried over by the delta method.
- ``long_run_usd_per_kg``: exp(a/(1 − β)), the level to which the median returns.
- ``half_life_corrected_years``: least squares understates b by about (1 + 3b)/n (Kendall, *Note on bias in the
  estimation of autocorrelation*, Biometrika 41, 1954); the half-life with the plain b so corrected.

A half-life of infinity says that the history shows no return to a level: b or φ is at least 1. There is then no
long-run level either. If the roots are not real, half-life and autocorrelation are not identified and come out as NaN.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from optimizer.errors import SettingError
from optimizer.scenarios.draws import FloatArray
from optimizer.scenarios.timeline import MONTHS, CaseTables

LEAST_CHANGES = 24
LJUNG_BOX_LAGS = 12


@dataclass(frozen=True)
class Fit:
    """Fit of one series. ``changes`` is the number of monthly changes used, ``missing_months`` those without a price.

    ``r_squared`` and the tests of residuals are those of the AR(2) regression for changes: ``residual_autocorrelation``
    at lag one, and ``ljung_box_p``, the chance of residual autocorrelations as large as these over twelve months if
    there were none.
    """

    series: str
    first_month: str
    last_month: str
    months: int
    missing_months: int
    changes: int
    volatility_per_year: float
    volatility_error: float
    half_life_years: float
    kappa_per_year: float
    kappa_error: float
    half_life_plain_years: float
    half_life_corrected_years: float
    long_run_usd_per_kg: float
    long_run_log_error: float
    autocorrelation: float
    autocorrelation_error: float
    change_autocorrelation: float
    r_squared: float
    residual_autocorrelation: float
    ljung_box_p: float


def calibrate(history: pd.DataFrame) -> pd.DataFrame:
    """Fit every series of a monthly history with columns series, period (YYYY-MM) and usd_per_kg; one row per series.

    Raises ``SettingError`` if a price is not positive, a month is given twice, or fewer than 24 changes remain.
    """
    fits = [fit_series(str(name), part) for name, part in history.groupby("series", sort=True)]
    return pd.DataFrame([asdict(fit) for fit in fits], columns=list(Fit.__dataclass_fields__))


def calibrate_case(case: CaseTables) -> pd.DataFrame:
    """Fit the price_history of a case and set the figures of its price_series beside the fit.

    Columns ``stated_…`` are the case's; ``…_errors_apart`` is the difference between them in standard errors.
    """
    history = pd.DataFrame(
        [(row.series, row.period, row.usd_per_kg) for row in case.rows("price_history")],
        columns=["series", "period", "usd_per_kg"],
    )
    table = calibrate(history)
    stated = {str(row.series): row for row in case.rows("price_series")}
    rows = [stated[name] for name in table["series"]]
    for column in ("volatility_per_year", "half_life_years", "long_run_usd_per_kg", "autocorrelation"):
        table[f"stated_{column}"] = np.array([float(getattr(row, column)) for row in rows])
    kappa = np.log(2) / table["stated_half_life_years"]
    table["volatility_errors_apart"] = _apart(table, "volatility_per_year", table["volatility_error"])
    table["kappa_errors_apart"] = (kappa - table["kappa_per_year"]) / table["kappa_error"]
    table["autocorrelation_errors_apart"] = _apart(table, "autocorrelation", table["autocorrelation_error"])
    return table


def _apart(table: pd.DataFrame, column: str, error: Any) -> Any:
    return (table[f"stated_{column}"] - table[column]) / error


def fit_series(name: str, history: pd.DataFrame) -> Fit:
    """Fit one series; see the module's words for the estimators."""
    log_price, months = _monthly_logs(name, history)
    change = np.diff(log_price)
    known = np.isfinite(change)
    if known.sum() < LEAST_CHANGES:
        raise SettingError(f"Series '{name}' has {known.sum()} monthly changes; at least {LEAST_CHANGES} are needed.")
    plain = _regress(log_price[1:], [log_price[:-1]])
    full = _regress(log_price[2:], [log_price[1:-1], change[:-1]])
    b = float(plain.coefficient[1])
    intercept, beta, gamma = (float(value) for value in full.coefficient)
    phi, rho, phi_error, rho_error = _roots(beta, gamma, full.covariance[1:, 1:])
    level, level_error = _level(intercept, beta, full.covariance) if beta < 1 else (float("nan"), float("nan"))
    momentum = _lag_correlation(change, 1)
    used = int(known.sum())
    volatility = float(np.std(change[known], ddof=1)) * MONTHS**0.5
    widening = np.sqrt((1 + momentum**2) / (1 - momentum**2))
    used_rows = np.isfinite(full.residual)
    total = float(((change[1:][used_rows] - change[1:][used_rows].mean()) ** 2).sum())
    return Fit(
        series=name,
        first_month=months[0],
        last_month=months[-1],
        months=len(months),
        missing_months=int(np.isnan(log_price).sum()),
        changes=used,
        volatility_per_year=volatility,
        volatility_error=float(volatility / np.sqrt(2 * used) * widening),
        half_life_years=_half_life(phi),
        kappa_per_year=float(-MONTHS * np.log(phi)),
        kappa_error=float(MONTHS * phi_error / phi),
        half_life_plain_years=_half_life(b),
        half_life_corrected_years=_half_life(b + (1 + 3 * b) / plain.count),
        long_run_usd_per_kg=level,
        long_run_log_error=level_error,
        autocorrelation=rho,
        autocorrelation_error=rho_error,
        change_autocorrelation=momentum,
        r_squared=1 - float(np.nansum(full.residual**2)) / total,
        residual_autocorrelation=_lag_correlation(full.residual, 1),
        ljung_box_p=_ljung_box(full.residual, full.count),
    )


def _monthly_logs(name: str, history: pd.DataFrame) -> tuple[FloatArray, tuple[str, ...]]:
    period = pd.PeriodIndex(history["period"].astype(str), freq="M")
    price = pd.Series(history["usd_per_kg"].to_numpy(dtype=float), index=period).sort_index()
    if price.index.has_duplicates:
        raise SettingError(f"Series '{name}' has month {price.index[price.index.duplicated()][0]} twice.")
    if not (price > 0).all():
        raise SettingError(f"Series '{name}' has a price that is not positive.")
    whole = price.reindex(pd.period_range(price.index[0], price.index[-1], freq="M"))
    return np.log(whole.to_numpy(dtype=float)), tuple(str(month) for month in whole.index)


@dataclass(frozen=True)
class _Regression:
    coefficient: FloatArray
    covariance: FloatArray
    residual: FloatArray
    count: int


def _regress(target: FloatArray, regressors: list[FloatArray]) -> _Regression:
    """Least squares with a constant over the rows in which everything is known; residuals are NaN elsewhere."""
    design = np.column_stack([np.ones_like(target), *regressors])
    known = np.isfinite(target) & np.isfinite(design).all(axis=1)
    x, y = design[known], target[known]
    coefficient: FloatArray = np.asarray(np.linalg.lstsq(x, y, rcond=None)[0], dtype=np.float64)
    residual = np.full_like(target, np.nan)
    residual[known] = y - x @ coefficient
    variance = float(np.nansum(residual**2)) / (len(y) - x.shape[1])
    return _Regression(coefficient, variance * np.linalg.inv(x.T @ x), residual, len(y))


def _roots(beta: float, gamma: float, covariance: FloatArray) -> tuple[float, float, float, float]:
    """Persistence φ, shock autocorrelation ρ and their standard errors; NaN if the roots are not real.

    From z² − (β + γ)z + γ = 0: ∂z/∂β = z/(2z − β − γ) and ∂z/∂γ = (z − 1)/(2z − β − γ).
    """
    discriminant = (beta + gamma) ** 2 - 4 * gamma
    if discriminant <= 0:
        return (float("nan"),) * 4
    roots = [(beta + gamma + sign * discriminant**0.5) / 2 for sign in (1, -1)]
    errors = []
    for root in roots:
        gradient = np.array([root, root - 1]) / (2 * root - beta - gamma)
        errors.append(float(np.sqrt(gradient @ covariance @ gradient)))
    return roots[0], roots[1], errors[0], errors[1]


def _level(intercept: float, beta: float, covariance: FloatArray) -> tuple[float, float]:
    """Long-run level exp(a/(1 − β)) and the standard error of its logarithm (delta method)."""
    gradient = np.array([1 / (1 - beta), intercept / (1 - beta) ** 2, 0.0])
    return float(np.exp(intercept / (1 - beta))), float(np.sqrt(gradient @ covariance @ gradient))


def _half_life(persistence: float) -> float:
    """Half-life in years of a monthly persistence.

    >>> round(_half_life(0.5 ** (1 / 24)), 9), _half_life(1.01)
    (2.0, inf)
    """
    if np.isnan(persistence) or persistence <= 0:
        return float("nan")
    return float("inf") if persistence >= 1 else float(-np.log(2) / np.log(persistence) / MONTHS)


def _lag_correlation(values: FloatArray, lag: int) -> float:
    """Autocorrelation over the pairs that are both known, around the common mean."""
    centred = values - np.nanmean(values)
    products = centred[lag:] * centred[:-lag]
    return float(np.nanmean(products) / np.nanmean(centred**2))


def _ljung_box(residual: FloatArray, count: int) -> float:
    correlations: Iterable[float] = (_lag_correlation(residual, lag) for lag in range(1, LJUNG_BOX_LAGS + 1))
    statistic = count * (count + 2) * sum(r**2 / (count - lag) for lag, r in enumerate(correlations, start=1))
    return float(stats.chi2.sf(statistic, LJUNG_BOX_LAGS - 2))
