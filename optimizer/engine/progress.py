"""What a running solve tells about itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """One report: what is being done, the best plan so far (musd), its bound, their relative gap, seconds elapsed.

    ``iteration`` and ``cuts`` are those of the cutting-plane method.
    """

    stage: str
    incumbent: float | None
    bound: float | None
    gap: float | None
    seconds: float
    iteration: int | None = None
    cuts: int | None = None


Listener = Callable[[Progress], None]


def relative_gap(incumbent: float, bound: float) -> float:
    """Gap between a plan's cost and the bound, as a share of the cost; infinite if the cost is zero and they differ.

    >>> relative_gap(102.0, 100.0)
    0.0196078431372549
    >>> relative_gap(0.0, 0.0)
    0.0
    """
    if incumbent == bound:
        return 0.0
    return abs(incumbent - bound) / abs(incumbent) if incumbent else float("inf")
