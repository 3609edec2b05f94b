"""``optimizer additionality``: which backed plants would have been built anyway, and what was spent on those."""

from __future__ import annotations

from optimizer import additionality
from optimizer.analysis.additional.additionality import TIME_LIMIT
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


def additionality_command(
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
    """Show on how many price paths each backed plant would be built unaided, and the outlay spent on those paths.

    Also what stops it before the paths are known, and what its sponsor keeps beyond what it asks for.
    """
    chosen = asked_case(case, assignments, what_ifs, paths=paths, futures=futures, seed=seed, gap=gap)
    answer(
        lambda reporter: additionality(chosen, time_limit=time_limit, progress=reporter),
        Output(out, as_json, as_csv, quiet),
    )
