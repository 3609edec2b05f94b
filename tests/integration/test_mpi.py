"""The small case solved by mpi-sppy's hub and spokes, each a process of its own under ``mpiexec``."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from optimizer import Solution, solve
from tests.component.test_interop import threatened_case

ROOT = Path(__file__).resolve().parents[2]
GAP = 1e-3
BESIDE = Path(sys.executable).parent / "mpiexec"
MPIEXEC = str(BESIDE) if BESIDE.exists() else shutil.which("mpiexec")
PACKAGES = [name for name in ("mpisppy", "mpi4py") if importlib.util.find_spec(name) is None]
BOUNDS = re.compile(r"^\[ *[\d.]+\] +\d+ .*?(-?[\d.]+|-inf) +(-?[\d.]+|inf) +\S+%", flags=re.MULTILINE)
"""A line of mpi-sppy's log: seconds, iteration, best bound, best incumbent, relative gap."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        bool(PACKAGES) or MPIEXEC is None,
        reason=f"not installed: {', '.join(PACKAGES + ([] if MPIEXEC else ['mpiexec']))} (extra 'mpi')",
    ),
]


@dataclass(frozen=True)
class Spun:
    """Bound and incumbent at the end, musd, and the awards found by name."""

    bound: float
    incumbent: float
    awards: dict[str, float]


def spun(folder: Path, tail: float, *options: str) -> Spun:
    """The hub and spoke asked for, on the threatened small case with four futures."""
    threatened_case(tail).write(folder / "case")
    sizes = ["--case", "case", "--num-scens", "4", "--rel-gap", str(GAP)]
    solver = ["--solver-name", "highs", "--max-solver-threads", "1"]
    module = ["-m", "mpi4py", "-m", "mpisppy.generic_cylinders", "--module-name", "optimizer.interop.mpisppy"]
    done = subprocess.run(
        [str(MPIEXEC), "-n", "2", sys.executable, *module, *sizes, *solver, *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    bound, incumbent = BOUNDS.findall(done.stdout)[-1]
    found = folder / "plan.csv"
    rows = [line.rsplit(",", 1) for line in found.read_text("utf-8").splitlines()] if found.exists() else []
    return Spun(float(bound), float(incumbent), {name: float(value) for name, value in rows})


def starts(solution: Solution) -> set[str]:
    """The plants built, as mpi-sppy names them."""
    awards = solution.tables["awards"]
    return {f"build[{plant},{year}]" for plant, year in zip(awards["plant"], awards["start_year"], strict=True)}


HEDGING = ("--default-rho", "1", "--sep-rho", "--linearize-proximal-terms", "--max-iterations", "8")
"""Progressive hedging as the hub; HiGHS takes no quadratic terms with whole columns."""


@pytest.mark.parametrize("tail", [0.0, 0.5])
@pytest.mark.parametrize(
    ("hub", "proves"),
    [(("--lshaped-hub", "--xhatlshaped", "--max-iterations", "100"), True), ((*HEDGING, "--xhatshuffle"), False)],
    ids=["l-shaped", "hedging"],
)
def test_two_ranks_find_the_plan_that_cuts_find(
    hub: tuple[str, ...], proves: bool, tail: float, tmp_path: Path
) -> None:
    reference = solve(threatened_case(tail), gap=1e-6, method="cuts")
    found = spun(tmp_path, tail, *hub, "--solution-base-name", "plan")
    # No plan beats the bound of the reference, and the bound of the hub no plan.
    assert reference.bound_musd * (1 - 1e-6) <= found.incumbent <= reference.objective_musd * (1 + GAP)
    assert found.bound <= reference.objective_musd * (1 + 1e-6)
    assert found.bound >= found.incumbent * (1 - GAP) or not proves
    assert {name for name, value in found.awards.items() if name.startswith("build") and value > 0.5} == starts(
        reference
    )


def test_the_relaxation_of_equal_awards_is_a_bound(tmp_path: Path) -> None:
    reference = solve(threatened_case(0.0), gap=1e-6, method="cuts")
    found = spun(tmp_path, 0.0, *HEDGING, "--lagrangian")
    assert reference.objective_musd * (1 - GAP) <= found.bound <= reference.objective_musd * (1 + 1e-6)
