"""``optimizer prices``: what a little more of each limit is worth."""

from __future__ import annotations

from typing import Annotated

import typer

from optimizer.cli.asking import Answer, Question, about_a_case


@about_a_case(time_limit=280.0)
def prices_command(
    question: Question,
    exact: Annotated[
        bool, typer.Option("--exact", help="Also solve the whole problem again with each pot larger and smaller.")
    ] = False,
    step: Annotated[
        float | None, typer.Option(metavar="MUSD", help="Step of --exact, musd; a tenth of each pot if not given.")
    ] = None,
) -> Answer:
    """Say what the next musd in each pot saves, and what capacity, routes, targets and demand are worth at the margin.

    Yes-or-no decisions are kept as the best plan has them; with --exact, plans are chosen anew beside that.
    """
    from optimizer import shadow_prices

    return shadow_prices(
        question.case, exact=exact, step_musd=step, time_limit=question.time_limit, progress=question.progress
    )
