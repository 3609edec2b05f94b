"""What the strikes of a contract pay and are worth, per kt/yr of covered output. Numbers by hand.

The mine makes half its output in 2028 and all of it in 2029. A payment of 1 USD/kg on what is made is therefore worth
0.5 × 0.64 + 0.512 = 0.832 to the sponsor, and costs 0.5 / 1.44 + 1 / 1.728 = 0.925926 of public money.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from models.award_numbers import ContractNumbers
from optimizer.data import Case
from optimizer.instance.contracts import strike_menu
from tests.unit.instance.hand_case import (
    compiled,
    contract,
    debt,
    flat_paths,
    hand_case,
    mine,
    price_paths,
    process,
    stockpile,
)

GAIN, COST = 0.832, 0.925926
AT_60, AT_50 = ("floor", 2028, 60.0), ("floor", 2028, 50.0)


def contracts(case: Case, *levels: float, weight: Sequence[float] | None = None) -> ContractNumbers:
    """Contract numbers of a case on flat oxide paths."""
    return compiled(case, flat_paths(*levels, weight=weight)).awards.contracts


def offered(plant: dict[str, Any] | None = None, **terms: Any) -> Case:
    """The hand case with one contract of these terms, and debt so that the lender's deck matters."""
    return hand_case(
        plants=[plant or mine()], contracts=[contract(**terms)], support=[debt()], stockpiles=[stockpile()]
    )


def purchase(**terms: Any) -> Case:
    """The hand case with a purchase into the reserve instead."""
    return offered(form="purchase", stockpile="reserve", **terms)


@pytest.mark.parametrize(
    ("low", "high", "tick", "menu"),
    [
        (50.0, 70.0, 10.0, (50.0, 60.0, 70.0)),
        # The cap is on the menu even where ticks miss it.
        (50.0, 75.0, 10.0, (50.0, 60.0, 70.0, 75.0)),
        (50.0, 50.0, 10.0, (50.0,)),
        (50.0, 52.0, 10.0, (50.0, 52.0)),
        # Three ticks of 0.1 are three although 0.3 / 0.1 is a hair below 3 in binary.
        (0.0, 0.3, 0.1, (0.0, 0.1, 0.2, 0.3)),
    ],
)
def test_the_menu_rises_in_ticks_to_its_cap(low: float, high: float, tick: float, menu: tuple[float, ...]) -> None:
    terms = SimpleNamespace(strike_min_usd_per_kg=low, strike_max_usd_per_kg=high, strike_tick_usd_per_kg=tick)
    assert strike_menu(terms) == menu


def test_offers_are_start_years_times_strikes() -> None:
    found = contracts(offered(mine(start_years=(2027, 2028)), share_min=0.2, share_max=0.6), 50.0)
    assert set(found.offers) == {("floor", y, k) for y in (2027, 2028) for k in (50.0, 60.0)}
    assert found.output == {("floor", 2027): pytest.approx(10.0), ("floor", 2028): pytest.approx(10.0)}
    assert (found.share_min, found.share_max) == ({"floor": 0.2}, {"floor": 0.6})
    assert (found.plant, found.programme, found.purchase_into) == ({"floor": "mine"}, {"floor": "pot"}, {})


@pytest.mark.parametrize(
    ("terms", "at_40", "at_100"),
    [
        # Strike 60. At 40 all of them pay 20; at 100 the forms differ.
        ({}, 20.0, 0.0),
        ({"upside_share": 0.3}, 20.0, -12.0),
        ({"upside_share": 0.3, "upside_threshold_usd_per_kg": 80.0}, 20.0, -6.0),
        ({"form": "cfd"}, 20.0, -40.0),
        ({"form": "collar", "collar_width_usd_per_kg": 15.0}, 20.0, -25.0),
    ],
)
def test_what_each_form_pays(terms: dict[str, Any], at_40: float, at_100: float) -> None:
    found = contracts(offered(**terms), 40.0, 100.0)
    payment = np.array([at_40, at_100])
    assert found.outlay[AT_60] == pytest.approx(COST * payment, rel=1e-6)
    assert found.sponsor_gain[AT_60] == pytest.approx(GAIN * payment)
    mean = (at_40 + at_100) / 2
    assert found.expected_payment[AT_60].tolist() == pytest.approx([0.0, 0.0, 0.5 * mean, mean])


def test_a_purchase_pays_the_strike_and_gains_what_the_market_would_not_have_paid() -> None:
    # Paid 60 whatever the price; gained 60 − 40 = 20 and 60 − 100 = −40.
    found = contracts(purchase(), 40.0, 100.0)
    assert found.outlay[AT_60] == pytest.approx(COST * np.array([60.0, 60.0]), rel=1e-6)
    assert found.sponsor_gain[AT_60] == pytest.approx(GAIN * np.array([20.0, -40.0]))
    assert found.purchase_into == {"floor": "reserve"}


