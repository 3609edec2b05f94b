"""Input cells as an explanation names them: file, row, column, value and unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from optimizer.data import Case
from optimizer.data.cells import cell_text
from optimizer.data.schema import TABLES
from optimizer.data.tables import key_word
from optimizer.data.workbook.naming import is_workbook_name


@dataclass(frozen=True)
class InputCell:
    """One figure of the inputs. ``row`` is the line in the file, ``path`` what ``--set`` calls the figure."""

    table: str
    row: int
    column: str
    value: str
    unit: str
    path: str
    in_workbook: bool = False

    def __str__(self) -> str:
        """``programmes.csv row 2, budget_musd: 500 musd``"""
        place = f"sheet {self.table}" if self.in_workbook else f"{self.table}.csv"
        return f"{place} row {self.row}, {self.column}: {self.value} {self.unit}".rstrip()


def input_cell(case: Case, table: str, key: tuple[Any, ...], column: str) -> InputCell:
    """The cell in the row of a table with this key.

    >>> from optimizer import read_case
    >>> print(input_cell(read_case("mp-materials"), "programmes", ("dod_equity",), "budget_musd"))
    programmes.csv row 2, budget_musd: 400 musd
    """
    row = case.row(table, *key)
    declared = next(one for one in TABLES[table].all_columns if one.name == column)
    path, value, unit = f"{table}.{'/'.join(key_word(part) for part in key)}.{column}", row[column], declared.unit
    if (table, column) == ("targets", "level"):
        unit = "days" if row.kind == "days_of_cover" else "share"
    text = plain_number(value) if isinstance(value, float) else cell_text(declared, value)
    in_workbook = any(is_workbook_name(name) for name in case.fingerprints)
    return InputCell(table, row.row_number, column, text, unit, path, in_workbook)


def plain_number(value: float) -> str:
    """A figure as a person would type it.

    >>> plain_number(70.0), plain_number(0.715), plain_number(12345.0)
    ('70', '0.715', '12345')
    """
    return f"{round(value, 6):.10g}"
