"""Figures and words as they stand in printed tables: thousands separators, a dash for what is absent."""

from __future__ import annotations

import math

ABSENT = "–"


def figure(value: object, decimals: int = 1) -> str:
    """A number with thousands separators.

    >>> figure(1234567.891), figure(-0.04), figure(None), figure(float("nan")), figure(2600, 0)
    ('1,234,567.9', '0.0', '–', '–', '2,600')
    """
    if is_absent(value):
        return ABSENT
    text = f"{float(str(value)):,.{decimals}f}"
    return text.removeprefix("-") if not text.strip("-0.,") else text


def share(value: object, decimals: int = 1) -> str:
    """A share of 1, in per cent.

    >>> share(0.2874), share(1, 0), share(None)
    ('28.7 %', '100 %', '–')
    """
    return ABSENT if is_absent(value) else f"{figure(100.0 * float(str(value)), decimals)} %"


def year(value: object) -> str:
    """A year, without separators.

    >>> year(2030.0), year(None)
    ('2030', '–')
    """
    return ABSENT if is_absent(value) else str(int(float(str(value))))


def word(value: object) -> str:
    """Text, or a dash.

    >>> word("floor"), word(""), word(float("nan"))
    ('floor', '–', '–')
    """
    return ABSENT if is_absent(value) else str(value)


def is_absent(value: object) -> bool:
    """Whether a cell holds nothing.

    >>> [is_absent(cell) for cell in (None, "", float("nan"), 0, "none")]
    [True, True, True, False, False]
    """
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))
