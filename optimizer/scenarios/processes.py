"""Price processes as stated in the tables: parameters as arrays, in alphabetical order of the series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.errors import CaseError, Fault
from optimizer.scenarios.draws import FloatArray
from optimizer.scenarios.timeline import MONTHS, CaseTables


@dataclass(frozen=True)
class PriceModel:
    """All price series of a case.

    ``moving`` are process and basis series, ``linked`` the ones computed from them. Arrays are per moving series:
    ``start`` and ``long_run`` in USD/kg (ratios for a basis), ``volatility`` per √year, ``half_life`` in years,
    ``autocorrelation`` of monthly shocks; ``correlation`` is the matrix between them. ``factor`` has shape (linked,
    moving), ``adder`` is in USD/kg.
    """

    moving: tuple[str, ...]
    linked: tuple[str, ...]
    start: FloatArray
    long_run: FloatArray
    volatility: FloatArray
    half_life: FloatArray
    autocorrelation: FloatArray
    correlation: FloatArray
    factor: FloatArray
    adder: FloatArray

    @property
    def series(self) -> tuple[str, ...]:
        """All series in alphabetical order, which is their order in ``PricePaths``."""
        return tuple(sorted(self.moving + self.linked))

    @property
    def persistence(self) -> FloatArray:
        """Share of a deviation left after a month: exp(−κ/12) with κ = ln 2 / half-life."""
        out: FloatArray = np.exp2(-1.0 / (MONTHS * self.half_life))
        return out

    @property
    def shock_deviation(self) -> FloatArray:
        """Standard deviation of monthly log-price shocks; see ``shock_deviation``."""
        return shock_deviation(self.volatility, self.persistence, self.autocorrelation)


def shock_deviation(volatility: FloatArray, persistence: FloatArray, autocorrelation: FloatArray) -> FloatArray:
    r"""Standard deviation σ of the monthly shocks that gives monthly log returns the stated annualised volatility v.

    With log deviation x, persistence φ and shocks η of lag-one autocorrelation ρ,

    .. math:: x_{m+1} = \varphi x_m + \eta_{m+1}, \qquad \eta_{m+1} = \rho\,\eta_m + \sigma\sqrt{1-\rho^2}\,z_{m+1},

    so x is an AR(2) with coefficients (φ + ρ, −φρ). Its stationary lag-one autocorrelation is
    (φ + ρ)/(1 + φρ) and its variance σ²(1 + φρ)/((1 − φ²)(1 − φρ)) (Box, Jenkins & Reinsel, *Time Series Analysis*,
    section 3.2). The variance of the return x_{m+1} − x_m is twice the variance times one minus that autocorrelation:

    .. math:: \frac{v^2}{12} = \sigma^2\,\frac{2(1-\rho)}{(1+\varphi)(1-\varphi\rho)}.

    The convention is thus: *stationary standard deviation of monthly log returns, times √12, equals the volatility*.
    Autocorrelated shocks leave that figure alone and widen the spread over longer spans.

    >>> round(float(shock_deviation(np.array(0.3), np.array(1.0), np.array(0.0)) * 12**0.5), 6)
    0.3
    >>> round(float(shock_deviation(np.array(0.3), np.array(0.97), np.array(0.35)) * 12**0.5), 6)
    0.300137
    """
    scale = (1 + persistence) * (1 - persistence * autocorrelation) / (2 * (1 - autocorrelation))
    out: FloatArray = volatility / np.sqrt(MONTHS) * np.sqrt(scale)
    return out


def price_model(case: CaseTables) -> PriceModel:
    """Read the price tables of a case.

    Raises ``CaseError`` if a moving series does not start and rest above zero, if a link or correlation does not name
    moving series, or if the stated correlations contradict each other.
    """
    rows = sorted(case.rows("price_series"), key=lambda row: str(row.series))
    moving = [row for row in rows if row.kind != "linked"]
    linked = [row for row in rows if row.kind == "linked"]
    position = {str(row.series): k for k, row in enumerate(moving)}
    faults = [
        _fault("price_series", column, str(row.series), "does not start or rest above zero", "Give a positive level.")
        for row in moving
        for column in ("start_usd_per_kg", "long_run_usd_per_kg")
        if getattr(row, column) <= 0
    ]
    names = tuple(str(row.series) for row in linked)
    factor = np.zeros((len(linked), len(moving)))
    for row in case.rows("price_links"):
        if row.series not in names or row.linked_series not in position:
            pair = f"{row.series} ← {row.linked_series}"
            faults.append(_fault("price_links", "linked_series", pair, "does not link a linked series to a process",
                                 "Name a linked series and a process series."))
            continue
        factor[names.index(row.series), position[row.linked_series]] += row.factor
    correlation = _correlation(case, position, faults)
    if faults:
        raise CaseError(faults)

    def column(name: str) -> FloatArray:
        return np.array([float(getattr(row, name)) for row in moving])

    return PriceModel(
        moving=tuple(position),
        linked=names,
        start=column("start_usd_per_kg"),
        long_run=column("long_run_usd_per_kg"),
        volatility=column("volatility_per_year"),
        half_life=column("half_life_years"),
        autocorrelation=column("autocorrelation"),
        correlation=correlation,
        factor=factor,
        adder=np.array([float(row.adder_usd_per_kg) for row in linked]),
    )


def correlation_root(correlation: FloatArray) -> FloatArray:
    """The symmetric square root of a correlation matrix: unlike a Cholesky factor it does not depend on the order.

    >>> correlation_root(np.array([[1.0, 0.6], [0.6, 1.0]])).round(4).tolist()
    [[0.9487, 0.3162], [0.3162, 0.9487]]
    """
    values, vectors = np.linalg.eigh(correlation)
    root: FloatArray = np.einsum("ik,k,jk->ij", vectors, np.sqrt(np.maximum(values, 0.0)), vectors)
    return root


def _correlation(case: CaseTables, position: dict[str, int], faults: list[Fault]) -> FloatArray:
    matrix = np.eye(len(position))
    stated: dict[frozenset[str], float] = {}
    for row in case.rows("price_correlations"):
        pair = frozenset((str(row.series_a), str(row.series_b)))
        words = f"{row.series_a}, {row.series_b}"
        if not pair <= position.keys():
            faults.append(_fault("price_correlations", "series_a", words, "does not name two series that move by "
                                 "themselves", "Correlate process and basis series; linked ones follow."))
        elif stated.setdefault(pair, float(row.correlation)) != row.correlation:
            faults.append(_fault("price_correlations", "correlation", words, "is stated twice, differently",
                                 "State each pair once."))
        elif len(pair) == 1 and row.correlation != 1:
            faults.append(_fault("price_correlations", "correlation", words, "is not 1 with itself",
                                 "Remove the row."))
        else:
            a, b = position[row.series_a], position[row.series_b]
            matrix[a, b] = matrix[b, a] = row.correlation
    if not faults and len(position) and np.linalg.eigvalsh(matrix).min() < -1e-8:
        faults.append(_fault("price_correlations", "correlation", "", "The correlations contradict each other (their "
                             "matrix has a negative eigenvalue)", "Make them weaker, or state the missing pairs."))
    return matrix


def _fault(table: str, column: str, value: str, problem: str, remedy: str) -> Fault:
    return Fault(table, 0, column, value, problem, remedy, check="price_model")
