"""Stock purchase plans and days of cover in numbers, by hand."""

from __future__ import annotations

from typing import Any

import pytest

from models.award_numbers import StockPlanNumbers
from optimizer.data import Case
from tests.unit.instance.hand_case import compiled, demand, flat_paths, hand_case, price_paths, stockpile


def plan(case: Case, *levels: float) -> StockPlanNumbers:
    """Stock plan on flat oxide paths, 60 and 40 USD/kg unless given."""
    return compiled(case, flat_paths(*(levels or (60.0, 40.0)))).awards.stock


def test_a_year_belongs_to_the_tranche_begun_last() -> None:
    found = plan(hand_case(stockpiles=[stockpile()]))
    assert found.tranches == (("reserve", 2026), ("reserve", 2028))
    assert {year: first for (_, year), first in found.tranche_of.items()} == {
        2026: 2026,
        2027: 2026,
        2028: 2028,
        2029: 2028,
    }


def test_nothing_is_bought_before_the_first_tranche() -> None:
    assert set(plan(hand_case(stockpiles=[stockpile(tranches=(2028,))])).tranche_of) == {
        ("reserve", 2028),
        ("reserve", 2029),
    }


def test_stock_is_bought_in_the_years_of_the_programme() -> None:
    changes = {"programmes.pot.first_year": 2027, "programmes.pot.last_year": 2028}
    found = plan(hand_case(changes, stockpiles=[stockpile()]))
    # In 2027 the tranche of 2026 is the one begun last.
    assert found.tranche_of == {("reserve", 2027): 2026, ("reserve", 2028): 2028}
    assert set(found.price) == set(found.tranche_of)


def test_limits_in_kt() -> None:
    found = plan(hand_case(stockpiles=[stockpile(loss_per_year=0.1)]))
    assert (found.opening, found.capacity) == ({"reserve": 0.5}, {"reserve": 9.0})
    assert (found.rate_limit, found.loss, found.programme) == ({"reserve": 3.0}, {"reserve": 0.1}, {"reserve": "pot"})
    assert plan(hand_case(stockpiles=[stockpile(capacity_t=None)])).capacity == {"reserve": None}


def test_the_price_is_the_expected_one_with_its_premium() -> None:
    # 60 with one quarter and 40 with three: 45, and a tenth on top: 49.5. In 2028 80 and 40: 50, so 55.
    paths = price_paths((0.25, 0.75), oxide_price=[[60.0, 60.0, 80.0, 60.0], [40.0] * 4])
    found = compiled(hand_case(stockpiles=[stockpile(purchase_premium=0.1)]), paths).awards.stock
    assert [found.price["reserve", year] for year in (2026, 2027, 2028)] == pytest.approx([49.5, 49.5, 55.0])


def test_a_stock_in_a_protected_region_is_bought_at_the_price_inside() -> None:
    # A floor of 50 lifts the path at 40: (60 + 50) / 2 = 55.
    floor = {
        "measure": "floor",
        "kind": "price_floor",
        "region": "us",
        "origin": "any",
        "material": "oxide",
        "floor_usd_per_kg": 50.0,
        "first_year": 2026,
        "last_year": None,
    }
    found = plan(hand_case(stockpiles=[stockpile()], border_measures=[floor]))
    assert found.price["reserve", 2026] == pytest.approx(55.0)


def test_a_stock_without_a_programme_is_held_and_not_bought() -> None:
    found = plan(hand_case(stockpiles=[stockpile(programme=None, max_purchase_t_per_year=0.0)]))
    assert (found.tranches, found.tranche_of, found.programme) == ((), {}, {})
    assert found.opening == {"reserve": 0.5}


def cover(**cells: Any) -> StockPlanNumbers:
    """A target of 73 days, a fifth of a year, over demand of 8 kt that grows by 10 % and 1 kt that does not."""
    target = {
        "target": "cover",
        "kind": "days_of_cover",
        "region": "us",
        "material": "oxide",
        "first_year": 2027,
        "last_year": 2028,
        "level": 73.0,
        "mode": "hard",
        **cells,
    }
    wanted = [demand("civil", 8000.0, growth_per_year=0.1), demand("defence", 1000.0)]
    return plan(hand_case(stockpiles=[stockpile()], targets=[target], demand=wanted))


def test_days_of_cover_of_all_segments() -> None:
    # 2027: (8.8 + 1) / 5 = 1.96; 2028: (9.68 + 1) / 5 = 2.136.
    found = cover()
    assert found.cover_target == {
        ("cover", "reserve", 2027): pytest.approx(1.96),
        ("cover", "reserve", 2028): pytest.approx(2.136),
    }
    assert found.cover_miss_price == {"cover": None}


def test_days_of_cover_of_one_segment_at_a_price() -> None:
    # 1 kt / 5 = 0.2.
    found = cover(segment="defence", mode="priced", price_usd_per_kg=12.0)
    assert list(found.cover_target.values()) == pytest.approx([0.2, 0.2])
    assert found.cover_miss_price == {"cover": 12.0}


def test_days_of_cover_apply_within_the_horizon() -> None:
    years = {year for _, _, year in cover(first_year=2020, last_year=2050).cover_target}
    assert years == {2026, 2027, 2028, 2029}
