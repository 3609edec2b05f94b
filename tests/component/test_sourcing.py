"""Each constraint of models/sourcing.py alone, its optimum derived by hand.

10 kt are asked for, and the loss from those missing is 100 musd/kt, unless a test says otherwise.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.component.builders import DEMAND, decided, future_numbers, lowest, supply_model, supply_structure, with_mill

ABROAD = ("abroad", 1)
YEARS = (2026, 2027)


def mill(years: tuple[int, ...] = (2026,), capacity: float = 6.0, **structure: Any) -> Any:
    """A mill of 6 kt/yr at 20 musd/kt, which runs anyway."""
    numbers = supply_structure(years=years, **{**with_mill(), **structure})
    return supply_model(numbers, future_numbers(numbers, capacity={("mill", t): capacity for t in years}))


def test_a_plant_makes_no_more_than_its_capacity() -> None:
    # 6 × 20 + 4 × 100 = 520. Without the limit 10 × 20.
    model = mill()
    assert lowest(model, model.supply_cost) == pytest.approx(520.0)
    model.capacity_limit.deactivate()
    assert lowest(model, model.supply_cost) == pytest.approx(200.0)


@pytest.mark.parametrize(("built", "cost"), [(0.0, 1000.0), (1.0, 520.0)])
def test_a_candidate_has_capacity_only_if_built(built: float, cost: float) -> None:
    structure = supply_structure(**with_mill())
    future = future_numbers(structure, build_capacity={("mill", 2026, 2026): 6.0})
    model = supply_model(structure, future, decided(build={("mill", 2026): built}))
    assert lowest(model, model.supply_cost) == pytest.approx(cost)


def test_output_is_the_sum_of_its_steps() -> None:
    # As above 520. Without the sum output costs nothing: 400.
    model = mill()
    assert lowest(model, model.supply_cost) == pytest.approx(520.0)
    model.output_by_step.deactivate()
    assert lowest(model, model.supply_cost) == pytest.approx(400.0)


def test_a_step_of_cost_holds_its_share_of_capacity() -> None:
    # Half of 6 kt at 20, half at 40: 60 + 120 + 400 = 580. Without the limit all at 20: 520.
    model = mill(cost_steps={"mill": ((0.5, 20.0), (0.5, 40.0))})
    assert lowest(model, model.supply_cost) == pytest.approx(580.0)
    model.cost_step_limit.deactivate()
    assert lowest(model, model.supply_cost) == pytest.approx(520.0)


def test_a_deposit_yields_no_more_than_its_reserve() -> None:
    # 8 of the 12 kt that two years could make: 8 × 20 + 12 × 100 = 1,360. Without the limit 12 × 20 + 8 × 100.
    model = mill(YEARS, reserve={"mill": 8.0})
    assert lowest(model, model.supply_cost) == pytest.approx(1360.0)
    model.reserve_limit.deactivate()
    assert lowest(model, model.supply_cost) == pytest.approx(1040.0)


@pytest.mark.parametrize(("penalty", "cost"), [(5.0, 115.0), (15.0, 130.0)])
def test_a_plant_runs_at_its_minimum_or_pays(penalty: float, cost: float) -> None:
    # Oxide from abroad costs 10, from the mill 20; its minimum is half of 6 kt. At a penalty of 5 per kt below it,
    # everything comes from abroad: 100 + 15. At 15 the mill makes 3: 70 + 60. Without the condition 100.
    structure = supply_structure(
        suppliers={ABROAD: ("us", "oxide", "any")},
        **with_mill(min_run_share={"mill": 0.5}, below_minimum_cost={"mill": penalty}),
    )
    future = future_numbers(
        structure,
        capacity={("mill", 2026): 6.0},
        supplier_quantity={(ABROAD, 2026): 20.0},
        supplier_cost={(ABROAD, 2026): 10.0},
    )
    model = supply_model(structure, future)
    assert lowest(model, model.supply_cost) == pytest.approx(cost)
    model.minimum_run.deactivate()
    assert lowest(model, model.supply_cost) == pytest.approx(100.0)


def traded(lanes: tuple[tuple[str, str, str], ...], **future: Any) -> Any:
    """Oxide at 10 musd/kt in China, and lanes at 1 musd/kt each."""
    regions = dict.fromkeys(["us", *(end for lane in lanes for end in lane[:2])])
    structure = supply_structure(
        nodes=tuple((region, "oxide", "any") for region in regions),
        suppliers={ABROAD: ("china", "oxide", "any")},
        lanes=lanes,
        lane_streams=dict.fromkeys(lanes, ("any",)),
        freight=dict.fromkeys(lanes, 1.0),
    )
    given = {"supplier_quantity": {(ABROAD, 2026): 20.0}, "supplier_cost": {(ABROAD, 2026): 10.0}, **future}
    return supply_model(structure, future_numbers(structure, **given))


def test_a_route_carries_no_more_than_its_capacity() -> None:
    # 4 kt at 10 + 1 and 6 missing: 44 + 600. Without the limit 110.
    lane = ("china", "us", "oxide")
    model = traded((lane,), lane_capacity={(lane, 2026): 4.0})
    assert lowest(model, model.supply_cost) == pytest.approx(644.0)
    model.lane_limit.deactivate()
    assert lowest(model, model.supply_cost) == pytest.approx(110.0)


def test_nothing_is_passed_through_a_region() -> None:
    # China sells to Korea and Korea to the us, but Korea makes nothing of its own: all 10 kt are missing. Without the
    # rule they come at 10 + 1 + 1.
    model = traded((("china", "korea", "oxide"), ("korea", "us", "oxide")))
    assert lowest(model, model.supply_cost) == pytest.approx(1000.0)
    model.no_sending_on.deactivate()
    assert lowest(model, model.supply_cost) == pytest.approx(120.0)


def test_supply_covers_use() -> None:
    # 6 × 20 + 4 × 100. Without the balance nothing is made and nothing is missing.
    model = mill()
    assert lowest(model, model.supply_cost) == pytest.approx(520.0)
    model.material_balance.deactivate()
    assert lowest(model, model.supply_cost) == pytest.approx(0.0, abs=1e-9)


def test_plants_use_inputs_and_make_joint_products() -> None:
    # A kt of magnets takes 0.4 kt of oxide at 10 and yields 0.5 kt of swarf, of which 2 kt are asked for. 4 kt of
    # magnets serve all swarf; making 10 kt of magnets at 20 + 4 serves both: 240, whereas a magnet missed costs 100.
    magnet, swarf = ("us", "civil", "magnet"), ("us", "civil", "swarf")
    structure = supply_structure(
        demand_keys=(magnet, swarf),
        nodes=tuple(("us", material, "any") for material in ("oxide", "magnet", "swarf")),
        suppliers={ABROAD: ("us", "oxide", "any")},
        **with_mill(inputs={"mill": {"oxide": 0.4}}, outputs={"mill": {"magnet": 1.0, "swarf": 0.5}}),
    )
    future = {"capacity": {("mill", 2026): 10.0}, "demand": {(magnet, 2026): 10.0, (swarf, 2026): 2.0}}
    plenty = {"supplier_quantity": {(ABROAD, 2026): 20.0}, "supplier_cost": {(ABROAD, 2026): 10.0}}
    model = supply_model(structure, future_numbers(structure, **future, **plenty))
    assert lowest(model, model.supply_cost) == pytest.approx(240.0)
    # With 1 kt of oxide to be had: 2.5 kt of magnets, 1.25 of swarf. 2.5 × 24 + 7.5 × 100 + 0.75 × 100 = 885.
    scarce = {**plenty, "supplier_quantity": {(ABROAD, 2026): 1.0}}
    model = supply_model(structure, future_numbers(structure, **future, **scarce))
    assert lowest(model, model.supply_cost) == pytest.approx(885.0)


@pytest.mark.parametrize(
    ("accepts", "cost"),
    [
        ("any", 50.0 + 90.0),  # 5 kt of each kind: compliant material may serve where any does
        ("compliant", 90.0 + 500.0),  # 5 kt of compliant material, and never the other way round
    ],
)
def test_compliant_material_may_be_sold_as_any_but_not_the_reverse(accepts: str, cost: float) -> None:
    # 5 kt of compliant oxide at 18 and 5 kt of other oxide at 10.
    clean, other = ("clean", 1), ("other", 1)
    structure = supply_structure(
        nodes=(("us", "oxide", "compliant"), ("us", "oxide", "any")),
        serves={(DEMAND, 2026): accepts},
        suppliers={clean: ("us", "oxide", "compliant"), other: ("us", "oxide", "any")},
    )
    future = future_numbers(
        structure,
        supplier_quantity={(clean, 2026): 5.0, (other, 2026): 5.0},
        supplier_cost={(clean, 2026): 18.0, (other, 2026): 10.0},
    )
    model = supply_model(structure, future)
    assert lowest(model, model.supply_cost) == pytest.approx(cost)


def test_scrap_collected_is_a_share_of_past_use() -> None:
    # 30 % of what was used a year before can be collected, at 2; scrap missing costs 50, magnets missing 100. Magnets:
    # 8 of 10 kt at 10, in both years: 2 × (80 + 200) = 560. Scrap in 2026: 0.3 × 20 of the past = 6, 6 × 2 + 4 × 50;
    # in 2027: 0.3 × 8 used in 2026 = 2.4, 2.4 × 2 + 7.6 × 50. Together 560 + 212 + 384.8. Without the limit all scrap
    # asked for is collected: 560 + 2 × 10 × 2.
    magnet, scrap = ("us", "civil", "magnet"), ("us", "civil", "scrap")
    structure = supply_structure(
        years=YEARS,
        demand_keys=(magnet, scrap),
        shortage_cost={magnet: 100.0, scrap: 50.0},
        nodes=(("us", "magnet", "any"), ("us", "scrap", "any")),
        suppliers={ABROAD: ("us", "magnet", "any")},
        collection={("us", "scrap", "magnet"): (0.3, 1, 20.0, 2.0)},
    )
    future = future_numbers(
        structure,
        supplier_quantity={(ABROAD, t): 8.0 for t in YEARS},
        supplier_cost={(ABROAD, t): 10.0 for t in YEARS},
    )
    model = supply_model(structure, future)
    assert lowest(model, model.supply_cost) == pytest.approx(1156.8)
    model.collection_limit.deactivate()
    assert lowest(model, model.supply_cost) == pytest.approx(600.0)
