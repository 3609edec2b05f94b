"""Making sheets that Excel shows as they are meant: texts never become formulas, numbers keep every digit."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

from optimizer.data.workbook.grid import MOST_ROWS
from optimizer.data.workbook.table_sheet import LARGEST_EXACT
from optimizer.errors import OutputError

LONGEST_TEXT = 32_767
"""Characters that Excel holds in a cell."""
WIDEST = 60
_NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_MADE = (1980, 1, 1, 0, 0, 0)
_FORMULA_STARTS = ("=", "+", "-", "@", "'")


def new_book() -> Any:
    """An openpyxl workbook without sheets."""
    # Imported here, as it takes longer than all else that most commands need.
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    return book


def put(sheet: Any, row: int, column: int, value: Any, number_format: str = "") -> Any:
    """Write a value into a cell, which is returned.

    A text stays a text whatever it begins with: it is stored as one and marked, as by a leading apostrophe, so that it
    also stays one when it is edited. A number is stored with all its digits. OutputError for a text too long for Excel.
    """
    cell = sheet.cell(row, column)
    if value is None or (isinstance(value, float) and value != value):
        return cell
    if isinstance(value, bool):
        cell.value = value
    elif isinstance(value, int | float) and abs(value) != float("inf"):
        is_text = isinstance(value, int) and abs(value) > LARGEST_EXACT
        cell.value = repr(value)
        cell.data_type = "s" if is_text else "n"
    else:
        text = escaped(str(value))
        if len(text) > LONGEST_TEXT:
            raise OutputError(
                f"sheet {sheet.title}, {cell.coordinate}: a text has {len(text):,} characters, and a cell of Excel "
                f"holds at most {LONGEST_TEXT:,}."
            )
        cell.value = text
        cell.data_type = "s"
        if text.startswith(_FORMULA_STARTS):
            cell.quotePrefix = True
    if number_format:
        cell.number_format = number_format
    return cell


def escaped(text: str) -> str:
    """A text as it is stored, with ``_x0007_`` for a character that XML cannot hold.

    >>> escaped("a\\x07b"), escaped("_x0041_")
    ('a_x0007_b', '_x005F_x0041_')
    """
    return _NOT_IN_XML.sub(lambda match: f"_x{ord(match.group()):04X}_", text)


def put_header(sheet: Any, row: int, names: list[str], *, faint: frozenset[str] = frozenset()) -> None:
    """A row of column names, in bold on grey; ``faint`` ones are in plain letters."""
    from openpyxl.styles import Alignment, Font, PatternFill

    for column, name in enumerate(names, start=1):
        cell = put(sheet, row, column, name)
        cell.font = Font(bold=name not in faint)
        cell.fill = PatternFill("solid", fgColor="DDE3EA" if name not in faint else "EEF1F4")
        cell.alignment = Alignment(vertical="top", wrap_text=True)


def set_widths(sheet: Any, widths: list[int]) -> None:
    """Widths of the first columns, in characters, within what is readable."""
    from openpyxl.utils import get_column_letter

    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = min(max(width + 2, 8), WIDEST)


def require_rows(name: str, rows: int) -> None:
    """OutputError for a table with more rows than a sheet of Excel has."""
    if rows >= MOST_ROWS:
        raise OutputError(
            f"{name} has {rows:,} rows, and a sheet of Excel holds {MOST_ROWS:,}. Write CSV files instead."
        )


def book_bytes(book: Any) -> bytes:
    """The file of a workbook, the same for equal workbooks: no clock goes into it."""
    made = io.BytesIO()
    book.save(made)
    out = io.BytesIO()
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb">[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z<", b">1980-01-01T00:00:00Z<", content)
            target.writestr(zipfile.ZipInfo(name, _MADE), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def require_new_file(path: str | Path) -> None:
    """OutputError if something is there, or if there is no folder to write it into."""
    target = Path(path)
    try:
        if target.exists() or target.is_symlink():
            raise OutputError(f"{target} exists. Files are never overwritten: choose a new name.")
        if not target.parent.is_dir():
            raise OutputError(f"{target}: there is no folder {target.parent}.")
    except (OSError, ValueError) as error:
        if isinstance(error, OutputError):
            raise
        words = error.strerror if isinstance(error, OSError) else error
        raise OutputError(f"cannot write to {str(target)!r}: {words}") from error


def write_new_file(path: str | Path, content: bytes) -> None:
    """Write a file that is not there yet; if that fails, nothing of it is left. Raises OutputError."""
    target = Path(path)
    require_new_file(target)
    begun = False
    try:
        with target.open("xb") as file:
            begun = True
            file.write(content)
    except BaseException as error:
        if begun:
            target.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise OutputError(f"cannot write to {target}: {error.strerror or error}") from error
        raise
