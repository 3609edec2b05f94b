"""Stock or no stock, embargo or no embargo: a case whose costs can be worked out on paper.

1,000 t/yr (1 kt) of oxide is asked for in 2026 to 2029, at 50 USD/kg and 1 of freight, so 51 musd/kt; a shortage costs
300 musd/kt. No rate of discount; outlay weighs 0.2. Up to 1 kt may be bought for the stock, in 2026 only; it costs 0.5
musd/kt to hold at each end of a year, may be released in a disruption, and is worth nothing in the end. The mine loses
money and nobody supports it. An embargo withholds all of 2028. With q kt in stock:

calm, imports of 4 kt: 4 × 51 = 204, and for each kt of stock 51 + 0.2 × 50 + 4 × 0.5 = 63, so 204 + 63 q;
embargo, imports of 3 kt: 3 × 51 + 300 = 453, and 51 + 10 + 2 × 0.5 − 300 = −238 for each kt, so 453 − 238 q.
"""

from __future__ import annotations

import numpy as np
import pytest

from optimizer.data import Case
from optimizer.scenarios import Draws, Future
from tests.unit.instance.hand_case import calm, demand, flat_paths, futures_of, hand_case, hand_tables, mine, stockpile

CALM_COST, CALM_SLOPE = 204.0, 63.0
EMBARGO_COST, EMBARGO_SLOPE = 453.0, -238.0
EMBARGO = ("china", "us", "oxide")


def newsvendor(embargo_likely: float = 0.0) -> Case:
    """The case; its disruption hazard stands for the chance of the embargo (see ``draws``)."""
    pot = hand_tables()["programmes"][0] | {"first_year": 2026, "last_year": 2026}
    return hand_case(
        {"rates.public": 0.0, "scenarios.hazard_scale": embargo_likely, "solve.gap": 1e-9},
        plants=[mine(opex_usd_per_kg=60.0)],
        demand=[demand("civil", 1000.0)],
        programmes=[pot],
        stockpiles=[
            stockpile(
                opening_t=0.0,
                max_purchase_t_per_year=1000.0,
                tranches=(2026,),
                release_max_share=1.0,
                residual_value_share=0.0,
            )
        ],
    )


def draws(case: Case) -> Draws:
    """Calm for certain, the embargo for certain, or both with the chance that the hazard scale states."""
    likely = case.settings.scenarios.hazard_scale
    withheld = {EMBARGO: np.array([0.0, 0.0, 1.0, 0.0])}
    both: list[tuple[float, Future]] = [
        (1.0 - likely, calm(case, weight=1.0 - likely)),
        (likely, calm(case, name="embargo", weight=likely, withheld=withheld)),
    ]
    return Draws(flat_paths(50.0), futures_of(*(future for weight, future in both if weight > 0.0)), 1, ())


@pytest.fixture
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every analysis takes these draws."""
    for module in ("worlds", "informed", "stressed"):
        monkeypatch.setattr(f"optimizer.analysis.robust.{module}.draw", draws)
