"""``optimizer frontier``: how much of one thing the best plans give up for another."""

from __future__ import annotations

from typing import Annotated

import typer

from optimizer.analysis import frontier
from optimizer.analysis.frontiers.analysis import POINTS, TIME_LIMIT
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

LIMITED_HELP = (
    "What is limited: outlay (expected net public outlay), tail (mean cost of supply in the worst futures), budget:POT "
    "(size of a pot), share:MATERIAL:ORIGIN (largest yearly share of an origin in supply; with :REGION of one region)."
)
MINIMISED_HELP = "What is minimised: cost (supply, shortage, missed targets, plants), outlay, shortage or tail."


def frontier_command(
    case: CaseName,
    x: Annotated[str, typer.Option("--x", metavar="MEASURE", help=LIMITED_HELP)] = "outlay",
    y: Annotated[str, typer.Option("--y", metavar="MEASURE", help=MINIMISED_HELP)] = "cost",
    points: Annotated[int, typer.Option(min=2, help="Number of points.")] = POINTS,
    what_ifs: WhatIfs = None,
    assignments: Assignments = None,
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
    """Draw how much less of one measure the best plans have for more of another.

    Both ends first, then points where most is unknown.
    """
    chosen = asked_case(case, assignments, what_ifs, paths=paths, futures=futures, seed=seed)
    answer(
        lambda reporter: frontier(chosen, x=x, y=y, points=points, gap=gap, time_limit=time_limit, progress=reporter),
        Output(out, as_json, as_csv, quiet),
    )
