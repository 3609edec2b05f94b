"""What signed contracts pay year by year on every price path: kept for the offers asked about, not for whole menus."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.instance.compile import lender_deck
from optimizer.instance.contracts import Settlement
from optimizer.instance.market import Market
from optimizer.instance.plan import plant_plan
from optimizer.scenarios import Draws

FloatArray = NDArray[np.float64]
Offer = tuple[str, int, float]
"""(contract, start year, strike in USD/kg)"""


def payments_by_year(case: Any, draws: Draws, offers: Iterable[Offer]) -> dict[Offer, FloatArray]:
    """Government payments of each offer per kt/yr covered, musd/yr, shape (paths, price years); its gains negative.

    Not discounted, and in the year of delivery. Their mean over paths is ``ContractNumbers.expected_payment``.
    """
    paths = draws.paths
    market = Market(case, paths.years, paths.yearly)
    deck_prices = lender_deck(case, paths)
    deck = Market(case, paths.years, lambda series: deck_prices[series])
    quarterly = {name: np.repeat(prices[:, np.newaxis], 4, axis=1) for name, prices in deck_prices.items()}
    out: dict[Offer, FloatArray] = {}
    for name, start, strike in offers:
        contract = case.row("contracts", name)
        plant = case.row("plants", contract.plant)
        plan = plant_plan(case, plant, plant.start_years[0] if plant.status == "operating" else start, paths.years)
        settled = Settlement(case, contract, plan, paths, market, deck, quarterly)
        out[name, start, strike] = settled.by_year(settled.on_paths(strike)[0])
    return out
