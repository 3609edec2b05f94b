"""Each constraint of models/targets.py alone, its optimum derived by hand."""

from __future__ import annotations

from typing import Any

import pytest

from models.supply_numbers import ServiceLevel, ShareLimit
from tests.component.builders import DEMAND, future_numbers, lowest, supply_model, supply_structure, with_mill

LANE = ("china", "us", "oxide")


def share_limited(miss_price: float | None, *, calm_only: bool = False, calm: bool = True) -> Any:
    """10 kt asked for; oxide at 11 musd/kt from China, at most 60 % of supply, or at 30 from the own mill."""
    structure = supply_structure(
        nodes=(("us", "oxide", "any"), ("china", "oxide", "any")),
        suppliers={("abroad", 1): ("china", "oxide", "any")},
        lanes=(LANE,),
        lane_streams={LANE: ("any",)},
        freight={LANE: 1.0},
        share_limits={"diversify": ShareLimit("us", "oxide", "china", (2026,), 0.6, miss_price, calm_only)},
        **with_mill(cost_steps={"mill": ((1.0, 30.0),)}),
    )
    future = future_numbers(
        structure,
        calm=calm,
        capacity={("mill", 2026): 20.0},
        supplier_quantity={(("abroad", 1), 2026): 20.0},
        supplier_cost={(("abroad", 1), 2026): 10.0},
    )
    return supply_model(structure, future)


def test_one_origin_has_at_most_its_share() -> None:
    # 6 kt from China and 4 from the mill: 66 + 120. Without the limit 10 from China: 110.
    model = share_limited(None)
    assert lowest(model, model.supply_cost) == pytest.approx(186.0)
    model.share_limit.deactivate()
    assert lowest(model, model.supply_cost) == pytest.approx(110.0)


def test_a_share_limit_with_a_price_is_missed_where_that_is_cheaper() -> None:
    # A kt from the mill instead of China costs 19 and saves one kt over the limit: at 5 per kt all 10 come from China
    # and 4 kt over the limit are paid for: 110 + 20. At 25 per kt none: 186.
    cheap, dear = share_limited(5.0), share_limited(25.0)
    assert lowest(cheap, cheap.supply_cost) == pytest.approx(130.0)
    assert lowest(dear, dear.supply_cost) == pytest.approx(186.0)


def test_a_share_limit_of_calm_years_does_not_bind_in_an_embargo() -> None:
    for calm, cost in ((True, 186.0), (False, 110.0)):
        model = share_limited(None, calm_only=True, calm=calm)
        assert lowest(model, model.supply_cost) == pytest.approx(cost)


def served(miss_price: float | None, *, calm_only: bool = False, calm: bool = True) -> Any:
    """10 kt asked for, whose loss is 15 musd/kt, at least 90 % to be met; the mill makes oxide at 20."""
    structure = supply_structure(
        shortage_cost={DEMAND: 15.0},
        service_levels={"serve": ServiceLevel((DEMAND,), (2026,), 0.9, miss_price, calm_only)},
        **with_mill(),
    )
    return supply_model(structure, future_numbers(structure, calm=calm, capacity={("mill", 2026): 20.0}))


def test_the_stated_share_of_demand_is_met() -> None:
    # 9 kt from the mill and 1 missing: 180 + 15. Without the target all are missing: 150.
    model = served(None)
    assert lowest(model, model.supply_cost) == pytest.approx(195.0)
    model.service_level.deactivate()
    assert lowest(model, model.supply_cost) == pytest.approx(150.0)


def test_a_service_level_with_a_price_is_missed_where_that_is_cheaper() -> None:
    # Serving costs 5 per kt more than not serving. At a price of 3 per kt below the level, all are missing, 9 of them
    # paid for: 150 + 27. At 8 per kt: 195.
    cheap, dear = served(3.0), served(8.0)
    assert lowest(cheap, cheap.supply_cost) == pytest.approx(177.0)
    assert lowest(dear, dear.supply_cost) == pytest.approx(195.0)


def test_a_service_level_of_calm_years_does_not_bind_in_an_embargo() -> None:
    for calm, cost in ((True, 195.0), (False, 150.0)):
        model = served(None, calm_only=True, calm=calm)
        assert lowest(model, model.supply_cost) == pytest.approx(cost)
