"""Which candidates enter without support, and with how much private debt. Numbers by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from models.award_numbers import PlantNumbers
from optimizer.data import Case
from optimizer.instance.plants import private_debt
from tests.unit.instance.hand_case import (
    compiled,
    contract,
    debt,
    flat_paths,
    hand_case,
    mine,
    stockpile,
    support,
)

OPTION = ("mine", 2028)


def entered(case: Case, *levels: float) -> Mapping[str, int]:
    """Plants that enter, with their start years, on flat oxide paths."""
    return compiled(case, flat_paths(*levels)).awards.plants.private_entry


def open_case(changes: Mapping[str, Any] | None = None, **tables: Any) -> Case:
    """The hand case with private entry."""
    return hand_case({"viability.private_entry": True, **(changes or {})}, **tables)


def test_a_plant_viable_alone_enters() -> None:
    # Values 152.8 and −13.6: on average 69.6 ≥ 0; the worst half loses 13.6, at most 0.5 × 180 = 90.
    assert entered(open_case(), 60.0, 40.0) == {"mine": 2028}


def test_nobody_enters_if_the_case_says_so() -> None:
    assert entered(hand_case(), 60.0, 40.0) == {}


def test_a_plant_that_loses_on_average_stays_out() -> None:
    # −13.6 on both paths.
    assert entered(open_case(), 40.0, 40.0) == {}


def test_a_plant_with_too_deep_a_tail_stays_out() -> None:
    # A loss limit of 5 %: 0.05 × 180 = 9 < 13.6. At 10 %: 18.
    assert entered(open_case({"plants.mine.loss_limit_share": 0.05}), 60.0, 40.0) == {}
    assert entered(open_case({"plants.mine.loss_limit_share": 0.1}), 60.0, 40.0) == {"mine": 2028}


def test_debt_can_make_a_plant_viable() -> None:
    # At 40 USD/kg the plant is worth −13.6 on every path. A dollar of debt adds 0.20304 and 66.1157 can be had: −0.176.
    # Without cover 100 can be had: 6.704 ≥ 0, and no tail loss.
    assert entered(open_case(support=[debt()]), 40.0) == {}
    assert entered(open_case(support=[debt(debt_service_cover=0.0)]), 40.0) == {"mine": 2028}


def test_the_earliest_viable_year_counts() -> None:
    assert entered(open_case({"plants.mine.start_years": (2027, 2028)}), 60.0) == {"mine": 2027}


def pair(first: str, second: str, **cells: Any) -> Case:
    """Two mines of which the first requires the second; cells are those of the second."""
    both = [mine(plant=first, requires=second, start_years=(2027, 2028)), mine(plant=second, **cells)]
    return open_case(plants=both)


@pytest.mark.parametrize(("first", "second"), [("alpha", "beta"), ("beta", "alpha")])
def test_a_dependent_plant_enters_after_the_one_it_needs(first: str, second: str) -> None:
    # Both are viable; the second only from 2028, so the first, though viable from 2027, waits. Names do not matter.
    assert entered(pair(first, second), 60.0) == {first: 2028, second: 2028}


def test_a_dependent_plant_does_not_enter_alone() -> None:
    # The one it needs is hopeless: variable cost of 70 at a price of 60.
    assert entered(pair("alpha", "beta", opex_usd_per_kg=70.0), 60.0) == {}


def test_a_dependent_plant_does_not_enter_before_the_one_it_needs() -> None:
    # The first can start in 2027 only, the second in 2028 only.
    both = [mine(plant="alpha", requires="beta", start_years=(2027,)), mine(plant="beta")]
    assert entered(open_case(plants=both), 60.0) == {"beta": 2028}


def test_a_plant_that_runs_already_holds_nobody_up() -> None:
    mill = mine(plant="mill", status="operating", capex_musd=0.0, build_years=0, start_years=(2026,), life_years=9)
    assert entered(open_case(plants=[mine(requires="mill"), mill]), 60.0) == {"mine": 2028}


def test_plants_that_enter_are_offered_no_support() -> None:
    given = {"contracts": [contract()], "support": [debt(), support("grant")], "stockpiles": [stockpile()]}
    alone = compiled(open_case(**given), flat_paths(60.0)).awards
    assert (alone.contracts.offers, alone.support.grant_limit) == ((), {})
    helped = compiled(hand_case(**given), flat_paths(60.0)).awards
    assert (len(helped.contracts.offers), len(helped.support.grant_limit)) == (2, 1)


def sponsor(npv: list[float], gain: float, most: float, limit: float = 0.5) -> PlantNumbers:
    """A plant of 100 musd with these values, a gain per dollar of debt and at most ``most`` of it."""
    return PlantNumbers(
        capex={OPTION: 100.0},
        npv={OPTION: np.array(npv)},
        spend_factor={OPTION: 1.0},
        loss_limit={"mine": limit},
        gearing={"mine": most / 100.0},
        debt_gain={OPTION: gain},
        debt_service={OPTION: ()},
        service_cover={"mine": 1.0},
        deck_cash={OPTION: ()},
    )


def most_private_debt(numbers: PlantNumbers) -> float | None:
    """The most debt at the worst half of two equally likely paths."""
    return private_debt(numbers, OPTION, np.array([0.5, 0.5]), 0.5)


def test_the_lender_sets_the_limit_where_the_sponsor_gains() -> None:
    # Expected 10, tail loss 10 ≤ 0.5 × (100 − 60) = 20 with all of the 60 on offer.
    assert most_private_debt(sponsor([30.0, -10.0], 0.0, 60.0)) == pytest.approx(60.0)


def test_the_tail_limit_shrinks_with_debt() -> None:
    # 40 ≤ 0.5 × (100 − d) holds up to d = 20.
    assert most_private_debt(sponsor([60.0, -40.0], 0.0, 60.0)) == pytest.approx(20.0)


def test_a_plant_viable_only_with_some_debt_between_none_and_the_most() -> None:
    # Expected (38 − 40) / 2 = −1, and 0.1 per dollar: at least 10 of debt. Tail: 40 − 0.1 d ≤ 0.5 × (100 − d), so at
    # most 10 / 0.4 = 25. Neither 0 nor 60 does.
    assert most_private_debt(sponsor([38.0, -40.0], 0.1, 60.0)) == pytest.approx(25.0)


def test_no_debt_does_where_the_two_conditions_exclude_each_other() -> None:
    # Expected −3: at least 30 of debt; tail as above with a loss of 40: at most 25.
    assert most_private_debt(sponsor([34.0, -40.0], 0.1, 60.0)) is None


def test_debt_dearer_than_the_hurdle_rate_is_limited_by_the_return() -> None:
    # Expected 1, and −0.1 per dollar: at most 10.
    assert most_private_debt(sponsor([2.0, 0.0], -0.1, 60.0)) == pytest.approx(10.0)
