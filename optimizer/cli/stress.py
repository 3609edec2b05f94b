"""``optimizer stress``: a plan in thousands of futures that it was not made for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from optimizer.analysis import stress
from optimizer.analysis.robust.stressed import FRESH, TIME_LIMIT
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

WORKERS = 2
"""Processes by default."""


def stress_command(
    case: CaseName,
    run: Annotated[
        Path | None,
        typer.Option(
            "--run", metavar="DIR", help="A run written by solve --out whose plan is meant; else the best one."
        ),
    ] = None,
    futures_fresh: Annotated[
        int, typer.Option("--futures-fresh", metavar="N", min=2, help="Number of fresh futures and price paths.")
    ] = FRESH,
    workers: Annotated[int, typer.Option(min=1, help="Processes; the figures do not depend on it.")] = WORKERS,
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
    """Hold a plan fixed and solve supply again in fresh futures and price paths: is it as good as it looked?"""
    chosen = asked_case(case, assignments, what_ifs, paths=paths, futures=futures, seed=seed, gap=gap)
    answer(
        lambda progress: stress(
            chosen,
            run=run,
            futures_fresh=futures_fresh,
            workers=workers,
            time_limit=time_limit,
            progress=progress,
        ),
        Output(out, as_json, as_csv, quiet),
    )
