"""The whole instance, and the same without new awards."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from optimizer.errors import ModelError
from optimizer.instance import Instance, check_finite, lender_deck, without_awards
from tests.unit.instance.hand_case import (
    calm,
    compiled,
    contract,
    debt,
    flat_paths,
    hand_case,
    mine,
    price_paths,
    stockpile,
    support,
)

LIMIT = {
    "target": "share",
    "kind": "share_limit",
    "region": "us",
    "material": "oxide",
    "origin": "china",
    "first_year": 2026,
    "last_year": 2029,
    "level": 0.5,
    "mode": "hard",
}
SERVICE = {**LIMIT, "target": "service", "kind": "service_level", "origin": None}
PRICED = {**SERVICE, "target": "priced", "mode": "priced", "price_usd_per_kg": 9.0}
COVER = {**SERVICE, "target": "cover", "kind": "days_of_cover", "level": 30.0}


def whole() -> Instance:
    """A mine viable alone, another that is not, every instrument, a stock and targets."""
    plants = [mine(), mine(plant="dear", opex_usd_per_kg=70.0)]
    return compiled(
        hand_case(
            {"viability.private_entry": True},
            plants=plants,
            contracts=[contract(plant="dear")],
            support=[
                {**row, "plant": "dear"}
                for row in (debt(), support("grant"), support("equity"), support("loan", rate=0.1, tenor_years=2))
            ],
            stockpiles=[stockpile()],
            targets=[LIMIT, SERVICE, PRICED, COVER],
        ),
        flat_paths(60.0),
    )


def test_the_low_quantile_is_the_lenders_deck() -> None:
    # Of ten equally likely paths at 10, 20 … 100, the lowest tenth ends at 10 and the lowest three tenths at 30.
    paths = flat_paths(*(10.0 * level for level in range(1, 11)))
    for quantile, price in ((0.1, 10.0), (0.3, 30.0)):
        case = hand_case({"viability.lender_quantile": quantile})
        assert lender_deck(case, paths)["oxide_price"].tolist() == [price] * 4


def test_the_deck_averages_the_year() -> None:
    paths = price_paths(oxide_price=[[[30.0, 50.0, 70.0, 90.0]] * 4])
    assert lender_deck(hand_case(), paths)["oxide_price"].tolist() == [60.0] * 4


def test_years_weights_and_tail_of_the_instance() -> None:
    changes = {"viability.alpha": 0.8, "objective.tail_alpha": 0.7}
    found = compiled(hand_case(changes), price_paths((0.25, 0.75), oxide_price=[[50.0] * 6, [60.0] * 6]))
    assert found.awards.years == (2026, 2027, 2028, 2029)
    assert found.awards.outlay_years == (2026, 2027, 2028, 2029, 2030, 2031)
    assert found.awards.path_weight.tolist() == [0.25, 0.75]
    assert (found.awards.sponsor_alpha, found.tail_alpha) == (0.8, 0.7)


def test_compiling_twice_gives_the_same_numbers() -> None:
    assert repr(whole()) == repr(whole())


def test_without_awards_only_private_entrants_are_left() -> None:
    found = without_awards(whole())
    assert found.awards.plants.private_entry == {"mine": 2028}
    assert found.awards.build_options == (("mine", 2028),)
    assert (found.awards.contracts.offers, found.awards.contracts.plant) == ((), {})
    support_left = found.awards.support
    assert (support_left.grant_limit, support_left.equity_limit, support_left.loan_limit) == ({}, {}, {})
    assert (found.awards.stock.tranches, found.awards.stock.tranche_of) == ((), {})
    # Days of cover may be missed at no cost: without a plan they are reported, not enforced.
    assert found.awards.stock.cover_target == whole().awards.stock.cover_target
    assert all(price is not None for price in found.awards.stock.cover_miss_price.values())
    # Stock that is there stays there.
    assert found.awards.stock.opening == {"reserve": 0.5}


def test_without_awards_hard_targets_may_be_missed_at_no_cost() -> None:
    before, after = whole().structure, without_awards(whole()).structure
    assert (before.share_limits["share"].miss_price, after.share_limits["share"].miss_price) == (None, 0.0)
    assert (before.service_levels["service"].miss_price, after.service_levels["service"].miss_price) == (None, 0.0)
    assert after.service_levels["priced"].miss_price == 9.0
    assert after.share_limits["share"].level == 0.5


def test_without_awards_a_start_year_other_than_the_entrants_own_is_gone() -> None:
    case = hand_case({"viability.private_entry": True, "plants.mine.start_years": (2027, 2028)})
    assert without_awards(compiled(case, flat_paths(60.0))).awards.build_options == (("mine", 2027),)


def test_without_awards_leaves_the_instance_as_it_was() -> None:
    instance = whole()
    before = repr(instance)
    without_awards(instance)
    assert repr(instance) == before


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_number_that_is_not_finite_is_named(value: float) -> None:
    instance = whole()
    npv = instance.awards.plants.npv | {("dear", 2028): np.array([value])}
    broken = replace(instance, awards=replace(instance.awards, plants=replace(instance.awards.plants, npv=npv)))
    check_finite(instance)
    with pytest.raises(ModelError, match=r"npv of \('dear', 2028\) is .*, not a finite number"):
        check_finite(broken)


def test_no_cap_on_compensation_is_infinite_and_passes() -> None:
    check_finite(compiled(hand_case({"plants.mine.profit_cap_share": None}), flat_paths(60.0)))


@pytest.mark.parametrize("place", ["demand", "withheld", "outage"])
def test_a_future_that_is_not_finite_does_not_pass(place: str) -> None:
    case = hand_case()
    bad = np.full(4, np.nan)
    keys: dict[str, Any] = {"demand": ("us", "civil", "oxide"), "withheld": ("china", "us", "oxide"), "outage": "mine"}
    with pytest.raises(ModelError, match="not a finite number"):
        check_finite(compiled(case, flat_paths(60.0), calm(case, **{place: {keys[place]: bad}})))
