"""Batches of fresh futures in processes of their own; what comes back does not depend on how many there are."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from optimizer.analysis.robust.fresh import Sample, fresh_sample
from optimizer.data import Case
from optimizer.engine.values import Values

PATIENCE_S = 0.5
"""How often it is looked whether time is up."""

Batch = tuple[int, int, int]
"""(seed, number of futures, number of those in which no new awards are looked at too)."""


def samples(
    case: Case,
    entrants: Mapping[str, int],
    awards: Mapping[str, Values],
    batches: Sequence[Batch],
    *,
    workers: int,
    left: Callable[[], float],
) -> Iterator[tuple[int, Sample]]:
    """Position and sample of each batch as it is done, until ``left`` seconds are none. Raises what a batch raises."""
    waiting = list(range(len(batches)))[::-1]
    if workers > 1 and len(batches) > 1:
        with _Crew(case, entrants, awards, min(workers, len(batches))) as crew:
            yield from crew.work(batches, waiting, left)
    while waiting and left() > 0.0:
        at = waiting.pop()
        seed, count, compared = batches[at]
        yield at, fresh_sample(case, entrants, awards, seed=seed, count=count, compared=compared)


class _Crew:
    """Worker processes. One that dies is not replaced: its batch waits again, for this process if need be."""

    def __init__(self, case: Case, entrants: Mapping[str, int], awards: Mapping[str, Values], workers: int) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._lines: dict[Connection, BaseProcess] = {}
        for _ in range(workers):
            ours, theirs = spawn.Pipe()
            process = spawn.Process(target=_work, args=(theirs, case, dict(entrants), dict(awards)), daemon=True)
            process.start()
            theirs.close()
            self._lines[ours] = process

    def __enter__(self) -> _Crew:
        return self

    def __exit__(self, *_: object) -> None:
        for line, process in self._lines.items():
            line.close()
            process.kill()
            process.join()

    def work(
        self, batches: Sequence[Batch], waiting: list[int], left: Callable[[], float]
    ) -> Iterator[tuple[int, Sample]]:
        """Hand out what waits and yield what comes back."""
        busy: dict[Connection, int] = {}
        idle = list(self._lines)
        while (waiting or busy) and (idle or busy) and left() > 0.0:
            while idle and waiting:
                line, at = idle.pop(), waiting.pop()
                busy[line] = at
                with suppress(OSError):
                    # One that has just died is noticed when it is waited for.
                    line.send(batches[at])
            ready = wait(list(busy), timeout=PATIENCE_S)
            for line in [one for one in busy if one in ready]:
                at = busy.pop(line)
                try:
                    answer = line.recv()
                except (EOFError, OSError):
                    waiting.append(at)
                    continue
                idle.append(line)
                if isinstance(answer, Exception):
                    raise answer
                yield at, answer


def _work(line: Connection, case: Case, entrants: dict[str, int], awards: dict[str, Values]) -> None:
    # Ctrl-C reaches every process of the terminal; the parent alone decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, OSError):
        while True:
            seed, count, compared = line.recv()
            try:
                answer: object = fresh_sample(case, entrants, awards, seed=seed, count=count, compared=compared)
            except Exception as error:
                answer = error
            line.send(answer)
