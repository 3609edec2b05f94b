"""Reading a case from a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from optimizer.data.assembly import validated
from optimizer.data.case import Case
from optimizer.data.nearest import allowed_words, nearest
from optimizer.data.rules import fault
from optimizer.data.schema import TABLES
from optimizer.data.settings_file import FILE
from optimizer.data.sheets import Sheet, read_bytes
from optimizer.data.workbook.book import BookSheet, read_book
from optimizer.data.workbook.faults import SETTINGS, Layout, WorkbookError, placed
from optimizer.data.workbook.naming import COLUMNS, NOTES, is_workbook_name
from optimizer.data.workbook.settings_sheet import read_settings_sheet
from optimizer.data.workbook.table_sheet import read_table_sheet
from optimizer.errors import CaseError, Fault
from optimizer.settings import Settings


def read_workbook(path: Path) -> Case:
    """The case in a workbook. Raises ``CaseError`` listing every fault: sheet, cell, value, what is allowed."""
    if not is_workbook_name(path):
        found = fault("workbook-file", path.name, "is not an .xlsx file", "Save it as an Excel workbook (.xlsx).")
        raise CaseError([placed(found, {}, path.name)])
    data, faults = read_bytes(path, path.name)
    if data is None:
        raise CaseError([placed(one, {}, path.name) for one in faults])
    try:
        book = read_book(data)
    except WorkbookError as error:
        found = fault("workbook-file", path.name, error.problem, error.remedy)
        raise CaseError([placed(found, {}, path.name)]) from error
    settings, sheets, faults, layouts = _understood(book)
    hidden = [_hidden_sheet(sheet.name) for sheet in book if sheet.hidden and sheet.name in (SETTINGS, *TABLES)]
    try:
        settings, tables, warnings = validated(settings, {}, sheets, faults)
    except CaseError as error:
        raise CaseError([placed(one, layouts, path.name) for one in error.faults]) from None
    shown = tuple(placed(one, layouts, path.name) for one in (*hidden, *warnings))
    return Case(settings, tables, shown, {path.name: sha256(data).hexdigest()})


def _understood(
    book: Sequence[BookSheet],
) -> tuple[Settings | None, dict[str, Sheet | None], list[Fault], dict[str, Layout]]:
    settings: Settings | None = None
    sheets: dict[str, Sheet | None] = {}
    faults: list[Fault] = []
    layouts: dict[str, Layout] = {}
    unknown: list[str] = []
    for sheet in book:
        name = FILE if sheet.name == SETTINGS else sheet.name
        if name == FILE:
            settings, found, layouts[FILE] = read_settings_sheet(sheet.grid)
        elif name in TABLES:
            sheets[name], found, layouts[name] = read_table_sheet(name, TABLES[name], sheet.grid)
        elif name.casefold() == COLUMNS or name.casefold().startswith(NOTES):
            continue
        else:
            unknown.append(name)
            found = [_unknown_sheet(name)]
        faults.extend(found)
    for name in unknown:
        # A table under a wrong name is not absent: what refers to it cannot be judged.
        meant = nearest(name, [table for table in TABLES if table not in sheets])
        if meant is not None:
            sheets[meant] = None
    if FILE not in layouts:
        faults.append(fault("settings-file", FILE, "is missing", "optimizer template NEW.xlsx shows every setting."))
    return settings, sheets, faults, layouts


def _unknown_sheet(name: str) -> Fault:
    known = allowed_words(name, (SETTINGS, *TABLES))
    remedy = f"{known} Sheets with a name that begins with {NOTES} are not read."
    found = fault("workbook-sheet", name or "a sheet", "is not a table of the format", remedy)
    return replace(found, place=f"sheet {name[:31]!r}")


def _hidden_sheet(name: str) -> Fault:
    found = fault("workbook-sheet", name, "is hidden, and read like any other sheet", "Unhide it, so that all see it.")
    return replace(found, severity="warning", place=f"sheet {name}")
