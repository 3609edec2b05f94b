"""Candidates in numbers: net present value, debt, the lender's deck and the over-compensation cap, by hand.

Cash of the mine at an oxide price R: (R − 20) × 5 in 2028 and (R − 20) × 10 in 2029, worth 0.64 and 0.512: in all
8.32 × (R − 20). Capex 200 × 0.9 = 180. So the net present value is 152.8 at 60 USD/kg and −13.6 at 40.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from models.award_numbers import PlantNumbers
from optimizer.data import Case
from optimizer.instance.plants import most_debt
from optimizer.terms.finance import discount_factors
from tests.unit.instance.hand_case import compiled, debt, flat_paths, hand_case, mine, price_paths, support

MINE = ("mine", 2028)
SERVICE = 0.605
"""Yearly service of a dollar at 10 % over two years.

Drawn half two years and half one year before the start: 0.5 × 1.21 + 0.5 × 1.1 = 1.155 owed at the start. Paid then and
a year later: s + s / 1.1 = 1.155, so s = 1.155 × 1.1 / 2.1 = 0.605.
"""


def plants(case: Case, *levels: float) -> PlantNumbers:
    """Numbers of the plants on flat oxide paths, 60 and 40 USD/kg unless given."""
    return compiled(case, flat_paths(*(levels or (60.0, 40.0)))).awards.plants


def test_net_present_value_per_path() -> None:
    found = plants(hand_case())
    assert found.npv[MINE] == pytest.approx(np.array([152.8, -13.6]))
    assert found.spend_factor[MINE] == pytest.approx(0.9)
    assert found.capex[MINE] == 200.0
    assert found.output[MINE] == pytest.approx(10.0)


def test_each_start_year_has_its_own_value() -> None:
    # A start in 2027: spent in 2026 twice over, 200 × 1; output 5 in 2027 and 10 in 2028, worth 0.8 and 0.64: 10.4.
    # At 60 USD/kg 40 × 10.4 − 200 = 216.
    found = plants(hand_case({"plants.mine.start_years": (2027, 2028)}), 60.0)
    assert found.npv["mine", 2027] == pytest.approx(np.array([216.0]))
    assert found.npv[MINE] == pytest.approx(np.array([152.8]))


def test_the_loss_limit_is_scaled() -> None:
    assert plants(hand_case({"viability.loss_limit_scale": 0.4})).loss_limit == {"mine": pytest.approx(0.2)}


@pytest.mark.parametrize(
    ("levels", "share", "cap"),
    [
        # Expected value (152.8 − 13.6) / 2 = 69.6 of its own, and half of 180 on top.
        ((60.0, 40.0), 0.5, 159.6),
        # A plant that loses 13.6 on its own is allowed half of 180, no less.
        ((40.0, 40.0), 0.5, 90.0),
        ((60.0, 40.0), None, float("inf")),
    ],
)
def test_over_compensation_cap(levels: tuple[float, ...], share: float | None, cap: float) -> None:
    assert plants(hand_case({"plants.mine.profit_cap_share": share}), *levels).npv_cap[MINE] == pytest.approx(cap)


def test_debt_accrues_interest_while_the_plant_is_built() -> None:
    found = plants(hand_case(support=[debt()]))
    assert found.debt_service[MINE] == pytest.approx((SERVICE, SERVICE))
    assert found.gearing == {"mine": 0.5}
    assert found.service_cover == {"mine": 1.25}


def test_debt_is_worth_what_it_saves_at_the_hurdle_rate() -> None:
    # A dollar brings 0.9 and costs 0.605 × (0.64 + 0.512) = 0.69696: a gain of 0.20304.
    assert plants(hand_case(support=[debt()])).debt_gain[MINE] == pytest.approx(0.20304)


@pytest.mark.parametrize("build_years", [0, 1, 2])
def test_debt_at_the_hurdle_rate_is_worth_nothing(build_years: int) -> None:
    # A lender who asks what the sponsor asks takes back exactly what it gave, in present value.
    case = hand_case({"plants.mine.build_years": build_years}, support=[debt(rate=0.25)])
    assert plants(case).debt_gain[MINE] == pytest.approx(0.0, abs=1e-12)


def test_interest_free_debt_is_repaid_in_equal_parts() -> None:
    found = plants(hand_case(support=[debt(rate=0.0)]))
    assert found.debt_service[MINE] == pytest.approx((0.5, 0.5))
    # 0.9 − 0.5 × 1.152 = 0.324.
    assert found.debt_gain[MINE] == pytest.approx(0.324)


def test_a_plant_without_debt_terms_borrows_nothing() -> None:
    found = plants(hand_case())
    assert (found.gearing, found.service_cover) == ({"mine": 0.0}, {"mine": 1.0})
    assert (found.debt_gain[MINE], found.debt_service[MINE], found.deck_cash[MINE]) == (0.0, (), ())


def test_the_lenders_deck_is_a_low_quantile_of_which_a_share_is_sold() -> None:
    # The lower path is the 10 % quantile of two: 40. Half is sold: 2.5 × 20 = 50 and 5 × 20 = 100.
    assert plants(hand_case(support=[debt()])).deck_cash[MINE] == pytest.approx((50.0, 100.0))


def test_a_named_deck_replaces_the_quantile() -> None:
    # A deck of 30: 2.5 × 10 = 25 and 5 × 10 = 50. What the sponsor expects does not move.
    decks = [{"deck": "bank", "series": "oxide_price", "year": 2026, "usd_per_kg": 30.0}]
    found = plants(hand_case({"viability.lender_deck": "bank"}, support=[debt()], price_decks=decks))
    assert found.deck_cash[MINE] == pytest.approx((25.0, 50.0))
    assert found.npv[MINE] == pytest.approx(np.array([152.8, -13.6]))


def test_the_deck_runs_as_long_as_the_longest_loan() -> None:
    case = hand_case(support=[debt(tenor_years=1), support("loan", rate=0.1, tenor_years=2)])
    assert len(plants(case).deck_cash[MINE]) == 2
    assert len(plants(hand_case(support=[debt(tenor_years=1)])).deck_cash[MINE]) == 1


@pytest.mark.parametrize(
    ("terms", "most"),
    [
        # Cover: 50 / (1.25 × 0.605) = 66.1157 in the first year, 100 / (…) = 132.2 in the second; gearing: 100.
        ({}, 66.115702),
        # Gearing of 20 %: 40.
        ({"max_share_of_capex": 0.2}, 40.0),
        # No cover asked: gearing alone.
        ({"debt_service_cover": 0.0}, 100.0),
    ],
)
def test_most_debt_a_lender_gives(terms: Mapping[str, Any], most: float) -> None:
    assert most_debt(plants(hand_case(support=[debt(**terms)])), MINE) == pytest.approx(most)


def test_no_debt_where_the_deck_shows_a_loss() -> None:
    # At 15 USD/kg the plant loses 5 a kg.
    assert most_debt(plants(hand_case(support=[debt()]), 60.0, 15.0), MINE) == 0.0


def test_capital_counts_as_annuities_within_the_horizon() -> None:
    # Life of four years from 2028, of which the horizon holds two. Without interest 200 / 4 = 50 a year, and 3 of fixed
    # cost: 2 × 53 = 106. Price paths run to 2031.
    case = hand_case({"plants.mine.life_years": 4, "plants.mine.fixed_opex_musd_per_year": 3.0})
    found = compiled(case, price_paths(oxide_price=[[60.0] * 6])).awards.plants
    assert found.capex_annuities[MINE] == pytest.approx(106.0)


def test_annuities_at_a_social_rate() -> None:
    # 10 %, two years: 200 / (1 / 1.1 + 1 / 1.21) = 115.2381 a year, in 2028 and 2029: 115.2381 × (1 / 1.21 + 1 / 1.331)
    # = 181.8182, which is 200 a year after the base year: capex a year before the start.
    found = plants(hand_case({"rates.social": 0.1}))
    assert found.capex_annuities[MINE] == pytest.approx(200.0 / 1.1)


def test_a_plant_requires_only_candidates() -> None:
    mill = mine(plant="mill", status="operating", capex_musd=0.0, build_years=0, start_years=(2026,), life_years=9)
    other = mine(plant="other")
    case = hand_case(plants=[mine(requires="mill"), mill, other, mine(plant="third", requires="other")])
    assert plants(case).requires == {"third": "other"}


def test_spend_is_laid_out_over_the_outlay_years() -> None:
    # Half in 2026 and half in 2027; for a start in 2027 both halves in 2026.
    case = hand_case({"plants.mine.start_years": (2027, 2028)})
    awards = compiled(case, flat_paths(60.0)).awards
    assert awards.spend_share[MINE].tolist() == [0.5, 0.5, 0.0, 0.0]
    assert awards.spend_share["mine", 2027].tolist() == [1.0, 0.0, 0.0, 0.0]
    assert awards.outlay_years == (2026, 2027, 2028, 2029)
    assert awards.discount.tolist() == pytest.approx(discount_factors(awards.outlay_years, 0.2, 2026).tolist())
