"""A series over years as one line of marks, to stand in a table beside its lowest and highest figure."""

from __future__ import annotations

from collections.abc import Sequence

from optimizer.report.notation import is_absent

MARKS = "▁▂▃▄▅▆▇█"
MOST_MARKS = 20
"""More values than this are averaged in groups of equal length, so that the line fits a table."""


def sparkline(values: Sequence[float | None], lowest: float, highest: float) -> str:
    """One mark per value, the lowest mark at ``lowest`` and the highest at ``highest``; blank where there is none.

    >>> sparkline([0.0, 25.0, None, 75.0, 100.0], 0.0, 100.0)
    '▁▃ ▆█'
    >>> sparkline([5.0, 5.0], 5.0, 5.0), sparkline([], 0.0, 1.0)
    ('▁▁', '')
    """
    span = highest - lowest
    steps = len(MARKS) - 1
    marks = []
    for value in _grouped(values):
        if value is None:
            marks.append(" ")
            continue
        position = 0.0 if span <= 0.0 else (value - lowest) / span
        marks.append(MARKS[round(steps * min(max(position, 0.0), 1.0))])
    return "".join(marks)


def group_size(count: int) -> int:
    """How many values one mark stands for.

    >>> group_size(15), group_size(20), group_size(21), group_size(45)
    (1, 1, 2, 3)
    """
    return max(1, -(-count // MOST_MARKS))


def _grouped(values: Sequence[float | None]) -> list[float | None]:
    size = group_size(len(values))
    groups = [[float(v) for v in values[at : at + size] if not is_absent(v)] for at in range(0, len(values), size)]  # type: ignore[arg-type]
    return [sum(group) / len(group) if group else None for group in groups]
