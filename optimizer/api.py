"""The Python API: one function from a case to a solution."""

from __future__ import annotations

import platform
import time
from dataclasses import replace
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from optimizer.data import Case
from optimizer.engine import Listener, Options, Solved, export_extensive, solve_cuts, solve_extensive
from optimizer.engine.decomposed import Elsewhere
from optimizer.engine.oracles.workers import WorkerPool
from optimizer.engine.progress import Progress
from optimizer.errors import NoPlanError, SettingError, VerificationError
from optimizer.instance import Instance, compile_instance, without_awards
from optimizer.origin import program_version
from optimizer.results import Solution, build_solution
from optimizer.scenarios import Draws, draw
from optimizer.settings import Perspective
from optimizer.verification import verify as certify

Method = Literal["auto", "cuts", "extensive"]
PACKAGES = ("pyomo", "highspy", "numpy", "scipy", "pandas", "pyarrow", "pydantic")


def solve(
    case: Case,
    *,
    paths: int | None = None,
    futures: int | None = None,
    seed: int | None = None,
    gap: float | None = None,
    time_limit: float | None = None,
    perspective: Perspective | None = None,
    method: Method = "auto",
    export: str | Path | None = None,
    progress: Listener | None = None,
    workers: int = 1,
    cluster: str | None = None,
    verify: bool = True,
) -> Solution:
    """Choose plants, contracts, support and stock for a case, and the sourcing mix that follows.

    >>> from optimizer import read_case, solve
    >>> solution = solve(read_case("mp-materials"), paths=16, futures=2, gap=0.01)
    >>> solution.gap <= 0.01, solution.certificate.passed
    (True, True)

    ``case``: as ``read_case`` returns it. Arguments left out take the case's settings:

    - ``paths``: price paths, for viability and outlays (1 to 100,000); ``futures``: futures of supply, after
      reduction (1 to 2,000); ``seed``: of both (same seed, same tables)
    - ``gap``: relative gap between plan and bound at which to stop (0 to 0.1; 0.001 is 0.1 %)
    - ``time_limit``: seconds of the search, after which the best plan so far is returned
    - ``perspective``: society, treasury or security; its weights replace the case's own

    The others say how:

    - ``method``: ``cuts`` (tails and futures learnt by cutting planes), ``extensive`` (all of them in one model) or
      ``auto``: cuts, but for the smallest cases
    - ``export``: also write the extensive form to this ``.mps`` or ``.lp`` file
    - ``progress``: called with a report now and then: stage, best cost and bound (musd), gap, seconds
    - ``workers``: processes that solve the futures of ``cuts``, with the same answer for any number; a script that asks
      for more than one needs the usual ``if __name__ == "__main__":``
    - ``cluster``: address of a Dask scheduler whose workers solve them instead
    - ``verify``: work the plan out again from its tables (``solution.certificate``)

    Returns the plan with its bound, gap and tables (``help(Solution)``). Ctrl-C stops the search and keeps the best
    plan; KeyboardInterrupt is raised only if there is none. Raises SettingError for a bad argument, CaseError for bad
    inputs, ModelError for numbers unfit to be solved, NoPlanError if no plan exists or none was found in time,
    VerificationError for a plan that does not hold. The formulation is in ``models/README.md``.
    """
    if method not in ("auto", "cuts", "extensive"):
        raise SettingError(f"method '{method}' is unknown. Use auto, cuts or extensive.")
    if workers < 1:
        raise SettingError(f"{workers} workers cannot solve anything. Use 1 or more.")
    case = _with_settings(case, paths, futures, seed, gap, time_limit, perspective)
    if cluster is None:
        processes = partial(WorkerPool, workers=workers) if workers > 1 else None
        return _solve(case, method, export, progress, processes, verify)
    from optimizer.cluster import ClusterPool, connected

    with connected(cluster) as client:
        return _solve(case, method, export, progress, partial(ClusterPool, client), verify)


