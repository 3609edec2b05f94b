"""What differs from future to future: capacity, lanes, prices, stock rules, deliveries. Numbers by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from models.supply_numbers import FutureNumbers
from optimizer.data import Case
from tests.unit.instance.hand_case import (
    YEARS,
    calm,
    compiled,
    contract,
    flat_paths,
    hand_case,
    mine,
    stockpile,
)

LANE = ("china", "us", "oxide")


def future(case: Case, **changes: Any) -> FutureNumbers:
    """Numbers of the calm future with some changes."""
    return compiled(case, flat_paths(50.0), calm(case, **changes)).futures[0]


def yearly(numbers: dict[Any, float], key: Any) -> list[float]:
    """Values of one key in the years of the horizon, 0 where there is none."""
    return [numbers.get((key, year), 0.0) for year in YEARS]


def built(numbers: FutureNumbers, start: int = 2028) -> list[float]:
    """Capacity of the mine if it starts in a year."""
    return [numbers.build_capacity.get(("mine", start, year), 0.0) for year in YEARS]


def long_lived(*starts: int) -> Case:
    """The mine with ten years of life."""
    return hand_case({"plants.mine.life_years": 10, "plants.mine.start_years": starts})


def test_a_candidate_adds_capacity_by_its_start() -> None:
    found = future(long_lived(2026, 2028))
    assert built(found, 2026) == pytest.approx([5.0, 10.0, 10.0, 10.0])
    assert built(found, 2028) == pytest.approx([0.0, 0.0, 5.0, 10.0])
    assert found.capacity == {}


def test_a_delay_shifts_the_whole_ramp() -> None:
    assert built(future(long_lived(2027), delay={"mine": 1}), 2027) == pytest.approx([0.0, 0.0, 5.0, 10.0])


def test_an_outage_takes_a_share_of_its_year() -> None:
    lost = {"mine": np.array([0.0, 0.0, 0.2, 0.5])}
    assert built(future(long_lived(2028), outage=lost)) == pytest.approx([0.0, 0.0, 4.0, 5.0])


def test_capacity_ends_with_life() -> None:
    # Two years from 2026; delayed by one, from 2027.
    case = hand_case({"plants.mine.start_years": (2026,)})
    assert built(future(case), 2026) == pytest.approx([5.0, 10.0, 0.0, 0.0])
    assert built(future(case, delay={"mine": 1}), 2026) == pytest.approx([0.0, 5.0, 10.0, 0.0])


def test_a_running_plant_has_capacity_of_its_own() -> None:
    # From 2025, so 2026 is its second year; three years of life end with 2027.
    plant = mine(status="operating", capex_musd=0.0, build_years=0, start_years=(2025,), life_years=3)
    found = future(hand_case(plants=[plant]))
    assert yearly(found.capacity, "mine") == pytest.approx([10.0, 10.0, 0.0, 0.0])
    assert found.build_capacity == {}


def test_a_lane_grows_and_is_withheld() -> None:
    # 6 kt growing by 10 %: 6, 6.6, 7.26, 7.986; half withheld in 2027 and all of it in 2028.
    case = hand_case({"lanes.china.growth_per_year": 0.1})
    open_lane = future(case)
    assert yearly(open_lane.lane_capacity, LANE) == pytest.approx([6.0, 6.6, 7.26, 7.986])
    found = future(case, withheld={LANE: np.array([0.0, 0.5, 1.0, 0.0])})
    assert yearly(found.lane_capacity, LANE) == pytest.approx([6.0, 3.3, 0.0, 7.986])


def test_a_lane_without_a_capacity_is_not_limited() -> None:
    assert future(hand_case({"lanes.china.capacity_t_per_year": None})).lane_capacity == {}


def test_a_supplier_grows_and_costs_its_factor_of_the_price() -> None:
    # 20 kt growing by 5 %: 20, 21, 22.05, 23.1525. Cost 1.2 × R + 3: 63 at 50, 39 at 30.
    case = hand_case(
        {
            "suppliers.china_oxide.growth_per_year": 0.05,
            "suppliers.china_oxide.price_factor": 1.2,
            "suppliers.china_oxide.price_adder_usd_per_kg": 3.0,
        }
    )
    found = future(case, price={"oxide_price": np.array([50.0, 50.0, 30.0, 50.0])})
    assert yearly(found.supplier_quantity, ("china_oxide", 1)) == pytest.approx([20.0, 21.0, 22.05, 23.1525])
    assert yearly(found.supplier_cost, ("china_oxide", 1)) == pytest.approx([63.0, 63.0, 39.0, 63.0])


def test_a_supplier_never_pays_to_sell() -> None:
    # 50 − 60 is below nothing.
    found = future(hand_case({"suppliers.china_oxide.price_adder_usd_per_kg": -60.0}))
    assert yearly(found.supplier_cost, ("china_oxide", 1)) == [0.0] * 4


def test_a_tariff_is_paid_on_the_lane_it_meets() -> None:
    # 20 % of 50 in the years from 2028.
    tariff = {
        "measure": "tariff",
        "kind": "tariff",
        "region": "us",
        "origin": "china",
        "material": "oxide",
        "tariff_rate": 0.2,
        "first_year": 2028,
        "last_year": None,
    }
    found = future(hand_case(border_measures=[tariff]))
    assert found.tariff == {(LANE, 2028): pytest.approx(10.0), (LANE, 2029): pytest.approx(10.0)}


def test_demand_in_kt() -> None:
    key = ("us", "civil", "oxide")
    found = future(hand_case(), demand={key: np.array([8000.0, 8400.0, 9000.0, 9100.0])})
    assert yearly(found.demand, key) == pytest.approx([8.0, 8.4, 9.0, 9.1])


@pytest.mark.parametrize(
    ("rule", "withheld", "buys", "releases"),
    [
        # A disruption of trade into the region in 2027: no purchase then, and a release then only, or at any time.
        ("disruption", LANE, [True, False, True, True], [False, True, False, False]),
        ("any", LANE, [True, False, True, True], [True] * 4),
        # A disruption of trade elsewhere changes nothing.
        ("disruption", ("china", "japan", "oxide"), [True] * 4, [False] * 4),
    ],
)
def test_stock_is_bought_in_calm_and_released_in_a_disruption(
    rule: str, withheld: tuple[str, str, str], buys: list[bool], releases: list[bool]
) -> None:
    case = hand_case(stockpiles=[stockpile(release_rule=rule)])
    found = future(case, withheld={withheld: np.array([0.0, 0.3, 0.0, 0.0])})
    assert [found.purchase_allowed["reserve", year] for year in YEARS] == buys
    assert [found.release_allowed["reserve", year] for year in YEARS] == releases


def test_stock_left_is_worth_a_share_of_the_last_price() -> None:
    # 0.4 × 70.
    case = hand_case(stockpiles=[stockpile(residual_value_share=0.4)])
    found = future(case, price={"oxide_price": np.array([50.0, 50.0, 50.0, 70.0])})
    assert found.residual_price == {"reserve": pytest.approx(28.0)}


def bought(**cells: Any) -> Case:
    """A purchase of the mine's output over two years, on a mine of ten years that starts in 2026 or 2027."""
    terms = contract(form="purchase", stockpile="reserve")
    plant = mine(start_years=(2026, 2027), life_years=10, build_years=0, **cells)
    return hand_case(plants=[plant], contracts=[terms], stockpiles=[stockpile()])


