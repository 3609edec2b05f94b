"""From a Pyomo model to its standard form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyomo.environ as pyo
from pyomo.common.errors import InvalidValueError
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler
from scipy.sparse import csc_array, hstack

from optimizer.engine.form import StandardForm, check_numbers
from optimizer.errors import ModelError


def standard_form(model: Any, also: Sequence[Any] = ()) -> StandardForm:
    """Compile a linear Pyomo model (minimisation, every variable boxed). Raises ModelError if a number is unfit.

    Variables that are in no row and no objective are left out, except those in ``also``.
    """
    try:
        compiled = LinearStandardFormCompiler().write(model, mixed_form=True)
        offset = float(np.asarray(compiled.c_offset).reshape(-1)[0])
    except InvalidValueError as error:
        raise ModelError(f"a number of the model is not finite: {' '.join(str(error).split())}") from error
    present = {id(column) for column in compiled.columns}
    columns = (*compiled.columns, *(x for x in also if id(x) not in present))
    idle, rows = len(columns) - len(present), len(compiled.rows)
    row_lower, row_upper = np.full(rows, -np.inf), np.full(rows, np.inf)
    rhs = np.asarray(compiled.rhs, dtype=float)
    for i, row in enumerate(compiled.rows):
        if row.bound_type >= 0:
            row_upper[i] = rhs[i]
        if row.bound_type <= 0:
            row_lower[i] = rhs[i]
    form = StandardForm(
        cost=np.append(np.asarray(compiled.c.todense(), dtype=float).reshape(-1), np.zeros(idle)),
        offset=offset,
        matrix=csc_array(hstack([csc_array(compiled.A), csc_array((rows, idle))], format="csc")),
        row_lower=row_lower,
        row_upper=row_upper,
        lower=np.array([_bound(x.lb, -np.inf) for x in columns]),
        upper=np.array([_bound(x.ub, np.inf) for x in columns]),
        whole=np.array([x.is_integer() or x.is_binary() for x in columns], dtype=bool),
        columns=columns,
        row_names=tuple(row.constraint.name for row in compiled.rows),
    )
    check_numbers(form)
    _check_counts(model, form)
    return form


def _bound(value: Any, absent: float) -> float:
    return absent if value is None else float(pyo.value(value))


def _check_counts(model: Any, form: StandardForm) -> None:
    """Every active constraint of the model has its row, and no row is there twice."""
    active = sum(1 for _ in model.component_data_objects(pyo.Constraint, active=True, descend_into=True))
    kept = len(set(form.row_names))
    trivial = active - kept
    if kept != len(form.row_names):
        repeated = Counter(form.row_names).most_common(1)[0][0]
        raise ModelError(f"constraint {repeated} was compiled into more than one row.")
    if trivial < 0:
        raise ModelError(f"{-trivial} rows belong to no active constraint.")
