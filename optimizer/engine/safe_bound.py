r"""A lower bound that rests on no tolerance of the solver: weak duality with every column boxed.

.. math:: c^T x \ge \sum_i y_i b_i + \sum_j \min(d_j l_j, d_j u_j), \quad d = c - A^T y

holds for any y whose signs fit the rows. What rounding can add up to is taken off, so that the bound is safe in
floating point too. Source: A. Neumaier and O. Shcherbina, Safe bounds in linear and mixed-integer linear programming,
Mathematical Programming 99 (2004).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from optimizer.engine.form import StandardForm

FloatArray = NDArray[np.float64]

ROUNDING = float(np.finfo(float).eps)


def safe_bound(form: StandardForm, duals: FloatArray) -> float:
    """Lower bound on the cost of every point of ``form`` (whole or not), from ``duals``, one for each row.

    Any duals will do; those of the optimum give the optimum. Minus infinity if a column or a used row has no limit.
    """
    upward = np.where(np.isfinite(form.row_lower), np.maximum(duals, 0.0), 0.0)
    downward = np.where(np.isfinite(form.row_upper), np.minimum(duals, 0.0), 0.0)
    used = upward + downward
    side = np.where(upward > 0.0, form.row_lower, np.where(downward < 0.0, form.row_upper, 0.0))
    reduced = form.cost - form.matrix.T @ used
    entries = np.diff(form.matrix.indptr)
    error = (entries + 3) * ROUNDING * (np.abs(form.cost) + abs(form.matrix).T @ np.abs(used))
    box = np.minimum(reduced * form.lower, reduced * form.upper)
    terms = np.concatenate([used * side, box, [form.offset]])
    if not np.all(np.isfinite(terms)):
        return -math.inf
    reach = np.maximum(np.abs(form.lower), np.abs(form.upper))
    lost = math.fsum(error * reach) + 4 * ROUNDING * math.fsum(np.abs(terms))
    return math.fsum(terms) - lost * (1.0 + 1e-6)
