"""Supply in every future: an LP each, solved again from its last basis, its duals turned into a cut.

Awards enter a future only through right-hand sides: capacity, purchases, deliveries. So all futures share one matrix,
which stays in HiGHS; a future is a vector of costs, bounds and sides. Any vector of duals gives a valid cut (weak
duality with finite bounds), so a cut does not rest on HiGHS' tolerances:

    value(x) ≥ Σ_i π_i b_i + Σ_j min(d_j l_j, d_j u_j) + (c_x − Tᵀπ)·x,  d = c − Wᵀπ

Source: A. Neumaier and O. Shcherbina, Safe bounds in linear and mixed-integer linear programming, Mathematical
Programming 99 (2004).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array

from optimizer.engine.affine import Affine
from optimizer.engine.form import LARGEST, LARGEST_BOUND, StandardForm
from optimizer.engine.highs import LpPoint, WarmLp
from optimizer.errors import ModelError, SolverError

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class SupplyArrays:
    """A future as numbers affine in its data: ``cost @ y + own_cost @ x + offset`` over ``W y + T x`` against ``rhs``.

    y are the columns of supply, x the ``width`` award columns. ``recourse`` is W, (rows, columns). The entries of T,
    affine in data, stand at ``t_rows`` and ``t_columns``. ``sense`` per row: 1 (≤), 0 (=), −1 (≥).
    """

    cost: Affine
    own_cost: Affine
    offset: Affine
    recourse: csc_array
    t_rows: NDArray[np.int64]
    t_columns: NDArray[np.int64]
    t_entries: Affine
    width: int
    rhs: Affine
    sense: NDArray[np.int8]
    lower: FloatArray
    upper: Affine

    def linking(self, data: FloatArray) -> csr_array:
        """The matrix T of one future, (rows, award columns)."""
        shape = (len(self.sense), self.width)
        return csr_array((self.t_entries.at(data), (self.t_rows, self.t_columns)), shape=shape)


@dataclass(frozen=True)
class FutureReply:
    """One future at one point: ``value`` (musd, infinite if infeasible), the cut's ``constant`` and ``slopes``.

    If asked for: ``supply``, the values of its columns, and their worst ``violation`` of a row, relative to its terms.
    """

    value: float
    constant: float
    slopes: FloatArray
    supply: FloatArray | None = None
    violation: float = 0.0


def check_future(arrays: SupplyArrays, data: FloatArray, number: int) -> None:
    """Raise ModelError if a number of one future is not finite or too large: later numbers go into HiGHS unseen."""
    parts = {
        "cost": (arrays.cost, LARGEST_BOUND),
        "cost of an award": (arrays.own_cost, LARGEST_BOUND),
        "constant cost": (arrays.offset, LARGEST_BOUND),
        "coefficient of an award": (arrays.t_entries, LARGEST),
        "right-hand side": (arrays.rhs, LARGEST_BOUND),
        "upper bound": (arrays.upper, LARGEST_BOUND),
    }
    for what, (part, largest) in parts.items():
        values = part.at(data)
        bad = np.flatnonzero(~(np.abs(values) <= largest))
        if bad.size:
            raise ModelError(
                f"future {number + 1} has the {what} {values[bad[0]]:g}; allowed are finite numbers of at most "
                f"{largest:g} in size. An input is probably in the wrong unit."
            )


class FutureLps:
    """The futures whose data are given, each with the basis of its last solve.

    The first solve of each starts from the basis of one ``reference`` future (the first of the data, if not given), so
    that answers depend neither on order nor on which futures share a process.
    """

    def __init__(self, arrays: SupplyArrays, data: FloatArray, reference: FloatArray | None = None) -> None:
        self._reference = data[0] if reference is None else reference
        self._first_basis: Any = None
        self.arrays, self.data = arrays, data
        self.relink()
        self._basis: list[Any] = [None] * len(data)
        self._lp: WarmLp | None = None
        self._transposed = csr_array(arrays.recourse.T)

    def relink(self) -> None:
        """Read again, from data that have changed, how awards enter each future. ModelError for unfit numbers."""
        for number, row in enumerate(self.data):
            check_future(self.arrays, row, number)
        self._linking = [self.arrays.linking(row) for row in self.data]

    def ask(self, x: FloatArray, *, supply: bool = False) -> list[FutureReply]:
        """Solve every future at the award columns ``x``; ``supply`` keeps its columns in the replies."""
        return [self.ask_one(w, x, supply=supply) for w in range(len(self.data))]

    def ask_one(self, w: int, x: FloatArray, *, supply: bool = False) -> FutureReply:
        """Solve one future at the award columns ``x``. Raises SolverError if HiGHS fails or its proof is no proof."""
        arrays, data, linking = self.arrays, self.data[w], self._linking[w]
        if self._first_basis is None:
            first = self._reference
            side = arrays.rhs.at(first) - arrays.linking(first) @ x
            self._first_basis = self._solved(arrays.cost.at(first), arrays.upper.at(first), side, None).basis
        cost, upper, rhs = arrays.cost.at(data), arrays.upper.at(data), arrays.rhs.at(data)
        side = rhs - linking @ x
        point = self._solved(cost, upper, side, self._basis[w] or self._first_basis)
        if point.status == "failed" or point.status == "stopped":
            raise SolverError("HiGHS failed on the supply of a future.")
        self._basis[w] = point.basis
        duals = np.where(arrays.sense > 0, np.minimum(point.duals, 0.0), point.duals)
        duals = np.where(arrays.sense < 0, np.maximum(duals, 0.0), duals)
        own = arrays.own_cost.at(data)
        if point.status == "infeasible":
            return self._infeasible(duals, linking, rhs, upper, x)
        constant = self._weak_duality(duals, cost, rhs, upper) + float(arrays.offset.at(data)[0])
        slopes = own - linking.T @ duals
        value = float(cost @ point.values + own @ x + arrays.offset.at(data)[0])
        if not supply:
            return FutureReply(value, constant, slopes)
        bought = np.clip(point.values, arrays.lower, upper)
        return FutureReply(value, constant, slopes, bought, self._violation(bought, side))

    def sides(self, w: int, x: FloatArray) -> FloatArray:
        """Right-hand sides of one future at the award columns ``x``."""
        side: FloatArray = self.arrays.rhs.at(self.data[w]) - self._linking[w] @ x
        return side

    def point(
        self, w: int, x: FloatArray, *, sides: FloatArray | None = None, uppers: FloatArray | None = None
    ) -> LpPoint:
        """The LP of one future at ``x`` with ``sides`` added to right-hand sides and ``uppers`` to upper bounds.

        It starts from the future's last basis, which stays what it was. The status is ``solved`` or ``infeasible``.
        """
        data = self.data[w]
        upper, side = self.arrays.upper.at(data), self.sides(w, x)
        upper = upper if uppers is None else upper + uppers
        side = side if sides is None else side + sides
        point = self._solved(self.arrays.cost.at(data), upper, side, self._basis[w])
        if point.status not in ("solved", "infeasible"):
            raise SolverError("HiGHS failed on the supply of a future.")
        return point

    def _solved(self, cost: FloatArray, upper: FloatArray, side: FloatArray, basis: Any) -> LpPoint:
        sense = self.arrays.sense
        low, high = np.where(sense <= 0, side, -np.inf), np.where(sense >= 0, side, np.inf)
        return self._loaded(cost, upper, low, high).solve(basis)

    def _loaded(self, cost: FloatArray, upper: FloatArray, low: FloatArray, high: FloatArray) -> WarmLp:
        arrays = self.arrays
        if self._lp is None:
            names = tuple(f"row {i}" for i in range(len(low)))
            columns = tuple(_Named(f"column {j}") for j in range(len(cost)))
            whole = np.zeros(len(cost), dtype=bool)
            form = StandardForm(cost, 0.0, arrays.recourse, low, high, arrays.lower, upper, whole, columns, names)
            self._lp = WarmLp(form, tolerance=1e-8)
        else:
            self._lp.set_costs(cost)
            self._lp.set_bounds(arrays.lower, upper)
            self._lp.set_sides(low, high)
        return self._lp

    def _weak_duality(self, duals: FloatArray, cost: FloatArray, rhs: FloatArray, upper: FloatArray) -> float:
        reduced = cost - self._transposed @ duals
        box = np.minimum(reduced * self.arrays.lower, reduced * upper)
        return float(duals @ rhs + box.sum())

    def _infeasible(
        self, ray: FloatArray, linking: csr_array, rhs: FloatArray, upper: FloatArray, x: FloatArray
    ) -> FutureReply:
        largest = float(np.abs(ray).max(initial=0.0))
        if largest > 0.0:
            ray = ray / largest
            constant = self._weak_duality(ray, np.zeros(len(upper)), rhs, upper)
            slopes = -(linking.T @ ray)
            if constant + float(slopes @ x) > 1e-9:
                return FutureReply(np.inf, constant, slopes)
        raise SolverError("HiGHS calls the supply of a future infeasible and gives no proof.")

    def _violation(self, supply: FloatArray, side: FloatArray) -> float:
        """Worst violation of a row, relative to its terms."""
        activity = self.arrays.recourse @ supply
        scale = np.maximum(1.0, abs(self.arrays.recourse) @ np.abs(supply) + np.abs(side))
        over, under = activity - side, side - activity
        broken = np.where(self.arrays.sense > 0, over, np.where(self.arrays.sense < 0, under, np.abs(over)))
        return max(float((broken / scale).max(initial=0.0)), 0.0)


@dataclass(frozen=True)
class _Named:
    name: str
