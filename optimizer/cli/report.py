"""``optimizer report``: a finished run as one page to read, print and send on."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from optimizer.cli.completion import analysis_folders, run_folders
from optimizer.cli.options import ANSWER_PANEL, AsCsv, AsJson, RunFolder
from optimizer.cli.output import print_facts
from optimizer.errors import VerificationError


def report_command(
    run: RunFolder,
    compared: Annotated[
        list[str] | None,
        typer.Option(
            "--compare", metavar="RUN", autocompletion=run_folders, help="A run to set beside it; repeatable."
        ),
    ] = None,
    analyses: Annotated[
        list[str] | None,
        typer.Option(
            "--analysis",
            metavar="DIR",
            autocompletion=analysis_folders,
            help="Folder written by an analysis with --out; repeatable.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            rich_help_panel=ANSWER_PANEL,
            help="The page (NAME.html in this folder, if not given).",
        ),
    ] = None,
    check: Annotated[bool, typer.Option("--verify/--no-verify", help="Work the run out again first.")] = True,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Write the report of a run as one HTML file, which needs nothing else: no network, no program.

    A run that does not hold when it is worked out again is not reported.
    """
    from optimizer import compare, verify_run
    from optimizer.analysis import read_analysis
    from optimizer.comparison.subject import run_folder
    from optimizer.report import html
    from optimizer.results.reading import provenance_of, read_run

    folder, name = run_folder(run)
    target = out or Path(f"{re.sub(r'[^A-Za-z0-9_.-]+', '-', name)}.html")
    html.require_new_report(target)
    found = [read_analysis(place) for place in analyses or []]
    solution = read_run(folder)
    certificate = verify_run(folder) if check else None
    if certificate is not None and not certificate.passed:
        raise VerificationError(certificate.refusal, certificate)
    comparison = compare([run, *compared], check=check) if compared else None
    page = html.report_html(
        solution,
        certificate=certificate,
        provenance=provenance_of(folder),
        comparison=comparison,
        analyses=found,
    )
    html.write_page(target, page)
    facts = {"run": name, "written": str(target)}
    print_facts(facts, f"report written to {target}", as_json=as_json, as_csv=as_csv)
