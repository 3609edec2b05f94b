"""``optimizer instruments``: the same supply bought with every instrument."""

from __future__ import annotations

from typing import Annotated

import typer

from optimizer import instruments
from optimizer.analysis.instrument_choice.comparison import TIME_LIMIT
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


def instruments_command(
    case: CaseName,
    plant: Annotated[
        str | None, typer.Option(metavar="PLANT", help="Any candidate; left out, every plant that the plan backs.")
    ] = None,
    strike: Annotated[
        float | None,
        typer.Option(metavar="USD_PER_KG", help="Price contracts and border floors at this strike too (one plant)."),
    ] = None,
    exact: Annotated[
        bool, typer.Option("--exact", help="Also solve the whole model with each instrument alone on offer.")
    ] = False,
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
    """Compare nine ways to buy the same supply: who pays, what it deters, what stays bankable.

    Floor, two-way CfD, collar, purchase, grant, loan, equity, tariff and border-adjusted floor, each at the least terms
    at which the plant is viable.
    """
    chosen = asked_case(case, assignments, what_ifs, paths=paths, futures=futures, seed=seed, gap=gap)
    answer(
        lambda progress: instruments(
            chosen, plant=plant, strike=strike, exact=exact, time_limit=time_limit, progress=progress
        ),
        Output(out, as_json, as_csv, quiet),
    )
