"""Price decks: one price per series and year, as lenders use them."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import numpy as np

from optimizer.errors import CaseError, Fault, SettingError
from optimizer.scenarios.draws import FloatArray, PricePaths
from optimizer.scenarios.timeline import CaseTables


def weighted_quantile(values: FloatArray, weight: FloatArray, q: float) -> FloatArray:
    """The smallest value that at least a share ``q`` of the weight does not exceed, along the first axis.

    >>> prices = np.array([[40.0], [60.0], [90.0], [50.0]])
    >>> weighted_quantile(prices, np.full(4, 0.25), 0.5).tolist()
    [50.0]
    >>> weighted_quantile(prices, np.array([0.1, 0.1, 0.7, 0.1]), 0.5).tolist()
    [90.0]
    """
    order = np.argsort(values, axis=0, kind="stable")
    reached = np.cumsum(weight[order], axis=0)
    # Weights such as ten times 0.1 add up to a hair less than their total: count a hair less as reached.
    position = np.argmax(reached >= q - 1e-12, axis=0)
    out: FloatArray = np.take_along_axis(np.take_along_axis(values, order, axis=0), position[None], axis=0)[0]
    return out


def quantile_deck(paths: PricePaths, q: float) -> dict[str, FloatArray]:
    """Quantile ``q`` of the yearly averages across paths, series → (years,), USD/kg (ratios for a basis)."""
    if not 0 < q < 1:
        raise SettingError(f"A quantile lies between 0 and 1; got {q}.")
    return {name: weighted_quantile(paths.yearly(name), paths.weight, q) for name in paths.series}


def expected_deck(paths: PricePaths) -> dict[str, FloatArray]:
    """Mean of the yearly averages across paths, series → (years,), USD/kg (ratios for a basis)."""
    return {name: np.einsum("p,py->y", paths.weight, paths.yearly(name)) for name in paths.series}


def user_deck(case: CaseTables, name: str, years: Sequence[int]) -> dict[str, FloatArray]:
    """A deck of price_decks over ``years``, for the series it states.

    Between stated years prices are interpolated; the last stated year holds from then on, and the first one before it.
    Raises ``SettingError`` for an unknown deck and ``CaseError`` for a deck that states the same year twice.
    """
    stated: dict[str, dict[int, float]] = {}
    faults = []
    for row in case.rows("price_decks"):
        if row.deck != name:
            continue
        by_year = stated.setdefault(str(row.series), {})
        if row.year in by_year:
            faults.append(Fault("price_decks", 0, "year", f"{name}, {row.series}, {row.year}", "is stated twice",
                                "State each year once.", check="deck_years_differ"))
        by_year[int(row.year)] = float(row.usd_per_kg)
    if faults:
        raise CaseError(faults)
    if not stated:
        known = sorted({str(row.deck) for row in case.rows("price_decks")})
        near = difflib.get_close_matches(name, known, n=1)
        hint = f" Did you mean '{near[0]}'?" if near else f" Known decks: {', '.join(known) or 'none'}."
        raise SettingError(f"There is no price deck '{name}'.{hint}")
    return {
        series: np.interp(np.asarray(years, dtype=float), sorted(by_year), [by_year[year] for year in sorted(by_year)])
        for series, by_year in sorted(stated.items())
    }
