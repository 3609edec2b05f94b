"""The first sheet of a blank workbook: which sheet to fill in after which, and how far one has come."""

from __future__ import annotations

from typing import Any

from optimizer.data.guide.steps import OTHERS, STEPS
from optimizer.data.schema import TABLES
from optimizer.data.workbook.faults import SETTINGS
from optimizer.data.workbook.pages import put, put_header, set_widths

_HEADER = ["step", "sheet", "rows", "what goes in", "what it means to leave it empty"]
_FIRST = 4
"""Row of the first step."""
_NEEDED = "cannot be left empty"
_LATER = "may stay empty"


def fill_start(sheet: Any, last_row: int, notes: tuple[str, ...]) -> None:
    """Fill in the sheet: the steps, with a count of the rows down to ``last_row`` kept by Excel, and ``notes`` below.

    The counts are the only formulas in it. It is not read when the case is.
    """
    from openpyxl.styles import Alignment, Font

    put(sheet, 1, 1, "Start here: fill in the sheets in this order").font = Font(bold=True, size=14)
    last = _FIRST + len(STEPS)
    # The first sheet that is still without rows.
    sheet.cell(2, 1).value = (
        f'="Next: "&IFERROR("sheet "&INDEX(B{_FIRST}:B{last},MATCH(0,C{_FIRST}:C{last},0)),'
        f'"save, and run optimizer check on this file")'
    )
    put_header(sheet, _FIRST - 1, _HEADER)
    lines = [(SETTINGS, "Title and question of the case, its years, discount rates; the rest has defaults.", _NEEDED)]
    lines += [(step.table, TABLES[step.table].words, step.if_empty or _NEEDED) for step in STEPS]
    lines += [(name, TABLES[name].words, _LATER) for name in OTHERS]
    for row, (name, words, if_empty) in enumerate(lines, start=_FIRST):
        is_step = row <= last
        put(sheet, row, 1, row - _FIRST + 1 if is_step else "later")
        link = put(sheet, row, 2, name)
        link.hyperlink = f"#'{name}'!A1"
        link.font = Font(color="1F4E9E", underline="single", bold=if_empty == _NEEDED)
        sheet.cell(row, 3).value = f"=COUNTA('{name}'!$A$2:$A${last_row})"
        put(sheet, row, 4, words)
        put(sheet, row, 5, if_empty)
        for column in (4, 5):
            sheet.cell(row, column).alignment = Alignment(wrap_text=True, vertical="top")
    below = _FIRST + len(lines) + 1
    for row, line in enumerate(notes, start=below):
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=5)
        put(sheet, row, 1, line).alignment = Alignment(wrap_text=True, vertical="top")
        sheet.row_dimensions[row].height = 15 * (1 + len(line) // 130)
    sheet.freeze_panes = f"A{_FIRST}"
    set_widths(sheet, [8, 20, 8, 70, 40])
