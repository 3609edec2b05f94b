"""``optimizer compare``: runs side by side."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from optimizer import compare
from optimizer.errors import SettingError, VerificationError
from optimizer.report.compare import print_comparison
from optimizer.results.store import spreadsheet_safe


def compare_command(
    runs: Annotated[
        list[str],
        typer.Argument(
            metavar="A B…", help="Folders written by solve --out, or BATCH:LABEL or BATCH:ID; A is the base."
        ),
    ],
    name: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Name of a run in the tables; once for each, in order.")
    ] = None,
    check: Annotated[bool, typer.Option("--verify/--no-verify", help="Work every run out again first.")] = True,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Write all tables as CSV, and one JSON file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")] = False,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Print one CSV table with all figures, equal ones too.")
    ] = False,
) -> None:
    """Say what differs between runs: inputs, awards, money, security of supply, and what of it is a finding.

    A difference that is no larger than the gaps of the plans is marked: it is not a finding.
    """
    if as_json and as_csv:
        raise SettingError("--json and --csv cannot be had together.")
    comparison = compare(runs, name or None, check=check)
    if out is not None:
        comparison.write(out)
    if as_json:
        json.dump(comparison.to_json(), sys.stdout, indent=2, allow_nan=False)
        sys.stdout.write("\n")
    elif as_csv:
        sys.stdout.write(spreadsheet_safe(comparison.tidy()).to_csv(index=False, lineterminator="\n"))
    else:
        print_comparison(comparison)
    if comparison.unverified:
        raise VerificationError(f"these runs do not hold: {', '.join(comparison.unverified)}.", None)
