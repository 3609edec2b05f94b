"""Cuts, and what every maker of cuts looks like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Cut:
    """A valid inequality: ``column ≥ constant + slopes @ x[places]``, or ``0 ≥ …`` where ``column`` is None.

    ``column`` and ``places`` are positions of columns of the master problem. Money in musd.
    """

    column: int | None
    constant: float
    places: NDArray[np.int64]
    slopes: FloatArray

    def value(self, x: FloatArray) -> float:
        """What the cut asks for at a point, musd."""
        return self.constant + float(self.slopes @ x[self.places])

    def violation(self, x: FloatArray) -> float:
        """By how much a point breaks the cut (musd); negative if it does not."""
        own = 0.0 if self.column is None else float(x[self.column])
        return self.value(x) - own


@dataclass(frozen=True)
class Reply:
    """What an oracle says of a point: ``values`` of its functions there (musd; infinite if infeasible), and cuts."""

    values: FloatArray
    cuts: Sequence[Cut]


class Oracle(Protocol):
    """Convex functions of the columns of the master problem, known only by asking.

    Each function has a column of the master that stands for it. ``ask`` returns the exact values at a point and, for
    each function, a cut that is valid everywhere and tight at the point.
    """

    columns: NDArray[np.int64]

    def ask(self, x: FloatArray) -> Reply:
        """Values and cuts at the point ``x``, which has one entry per column of the master."""
