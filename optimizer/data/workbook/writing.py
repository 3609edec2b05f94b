"""Writing a case, or a blank one to be filled in, as a workbook."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from optimizer.data.cells import cell_text
from optimizer.data.guide.example import TABLE_TEXTS, example_rows
from optimizer.data.guide.steps import STEPS, other_columns, usual_columns
from optimizer.data.row import Row
from optimizer.data.schema import TABLES, Column, Table
from optimizer.data.sheets import sheet_of_text
from optimizer.data.tables import typed_rows
from optimizer.data.workbook.faults import SETTINGS
from optimizer.data.workbook.help import (
    add_choices_of_settings,
    add_drop_down,
    add_help,
    column_reference,
    default_word,
)
from optimizer.data.workbook.naming import COLUMNS, NOTES, START
from optimizer.data.workbook.pages import (
    book_bytes,
    new_book,
    put,
    put_header,
    require_new_file,
    require_rows,
    set_widths,
    write_new_file,
)
from optimizer.data.workbook.settings_sheet import SETTING, VALUE, setting_fields, setting_rows
from optimizer.data.workbook.start_sheet import fill_start
from optimizer.data.writing import stated_columns
from optimizer.settings import Settings

SPARE_ROWS = 2_000
"""Rows below the last one that have drop-downs too."""
_TEXT = "@"
_TABS = {(True, True): "1F4E9E", (False, True): "9DB7DE", (False, False): None}
"""Colour of a sheet's tab by whether the table is needed, and whether most cases have it."""
_NEEDED = frozenset(step.table for step in STEPS if step.is_needed)
_AS_TEXT = ("text", "period", "list", "reference", "choice", "flag")

_NOTES = (
    "How to fill this workbook in",
    "",
    "One sheet per table, one row per thing; column names stand in the first row and are not changed. The sheet "
    "settings has one setting per row.",
    "Point at a column name to read what it means, its unit, what is allowed and what a blank cell means. Names in "
    "bold must be filled in. The sheet columns lists the same for all tables.",
    "Cells with a short list of allowed words, yes or no, or a key of another sheet have a drop-down.",
    "A limit that is deliberately absent is the word none; it is never left blank. Lists are separated by semicolons.",
    "Money is in million USD (musd) of the price year, mass in tonnes, prices in USD/kg: the unit stands in every "
    "column name. Write plain numbers, no units and no thousands separators.",
    "Every row states its source (keys of the sheet sources, or judgement) and its grade.",
    "Sheets of tables that are not needed may stay empty below their header, or be removed. Sheets whose name begins "
    f"with {NOTES} and the sheet {COLUMNS} are not read.",
    "Check the workbook with: optimizer check FILE.xlsx",
)


def write_workbook(path: str | Path, settings: Settings, tables: Mapping[str, tuple[Row, ...]]) -> None:
    """Write a case as a workbook that reads back as an equal case. OutputError if the file exists already."""
    require_new_file(path)
    values = setting_rows(settings)
    write_new_file(path, _case_book(values, {name: rows for name, rows in tables.items() if rows}))


def write_workbook_template(path: str | Path, values: Mapping[str, Any], texts: Mapping[str, str]) -> None:
    """Write a workbook with a sheet for every table and every setting: ``values`` of settings filled in, and tables of
    which ``texts`` has the CSV text. Usual columns come first. It opens at a sheet that says what to do.

    OutputError if the file exists already.
    """
    require_new_file(path)
    book = new_book()
    fill_start(book.create_sheet(START), SPARE_ROWS, _NOTES[1:])
    _fill_settings(book.create_sheet(SETTINGS), {name: values.get(name) for name, _ in setting_fields()})
    tables = {name: _rows_of(texts.get(name, ""), table) for name, table in TABLES.items()}
    for name, table in TABLES.items():
        usual = usual_columns(table)
        sheet = book.create_sheet(name)
        _fill_table(sheet, table, tables[name], tables, (*usual, *other_columns(table)), len(usual))
        sheet.sheet_properties.tabColor = _TABS[name in _NEEDED, name in TABLE_TEXTS]
    _fill_columns(book.create_sheet(COLUMNS))
    write_new_file(path, book_bytes(book))


