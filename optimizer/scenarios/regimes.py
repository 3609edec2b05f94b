"""Price regimes: dumping and squeezes laid over the ordinary movement of prices.

A regime takes the price down (or up) to ``level_factor`` times what it would have been at the middle of its duration,
and back: linear in the logarithm, so a dumping regime of two years with level factor 0.35 is a fall of 65 % over one
year and a recovery over the next. A regime does not overlap with itself; different regimes on one series multiply.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np

from optimizer.errors import CaseError, Fault
from optimizer.scenarios.draws import FloatArray
from optimizer.scenarios.spells import Spells, spells_of
from optimizer.scenarios.timeline import CaseTables, Timeline


@dataclass(frozen=True)
class RegimeEffect:
    """One row of price_regimes, with the spells its regime was drawn."""

    series: str
    spells: Spells
    shortest: float
    longest: float
    log_level: float

    def log_multiplier(self, draws: slice, months: int) -> FloatArray:
        """Logarithm of the multiple of the price, shape (draws, months)."""
        return self.log_level * self.spells.take(draws).depth(self.shortest, self.longest, months)


def draw_regimes(case: CaseTables, time: Timeline, *, draws: int, seed: int) -> tuple[RegimeEffect, ...]:
    """Draw every regime. Rows of one regime begin together and lie at the same place between their own shortest and
    longest duration; the longest of them keeps the regime from striking again.

    Raises ``CaseError`` if the rows of a regime disagree about hazard or first year, or if one moves a linked series.
    """
    rows = sorted(case.rows("price_regimes"), key=lambda row: (str(row.regime), str(row.series)))
    moving = {str(row.series) for row in case.rows("price_series") if row.kind != "linked"}
    effects = []
    for name, group in groupby(rows, key=lambda row: str(row.regime)):
        members = list(group)
        _check(members, moving)
        hazard = np.zeros(time.count)
        hazard[time.window(members[0].first_year, None)] = members[0].hazard_per_year
        spells = spells_of(
            time, seed, "regime", name, draws=draws, hazard=hazard,
            shortest=max(row.duration_years_min for row in members),
            longest=max(row.duration_years_max for row in members),
        )
        effects += [
            RegimeEffect(str(row.series), spells, row.duration_years_min, row.duration_years_max,
                         float(np.log(row.level_factor)))
            for row in members
        ]
    return tuple(effects)


def _check(rows: list[Any], moving: set[str]) -> None:
    faults = [
        Fault("price_regimes", 0, column, str(rows[0].regime), f"has rows with different {column}",
              "Rows of one regime strike together: give them the same figure.", check="regime_rows_agree")
        for column in ("hazard_per_year", "first_year")
        if len({getattr(row, column) for row in rows}) > 1
    ]
    faults += [
        Fault("price_regimes", 0, "series", str(row.series), "does not move by itself",
              "Name a process series; linked ones follow.", check="regime_moves_process")
        for row in rows
        if row.series not in moving
    ]
    if faults:
        raise CaseError(faults)
