"""Payments of each contract form, and the identities that tie the forms to one another."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, qmc

from optimizer.errors import SettingError
from optimizer.terms import (
    black76_call,
    black76_put,
    capped_payment,
    difference_payment,
    indexed_strike,
    payment_parts,
    purchase_gain,
    yearly_parts,
    yearly_payment,
)
from optimizer.terms.payoff import Form

FORMS: tuple[Form, ...] = get_args(Form)
prices = st.floats(min_value=0.0, max_value=500.0)
shares = st.floats(min_value=0.0, max_value=1.0)


@given(reference=prices, strike=prices)
def test_floor_with_full_upside_share_at_the_strike_is_the_two_way_contract(reference: float, strike: float) -> None:
    floor = difference_payment("floor", reference, strike, upside_share=1.0)
    assert floor == difference_payment("cfd", reference, strike)


@given(reference=prices, strike=prices)
def test_collar_of_no_width_is_the_two_way_contract(reference: float, strike: float) -> None:
    collar = difference_payment("collar", reference, strike, collar_width=0.0)
    assert collar == difference_payment("cfd", reference, strike)


@given(reference=prices, strike=prices)
def test_floor_and_two_way_contract_agree_when_the_price_is_at_or_below_the_strike(
    reference: float, strike: float
) -> None:
    low, high = sorted((reference, strike))
    assert difference_payment("floor", low, high) == difference_payment("cfd", low, high)


@given(reference=prices, strike=prices, share=shares, form=st.sampled_from(FORMS))
def test_a_strike_of_zero_never_pays_the_plant(reference: float, strike: float, share: float, form: Form) -> None:
    assert difference_payment(form, reference, 0.0, upside_share=share) <= 0.0


@given(reference=prices, strike=prices, rise=prices, share=shares, width=prices, form=st.sampled_from(FORMS))
def test_payment_rises_with_the_strike_and_falls_with_the_price(
    reference: float, strike: float, rise: float, share: float, width: float, form: Form
) -> None:
    def pay(price: float, level: float) -> float:
        return float(difference_payment(form, price, level, upside_share=share, collar_width=width))

    rounding = 1e-9
    assert pay(reference, strike + rise) >= pay(reference, strike) - rounding
    assert pay(reference + rise, strike) <= pay(reference, strike) + rounding


@given(reference=prices, strike=prices, share=shares, width=prices)
def test_one_settlement_never_pays_both_ways(reference: float, strike: float, share: float, width: float) -> None:
    for form in FORMS:
        parts = payment_parts(form, reference, strike, upside_share=share, collar_width=width)
        assert parts.support * parts.payback == 0.0


def test_threshold_overtaken_by_an_indexed_strike_counts_as_the_strike() -> None:
    # Strike 120 indexed at 5 % for 10 years is 195.47, above the threshold of 150: at 180 the floor pays 15.47 and
    # nothing is paid back; at 205.47 the payback is 0.3 × (205.47 − 195.47) = 3.
    strike = indexed_strike(120.0, 0.05, 10)
    parts = payment_parts("floor", [180.0, float(strike) + 10.0], strike, upside_share=0.3, upside_threshold=150.0)
    np.testing.assert_allclose(parts.support, [120.0 * 1.05**10 - 180.0, 0.0])
    np.testing.assert_allclose(parts.payback, [0.0, 3.0])


def test_purchase_pays_the_strike_and_gains_the_plant_the_difference() -> None:
    np.testing.assert_array_equal(difference_payment("purchase", [10.0, 200.0], 110.0), [110.0, 110.0])
    np.testing.assert_array_equal(purchase_gain(110.0, [10.0, 200.0]), [100.0, -90.0])


def test_a_menu_of_strikes_is_one_call() -> None:
    # Three strikes on the first axis, two paths on the second, one year, four quarters.
    quarters = np.array([[[100.0] * 4], [[60.0] * 4]])
    strikes = np.array([80.0, 110.0, 140.0])[:, np.newaxis, np.newaxis]
    paid = yearly_payment(quarters, "floor", strikes)
    assert paid.shape == (3, 2, 1)
    np.testing.assert_array_equal(paid[..., 0], [[0.0, 20.0], [10.0, 50.0], [40.0, 80.0]])


def test_quarterly_settlement_of_a_floor_pays_at_least_the_yearly_one() -> None:
    # Jensen: the mean of convex payments is at least the payment at the mean.
    quarters = np.random.default_rng(3).uniform(50.0, 170.0, (50, 3, 4))
    strike = np.full(3, 110.0)
    quarterly = yearly_payment(quarters, "floor", strike)
    yearly = yearly_payment(quarters, "floor", strike, "yearly")
    assert np.all(quarterly >= yearly - 1e-9)
    assert np.any(quarterly > yearly + 1.0)


def test_averaging_does_not_matter_to_the_linear_contract() -> None:
    quarters = np.random.default_rng(4).uniform(50.0, 170.0, (50, 3, 4))
    strike = np.full(3, 110.0)
    np.testing.assert_allclose(
        yearly_payment(quarters, "cfd", strike), yearly_payment(quarters, "cfd", strike, "yearly")
    )


def test_the_upside_share_waits_for_its_first_year() -> None:
    # At 160 a share of 0.3 above 110 is 15, due only from the third year; the put of the first years is untouched.
    quarters = np.full((4, 4), 160.0)
    quarters[0] = 70.0
    active = np.array([False, False, True, True])
    parts = yearly_parts(quarters, "floor", np.full(4, 110.0), upside_active=active, upside_share=0.3)
    np.testing.assert_allclose(parts.support, [40.0, 0.0, 0.0, 0.0])
    np.testing.assert_allclose(parts.payback, [0.0, 0.0, 15.0, 15.0])


def test_strike_and_threshold_may_differ_by_year() -> None:
    # Year one: 0.5 × (130 − 120) = 5 paid back. Year two: 0.5 × (130 − 125) = 2.5.
    paid = yearly_payment(
        np.full((2, 4), 130.0), "floor", [100.0, 104.0], upside_share=0.5, upside_threshold=[120.0, 125.0]
    )
    np.testing.assert_allclose(paid, [-5.0, -2.5])


def test_the_cap_limits_the_payback_only() -> None:
    # 0.3 × (250 − 150) USD/kg × 5,000 t = 150 musd due, 10 paid; a floor payment of 40 × 5,000 / 1,000 = 200 stays.
    parts = payment_parts("floor", [250.0, 70.0], 110.0, upside_share=0.3, upside_threshold=150.0)
    np.testing.assert_allclose(capped_payment(parts, 5000.0, 10.0), [-10.0, 200.0])
    np.testing.assert_allclose(capped_payment(parts, 5000.0, 0.0), [0.0, 200.0])
    np.testing.assert_allclose(capped_payment(parts, [5000.0, 0.0], None), [-150.0, 0.0])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"form": "swap"}, "unknown contract form 'swap'"),
        ({"form": "floor", "upside_share": 1.5}, "upside_share"),
        ({"form": "floor", "upside_share": -0.1}, "upside_share"),
        ({"form": "collar", "collar_width": -1.0}, "collar_width"),
    ],
)
def test_terms_that_make_no_sense_are_refused(arguments: dict[str, object], words: str) -> None:
    with pytest.raises(SettingError, match=words):
        difference_payment(reference=[100.0], strike=110.0, **arguments)  # type: ignore[arg-type]


def test_unknown_averaging_and_negative_cap_are_refused() -> None:
    with pytest.raises(SettingError, match="unknown averaging 'monthly'"):
        yearly_payment(np.ones((1, 4)), "floor", [1.0], "monthly")  # type: ignore[arg-type]
    with pytest.raises(SettingError, match="cap"):
        capped_payment(payment_parts("cfd", [1.0], 1.0), 1.0, -1.0)


def test_expected_floor_payment_under_lognormal_prices_is_the_value_of_a_put() -> None:
    # Price F·exp(σ√T·z − σ²T/2) with F = 100, σ = 0.285, T = 4; floor at 110; no discounting, so rate 0. N = 2^14
    # scrambled Sobol points in each of 16 independent scrambles; the scrambles give the standard error, and the mean
    # must lie within 4 of them of the closed form.
    forward, strike, volatility, time = 100.0, 110.0, 0.285, 4.0
    means = []
    for seed in range(16):
        normals = norm.ppf(qmc.Sobol(1, seed=seed).random_base2(14)[:, 0])
        price = forward * np.exp(volatility * np.sqrt(time) * normals - volatility**2 * time / 2)
        means.append(difference_payment("floor", price, strike).mean())
    error = np.std(means, ddof=1) / np.sqrt(len(means))
    closed_form = black76_put(forward, strike, volatility, time, 0.0)
    assert error < 0.01
    assert abs(np.mean(means) - closed_form) < 4 * error


@given(
    forward=st.floats(10.0, 300.0),
    strike=st.floats(10.0, 300.0),
    volatility=st.floats(0.0, 1.0),
    time=st.floats(0.0, 20.0),
    rate=st.floats(0.0, 0.1),
)
def test_put_is_at_least_its_intrinsic_value_and_parity_holds(
    forward: float, strike: float, volatility: float, time: float, rate: float
) -> None:
    put = black76_put(forward, strike, volatility, time, rate)
    discount = np.exp(-rate * time)
    assert put >= discount * max(strike - forward, 0.0) - 1e-9
    parity = black76_call(forward, strike, volatility, time, rate) - put
    np.testing.assert_allclose(parity, discount * (forward - strike), atol=1e-9)


def test_black_refuses_prices_that_are_not_positive() -> None:
    with pytest.raises(SettingError, match="above 0"):
        black76_put(0.0, 110.0, 0.3, 1.0, 0.0)
