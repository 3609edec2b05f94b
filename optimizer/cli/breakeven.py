"""``optimizer breakeven``: the strike each candidate needs, and the one it is worth."""

from __future__ import annotations

from typing import Annotated

import typer

from optimizer.cli.asking import Answer, Question, about_a_case
from optimizer.cli.completion import words
from optimizer.cli.options import PlantName


@about_a_case(time_limit=280.0)
def breakeven_command(
    question: Question,
    plant: PlantName = None,
    instrument: Annotated[
        str | None,
        typer.Option(
            metavar="KIND",
            autocompletion=words("floor", "cfd", "collar", "purchase", "grant", "equity", "loan"),
            help="Only contracts of this form (floor, cfd, collar, purchase), or this money in their place "
            "(grant, equity, loan).",
        ),
    ] = None,
) -> Answer:
    """Show what every candidate needs to be built, what it is worth, and at which strike it enters the plan.

    Also for candidates that are not in the plan: the lowest strike, tonnage and tenor at which each is viable on its
    own, the strike that its worth to the public would pay for, and the grant, equity or loan that would do instead.
    """
    from optimizer import breakeven

    return breakeven(
        question.case, plant=plant, instrument=instrument, time_limit=question.time_limit, progress=question.progress
    )
