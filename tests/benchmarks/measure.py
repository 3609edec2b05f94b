"""One run of a case, stage by stage, with a clock and the sizes of what was solved."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from models.assemble import extensive_form
from optimizer import read_case
from optimizer.engine import Solved, relative_gap, solve_cuts
from optimizer.engine.compiled import standard_form
from optimizer.engine.extensive import polish, tidy_awards
from optimizer.engine.form import check_point
from optimizer.engine.highs import Options, solve_form
from optimizer.engine.values import read_outcome
from optimizer.errors import SolverError
from optimizer.instance import compile_instance
from optimizer.results import build_solution
from optimizer.scenarios import draw
from tests.benchmarks.supply.run import peak_mb

STAGES = ("draw", "compile", "build", "search", "finish", "tables")
"""Scenarios; numbers; Pyomo model and matrix; HiGHS to the gap; polishing and tidying; results."""


@dataclass
class Measured:
    """Seconds per stage, sizes of the matrix, gap reached, and peak memory of the process (MB)."""

    case: str
    paths: int
    futures: int
    seconds: dict[str, float] = field(default_factory=dict)
    columns: int = 0
    rows: int = 0
    entries: int = 0
    gap: float = float("nan")
    termination: str = ""
    peak_mb: float = float("nan")
    cuts_seconds: float = float("nan")
    cuts_gap: float = float("nan")

    @property
    def total(self) -> float:
        """Seconds of all stages."""
        return sum(self.seconds.values())

    @contextmanager
    def clock(self, stage: str) -> Iterator[None]:
        """Time what happens inside."""
        began = time.perf_counter()
        yield
        self.seconds[stage] = time.perf_counter() - began


def measured_here(name: str, paths: int | None, futures: int | None, time_limit: float) -> Measured:
    """Solve a bundled case in this process; None takes the case's own size."""
    case = read_case(name)
    for path, value in (("scenarios.paths", paths), ("scenarios.futures", futures)):
        if value is not None:
            case = case.set(path, value)
    settings = case.settings
    out = Measured(name, settings.scenarios.paths, settings.scenarios.futures)
    with out.clock("draw"):
        draws = draw(case)
    with out.clock("compile"):
        instance = compile_instance(case, draws)
    with out.clock("build"):
        model = extensive_form(instance.awards, instance.structure, instance.futures, instance.tail_alpha)
        form = standard_form(model)
    out.rows, out.columns = form.matrix.shape
    out.entries = int(form.matrix.nnz)
    with out.clock("search"):
        raw = solve_form(form, Options(gap=settings.solve.gap, time_limit=time_limit, seed=settings.scenarios.seed))
    out.termination = raw.termination
    if raw.values is None:
        raise SolverError(f"{name}: {raw.termination} without a plan after {out.seconds['search']:.0f} s.")
    with out.clock("finish"):
        values = polish(form, raw.values)
        _load(form.columns, values)
        values = tidy_awards(model, form, instance, values)
        _load(form.columns, values)
    objective = float(form.cost @ values + form.offset)
    bound = min(raw.bound, objective)
    out.gap = relative_gap(objective, bound)
    with out.clock("tables"):
        solved = Solved(read_outcome(model), raw.termination, objective, bound, out.total, check_point(form, values))
        build_solution(case, draws, instance, solved, None, out.total, {})
    out.peak_mb = peak_mb()
    began = time.perf_counter()
    cuts = solve_cuts(instance, Options(gap=settings.solve.gap, time_limit=time_limit, seed=settings.scenarios.seed))
    out.cuts_seconds, out.cuts_gap = time.perf_counter() - began, relative_gap(cuts.objective, cuts.bound)
    return out


def _load(columns: tuple[object, ...], values: object) -> None:
    for column, value in zip(columns, values.tolist(), strict=True):  # type: ignore[attr-defined]
        column.set_value(value, skip_validation=True)  # type: ignore[attr-defined]


def measured(name: str, paths: int | None, futures: int | None, time_limit: float) -> Measured:
    """Solve a bundled case in a process of its own, so that its peak memory is its own."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=spawn) as pool:
        return pool.submit(measured_here, name, paths, futures, time_limit).result()
