"""Reading prices, volumes and reported payments: cells checked one by one, numbers kept as the decimals they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from optimizer.data.cells import CellError
from optimizer.data.row import Row
from optimizer.data.schema import GRADES, Column, Table
from optimizer.data.sheets import Sheet, read_bytes, sheet_of_memory, sheet_of_text, text_of
from optimizer.data.tables import typed_rows
from optimizer.errors import CaseError, Fault
from optimizer.settlement.exact import exact
from optimizer.settlement.faults import settlement_fault
from optimizer.settlement.periods import Period, parse_period

NO_LOT = "new"

EVIDENCE = (
    Column("source", "text", "Where the figure comes from.", required=False, default=""),
    Column("grade", "choice", "How well it is supported.", required=False, default="", choices=GRADES),
)


class _File(Table):
    """A table whose columns are all declared: source and grade may be left out."""

    @property
    def all_columns(self) -> tuple[Column, ...]:
        return self.columns


PRICES = _File(
    "prices",
    "Quotes of reference prices.",
    ("series", "period"),
    (
        Column("series", "text", "Which price is quoted."),
        Column("period", "text", "Year, quarter (2026-Q1), month, day, or hour (2026-03-01T05) of the quote."),
        Column("price", "number", "The quote; it may be below 0.", minimum=-1e9, maximum=1e9),
        Column("unit", "text", "Currency per unit, as USD/kg."),
        Column("vat", "choice", "Whether value added tax is in the quote.", required=False, default="",
               choices=("excluded", "included", "not_applicable")),
        Column("weight", "number", "Weight in a weighted mean, as the traded quantity.", required=False, default=None,
               minimum=0.0, maximum=1e15),
        *EVIDENCE,
    ),
)  # fmt: skip

VOLUMES = _File(
    "volumes",
    "What was delivered, and as what it was designated.",
    ("period", "designation", "lot"),
    (
        Column("period", "text", "Year, quarter, month, day or hour of the delivery."),
        Column("designation", "text", "One of the designations in the terms."),
        Column("quantity", "number", "How much.", minimum=0.0, maximum=1e12),
        Column("unit", "text", "Unit of the quantity."),
        Column("lot", "text", "Lot it was put into or is taken out of; blank for units that are in none.",
               required=False, default=NO_LOT),
        *EVIDENCE,
    ),
)  # fmt: skip

REPORTED = _File(
    "reported",
    "What the parties have reported: payments, and quantities that payments might be for.",
    ("period", "item"),
    (
        Column("period", "text", "Settlement period."),
        Column("item", "text", "payment, or the name of a quantity."),
        Column("value", "number", "The payment to the payee, or the quantity; above 0.",
               minimum=-1e12, maximum=1e12),
        Column("unit", "text", "Currency, million currency (as million USD), or a unit of quantity."),
        *EVIDENCE,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One row of a file: its number, period and cells; ``number`` is the exact value of a numeric cell."""

    row: int
    period: Period
    cells: Row
    exact_cells: Mapping[str, Decimal]

    def text(self, column: str) -> str:
        """A cell of text."""
        return str(self.cells[column])

    def number(self, column: str) -> Decimal:
        """A cell with a number."""
        return self.exact_cells[column]


@dataclass(frozen=True)
class Lines:
    """The rows of one file without fault, in order; ``table`` is the name that messages give the file."""

    table: str
    lines: tuple[Line, ...]
    faults: tuple[Fault, ...]


def read_lines(data: Any, kind: Table) -> Lines:
    """Rows of a file, a data frame or a list of mappings; and every fault of a cell or header.

    ``kind`` is PRICES, VOLUMES or REPORTED. Raises CaseError if there is no table to read at all.
    """
    sheet, table, faults = _sheet(data, kind)
    if sheet is None:
        raise CaseError(faults)
    rows, found = typed_rows(sheet, replace(kind, name=table))
    raw = {number: dict(zip(sheet.header, cells, strict=True)) for number, cells in sheet.lines}
    lines: list[Line] = []
    for row in rows:
        try:
            period = parse_period(row["period"])
        except CellError as problem:
            found.append(
                settlement_fault(
                    problem.rule, table, problem.problem, problem.remedy,
                    row=row.row_number, column="period", value=row["period"],
                )
            )  # fmt: skip
            continue
        numbers = {
            column.name: _decimal(raw[row.row_number][column.name])
            for column in kind.columns
            if column.kind == "number" and row[column.name] is not None
        }
        lines.append(Line(row.row_number, period, row, numbers))
    return Lines(table, tuple(lines), (*faults, *found))


def _decimal(cell: Any) -> Decimal:
    return exact(cell.strip() if isinstance(cell, str) else cell)


def _sheet(data: Any, kind: Table) -> tuple[Sheet | None, str, list[Fault]]:
    if not isinstance(data, str | Path):
        sheet, faults = sheet_of_memory(data, kind.name)
        return (None if sheet is None else _decimals_as_text(sheet)), kind.name, faults
    path = Path(data)
    table = path.stem if path.suffix == ".csv" else f"{path.name} (not .csv)"
    content, faults = read_bytes(path, table)
    text, more = (None, faults) if content is None else text_of(content, table)
    if text is None:
        return None, table, more
    sheet, faults = sheet_of_text(text, table)
    return sheet, table, faults


def _decimals_as_text(sheet: Sheet) -> Sheet:
    def plain(cell: Any) -> Any:
        return str(cell) if isinstance(cell, Decimal) else cell

    lines = tuple((row, tuple(plain(cell) for cell in cells)) for row, cells in sheet.lines)
    return Sheet(sheet.table, sheet.header, lines)