def test_a_basis_moves_the_gain_of_a_purchase_and_no_payment() -> None:
    # Realised price 0.9 × 40 = 36, so a purchase at 60 gains 24; a floor settles on the reference and pays 20.
    prices = {"oxide_price": [[40.0] * 4], "discount": [[0.9] * 4]}
    series = [process("oxide_price"), process("discount", 1.0, kind="basis")]
    for terms, gain, payment in (({}, 20.0, 20.0), ({"form": "purchase", "stockpile": "reserve"}, 24.0, 60.0)):
        case = hand_case(
            plants=[mine(basis_series="discount")],
            contracts=[contract(**terms)],
            stockpiles=[stockpile()],
            price_series=series,
        )
        found = compiled(case, price_paths(**prices)).awards.contracts
        assert found.sponsor_gain[AT_60] == pytest.approx(np.array([GAIN * gain]))
        assert found.outlay[AT_60] == pytest.approx(np.array([COST * payment]), rel=1e-6)


@pytest.mark.parametrize(("averaging", "payment"), [("quarterly", 10.0), ("yearly", 0.0)])
def test_averaging(averaging: str, payment: float) -> None:
    # Quarters of 30, 50, 70 and 90: a floor of 60 pays 30 + 10 over four quarters, 10 a year; their mean is 60:
    # nothing.
    paths = price_paths(oxide_price=[[[30.0, 50.0, 70.0, 90.0]] * 4])
    found = compiled(offered(averaging=averaging), paths).awards.contracts
    assert found.outlay[AT_60] == pytest.approx(np.array([COST * payment]), rel=1e-6)


def test_an_indexed_strike_moves_from_the_base_year() -> None:
    # −10 % a year since 2026: 60 × 0.81 = 48.6 in 2028 and 43.74 in 2029; at 40: half of 8.6, and 3.74.
    found = contracts(offered(indexation_rate=-0.1), 40.0)
    assert found.expected_payment[AT_60].tolist() == pytest.approx([0.0, 0.0, 4.3, 3.74])
    # A purchase gains the same at 40, and pays half of 48.6, and 43.74.
    bought = contracts(purchase(indexation_rate=-0.1), 40.0)
    assert bought.expected_payment[AT_60].tolist() == pytest.approx([0.0, 0.0, 24.3, 43.74])
    assert bought.sponsor_gain[AT_60] == pytest.approx(np.array([4.3 * 0.64 + 3.74 * 0.512]))


def test_a_settlement_lag_discounts_both_sides_by_that_much_more() -> None:
    # Half a year later: 10 in 2028 and 20 in 2029 at 60 − 40, each worth (1 + rate)^−0.5 as much.
    found = contracts(offered(settlement_lag_years=0.5), 40.0)
    assert found.outlay[AT_60] == pytest.approx(np.array([20.0 * COST / 1.2**0.5]), rel=1e-6)
    assert found.sponsor_gain[AT_60] == pytest.approx(np.array([20.0 * GAIN / 1.25**0.5]))
    assert found.expected_payment[AT_60].tolist() == pytest.approx([0.0, 0.0, 10.0, 20.0])


def test_the_upside_share_starts_in_its_year() -> None:
    # At 100: 0.3 × 40 = 12 a kg, but nothing before 2029.
    found = contracts(offered(upside_share=0.3, upside_from_year=2029), 100.0)
    assert found.expected_payment[AT_60].tolist() == pytest.approx([0.0, 0.0, 0.0, -12.0])


@pytest.mark.parametrize(
    ("share", "by_year"),
    [
        # 12 USD/kg on 5 and 10 kt: 60 and 120 musd, of which 50 are paid back in each year: 5 per kt of 10 covered.
        (1.0, [-5.0, -5.0]),
        # On half of the output: 30 and 60, of which 30 and 50: 6 and 10 per kt of 5 covered.
        (0.5, [-6.0, -10.0]),
    ],
)
def test_the_yearly_cap_on_what_is_paid_back(share: float, by_year: list[float]) -> None:
    terms = {"upside_share": 0.3, "upside_cap_musd_per_year": 50.0, "share_min": share, "share_max": share}
    found = contracts(offered(**terms), 100.0)
    assert found.expected_payment[AT_60].tolist() == pytest.approx([0.0, 0.0, *by_year])


def test_payments_end_with_the_tenor() -> None:
    found = contracts(offered(tenor_years=1), 40.0)
    assert found.expected_payment[AT_60].tolist() == pytest.approx([0.0, 0.0, 10.0, 0.0])
    assert found.outlay[AT_60] == pytest.approx(np.array([10.0 / 1.44]))
    assert found.sponsor_gain[AT_60] == pytest.approx(np.array([6.4]))
    assert found.deck_gain[AT_60] == pytest.approx((10.0,))


def test_payments_end_with_the_reserve() -> None:
    # 8 kt: 5 in 2028 and 3 of 10 in 2029.
    found = contracts(offered(mine(reserve_t=8000.0)), 40.0)
    assert found.expected_payment[AT_60].tolist() == pytest.approx([0.0, 0.0, 10.0, 6.0])


