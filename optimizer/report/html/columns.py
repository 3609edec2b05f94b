"""How the figures of a column are shown, read from the unit its name ends in, and what stands above it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from optimizer.report.notation import ABSENT, figure, is_absent, share, word


@dataclass(frozen=True)
class Shown:
    """Unit and notation of a column: decimals (None: four digits that count), as per cent of 1, or as a year without
    separators.

    ``by_row``: the unit stands in the row's own column ``unit``. ``points``: differences of shares are in percentage
    points.
    """

    unit: str = ""
    decimals: int | None = 2
    percent: bool = False
    plain: bool = False
    by_row: bool = False
    points: bool = False


_BY_ENDING: tuple[tuple[str, Shown], ...] = (
    ("_musd_per_year", Shown("musd/yr", 1)),
    ("_usd_per_kg", Shown("USD/kg", 2)),
    ("_t_per_year", Shown("t/yr", 0)),
    ("musd", Shown("musd", 1)),
    ("_years", Shown("years", 0)),
    ("_t", Shown("t", 0)),
    ("year", Shown("", 0, plain=True)),
    ("share", Shown("", 1, percent=True)),
    ("share_met", Shown("", 1, percent=True)),
    ("probability", Shown("", 1, percent=True)),
    ("gap", Shown("", 3, percent=True)),
    ("weight", Shown("", 2)),
    ("rows", Shown("", 0)),
    ("items", Shown("", 0)),
    ("relative", Shown("", 16)),
)
"""End of a column's name → how it is shown; the first that fits counts."""
DIFFERENCES = ("change", "left")
"""How the names of columns with differences begin."""
PLAIN = Shown("", None)
"""Numbers of which nothing is known."""
BY_UNIT = {
    "musd": Shown("musd", 1),
    "musd/yr": Shown("musd/yr", 1),
    "share": Shown("", 1, percent=True),
    "gap": Shown("", 3, percent=True),
    "year": Shown("", 0, plain=True),
    "t": Shown("t", 0),
    "t/yr": Shown("t/yr", 0),
    "": Shown("", 0, plain=True),
    "years": Shown("years", 0),
    "%": Shown("%", 1),
    "count": Shown("", 0),
    "USD/kg": Shown("USD/kg", 2),
}


def shown(column: str, *, by_row: bool = False) -> Shown:
    """How a column of numbers is shown.

    >>> shown("strike_usd_per_kg").unit, shown("upside_share").percent, shown("start_year").plain
    ('USD/kg', True, True)
    """
    if by_row:
        return Shown(by_row=True, points=column.startswith(DIFFERENCES))
    return next((how for end, how in _BY_ENDING if column.endswith(end)), PLAIN)


def of_unit(unit: str) -> Shown:
    """How numbers of a unit are shown.

    >>> of_unit("share").percent, of_unit("musd").decimals
    (True, 1)
    """
    return BY_UNIT.get(unit, Shown(unit, None))


def heading(column: str) -> str:
    """A column's name as a heading, its unit behind it.

    >>> heading("strike_usd_per_kg"), heading("t_per_year"), heading("upside_share"), heading("start_year")
    ('strike (USD/kg)', 'amount (t/yr)', 'upside share', 'start year')
    """
    for end, how in _BY_ENDING:
        if how.unit and (column.endswith(end) or column == end.strip("_")):
            name = column.removesuffix(end).removesuffix(end.strip("_")).strip("_").replace("_", " ")
            return f"{name or 'amount'} ({how.unit})"
    return column.replace("_", " ")


def text(value: Any, how: Shown, unit: str = "") -> str:
    """A cell as text.

    >>> text(85.0, Shown("USD/kg", 2)), text(0.2874, Shown(percent=True, decimals=1)), text(None, Shown())
    ('85.00', '28.7 %', '–')
    >>> text(12.34, Shown(by_row=True), "musd"), text(True, Shown()), text("floor", Shown())
    ('12.3', 'yes', 'floor')
    >>> text(-0.075, Shown(by_row=True, points=True), "share")
    '-7.5 pp'
    """
    if is_absent(value):
        return ABSENT
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return word(value)
    if how.by_row:
        points, how = how.points, of_unit(unit)
        if points and how.percent:
            return f"{figure(100.0 * float(value), how.decimals or 0)} pp"
    if how.plain:
        return str(int(value)) if float(value).is_integer() else figure(value, 1)
    if how.percent:
        return share(value, how.decimals or 0)
    return figure(value, how.decimals) if how.decimals is not None else significant(float(value))


def significant(value: float) -> str:
    """A number with four digits that count, all of them before the point.

    >>> significant(0.052313), significant(3.0), significant(12345.6), significant(-0.5)
    ('0.05231', '3', '12,346', '-0.5')
    """
    if abs(value) >= 1000.0:
        return figure(value, 0)
    return np.format_float_positional(float(f"{value:.4g}"), trim="-")
