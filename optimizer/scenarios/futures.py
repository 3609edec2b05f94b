"""Joint draws of everything the supply layer does not know, and the calm future."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from optimizer.scenarios.demand import demand_by_year, draw_growth_deviations
from optimizer.scenarios.disruption import (
    DrawnDisruption,
    Lane,
    draw_disruptions,
    share_disrupted,
    withheld_shares,
)
from optimizer.scenarios.draws import FloatArray, Future, PricePaths
from optimizer.scenarios.plants import PlantTroubles, draw_troubles
from optimizer.scenarios.price import draw_price_paths, median_prices
from optimizer.scenarios.processes import price_model
from optimizer.scenarios.regimes import draw_regimes
from optimizer.scenarios.timeline import CaseTables, Timeline, timeline
from optimizer.terms.averages import mean_over_last

MOST_CANDIDATES = 2000
LEAST_CANDIDATES = 256
FEW_PATHS = 64


@dataclass(frozen=True)
class JointDraws:
    """Draw i joins price path i (with its regimes), disruptions i, demand i, delays and outages i.

    ``paths`` are the price paths handed on. All else is over the horizon: ``calm_price`` is the median path, series →
    (years,); ``price``, ``withheld`` and ``disrupted`` have shape (candidates, years), ``growth_deviation``
    (candidates,).
    """

    case: CaseTables
    time: Timeline
    paths: PricePaths
    calm_price: dict[str, FloatArray]
    disruptions: tuple[DrawnDisruption, ...]
    candidates: int
    price: dict[str, FloatArray]
    withheld: dict[Lane, FloatArray]
    growth_deviation: FloatArray
    troubles: PlantTroubles
    disrupted: FloatArray

    def future(self, index: int, name: str, weight: float) -> Future:
        """Draw ``index`` as a future."""
        return Future(
            name=name,
            weight=weight,
            price={series: values[index].copy() for series, values in self.price.items()},
            withheld={lane: values[index].copy() for lane, values in self.withheld.items() if values[index].any()},
            demand=demand_by_year(self.case, self.time, float(self.growth_deviation[index])),
            delay={plant: int(values[index]) for plant, values in self.troubles.delay.items()},
            outage={
                plant: values[index].copy() for plant, values in self.troubles.outage.items() if values[index].any()
            },
            disrupted=self.disrupted[index].copy(),
        )

    def calm(self, weight: float) -> Future:
        """The calm future: median prices, no regime, no disruption, base demand, no delay, no outage."""
        return Future(
            name="calm",
            weight=weight,
            price={name: values.copy() for name, values in self.calm_price.items()},
            withheld={},
            demand=demand_by_year(self.case, self.time, 0.0),
            delay=dict.fromkeys(self.troubles.delay, 0),
            outage={},
            disrupted=np.zeros(self.time.horizon),
        )


def candidate_count(paths: int) -> int:
    """Draws from which futures are chosen: the price paths, at most 2,000; 256 if there are fewer than 64 of them.

    >>> candidate_count(10), candidate_count(64), candidate_count(10_000)
    (256, 64, 2000)
    """
    return LEAST_CANDIDATES if paths < FEW_PATHS else min(paths, MOST_CANDIDATES)


def joint_draws(case: CaseTables, *, paths: int, seed: int) -> JointDraws:
    """Draw ``paths`` price paths and the candidates for futures that share them.

    Each ingredient has its own stream (see ``uniforms``): changing a hazard changes only spells and what follows from
    them, and the first draws stay the same when more are asked for.
    """
    time = timeline(case)
    model = price_model(case)
    candidates = candidate_count(paths)
    draws = max(paths, candidates)
    regimes = draw_regimes(case, time, draws=draws, seed=seed)
    disruptions = draw_disruptions(case, time, draws=draws, seed=seed)
    everything = draw_price_paths(model, time, regimes, disruptions, draws=draws, seed=seed)
    chosen = slice(0, candidates)
    return JointDraws(
        case=case,
        time=time,
        paths=replace(everything, quarterly=everything.quarterly[:paths], weight=np.full(paths, 1.0 / paths)),
        calm_price={name: values[: time.horizon] for name, values in median_prices(model, time).items()},
        disruptions=disruptions,
        candidates=candidates,
        price={
            name: mean_over_last(everything.quarterly[chosen, k, : time.horizon])
            for k, name in enumerate(everything.series)
        },
        withheld=withheld_shares(disruptions, chosen, time.horizon),
        growth_deviation=draw_growth_deviations(case, draws=candidates, seed=seed),
        troubles=draw_troubles(case, time, draws=candidates, seed=seed),
        disrupted=share_disrupted(disruptions, chosen, time.horizon),
    )