@pytest.mark.parametrize(
    ("changes", "from_2026", "from_2027"),
    [
        # Shares of full output delivered within the two years of the contract.
        ({}, {2026: 0.5, 2027: 1.0}, {2027: 0.5, 2028: 1.0}),
        # A year late, the contract still ends when it ends.
        ({"delay": {"mine": 1}}, {2027: 0.5}, {2028: 0.5}),
        ({"outage": {"mine": np.array([0.0, 0.4, 0.0, 0.0])}}, {2026: 0.5, 2027: 0.6}, {2027: 0.3, 2028: 1.0}),
    ],
)
def test_deliveries_under_a_purchase(
    changes: dict[str, Any], from_2026: dict[int, float], from_2027: dict[int, float]
) -> None:
    expected = {("floor", 2026, year): pytest.approx(share) for year, share in from_2026.items()}
    expected |= {("floor", 2027, year): pytest.approx(share) for year, share in from_2027.items()}
    assert future(bought(), **changes).contract_delivery == expected


def test_a_floor_delivers_nothing() -> None:
    assert future(hand_case(contracts=[contract()])).contract_delivery == {}


def test_only_the_future_called_calm_is_calm() -> None:
    case = hand_case()
    found = compiled(case, flat_paths(50.0), calm(case, weight=0.7), calm(case, name="embargo", weight=0.3)).futures
    assert [(f.name, f.probability, f.calm) for f in found] == [("calm", 0.7, True), ("embargo", 0.3, False)]
