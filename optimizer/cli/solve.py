"""``optimizer solve``: find the plan of a case."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from optimizer.cli.asking import changes_of
from optimizer.cli.explain import refusals_explained
from optimizer.cli.messages import progress_shown, say
from optimizer.cli.options import (
    ANSWER_PANEL,
    EFFORT_PANEL,
    AsCsv,
    AsJson,
    Assignments,
    CaseName,
    Cluster,
    Futures,
    Gap,
    Paths,
    Quiet,
    Seed,
    WhatIfs,
)
from optimizer.cli.output import chosen_table, print_csv, print_json, require_csv, require_word
from optimizer.cli.signals import INTERRUPTED
from optimizer.errors import OutputError

if TYPE_CHECKING:
    from optimizer import Case, Solution

Method = Literal["auto", "cuts", "extensive"]
Perspective = Literal["society", "treasury", "security"]
PLAN, SEARCH = "awards", "search"
"""The table that --csv prints (every plant and contract of the plan), and that of the trace of the search."""


def solve_command(
    case: CaseName,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show every figure that --what-if and --set change, and stop.")
    ] = False,
    perspective: Annotated[
        Perspective | None,
        typer.Option(
            metavar="VIEW",
            help="Whose view the plan takes: society, treasury or security (the case's, if not given).",
        ),
    ] = None,
    method: Annotated[
        Method,
        typer.Option(
            metavar="auto|cuts|extensive",
            help="How to solve: cuts, extensive (all futures in one model), or auto, which of them is faster.",
        ),
    ] = "auto",
    assignments: Assignments = None,
    what_if: WhatIfs = None,
    paths: Paths = None,
    futures: Futures = None,
    seed: Seed = None,
    gap: Gap = None,
    time_limit: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS", min=0.001, rich_help_panel=EFFORT_PANEL, help="Stop then, with the best plan so far."
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            rich_help_panel=EFFORT_PANEL,
            help="Processes that solve the futures (all processors from 20 futures on, if not given).",
        ),
    ] = None,
    cluster: Cluster = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", rich_help_panel=ANSWER_PANEL, help="Write the tables of the results into this folder."
        ),
    ] = None,
    workbook: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", rich_help_panel=ANSWER_PANEL, help="Also write the results as an Excel workbook (.xlsx)."
        ),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            rich_help_panel=ANSWER_PANEL,
            help="Also write the plan as a page to read and print (.html).",
        ),
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", rich_help_panel=ANSWER_PANEL, help="Also write the model for other solvers (.mps or .lp)."
        ),
    ] = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    table: Annotated[
        str | None,
        typer.Option(
            "--table",
            metavar="NAME",
            rich_help_panel=ANSWER_PANEL,
            help=f"With --csv: the table to print ({PLAN}, if not given), e.g. programmes or supply.",
        ),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Find the plan: plants, contracts and strike prices, amounts from each pot, and stock.

    Ctrl-C (or SIGTERM) stops the search and prints the best plan found so far; a second one stops at once.
    """
    from optimizer import read_case, solve
    from optimizer.results.contents import RESULT_TABLES
    from optimizer.whatif import apply

    require_csv(table, as_csv)
    if table is not None:
        require_word(f"--table {table}: the answer has no such table.", table, (*RESULT_TABLES, SEARCH))
    _require_new(out, workbook, report)
    changes = changes_of(assignments, what_if)
    found = read_case(case)
    if dry_run:
        _print_changes(found, changes, as_json=as_json, as_csv=as_csv)
        return
    chosen = apply(found, changes)
    if chosen.warnings and not quiet:
        say(f"{len(chosen.warnings)} warning(s) about the inputs: see optimizer check {case}")
    given = {"paths": paths, "futures": futures, "seed": seed}
    explained = contextlib.nullcontext() if quiet else refusals_explained(chosen, case, changes, given)
    with explained, progress_shown(quiet) as reporter:
        solution = solve(
            chosen,
            paths=paths,
            futures=futures,
            seed=seed,
            gap=gap,
            time_limit=time_limit,
            perspective=perspective,
            method=method,
            export=export,
            progress=reporter,
            cluster=cluster,
            workers=workers or _processors(futures or chosen.settings.scenarios.futures),
        )
    unwritten = _written(solution, out, workbook, report, quiet)
    if as_json:
        print_json(solution.to_json())
    elif as_csv:
        print_csv(chosen_table({**solution.tables, SEARCH: solution.report}, table, PLAN))
    else:
        from optimizer.report.terminal import print_solution

        print_solution(solution)
    if unwritten is not None:
        raise unwritten
    if solution.interrupted:
        raise typer.Exit(INTERRUPTED)


ENOUGH_FUTURES = 40
"""Below this, starting processes takes longer than they save."""


def _processors(futures: int) -> int:
    return (os.cpu_count() or 1) if futures >= ENOUGH_FUTURES else 1


def _require_new(out: Path | None, workbook: Path | None, report: Path | None) -> None:
    """Refuse what cannot be written before anything is solved."""
    if out is not None:
        from optimizer.results.store import require_replaceable

        require_replaceable(out)
    if workbook is not None:
        from optimizer.results.workbook import require_new_workbook

        require_new_workbook(workbook)
    if report is not None:
        from optimizer.report.html import require_new_report

        require_new_report(report)


def _written(
    solution: Solution, out: Path | None, workbook: Path | None, report: Path | None, quiet: bool
) -> OutputError | None:
    """Write all that was asked for. What the search has found is printed even if it cannot be kept, so the error comes
    back."""
    from optimizer.report import html
    from optimizer.results.reading import provenance_of

    wanted: list[tuple[Path, Callable[[Path], None]]] = []
    if out is not None:
        wanted.append((out, solution.write))
    if workbook is not None:
        wanted.append((workbook, solution.write_workbook))
    if report is not None:
        wanted.append((report, lambda place: html.write_report(solution, place, provenance=provenance_of(solution))))
    unwritten = None
    for place, write in wanted:
        try:
            write(place)
        except OutputError as error:
            unwritten = error
        else:
            if not quiet:
                say(f"results written to {place}")
    return unwritten


def _print_changes(case: Case, changes: list[str], *, as_json: bool, as_csv: bool) -> None:
    from optimizer.report.changes import print_changes
    from optimizer.results.records import records
    from optimizer.whatif import preview

    touched = preview(case, changes)
    if as_json:
        print_json(records(touched))
    elif as_csv:
        print_csv(touched)
    else:
        print_changes(touched)
