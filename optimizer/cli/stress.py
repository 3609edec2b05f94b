"""``optimizer stress``: a plan in thousands of futures that it was not made for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from optimizer.cli.asking import Answer, Question, about_a_case
from optimizer.cli.completion import run_folders
from optimizer.cli.options import EFFORT_PANEL


@about_a_case(time_limit=270.0)
def stress_command(
    question: Question,
    run: Annotated[
        Path | None,
        typer.Option(
            "--run",
            metavar="DIR",
            autocompletion=run_folders,
            help="A run written by solve --out whose plan is meant; else the best one.",
        ),
    ] = None,
    futures_fresh: Annotated[
        int, typer.Option("--futures-fresh", metavar="N", min=2, help="Number of fresh futures and price paths.")
    ] = 10_000,
    workers: Annotated[
        int,
        typer.Option(
            metavar="N", min=1, rich_help_panel=EFFORT_PANEL, help="Processes; the figures do not depend on it."
        ),
    ] = 2,
) -> Answer:
    """Hold a plan fixed and solve supply again in fresh futures and price paths: is it as good as it looked?"""
    from optimizer import stress

    return stress(
        question.case,
        run=run,
        futures_fresh=futures_fresh,
        workers=workers,
        time_limit=question.time_limit,
        progress=question.progress,
    )
