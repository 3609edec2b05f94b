"""Typed rows from sheets: columns recognised, cells read, keys unique; every fault collected."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from optimizer.data.cells import CellError, cell_text, parse_cell
from optimizer.data.nearest import allowed_words
from optimizer.data.row import Row
from optimizer.data.rules import fault
from optimizer.data.schema import Column, Table
from optimizer.data.sheets import Sheet
from optimizer.errors import Fault

KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
RESERVED_KEYS = frozenset({"none", "any", "strike"})
MOST_FAULTS = 1_000


def typed_rows(sheet: Sheet, table: Table) -> tuple[tuple[Row, ...], list[Fault]]:
    """Rows of a table with typed values, in the order of the sheet and with every declared column; and all faults.

    Rows with a fault are left out of the result.
    """
    faults = _header_faults(sheet, table)
    position = {name: at for at, name in reversed(list(enumerate(sheet.header)))}
    present = [(column, position.get(column.name)) for column in table.all_columns]
    rows: list[Row] = []
    seen: dict[tuple[Any, ...], int] = {}
    for number, cells in sheet.lines:
        values: dict[str, Any] = {}
        found: list[Fault] = []
        for column, at in present:
            if at is None and column.required:
                continue
            try:
                values[column.name] = parse_cell(column, "" if at is None else cell_text(column, cells[at]))
            except CellError as problem:
                raw = "" if at is None else _raw(cells[at])
                found.append(_cell_fault(problem, table.name, number, column.name, raw))
        if not found and len(values) == len(present):
            found = [*_range_faults(values, table, number), *_key_faults(values, table, number, seen)]
            rows.append(Row(values, row_number=number))
        faults.extend(found)
        if len(faults) > MOST_FAULTS:
            problem_text = f"has more than {MOST_FAULTS:,} faults; reading stopped here"
            faults.append(fault("too-many-faults", table.name, problem_text, "Correct these first.", row=number))
            break
    return tuple(rows), faults


def _raw(value: Any) -> str:
    return value if isinstance(value, str) else repr(value)


def _cell_fault(problem: CellError, table: str, row: int, column: str, value: str) -> Fault:
    return fault(problem.rule, table, problem.problem, problem.remedy, row=row, column=column, value=value.strip())


def _header_faults(sheet: Sheet, table: Table) -> list[Fault]:
    known = {column.name: column for column in table.all_columns}
    faults: list[Fault] = []
    for at, name in enumerate(sheet.header):
        if name in sheet.header[:at]:
            problem = "appears twice in the header"
            faults.append(fault("duplicate-column", table.name, problem, "Keep one.", row=1, column=name[:60]))
        elif name not in known:
            unused = [column for column in known if column not in sheet.header]
            remedy = allowed_words(name, unused or known)
            problem = "is not a column of this table" if name else "a column has no name"
            faults.append(fault("unknown-column", table.name, problem, remedy, row=1, value=name))
    for column in known.values():
        if column.required and column.name not in sheet.header:
            unit = f" [{column.unit}]" if column.unit else ""
            remedy = f"Add the column {column.name}{unit}: {column.words}"
            faults.append(fault("missing-column", table.name, "is missing", remedy, row=1, column=column.name))
    return faults


def _range_faults(values: dict[str, Any], table: Table, row: int) -> list[Fault]:
    faults: list[Fault] = []
    for column in table.columns:
        if not column.ranged:
            continue
        names = (f"{column.name}_low", column.name, f"{column.name}_high")
        stated = [(name, values[name]) for name in names if isinstance(values[name], float | int)]
        for (below, low), (above, high) in pairwise(stated):
            if low > high:
                problem = f"is above {above} {high:g}"
                remedy = "A low value is at most the value, and the value at most the high value."
                faults.append(
                    fault("range-order", table.name, problem, remedy, row=row, column=below, value=f"{low:g}")
                )
    return faults


def _key_faults(values: dict[str, Any], table: Table, row: int, seen: dict[tuple[Any, ...], int]) -> list[Fault]:
    faults: list[Fault] = []
    for column in table.columns:
        if column.name not in table.key or column.kind != "text":
            continue
        word = values[column.name]
        if KEY.fullmatch(word) is None or word in RESERVED_KEYS:
            remedy = "Use 1 to 64 letters, digits, _ . and -, starting with a letter or digit; not none, any or strike."
            faults.append(
                fault("key-characters", table.name, "cannot be a key", remedy, row=row, column=column.name, value=word)
            )
    key = tuple(values[name] for name in table.key)
    first = seen.setdefault(key, row)
    if first != row:
        problem = f"has the same key as row {first}"
        remedy = f"{', '.join(table.key)} together must be unique."
        shown = "/".join(key_word(part) for part in key)
        faults.append(fault("duplicate-key", table.name, problem, remedy, row=row, column=table.key[-1], value=shown))
    return faults


def key_word(part: Any) -> str:
    """One part of a key as text: None is the word none.

    >>> key_word(None), key_word(2)
    ('none', '2')
    """
    return "none" if part is None else str(part)


def key_columns(table: Table) -> tuple[Column, ...]:
    """Columns of the key, in key order."""
    by_name = {column.name: column for column in table.columns}
    return tuple(by_name[name] for name in table.key)
