"""What may go wrong at plants: starts that slip, and outages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.scenarios.draws import FloatArray
from optimizer.scenarios.timeline import CaseTables, Timeline
from optimizer.scenarios.uniforms import UniformStream


@dataclass(frozen=True)
class PlantTroubles:
    """Delays of candidates, plant → years of shape (draws,), and outages, plant → share lost of shape (draws, years).

    Every candidate has a delay, mostly of 0 years; only plants that may fail have outages. Years are the horizon's.
    """

    delay: dict[str, NDArray[np.int64]]
    outage: dict[str, FloatArray]


def draw_troubles(case: CaseTables, time: Timeline, *, draws: int, seed: int) -> PlantTroubles:
    """Draw delays (once per draw) and outages (independently in each year) of all plants."""
    delay: dict[str, NDArray[np.int64]] = {}
    outage: dict[str, FloatArray] = {}
    for row in sorted(case.rows("plants"), key=lambda row: str(row.plant)):
        name = str(row.plant)
        slips = row.status == "candidate" and row.delay_probability > 0 and row.delay_years > 0
        fails = row.outage_probability > 0 and row.outage_share > 0
        if slips or fails:
            stream = UniformStream(seed, "plant", name, dimensions=1 + time.drawn_years)
            numbers = stream.take(draws)
        if row.status == "candidate":
            late = numbers[:, 0] < row.delay_probability if slips else np.zeros(draws, dtype=bool)
            delay[name] = late.astype(np.int64) * int(row.delay_years)
        if fails:
            outage[name] = row.outage_share * (numbers[:, 1 : 1 + time.horizon] < row.outage_probability)
    return PlantTroubles(delay, outage)
