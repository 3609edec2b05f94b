"""What Excel offers to whoever fills a sheet in: help at the header, drop-downs and bounds, all from the schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from pydantic.fields import FieldInfo

from optimizer.data.row import Row
from optimizer.data.schema import TABLES, Column
from optimizer.data.template import allowed_values, column_default

LONGEST_LIST = 255
"""Characters of a drop-down that states its words."""
LONGEST_MESSAGE = 255
LONGEST_TITLE = 32
"""Characters of the message that Excel shows for a value it refuses, and of its title; with more it opens no file."""
_AUTHOR = "optimizer"


def add_help(cell: Any, column: Column, example: str = "") -> None:
    """A comment at a column name: what it means, its unit, what is allowed, what a blank cell means, and an example."""
    from openpyxl.comments import Comment

    words = help_words(column) + (f"\nFor example: {example}" if example else "")
    cell.comment = Comment(words, _AUTHOR, width=320, height=40 + 18 * (len(words) // 42 + words.count("\n") + 1))


def help_words(column: Column) -> str:
    """The help of a column.

    >>> print(help_words(TABLES["programmes"].columns[3]))
    Size of the pot, present value at the public rate.
    Unit: musd
    Kind: number
    Allowed: 0 to 1,000,000
    Blank: not allowed
    """
    allowed = _plain(allowed_values(column))
    lines = [column.words]
    if column.unit:
        lines.append(f"Unit: {column.unit}")
    lines.append(f"Kind: {column.kind}{', several separated by ;' if column.kind == 'list' else ''}")
    if allowed:
        lines.append(f"Allowed: {allowed}")
    blank = "not allowed" if column.required else f"means {_plain(column_default(column))}"
    lines.append(f"Blank: {blank}".replace("means blank", "allowed"))
    return "\n".join(lines)


def refusal_words(column: Column) -> str:
    """What Excel says to a value it refuses: what is allowed first, then the meaning as far as there is room.

    >>> refusal_words(TABLES["plants"].columns[0])
    'Kind: text\\nBlank: not allowed\\nShort name of the plant, used as its key.'
    """
    meaning, *rules = help_words(column).split("\n")
    words = "\n".join([*rules, meaning])
    return words if len(words) <= LONGEST_MESSAGE else f"{words[: LONGEST_MESSAGE - 1]}…"


def add_drop_down(sheet: Any, letter: str, rows: int, column: Column, tables: Mapping[str, tuple[Row, ...]]) -> None:
    """What cells of a column may hold: a drop-down of words or of the keys of another sheet, or bounds."""
    from openpyxl.worksheet.datavalidation import DataValidation

    rule = _rule(column, tables)
    if rule is None:
        return
    validation = DataValidation(**rule, allow_blank=not column.required, showErrorMessage=True)
    validation.errorTitle = column.name[:LONGEST_TITLE]
    validation.error = refusal_words(column)
    validation.add(f"{letter}2:{letter}{rows + 1}")
    sheet.add_data_validation(validation)


def _rule(column: Column, tables: Mapping[str, tuple[Row, ...]]) -> dict[str, str] | None:
    if column.kind == "reference":
        if column.refers_to not in tables:
            return None
        target = TABLES[column.refers_to]
        names = [one.name for one in target.columns]
        if names[0] != target.key[0]:
            return None
        keys = f"{column.refers_to}!$A$2:$A${len(tables[column.refers_to]) + 1_000}"
        # Words such as any stand in no sheet: those are warned of and may be kept.
        return {"type": "list", "formula1": keys, "errorStyle": "warning" if column.allows else "stop"}
    words = ("yes", "no") if column.kind == "flag" else (*column.choices, *column.allows)
    listed = f'"{",".join(words)}"'
    if column.kind in ("choice", "flag") and len(listed) <= LONGEST_LIST:
        return {"type": "list", "formula1": listed, "errorStyle": "stop"}
    if column.kind in ("number", "integer") and not column.allows:
        return _bounds(column)
    return None


def _bounds(column: Column) -> dict[str, str] | None:
    kind = "decimal" if column.kind == "number" else "whole"
    low, high = column.minimum, column.maximum
    if low is not None and high is not None:
        limits = {"operator": "between", "formula1": f"{low:.15g}", "formula2": f"{high:.15g}"}
    elif low is not None:
        limits = {"operator": "greaterThanOrEqual", "formula1": f"{low:.15g}"}
    elif high is not None:
        limits = {"operator": "lessThanOrEqual", "formula1": f"{high:.15g}"}
    else:
        return None
    return {"type": kind, **limits, "errorStyle": "stop"}


def add_choices_of_settings(sheet: Any, row: int, field: FieldInfo) -> None:
    """A drop-down for a setting that is one of few words, or yes or no."""
    from openpyxl.worksheet.datavalidation import DataValidation

    words = [word for word in get_args(field.annotation) if isinstance(word, str)]
    if field.annotation is bool:
        words = ["yes", "no"]
    if words:
        validation = DataValidation(type="list", formula1=f'"{",".join(words)}"', allow_blank=True)
        validation.add(f"B{row}")
        sheet.add_data_validation(validation)


def default_word(default: Any) -> Any:
    """The default of a setting as the sheet shows it."""
    if isinstance(default, bool):
        return "yes" if default else "no"
    return "blank" if default == "" else default


def column_reference() -> tuple[list[str], list[list[str]]]:
    """Column names and rows of the sheet that explains every column of every table."""
    names = ["table", "column", "required", "kind", "unit", "allowed", "default", "meaning"]
    lines = []
    for table in TABLES.values():
        for column in table.all_columns:
            required = "yes" if column.required else "no"
            default = "" if column.required else _plain(column_default(column))
            allowed = _plain(allowed_values(column))
            lines.append([table.name, column.name, required, column.kind, column.unit, allowed, default, column.words])
    return names, lines


def _plain(text: str) -> str:
    return text.replace("`", "").replace(".csv", "")
