"""``optimizer prices``: what a little more of each limit is worth."""

from __future__ import annotations

from typing import Annotated

import typer

from optimizer.analysis import shadow_prices
from optimizer.analysis.marginal.analysis import TIME_LIMIT
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


def prices_command(
    case: CaseName,
    exact: Annotated[
        bool, typer.Option("--exact", help="Also solve the whole problem again with each pot larger and smaller.")
    ] = False,
    step: Annotated[
        float | None, typer.Option(metavar="MUSD", help="Step of --exact, musd; a tenth of each pot if not given.")
    ] = None,
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
    """Say what the next musd in each pot saves, and what capacity, routes, targets and demand are worth at the margin.

    Yes-or-no decisions are kept as the best plan has them; with --exact, plans are chosen anew beside that.
    """
    chosen = asked_case(case, assignments, what_ifs, paths=paths, futures=futures, seed=seed, gap=gap)
    answer(
        lambda reporter: shadow_prices(chosen, exact=exact, step_musd=step, time_limit=time_limit, progress=reporter),
        Output(out, as_json, as_csv, quiet),
    )
