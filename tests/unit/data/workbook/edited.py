"""Workbooks changed as people and programs change them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from openpyxl import load_workbook

from optimizer.data import Case
from tests.small_case import small_case


def written(path: Path, case: Case | None = None) -> Path:
    """A case as a workbook; the small one if none is given."""
    (case or small_case()).write(path)
    return path


@cache
def slim() -> bytes:
    """The small case as a workbook without help, drop-downs and formats: much faster to change."""
    with TemporaryDirectory() as folder:
        book = load_workbook(written(Path(folder) / "case.xlsx"))
    for sheet in book:
        for row in sheet.iter_rows(max_row=1):
            for cell in row:
                cell.comment = None
        sheet.data_validations.dataValidation = []
        sheet.column_dimensions.clear()
    book.remove(book["notes"])
    book["columns"].delete_rows(2, book["columns"].max_row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def changed(path: Path, change: Callable[[Any], object]) -> Path:
    """Open a workbook with openpyxl, change it, and save it in its place."""
    book = load_workbook(path)
    change(book)
    book.save(path)
    return path


def set_cell(sheet: str, cell: str, value: Any, number_format: str | None = None) -> Callable[[Any], object]:
    """Put a value into a cell."""

    def change(book: Any) -> None:
        book[sheet][cell] = value
        if number_format is not None:
            book[sheet][cell].number_format = number_format

    return change


def parts(content: bytes) -> dict[str, bytes]:
    """The parts of a workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Parts as a workbook."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def part_of(content: bytes, sheet: str) -> str:
    """The part that holds a sheet, in a workbook of ours: sheets are numbered in their order."""
    names = re.findall(r'<sheet [^>]*name="([^"]+)"', parts(content)["xl/workbook.xml"].decode())
    return f"xl/worksheets/sheet{names.index(sheet) + 1}.xml"


def with_cell(path: Path, sheet: str, cell: str, xml: str) -> Path:
    """Replace a cell by XML of one's own; ``{style}`` in it stands for the style it had."""
    members = parts(path.read_bytes())
    part = part_of(path.read_bytes(), sheet)
    text = members[part].decode()
    found = re.search(rf'<c r="{cell}"( s="\d+")?[^>]*?(/>|>.*?</c>)', text)
    assert found is not None, (sheet, cell)
    members[part] = (text[: found.start()] + xml + text[found.end() :]).encode()
    path.write_bytes(zipped(members))
    return path


def column_letter(path: Path, sheet: str, column: str) -> str:
    """The letter of a column of a table."""
    header = next(load_workbook(path)[sheet].iter_rows(max_row=1))
    return next(str(cell.column_letter) for cell in header if cell.value == column)
