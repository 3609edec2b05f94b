"""A batch of many tiny runs in a process of its own, to be killed and started again by a test."""

from __future__ import annotations

import sys
from pathlib import Path

from optimizer.batch import Ledger, Run, SolveOptions, run_batch, runs_of
from optimizer.data import Case
from tests.small_case import small_case

OPTIONS = SolveOptions(gap=1e-2, cold=True)


def tiny_case() -> Case:
    """Solved in a few hundredths of a second."""
    return small_case().set("scenarios.paths", 8).set("scenarios.futures", 1)


def tiny_runs(case: Case, count: int) -> list[Run]:
    """So many different questions."""
    path = "programmes.us_pot.budget_musd"
    return runs_of(case, [(f"run {i}", [f"{path} = {i / 10}"], {path: f"{i / 10}"}) for i in range(count)], OPTIONS)


def main(folder: str, count: int) -> None:
    """Start or go on; runs that crashed before are tried again."""
    case = tiny_case()
    runs = tiny_runs(case, count)
    with Ledger(folder) as ledger:
        ledger.wait_again([row["id"] for row in ledger.rows() if row["status"] == "crashed"])
    run_batch(case, runs, folder, OPTIONS, workers=2)


if __name__ == "__main__":
    main(str(Path(sys.argv[1])), int(sys.argv[2]))
