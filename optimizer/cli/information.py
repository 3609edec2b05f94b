"""``optimizer information``: what it is worth to know the future, and to plan for more than one."""

from __future__ import annotations

from optimizer.cli.asking import Answer, Question, about_a_case


@about_a_case(time_limit=270.0)
def information_command(question: Question) -> Answer:
    """Show what knowing the future would save (EVPI) and what planning for one future alone loses (VSS)."""
    from optimizer import information_value

    return information_value(question.case, time_limit=question.time_limit, progress=question.progress)
