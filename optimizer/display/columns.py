"""How the figures of a column are shown: the unit its name ends in says with how many decimals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

ABSENT = "–"


@dataclass(frozen=True)
class Notation:
    """Unit and decimals of the figures of a column (None: as many as make four digits); ``percent`` of 1; ``year``:
    without separators; ``difference``: shares are in percentage points."""

    unit: str = ""
    decimals: int | None = None
    percent: bool = False
    year: bool = False
    difference: bool = False


_BY_ENDING: tuple[tuple[str, Notation], ...] = (
    ("musd_per_year", Notation("musd/yr", 1)),
    ("usd_per_kg", Notation("USD/kg", 2)),
    ("musd_per_kt", Notation("musd/kt", 2)),
    ("per_next_musd", Notation("per musd", 2)),
    ("per_last_musd", Notation("per musd", 2)),
    ("t_per_year", Notation("t/yr", 0)),
    ("per_year", Notation("per year", None)),
    ("musd", Notation("musd", 1)),
    ("years", Notation("years", 0)),
    ("seconds", Notation("s", 1)),
    ("_usd", Notation("USD", 2)),
    ("_t", Notation("t", 0)),
    ("year", Notation("", 0, year=True)),
    ("share", Notation("", 1, percent=True)),
    ("share_met", Notation("", 1, percent=True)),
    ("probability", Notation("", 1, percent=True)),
    ("gap", Notation("", 3, percent=True)),
    ("rows", Notation("", 0)),
)
"""End of a column's name → how it is shown; the first that fits counts."""
RANGE = ("_low", "_high")
"""How the names of columns end that hold the ends of a range."""
_BY_UNIT = {
    "musd": Notation("musd", 1),
    "musd/yr": Notation("musd/yr", 1),
    "USD/kg": Notation("USD/kg", 2),
    "t": Notation("t", 0),
    "t/yr": Notation("t/yr", 0),
    "share": Notation("", 1, percent=True),
    "gap": Notation("", 3, percent=True),
    "year": Notation("", 0, year=True),
    "years": Notation("years", 0),
    "": Notation("", 0, year=True),
}
"""Unit of a row → how its figures are shown; those without a unit are years."""


def notation(column: str) -> Notation:
    """How a column of numbers is shown; the ends of a range as the figure itself.

    >>> notation("strike_usd_per_kg").unit, notation("upside_share").percent, notation("start_year").year
    ('USD/kg', True, True)
    >>> notation("capex_musd_low").unit, notation("measure") == Notation()
    ('musd', True)
    """
    base, _ = _without_end(column)
    return next((how for end, how in _BY_ENDING if base.endswith(end)), Notation())


def _without_end(column: str) -> tuple[str, str]:
    """A column's name without the end of a range, and that end."""
    end = next((end for end in RANGE if column.endswith(end)), "")
    return column.removesuffix(end), end


def notation_of_unit(unit: str) -> Notation:
    """How figures in a unit are shown.

    >>> notation_of_unit("t").decimals
    0
    """
    return _BY_UNIT.get(unit, Notation())


def head(column: str) -> tuple[str, str]:
    """What stands above a column: its name in words, and its unit.

    >>> head("strike_usd_per_kg"), head("capex_musd_low"), head("t_per_year"), head("start_year"), head("gap")
    (('strike', 'USD/kg'), ('capex low', 'musd'), ('', 't/yr'), ('start year', ''), ('gap', ''))
    """
    how, (name, range_end) = notation(column), _without_end(column)
    if how.unit:
        ending = next(end for end, _ in _BY_ENDING if name.endswith(end))
        name = name.removesuffix(ending)
    return f"{name.strip('_')}{range_end}".replace("_", " "), how.unit


def is_absent(value: Any) -> bool:
    """Whether a cell holds nothing: None, blank text, not a number.

    >>> [is_absent(cell) for cell in (None, "", float("nan"), 0, "none", Decimal(0))]
    [True, True, True, False, False, False]
    """
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value)) or str(value) == "NaT"


def is_number(value: Any) -> bool:
    """Whether a cell holds a number; yes and no are none."""
    return not isinstance(value, bool | str) and (isinstance(value, int | float | Decimal) or hasattr(value, "dtype"))


def shown(value: Any, how: Notation) -> str:
    """A cell as text.

    >>> shown(1234567.891, Notation("musd", 1)), shown(-0.04, Notation("musd", 1)), shown(None, Notation())
    ('1,234,567.9', '0.0', '–')
    >>> shown(0.2874, Notation(percent=True, decimals=1)), shown(2030.0, Notation(year=True)), shown(True, Notation())
    ('28.7 %', '2030', 'yes')
    >>> [shown(value, Notation()) for value in (0.012345, 12345.6, float("inf"), (1, "a"))]
    ['0.01235', '12,346', '∞', '1, a']
    """
    if isinstance(value, bool) or type(value).__name__ in ("bool_", "bool"):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(shown(part, how) for part in value) or ABSENT
    if is_absent(value):
        return ABSENT
    if not is_number(value):
        return str(value)
    number = float(value)
    if math.isnan(number):
        return ABSENT
    if math.isinf(number):
        return "∞" if number > 0 else "−∞"
    if how.year and number == int(number):
        return str(int(number))
    if how.percent:
        return f"{_rounded(100.0 * number, how.decimals or 0)} {'pp' if how.difference else '%'}"
    if how.decimals is not None:
        return _rounded(number, how.decimals)
    if number == int(number):
        return f"{int(number):,}"
    if abs(number) >= 1000.0:
        return _rounded(number, 0)
    return f"{number:.4g}"


def _rounded(number: float, decimals: int) -> str:
    text = f"{number:,.{decimals}f}"
    return text.removeprefix("-") if not text.strip("-0.,") else text