def _solve(
    case: Case,
    method: Method,
    export: str | Path | None,
    progress: Listener | None,
    elsewhere: Elsewhere | None,
    verify: bool,
) -> Solution:
    settings = case.settings
    began = time.monotonic()

    def tell(stage: str) -> None:
        if progress is not None:
            progress(Progress(stage, None, None, None, time.monotonic() - began))

    tell("drawing scenarios")
    draws = draw(case)
    tell("computing payoffs")
    instance = compile_instance(case, draws)
    options = Options(
        gap=settings.solve.gap,
        time_limit=settings.solve.time_limit_s,
        seed=settings.scenarios.seed,
        stage="searching for the best plan",
    )
    chosen = _chosen(method, instance)
    if export is not None:
        export_extensive(instance, Path(export))
    solved = _solved(chosen, instance, options, progress, elsewhere)
    baseline = None
    if solved.termination != "interrupted":
        limit = settings.solve.time_limit_s
        left = max(limit - solved.seconds, SHARE_FOR_COMPARISON * limit)
        simpler = Options(gap=settings.solve.gap, stage="solving without new awards", time_limit=left)
        try:
            tell("solving without new awards")
            baseline = _solved(chosen, without_awards(instance), simpler, None, elsewhere)
        except KeyboardInterrupt:
            solved = replace(solved, termination="interrupted")
        except NoPlanError:
            # Out of time: the plan stands, without the comparison.
            baseline = None
        if baseline is not None and baseline.termination == "interrupted":
            solved, baseline = replace(solved, termination="interrupted"), None
    tell("writing tables")
    seconds, facts = time.monotonic() - began, run_facts(case, chosen)
    solution = build_solution(case, draws, instance, solved, baseline, seconds, facts)
    if not verify:
        return solution
    tell("working the plan out again")
    return verified(case, solution, draws)


SHARE_FOR_COMPARISON = 0.2
"""Share of the time limit that the solve without new awards may take if the search has left less."""
SMALLEST_FOR_CUTS = 16
"""Price paths times futures below which one model is solved faster than it is taken apart (see the benchmarks)."""


def _chosen(method: Method, instance: Instance) -> Literal["cuts", "extensive"]:
    if method != "auto":
        return method
    size = len(instance.awards.path_weight) * len(instance.futures)
    return "extensive" if size < SMALLEST_FOR_CUTS else "cuts"


def _solved(
    method: str, instance: Instance, options: Options, progress: Listener | None, elsewhere: Elsewhere | None
) -> Solved:
    if method == "extensive":
        return solve_extensive(instance, options, progress)
    return solve_cuts(instance, options, progress, elsewhere=elsewhere)


def verified(case: Case, solution: Solution, draws: Draws) -> Solution:
    """The solution with its certificate; VerificationError if it does not hold, for then there is no plan to report."""
    found = certify(case, solution.tables, solution.stated(), draws=draws)
    if not found.passed:
        raise VerificationError(found.refusal, found)
    return replace(solution, certificate=found)


def _with_settings(
    case: Case,
    paths: int | None,
    futures: int | None,
    seed: int | None,
    gap: float | None,
    time_limit: float | None,
    perspective: Perspective | None,
) -> Case:
    given = {
        "scenarios.paths": paths,
        "scenarios.futures": futures,
        "scenarios.seed": seed,
        "solve.gap": gap,
        "solve.time_limit_s": time_limit,
        "objective.perspective": perspective,
    }
    if perspective is not None and case.settings.objective.weights is not None:
        objective = case.settings.objective.model_copy(update={"weights": None})
        case = case.replace(settings=case.settings.model_copy(update={"objective": objective}))
    for path, value in given.items():
        if value is not None:
            case = case.set(path, value)
    return case


def run_facts(case: Case, method: str) -> dict[str, object]:
    """Sizes, seed, weights and versions behind a solution."""
    scenarios = case.settings.scenarios
    return {
        "paths": scenarios.paths,
        "futures": scenarios.futures,
        "seed": scenarios.seed,
        "perspective": case.settings.objective.perspective,
        "weights": case.settings.objective.effective_weights.model_dump(),
        "price_year": case.settings.case.price_year,
        "method": method,
        "versions": {"python": platform.python_version(), "optimizer": program_version()}
        | {name: _version(name) for name in PACKAGES},
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"
