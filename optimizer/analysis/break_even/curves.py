"""Break-even strikes as curves: against a grant, the tenor, the sponsor's tail and the loss it accepts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from optimizer.analysis.alone import PlantAlone
from optimizer.analysis.break_even.needs import Need
from optimizer.analysis.least import least_grant, least_strike
from optimizer.analysis.standing import ContractTerms

POINTS = 9
ALPHAS = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98)
SCALES = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
TENORS = (3, 5, 7, 8, 10, 12, 15, 20)


def curves(need: Need) -> list[dict[str, Any]]:
    """Break-even strikes of one contract along four lines: rows of the table ``curves``."""
    alone, terms = need.alone, need.terms
    out = []
    for curve, unit, x, plant, contract, grant in _points(alone, terms):
        strike = least_strike(plant, contract, grant=grant).amount
        facts = {"plant": alone.plant, "contract": terms.row.contract, "curve": curve, "x": x, "x_unit": unit}
        out.append(facts | {"strike_usd_per_kg": math.nan if strike is None else strike})
    return out


_Place = tuple[str, str, float, PlantAlone, ContractTerms, float]


def _points(alone: PlantAlone, terms: ContractTerms) -> Iterator[_Place]:
    enough = least_grant(alone).amount
    highest = enough if enough else 0.5 * alone.row.capex_musd
    for grant in np.linspace(0.0, highest, POINTS).tolist():
        yield "grant", "musd", grant, alone, terms, grant
    tenors = {int(terms.row.tenor_years), *TENORS}
    for tenor in sorted(t for t in tenors if t <= alone.row.life_years):
        yield "tenor", "years", float(tenor), alone, terms.at(tenor_years=tenor), 0.0
    for alpha in sorted({alone.alpha, *ALPHAS}):
        yield "sponsor_tail", "alpha", alpha, alone.judged_by(alpha=alpha), terms, 0.0
    for scale in SCALES:
        judged = alone.judged_by(loss_limit=scale * alone.loss_limit)
        yield "loss_limit", "multiple", scale, judged, terms, 0.0
