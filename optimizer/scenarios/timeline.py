"""The years a case is drawn over, and the part of a case that drawing needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from optimizer.settings import Settings

MONTHS = 12
BLOCK_YEARS = 20


class CaseTables(Protocol):
    """Settings and rows of a case. A row gives its cells by attribute; the word none is ``None``."""

    @property
    def settings(self) -> Settings:
        """Settings of the case."""

    def rows(self, table: str) -> Sequence[Any]:
        """Rows of one table; an absent table has none."""


@dataclass(frozen=True)
class Timeline:
    """Years of price paths (``years``), of which the first ``horizon`` are those of the supply layer.

    Random numbers are drawn for ``drawn_years``: ``years`` rounded up to whole blocks of twenty. A plant with a
    somewhat longer life therefore sees the same prices and embargoes, only further.
    """

    first_year: int
    horizon: int
    count: int

    @property
    def years(self) -> tuple[int, ...]:
        """All years, first to last."""
        return tuple(range(self.first_year, self.first_year + self.count))

    @property
    def horizon_years(self) -> tuple[int, ...]:
        """Years of the supply layer."""
        return self.years[: self.horizon]

    @property
    def drawn_years(self) -> int:
        """Number of years for which random numbers are drawn.

        >>> Timeline(2026, 15, 34).drawn_years
        40
        """
        return -(-self.count // BLOCK_YEARS) * BLOCK_YEARS

    @property
    def months(self) -> int:
        """Number of months in ``years``."""
        return self.count * MONTHS

    def window(self, first_year: int | None, last_year: int | None) -> slice:
        """Positions in ``years`` from one year to another, both included; ``None`` is no limit.

        >>> Timeline(2026, 5, 10).window(2028, 2030)
        slice(2, 5, None)
        >>> Timeline(2026, 5, 10).window(2020, None)
        slice(0, 10, None)
        """
        start = 0 if first_year is None else min(max(first_year - self.first_year, 0), self.count)
        stop = self.count if last_year is None else min(max(last_year + 1 - self.first_year, start), self.count)
        return slice(start, stop)


def timeline(case: CaseTables) -> Timeline:
    """Years from the start of the horizon to the last year of the longest-lived plant, or the end of the horizon."""
    horizon = case.settings.horizon
    last = max(
        [horizon.last_year, *(max(plant.start_years) + plant.life_years - 1 for plant in case.rows("plants"))]
    )
    return Timeline(horizon.first_year, horizon.last_year - horizon.first_year + 1, last - horizon.first_year + 1)