def test_paths_count_with_their_weight() -> None:
    # 20 with three quarters, nothing with one: 15 a year.
    found = contracts(offered(), 40.0, 100.0, weight=(0.75, 0.25))
    assert found.expected_payment[AT_60].tolist() == pytest.approx([0.0, 0.0, 7.5, 15.0])


def test_gains_are_taxed_and_payments_are_not() -> None:
    found = contracts(offered(mine(tax_rate=0.25)), 40.0)
    assert found.sponsor_gain[AT_60] == pytest.approx(np.array([0.75 * 20.0 * GAIN]))
    assert found.outlay[AT_60] == pytest.approx(np.array([20.0 * COST]), rel=1e-6)
    assert found.deck_gain[AT_60] == pytest.approx((7.5, 15.0))


def test_the_deck_sees_the_payment_at_its_own_price() -> None:
    # The low path is the deck: 40. A floor of 60 adds 20 on what is made: 10 and 20. One of 50: 5 and 10.
    found = contracts(offered(), 40.0, 100.0)
    assert found.deck_gain[AT_60] == pytest.approx((10.0, 20.0))
    assert found.deck_gain[AT_50] == pytest.approx((5.0, 10.0))


def test_certain_sales_add_the_margin_on_what_a_lender_would_not_count() -> None:
    # Half of the output was not counted: 0.5 × (40 − 20) = 10 a kg made, so 5 and 10 on top of 10 and 20.
    assert contracts(offered(offtake=True), 40.0).deck_gain[AT_60] == pytest.approx((15.0, 30.0))
    # A purchase makes sales certain by itself.
    assert contracts(purchase(), 40.0).deck_gain[AT_60] == pytest.approx((15.0, 30.0))


@pytest.mark.parametrize(
    ("first", "last", "starts"), [(2026, 2029, {2027, 2028}), (2028, 2029, {2028}), (2026, 2027, {2027})]
)
def test_only_starts_within_the_years_of_the_programme_are_offered(first: int, last: int, starts: set[int]) -> None:
    changes = {
        "plants.mine.start_years": (2027, 2028),
        "programmes.pot.first_year": first,
        "programmes.pot.last_year": last,
    }
    found = contracts(hand_case(changes, contracts=[contract()]), 40.0)
    assert {start for _, start, _ in found.offers} == starts


def running(begun: int, **terms: Any) -> Case:
    """A mine that runs anyway since ``begun``, and a programme that starts in 2027."""
    plant = mine(status="operating", capex_musd=0.0, build_years=0, start_years=(begun,), life_years=20)
    tables = {"plants": [plant], "contracts": [contract(**terms)], "stockpiles": [stockpile()]}
    return hand_case({"programmes.pot.first_year": 2027}, **tables)


def test_a_running_plant_is_covered_from_the_programmes_first_year_at_what_it_makes_by_then() -> None:
    # It has long been at full output: 20 a kg on all of it in 2027 and 2028.
    found = contracts(running(2020), 40.0)
    assert found.output == {("floor", 2027): pytest.approx(10.0)}
    assert found.expected_payment["floor", 2027, 60.0].tolist() == pytest.approx([0.0, 20.0, 20.0, 0.0])
    assert found.outlay["floor", 2027, 60.0] == pytest.approx(np.array([20.0 / 1.2 + 20.0 / 1.44]))


def test_a_plant_that_starts_after_the_programme_is_covered_from_its_start() -> None:
    # Begun in 2028: half of its output that year, all of it the next.
    found = contracts(running(2028), 40.0)
    assert found.expected_payment["floor", 2027, 60.0].tolist() == pytest.approx([0.0, 0.0, 10.0, 20.0])


def test_a_running_plant_near_its_end_is_covered_until_then() -> None:
    # Twenty years from 2008 end with 2027.
    found = contracts(running(2008), 40.0)
    assert found.expected_payment["floor", 2027, 60.0].tolist() == pytest.approx([0.0, 20.0, 0.0, 0.0])


def test_a_running_plant_delivers_under_a_purchase_when_it_is_paid() -> None:
    # Begun in 2020, bought from 2027 for two years: all of its output is delivered in both. Begun in 2028: half, then
    # all.
    for begun, delivered in ((2020, {2027: 1.0, 2028: 1.0}), (2028, {2028: 0.5, 2029: 1.0})):
        instance = compiled(running(begun, form="purchase", stockpile="reserve"), flat_paths(40.0))
        expected = {("floor", 2027, year): pytest.approx(share) for year, share in delivered.items()}
        assert instance.futures[0].contract_delivery == expected
        paid = instance.awards.contracts.expected_payment["floor", 2027, 60.0]
        assert dict(zip(instance.awards.outlay_years, paid / 60.0, strict=True)) == {
            year: pytest.approx(delivered.get(year, 0.0)) for year in instance.awards.outlay_years
        }
