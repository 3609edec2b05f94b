"""Runs a batch: processes that solve, a ledger that remembers, and one report at a time of how far it is."""

from __future__ import annotations

import json
import multiprocessing
import shutil
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from optimizer.batch.ledger import DONE, WAITING, Ledger, Outcome
from optimizer.batch.runs import Run, SolveOptions
from optimizer.batch.tally import Bookkeeper, Tally
from optimizer.batch.worker import work
from optimizer.data import Case
from optimizer.results import manifest

BLOCK = 8
"""Runs a process takes at once: neighbours, so that what one leaves helps the next."""
TRIES = 2
PATIENCE_S = 1.0


@dataclass
class _Worker:
    process: BaseProcess
    line: Connection
    queue: deque[Run] = field(default_factory=deque)
    busy: Run | None = None


def run_batch(
    case: Case,
    runs: Sequence[Run],
    folder: str | Path,
    options: SolveOptions,
    *,
    workers: int = 1,
    progress: Callable[[Tally], None] | None = None,
) -> dict[str, int]:
    """Solve all ``runs`` of a ``case`` that are not done yet, each into ``folder``/id; how many there are by status.

    ``options`` say how each is solved, ``workers`` is the number of processes (a script that asks for more than one
    needs the usual ``if __name__ == "__main__":``); ``progress`` is called with a ``Tally`` now and then.
    A process that dies costs its run one try; after the second the run counts as crashed and the rest goes on. Ctrl-C
    stops at once: runs under way wait for the next start. Raises OutputError if the folder cannot be used,
    KeyboardInterrupt after Ctrl-C.
    """
    place = Path(folder)
    with Ledger(place) as ledger:
        ledger.add(runs)
        ledger.watch(run.id for run in runs)
        take_up(ledger, place)
        _Crew(case, place, options, ledger, progress).run(workers)
        return ledger.counts(watched=True)


def take_up(ledger: Ledger, place: Path) -> None:
    """Settle what processes that are gone have left: whole runs are entered, others wait again, scraps are swept."""
    for run in ledger.abandoned():
        found = _written(place / run)
        if found is None:
            ledger.give_back([run])
        else:
            ledger.enter(run, found)
    if not ledger.others_alive():
        for scrap in place.glob(".optimizer-*"):
            shutil.rmtree(scrap, ignore_errors=True)


def _written(folder: Path) -> Outcome | None:
    """The outcome of a run from its folder, if the folder is whole."""
    if not folder.is_dir() or manifest.check(folder):
        return None
    said = json.loads((folder / "solution.json").read_text("utf-8"))
    seconds = json.loads((folder / manifest.TIMING).read_text("utf-8")).get("seconds", 0.0)
    return Outcome(DONE, said["termination"], said["objective_musd"], said["bound_musd"], said["gap"], seconds)


class _Crew:
    """Worker processes and what each is doing."""

    def __init__(
        self,
        case: Case,
        folder: Path,
        options: SolveOptions,
        ledger: Ledger,
        progress: Callable[[Tally], None] | None,
    ) -> None:
        self._case, self._folder, self._options = case, folder, options
        self._ledger, self._books = ledger, Bookkeeper(ledger, progress)
        self._workers: list[_Worker] = []

    def run(self, workers: int) -> None:
        """Until no run waits that this process could take."""
        wanted = min(workers, self._ledger.counts(watched=True).get(WAITING, 0))
        try:
            self._workers = [self._started() for _ in range(wanted)]
            self._books.report(now=True)
            for worker in self._workers:
                self._feed(worker)
            while any(worker.busy for worker in self._workers):
                self._step()
                self._books.report()
            self._books.report(now=True)
        finally:
            self._dismiss()

    def _started(self) -> _Worker:
        spawn = multiprocessing.get_context("spawn")
        ours, theirs = spawn.Pipe()
        process = spawn.Process(target=work, args=(theirs, self._case, self._folder, self._options), daemon=True)
        process.start()
        theirs.close()
        return _Worker(process, ours)

    def _feed(self, worker: _Worker) -> None:
        if not worker.queue:
            waiting = self._ledger.counts(watched=True).get(WAITING, 0)
            share = max(1, min(BLOCK, waiting // (2 * max(1, len(self._workers)))))
            worker.queue.extend(self._ledger.claim(share))
        worker.busy = worker.queue.popleft() if worker.queue else None
        if worker.busy is not None:
            again = self._ledger.attempts(worker.busy.id) > 1
            with suppress(OSError):
                # A process that has just died is noticed when it is waited for.
                worker.line.send((worker.busy, again))

    def _step(self) -> None:
        lines = {worker.line: worker for worker in self._workers if worker.busy}
        for ready in wait(list(lines), timeout=PATIENCE_S):
            worker = lines[ready]  # type: ignore[index]
            try:
                run, outcome = worker.line.recv()
            except (EOFError, OSError):
                self._crashed(worker)
                continue
            # The next run first, so that the process does not wait while this one is entered.
            self._feed(worker)
            self._books.enter(run, outcome)
        for worker in self._workers:
            # Runs of a process that has died may wait again by now.
            if worker.busy is None:
                self._feed(worker)

    def _crashed(self, worker: _Worker) -> None:
        """The process is gone: its run is tried once more, the others of its block go back."""
        worker.process.join()
        run = worker.busy
        self._ledger.give_back(other.id for other in worker.queue)
        if run is not None:
            found = _written(self._folder / run.id)
            if found is not None:
                self._books.enter(run.id, found)
            elif self._ledger.attempts(run.id) < TRIES:
                self._ledger.give_back([run.id], tried=True)
            else:
                words = f"the process that solved it ended with code {worker.process.exitcode}"
                self._books.enter(run.id, Outcome("crashed", message=words))
        worker.line.close()
        fresh = self._started()
        worker.process, worker.line, worker.queue, worker.busy = fresh.process, fresh.line, deque(), None
        self._feed(worker)

    def _dismiss(self) -> None:
        for worker in self._workers:
            worker.line.close()
            worker.process.terminate()
        for worker in self._workers:
            worker.process.join()
            claimed = [run.id for run in worker.queue] + ([worker.busy.id] if worker.busy else [])
            self._ledger.give_back(claimed)
