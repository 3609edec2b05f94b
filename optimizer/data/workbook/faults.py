"""What is wrong with a workbook, said with sheet and cell where a CSV file would have file and row."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from optimizer.data.schema import TABLES
from optimizer.data.settings_file import FILE
from optimizer.errors import Fault

SETTINGS = "settings"
"""The sheet with the settings."""

_FILES = re.compile(r"\b(" + "|".join(TABLES) + r")\.csv\b")
_OF_HEADER = frozenset({"duplicate-column", "unknown-column", "missing-column"})


class WorkbookError(Exception):
    """A workbook that cannot be read at all: the problem and the remedy."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


@dataclass(frozen=True)
class Layout:
    """Where on a sheet things stand: the row of the header, the letter of each column; of settings, the row of each."""

    sheet: str
    header_row: int = 1
    letters: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)


def placed(fault: Fault, layouts: Mapping[str, Layout], workbook: str) -> Fault:
    """A fault whose place is a sheet and a cell of the workbook, and whose words speak of sheets.

    >>> from optimizer.data.rules import fault
    >>> found = fault("bounds", "plants", "is below 0", "Give at least 0.", row=7, column="capex_musd", value="-1")
    >>> str(placed(found, {"plants": Layout("plants", 1, {"capex_musd": "F"})}, "case.xlsx"))
    "plants!F7, capex_musd: '-1' is below 0. Give at least 0."
    """
    fault = replace(fault, problem=_words(fault.problem), remedy=_words(fault.remedy))
    if fault.place:
        return fault
    layout = layouts.get(fault.table)
    if layout is None:
        known = fault.table in TABLES or fault.table == FILE
        sheet = SETTINGS if fault.table == FILE else fault.table
        return replace(fault, place=f"{workbook}, sheet {sheet}" if known else workbook)
    if fault.table == FILE:
        row, letter = layout.rows.get(fault.column, 0), layout.letters.get("value", "")
    else:
        row = layout.header_row if fault.check in _OF_HEADER else fault.row
        letter = layout.letters.get(fault.column or fault.value, "") if row else ""
    cell = f"!{letter}{row}" if row and letter else f" row {row}" if row else ""
    place = f"{layout.sheet}{cell}" if cell.startswith("!") else f"{workbook}, sheet {layout.sheet}{cell}"
    return replace(fault, place=place)


def _words(text: str) -> str:
    return _FILES.sub(r"sheet \1", text).replace(FILE, f"sheet {SETTINGS}")
