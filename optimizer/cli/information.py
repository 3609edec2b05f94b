"""``optimizer information``: what it is worth to know the future, and to plan for more than one."""

from __future__ import annotations

from optimizer.analysis import information_value
from optimizer.analysis.robust.informed import TIME_LIMIT
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


def information_command(
    case: CaseName,
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
    """Show what knowing the future would save (EVPI) and what planning for one future alone loses (VSS)."""
    chosen = asked_case(case, assignments, what_ifs, paths=paths, futures=futures, seed=seed, gap=gap)
    answer(
        lambda progress: information_value(chosen, time_limit=time_limit, progress=progress),
        Output(out, as_json, as_csv, quiet),
    )
