"""The only file that talks to HiGHS: load with every status checked, solve, read back, never trust."""

from __future__ import annotations

import re
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from optimizer.engine.form import StandardForm, check_numbers
from optimizer.engine.progress import Listener, Progress, relative_gap
from optimizer.errors import OutputError, SettingError, SolverError

FloatArray = NDArray[np.float64]

TESTED_VERSION = "1.16"
FEASIBILITY = 1e-9
"""Primal tolerance of the polishing LP; the search itself uses 1e-7."""


@dataclass(frozen=True)
class Options:
    """How far to go: relative gap, seconds, seed; presolve on or off."""

    gap: float = 1e-3
    time_limit: float = 600.0
    seed: int = 0
    presolve: bool = True
    stage: str = "solving"


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


class _QuietHighs(highspy.Highs):
    """HiGHS without its banner on standard output, which belongs to results: its constructor already prints one."""

    seconds = 0.0

    def run(self) -> Any:
        began = time.perf_counter()
        status = super().run()
        _QuietHighs.seconds += time.perf_counter() - began
        return status

    def enableCallbacks(self) -> Any:  # noqa: N802
        self.setOptionValue("output_flag", False)
        return super().enableCallbacks()


def version() -> str:
    """Version of the HiGHS library in use."""
    return str(_QuietHighs().version())


def seconds_in_highs() -> float:
    """Seconds this process has spent inside HiGHS."""
    return _QuietHighs.seconds


def solve_form(
    form: StandardForm, options: Options, listener: Listener | None = None, start: FloatArray | None = None
) -> RawSolution:
    """Solve to the gap. A point is returned only if HiGHS calls it feasible; callers check it again.

    Raises ModelError for numbers unfit to be solved, SolverError if the model cannot be loaded as it is or HiGHS fails.
    """
    if not form.columns:
        return RawSolution("gap_reached", np.zeros(0), form.offset, form.offset, 0.0)
    solver = _loaded(form, options)
    if start is not None and form.whole.any():
        point = highspy.HighsSolution()
        point.col_value = start.tolist()
        _ok(solver.setSolution(point), "the starting plan")
    began = time.monotonic()
    with _interruptible(solver, options.stage, began, listener):
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


def _loaded(form: StandardForm, options: Options) -> Any:
    check_numbers(form)
    solver = _QuietHighs()
    for name, value in (
        ("output_flag", False),
        ("threads", 1),
        ("random_seed", options.seed),
        ("time_limit", options.time_limit),
        ("mip_rel_gap", options.gap),
        ("mip_abs_gap", 1e-6),
        ("presolve", "on" if options.presolve else "off"),
        ("mip_feasibility_tolerance", 1e-7),
        ("primal_feasibility_tolerance", 1e-7 if form.whole.any() else FEASIBILITY),
        ("dual_feasibility_tolerance", 1e-7),
    ):
        _ok(solver.setOptionValue(name, value), f"option {name}")
    matrix = form.matrix
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(form.cost), len(form.row_lower)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = form.cost, form.lower, form.upper
    lp.row_lower_, lp.row_upper_ = form.row_lower, form.row_upper
    lp.offset_ = form.offset
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    if form.whole.any():
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[int(flag)] for flag in form.whole]
    _ok(solver.passModel(lp), "the model")
    loaded = (solver.getNumCol(), solver.getNumRow(), solver.getNumNz())
    meant = (len(form.cost), len(form.row_lower), matrix.nnz)
    if loaded != meant:
        raise SolverError(f"HiGHS holds {loaded} columns, rows and entries instead of {meant}: not the whole model.")
    return solver


def _ok(status: Any, what: str) -> None:
    if status != highspy.HighsStatus.kOk:
        raise SolverError(f"HiGHS did not take {what} as given ({status}).")


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


