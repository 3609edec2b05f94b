"""Rows of a table that meet conditions, such as ``[region=us, capex_musd>100]``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import ge, gt, le, lt
from typing import Any

from optimizer.data.cells import CellError, cell_text, parse_number
from optimizer.data.nearest import allowed_words
from optimizer.data.schema import Column, Table
from optimizer.errors import SettingError
from optimizer.whatif.grammar import Condition

ORDER: dict[str, Callable[[float, float], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}


def picked(
    text: str, table: Table, rows: Sequence[dict[str, Any]], conditions: Sequence[Condition]
) -> list[dict[str, Any]]:
    """Rows that meet all conditions (all rows, without any). Raises SettingError if there is none; ``text`` says where.

    A cell that is a list meets ``=`` if one of its words does.
    """
    columns = {column.name: column for column in table.all_columns}
    left = list(rows)
    for condition in conditions:
        column = columns.get(condition.column)
        if column is None:
            remedy = allowed_words(condition.column, columns)
            raise SettingError(f"{text}: {table.name} has no column '{condition.column}'. {remedy}")
        kept = [row for row in left if _meets(text, column, row[column.name], condition)]
        if not kept:
            raise SettingError(
                f"{text}: no row of {table.name} has {_words(condition)}. {_present(column, left, condition)}"
            )
        left = kept
    if not left:
        raise SettingError(f"{text}: {table.name} has no rows.")
    return left


def _words(condition: Condition) -> str:
    return f"{condition.column}{condition.sign}{'|'.join(condition.values)}"


def _present(column: Column, rows: Sequence[dict[str, Any]], condition: Condition) -> str:
    words = {word for row in rows for word in _cell_words(column, row[column.name])}
    return allowed_words(condition.values[0], words).replace("Allowed:", "There are:")


def _cell_words(column: Column, value: Any) -> list[str]:
    if isinstance(value, tuple):
        return [str(one) for one in value]
    return ["none" if value is None else cell_text(column, value)]


def _meets(text: str, column: Column, value: Any, condition: Condition) -> bool:
    if condition.sign in ORDER:
        if column.kind not in ("number", "integer"):
            raise SettingError(f"{text}: {column.name} is not a number and cannot be compared by {condition.sign}.")
        compare = ORDER[condition.sign]
        return isinstance(value, int | float) and all(compare(value, _number(text, one)) for one in condition.values)
    words = _cell_words(column, value)
    equal = any(_same(column, word, one) for word in words for one in condition.values)
    return equal if condition.sign == "=" else not equal


def _same(column: Column, word: str, asked: str) -> bool:
    if column.kind in ("number", "integer"):
        try:
            return parse_number(word) == parse_number(asked)
        except CellError:
            return word == asked
    return word == asked


def _number(text: str, word: str) -> float:
    try:
        return parse_number(word)
    except CellError as problem:
        raise SettingError(f"{text}: '{word}' {problem.problem}. {problem.remedy}") from None
