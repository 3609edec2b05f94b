"""The runs of a batch on a cluster. The ledger stays here: workers solve and send back whole results."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from optimizer.batch.ledger import DONE, FAILED, RUNNING, WAITING, Ledger, Outcome
from optimizer.batch.runner import Tally, take_up
from optimizer.batch.runs import Run, SolveOptions
from optimizer.batch.worker import Solver
from optimizer.cluster.connect import addresses
from optimizer.data import Case
from optimizer.results.store import replace_folder

_SOLVERS: dict[str, Solver] = {}
"""In a worker: one solver per batch, so that runs there share what stays valid."""
_ONE_AT_A_TIME = threading.Lock()
AHEAD = 2
"""Runs given to each worker at once, so that none waits for the network."""


def run_on_cluster(
    client: Any,
    case: Case,
    runs: Sequence[Run],
    folder: str | Path,
    options: SolveOptions,
    *,
    progress: Callable[[Tally], None] | None = None,
) -> dict[str, int]:
    """As ``run_batch``, on the workers of a Dask cluster. They need not share a disk with this machine.

    A worker that is lost costs nothing but time: its runs are solved by others. A run over which three workers die
    counts as crashed.
    """
    distributed: Any = import_module("distributed")
    place = Path(folder)
    with Ledger(place) as ledger:
        ledger.add(runs)
        ledger.watch(run.id for run in runs)
        take_up(ledger, place)
        began, ended, best = time.monotonic(), 0, (None, "")
        under_way: dict[Any, Run] = {}
        waiting = distributed.as_completed(loop=client.loop)

        def feed() -> None:
            free = AHEAD * max(1, len(addresses(client))) - len(under_way)
            for run in ledger.claim(free) if free > 0 else []:
                cold = ledger.attempts(run.id) > 1
                # The case goes with every run: data given to workers beforehand are lost with them.
                future = client.submit(_solved, str(place), case, run, options, cold, pure=False, retries=0)
                under_way[future] = run
                waiting.add(future)

        def tell() -> None:
            if progress is not None:
                counts = ledger.counts(watched=True)
                left = counts.get(WAITING, 0) + counts.get(RUNNING, 0)
                seconds = time.monotonic() - began
                rest = seconds / ended * left if ended else None
                failed = sum(counts.get(status, 0) for status in FAILED)
                progress(Tally(counts.get(DONE, 0), failed, left, seconds, rest, *best))

        try:
            feed()
            tell()
            while under_way:
                future = next(waiting)
                run = under_way.pop(future)
                try:
                    outcome, files = future.result()
                    if files is not None:
                        replace_folder(place / run.id, files)
                except distributed.KilledWorker as error:
                    outcome = Outcome("crashed", message=f"workers died over it: {error}")
                ledger.enter(run.id, outcome)
                ended += 1
                if outcome.objective is not None and (best[0] is None or outcome.objective < best[0]):
                    best = (outcome.objective, run.id)
                feed()
                tell()
        finally:
            client.cancel(list(under_way))
            ledger.give_back([run.id for run in under_way.values()])
        return ledger.counts(watched=True)


def _solved(
    batch: str, case: Case, run: Run, options: SolveOptions, cold: bool
) -> tuple[Outcome, dict[str, bytes] | None]:
    # HiGHS has one pool of threads per process, and a live case answers one question at a time.
    with _ONE_AT_A_TIME:
        solver = _SOLVERS.get(batch)
        if solver is None or solver.case != case or solver.options != options:
            solver = _SOLVERS[batch] = Solver(case, options)
        return solver.solved(run, cold=cold)
