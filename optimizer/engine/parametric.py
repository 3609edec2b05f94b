"""A Pyomo model with data left open → its matrices as constant + Jacobian × data; any number of futures follow.

Built on ``pyomo.repn.plugins.parameterized_standard_form``: the model is built and compiled once, each future is a
sparse product.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyomo.repn.linear import LinearRepnVisitor
from pyomo.repn.plugins.parameterized_standard_form import ParameterizedLinearStandardFormCompiler
from pyomo.repn.quadratic import QuadraticRepnVisitor
from pyomo.repn.util import OrderedVarRecorder
from scipy.sparse import csc_array, csr_array

from optimizer.engine.affine import Affine
from optimizer.engine.oracles.futures import SupplyArrays
from optimizer.errors import ModelError

FloatArray = NDArray[np.float64]
NUMBERS = (int, float, np.floating, np.integer)


@dataclass(frozen=True)
class ParametricForm:
    """Minimise ``cost @ y + offset`` subject to rows of ``matrix``, each part affine in data.

    ``objectives`` maps the name of each objective of the model to (cost, offset), both affine; ``cost`` has one entry
    per column. The entries of the matrix are in the order of ``indices`` and ``indptr`` (by column); ``sense`` per row
    is 1 (≤), 0 (=) or −1 (≥), with right-hand side ``rhs``. Columns lie between ``lower`` and ``upper``.
    ``products`` are pairs of data whose products follow the data wherever a vector of data is asked for.
    """

    objectives: dict[str, tuple[Affine, Affine]]
    entries: Affine
    indices: NDArray[np.int32]
    indptr: NDArray[np.int32]
    rhs: Affine
    sense: NDArray[np.int8]
    lower: FloatArray
    upper: Affine
    columns: tuple[Any, ...]
    row_names: tuple[str, ...]
    products: tuple[tuple[int, int], ...] = ()

    def with_products(self, data: FloatArray) -> FloatArray:
        """Data of shape (placeholders,) with the products of its pairs at the end."""
        pairs = np.array(self.products, dtype=np.int64).reshape(-1, 2)
        return np.concatenate([data, data[pairs[:, 0]] * data[pairs[:, 1]]])

    def matrix(self, data: FloatArray) -> csc_array:
        """The matrix for one future's data."""
        shape = (len(self.row_names), len(self.columns))
        return csc_array((self.entries.at(data), self.indices.copy(), self.indptr.copy()), shape=shape)


def parametric_form(
    model: Any, data: Sequence[Any], limits: Sequence[tuple[Any, Any]], *, products: bool = False
) -> ParametricForm:
    """Compile ``model``, treating the variables ``data`` as numbers to come.

    ``limits`` are upper bounds (column, expression in data). Raises ModelError if something is not affine in data, nor,
    with ``products``, in data and products of two of them.
    """
    compiler = ParameterizedLinearStandardFormCompiler()
    compiled = compiler.write(model, mixed_form=True, wrt=list(data))
    read = _Reader(data, products)
    columns = tuple(compiled.columns)
    place = {id(column): i for i, column in enumerate(columns)}
    upper: list[Any] = [_finite(column) for column in columns]
    for column, limit in limits:
        if id(column) in place:
            upper[place[id(column)]] = limit
    objectives: dict[str, tuple[Affine, Affine]] = {}
    offsets = list(np.asarray(compiled.c_offset, dtype=object).reshape(-1))
    costs: list[list[Any]] = [[0.0] * len(columns) for _ in compiled.objectives]
    for j in range(len(columns)):
        for k in range(compiled.c.indptr[j], compiled.c.indptr[j + 1]):
            costs[compiled.c.indices[k]][j] = compiled.c.data[k]
    for objective, row, offset in zip(compiled.objectives, costs, offsets, strict=True):
        objectives[objective.name] = (read.affine(row), read.affine([offset]))
    entries = read.affine(list(compiled.A.data))
    rhs = read.affine(list(np.asarray(compiled.rhs, dtype=object).reshape(-1)))
    upper_of_data = read.affine(upper)
    return ParametricForm(
        objectives={name: (read.widened(cost), read.widened(rest)) for name, (cost, rest) in objectives.items()},
        entries=read.widened(entries),
        indices=np.asarray(compiled.A.indices, dtype=np.int32),
        indptr=np.asarray(compiled.A.indptr, dtype=np.int32),
        rhs=read.widened(rhs),
        sense=np.array([row.bound_type for row in compiled.rows], dtype=np.int8),
        lower=np.array([float(column.lb) for column in columns]),
        upper=read.widened(upper_of_data),
        columns=columns,
        row_names=tuple(row.constraint.name for row in compiled.rows),
        products=tuple(read.products),
    )


