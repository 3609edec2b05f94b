"""``optimizer instruments``: the same supply bought with every instrument."""

from __future__ import annotations

from typing import Annotated

import typer

from optimizer.cli.asking import Answer, Question, about_a_case
from optimizer.cli.completion import plant_names


@about_a_case(time_limit=240.0)
def instruments_command(
    question: Question,
    plant: Annotated[
        str | None,
        typer.Option(
            metavar="PLANT",
            autocompletion=plant_names,
            help="Any candidate; left out, every plant that the plan backs.",
        ),
    ] = None,
    strike: Annotated[
        float | None,
        typer.Option(metavar="USD_PER_KG", help="Price contracts and border floors at this strike too (one plant)."),
    ] = None,
    exact: Annotated[
        bool, typer.Option("--exact", help="Also solve the whole model with each instrument alone on offer.")
    ] = False,
) -> Answer:
    """Compare nine ways to buy the same supply: who pays, what it deters, what stays bankable.

    Floor, two-way CfD, collar, purchase, grant, loan, equity, tariff and border-adjusted floor, each at the least terms
    at which the plant is viable.
    """
    from optimizer import instruments

    return instruments(
        question.case,
        plant=plant,
        strike=strike,
        exact=exact,
        time_limit=question.time_limit,
        progress=question.progress,
    )
