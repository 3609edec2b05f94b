"""How far a batch is."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from optimizer.batch.ledger import DONE, FAILED, RUNNING, WAITING, Ledger, Outcome
from optimizer.display import Public

REPORTED_EVERY_S = 0.2


@dataclass(frozen=True)
class Tally(metaclass=Public):
    """How far a batch is: runs ``done``, ``failed`` and ``left``, ``seconds`` since it began.

    ``seconds_left`` is an estimate, None before a run has ended; ``best`` the cost of the cheapest plan (musd), of
    ``best_run``.
    """

    done: int
    failed: int
    left: int
    seconds: float
    seconds_left: float | None
    best: float | None
    best_run: str


class Bookkeeper:
    """Enters how runs ended and tells a listener how far the batch is."""

    def __init__(self, ledger: Ledger, progress: Callable[[Tally], None] | None) -> None:
        self._ledger, self._progress = ledger, progress
        self._began, self._ended = time.monotonic(), 0
        self._best: tuple[float | None, str] = (None, "")
        self._next_report = 0.0

    def enter(self, run: str, outcome: Outcome) -> None:
        """Enter how a run ended."""
        self._ledger.enter(run, outcome)
        self._ended += 1
        cheapest = self._best[0]
        if outcome.objective is not None and (cheapest is None or outcome.objective < cheapest):
            self._best = (outcome.objective, run)

    def report(self, *, now: bool = False) -> None:
        """Tell the listener, but not too often, unless ``now``."""
        if self._progress is None or (not now and time.monotonic() < self._next_report):
            return
        self._next_report = time.monotonic() + REPORTED_EVERY_S
        counts = self._ledger.counts(watched=True)
        left = counts.get(WAITING, 0) + counts.get(RUNNING, 0)
        seconds = time.monotonic() - self._began
        rest = seconds / self._ended * left if self._ended else None
        failed = sum(counts.get(status, 0) for status in FAILED)
        self._progress(Tally(counts.get(DONE, 0), failed, left, seconds, rest, *self._best))
