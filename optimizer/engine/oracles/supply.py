"""The cost of supply in every future as functions of the award columns of the master."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from optimizer.engine.oracles.cuts import Cut, Reply
from optimizer.engine.oracles.futures import FutureReply

FloatArray = NDArray[np.float64]


class Futures(Protocol):
    """Whatever solves all futures at given award columns: in this process or in others."""

    def ask(self, x: FloatArray, *, supply: bool = False) -> Sequence[FutureReply]:
        """One reply per future, in order; with the values of its columns if ``supply``."""


class SupplyOracle:
    """``columns`` are the master's columns for the cost of each future, ``places`` its award columns."""

    def __init__(self, columns: NDArray[np.int64], places: NDArray[np.int64], futures: Futures) -> None:
        self.columns, self.places = columns, places
        self.futures = futures

    def ask(self, x: FloatArray) -> Reply:
        """Cost of supply in each future (musd; infinite where supply is infeasible), and a cut from each."""
        replies = self.futures.ask(np.ascontiguousarray(x[self.places]))
        cuts = [
            Cut(int(column) if np.isfinite(reply.value) else None, reply.constant, self.places, reply.slopes)
            for column, reply in zip(self.columns, replies, strict=True)
        ]
        return Reply(np.array([reply.value for reply in replies]), cuts)

    def replies(self, x: FloatArray) -> Sequence[FutureReply]:
        """All that is known of each future at a point, its supply included."""
        return self.futures.ask(np.ascontiguousarray(x[self.places]), supply=True)
