"""Where a page may be written."""

from __future__ import annotations

from pathlib import Path

from optimizer.data.workbook.pages import require_new_file, write_new_file
from optimizer.errors import OutputError

SUFFIXES = (".html", ".htm")


def require_new_report(path: str | Path) -> None:
    """OutputError unless a report can become a file of this name: one that ends in .html and is not there yet."""
    if Path(path).suffix.lower() not in SUFFIXES:
        raise OutputError(f"{path} is not the name of a report. Give one that ends in .html.")
    require_new_file(path)


def write_page(path: str | Path, page: str) -> None:
    """Write a page into a file that is not there yet. Raises OutputError."""
    require_new_report(path)
    write_new_file(path, page.encode())
