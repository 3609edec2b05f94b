"""One figure of the inputs that can be moved in steps, from what it is to the loosest it may be."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from optimizer.explanation.input_cells import InputCell


@dataclass(frozen=True)
class Lever:
    """A cell, how many ``steps`` it can be loosened by, and its ``value`` after some of them."""

    cell: InputCell
    steps: int
    value: Callable[[int], Any]


def rising(cell: InputCell, now: float, step: float, most: float) -> Lever:
    """A figure that loosens as it rises.

    >>> cell = InputCell("contracts", 2, "strike_max_usd_per_kg", "100", "USD/kg", "contracts.c.strike_max_usd_per_kg")
    >>> lever = rising(cell, 100.0, 10.0, 125.0)
    >>> [lever.value(n) for n in range(lever.steps + 1)]
    [100.0, 110.0, 120.0, 125.0]
    """
    steps = max(math.ceil((most - now) / step - 1e-9), 0)
    return Lever(cell, steps, lambda n: round(min(now + n * step, most), 6))


def falling(cell: InputCell, now: float, step: float, least: float) -> Lever:
    """A figure that loosens as it falls."""
    steps = max(math.ceil((now - least) / step - 1e-9), 0)
    return Lever(cell, steps, lambda n: round(max(now - n * step, least), 6))


def year_lever(cell: InputCell, now: int, loosest: int) -> Lever:
    """A year that loosens towards another, earlier or later."""
    towards = 1 if loosest > now else -1
    return Lever(cell, abs(loosest - now), lambda n: now + towards * n)


def start_year_lever(cell: InputCell, years: tuple[int, ...], first: int) -> Lever:
    """Start years, to which an earlier one is added.

    >>> cell = InputCell("plants", 2, "start_years", "2028;2029", "", "plants.p.start_years")
    >>> start_year_lever(cell, (2028, 2029), 2026).value(2)
    (2026, 2028, 2029)
    """
    return Lever(cell, min(years) - first, lambda n: years if n == 0 else (min(years) - n, *years))
