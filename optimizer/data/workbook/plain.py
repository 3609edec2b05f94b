"""A sheet as rows of text, for whoever reads a list that is no table of the format."""

from __future__ import annotations

from optimizer.data.cells import CellError
from optimizer.data.workbook.book import read_book
from optimizer.data.workbook.faults import WorkbookError
from optimizer.data.workbook.grid import letters
from optimizer.data.workbook.naming import NOTES
from optimizer.data.workbook.table_sheet import cell_text_of, is_blank

LARGEST_LIST = 5_000_000
"""Cells of the rectangle that a list fills."""


def first_sheet_rows(data: bytes) -> list[list[str]]:
    """The rows of the first sheet whose name does not begin with notes: row 1 first, all as long as the longest.

    Raises ``WorkbookError`` for a workbook or a cell that cannot be read.
    """
    sheets = [sheet for sheet in read_book(data) if not sheet.name.casefold().startswith(NOTES)]
    if not sheets:
        raise WorkbookError("has no sheet", "Give the list on the first sheet.")
    sheet = sheets[0]
    cells = {
        (row, column): value
        for row, line in sheet.grid.cells.items()
        for column, value in line.items()
        if not is_blank(value)
    }
    height, width = (max((place[axis] for place in cells), default=0) for axis in (0, 1))
    if height * width > LARGEST_LIST:
        raise WorkbookError(f"has a list of {height:,} rows and {width:,} columns", "Remove stray cells far from it.")
    rows = [[""] * width for _ in range(height)]
    for (row, column), value in cells.items():
        try:
            rows[row - 1][column - 1] = cell_text_of("flag", value)
        except CellError as problem:
            raise WorkbookError(f"{sheet.name}!{letters(column)}{row}: {problem.problem}", problem.remedy) from problem
    return rows
