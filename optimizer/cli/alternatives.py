"""``optimizer alternatives``: plans that cost little more than the best one, and how far each decision can move."""

from __future__ import annotations

from typing import Annotated

import typer

from optimizer import alternatives
from optimizer.analysis.near_optimal.alternatives import DIFFERENT, TIME_LIMIT, TOWARD
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
from optimizer.errors import SettingError


def alternatives_command(
    case: CaseName,
    within: Annotated[
        str, typer.Option(metavar="SHARE", help="How much more than the best plan may cost: 2% or 0.02.")
    ] = "2%",
    toward: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help=f"Only this direction; repeatable: {', '.join(TOWARD)}, most-in-REGION."),
    ] = None,
    different: Annotated[
        int, typer.Option(min=0, help="How often to ask for the plan most different from all before it.")
    ] = DIFFERENT,
    ranges: Annotated[
        bool, typer.Option("--ranges/--no-ranges", help="Ask how far every plant, strike, pot and stockpile can move.")
    ] = True,
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
    """Show plans that cost little more than the best one and differ as much as they can.

    For each direction (fewest plants, least outlay, least from the largest outside origin and so on) the plan that goes
    furthest; then which plants are must-have, which are free, and how far strikes, pots and stock can move.
    """
    share = share_of(within)
    chosen = asked_case(case, assignments, what_ifs, paths=paths, futures=futures, seed=seed, gap=gap)
    answer(
        lambda reporter: alternatives(
            chosen, within=share, toward=toward, different=different, ranges=ranges, time_limit=time_limit,
            progress=reporter,
        ),
        Output(out, as_json, as_csv, quiet),
    )  # fmt: skip


def share_of(words: str) -> float:
    """A share as typed: a percentage or a fraction.

    >>> share_of("2%"), share_of("0.02"), share_of("2.5 %")
    (0.02, 0.02, 0.025)
    >>> share_of("2")
    Traceback (most recent call last):
    optimizer.errors.SettingError: --within: '2' is no share from 0 to 1. Write 2% or 0.02.
    """
    text = words.strip()
    try:
        value = float(text.removesuffix("%")) / (100.0 if text.endswith("%") else 1.0)
    except ValueError:
        value = -1.0
    if not 0.0 <= value <= 1.0:
        raise SettingError(f"--within: '{words}' is no share from 0 to 1. Write 2% or 0.02.")
    return value
