"""A model solved once: HiGHS' answer is read back and never trusted."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray

from optimizer.engine.form import StandardForm
from optimizer.engine.highs.interrupt import interruptible
from optimizer.engine.highs.load import Options, loaded, ok
from optimizer.engine.progress import Listener
from optimizer.errors import SolverError

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class RawSolution:
    """Why HiGHS stopped, and whether there is a point. ``values`` is None without one; ``bound`` is a lower bound.

    ``termination`` is one of ``gap_reached``, ``time_limit``, ``interrupted``, ``infeasible``, ``failed``.
    """

    termination: str
    values: FloatArray | None
    objective: float | None
    bound: float
    seconds: float
    row_duals: FloatArray | None = None


def solve_form(
    form: StandardForm, options: Options, listener: Listener | None = None, start: FloatArray | None = None
) -> RawSolution:
    """Solve to the gap. A point is returned only if HiGHS calls it feasible; callers check it again.

    Raises ModelError for numbers unfit to be solved, SolverError if the model cannot be loaded as it is or HiGHS fails.
    """
    if not form.columns:
        return RawSolution("gap_reached", np.zeros(0), form.offset, form.offset, 0.0)
    solver = loaded(form, options)
    if start is not None and form.whole.any():
        point = highspy.HighsSolution()
        point.col_value = start.tolist()
        ok(solver.setSolution(point), "the starting plan")
    began = time.monotonic()
    with interruptible(solver, options.stage, began, listener):
        status = solver.run()
        if status == highspy.HighsStatus.kError:
            # HiGHS keeps one pool of threads per process and fails if another library has left it at another size.
            highspy.Highs.resetGlobalScheduler(True)
            status = solver.run()
    seconds = time.monotonic() - began
    if status == highspy.HighsStatus.kError:
        raise SolverError(f"HiGHS failed while {options.stage}.")
    found = _read(solver, form, seconds)
    claimed = float(solver.getInfo().objective_function_value)
    if start is not None and abs((found.objective or claimed) - claimed) > 1e-6 * max(1.0, abs(claimed)):
        # HiGHS 1.16 can hand back the starting plan unchanged while it claims the cost of a better one.
        return solve_form(form, options, listener)
    return found


def _read(solver: Any, form: StandardForm, seconds: float) -> RawSolution:
    kind = highspy.HighsModelStatus
    status = solver.getModelStatus()
    info = solver.getInfo()
    termination = {
        kind.kOptimal: "gap_reached",
        kind.kTimeLimit: "time_limit",
        kind.kInterrupt: "interrupted",
        kind.kInfeasible: "infeasible",
        kind.kUnboundedOrInfeasible: "infeasible",
    }.get(status, "failed")
    has_point = info.primal_solution_status == 2 and termination in ("gap_reached", "time_limit", "interrupted")
    solution = solver.getSolution()
    values = np.asarray(solution.col_value, dtype=float) if has_point else None
    objective = float(form.cost @ values + form.offset) if values is not None else None
    if form.whole.any():
        bound = float(info.mip_dual_bound) if np.isfinite(info.mip_dual_bound) else -np.inf
        duals = None
    else:
        bound = objective if termination == "gap_reached" and objective is not None else -np.inf
        duals = np.asarray(solution.row_dual, dtype=float) if termination == "gap_reached" else None
    return RawSolution(termination, values, objective, bound, seconds, duals)
