"""Demand in each draw."""

from __future__ import annotations

import numpy as np
from scipy import special

from optimizer.scenarios.draws import FloatArray
from optimizer.scenarios.timeline import CaseTables, Timeline
from optimizer.scenarios.uniforms import UniformStream

Use = tuple[str, str, str]
"""(region, segment, material)"""


def draw_growth_deviations(case: CaseTables, *, draws: int, seed: int) -> FloatArray:
    """Deviation of the yearly growth rate of all demand, shape (draws,): normal with standard deviation
    ``scenarios.demand_spread``, common to all regions and segments and to all years of a draw."""
    normal = special.ndtri(UniformStream(seed, "demand", "growth", dimensions=1).take(draws)[:, 0])
    out: FloatArray = case.settings.scenarios.demand_spread * normal
    return out


def demand_by_year(case: CaseTables, time: Timeline, deviation: float | FloatArray) -> dict[Use, FloatArray]:
    """base × (1 + growth + deviation)^t in t/yr over the horizon; t = 0 in its first year. Growth stops at −100 %.

    For one deviation the arrays have shape (years,), for deviations of shape (draws,) they have (draws, years).
    """
    t = np.arange(time.horizon)
    rows = sorted(case.rows("demand"), key=lambda row: (str(row.region), str(row.segment), str(row.material)))
    return {
        (str(row.region), str(row.segment), str(row.material)):
            row.base_t_per_year * np.maximum(1 + row.growth_per_year + np.asarray(deviation)[..., None], 0.0) ** t
        for row in rows
    }