@contextmanager
def _interruptible(solver: Any, stage: str, began: float, listener: Listener | None) -> Iterator[None]:
    """Let Ctrl-C stop HiGHS with its incumbent kept, and pass on progress.

    HiGHS ignores Python's signal while it runs. The handler sets a flag which HiGHS' own callbacks look at. Outside the
    main thread no handler can be set, and the solve runs to its limits.
    """
    stop = threading.Event()

    def on_interrupt(event: Any) -> None:
        if stop.is_set():
            event.interrupt()

    def on_mip(event: Any) -> None:
        on_interrupt(event)
        if listener is not None:
            data = event.data_out
            primal, dual = float(data.mip_primal_bound), float(data.mip_dual_bound)
            known = abs(primal) < highspy.kHighsInf and abs(dual) < highspy.kHighsInf
            listener(
                Progress(
                    stage,
                    primal if abs(primal) < highspy.kHighsInf else None,
                    dual if abs(dual) < highspy.kHighsInf else None,
                    relative_gap(primal, dual) if known else None,
                    time.monotonic() - began,
                )
            )

    solver.cbMipInterrupt += on_mip
    solver.cbSimplexInterrupt += on_interrupt
    solver.cbIpmInterrupt += on_interrupt
    in_main = threading.current_thread() is threading.main_thread()
    before = signal.getsignal(signal.SIGINT) if in_main else None
    if in_main:
        signal.signal(signal.SIGINT, lambda *_: stop.set())
    try:
        yield
    finally:
        if in_main:
            signal.signal(signal.SIGINT, before)
        solver.cbMipInterrupt -= on_mip
        solver.cbSimplexInterrupt -= on_interrupt
        solver.cbIpmInterrupt -= on_interrupt


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
        self._solver = _loaded(relaxed, Options(presolve=False))
        _ok(self._solver.setOptionValue("solver", "simplex"), "option solver")
        _ok(self._solver.setOptionValue("primal_feasibility_tolerance", tolerance), "option tolerance")
        self._columns = np.arange(len(form.cost), dtype=np.int32)

    def set_costs(self, cost: FloatArray) -> None:
        """Replace the cost of every column."""
        _ok(self._solver.changeColsCost(len(cost), self._columns, cost), "costs")

    def set_bounds(self, lower: FloatArray, upper: FloatArray) -> None:
        """Replace the bounds of every column."""
        _ok(self._solver.changeColsBounds(len(lower), self._columns, lower, upper), "column bounds")

    def set_sides(self, lower: FloatArray, upper: FloatArray) -> None:
        """Replace both sides of every row."""
        rows = np.arange(len(lower), dtype=np.int32)
        _ok(self._solver.changeRowsBounds(len(lower), rows, lower, upper), "row sides")

    def add_rows(self, matrix: csr_array, lower: FloatArray) -> None:
        """Add rows ``matrix @ x ≥ lower``; the basis is kept."""
        upper = np.full(len(lower), highspy.kHighsInf)
        starts, places = matrix.indptr[:-1].astype(np.int32), matrix.indices.astype(np.int32)
        status = self._solver.addRows(len(lower), lower, upper, matrix.nnz, starts, places, matrix.data)
        _ok(status, "new rows")

    def solve(self, basis: Any = None, time_limit: float = 600.0) -> LpPoint:
        """Solve from ``basis`` and nothing else of the past, or from where the last solve ended."""
        solver = self._solver
        # HiGHS counts the time of all runs of one object together.
        _ok(solver.setOptionValue("time_limit", solver.getRunTime() + max(time_limit, 0.01)), "option time_limit")
        if basis is not None:
            _ok(solver.clearSolver(), "a fresh start")
            _ok(solver.setBasis(basis), "the basis")
        status = solver.run()
        if status == highspy.HighsStatus.kError or solver.getModelStatus() == highspy.HighsModelStatus.kUnknown:
            # A warm start can end in numerical trouble; from nothing, HiGHS chooses its own way.
            _ok(solver.clearSolver(), "a cold start")
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


def export(form: StandardForm, path: Path) -> None:
    """Write the model as ``.mps`` or ``.lp`` for other solvers. Raises OutputError."""
    if path.suffix not in (".mps", ".lp"):
        raise SettingError(f"{path.name}: models are exported as .mps or .lp.")
    solver = _loaded(form, Options())
    for i, column in enumerate(form.columns):
        _ok(solver.passColName(i, _plain(column.name, i)), "a column name")
    for i, name in enumerate(form.row_names):
        _ok(solver.passRowName(i, _plain(name, i)), "a row name")
    if solver.writeModel(str(path)) == highspy.HighsStatus.kError or not path.exists():
        raise OutputError(f"{path}: the model could not be written.")


def _plain(name: str, position: int) -> str:
    """A name every format can hold; the position keeps it unique.

    >>> _plain("build[ten-x,2028]", 7)
    'build_ten_x_2028_7'
    """
    return re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_") + f"_{position}"
