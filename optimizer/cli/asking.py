"""What all analyses share on the command line: the case and its changes, sizes, and where the answer goes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from optimizer import Case, read_case
from optimizer.analysis import Analysis
from optimizer.cli.output import AsCsv as AsCsv
from optimizer.cli.output import AsJson as AsJson
from optimizer.cli.output import print_csv, print_json, require_one_shape
from optimizer.cli.progress import ProgressReporter
from optimizer.cli.signals import INTERRUPTED
from optimizer.errors import OutputError
from optimizer.report.analysis import print_analysis
from optimizer.results.store import require_replaceable
from optimizer.whatif import apply
from optimizer.whatif.named import find_what_if

CaseName = Annotated[str, typer.Argument(metavar="CASE", help="Folder or workbook of a case, or a bundled name.")]
Assignments = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change one figure of the case; may be given several times."),
]
WhatIfs = Annotated[
    list[str] | None,
    typer.Option("--what-if", metavar="FILE:NAME", help="A named what-if, made before --set; may be repeated."),
]
Paths = Annotated[int | None, typer.Option(min=1, help="Number of price paths.")]
Futures = Annotated[int | None, typer.Option(min=1, help="Number of futures of the supply layer.")]
Seed = Annotated[int | None, typer.Option(min=0, help="Seed of the draws: same seed, same tables.")]
Gap = Annotated[float | None, typer.Option(min=0.0, help="Relative gap at which each solve stops, e.g. 0.001.")]
TimeLimit = Annotated[
    float, typer.Option(metavar="SECONDS", min=1.0, help="Stop after this time with what is known by then.")
]
OutFolder = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Write the tables of the answer into this folder.")
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Show no progress.")]


@dataclass(frozen=True)
class Output:
    """Where an answer goes and in which shape."""

    out: Path | None
    as_json: bool
    as_csv: bool
    quiet: bool


def asked_case(
    name: str,
    assignments: Sequence[str] | None,
    what_ifs: Sequence[str] | None,
    *,
    paths: int | None = None,
    futures: int | None = None,
    seed: int | None = None,
    gap: float | None = None,
) -> Case:
    """The case with its changes: named what-ifs first, then single figures, then sizes."""
    changes = [change for each in what_ifs or [] for change in find_what_if(each).changes] + list(assignments or [])
    case = apply(read_case(name), changes)
    sizes = {"scenarios.paths": paths, "scenarios.futures": futures, "scenarios.seed": seed, "solve.gap": gap}
    for key, value in sizes.items():
        if value is not None:
            case = case.set(key, value)
    return case


def answer(ask: Callable[[ProgressReporter | None], Analysis], output: Output) -> None:
    """Ask with progress shown, then write and print the answer; exit code 130 if it was stopped before the end."""
    require_one_shape(output.as_json, output.as_csv)
    if output.out is not None:
        require_replaceable(output.out)
    messages = Console(stderr=True)
    with contextlib.nullcontext() if output.quiet else ProgressReporter(messages) as reporter:
        found = ask(reporter)
    unwritten = None
    if output.out is not None:
        try:
            found.write(output.out)
        except OutputError as error:
            # What was found is printed even if it cannot be kept.
            unwritten = error
        else:
            if not output.quiet:
                words = f"answer written to {output.out}"
                messages.print(words, soft_wrap=True, markup=False, highlight=False)
    if output.as_json:
        print_json(found.to_json())
    elif output.as_csv:
        print_csv(found.table)
    else:
        print_analysis(found)
    if unwritten is not None:
        raise unwritten
    if found.interrupted:
        raise typer.Exit(INTERRUPTED)
