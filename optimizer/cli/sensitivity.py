"""``optimizer sensitivity``: which uncertain inputs move the cost of the plan, and which move the plan."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from optimizer import sensitivity
from optimizer.analysis.uncertain_inputs.sensitivity import LARGEST, SAMPLES, STEPS, SWITCHES, TIME_LIMIT
from optimizer.cli.asking import (
    AsCsv,
    AsJson,
    Assignments,
    CaseName,
    Futures,
    Gap,
    OutFolder,
    Output,
    Paths,
    Quiet,
    Seed,
    TimeLimit,
    WhatIfs,
    answer,
    asked_case,
)


def sensitivity_command(
    case: CaseName,
    largest: Annotated[
        int, typer.Option(min=0, help="Solve for the best plan at both ends of so many inputs, largest effect first.")
    ] = LARGEST,
    every: Annotated[bool, typer.Option("--all", help="At both ends of every input.")] = False,
    samples: Annotated[int, typer.Option(min=0, help="Runs with all inputs moved at once, for the indices.")] = SAMPLES,
    spread: Annotated[
        Literal["triangular", "uniform"], typer.Option(help="How values are spread between low and high.")
    ] = "triangular",
    switches: Annotated[int, typer.Option(min=0, help="Ends for which switch values are looked for.")] = SWITCHES,
    steps: Annotated[int, typer.Option(min=0, max=12, help="Bisections of each: 4 part the way into 16.")] = STEPS,
    group: Annotated[bool, typer.Option("--group", help="Move all rows of a column together.")] = False,
    workers: Annotated[int, typer.Option(min=1, help="Processes that answer; the answer does not depend on it.")] = 2,
    runs: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Keep every best plan in this store of runs: the same command goes on there."),
    ] = None,
    assignments: Assignments = None,
    what_ifs: WhatIfs = None,
    paths: Paths = None,
    futures: Futures = None,
    seed: Seed = None,
    gap: Gap = None,
    time_limit: TimeLimit = TIME_LIMIT,
    out: OutFolder = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    quiet: Quiet = False,
) -> None:
    """Move every figure that has a low and a high: what moves the cost, what moves the plan, and at which value.

    Tornado with the plan as it is and with the best plan, Sobol indices, which weakly supported figure decides most,
    and the values at which plants enter or leave.
    """
    chosen = asked_case(case, assignments, what_ifs, paths=paths, futures=futures, seed=seed, gap=gap)
    answer(
        lambda progress: sensitivity(
            chosen,
            largest=None if every else largest,
            samples=samples,
            spread=spread,
            switches=switches,
            steps=steps,
            group=group,
            workers=workers,
            runs=runs,
            time_limit=time_limit,
            progress=progress,
        ),
        Output(out, as_json, as_csv, quiet),
    )
