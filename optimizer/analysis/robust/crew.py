"""Batches of fresh futures in processes of their own; what comes back does not depend on how many there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, ProcessPoolExecutor, wait

from optimizer.analysis.processes import dismiss, started
from optimizer.analysis.robust.fresh import Sample, fresh_sample
from optimizer.data import Case
from optimizer.engine.values import Values

PATIENCE_S = 0.5
"""How often it is looked whether time is up."""

Batch = tuple[int, int, int]
"""(seed, number of futures, number of those in which no new awards are looked at too)."""
Job = tuple[Case, Mapping[str, int], Mapping[str, Values]]
"""Case, start year of each plant that enters unaided, and awards: the same for all batches."""


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
        pool = started(min(workers, len(batches)), _take, ((case, dict(entrants), dict(awards)),))
        try:
            yield from _elsewhere(pool, batches, waiting, min(workers, len(batches)), left)
        finally:
            dismiss(pool)
    while waiting and left() > 0.0:
        at = waiting.pop()
        yield at, _sampled((case, entrants, awards), batches[at])


def _elsewhere(
    pool: ProcessPoolExecutor,
    batches: Sequence[Batch],
    waiting: list[int],
    workers: int,
    left: Callable[[], float],
) -> Iterator[tuple[int, Sample]]:
    """Hand out what waits and yield what comes back. If a process dies, what it and the others had waits again."""
    busy: dict[Future[Sample], int] = {}
    try:
        while (waiting or busy) and left() > 0.0:
            while waiting and len(busy) <= workers:
                busy[pool.submit(_answer, batches[waiting[-1]])] = waiting[-1]
                waiting.pop()
            done = wait(busy, timeout=PATIENCE_S, return_when=FIRST_COMPLETED).done
            # What came back before the pool broke is kept, in whatever order the two are looked at.
            for one in sorted(done, key=lambda one: isinstance(one.exception(), BrokenExecutor)):
                sample = one.result()
                yield busy.pop(one), sample
    except BrokenExecutor:
        waiting.extend(busy.values())


def _sampled(job: Job, batch: Batch) -> Sample:
    case, entrants, awards = job
    seed, count, compared = batch
    return fresh_sample(case, entrants, awards, seed=seed, count=count, compared=compared)


_job: list[Job] = []


def _take(job: Job) -> None:
    _job[:] = [job]


def _answer(batch: Batch) -> Sample:
    return _sampled(_job[0], batch)
