"""A plan as an Excel workbook to send on: the plan with its bound and gap first, then every table."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from optimizer.data.workbook.naming import is_workbook_name
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
from optimizer.errors import OutputError
from optimizer.results.termination import plan_words

if TYPE_CHECKING:
    from optimizer.results.solution import Solution

UNITS = {
    "musd": ("musd", "#,##0.0"),
    "usd_per_kg": ("USD/kg", "#,##0.00"),
    "t_per_year": ("t/yr", "#,##0"),
    "t": ("t", "#,##0"),
    "years": ("years", "0"),
    "year": ("", "0"),
    "step": ("", "0"),
    "share": ("", "0.0%"),
    "probability": ("", "0.0%"),
    "share_met": ("", "0.0%"),
    "before": ("", "0.0%"),
    "after": ("", "0.0%"),
}
"""End of a column's name → its unit, and how figures are shown; shares are shown in per cent."""
_OF_UNITS = {"share": "0.0%"}
_MONEY = "#,##0.0"
_FIRST = {
    "Plants and contracts": (
        "awards",
        ("plant", "name", "region", "stage", "start_year", "route", "instrument", "programme", "strike_usd_per_kg",
         "volume_t_per_year", "tenor_years", "upside_share", "capex_musd", "grant_musd", "equity_musd", "loan_musd",
         "expected_payment_musd", "p95_payment_musd", "worst_payment_musd"),
    ),
    "Pots: size, what the plan uses up, and outlays (present values)": (
        "programmes",
        ("programme", "name", "budget_musd", "scored_musd", "left_musd", "expected_musd", "p95_musd", "worst_musd"),
    ),
    "What the plan buys": ("comparison", ("measure", "unit", "without_plan", "with_plan")),
    "What the objective is made of (weighted)": ("breakdown", ("term", "what", "weight", "unweighted_musd", "musd")),
}  # fmt: skip
"""Title → table and columns shown on the first sheet, where the table has them."""


def require_new_workbook(path: str | Path) -> None:
    """OutputError unless a workbook can become a file of this name: an .xlsx that is not there yet."""
    if not is_workbook_name(path):
        raise OutputError(f"{path} is not the name of a workbook. Give one that ends in .xlsx.")
    require_new_file(path)


def write_results(solution: Solution, path: str | Path) -> None:
    """Write the workbook of a plan. OutputError if the file exists already or cannot be written."""
    require_new_workbook(path)
    write_new_file(path, results_bytes(solution))


def results_bytes(solution: Solution) -> bytes:
    """The workbook of a plan: the sheet ``plan``, then one for each table that has rows. Equal plans, equal bytes."""
    book = new_book()
    _fill_plan(book.create_sheet("plan"), solution)
    for name, frame in solution.tables.items():
        if not frame.empty:
            require_rows(name, len(frame))
            sheet = book.create_sheet(name)
            columns = [str(column) for column in frame.columns]
            _fill(sheet, 1, columns, frame)
            sheet.freeze_panes = "A2"
            sheet.auto_filter.ref = sheet.dimensions
    return book_bytes(book)


def header_words(column: str) -> str:
    """A column's name as a heading with its unit.

    >>> header_words("strike_usd_per_kg"), header_words("t_per_year"), header_words("upside_share")
    ('strike [USD/kg]', 'amount [t/yr]', 'upside share')
    """
    end = _end(column)
    unit = UNITS[end][0] if end else ""
    if not unit:
        return column.replace("_", " ")
    name = column.removesuffix(end).strip("_") or "amount"
    return f"{name.replace('_', ' ')} [{unit}]"


def _end(column: str) -> str:
    fitting = (end for end in UNITS if column == end or column.endswith(f"_{end}"))
    return max(fitting, key=len, default="")


def _fill_plan(sheet: Any, solution: Solution) -> None:
    from openpyxl.styles import Font

    put(sheet, 1, 1, solution.title).font = Font(bold=True, size=14)
    row = 2
    for name, value, number_format, unit in _facts(solution):
        row += 1
        put(sheet, row, 1, name)
        put(sheet, row, 2, value, number_format)
        put(sheet, row, 3, unit)
    for title, (name, wanted) in _FIRST.items():
        frame = solution.tables.get(name)
        if frame is None or frame.empty:
            continue
        put(sheet, row + 2, 1, title).font = Font(bold=True)
        columns = [column for column in wanted if column in frame.columns]
        _fill(sheet, row + 3, columns, frame, widths=False)
        row += 3 + len(frame)
    set_widths(sheet, [44, 30, 16, *[14] * 16])


def _facts(solution: Solution) -> Iterable[tuple[str, Any, str, str]]:
    """What is said above the tables: name, value, how it is shown, unit."""
    run: Mapping[str, Any] = solution.run
    closed = math.isfinite(solution.bound_musd)
    yield "case", solution.case_name, "", ""
    if solution.case is not None:
        yield "question", solution.case.settings.case.question, "", ""
    yield "the plan is", plan_words(solution.termination), "", ""
    yield "objective: weighted cost of the plan", solution.objective_musd, _MONEY, "musd"
    yield "bound: no plan costs less", solution.bound_musd if closed else "not known", _MONEY, "musd"
    if closed:
        yield "gap: how far the plan may be from the best", solution.gap, "0.000%", "of the objective"
        yield "gap", solution.objective_musd - solution.bound_musd, "#,##0.00", "musd"
    if "price_year" in run:
        yield "money", f"million USD (musd) of {run['price_year']}, real, present values", "", ""
    if solution.certificate is not None:
        yield "worked out again", solution.certificate.line, "", ""
    for name in ("perspective", "paths", "futures", "seed", "method"):
        if name in run:
            yield {"paths": "price paths"}.get(name, name), run[name], "", ""
    for name, weight in run.get("weights", {}).items():
        yield f"weight of {name}", weight, "", ""
    grades = ", ".join(f"{grade} {rows}" for grade, rows in sorted(solution.sources.items()) if rows)
    yield "input rows by grade of evidence", grades or None, "", ""
    versions = run.get("versions", {})
    if versions:
        yield "made with", ", ".join(f"{name} {number}" for name, number in versions.items()), "", ""


def _fill(sheet: Any, row: int, columns: list[str], frame: pd.DataFrame, *, widths: bool = True) -> None:
    """A table from ``row`` on: its headings with units, then its rows."""
    headings = [header_words(column) for column in columns]
    put_header(sheet, row, headings)
    formats = [UNITS[_end(column)][1] if _end(column) else "" for column in columns]
    by_row = "unit" in columns
    wide = [len(heading) for heading in headings]
    for at, record in enumerate(frame[columns].astype(object).itertuples(index=False), start=row + 1):
        plain = [_plain(value) for value in record]
        own = _OF_UNITS.get(str(plain[columns.index("unit")]), _MONEY) if by_row else ""
        for place, value in enumerate(plain):
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            put(sheet, at, place + 1, value, (formats[place] or own) if is_number else "")
            if isinstance(value, str):
                wide[place] = max(wide[place], len(value))
    if widths:
        set_widths(sheet, wide)


def _plain(value: Any) -> Any:
    """A value of a table as Python has it; None for an absent one."""
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, bool):
        return "yes" if value else "no"
    return None if value is None or pd.isna(value) else value
