"""The least of anything that makes one plant viable: strike, tonnage, tenor, grant, equity, loan.

More support is not always better: an over-compensation cap sets an upper end, public equity takes its share of good
years, debt that a grant displaces was cheap. So nothing is assumed to rise: the range is scanned, and its best place
sought, before the lower edge of what is viable is halved in on.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optimizer.analysis.alone import PlantAlone
from optimizer.analysis.standing import ContractTerms, Standing
from optimizer.errors import SettingError

CENT = 0.01
SCANNED = 24
HIGHEST = 10.0
"""Strikes are tried up to this multiple of the top of the menu."""


@dataclass(frozen=True)
class Least:
    """The least amount at which a plant is viable, None if it never is; and how it stands there, or where it is nearest
    to being viable (``nearest``, in the unit of the amount)."""

    amount: float | None
    nearest: float
    standing: Standing


def least(stand: Callable[[float], Standing], low: float, high: float, step: float = CENT) -> Least:
    """The least multiple of ``step`` between ``low`` and ``high`` at which ``stand`` is viable.

    Exact if what is viable is one interval, and it holds one of 25 evenly spread places or the tightest condition rises
    towards it from both sides, as it does for amounts of money and tonnes: all conditions are concave in these.
    """
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    if last < first:
        raise SettingError(f"there is nothing to try between {low:g} and {high:g}.")
    known: dict[int, Standing] = {}

    def at(place: int) -> Standing:
        if place not in known:
            known[place] = stand(place * step)
        return known[place]

    found, below = None, first - 1
    for place in _spread(first, last):
        if at(place).viable:
            found = place
            break
        below = place
    if found is None:
        found = _summit(lambda place: at(place).slack, first, last)
        if not at(found).viable:
            return Least(None, found * step, at(found))
        below = max((p for p in known if p < found and not at(p).viable), default=first - 1)
    while found - below > 1:
        middle = (found + below) // 2
        if at(middle).viable:
            found = middle
        else:
            below = middle
    return Least(round(found * step, 9), round(found * step, 9), at(found))


def _spread(first: int, last: int) -> list[int]:
    return sorted({round(x) for x in np.linspace(first, last, SCANNED + 1)})


def _summit(value: Callable[[int], float], first: int, last: int) -> int:
    """The place where a value that first does not fall and then does not rise is highest.

    Where it is level, as below all prices a strike is, it is taken to rise from the far end of that.
    """
    while True:
        places = _spread(first, last)
        values = [value(place) for place in places]
        level = [i for i, v in enumerate(values) if v >= max(values) - 1e-9]
        left, right = level[0], level[-1]
        if last - first <= SCANNED:
            return places[left]
        if left == right:
            left, right = left - 1, right + 1
        elif right < len(places) - 1:
            left, right = right, right + 1
        else:
            left, right = left - 1, left
        first = places[max(left, 0)]
        last = places[min(right, len(places) - 1)]


def least_strike(
    alone: PlantAlone,
    contract: ContractTerms,
    *,
    low: float = 0.0,
    high: float | None = None,
    step: float = CENT,
    grant: float = 0.0,
    equity: float = 0.0,
    loan: float = 0.0,
) -> Least:
    """The lowest strike, USD/kg to the cent, at which a contract (and public money, musd) makes the plant viable.

    ``high`` is ten times the top of the menu if not given.
    """
    top = HIGHEST * contract.row.strike_max_usd_per_kg if high is None else high
    return least(
        lambda strike: alone.standing(contract.at(strike), grant=grant, equity=equity, loan=loan), low, top, step
    )


def least_share(alone: PlantAlone, contract: ContractTerms, *, step: float = 0.001) -> Least:
    """The smallest share of planned output, up to the terms' own, whose cover makes the plant viable."""
    return least(lambda share: alone.standing(contract.at(share=min(share, 1.0))), 0.0, contract.share, step)


def least_tenor(alone: PlantAlone, contract: ContractTerms, most: int) -> Least:
    """The shortest tenor in whole years, up to ``most``, at which the contract makes the plant viable."""
    return least(lambda years: alone.standing(contract.at(tenor_years=round(years))), 1.0, float(most), 1.0)


def least_grant(alone: PlantAlone, contract: ContractTerms | None = None, *, high: float | None = None) -> Least:
    """The smallest grant, musd to 0.01, that makes the plant viable; up to its capex if ``high`` is not given."""
    top = alone.row.capex_musd if high is None else high
    return least(lambda amount: alone.standing(contract, grant=amount), 0.0, top)


def least_equity(alone: PlantAlone, contract: ContractTerms | None = None, *, high: float | None = None) -> Least:
    """The least public equity, musd to 0.01, that makes the plant viable; up to its capex if ``high`` is not given."""
    top = alone.row.capex_musd if high is None else high
    return least(lambda amount: alone.standing(contract, equity=amount), 0.0, top)


def least_loan(alone: PlantAlone, contract: ContractTerms | None = None, *, high: float | None = None) -> Least:
    """The smallest public loan, musd to 0.01, that makes the plant viable; up to its capex if ``high`` is not given.

    Raises SettingError for a plant for which no terms of a loan are known.
    """
    top = alone.row.capex_musd if high is None else high
    return least(lambda amount: alone.standing(contract, loan=amount), 0.0, top)
