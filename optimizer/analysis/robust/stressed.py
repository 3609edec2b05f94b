"""``stress``: a plan in many futures and price paths that it was not made for."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from optimizer.analysis.answer import Analysis, Solves, View
from optimizer.analysis.robust.clock import Clock
from optimizer.analysis.robust.crew import Batch, samples
from optimizer.analysis.robust.fresh import Sample, everything_on_offer, sample_of
from optimizer.analysis.robust.measures import MEASURES, measured, saved
from optimizer.analysis.robust.plans import Plan, awards_of, plan_of_run, words
from optimizer.analysis.robust.stress_words import findings
from optimizer.api import run_facts
from optimizer.data import Case
from optimizer.engine import Listener, Options, solve_cuts
from optimizer.engine.progress import Progress
from optimizer.engine.values import Values
from optimizer.errors import SettingError
from optimizer.instance import Instance, compile_instance
from optimizer.scenarios import draw

TIME_LIMIT = 270.0
"""Default limit in seconds."""
FRESH = 10_000
"""Fresh futures by default."""
BATCHES, LEAST_BATCH = 20, 64
"""Futures are drawn in so many independent batches, or fewer if a batch would be smaller than this."""
COMPARED = 2_500
"""Fresh futures in which no new awards are looked at too, at most: each costs as much as a future of the plan."""
FIRST_SEED = 1_000_000_000
"""Seeds of fresh draws begin here, far from those that people choose."""


def stress(
    case: Case,
    *,
    run: str | Path | None = None,
    futures_fresh: int = FRESH,
    workers: int = 1,
    time_limit: float = TIME_LIMIT,
    progress: Listener | None = None,
) -> Analysis:
    """A fixed plan in ``futures_fresh`` new futures, each with its own price path: is it only as good as its own few?

    The plan is the best one of the case, or that of ``run``, a folder written by ``solve --out``. Its awards stand;
    supply is solved again in each fresh future, and with no new awards in at most 2,500 of them. Fresh futures are
    single draws, equally likely, not reduced to a few, made with other seeds than the plan's. A draw in which nothing
    is withheld counts as calm for targets of calm futures; hard targets may be missed at no cost, in both.
    Plants that enter unaided are those of the case.

    Tables: ``stress`` (measure, subject, unit, in_sample, fresh, low, high, method), with ``in_sample`` the figure in
    the futures and paths that the plan was made for and ``low`` to ``high`` the 95 % confidence interval of ``fresh``;
    and ``fresh`` (batch, future, cost_musd, supply_musd, outlay_musd, saved_musd, and unmet tonnes by segment), one row
    per fresh future. Intervals: of means and shares of tonnes by Student's t over independent batches; of tail means by
    resampling futures (bootstrap, 1,000 times); of shares of futures or paths by Clopper and Pearson. They speak of the
    sample, not of whether the case describes the world.

    ``progress`` is called with a report now and then: stage, best cost, bound, gap, seconds.
    ``workers`` processes share the batches, with the same figures for any number (a script that asks for more than one
    needs the usual ``if __name__ == "__main__":``). At ``time_limit`` seconds, or after Ctrl-C, the batches done by
    then count. Raises what ``solve`` raises, and SettingError for a bad argument, for a folder that is no run, and for
    a plan with awards that the case does not offer.
    """
    if futures_fresh < 2:
        raise SettingError(f"{futures_fresh} fresh futures tell nothing of how sure a figure is. Use 2 or more.")
    if workers < 1:
        raise SettingError(f"{workers} workers cannot solve anything. Use 1 or more.")
    clock, solves = Clock(time_limit, progress), Solves()
    draws = draw(case)
    instance = compile_instance(case, draws)
    entrants = dict(instance.awards.plants.private_entry)
    plan = _plan(case, instance, run, clock, solves)
    clock.tell("the plan in its own futures")
    whole = everything_on_offer(case)
    own = sample_of(whole, compile_instance(whole, draws), entrants, plan.awards)
    batches = _batches(futures_fresh, case.settings.scenarios.seed)
    done, interrupted = _fresh(case, entrants, plan.awards, batches, workers, clock)
    if not done:
        raise SettingError("Time ran out before any fresh future was solved. Give a longer time limit.")
    alpha = case.settings.objective.tail_alpha
    table = measured(own, done, alpha, case.settings.scenarios.seed)
    asked = sum(count for _, count, _ in batches)
    return Analysis(
        verb="stress",
        case_name=case.name,
        title=case.settings.case.title,
        findings=findings(table, plan, sum(len(one.supply) for one in done), asked, interrupted),
        tables={"stress": table, "fresh": _rows(done)},
        views=_views(table),
        solves=solves.frame(),
        run=run_facts(case, "cuts")
        | {"futures_fresh": sum(len(one.supply) for one in done), "batches": len(done), "first_seed": batches[0][0]},
        seconds=clock.seconds,
        interrupted=interrupted,
        case=case,
    )


def _plan(case: Case, instance: Instance, run: str | Path | None, clock: Clock, solves: Solves) -> Plan:
    if run is not None:
        return plan_of_run(run, instance)
    clock.tell("the best plan of the case")
    settings = case.settings
    limit = min(0.5 * clock.limit, settings.solve.time_limit_s)
    options = Options(gap=settings.solve.gap, time_limit=limit, seed=settings.scenarios.seed)
    best = solve_cuts(instance, options)
    solves.add("best plan of the case", best)
    awards = awards_of(best.outcome.awards, instance.awards.plants.private_entry)
    return Plan("best", f"The best plan ({words(awards)})", awards)


def _batches(count: int, seed: int) -> list[Batch]:
    """Seeds and sizes of independent batches of equal size that hold ``count`` futures or a few more.

    >>> [len(_batches(10_000, 1)), _batches(10_000, 1)[1], _batches(100, 1)]
    [20, (1000001001, 500, 125), [(1000001000, 50, 50), (1000001001, 50, 50)]]
    """
    number = min(BATCHES, max(2, count // LEAST_BATCH))
    size = -(-count // number)
    return [(FIRST_SEED + 1000 * seed + i, size, min(size, COMPARED // number)) for i in range(number)]


def _fresh(
    case: Case,
    entrants: Mapping[str, int],
    awards: Mapping[str, Values],
    batches: Sequence[Batch],
    workers: int,
    clock: Clock,
) -> tuple[list[Sample], bool]:
    """Samples of the batches that were done, in order, and whether Ctrl-C came."""
    done: dict[int, Sample] = {}
    total, interrupted = sum(count for _, count, _ in batches), False
    try:
        for at, sample in samples(case, entrants, awards, batches, workers=workers, left=lambda: clock.left):
            done[at] = sample
            if clock.listener is not None:
                solved = sum(len(one.supply) for one in done.values())
                stage = f"{solved:,} of {total:,} fresh futures"
                clock.listener(Progress(stage, None, None, None, clock.seconds))
    except KeyboardInterrupt:
        interrupted = True
        if not done:
            raise
    return [done[at] for at in sorted(done)], interrupted


def _rows(done: Sequence[Sample]) -> pd.DataFrame:
    """One row per fresh future."""
    frames = []
    for batch, one in enumerate(done):
        cost = one.fixed + one.outlay_weight * one.outlay + one.supply
        spared = np.full(len(one.supply), math.nan)
        spared[: len(one.supply_without)] = saved(one)
        frame = pd.DataFrame(
            {
                "batch": batch,
                "future": np.arange(len(one.supply)),
                "cost_musd": cost,
                "supply_musd": one.supply,
                "outlay_musd": one.outlay,
                "saved_musd": spared,
            }
        )
        for segment, tonnes in one.unmet.items():
            frame[f"{segment}_unmet_t"] = tonnes
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _views(table: pd.DataFrame) -> tuple[View, ...]:
    return (
        View(
            "The plan in its own futures and in fresh ones (95 % confidence interval)",
            "stress",
            {
                "measure": "measure",
                "subject": "of",
                "unit": "unit",
                "in_sample": "own\nfutures",
                "fresh": "fresh\nfutures",
                "low": "low",
                "high": "high",
            },
            rows=max(len(table), len(MEASURES)),
        ),
    )
