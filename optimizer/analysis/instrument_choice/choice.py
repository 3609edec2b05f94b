"""One instrument for one plant at one set of terms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.analysis.standing import Standing
from optimizer.data.row import Row

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Choice:
    """One instrument at one set of terms.

    ``level`` is a strike (USD/kg), an amount (musd) or a tariff rate; None if no terms do, and then ``standing`` is
    how the plant stands where it comes nearest, at ``nearest``. ``treasury``, ``buyers`` and ``others`` (what other
    producers get) are present values at the public rate per price path, musd. ``income`` is what a kg earns on the
    mean over the years of cover, per path. ``cash`` is what a kg earns after all costs but capital when the price of
    the product stands still, and ``kinks`` where that bends. ``unpaid`` is what a lending treasury would not see again
    if only the plant's own cash repaid it, per path.
    """

    instrument: str
    market: str | None
    stated: bool
    level: float | None
    nearest: float
    words: str
    standing: Standing
    treasury: FloatArray
    buyers: FloatArray
    others: FloatArray
    income: FloatArray
    upside_kept: float
    cash: Callable[[FloatArray], FloatArray]
    kinks: Sequence[float]
    service: float
    public_money: float
    row: Row | None
    unpaid: FloatArray | None = None

    @property
    def viable(self) -> bool:
        """Whether the plant is viable at these terms."""
        return self.standing.viable
