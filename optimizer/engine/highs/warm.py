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
        self._cost, self._bounds = form.cost, (form.lower, form.upper)
        self._sides = (form.row_lower, form.row_upper)

    # What has not changed is not sent: one future differs from the next in few numbers.

    def set_costs(self, cost: FloatArray) -> None:
        """Replace the cost of every column."""
        at = np.flatnonzero(cost != self._cost).astype(np.int32)
        if at.size:
            ok(self._solver.changeColsCost(len(at), at, cost[at]), "costs")
        self._cost = cost.copy()

    def set_bounds(self, lower: FloatArray, upper: FloatArray) -> None:
        """Replace the bounds of every column."""
        at = np.flatnonzero((lower != self._bounds[0]) | (upper != self._bounds[1])).astype(np.int32)
        if at.size:
            ok(self._solver.changeColsBounds(len(at), at, lower[at], upper[at]), "column bounds")
        self._bounds = lower.copy(), upper.copy()

    def set_sides(self, lower: FloatArray, upper: FloatArray) -> None:
        """Replace both sides of every row."""
        at = np.flatnonzero((lower != self._sides[0]) | (upper != self._sides[1])).astype(np.int32)
        if at.size:
            ok(self._solver.changeRowsBounds(len(at), at, lower[at], upper[at]), "row sides")
        self._sides = lower.copy(), upper.copy()

    def add_rows(self, matrix: csr_array, lower: FloatArray) -> None:
        """Add rows ``matrix @ x ≥ lower``; the basis is kept."""
        upper = np.full(len(lower), highspy.kHighsInf)
        starts, places = matrix.indptr[:-1].astype(np.int32), matrix.indices.astype(np.int32)
        status = self._solver.addRows(len(lower), lower, upper, matrix.nnz, starts, places, matrix.data)
        ok(status, "new rows")
        self._sides = np.append(self._sides[0], lower), np.append(self._sides[1], upper)

    def _run(self) -> str:
        if self._solver.run() == highspy.HighsStatus.kError:
            return "failed"
        kinds = highspy.HighsModelStatus
        names = {kinds.kOptimal: "solved", kinds.kInfeasible: "infeasible", kinds.kTimeLimit: "stopped"}
        return names.get(self._solver.getModelStatus(), "failed")

    def solve(self, basis: Any = None, time_limit: float = 600.0) -> LpPoint:
        """Solve from ``basis`` and nothing else of the past, or from where the last solve ended."""
        solver = self._solver
        # HiGHS counts the time of all runs of one object together.
        ok(solver.setOptionValue("time_limit", solver.getRunTime() + max(time_limit, 0.01)), "option time_limit")
        if basis is not None:
            ok(solver.clearSolver(), "a fresh start")
            ok(solver.setBasis(basis), "the basis")
        name = self._run()
        if name == "failed":
            # A warm start can end in numerical trouble; from nothing, HiGHS chooses its own way.
            ok(solver.clearSolver(), "a cold start")
            name = self._run()
        if name == "failed":
            # So can many rows that say nearly the same, which presolve takes out.
            ok(solver.setOptionValue("presolve", "on"), "option presolve")
            ok(solver.clearSolver(), "a cold start")
            name = self._run()
            ok(solver.setOptionValue("presolve", "off"), "option presolve")
        solution = solver.getSolution()
        duals = np.asarray(solution.row_dual, dtype=float)
        if name == "infeasible":
            found, exists, ray = solver.getDualRay()
            known = found == highspy.HighsStatus.kOk and exists
            duals = np.asarray(ray, dtype=float) if known else np.zeros_like(duals)
        objective, values = float(solver.getObjectiveValue()), np.asarray(solution.col_value, dtype=float)
        return LpPoint(name, values, duals, objective, solver.getBasis())
