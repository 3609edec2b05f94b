"""``optimizer additionality``: which backed plants would have been built anyway, and what was spent on those."""

from __future__ import annotations

from optimizer.cli.asking import Answer, Question, about_a_case


@about_a_case(time_limit=240.0)
def additionality_command(question: Question) -> Answer:
    """Show on how many price paths each backed plant would be built unaided, and the outlay spent on those paths.

    Also what stops it before the paths are known, and what its sponsor keeps beyond what it asks for.
    """
    from optimizer import additionality

    return additionality(question.case, time_limit=question.time_limit, progress=question.progress)
