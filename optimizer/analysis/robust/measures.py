"""What is measured of a plan in fresh futures, beside the same in the futures it was made for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from optimizer.analysis.robust.fresh import Sample
from optimizer.analysis.robust.intervals import batch_interval, share_interval, tail_interval, tail_mean
from optimizer.terms.finance import cvar

FloatArray = NDArray[np.float64]

COST, SAVED, SUPPLY_TAIL = "cost, expected", "saved against no new awards, expected", "cost of supply, worst futures"
SHORT, EVER_SHORT, CHEAPER = "demand not met", "futures with demand not met", "futures in which the plan saves"
OUTLAY, OUTLAY_TAIL = "net public outlay, expected", "net public outlay, worst 5 % of paths"
POT, LOSING = "paths on which promises exceed the pot", "paths on which the sponsor loses"
MEASURES = (COST, SAVED, CHEAPER, SUPPLY_TAIL, OUTLAY, OUTLAY_TAIL, SHORT, EVER_SHORT, POT, LOSING)
"""All measures, as they are named in the table."""
ALL = "all"
"""Subject of measures of the whole plan."""
OUTLAY_ALPHA = 0.95
NOTICED_T = 1.0
"""Tonnes over the horizon from which demand counts as not met."""
BY_BATCH, BY_COUNT, BY_RESAMPLING = "Student's t over batches", "Clopper-Pearson", "bootstrap"


def measured(own: Sample, fresh: Sequence[Sample], alpha: float, seed: int) -> pd.DataFrame:
    """One row per measure and what it is of: in the plan's own futures, in fresh ones, and the latter's interval.

    ``alpha`` is the share of futures outside the tail of supply cost.
    """
    rows: list[tuple[Any, ...]] = []

    def mean(measure: str, subject: str, unit: str, of: Callable[[Sample], float]) -> None:
        batches = np.array([of(one) for one in fresh])
        rows.append((measure, subject, unit, of(own), float(batches.mean()), *batch_interval(batches), BY_BATCH))

    def share(
        measure: str, subject: str, hit: Callable[[Sample], NDArray[np.bool_]], weight: Callable[[Sample], FloatArray]
    ) -> None:
        hits = np.concatenate([hit(one) for one in fresh])
        inside = float(weight(own)[hit(own)].sum())
        low, high = share_interval(int(hits.sum()), len(hits))
        rows.append((measure, subject, "%", 100.0 * inside, 100.0 * hits.mean(), 100.0 * low, 100.0 * high, BY_COUNT))

    def tail(measure: str, weights: FloatArray, inside: FloatArray, values: FloatArray, alpha: float) -> None:
        before = float(cvar(inside, weights, alpha))
        interval = tail_interval(values, alpha, seed)
        rows.append((measure, ALL, "musd", before, tail_mean(values, alpha), *interval, BY_RESAMPLING))

    mean(COST, ALL, "musd", expected_cost)
    mean(SAVED, ALL, "musd", lambda one: float(_compared(one) @ saved(one)))
    share(CHEAPER, ALL, lambda one: saved(one) > 0.0, _compared)
    supply = np.concatenate([one.supply for one in fresh])
    tail(SUPPLY_TAIL, own.probability, own.supply, supply, alpha)
    mean(OUTLAY, ALL, "musd", lambda one: float(one.weight @ one.outlay))
    tail(OUTLAY_TAIL, own.weight, own.outlay, np.concatenate([one.outlay for one in fresh]), OUTLAY_ALPHA)
    for segment in own.unmet:
        mean(SHORT, segment, "%", lambda one, name=segment: 100.0 * _unmet_share(one, name))  # type: ignore[misc]
    for segment in own.unmet:
        share(
            EVER_SHORT,
            segment,
            lambda one, name=segment: one.unmet[name] > NOTICED_T,  # type: ignore[misc]
            lambda one: one.probability,
        )
    for pot in own.pots:
        share(POT, pot, lambda one, name=pot: one.pots[name] > 0.0, lambda one: one.weight)  # type: ignore[misc]
    for plant in own.npv:
        share(LOSING, plant, lambda one, name=plant: one.npv[name] < 0.0, lambda one: one.weight)  # type: ignore[misc]
    columns = ["measure", "subject", "unit", "in_sample", "fresh", "low", "high", "method"]
    return pd.DataFrame(rows, columns=columns)


def expected_cost(one: Sample) -> float:
    """Expected cost of the plan, musd; the tail of supply has no part in it."""
    return one.fixed + one.outlay_weight * float(one.weight @ one.outlay) + float(one.probability @ one.supply)


def _compared(one: Sample) -> FloatArray:
    """Weights of the futures in which no new awards were looked at too."""
    weights = one.probability[: len(one.supply_without)]
    out: FloatArray = weights / weights.sum()
    return out


def saved(one: Sample) -> FloatArray:
    """What the plan, at its expected outlay, saves against no new awards in each future where both are known, musd."""
    spent = one.fixed + one.outlay_weight * float(one.weight @ one.outlay) - one.fixed_without
    out: FloatArray = one.supply_without - one.supply[: len(one.supply_without)] - spent
    return out


def _unmet_share(one: Sample, segment: str) -> float:
    wanted = float(one.probability @ one.demand[segment])
    return float(one.probability @ one.unmet[segment]) / wanted if wanted else 0.0
