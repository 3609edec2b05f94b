r"""Tail risk by sorting: the mean of the worst share of price paths, and the worst case, as cuts.

.. math:: \mathrm{CVaR}_\alpha[L(x)] = \max_q \sum_s q_s L_s(x), \quad 0 \le q_s \le \pi_s / (1-\alpha),
   \; \sum_s q_s = 1

Losses are linear in the awards, so the q that is best at one point gives a cut that is valid at all of them, and a
promise twice as large has twice the tail: the constant is zero. Source: R. T. Rockafellar and S. Uryasev, Optimization
of conditional value-at-risk, Journal of Risk 2 (2000); A. Künzi-Bay and J. Mayer, Computational aspects of minimizing
conditional value-at-risk, Computational Management Science 3 (2006).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from optimizer.engine.form import LARGEST
from optimizer.engine.oracles.cuts import Cut, Reply
from optimizer.errors import ModelError
from optimizer.terms.finance import tail_weights

FloatArray = NDArray[np.float64]


class TailOracle:
    """One tail mean (or worst case, ``alpha`` None) of losses ``table.T @ x[places]``.

    ``table`` has one row per column of the master in ``places`` and one column per price path (musd per unit).
    Raises ModelError for numbers that could not be coefficients of a cut.
    """

    def __init__(
        self, column: int, places: NDArray[np.int64], table: FloatArray, weight: FloatArray, alpha: float | None
    ) -> None:
        bad = table[~(np.abs(table) <= LARGEST)]
        if bad.size:
            raise ModelError(
                f"a price path makes a plant or contract gain or lose {bad[0]:g} musd per unit; allowed are finite "
                f"numbers of at most {LARGEST:g} in size. A price, a cost or a strike is probably in the wrong unit."
            )
        self.columns = np.array([column])
        self._places, self._table, self._weight, self._alpha = places, table, weight, alpha

    def same(self, other: TailOracle) -> bool:
        """Whether another oracle is of the same losses, so that its cuts are valid here."""
        return (
            self._alpha == other._alpha
            and np.array_equal(self._places, other._places)
            and np.array_equal(self._weight, other._weight)
            and np.array_equal(self._table, other._table)
        )

    def ask(self, x: FloatArray) -> Reply:
        """The tail at a point, and the mean over its paths as a cut."""
        amounts = x[self._places]
        used = np.flatnonzero(amounts)
        losses = amounts[used] @ self._table[used]
        if self._alpha is None:
            mass = np.zeros(len(losses))
            mass[int(np.argmax(losses))] = 1.0
        else:
            mass = tail_weights(losses, self._weight, self._alpha)
        value = float(mass @ losses)
        paths = np.flatnonzero(mass)
        slopes = self._table[:, paths] @ mass[paths]
        return Reply(np.array([value]), [Cut(int(self.columns[0]), 0.0, self._places, slopes)])
