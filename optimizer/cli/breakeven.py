"""``optimizer breakeven``: the strike each candidate needs, and the one it is worth."""

from __future__ import annotations

from typing import Annotated

import typer

from optimizer import breakeven
from optimizer.analysis.break_even.break_even import TIME_LIMIT
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


def breakeven_command(
    case: CaseName,
    plant: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only this candidate, with its curves; built or not.")
    ] = None,
    instrument: Annotated[
        str | None,
        typer.Option(
            metavar="KIND",
            help="Only contracts of this form (floor, cfd, collar, purchase), or this money in their place "
            "(grant, equity, loan).",
        ),
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
    """Show what every candidate needs to be built, what it is worth, and at which strike it enters the plan.

    Also for candidates that are not in the plan: the lowest strike, tonnage and tenor at which each is viable on its
    own, the strike that its worth to the public would pay for, and the grant, equity or loan that would do instead.
    """
    chosen = asked_case(case, assignments, what_ifs, paths=paths, futures=futures, seed=seed, gap=gap)
    answer(
        lambda reporter: breakeven(
            chosen, plant=plant, instrument=instrument, time_limit=time_limit, progress=reporter
        ),
        Output(out, as_json, as_csv, quiet),
    )
