"""``optimizer regret``: every plan in every state of the world, and the plan whose largest regret is least."""

from __future__ import annotations

from typing import Annotated

import typer

from optimizer.cli.asking import Answer, Question, about_a_case
from optimizer.cli.completion import state_files


@about_a_case(time_limit=270.0)
def regret_command(
    question: Question,
    states: Annotated[
        str,
        typer.Option(
            "--states",
            metavar="FILE|auto",
            autocompletion=state_files,
            help="File of what-ifs, each a state of the world; auto makes them.",
        ),
    ] = "auto",
) -> Answer:
    """Show what each plan costs beyond the cheapest one in each state of the world, and which plan regrets least."""
    from optimizer import regret

    return regret(question.case, states=states, time_limit=question.time_limit, progress=question.progress)
