"""``optimizer solve``: find the plan of a case."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from optimizer import read_case, solve
from optimizer.cli.explain import refusals_explained
from optimizer.cli.progress import ProgressReporter
from optimizer.cli.signals import INTERRUPTED
from optimizer.errors import OutputError
from optimizer.report import html
from optimizer.report.changes import print_changes
from optimizer.report.html import require_new_report
from optimizer.report.terminal import print_solution
from optimizer.results.reading import provenance_of
from optimizer.results.store import require_replaceable
from optimizer.results.workbook import require_new_workbook
from optimizer.settings import Perspective
from optimizer.whatif import apply, preview
from optimizer.whatif.named import find_what_if

Method = Literal["auto", "cuts", "extensive"]


def solve_command(
    case: Annotated[str, typer.Argument(metavar="CASE", help="Folder or workbook of a case, or a bundled name.")],
    assignments: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change one figure of the case; may be given several times."),
    ] = None,
    what_if: Annotated[
        list[str] | None,
        typer.Option("--what-if", metavar="FILE:NAME", help="A named what-if, made before --set; may be repeated."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show every figure that --what-if and --set change, and stop.")
    ] = False,
    paths: Annotated[int | None, typer.Option(min=1, help="Number of price paths.")] = None,
    futures: Annotated[int | None, typer.Option(min=1, help="Number of futures of the supply layer.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of the draws: same seed, same tables.")] = None,
    gap: Annotated[float | None, typer.Option(min=0.0, help="Relative gap at which to stop, e.g. 0.001.")] = None,
    time_limit: Annotated[
        float | None, typer.Option(metavar="SECONDS", min=0.001, help="Stop after this time with the best plan so far.")
    ] = None,
    perspective: Annotated[
        Perspective | None, typer.Option(help="Whose view the plan takes (the case's, if not given).")
    ] = None,
    method: Annotated[Method, typer.Option(help="How to solve: by cuts, or all futures in one model.")] = "auto",
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Processes that solve the futures (all processors from 20 futures on, if not given)."),
    ] = None,
    cluster: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Scheduler of a Dask cluster that solves the futures instead.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the tables of the results into this folder.")
    ] = None,
    workbook: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write the results as an Excel workbook (.xlsx).")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write the plan as a page to read and print (.html).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show no progress.")] = False,
    export: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write the model for other solvers (.mps or .lp).")
    ] = None,
) -> None:
    """Find the plan: plants, contracts and strike prices, amounts from each pot, and stock.

    Ctrl-C (or SIGTERM) stops the search and prints the best plan found so far; a second one stops at once.
    """
    messages = Console(stderr=True)
    if out is not None:
        require_replaceable(out)
    if workbook is not None:
        require_new_workbook(workbook)
    if report is not None:
        require_new_report(report)
    changes = [change for name in what_if or [] for change in find_what_if(name).changes] + (assignments or [])
    found = read_case(case)
    if dry_run:
        print_changes(preview(found, changes))
        return
    chosen = apply(found, changes)
    if chosen.warnings and not quiet:
        _say(messages, f"{len(chosen.warnings)} warning(s) about the inputs: see optimizer check {case}")
    given = {"paths": paths, "futures": futures, "seed": seed}
    explained = contextlib.nullcontext() if quiet else refusals_explained(chosen, case, changes, given)
    with explained, contextlib.nullcontext() if quiet else ProgressReporter(messages) as reporter:
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
    unwritten = None
    wanted: list[tuple[Path, Callable[[Path], None]]] = []
    if out is not None:
        wanted.append((out, solution.write))
    if workbook is not None:
        wanted.append((workbook, solution.write_workbook))
    if report is not None:
        wanted.append((report, lambda place: html.write_report(solution, place, provenance=provenance_of(solution))))
    for place, write in wanted:
        try:
            write(place)
        except OutputError as error:
            # What the search has found is printed even if it cannot be kept.
            unwritten = error
            continue
        if not quiet:
            _say(messages, f"results written to {place}")
    if as_json:
        json.dump(solution.to_json(), sys.stdout, indent=2, allow_nan=False)
        sys.stdout.write("\n")
    else:
        print_solution(solution)
    if unwritten is not None:
        raise unwritten
    if solution.interrupted:
        raise typer.Exit(INTERRUPTED)


ENOUGH_FUTURES = 20
"""Below this, starting processes takes longer than they save."""


def _processors(futures: int) -> int:
    return (os.cpu_count() or 1) if futures >= ENOUGH_FUTURES else 1


def _say(console: Console, words: str) -> None:
    console.print(words, soft_wrap=True, markup=False, highlight=False)
