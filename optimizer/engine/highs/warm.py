"""An LP kept in HiGHS while its numbers change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from optimizer.engine.form import StandardForm
from optimizer.engine.highs.load import FEASIBILITY, Options, loaded, ok

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class LpPoint:
    """Result of one LP: ``status`` is ``solved``, ``infeasible``, ``stopped`` or ``failed``.

    ``duals`` are per row; for an infeasible LP they are a ray that proves it. ``basis`` restarts the next solve.
    """

    status: str
    values: FloatArray
    duals: FloatArray
    objective: float
    basis: Any


class WarmLp:
    """One LP kept in HiGHS and solved again and again by the dual simplex method as numbers change.

    Presolve is off: a warm start is worth more.
    """

    def __init__(self, form: StandardForm, tolerance: float = FEASIBILITY) -> None:
        relaxed = form.with_bounds(form.lower, form.upper, relaxed=True)
        self._solver = loaded(relaxed, Options(presolve=False))
        ok(self._solver.setOptionValue("solver", "simplex"), "option solver")
        ok(self._solver.setOptionValue("primal_feasibility_tolerance", tolerance), "option tolerance")
        self._columns = np.arange(len(form.cost), dtype=np.int32)

    def set_costs(self, cost: FloatArray) -> None:
        """Replace the cost of every column."""
        ok(self._solver.changeColsCost(len(cost), self._columns, cost), "costs")

    def set_bounds(self, lower: FloatArray, upper: FloatArray) -> None:
        """Replace the bounds of every column."""
        ok(self._solver.changeColsBounds(len(lower), self._columns, lower, upper), "column bounds")

    def set_sides(self, lower: FloatArray, upper: FloatArray) -> None:
        """Replace both sides of every row."""
        rows = np.arange(len(lower), dtype=np.int32)
        ok(self._solver.changeRowsBounds(len(lower), rows, lower, upper), "row sides")

    def add_rows(self, matrix: csr_array, lower: FloatArray) -> None:
        """Add rows ``matrix @ x ≥ lower``; the basis is kept."""
        upper = np.full(len(lower), highspy.kHighsInf)
        starts, places = matrix.indptr[:-1].astype(np.int32), matrix.indices.astype(np.int32)
        status = self._solver.addRows(len(lower), lower, upper, matrix.nnz, starts, places, matrix.data)
        ok(status, "new rows")

    def solve(self, basis: Any = None, time_limit: float = 600.0) -> LpPoint:
        """Solve from ``basis`` and nothing else of the past, or from where the last solve ended."""
        solver = self._solver
        # HiGHS counts the time of all runs of one object together.
        ok(solver.setOptionValue("time_limit", solver.getRunTime() + max(time_limit, 0.01)), "option time_limit")
        if basis is not None:
            ok(solver.clearSolver(), "a fresh start")
            ok(solver.setBasis(basis), "the basis")
        status = solver.run()
        if status == highspy.HighsStatus.kError or solver.getModelStatus() == highspy.HighsModelStatus.kUnknown:
            # A warm start can end in numerical trouble; from nothing, HiGHS chooses its own way.
            ok(solver.clearSolver(), "a cold start")
            status = solver.run()
        kinds = highspy.HighsModelStatus
        name = {
            kinds.kOptimal: "solved",
            kinds.kInfeasible: "infeasible",
            kinds.kTimeLimit: "stopped",
        }.get(solver.getModelStatus(), "failed")
        solution = solver.getSolution()
        duals = np.asarray(solution.row_dual, dtype=float)
        if name == "infeasible":
            found, exists, ray = solver.getDualRay()
            known = found == highspy.HighsStatus.kOk and exists
            duals = np.asarray(ray, dtype=float) if known else np.zeros_like(duals)
        objective, values = float(solver.getObjectiveValue()), np.asarray(solution.col_value, dtype=float)
        return LpPoint(name, values, duals, objective, solver.getBasis())
