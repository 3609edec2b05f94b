"""``optimizer frontier``: how much of one thing the best plans give up for another."""

from __future__ import annotations

from typing import Annotated

import typer

from optimizer.cli.asking import Answer, Question, about_a_case
from optimizer.cli.completion import limited_measures, words

LIMITED_HELP = (
    "What is limited: outlay (expected net public outlay), tail (mean cost of supply in the worst futures), budget:POT "
    "(size of a pot), share:MATERIAL:ORIGIN (largest yearly share of an origin in supply; with :REGION of one region)."
)
MINIMISED_HELP = "What is minimised: cost (supply, shortage, missed targets, plants), outlay, shortage or tail."


@about_a_case(time_limit=280.0, gap_is_the_cases=False)
def frontier_command(
    question: Question,
    x: Annotated[
        str, typer.Option("--x", metavar="MEASURE", autocompletion=limited_measures, help=LIMITED_HELP)
    ] = "outlay",
    y: Annotated[
        str,
        typer.Option(
            "--y", metavar="MEASURE", autocompletion=words("cost", "outlay", "shortage", "tail"), help=MINIMISED_HELP
        ),
    ] = "cost",
    points: Annotated[int, typer.Option(metavar="N", min=2, help="Number of points.")] = 9,
) -> Answer:
    """Draw how much less of one measure the best plans have for more of another.

    Both ends first, then points where most is unknown.
    """
    from optimizer import frontier

    return frontier(
        question.case,
        x=x,
        y=y,
        points=points,
        gap=question.gap,
        time_limit=question.time_limit,
        progress=question.progress,
    )
