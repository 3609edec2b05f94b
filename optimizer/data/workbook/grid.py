"""The cells of one sheet as Excel stores them: texts, numbers, yes and no, dates, and what cannot be read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from optimizer.data.cells import CellError, parse_number
from optimizer.data.rules import shown
from optimizer.data.sheets import MOST_CELLS
from optimizer.data.workbook.faults import WorkbookError
from optimizer.data.workbook.limits import walk

MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DAYS_1900_TO_9999 = 2_958_466


@dataclass(frozen=True)
class Unreadable:
    """A cell without a value of its own: why, and what to do."""

    problem: str
    remedy: str


CellValue = str | float | bool | datetime | Unreadable


@dataclass(frozen=True)
class Grid:
    """Cells by row and column, both counted from 1, rows in order, and merged ranges as Excel writes them."""

    cells: dict[int, dict[int, CellValue]]
    merged: tuple[str, ...]


@dataclass(frozen=True)
class Shared:
    """What cells refer to: texts, the styles that show a number as a date, and whether days count from 1904."""

    texts: tuple[str, ...] = ()
    date_styles: frozenset[int] = frozenset()
    from_1904: bool = False


@dataclass
class _Open:
    """The cell that is being read."""

    row: int
    column: int
    kind: str
    style: str
    is_formula: bool = False
    has_value: bool = False
    text: list[str] = field(default_factory=list)


class _SheetReader:
    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self.cells: dict[int, dict[int, CellValue]] = {}
        self.merged: list[str] = []
        self._row = self._column = self._count = 0
        self._open: _Open | None = None
        self._listening = self._phonetic = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "row":
            self._row = _counted(attributes.get("r"), self._row + 1, MOST_ROWS)
            self._column = 0
        elif tag == "c":
            self._start_cell(attributes)
        elif tag == "mergeCell":
            self.merged.append(attributes.get("ref", ""))
        elif self._open is not None:
            if tag == "f":
                self._open.is_formula = True
            elif tag == "rPh":
                self._phonetic = True
            elif tag == "v" or (tag == "t" and not self._phonetic):
                self._open.has_value = self._listening = True

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        reference = attributes.get("r")
        if reference is None:
            row, column = self._row, self._column + 1
        else:
            row, column = position(reference)
        self._count += 1
        if self._count > MOST_CELLS:
            raise WorkbookError(f"has a sheet of more than {MOST_CELLS:,} cells", "Drop rows.")
        if row < 1 or column > MOST_COLUMNS:
            raise WorkbookError("is damaged: a cell has no row or column", "Save it again in Excel.")
        self._row, self._column = row, column
        self._open = _Open(row, column, attributes.get("t", "n"), attributes.get("s", ""))

    def text(self, words: str) -> None:
        if self._listening and self._open is not None:
            self._open.text.append(words)

    def end(self, tag: str) -> None:
        if tag in ("v", "t"):
            self._listening = False
        elif tag == "rPh":
            self._phonetic = False
        elif tag == "c" and self._open is not None:
            cell, self._open = self._open, None
            value = _value(cell, self._shared)
            if value is None:
                return
            row = self.cells.setdefault(cell.row, {})
            if cell.column in row:
                raise WorkbookError(f"is damaged: a sheet has row {cell.row} twice", "Save it again in Excel.")
            row[cell.column] = value


def read_grid(part: str, content: bytes, shared: Shared) -> Grid:
    """The cells of a sheet. Raises ``WorkbookError`` if they cannot be told."""
    reader = _SheetReader(shared)
    walk(part, content, reader.start, reader.end, reader.text)
    return Grid(dict(sorted(reader.cells.items())), tuple(reader.merged))


def position(reference: str) -> tuple[int, int]:
    """Row and column of a cell.

    >>> position("AB7")
    (7, 28)
    """
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise WorkbookError(f"is damaged: '{shown(reference)}' is not the name of a cell", "Save it again in Excel.")
    column = 0
    for letter in match.group(1):
        column = 26 * column + ord(letter) - ord("A") + 1
    return _counted(match.group(2), 0, MOST_ROWS), column


def letters(column: int) -> str:
    """The letters of a column.

    >>> letters(1), letters(26), letters(28)
    ('A', 'Z', 'AB')
    """
    out = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        out = chr(ord("A") + rest) + out
    return out


def _counted(text: str | None, otherwise: int, most: int) -> int:
    if text is None:
        return otherwise
    if re.fullmatch("[0-9]{1,7}", text) is None or not 1 <= int(text) <= most:
        raise WorkbookError(f"is damaged: '{shown(text)}' is not the number of a row", "Save it again in Excel.")
    return int(text)


def _value(cell: _Open, shared: Shared) -> CellValue | None:
    """What a cell holds; None if it is empty."""
    text = "".join(cell.text)
    if cell.kind == "e":
        return Unreadable(f"holds the error {shown(text or '#?')}", "Write a value, or mend the formula.")
    if cell.is_formula and text == "" and cell.kind != "str":
        remedy = "Open the workbook in Excel and save it, so that results are stored, or write the value."
        return Unreadable("is a formula without a stored result", remedy)
    if not cell.has_value:
        return None
    if cell.kind == "s":
        if not text.isascii() or not text.isdigit() or int(text[:9]) >= len(shared.texts):
            return Unreadable("refers to a text that the workbook does not hold", "Write the text anew.")
        return shared.texts[int(text[:9])]
    if cell.kind in ("inlineStr", "str"):
        return unescaped(text)
    if cell.kind == "b":
        flags = {"1": True, "0": False, "true": True, "false": False}
        return flags.get(text.strip(), Unreadable(f"holds '{shown(text)}' for yes or no", "Write the value anew."))
    if cell.kind == "d":
        return _iso_date(text)
    if text.strip() == "":
        return None
    return _number(text.strip(), cell.style, shared)


def _number(text: str, style: str, shared: Shared) -> CellValue:
    try:
        number = parse_number(text)
    except CellError as problem:
        return Unreadable(f"holds '{shown(text)}', which {problem.problem}", "Write the number anew.")
    if not (style.isascii() and style.isdigit() and int(style[:9]) in shared.date_styles):
        return number
    days = number + (1462 if shared.from_1904 else 0)
    if not 0 <= days < _DAYS_1900_TO_9999:
        return Unreadable(f"is formatted as a date and holds {number:g}, which is none", "Format it as a number.")
    # Excel counts a 29 February 1900, so that days before it are one less.
    start = datetime(1899, 12, 30) if days >= 60 else datetime(1899, 12, 31)
    return start + timedelta(days=int(days), seconds=round(86_400 * (days - int(days))))


def _iso_date(text: str) -> CellValue:
    try:
        return datetime.fromisoformat(text.strip().removesuffix("Z")).replace(tzinfo=None)
    except ValueError:
        return Unreadable(f"holds '{shown(text)}' for a date", "Write the date anew.")


def unescaped(text: str) -> str:
    """A text with the characters that XML cannot hold, which Excel writes as ``_x0007_``.

    >>> unescaped("_x0041__x005F_x0041_")
    'A_x0041_'
    """
    return _ESCAPED.sub(lambda match: chr(int(match.group(1), 16)), text)
