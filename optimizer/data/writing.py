"""Writing a case as a folder: what is written reads back as an equal case."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from optimizer.data.cells import cell_text
from optimizer.data.row import Row
from optimizer.data.schema import TABLES, Column, Table
from optimizer.data.settings_file import FILE, settings_text
from optimizer.errors import OutputError
from optimizer.settings import Settings


def write_case(folder: Path, settings: Settings, tables: Mapping[str, tuple[Row, ...]]) -> None:
    """Write ``case.toml`` and one CSV file per table that has rows. OutputError if a file exists already."""
    write_files(folder, case_texts(settings, tables))


def case_texts(settings: Settings, tables: Mapping[str, tuple[Row, ...]]) -> dict[str, str]:
    """``case.toml`` and one CSV file per table that has rows: file name → text."""
    files = {FILE: settings_text(settings)}
    for name, rows in tables.items():
        if rows:
            files[f"{name}.csv"] = table_text(TABLES[name], rows)
    return files


def table_text(table: Table, rows: tuple[Row, ...]) -> str:
    """A table as CSV text. Low and high companions that no row states are left out.

    >>> table_text(TABLES["ramps"], ()).strip()
    'ramp,operating_year,share,source,grade'
    """
    columns = stated_columns(table, rows)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.name for column in columns])
    for row in rows:
        writer.writerow([cell_text(column, row[column.name]) for column in columns])
    return text.getvalue()


def stated_columns(table: Table, rows: tuple[Row, ...]) -> tuple[Column, ...]:
    """The columns of a table without low and high companions that no row states."""
    return tuple(column for column in table.all_columns if _is_stated(column, table, rows))


def _is_stated(column: Column, table: Table, rows: tuple[Row, ...]) -> bool:
    return column in table.columns or column.required or any(row[column.name] is not None for row in rows)


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write text files into a folder, made if need be. Nothing is written if any of them exists: OutputError.

    If one cannot be written, none is left.
    """
    present = [name for name in files if (folder / name).exists()]
    if present:
        names = ", ".join(present)
        raise OutputError(f"{folder} already has {names}. Files are never overwritten: choose a new folder.")
    begun: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            with (folder / name).open("x", encoding="utf-8", newline="") as file:
                begun.append(folder / name)
                file.write(text)
    except BaseException as error:
        for path in begun:
            path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise OutputError(f"cannot write to {folder}: {error.strerror or error}") from error
        raise
