"""A model as a matrix, with gates that nothing unfit passes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array

from optimizer.errors import ModelError

FloatArray = NDArray[np.float64]

SMALLEST, LARGEST = 1e-7, 1e7
LARGEST_BOUND = 1e9


@dataclass(frozen=True)
class StandardForm:
    """Minimise ``cost @ x + offset`` subject to row_lower ≤ A x ≤ row_upper, lower ≤ x ≤ upper, some x whole.

    ``matrix`` is (rows, columns), by column. ``columns`` are the variables, each with a ``name``; ``row_names`` those
    of the constraints.
    """

    cost: FloatArray
    offset: float
    matrix: csc_array
    row_lower: FloatArray
    row_upper: FloatArray
    lower: FloatArray
    upper: FloatArray
    whole: NDArray[np.bool_]
    columns: tuple[Any, ...]
    row_names: tuple[str, ...]

    def with_bounds(self, lower: FloatArray, upper: FloatArray, *, relaxed: bool = False) -> StandardForm:
        """The same form with other column bounds, optionally with every column continuous."""
        whole = np.zeros_like(self.whole) if relaxed else self.whole
        return StandardForm(
            self.cost,
            self.offset,
            self.matrix,
            self.row_lower,
            self.row_upper,
            lower,
            upper,
            whole,
            self.columns,
            self.row_names,
        )


def check_numbers(form: StandardForm) -> None:
    """Refuse numbers a solver would misread: not finite, too large, too small, bounds crossed or missing.

    HiGHS reads NaN as zero and Pyomo's interfaces drop whole blocks of rows on an infinity, so nothing unfit may pass.
    """
    entries = form.matrix.tocoo()
    size = np.abs(entries.data)
    bad = ~np.isfinite(entries.data) | (size > LARGEST) | ((size > 0.0) & (size < SMALLEST))
    if bad.any():
        where = int(np.flatnonzero(bad)[0])
        raise ModelError(
            f"constraint {form.row_names[entries.row[where]]} has the coefficient {entries.data[where]} on "
            f"{form.columns[entries.col[where]].name}; allowed are 0 and {SMALLEST:g} to {LARGEST:g} in size. "
            "An input is probably in the wrong unit."
        )
    for side, absent in ((form.row_lower, -np.inf), (form.row_upper, np.inf)):
        given = side != absent
        _refuse(given & (~np.isfinite(side) | (np.abs(side) > LARGEST_BOUND)), form.row_names, side, "right-hand side")
    sides = np.isfinite(form.row_lower) | np.isfinite(form.row_upper)
    _refuse(~sides, form.row_names, form.row_upper, "right-hand side")
    names = [x.name for x in form.columns]
    _refuse(~np.isfinite(form.cost) | (np.abs(form.cost) > LARGEST_BOUND), names, form.cost, "cost")
    for label, values in (("lower bound", form.lower), ("upper bound", form.upper)):
        _refuse(~np.isfinite(values) | (np.abs(values) > LARGEST_BOUND), names, values, label)
    _refuse(form.lower > form.upper, names, form.lower, "lower bound above its upper bound")
    if not abs(form.offset) <= LARGEST_BOUND:
        raise ModelError(
            f"the constant of the objective is {form.offset}, not a finite number of at most {LARGEST_BOUND:g} in size."
        )


def _refuse(bad: NDArray[np.bool_], names: Any, values: FloatArray, what: str) -> None:
    if bad.any():
        where = int(np.flatnonzero(bad)[0])
        raise ModelError(
            f"{names[where]}: {what} {values[where]} is not a finite number of at most {LARGEST_BOUND:g} in size."
        )


def check_point(form: StandardForm, values: FloatArray) -> float:
    """Worst violation of any bound, row (relative to its terms) or whole number; from the model, not the solver."""
    activity = form.matrix @ values
    scale = np.maximum(1.0, abs(form.matrix) @ np.abs(values))
    rows = np.maximum(form.row_lower - activity, activity - form.row_upper) / scale
    columns = np.maximum(form.lower - values, values - form.upper)
    fractions = np.abs(values - np.round(values))[form.whole]
    worst = max((float(part.max()) for part in (rows, columns, fractions) if part.size), default=0.0)
    if not np.isfinite(worst):
        raise ModelError("the solver returned a point that is not finite.")
    return max(worst, 0.0)
