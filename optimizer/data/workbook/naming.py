"""Which files and sheets are what."""

from __future__ import annotations

from pathlib import Path

SUFFIX = ".xlsx"
OTHER_WORKBOOKS = (".xls", ".xlsm", ".xlsb", ".xltx", ".xltm", ".ods", ".numbers")
COLUMNS = "columns"
"""The sheet that explains every column; it is written and not read."""
NOTES = "notes"
"""Sheets whose name begins so are the author's own, and not read."""

START = "notes - start here"
"""The first sheet of a blank workbook."""


def is_workbook_name(path: str | Path) -> bool:
    """Whether a path is that of a workbook.

    >>> is_workbook_name("my-case.xlsx"), is_workbook_name("my-case")
    (True, False)
    """
    return Path(path).suffix.lower() == SUFFIX


def is_workbook(path: str | Path) -> bool:
    """Whether a path is to be read as a workbook, of whatever format: a file called like one, or one that is absent."""
    suffix = Path(path).suffix.lower()
    if "\0" in str(path):
        return False
    try:
        return (suffix == SUFFIX and not Path(path).is_dir()) or (suffix in OTHER_WORKBOOKS and Path(path).is_file())
    except OSError:
        return False
