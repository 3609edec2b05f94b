"""Why a search stopped, in words."""

from __future__ import annotations

STOPPED = {
    "gap_reached": "the best plan to within the gap",
    "time_limit": "the best plan found before the time limit",
    "round_limit": "the best plan found before the search came to a halt",
    "interrupted": "the best plan found before it was interrupted",
}


def plan_words(termination: str) -> str:
    """What a plan is, by why its search stopped.

    >>> plan_words("time_limit")
    'the best plan found before the time limit'
    """
    return STOPPED[termination]
