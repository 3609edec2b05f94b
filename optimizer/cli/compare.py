"""``optimizer compare``: runs side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from optimizer.cli.completion import run_folders
from optimizer.cli.options import ANSWER_PANEL, AsCsv, AsJson
from optimizer.cli.output import print_csv, print_json
from optimizer.errors import VerificationError


def compare_command(
    runs: Annotated[
        list[str],
        typer.Argument(
            metavar="A B…",
            autocompletion=run_folders,
            help="Folders written by solve --out, or BATCH:LABEL or BATCH:ID; A is the base.",
        ),
    ],
    name: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Name of a run in the tables; once for each, in order.")
    ] = None,
    check: Annotated[bool, typer.Option("--verify/--no-verify", help="Work every run out again first.")] = True,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", rich_help_panel=ANSWER_PANEL, help="Write all tables as CSV, and one JSON file."),
    ] = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Say what differs between runs: inputs, awards, money, security of supply, and what of it is a finding.

    A difference that is no larger than the gaps of the plans is marked: it is not a finding. --csv has all figures of
    all tables in one, equal ones too.
    """
    from optimizer import compare
    from optimizer.report.compare import print_comparison

    comparison = compare(runs, name or None, check=check)
    if out is not None:
        comparison.write(out)
    if as_json:
        print_json(comparison.to_json())
    elif as_csv:
        print_csv(comparison.tidy())
    else:
        print_comparison(comparison)
    if comparison.unverified:
        raise VerificationError(f"these runs do not hold: {', '.join(comparison.unverified)}.", None)
