"""Each cost term of models/supply_costs.py in one future in which all of them occur."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo
import pytest

from models.supply_numbers import ServiceLevel, ShareLimit
from tests.component.builders import DEMAND, decided, future_numbers, lowest, supply_model, supply_structure, with_mill

ABROAD = ("abroad", 1)
LANE = ("china", "us", "oxide")
SCRAP = ("us", "oxide", "magnet")
NAMES = {
    "operation": 7.0 + 0.5 * 3.0 * 20.0,  # 7 of fixed cost, already a present value; 3 kt at 20
    "below_minimum": 0.5 * 1.0 * 6.0,  # the mill should run at 4 of its 4 kt
    "imports": 0.5 * 5.0 * 10.0,
    "freight": 0.5 * 5.0 * 1.5,
    "tariffs": 0.5 * 5.0 * 2.0,
    "collection": 0.5 * 0.5 * 8.0,
    "holding": 0.5 * 2.0 * 0.25,
    "stock_left": -0.5 * 2.0 * 12.0,
    "shortage": 0.5 * 2.0 * 100.0,
    "stock_not_found": 0.5 * 1.0 * 40.0,
    "payment_not_due": -0.5 * 30.0 * (3.0 - 1.5 - 0.5),
    "target_misses": 0.5 * (0.7 * 4.0 + 1.1 * 9.0),
}
"""Term → musd, at a discount factor of 0.5."""


def one_of_each(**weights: float) -> Any:
    """One kt or so of everything that costs something, each column held at its amount."""
    structure = supply_structure(
        nodes=(("us", "oxide", "any"), ("china", "oxide", "any"), ("us", "magnet", "any")),
        suppliers={ABROAD: ("china", "oxide", "any")},
        lanes=(LANE,),
        lane_streams={LANE: ("any",)},
        freight={LANE: 1.5},
        discount={2026: 0.5},
        fixed_operation={"mill": 7.0},
        collection={SCRAP: (0.3, 1, 20.0, 8.0)},
        stock_node={"reserve": ("us", "oxide", "any")},
        stock_opening={"reserve": 0.0},
        stock_capacity={"reserve": 10.0},
        stock_loss={"reserve": 0.0},
        stock_release_share={"reserve": 1.0},
        stock_holding_cost={"reserve": 0.25},
        stock_unbought_cost={"reserve": 40.0},
        purchase_into={"deal": "reserve"},
        take_or_pay_share={"deal": 0.5},
        strike_worth={("deal", 2026): 0.5},
        share_limits={"diversify": ShareLimit("us", "oxide", "china", (2026,), 0.6, 4.0, False)},
        service_levels={"serve": ServiceLevel((DEMAND,), (2026,), 0.9, 9.0, False)},
        weights={"resource": 1.0, "shortage": 1.0, "outlay": 0.0, "tail": 0.0, "tariff": 0.0, **weights},
        **with_mill(min_run_share={"mill": 1.0}, below_minimum_cost={"mill": 6.0}),
    )
    future = future_numbers(
        structure,
        capacity={("mill", 2026): 4.0},
        supplier_quantity={(ABROAD, 2026): 20.0},
        supplier_cost={(ABROAD, 2026): 10.0},
        tariff={(LANE, 2026): 2.0},
        contract_delivery={("deal", 2026, 2026): 1.0},
        residual_price={"reserve": 12.0},
    )
    deal = ("deal", 2026, 30.0)
    rate = ("reserve", 2026)
    award = decided(volume={deal: 3.0}, purchase_rate={rate: 1.5}, tranche_of={rate: 2026})
    model = supply_model(structure, future, award)
    for variable, amount in (
        (model.produce["mill", "any", 2026], 3.0),
        (model.produce_step["mill", 0, 2026], 3.0),
        (model.below_minimum["mill", 2026], 1.0),
        (model.buy[(*ABROAD, 2026)], 5.0),
        (model.flow[(*LANE, "any", 2026)], 5.0),
        (model.collect[(*SCRAP, 2026)], 0.5),
        (model.level["reserve", 2026], 2.0),
        (model.unmet[(*DEMAND, 2026)], 2.0),
        (model.unbought["reserve", 2026], 1.0),
        (model.offtake[(*deal, 2026)], 1.5),
        (model.shortfall[(*deal, 2026)], 0.5),
        (model.share_missed["diversify", 2026], 0.7),
        (model.service_missed["serve", 2026], 1.1),
    ):
        variable.set_value(amount)
    return model


@pytest.mark.parametrize("name", NAMES)
def test_each_term_is_amount_times_cost_at_present_value(name: str) -> None:
    assert pyo.value(getattr(one_of_each(), f"cost_{name}")) == pytest.approx(NAMES[name])


def test_no_term_is_missing_here() -> None:
    model = one_of_each()
    made = {c.local_name for c in model.component_objects(pyo.Expression) if c.local_name.startswith("cost_")}
    assert made == {f"cost_{name}" for name in NAMES}


@pytest.mark.parametrize(
    ("weight", "terms"),
    [
        ("resource", ["operation", "below_minimum", "imports", "freight", "collection", "holding", "stock_left"]),
        ("shortage", ["shortage", "stock_not_found"]),
        ("tariff", ["tariffs"]),
        ("outlay", ["payment_not_due"]),
    ],
)
def test_each_term_carries_its_weight(weight: str, terms: list[str]) -> None:
    # With all weights but one at zero only the terms of that weight are left, and misses, which stand at their price.
    model = one_of_each(**{**dict.fromkeys(("resource", "shortage", "outlay", "tariff"), 0.0), weight: 2.0})
    expected = 2.0 * sum(NAMES[name] for name in terms) + NAMES["target_misses"]
    assert pyo.value(model.supply_cost) == pytest.approx(expected)


def test_tariffs_steer_sourcing_only_at_their_weight() -> None:
    # Oxide from China at 10 + 1 and a tariff of 25, from the mill at 20. As a transfer the tariff counts nothing: 110.
    # At its full weight the mill is cheaper than 36: 200.
    for weight, cost in ((0.0, 110.0), (1.0, 200.0)):
        structure = supply_structure(
            nodes=(("us", "oxide", "any"), ("china", "oxide", "any")),
            suppliers={ABROAD: ("china", "oxide", "any")},
            lanes=(LANE,),
            lane_streams={LANE: ("any",)},
            freight={LANE: 1.0},
            weights={"resource": 1.0, "shortage": 1.0, "outlay": 0.0, "tail": 0.0, "tariff": weight},
            **with_mill(),
        )
        future = future_numbers(
            structure,
            capacity={("mill", 2026): 20.0},
            supplier_quantity={(ABROAD, 2026): 20.0},
            supplier_cost={(ABROAD, 2026): 10.0},
            tariff={(LANE, 2026): 25.0},
        )
        model = supply_model(structure, future)
        assert lowest(model, model.supply_cost) == pytest.approx(cost)
