"""Limits on a measure of the plan, as one more row of the master: net public outlay, or the tail of supply costs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyomo.repn import generate_standard_repn
from scipy.sparse import csc_array, hstack, vstack

from optimizer.engine.decomposed import Decomposed
from optimizer.engine.form import LARGEST_BOUND, SMALLEST, StandardForm
from optimizer.engine.sample import with_sample
from optimizer.engine.state import TailLimit
from optimizer.errors import SolverError

FloatArray = NDArray[np.float64]

UNLIMITED = 1e7
"""A limit that limits nothing, musd."""
OUTLAY, TAIL = "measure_limit[outlay]", "measure_limit[tail]"
"""Names of the rows."""
TAIL_PRICE = 100.0
"""What a musd beyond a limit of the tail costs, per weight of what is minimised: more than plans would pay for it."""


@dataclass(frozen=True)
class _Added:
    """A column that no model has."""

    name: str

    def set_value(self, value: float, skip_validation: bool = False) -> None:
        """Nothing keeps its value."""


def with_outlay_limit(parts: Decomposed) -> Decomposed:
    """The problem with a row, ``OUTLAY``, that limits expected net public outlay (musd); wide open to begin with."""
    found = generate_standard_repn(parts.model.net_outlay)
    constant = float(found.constant)
    row = _row(parts, list(found.linear_vars), [float(a) for a in found.linear_coefs])
    return _with_row(parts, OUTLAY, row, UNLIMITED - constant)


def outlay_constant(parts: Decomposed) -> float:
    """The part of net outlay that no award decides, musd; the row's limit is that on outlay less this."""
    return float(generate_standard_repn(parts.model.net_outlay).constant)


def with_tail_limit(parts: Decomposed, price: float = TAIL_PRICE) -> Decomposed:
    """The problem with a row, ``TAIL``, that limits the CVaR of supply costs over the futures (musd); wide at first.

    A limit that cannot be kept to is exceeded at ``price``, which the cost then includes. Raises SolverError if
    that CVaR has no weight in the objective: the model then does not have its columns.
    """
    tail = parts.model.component("supply_tail")
    if tail is None:
        raise SolverError("the tail of supply costs has no weight, so it cannot be limited.")
    share = 1.0 / (1.0 - float(tail.alpha))
    columns = [tail.value_at_risk, *tail.excess.values()]
    weights = [1.0, *(share * tail.probability[w] for w in tail.excess)]
    form = parts.problem.form
    wider = StandardForm(
        np.append(form.cost, price),
        form.offset,
        csc_array(hstack([form.matrix, csc_array((len(form.row_names), 1))], format="csc")),
        form.row_lower,
        form.row_upper,
        np.append(form.lower, 0.0),
        np.append(form.upper, UNLIMITED),
        np.append(form.whole, False),
        (*form.columns, _Added("beyond_tail_limit")),
        form.row_names,
    )
    problem = replace(parts.problem, form=wider, award_cost=np.append(parts.problem.award_cost, 0.0), sample=None)
    row = np.append(_row(parts, columns, weights), -1.0)
    limit = TailLimit(len(form.row_names), len(form.cost), price)
    return _with_row(replace(parts, problem=replace(problem, tail_limit=limit)), TAIL, row, UNLIMITED)


def _row(parts: Decomposed, columns: list[Any], weights: list[float]) -> FloatArray:
    position = {id(column): i for i, column in enumerate(parts.problem.form.columns)}
    row = np.zeros(len(position))
    for column, weight in zip(columns, weights, strict=True):
        if id(column) in position and abs(weight) >= SMALLEST:
            row[position[id(column)]] += weight
    return row


def _with_row(parts: Decomposed, name: str, row: FloatArray, limit: float) -> Decomposed:
    form = parts.problem.form
    longer = replace(
        form,
        matrix=csc_array(vstack([form.matrix, csc_array(row[np.newaxis, :])], format="csc")),
        row_lower=np.append(form.row_lower, -np.inf),
        row_upper=np.append(form.row_upper, min(limit, LARGEST_BOUND)),
        row_names=(*form.row_names, name),
    )
    problem = replace(parts.problem, form=longer, sample=None)
    return replace(parts, problem=with_sample(problem, parts.arrays, parts.template.values))
