"""Spells: when something that strikes at random begins, and how long it lasts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from optimizer.scenarios.draws import FloatArray
from optimizer.scenarios.timeline import MONTHS, Timeline
from optimizer.scenarios.uniforms import UniformStream

NUMBERS_PER_YEAR = 3


@dataclass(frozen=True)
class Spells:
    """Spells of one disruption or regime; both arrays have shape (draws, years).

    ``start`` is the moment a spell begins, in years since the start of the horizon, in the column of the year in which
    it begins; NaN if none begins in that year. ``length`` in (0, 1) says where its duration lies between the shortest
    and the longest.
    """

    start: FloatArray
    length: FloatArray

    def take(self, draws: slice) -> Spells:
        """Some of the draws."""
        return Spells(self.start[draws], self.length[draws])

    def share_of_months(self, shortest: float, longest: float, months: int) -> FloatArray:
        """Share of each month in which a spell is in force, shape (draws, months)."""
        out = np.zeros((self.start.shape[0], months))
        for draws, window, start, duration in self._windows(shortest, longest, months):
            month = np.arange(window.start, window.stop)
            since = np.maximum(start[:, None] * MONTHS, month)
            until = np.minimum((start + duration)[:, None] * MONTHS, month + 1)
            out[draws, window] += np.maximum(until - since, 0.0)
        return out

    def depth(self, shortest: float, longest: float, months: int) -> FloatArray:
        """Depth of the spell at the middle of each month, shape (draws, months): 0 outside, 1 half-way through it,
        linear in between."""
        out = np.zeros((self.start.shape[0], months))
        for draws, window, start, duration in self._windows(shortest, longest, months):
            middle = (np.arange(window.start, window.stop) + 0.5) / MONTHS
            progress = (middle - start[:, None]) / duration[:, None]
            out[draws, window] += np.maximum(1 - np.abs(2 * progress - 1), 0.0)
        return out

    def _windows(
        self, shortest: float, longest: float, months: int
    ) -> Iterator[tuple[NDArray[np.intp], slice, FloatArray, FloatArray]]:
        reach = MONTHS + ceil(MONTHS * longest) + 1
        for year in range(min(self.start.shape[1], months // MONTHS)):
            draws = np.flatnonzero(~np.isnan(self.start[:, year]))
            if draws.size:
                window = slice(year * MONTHS, min(year * MONTHS + reach, months))
                duration = shortest + (longest - shortest) * self.length[draws, year]
                yield draws, window, self.start[draws, year], duration


def draw_spells(numbers: FloatArray, hazard: FloatArray, shortest: float, longest: float) -> Spells:
    """Spells from uniform ``numbers`` of shape (draws, 3 × years) and the chance per year that one begins.

    In year y something strikes if its first number is below the hazard, at a moment uniform within the year; a strike
    that falls into a spell still in force is ignored. Durations are uniform between shortest and longest (years). With
    the same numbers, a higher hazard strikes wherever a lower one does (common random numbers).

    >>> numbers = np.array([[0.1, 0.5, 0.5, 0.1, 0.25, 0.5, 0.1, 0.9, 0.5]])
    >>> draw_spells(numbers, np.array([0.2, 0.2, 0.2]), 1.0, 2.0).start.tolist()
    [[0.5, nan, 2.9]]
    >>> draw_spells(numbers, np.array([0.0, 0.2, 0.05]), 1.0, 2.0).start.tolist()
    [[nan, 1.25, nan]]
    """
    draws, years = numbers.shape[0], hazard.size
    start = np.full((draws, years), np.nan)
    free_from = np.full(draws, -np.inf)
    cells = numbers[:, : NUMBERS_PER_YEAR * years].reshape(draws, years, NUMBERS_PER_YEAR)
    length = cells[:, :, 2]
    for year in range(years):
        moment = year + cells[:, year, 1]
        begins = (cells[:, year, 0] < hazard[year]) & (moment >= free_from)
        start[begins, year] = moment[begins]
        until = moment + shortest + (longest - shortest) * length[:, year]
        free_from = np.where(begins, until, free_from)
    return Spells(start, np.ascontiguousarray(length))


def spells_of(
    time: Timeline, seed: int, kind: str, name: str, *, draws: int, hazard: FloatArray, shortest: float, longest: float
) -> Spells:
    """Spells of one named ingredient, from its own stream of numbers."""
    stream = UniformStream(seed, kind, name, dimensions=NUMBERS_PER_YEAR * time.drawn_years)
    return draw_spells(stream.take(draws), hazard, shortest, longest)
