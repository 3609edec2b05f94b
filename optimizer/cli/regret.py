"""``optimizer regret``: every plan in every state of the world, and the plan whose largest regret is least."""

from __future__ import annotations

from typing import Annotated

import typer

from optimizer.analysis import regret
from optimizer.analysis.robust.regrets import TIME_LIMIT
from optimizer.analysis.robust.states import AUTO
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


def regret_command(
    case: CaseName,
    states: Annotated[
        str,
        typer.Option(
            "--states", metavar="FILE|auto", help="File of what-ifs, each a state of the world; auto makes them."
        ),
    ] = AUTO,
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
    """Show what each plan costs beyond the cheapest one in each state of the world, and which plan regrets least."""
    chosen = asked_case(case, assignments, what_ifs, paths=paths, futures=futures, seed=seed, gap=gap)
    answer(
        lambda progress: regret(chosen, states=states, time_limit=time_limit, progress=progress),
        Output(out, as_json, as_csv, quiet),
    )
