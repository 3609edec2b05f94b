"""A model into HiGHS, with every status checked."""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass
from functools import cache
from typing import Any

import highspy

from optimizer.engine.form import StandardForm, check_numbers
from optimizer.errors import SolverError

TESTED_VERSION = "1.16"
REFUSED_VERSIONS = ("1.14.0",)
"""Versions that call wrong answers optimal: in 13 of 2,500 random mixed-integer programs, measured against SCIP."""
FEASIBILITY = 1e-9
"""Primal tolerance of the polishing LP; the search itself uses 1e-7."""
IMPROVING = ("mip_heuristic_run_rins", "mip_heuristic_run_rens", "mip_heuristic_run_root_reduced_cost")
"""Options of HiGHS for the search around a plan, each a smaller MIP of its own."""


@dataclass(frozen=True)
class Options:
    """How far to go: relative gap, seconds, seed; presolve on or off.

    ``improve`` lets HiGHS search around the best plan for a better one. Off, it finds the same bounds in half the time;
    it is for callers that look for plans themselves.
    """

    gap: float = 1e-3
    time_limit: float = 600.0
    seed: int = 0
    presolve: bool = True
    improve: bool = True
    stage: str = "solving"


class QuietHighs(highspy.Highs):
    """HiGHS without its banner on standard output, which belongs to results: its constructor already prints one."""

    seconds = 0.0

    def run(self) -> Any:
        began = time.perf_counter()
        status = super().run()
        QuietHighs.seconds += time.perf_counter() - began
        return status

    def enableCallbacks(self) -> Any:  # noqa: N802
        self.setOptionValue("output_flag", False)
        return super().enableCallbacks()


def version() -> str:
    """Version of the HiGHS library in use."""
    return str(QuietHighs().version())


def version_warning(found: str) -> str:
    """What to say about a version of HiGHS; nothing for the tested one. Raises SolverError for one known to be wrong.

    >>> version_warning("1.16.0")
    ''
    >>> version_warning("1.17.2")
    'HiGHS 1.17.2 has not been tested with this program; 1.16 has. Results are checked all the same.'
    >>> version_warning("1.14.0")
    Traceback (most recent call last):
    optimizer.errors.SolverError: HiGHS 1.14.0 calls wrong answers optimal. Install highspy 1.16.
    """
    if found in REFUSED_VERSIONS:
        raise SolverError(f"HiGHS {found} calls wrong answers optimal. Install highspy {TESTED_VERSION}.")
    if found.split(".")[:2] == TESTED_VERSION.split("."):
        return ""
    return (
        f"HiGHS {found} has not been tested with this program; {TESTED_VERSION} has. Results are checked all the same."
    )


@cache
def require_known_version() -> None:
    """Warn once of a version of HiGHS that has not been tested; SolverError for one known to be wrong."""
    words = version_warning(version())
    if words:
        warnings.warn(words, stacklevel=2)


def seconds_in_highs() -> float:
    """Seconds this process has spent inside HiGHS."""
    return QuietHighs.seconds


def loaded(form: StandardForm, options: Options) -> Any:
    """HiGHS holding the model. Raises ModelError for numbers unfit to be solved, SolverError if any is lost."""
    check_numbers(form)
    require_known_version()
    solver = QuietHighs()
    for name, value in (
        ("output_flag", False),
        ("threads", 1),
        ("random_seed", options.seed),
        ("time_limit", options.time_limit),
        ("mip_rel_gap", options.gap),
        ("mip_abs_gap", 1e-6),
        ("presolve", "on" if options.presolve else "off"),
        ("mip_feasibility_tolerance", 1e-7),
        *((name, options.improve) for name in IMPROVING),
        ("primal_feasibility_tolerance", 1e-7 if form.whole.any() else FEASIBILITY),
        ("dual_feasibility_tolerance", 1e-7),
    ):
        ok(solver.setOptionValue(name, value), f"option {name}")
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
    ok(solver.passModel(lp), "the model")
    held = (solver.getNumCol(), solver.getNumRow(), solver.getNumNz())
    meant = (len(form.cost), len(form.row_lower), matrix.nnz)
    if held != meant:
        raise SolverError(f"HiGHS holds {held} columns, rows and entries instead of {meant}: not the whole model.")
    return solver


def ok(status: Any, what: str) -> None:
    """Raises SolverError unless HiGHS took ``what`` without a warning."""
    if status != highspy.HighsStatus.kOk:
        raise SolverError(f"HiGHS did not take {what} as given ({status}).")