def _finite(column: Any) -> float:
    if column.lb is None or column.ub is None:
        raise ModelError(f"{column.name} has no finite bounds.")
    return float(column.ub)


class _Reader:
    """Turns expressions in the data into constants and rows of a Jacobian.

    ``products`` maps pairs of data to their place behind the data, if products are allowed.
    """

    def __init__(self, data: Sequence[Any], products: bool) -> None:
        self._position = {id(variable): i for i, variable in enumerate(data)}
        visitor = QuadraticRepnVisitor if products else LinearRepnVisitor
        self._visitor = visitor({}, var_recorder=OrderedVarRecorder({}, {}, None))
        self.products: dict[tuple[int, int], int] = {}

    def widened(self, part: Affine) -> Affine:
        """The same with a column for every product known by now."""
        jacobian = part.jacobian.tocoo()
        shape = (len(part.constant), len(self._position) + len(self.products))
        return Affine(part.constant, csr_array((jacobian.data, (jacobian.row, jacobian.col)), shape=shape))

    def _product(self, first: int, second: int) -> int:
        pair = (self._position[first], self._position[second])
        return self.products.setdefault(pair, len(self._position) + len(self.products))

    def affine(self, expressions: Sequence[Any]) -> Affine:
        constant = np.zeros(len(expressions))
        rows: list[int] = []
        places: list[int] = []
        slopes: list[float] = []
        for i, expression in enumerate(expressions):
            if isinstance(expression, NUMBERS):
                constant[i] = expression
                continue
            repn = self._visitor.walk_expression(expression)
            if repn.nonlinear is not None:
                raise ModelError(f"an entry of the model is not affine in the data: {repn.nonlinear}.")
            constant[i] = repn.multiplier * repn.constant
            for variable, slope in repn.linear.items():
                rows.append(i)
                places.append(self._position[variable])
                slopes.append(repn.multiplier * slope)
            for (first, second), slope in (getattr(repn, "quadratic", None) or {}).items():
                rows.append(i)
                places.append(self._product(first, second))
                slopes.append(repn.multiplier * slope)
        shape = (len(expressions), len(self._position) + len(self.products))
        return Affine(constant, csr_array((slopes, (rows, places)), shape=shape))


def supply_arrays(form: ParametricForm, award_columns: Sequence[Any], objective: str = "total") -> SupplyArrays:
    """The form with its award columns told apart. Raises ModelError if the matrix of supply itself depends on data."""
    place = {id(column): i for i, column in enumerate(award_columns)}
    own = np.array([place.get(id(column), -1) for column in form.columns], dtype=np.int64)
    supply = np.flatnonzero(own < 0)
    column_of = np.repeat(np.arange(len(form.columns)), np.diff(form.indptr))
    linking = np.flatnonzero(own[column_of] >= 0)
    inner = np.flatnonzero(own[column_of] < 0)
    entries = form.entries.part(inner)
    if entries.varies:
        raise ModelError("the matrix of supply differs between futures; only limits, costs and awards' effects may.")
    shape = (len(form.row_names), len(form.columns))
    matrix = csc_array((form.entries.constant, form.indices, form.indptr), shape=shape)
    cost, offset = form.objectives[objective]
    awards = np.flatnonzero(own >= 0)
    order = np.full(len(award_columns), -1, dtype=np.int64)
    order[own[awards]] = awards
    return SupplyArrays(
        cost=cost.part(supply),
        own_cost=_spread(cost, order),
        offset=offset,
        recourse=csc_array(matrix[:, supply]),
        t_rows=form.indices[linking].astype(np.int64),
        t_columns=own[column_of[linking]],
        t_entries=form.entries.part(linking),
        width=len(award_columns),
        rhs=form.rhs,
        sense=form.sense,
        lower=form.lower[supply],
        upper=form.upper.part(supply),
    )


def _spread(values: Affine, order: NDArray[np.int64]) -> Affine:
    """Entries in another order; −1 stands for an entry that is zero."""
    present = np.flatnonzero(order >= 0)
    constant = np.zeros(len(order))
    constant[present] = values.constant[order[present]]
    picked = values.jacobian[order[present]].tocoo()
    shape = (len(order), values.jacobian.shape[1])
    return Affine(constant, csr_array((picked.data, (present[picked.row], picked.col)), shape=shape))
