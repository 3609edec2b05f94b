"""How long a batch may take, judged before anything of it is done: a few of its runs are tried, for a few seconds."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from optimizer.batch.ledger import DONE
from optimizer.batch.runs import Run, SolveOptions
from optimizer.data import Case
from optimizer.engine.progress import Progress
from optimizer.errors import NoPlanError, OptimizerError
from optimizer.live import LiveCase
from optimizer.whatif import apply

PATIENCE_S = 3.0
"""Seconds in which runs are tried."""
LEAST, MOST = 0.1, 5.5
"""Other runs of a batch as shares of its first: from 0.10 (a pot resized in allied-magnets) to 5.2 (disruptions
more likely in us-australia) in the table of estimates in tests/benchmarks/README.md."""
FEW = (0.5, 2.0)
"""The same beyond the shortest and longest of two that were tried; three and more stand for themselves."""
MOST_PASSES = 90.0
"""A whole run in units of its time to the first report of the search: at most 89 in that table."""
OUTSIDE_S, START_S = 0.04, 2.0
"""Seconds a run takes outside solving, and those in which its processes start (section on batches there)."""


@dataclass(frozen=True)
class Estimate:
    """Seconds that what is left of a batch may take, from ``low`` to ``high``, and what that rests on, in words."""

    low: float
    high: float
    basis: str


@dataclass(frozen=True)
class _Trial:
    """Runs tried: seconds that one takes at least and at most."""

    low: float
    high: float
    tried: int
    ended: bool


def from_done(rows: Sequence[Mapping[str, Any]], left: int, workers: int) -> Estimate | None:
    """What is left at the pace of the runs that are done; None if none is."""
    seconds = [float(row["seconds"]) for row in rows if row["status"] == DONE]
    if not seconds:
        return None
    each = sum(seconds) / len(seconds)
    total = _total(left, each, workers)
    return Estimate(total, total, f"at {each:,.1f} s for each of {len(seconds):,} runs done")


def from_trials(
    groups: Sequence[tuple[Case, Sequence[Run]]], options: SolveOptions, workers: int, patience: float = PATIENCE_S
) -> Estimate:
    """Try runs of each case, spread over its list, for ``patience`` seconds in all. Nothing is written."""
    low = high = 0.0
    trials = []
    for case, runs in groups:
        trial = _tried(case, runs, options, patience / len(groups))
        trials.append(trial)
        low += len(runs) * (trial.low + OUTSIDE_S)
        high += len(runs) * (trial.high + OUTSIDE_S)
    busy = min(workers, sum(len(runs) for _, runs in groups))
    one = f"{min(trial.low for trial in trials):,.1f} to {max(trial.high for trial in trials):,.1f} s a run"
    tried = sum(trial.tried for trial in trials)
    if all(trial.ended for trial in trials):
        basis = f"at {one}, judged by {'one that was' if tried == 1 else f'{tried} that were'} tried"
    else:
        basis = f"at {one}: one that was tried had not ended after {patience / len(groups):,.1f} s"
    return Estimate(START_S + low / busy, START_S + high / busy, basis)


def _total(left: int, each: float, workers: int) -> float:
    return (START_S + left * (each + OUTSIDE_S) / min(workers, left)) if left else 0.0


def _tried(case: Case, runs: Sequence[Run], options: SolveOptions, patience: float) -> _Trial:
    asked = case.settings.solve.time_limit_s if options.time_limit is None else options.time_limit
    began = time.monotonic()
    seconds: list[float] = []
    live: LiveCase | None = None
    for place in spread(len(runs)):
        if seconds and time.monotonic() - began + max(seconds) > patience:
            break
        start = time.monotonic()
        heard: list[float] = []

        def hear(_: Progress, heard: list[float] = heard, start: float = start) -> None:
            heard.append(time.monotonic() - start)

        limit = min(asked, patience)
        ended = True
        try:
            changed = apply(case, runs[place].changes)
            live = LiveCase(changed) if live is None or options.cold else live
            plan = live.solve(changed, gap=options.gap, time_limit=limit, baseline=False, progress=hear)
            ended = limit == asked or plan.termination != "time_limit"
            if ended:
                live.solve(changed, gap=options.gap, time_limit=limit, verify=True)
        except NoPlanError as error:
            ended = error.infeasible or limit == asked
        except OptimizerError:
            # A run that is refused takes its time too.
            pass
        took = time.monotonic() - start
        seconds.append(took)
        if not ended:
            most = max(took, MOST_PASSES * (heard[0] if heard else took))
            return _Trial(LEAST * min(seconds), max(took, min(most, 2.0 * asked)), len(seconds), ended=False)
    few, many = {1: (LEAST, MOST), 2: FEW}.get(len(seconds), (1.0, 1.0))
    if len(seconds) == len(runs):
        few, many = 1.0, 1.0
    return _Trial(few * min(seconds), many * max(seconds), len(seconds), ended=True)


def spread(count: int) -> list[int]:
    """All places of a list, so that the first few are spread over it: ends, then middles of what lies between.

    >>> spread(6)
    [0, 5, 2, 1, 3, 4]
    """
    order = [0, count - 1] if count > 1 else [0]
    gaps = [(0, count - 1)]
    while gaps:
        low, high = gaps.pop(0)
        middle = (low + high) // 2
        if middle not in (low, high):
            order.append(middle)
            gaps += [(low, middle), (middle, high)]
    return order
