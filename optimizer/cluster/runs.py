"""The runs of a batch on a cluster. The ledger stays here: workers solve and send back whole results."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from optimizer.batch.ledger import Ledger, Outcome
from optimizer.batch.runner import take_up
from optimizer.batch.runs import Run, SolveOptions
from optimizer.batch.tally import Bookkeeper, Tally
from optimizer.batch.worker import Solver
from optimizer.cluster.connect import addresses
from optimizer.data import Case
from optimizer.errors import OptimizerError
from optimizer.results.store import replace_folder

_LAST: list[Solver] = []
"""In a worker: the last solver, so that runs of one batch share what stays valid."""
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
        books = Bookkeeper(ledger, progress)
        under_way: dict[Any, Run] = {}
        waiting = distributed.as_completed(loop=client.loop)

        def feed() -> None:
            free = AHEAD * max(1, len(addresses(client))) - len(under_way)
            for run in ledger.claim(free) if free > 0 else []:
                cold = ledger.attempts(run.id) > 1
                # The case goes with every run: data given to workers beforehand are lost with them.
                future = client.submit(_solved, case, run, options, cold, pure=False, retries=0)
                under_way[future] = run
                waiting.add(future)

        try:
            feed()
            books.report(now=True)
            while under_way:
                future = next(waiting)
                run = under_way[future]
                books.enter(run.id, _outcome(future, place / run.id, distributed.KilledWorker))
                del under_way[future]
                feed()
                books.report()
            books.report(now=True)
        finally:
            client.cancel(list(under_way))
            ledger.give_back([run.id for run in under_way.values()])
        return ledger.counts(watched=True)


def _outcome(future: Any, folder: Path, killed: type[Exception]) -> Outcome:
    """How a run ended on its worker; the files it sent are written."""
    try:
        outcome, files = future.result()
        if files is not None:
            replace_folder(folder, files)
    except killed as error:
        return Outcome("crashed", message=f"workers died over it: {error}")
    except OptimizerError as error:
        return Outcome("failed", message=str(error))
    found: Outcome = outcome
    return found


def _solved(case: Case, run: Run, options: SolveOptions, cold: bool) -> tuple[Outcome, dict[str, bytes] | None]:
    # HiGHS has one pool of threads per process, and a live case answers one question at a time.
    with _ONE_AT_A_TIME:
        solver = _LAST[0] if _LAST else None
        if solver is None or solver.case != case or solver.options != options:
            solver = Solver(case, options)
            _LAST[:] = [solver]
        return solver.solved(run, cold=cold)
