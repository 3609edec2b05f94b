"""Figures side by side: a line per figure, a value per run, the change from the first and whether it is a finding."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

SAME = 1e-9
"""Relative difference below which two figures are the same."""
CHANGE, WITHIN = "change: ", "within gap: "
"""What stands before the name of a run in the columns that compare it with the first."""


@dataclass(frozen=True)
class Line:
    """One figure of every run: its key, its unit, a value per run (None: absent).

    ``weight`` is how much one unit of it counts in the objective; None where it does not count by itself.
    """

    key: tuple[Any, ...]
    unit: str
    values: tuple[Any, ...]
    weight: float | None = None

    @property
    def differs(self) -> bool:
        """Whether any run has another value than the first."""
        return any(not same(self.values[0], value) for value in self.values[1:])


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same, numbers to within rounding.

    >>> same(0.1 + 0.2, 0.3), same(None, 0.0), same("floor", "floor")
    (True, False, True)
    """
    if is_number(one) and is_number(other):
        return math.isclose(one, other, rel_tol=SAME, abs_tol=SAME)
    return bool(one == other)


def is_number(value: Any) -> bool:
    """Whether a value is a number that can be subtracted; flags are not."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def plain(value: Any) -> Any:
    """A cell of a data frame as a Python value; None if nothing is in it.

    >>> plain(float("nan")), plain("floor"), plain(2.0)
    (None, 'floor', 2.0)
    """
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    return value.item() if hasattr(value, "item") else value


def within(weighted_change: float, gaps_musd: Sequence[float]) -> bool:
    """Whether a change, in musd of the objective, is no larger than a gap of the two plans.

    Plans within the gap may differ by as much without either being the better one.

    >>> within(-15.0, (10.0, 20.0)), within(25.0, (10.0, 20.0))
    (True, False)
    """
    return abs(weighted_change) <= max(gaps_musd)


def frame_of(
    lines: Sequence[Line], keys: Sequence[str], names: Sequence[str], gaps_musd: Sequence[float] | None
) -> pd.DataFrame:
    """Lines as a table: ``keys``, unit, a column per run, and for every run but the first its change and its mark.

    ``within gap: RUN`` is empty where the figure carries no weight or is the same, and for all lines if ``gaps_musd``
    (the gap of every run) is None, because the runs do not weigh costs alike.
    """
    columns = [*keys, "unit", *names]
    columns += [f"{prefix}{name}" for name in names[1:] for prefix in (CHANGE, WITHIN)]
    rows = []
    for line in lines:
        row = [*line.key, line.unit, *line.values]
        base = line.values[0]
        for position, value in enumerate(line.values[1:], start=1):
            change = value - base if is_number(base) and is_number(value) else None
            mark = None
            if change is not None and line.weight is not None and gaps_musd is not None and not same(base, value):
                mark = within(line.weight * change, (gaps_musd[0], gaps_musd[position]))
            row += [change, mark]
        rows.append(row)
    return pd.DataFrame(rows, columns=columns, dtype=object)


def merged(parts: Sequence[dict[tuple[Any, ...], Any]], absent: Any = None) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Key → value of every part, keys in the order they first come.

    >>> merged([{("a",): 1}, {("b",): 2, ("a",): 3}])
    {('a',): (1, 3), ('b',): (None, 2)}
    """
    keys = dict.fromkeys(key for part in parts for key in part)
    return {key: tuple(part.get(key, absent) for part in parts) for key in keys}
