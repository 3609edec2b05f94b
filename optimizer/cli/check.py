"""``optimizer check``: read a case and report every fault."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from optimizer.cli.completion import table_names
from optimizer.cli.options import AsCsv, AsJson, CaseName
from optimizer.cli.output import complain, print_csv, print_json, print_rows
from optimizer.errors import CaseError, Fault, SettingError

if TYPE_CHECKING:
    from optimizer.data import Case

COLUMNS = ("severity", "place", "table", "row", "column", "value", "problem", "remedy", "check")


def check_command(
    case: CaseName,
    explain: Annotated[
        str | None,
        typer.Option(
            "--explain",
            metavar="TABLE",
            autocompletion=table_names,
            help="Explain every column of a table, with an example, and stop.",
        ),
    ] = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Read a case and report every fault with file, row, column and remedy; of an unfinished case, what comes next.

    Faults and tables still to be filled in make the exit code 2; warnings do not.
    """
    from optimizer import read_case
    from optimizer.data.guide.progress import progress_of_case
    from optimizer.data.workbook.naming import is_workbook
    from optimizer.explanation import sanity_findings
    from optimizer.report.guide import print_progress
    from optimizer.report.terminal import print_fields

    if explain is not None:
        _explain(explain, as_json, as_csv)
        return
    try:
        found = read_case(case)
    except CaseError as error:
        if as_json:
            print_json({"case": case, "faults": [asdict(fault) for fault in error.faults]})
        elif as_csv:
            print_rows(_rows(error.faults), COLUMNS)
        else:
            _refuse(case, error.faults)
            raise typer.Exit(error.exit_code) from None
        raise
    contradictions = [str(finding) for finding in sanity_findings(found)]
    if as_json:
        print_json({**_facts(found), "contradictions": contradictions})
    elif as_csv:
        print_rows(_rows(found.warnings, contradictions), COLUMNS)
    else:
        print_fields(f"{found.name}: no faults", _fields(found, contradictions))
        print_progress(progress_of_case(found), case, workbook=is_workbook(case), can_solve=True)


def _explain(name: str, as_json: bool, as_csv: bool) -> None:
    from optimizer.data.nearest import allowed_words
    from optimizer.data.schema import TABLES
    from optimizer.report.guide import column_frame, print_columns
    from optimizer.results.records import records

    table = TABLES.get(name.removesuffix(".csv"))
    if table is None:
        raise SettingError(f"--explain {name}: there is no such table. {allowed_words(name, TABLES)}")
    if as_json or as_csv:
        frame = column_frame(table.name)
        if as_json:
            print_json(records(frame))
        else:
            print_csv(frame)
    else:
        print_columns(table.name)


def _refuse(case: str, faults: Sequence[Fault]) -> None:
    """Complain of what is wrong. Of tables that are merely empty, say which comes next: they are no mistakes."""
    from optimizer.data.guide.progress import is_empty, progress_of_faults
    from optimizer.data.workbook.naming import is_workbook
    from optimizer.report.guide import print_progress

    empty = [fault.table for fault in faults if is_empty(fault)]
    wrong = [fault for fault in faults if not is_empty(fault)]
    if wrong:
        besides = f"\nStill empty besides: {', '.join(empty)}." if empty else ""
        complain(f"{CaseError(wrong)}{besides}")
    else:
        tables = "table that every case has is" if len(empty) == 1 else "tables that every case has are"
        complain(f"{case} is not finished: {len(empty)} {tables} still empty.")
        print_progress(progress_of_faults(faults), case, workbook=is_workbook(case))


def _facts(case: Case) -> dict[str, Any]:
    return {
        "case": case.name,
        "faults": [],
        "warnings": [asdict(fault) for fault in case.warnings],
        "rows": {name: len(rows) for name, rows in case.tables.items()},
        "grades": case.grade_mix(),
    }


def _rows(faults: Any, contradictions: Any = ()) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [asdict(fault) for fault in faults]
    blank = asdict(Fault("", 0, "", "", "", "", "contradiction", "warning"))
    return rows + [{**blank, "problem": words} for words in contradictions]


def _fields(case: Case, contradictions: list[str]) -> dict[str, str]:
    info, horizon = case.settings.case, case.settings.horizon
    return {
        "title": info.title,
        "question": info.question,
        "horizon": f"{horizon.first_year}–{horizon.last_year}",
        "price year": str(info.price_year),
        "rows": ", ".join(f"{name} {len(rows)}" for name, rows in case.tables.items() if len(rows)),
        "rows by grade": ", ".join(f"{grade} {count}" for grade, count in case.grade_mix().items() if count),
        "warnings": "\n".join(map(str, case.warnings)) or "none",
        "contradictions": "\n".join(contradictions) or "none that show before a solve",
    }
