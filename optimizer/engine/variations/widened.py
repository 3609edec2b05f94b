"""A cut problem with a few columns and rows more: counts, distances and whatever else a question needs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import block_array, csc_array, csr_array

from optimizer.engine.form import StandardForm
from optimizer.engine.state import CutProblem

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Further:
    """Columns beside those of the problem, each from 0 to ``most`` and whole, and rows ``coefficients @ x ≤ sides``.

    The new columns follow those of the problem; each row is (places, coefficients).
    """

    names: tuple[str, ...]
    most: FloatArray
    rows: tuple[tuple[NDArray[np.int64], FloatArray], ...]
    sides: FloatArray


@dataclass(frozen=True)
class _Named:
    name: str


def widened(problem: CutProblem, further: Further) -> CutProblem:
    """The problem with these columns and rows. Positions of its own columns stay, and every cut stays valid."""
    form, count = problem.form, len(further.names)
    width = len(form.cost) + count
    places = np.concatenate([at for at, _ in further.rows])
    values = np.concatenate([coefficients for _, coefficients in further.rows])
    starts = np.cumsum([0, *(len(at) for at, _ in further.rows)])
    rows = csr_array((values, places, starts), shape=(len(further.rows), width))
    nothing = csc_array((len(form.row_names), count))
    matrix = block_array([[form.matrix, nothing], [rows[:, : width - count], rows[:, width - count :]]], format="csc")
    wider = StandardForm(
        cost=np.append(form.cost, np.zeros(count)),
        offset=form.offset,
        matrix=csc_array(matrix),
        row_lower=np.append(form.row_lower, np.full(len(further.rows), -np.inf)),
        row_upper=np.append(form.row_upper, further.sides),
        lower=np.append(form.lower, np.zeros(count)),
        upper=np.append(form.upper, further.most),
        whole=np.append(form.whole, np.ones(count, dtype=bool)),
        columns=(*form.columns, *(_Named(name) for name in further.names)),
        row_names=(*form.row_names, *(f"further row {i}" for i in range(len(further.rows)))),
    )
    award_cost = np.append(problem.award_cost, np.zeros(count))
    # A sample of the futures would need the same columns; without it the search only begins further away.
    return replace(problem, form=wider, award_cost=award_cost, sample=None)
