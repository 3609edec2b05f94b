"""One cell: from text (or a Python value) to a typed value, and back to text.

The parser is our own because general ones guess: they read ``1_000`` as 1000, ``٣٤`` as 34, ``NA`` as missing and
``1e400`` as infinity.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from numbers import Integral, Real
from typing import Any

import numpy as np

from optimizer.data.nearest import allowed_words
from optimizer.data.schema import Column

LONGEST_TEXT = 10_000
_LONGEST_NUMBER = 64
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_INTEGER = re.compile(r"[+-]?[0-9]+")
_PERIOD = re.compile(r"(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])")
_PLAIN = "Write digits with a dot for decimals, e.g. 1250.5: no separators, units or signs such as % or $."


class CellError(Exception):
    """A cell that cannot be read: the rule it breaks, the problem and the remedy."""

    def __init__(self, rule: str, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.rule = rule
        self.problem = problem
        self.remedy = remedy


def parse_cell(column: Column, text: str) -> Any:
    """Value of a cell, by the column's kind. A blank optional cell is the declared default; ``none`` is None.

    Raises ``CellError``. References are only resolved later, when all tables are read.

    >>> from optimizer.data.schema import Column
    >>> parse_cell(Column("capex_musd", "number", "", minimum=0.0), " 120.5 ")
    120.5
    >>> parse_cell(Column("budget_musd", "number", "", allows=("none",)), "none") is None
    True
    >>> parse_cell(Column("start_years", "list", "", items="integer"), "2027; 2029")
    (2027, 2029)
    >>> parse_cell(Column("capex_musd", "number", ""), "1_000")
    Traceback (most recent call last):
    optimizer.data.cells.CellError: is not a number
    """
    if "\n" in text or "\r" in text:
        raise CellError("text-cell", "has a line break", "Write the cell on one line.")
    text = text.strip()
    if text == "":
        return _blank(column)
    if text in column.allows:
        return _word(column, text)
    return _PARSERS[column.kind](column, text)


def _blank(column: Column) -> Any:
    if column.required:
        words = f" or the word {' or '.join(column.allows)}" if column.allows else ""
        raise CellError("blank-cell", "is blank", f"Give {_expected(column)}{words}.")
    default = column.default
    return _word(column, default) if isinstance(default, str) and default in column.allows else default


def _word(column: Column, word: str) -> Any:
    if word == "none":
        return None
    return (word,) if column.kind == "list" else word


def _expected(column: Column) -> str:
    kinds = {
        "text": "some text",
        "number": "a number",
        "integer": "a whole number",
        "flag": "yes or no",
        "choice": "one of " + ", ".join(column.choices),
        "reference": f"a key of {column.refers_to}.csv",
        "list": "a list separated by semicolons",
        "period": "a month as YYYY-MM",
    }
    return kinds[column.kind]


def _text(column: Column, text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise CellError("text-cell", f"has {len(text):,} characters", f"Shorten it to at most {LONGEST_TEXT:,}.")
    if not text.isprintable():
        for letter in text:
            if unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"}:
                raise CellError("text-cell", f"has the control character U+{ord(letter):04X}", "Remove it.")
    return text


def parse_number(text: str) -> float:
    """A finite decimal number in plain ASCII digits.

    >>> parse_number("-1.5e3")
    -1500.0
    """
    if len(text) > _LONGEST_NUMBER or _NUMBER.fullmatch(text) is None:
        raise CellError("number-cell", "is not a number", _PLAIN)
    value = float(text)
    if not math.isfinite(value):
        raise CellError("number-cell", "is too large to be a number", "Give a finite number.")
    return value


def parse_integer(text: str) -> int:
    """A whole number in plain ASCII digits.

    >>> parse_integer("2027")
    2027
    """
    if len(text) > _LONGEST_NUMBER or _INTEGER.fullmatch(text) is None:
        raise CellError("integer-cell", "is not a whole number", "Write digits only, e.g. 2027.")
    return int(text)


def _number(column: Column, text: str) -> float:
    return float(_bounded(column, parse_number(text)))


def _integer(column: Column, text: str) -> int:
    return int(_bounded(column, parse_integer(text)))


def _bounded(column: Column, value: float) -> float:
    unit = f" {column.unit}" if column.unit else ""
    if column.minimum is not None and value < column.minimum:
        raise CellError(
            "bounds", f"is below the minimum {column.minimum:g}", f"Give at least {column.minimum:g}{unit}."
        )
    if column.maximum is not None and value > column.maximum:
        raise CellError("bounds", f"is above the maximum {column.maximum:g}", f"Give at most {column.maximum:g}{unit}.")
    return value


def _flag(column: Column, text: str) -> bool:
    if text not in {"yes", "no"}:
        raise CellError("flag-cell", "is neither yes nor no", "Write yes or no in small letters.")
    return text == "yes"


def _choice(column: Column, text: str) -> str:
    if text not in column.choices:
        raise CellError("choice-cell", "is not allowed", allowed_words(text, (*column.choices, *column.allows)))
    return text


def _list(column: Column, text: str) -> tuple[Any, ...]:
    items = [item.strip() for item in text.split(";")]
    if "" in items:
        raise CellError("list-cell", "has a blank item", "Remove the surplus semicolon.")
    values = [_whole_item(item) if column.items == "integer" else _text(column, item) for item in items]
    if len(set(values)) < len(values):
        raise CellError("list-cell", "names an item twice", "List each once.")
    if any(word in items for word in column.allows):
        raise CellError("list-cell", f"mixes {' or '.join(column.allows)} with names", "Give the word alone, or names.")
    return tuple(values)


def _whole_item(text: str) -> int:
    try:
        return parse_integer(text)
    except CellError as problem:
        raise CellError(problem.rule, problem.problem, "Write whole numbers with semicolons, e.g. 2027;2028.") from None


def _period(column: Column, text: str) -> str:
    if _PERIOD.fullmatch(text) is None:
        raise CellError("period-cell", "is not a month", "Write it as YYYY-MM, e.g. 2026-03.")
    return text


_PARSERS: dict[str, Callable[[Column, str], Any]] = {
    "text": _text,
    "number": _number,
    "integer": _integer,
    "flag": _flag,
    "choice": _choice,
    "reference": _text,
    "list": _list,
    "period": _period,
}


def cell_text(column: Column, value: Any) -> str:
    """A cell as it is written in a file, from a typed value or from what a user hands in.

    ``parse_cell(column, cell_text(column, value))`` is the value again. None is the word ``none`` where the column
    allows it and blank elsewhere; a value that is not a number (NaN, as pandas marks missing cells) is blank.

    >>> from optimizer.data.schema import Column
    >>> cell_text(Column("start_years", "list", "", items="integer"), (2027, 2029))
    '2027;2029'
    >>> cell_text(Column("covered", "flag", ""), True)
    'yes'
    """
    if isinstance(value, str):
        return value
    if value is None:
        return "none" if "none" in column.allows else ""
    if isinstance(value, (bool, np.bool_)):
        return _flag_text(column, bool(value))
    if isinstance(value, (tuple, list)):
        return ";".join(_item_text(column, item) for item in value)
    return _item_text(column, value)


def _flag_text(column: Column, value: bool) -> str:
    if column.kind != "flag":
        return "true" if value else "false"
    return "yes" if value else "no"


def _item_text(column: Column, value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, np.bool_)):
        return _flag_text(column, bool(value))
    if isinstance(value, Integral):
        if abs(value) >= 10**_LONGEST_NUMBER:
            raise CellError("bounds", "is too large", f"Give {_expected(column)}.")
        return str(int(value))
    if isinstance(value, Real):
        number = float(value)
        if math.isnan(number):
            return ""
        whole = column.kind in {"integer", "list"} and number.is_integer()
        return str(int(number)) if whole else repr(number)
    if type(value).__name__ in {"NAType", "NaTType"}:
        return ""
    raise CellError("text-cell", f"is a {type(value).__name__}", f"Give {_expected(column)}.")
