"""The words in which a what-if is said: ``plants[region=australia].capex_musd *= 1.2``.

=====================================  ==================================================================
``programmes.nds.budget_musd = 600``   set one cell (table, key, column); ``=``, ``*=``, ``/=``, ``+=``, ``-=``
``plants[region=us].capex_musd *= 2``  the same for every row that a filter picks
``scenarios.hazard_scale = 2``         a setting
``drop lanes[from_region=china]``      rows go
``append contracts like old: contract=new, strike_max_usd_per_kg=90``   a copy of a row, with other cells
``append plants like old: plant=new, name="Mine, second shaft"``        the same; a value with commas in quotes
=====================================  ==================================================================

Conditions of a filter (``=``, ``!=``, ``<``, ``<=``, ``>``, ``>=``) are joined by commas; values that will all do, by
``|``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from optimizer.display import Public
from optimizer.errors import SettingError

_CONDITION = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*(!=|<=|>=|=|<|>)\s*(.*?)\s*")
_TARGET = re.compile(r"([A-Za-z_]+)\[([^\]]*)\](?:\.([A-Za-z_][A-Za-z0-9_]*))?")
_OPERATOR = re.compile(r"[*/+-]?=")
_CELL = re.compile(r'\s*([^\s=,][^=,]*?)\s*=\s*(?:"([^"]*)"|([^,]*?))\s*(?:,|$)')
OPERATORS = ("=", "*=", "/=", "+=", "-=")


@dataclass(frozen=True)
class Condition:
    """One condition on a column: ``values`` any of which will do, as text."""

    column: str
    sign: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Target:
    """What a change is about: a path (``table.key.column`` or a setting), or rows of a table by ``conditions``."""

    path: str
    table: str = ""
    conditions: tuple[Condition, ...] = ()
    column: str = ""

    @property
    def filtered(self) -> bool:
        """Whether rows are picked by a filter."""
        return bool(self.table)


@dataclass(frozen=True)
class Change(metaclass=Public):
    """One change: ``action`` is an operator, ``drop`` or ``append``; ``value`` its right-hand side, as text.

    For ``append``, ``target`` is the row to copy (or just a table) and ``cells`` what the new row has of its own.
    """

    text: str
    action: str
    target: Target
    value: str = ""
    cells: tuple[tuple[str, str], ...] = ()


def parse_change(text: str) -> Change:
    """Read one change from its ``text``. Raises SettingError if it is not one.

    >>> parse_change("plants[region=us|australia, capex_musd>100].capex_musd *= 1.2").target.conditions[0].values
    ('us', 'australia')
    >>> parse_change("programmes.nds.budget_musd=600").action
    '='
    >>> parse_change('append plants like mine: plant=second, name="Mine, second shaft"').cells[1]
    ('name', 'Mine, second shaft')
    """
    words = text.strip()
    first, _, rest = words.partition(" ")
    if first == "drop" and rest.strip():
        return Change(text, "drop", _target(text, rest.strip()))
    if first == "append" and rest.strip():
        return _appended(text, rest.strip())
    inside = re.sub(r"\[[^\]]*\]", lambda found: " " * len(found.group()), words)
    sign = _OPERATOR.search(inside)
    if sign is None or not words[: sign.start()].strip() or not words[sign.end() :].strip():
        raise SettingError(
            f"'{text}' is not a change. Write PATH=VALUE, e.g. scenarios.paths=64 or plants[region=us].capex_musd*=1.2."
        )
    return Change(text, sign.group(), _target(text, words[: sign.start()].strip()), words[sign.end() :].strip())


def _target(text: str, words: str) -> Target:
    found = _TARGET.fullmatch(words)
    if found is None:
        if "[" in words or "]" in words:
            raise SettingError(f"'{text}': write TABLE[column=value, …].column, e.g. plants[region=us].capex_musd.")
        return Target(words)
    table, inside, column = found.groups()
    conditions = tuple(_condition(text, part) for part in inside.split(",") if part.strip())
    return Target(words, table, conditions, column or "")


def _condition(text: str, words: str) -> Condition:
    found = _CONDITION.fullmatch(words)
    if found is None or not found.group(3):
        raise SettingError(f"'{text}': '{words.strip()}' is not a condition. Write column=value.")
    column, sign, value = found.groups()
    return Condition(column, sign, tuple(one.strip() for one in value.split("|")))


def _appended(text: str, words: str) -> Change:
    head, colon, rest = words.partition(":")
    table, _, key = (part.strip() for part in head.partition(" like "))
    if not colon or not table or " " in table:
        raise SettingError(f"'{text}': write append TABLE like KEY: column=value, column=value.")
    cells, place = [], 0
    while place < max(len(rest), 1):
        found = _CELL.match(rest, place)
        if found is None:
            raise SettingError(f"'{text}': '{rest[place:].partition(',')[0].strip()}' is not column=value.")
        column, quoted, plain = found.groups()
        cells.append((column, plain if quoted is None else quoted))
        place = found.end()
    return Change(text, "append", Target(f"{table}.{key}" if key else table), cells=tuple(cells))
