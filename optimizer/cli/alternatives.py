"""``optimizer alternatives``: plans that cost little more than the best one, and how far each decision can move."""

from __future__ import annotations

from typing import Annotated

import typer

from optimizer.cli.asking import Answer, Question, about_a_case
from optimizer.cli.completion import words
from optimizer.errors import SettingError

TOWARD = (
    "fewest-plants",
    "least-outlay",
    "least-from-origin",
    "most-in-one-country",
    "fewest-pots",
    "least-stock",
    "most-stock",
    "most-different",
)
"""Directions, as the analysis knows them."""


@about_a_case(time_limit=240.0)
def alternatives_command(
    question: Question,
    within: Annotated[
        str, typer.Option(metavar="SHARE", help="How much more than the best plan may cost: 2% or 0.02.")
    ] = "2%",
    toward: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            autocompletion=words(*TOWARD),
            help=f"Only this direction; repeatable: {', '.join(TOWARD)}, most-in-REGION.",
        ),
    ] = None,
    different: Annotated[
        int, typer.Option(metavar="N", min=0, help="How often to ask for the plan most different from all before it.")
    ] = 3,
    ranges: Annotated[
        bool, typer.Option("--ranges/--no-ranges", help="Ask how far every plant, strike, pot and stockpile can move.")
    ] = True,
) -> Answer:
    """Show plans that cost little more than the best one and differ as much as they can.

    For each direction (fewest plants, least outlay, least from the largest outside origin and so on) the plan that goes
    furthest; then which plants are must-have, which are free, and how far strikes, pots and stock can move.
    """
    from optimizer import alternatives

    return alternatives(
        question.case,
        within=share_of(within),
        toward=toward,
        different=different,
        ranges=ranges,
        time_limit=question.time_limit,
        progress=question.progress,
    )


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
