"""Sheets: a table as text, from a CSV file or from memory, before anything in it is understood."""

from __future__ import annotations

import codecs
import csv
import io
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from optimizer.data.rules import fault, shown
from optimizer.errors import Fault

LARGEST_FILE = 200_000_000
MOST_CELLS = 2_000_000

RowData = Mapping[str, Any]
"""One row handed in from memory: column → value or text."""


@dataclass(frozen=True)
class Sheet:
    """Header and lines of one table; each line is (row number, cells). Cells of a file are text."""

    table: str
    header: tuple[str, ...]
    lines: tuple[tuple[int, tuple[Any, ...]], ...]


def read_bytes(path: Path, table: str, largest: int | None = None) -> tuple[bytes | None, list[Fault]]:
    """The content of a file, or what keeps it from being read: not a file, too large, no permission.

    ``largest`` is the most bytes allowed: those of a table, if not given.
    """
    largest = LARGEST_FILE if largest is None else largest
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            problem = "is a folder, a pipe or a device, not a file"
            return None, [fault("readable-file", table, problem, "Put a file in its place.")]
        with path.open("rb") as file:
            data = file.read(largest + 1)
    except OSError as error:
        problem = f"cannot be read ({error.strerror or type(error).__name__})"
        return None, [fault("readable-file", table, problem, "Check that it is a file you may open.")]
    if len(data) > largest:
        problem = f"has more than {largest:,} bytes"
        return None, [fault("readable-file", table, problem, "Split the case or drop rows.")]
    return data, []


def text_of(data: bytes, table: str) -> tuple[str | None, list[Fault]]:
    """The text in a file's content, or what keeps it from being read: encoding, NUL bytes."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return None, [fault("text-encoding", table, "is UTF-16, not UTF-8", "Save it as 'CSV UTF-8'.")]
    if b"\0" in data:
        row = data.count(b"\n", 0, data.index(b"\0")) + 1
        return None, [fault("text-encoding", table, "has a NUL byte", "Save it again as 'CSV UTF-8'.", row=row)]
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        problem = f"has the byte 0x{data[error.start]:02X}, which is not UTF-8"
        return None, [fault("text-encoding", table, problem, "Save it as 'CSV UTF-8'.", row=row)]


def sheet_of_text(text: str, table: str) -> tuple[Sheet | None, list[Fault]]:
    """A sheet from the text of a CSV file.

    >>> sheet, faults = sheet_of_text("ramp,share\\nfast,1\\n", "ramps")
    >>> sheet.header, sheet.lines, faults
    (('ramp', 'share'), ((2, ('fast', '1')),), [])
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: tuple[str, ...] = ()
    lines: list[tuple[int, tuple[str, ...]]] = []
    faults: list[Fault] = []
    cells = 0
    while True:
        row = reader.line_num + 1
        try:
            fields = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            problem = f"is not valid CSV ({error})"
            remedy = "Close every quote, and write a quote inside a cell twice."
            return None, [*faults, fault("csv-syntax", table, problem, remedy, row=row)]
        if all(field.strip() == "" for field in fields):
            continue
        if not header:
            header = tuple(field.strip() for field in fields)
            continue
        cells += len(fields)
        if cells > MOST_CELLS:
            problem = f"has more than {MOST_CELLS:,} cells"
            return None, [*faults, fault("table-size", table, problem, "Drop rows.", row=row)]
        if len(fields) != len(header):
            problem = f"has {len(fields)} fields where the header has {len(header)}"
            remedy = (
                f"{_last_of(fields, header)} Add or remove commas; put texts with a comma in quotes, write 1600 for "
                "1,600, and lists with semicolons."
            )
            faults.append(fault("field-count", table, problem, remedy, row=row))
            continue
        if tuple(field.strip() for field in fields) == header:
            faults.append(fault("csv-syntax", table, "repeats the header", "Remove this line.", row=row))
            continue
        lines.append((row, tuple(fields)))
    if not header:
        return None, [fault("csv-syntax", table, "is empty", "Give a header line with the column names.")]
    if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
        problem = "is not separated by commas"
        return None, [fault("csv-syntax", table, problem, "Save it as comma-separated.", row=1, value=header[0])]
    return Sheet(table, header, tuple(lines)), faults


def _last_of(fields: Sequence[str], header: Sequence[str]) -> str:
    """Where the last field that has a column stands, so that the comma too many or missing is soon found.

    >>> _last_of(["fast", "1"], ["ramp", "operating_year", "share"])
    "The last one, '1', stands under operating_year."
    """
    if len(fields) < len(header):
        return f"The last one, '{shown(fields[-1].strip())}', stands under {shown(header[len(fields) - 1])}."
    return f"The first beyond the last column is '{shown(fields[len(header)].strip())}'."


def sheet_of_memory(data: pd.DataFrame | Sequence[RowData], table: str) -> tuple[Sheet | None, list[Fault]]:
    """A sheet from a data frame or a list of rows; the first row has number 2, as in a file.

    >>> sheet, _ = sheet_of_memory([{"ramp": "fast", "share": 1.0}], "ramps")
    >>> sheet.lines
    ((2, ('fast', 1.0)),)
    """
    if isinstance(data, pd.DataFrame):
        header = tuple(str(name) for name in data.columns)
        columns = [list(data.iloc[:, position]) for position in range(len(header))]
        records = [tuple(record) for record in zip(*columns, strict=True)] if header else []
    else:
        not_rows = [position for position, record in enumerate(data) if not isinstance(record, Mapping)]
        if not_rows:
            problem = f"is a {type(data[not_rows[0]]).__name__}, not a mapping of column to value"
            return None, [fault("field-count", table, problem, "Give each row as a dict.", row=not_rows[0] + 2)]
        header = tuple(dict.fromkeys(str(name) for record in data for name in record))
        records = [tuple(record.get(name, "") for name in header) for record in data]
    if len(records) * len(header) > MOST_CELLS:
        return None, [fault("table-size", table, f"has more than {MOST_CELLS:,} cells", "Drop rows.")]
    return Sheet(table, header, tuple((row + 2, record) for row, record in enumerate(records))), []
