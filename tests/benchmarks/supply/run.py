"""Runs one tool on one size of the supply problem in a process of its own and says what it took."""

from __future__ import annotations

import importlib
import multiprocessing
import resource
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from tests.benchmarks.supply.problem import Found, generate

HERE = "tests.benchmarks.supply"
TOOLS: dict[str, str] = {
    "cuts": f"{HERE}.cuts:solve",
    "monolithic": f"{HERE}.monolithic:solve",
    "pyomo": f"{HERE}.plain_pyomo:solve",
    "linopy": f"{HERE}.linopy_tool:solve",
    "pypsa": f"{HERE}.pypsa_tool:solve",
    "mpi-sppy": f"{HERE}.mpisppy_tool:solve",
    "mpi-sppy-lshaped": f"{HERE}.mpisppy_tool:solve_lshaped",
}
"""Name of a tool → module and function, which takes a ``SupplyProblem`` and returns a ``Found``."""


def measured(tool: str, size: dict[str, int], **choices: Any) -> dict[str, Any]:
    """Solve ``generate(**size)`` by a tool of ``TOOLS``, with ``choices`` for its function such as ``algorithm``.

    Seconds are as ``Found`` has them. ``peak_mb`` is the most memory the process held, ``import_mb`` what it held at
    most before the tool began: Python, the tool's packages and the problem itself.
    """
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=spawn) as pool:
        return pool.submit(_here, tool, size, choices).result()


def _here(tool: str, size: dict[str, int], choices: dict[str, Any]) -> dict[str, Any]:
    module, _, function = TOOLS[tool].partition(":")
    solve = getattr(importlib.import_module(module), function)
    problem = generate(**size)
    import_mb = peak_mb()
    found: Found = solve(problem, **choices)
    return {
        "tool": tool,
        **size,
        **choices,
        "objective": found.objective,
        "build_seconds": found.build_seconds,
        "solve_seconds": found.solve_seconds,
        "import_mb": import_mb,
        "peak_mb": peak_mb(),
        "notes": found.notes,
    }


def peak_mb() -> float:
    """Most memory this process has held.

    On Linux not by ``getrusage``: a process that is started fresh inherits what its parent held at most.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 2**10
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)
