"""One table from its sheet: cells become the text that a CSV file would have, and are then read by the same parser."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from optimizer.data.cells import CellError
from optimizer.data.rules import fault
from optimizer.data.schema import Table
from optimizer.data.sheets import Sheet
from optimizer.data.tables import MOST_FAULTS
from optimizer.data.workbook.faults import Layout
from optimizer.data.workbook.grid import CellValue, Grid, Unreadable, letters
from optimizer.errors import Fault

LARGEST_EXACT = 2**53
"""Up to here every whole number is a number of Excel."""


@dataclass(frozen=True)
class Header:
    """The first row with anything in it: its number, and names with their columns."""

    row: int
    columns: tuple[tuple[str, int], ...]

    @classmethod
    def of(cls, grid: Grid) -> Header:
        """The header of a sheet; row 0 if the sheet is blank. A column with cells and no name has a blank one."""
        filled = (number for number, cells in grid.cells.items() if not all(map(is_blank, cells.values())))
        row = next(filled, 0)
        if row == 0:
            return cls(0, ())
        used = {
            column
            for number, cells in grid.cells.items()
            for column, value in cells.items()
            if number >= row and not is_blank(value)
        }
        names = grid.cells[row]
        return cls(row, tuple((_name(names.get(column)), column) for column in sorted(used)))


def read_table_sheet(name: str, table: Table, grid: Grid) -> tuple[Sheet | None, list[Fault], Layout]:
    """A table from the cells of its sheet; None if it cannot be told; every fault of cells; and where columns stand.

    Rows with a cell that holds no value are left out of it.
    """
    header = Header.of(grid)
    at: dict[str, str] = {}
    for column_name, column in header.columns:
        # Of two columns of one name the later is the one too many.
        at[column_name] = letters(column)
    layout = Layout(name, header.row, at)
    if header.row == 0:
        remedy = "Give the column names in the first row, or remove the sheet."
        return None, [fault("workbook-sheet", name, "is empty", remedy)], Layout(name)
    faults = merged_faults(name, name, grid)
    kinds = {column.name: column.kind for column in table.all_columns}
    header_names = tuple(column_name for column_name, _ in header.columns)
    lines: list[tuple[int, tuple[str, ...]]] = []
    for number, cells in grid.cells.items():
        if number <= header.row or all(map(is_blank, cells.values())):
            continue
        line: list[str] = []
        found: list[Fault] = []
        for column_name, column in header.columns:
            try:
                line.append(cell_text_of(kinds.get(column_name, "text"), cells.get(column)))
            except CellError as problem:
                words = problem.problem, problem.remedy
                bad = fault(problem.rule, name, *words, row=number, column=column_name)
                found.append(replace(bad, place=f"{name}!{letters(column)}{number}"))
        if tuple(text.strip() for text in line) == header_names:
            found.append(fault("workbook-sheet", name, "repeats the header", "Remove this row.", row=number))
        if not found:
            lines.append((number, tuple(line)))
        faults.extend(found)
        if len(faults) > MOST_FAULTS:
            problem_text = f"has more than {MOST_FAULTS:,} faults; reading stopped here"
            faults.append(fault("too-many-faults", name, problem_text, "Correct these first.", row=number))
            break
    return Sheet(name, header_names, tuple(lines)), faults, layout


def merged_faults(table: str, sheet: str, grid: Grid) -> list[Fault]:
    """A fault for each range of merged cells: it is not told which row its value belongs to."""
    remedy = "Unmerge them and give every cell its value."
    return [
        replace(fault("workbook-cell", table, "cells are merged", remedy), place=f"{sheet}!{merged[:40]}")
        for merged in grid.merged[:MOST_FAULTS]
    ]


def is_blank(value: CellValue | None) -> bool:
    """Whether a cell holds nothing, or nothing but spaces."""
    return value is None or (isinstance(value, str) and value.strip() == "")


def cell_text_of(kind: str, value: CellValue | None) -> str:
    """A cell as the text that a CSV file would have, given the kind of its column. Raises ``CellError``.

    Excel has turned some of what was typed into something else: a month into the first day of it, a year into a number
    with decimals, ``yes`` into a word of its own.

    >>> cell_text_of("integer", 2027.0), cell_text_of("number", 0.1), cell_text_of("text", 2026.0)
    ('2027', '0.1', '2026')
    >>> cell_text_of("period", datetime(2026, 3, 1)), cell_text_of("flag", True)
    ('2026-03', 'yes')
    """
    if value is None:
        return ""
    if isinstance(value, Unreadable):
        raise CellError("workbook-cell", value.problem, value.remedy)
    if isinstance(value, bool):
        words = ("yes", "no") if kind == "flag" else ("TRUE", "FALSE")
        return words[0] if value else words[1]
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) <= LARGEST_EXACT else repr(value)
    if isinstance(value, datetime):
        return _date_text(kind, value)
    return value


def _date_text(kind: str, value: datetime) -> str:
    whole_day = (value.hour, value.minute, value.second) == (0, 0, 0)
    text = f"{value:%Y-%m-%d}" if whole_day else f"{value:%Y-%m-%d %H:%M:%S}"
    if kind == "period" and whole_day and value.day == 1:
        return f"{value:%Y-%m}"
    if kind == "text" and whole_day:
        return text
    remedy = (
        "Write the month as YYYY-MM." if kind == "period" else "Format the cell as text or number, and write it anew."
    )
    raise CellError("workbook-cell", f"is the date {text}", remedy)


def _name(value: CellValue | None) -> str:
    try:
        return cell_text_of("text", value).strip()
    except CellError:
        return ""
