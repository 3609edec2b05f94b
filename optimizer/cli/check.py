"""``optimizer check``: read a case and report every fault."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import pandas as pd
import typer

from optimizer.cli.output import AsCsv, AsJson, print_csv, print_json, require_one_shape
from optimizer.data import Case, read_case
from optimizer.errors import CaseError, Fault
from optimizer.explanation import sanity_findings
from optimizer.report.terminal import print_fields

COLUMNS = ("severity", "place", "table", "row", "column", "value", "problem", "remedy", "check")


def check_command(
    case: Annotated[str, typer.Argument(metavar="CASE", help="Folder or workbook of a case, or a bundled name.")],
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Read a case and report every fault with file, row, column and remedy.

    Faults make the exit code 2; warnings do not.
    """
    require_one_shape(as_json, as_csv)
    try:
        found = read_case(case)
    except CaseError as error:
        if as_json:
            print_json({"case": case, "faults": [asdict(fault) for fault in error.faults]})
        elif as_csv:
            print_csv(_table(error.faults))
        raise
    contradictions = [str(finding) for finding in sanity_findings(found)]
    if as_json:
        print_json({**_facts(found), "contradictions": contradictions})
    elif as_csv:
        print_csv(_table(found.warnings, contradictions))
    else:
        print_fields(f"{found.name}: no faults", _fields(found, contradictions))


def _facts(case: Case) -> dict[str, Any]:
    return {
        "case": case.name,
        "faults": [],
        "warnings": [asdict(fault) for fault in case.warnings],
        "rows": {name: len(rows) for name, rows in case.tables.items()},
        "grades": case.grade_mix(),
    }


def _table(faults: Any, contradictions: Any = ()) -> pd.DataFrame:
    rows: list[dict[str, Any]] = [asdict(fault) for fault in faults]
    blank = asdict(Fault("", 0, "", "", "", "", "contradiction", "warning"))
    rows += [{**blank, "problem": words} for words in contradictions]
    return pd.DataFrame(rows, columns=list(COLUMNS))


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