def _rows_of(text: str, table: Table) -> tuple[Row, ...]:
    sheet = sheet_of_text(text, table.name)[0] if text else None
    return () if sheet is None else typed_rows(sheet, table)[0]


def _case_book(values: Mapping[str, Any], tables: Mapping[str, tuple[Row, ...]]) -> bytes:
    book = new_book()
    _fill_notes(book.create_sheet(NOTES))
    _fill_settings(book.create_sheet(SETTINGS), values)
    for name in TABLES:
        if name in tables:
            columns = stated_columns(TABLES[name], tables[name])
            _fill_table(book.create_sheet(name), TABLES[name], tables[name], tables, columns, len(columns))
    _fill_columns(book.create_sheet(COLUMNS))
    # It opens where there is something to do.
    book.active = 1
    return book_bytes(book)


def _fill_notes(sheet: Any) -> None:
    from openpyxl.styles import Alignment

    for row, line in enumerate(_NOTES, start=1):
        put(sheet, row, 1, line).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions["A"].width = 110


def _fill_settings(sheet: Any, values: Mapping[str, Any]) -> None:
    put_header(sheet, 1, [SETTING, VALUE, "default", "meaning"])
    for row, (path, field) in enumerate(setting_fields(), start=2):
        value = values[path]
        put(sheet, row, 1, path)
        put(sheet, row, 2, ("yes" if value else "no") if isinstance(value, bool) else value)
        put(sheet, row, 3, "required" if field.is_required() else default_word(field.default))
        put(sheet, row, 4, field.description)
        add_choices_of_settings(sheet, row, field)
    sheet.freeze_panes = "A2"
    set_widths(sheet, [28, 40, 14, 58])


def _fill_table(
    sheet: Any,
    table: Table,
    rows: tuple[Row, ...],
    others: Mapping[str, tuple[Row, ...]],
    columns: tuple[Column, ...],
    filled: int,
) -> None:
    """A table with these columns; only the first ``filled`` of them get the values of the rows."""
    from openpyxl.utils import get_column_letter

    require_rows(table.name, len(rows))
    example = next(iter(example_rows(table.name)), {})
    faint = frozenset(column.name for column in columns if not column.required)
    put_header(sheet, 1, [column.name for column in columns], faint=faint)
    for at, column in enumerate(columns, start=1):
        letter = get_column_letter(at)
        if column.kind in _AS_TEXT:
            # Excel would make a date of a month, and a number of a list of one year.
            sheet.column_dimensions[letter].number_format = _TEXT
        add_help(sheet.cell(1, at), column, example.get(column.name, ""))
        add_drop_down(sheet, letter, len(rows) + SPARE_ROWS, column, others)
    widths = [len(column.name) for column in columns]
    for row, record in enumerate(rows, start=2):
        for at, column in enumerate(columns[:filled]):
            value = _stored(column, record[column.name])
            put(sheet, row, at + 1, value, _TEXT if isinstance(value, str) else "")
            widths[at] = max(widths[at], min(len(str(value)), 40))
    sheet.freeze_panes = "B2"
    set_widths(sheet, widths)


def _stored(column: Column, value: Any) -> str | float | int | None:
    """A number as a number, everything else as the text of a CSV file; nothing for blank."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    return cell_text(column, value) or None


def _fill_columns(sheet: Any) -> None:
    names, lines = column_reference()
    put_header(sheet, 1, names)
    for row, line in enumerate(lines, start=2):
        for at, text in enumerate(line, start=1):
            put(sheet, row, at, text)
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = f"A1:{chr(ord('A') + len(names) - 1)}{len(lines) + 1}"
    set_widths(sheet, [20, 30, 10, 10, 14, 40, 14, 58])
