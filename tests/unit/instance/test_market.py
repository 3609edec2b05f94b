"""Prices as a plant or a buyer meets them, with tariffs and border floors. Numbers by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from optimizer.instance.market import Market
from tests.unit.instance.hand_case import YEARS, compiled, flat_paths, hand_case, market, material, process


def measure(kind: str, **cells: Any) -> dict[str, Any]:
    """A border measure of the us on oxide from anywhere, from 2026 on."""
    given = {"region": "us", "origin": "any", "material": "oxide", "first_year": 2026, "last_year": None}
    return {"measure": kind, "kind": kind, **given, **cells}


def under(*measures: dict[str, Any], levels: tuple[float, ...] = (50.0, 30.0)) -> Market:
    """The market under some measures, on flat oxide paths."""
    return market(hand_case(border_measures=list(measures)), flat_paths(*levels))


def every_year(*levels: float) -> Any:
    """Flat paths, as they come out."""
    return pytest.approx(np.array([[level] * len(YEARS) for level in levels]))


TARIFF = measure("tariff", tariff_rate=0.2, pass_through=0.5)
FLOOR = measure("price_floor", floor_usd_per_kg=40.0)


def test_without_measures_the_price_inside_is_the_reference() -> None:
    found = under()
    assert found.inside("us", "oxide") == every_year(50.0, 30.0)
    assert found.border_cost("china", "us", "oxide") == every_year(0.0, 0.0)


def test_a_tariff_lifts_the_price_inside_as_far_as_it_is_passed_through() -> None:
    # 50 × (1 + 0.5 × 0.2) = 55 and 33; buyers pay the whole 20 %: 10 and 6.
    found = under(TARIFF)
    assert found.inside("us", "oxide") == every_year(55.0, 33.0)
    assert found.border_cost("china", "us", "oxide") == every_year(10.0, 6.0)


def test_a_floor_lifts_low_prices_only() -> None:
    # 50 stays, 30 becomes 40; the buyer of 30 tops it up by 10.
    found = under(FLOOR)
    assert found.inside("us", "oxide") == every_year(50.0, 40.0)
    assert found.border_cost("china", "us", "oxide") == every_year(0.0, 10.0)


def test_a_floor_is_topped_up_after_duty() -> None:
    # 30 + 6 of duty leaves 4 to the floor: 10 in all. At 50 the duty of 10 alone.
    assert under(TARIFF, FLOOR).border_cost("china", "us", "oxide") == every_year(10.0, 10.0)
    # Inside 33 is below the floor of 40.
    assert under(TARIFF, FLOOR).inside("us", "oxide") == every_year(55.0, 40.0)


def test_a_tariff_on_one_origin_is_paid_on_that_origin() -> None:
    # 10 % on everything and 30 % more on china: 40 % of 50 from china, 10 % from elsewhere.
    found = under(
        measure("tariff", tariff_rate=0.1),
        measure("tariff", measure="china", origin="china", tariff_rate=0.3),
        levels=(50.0,),
    )
    assert found.border_cost("china", "us", "oxide") == every_year(20.0)
    assert found.border_cost("japan", "us", "oxide") == every_year(5.0)


def test_plants_inside_see_the_highest_tariff_passed_through() -> None:
    # 10 % or 30 % × 0.5 = 15 %: 57.5.
    found = under(
        measure("tariff", tariff_rate=0.1),
        measure("tariff", measure="china", origin="china", tariff_rate=0.3, pass_through=0.5),
        levels=(50.0,),
    )
    assert found.inside("us", "oxide") == every_year(57.5)


def test_measures_hold_in_their_years_region_and_material() -> None:
    found = under(measure("tariff", tariff_rate=0.2, first_year=2027, last_year=2028), levels=(50.0,))
    assert found.inside("us", "oxide").tolist() == [pytest.approx([50.0, 60.0, 60.0, 50.0])]
    assert found.border_cost("china", "us", "oxide").tolist() == [pytest.approx([0.0, 10.0, 10.0, 0.0])]
    assert found.inside("china", "oxide") == every_year(50.0)


def test_a_basis_applies_to_the_price_inside() -> None:
    # 30 × 1.1 = 33 below the floor of 40; 0.9 of that: 36. 55 × 0.9 = 49.5.
    case = hand_case(
        border_measures=[TARIFF, FLOOR], price_series=[process("oxide_price"), process("discount", 1.0, kind="basis")]
    )
    flat = {"oxide_price": np.array([[50.0] * 4, [30.0] * 4]), "discount": np.full((2, 4), 0.9)}
    found = Market(case, YEARS, lambda series: flat[series])
    assert found.realised("us", "oxide", "discount") == every_year(49.5, 36.0)
    assert found.realised("us", "oxide", None) == every_year(55.0, 40.0)


def test_a_material_that_is_not_traded_has_no_price() -> None:
    case = hand_case(materials=[material("oxide", origin_tracked=True), material("tailings", price_series=None)])
    found = market(case, flat_paths(50.0))
    assert found.reference("tailings").tolist() == [0.0] * 4
    assert found.inside("us", "tailings").tolist() == [0.0] * 4


def test_a_mine_earns_more_behind_a_border_floor() -> None:
    # At 40 USD/kg its value is 8.32 × 20 − 180 = −13.6; behind a floor of 45, 8.32 × 25 − 180 = 28.
    case = hand_case(border_measures=[measure("price_floor", floor_usd_per_kg=45.0)])
    assert compiled(case, flat_paths(40.0)).awards.plants.npv["mine", 2028] == pytest.approx(np.array([28.0]))
