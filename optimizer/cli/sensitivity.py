"""``optimizer sensitivity``: which uncertain inputs move the cost of the plan, and which move the plan."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from optimizer.cli.asking import Answer, Question, about_a_case
from optimizer.cli.options import EFFORT_PANEL


@about_a_case(time_limit=270.0)
def sensitivity_command(
    question: Question,
    largest: Annotated[
        int,
        typer.Option(
            metavar="N", min=0, help="Solve for the best plan at both ends of so many inputs, largest effect first."
        ),
    ] = 12,
    every: Annotated[bool, typer.Option("--all", help="At both ends of every input.")] = False,
    samples: Annotated[
        int, typer.Option(metavar="N", min=0, help="Runs with all inputs moved at once, for the indices.")
    ] = 64,
    spread: Annotated[
        Literal["triangular", "uniform"],
        typer.Option(metavar="triangular|uniform", help="How values are spread between low and high."),
    ] = "triangular",
    switches: Annotated[int, typer.Option(metavar="N", min=0, help="Ends for which switch values are looked for.")] = 4,
    steps: Annotated[
        int, typer.Option(metavar="N", min=0, max=12, help="Bisections of each: 4 part the way into 16.")
    ] = 4,
    group: Annotated[bool, typer.Option("--group", help="Move all rows of a column together.")] = False,
    workers: Annotated[
        int,
        typer.Option(
            metavar="N", min=1, rich_help_panel=EFFORT_PANEL, help="Processes; the answer does not depend on it."
        ),
    ] = 2,
    runs: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Keep every best plan in this store of runs: the same command goes on there."),
    ] = None,
) -> Answer:
    """Move every figure that has a low and a high: what moves the cost, what moves the plan, and at which value.

    Tornado with the plan as it is and with the best plan, Sobol indices, which weakly supported figure decides most,
    and the values at which plants enter or leave.
    """
    from optimizer import sensitivity

    return sensitivity(
        question.case,
        largest=None if every else largest,
        samples=samples,
        spread=spread,
        switches=switches,
        steps=steps,
        group=group,
        workers=workers,
        runs=runs,
        time_limit=question.time_limit,
        progress=question.progress,
    )
