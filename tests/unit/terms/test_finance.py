"""Discounting, annuities, tails and returns against numbers worked by hand, and the rules they obey."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.errors import SettingError
from optimizer.terms import (
    annual_equivalent,
    annuity_factor,
    capex_profile,
    cvar,
    discount_factors,
    internal_rate_of_return,
    level_service,
    lower_tail_mean,
    present_value,
    quantile,
    tail_weights,
)

amounts = st.floats(min_value=-1e4, max_value=1e4)
alphas = st.floats(min_value=0.0, max_value=0.99)


@st.composite
def weighted_outcomes(draw: st.DrawFn) -> tuple[list[float], list[float]]:
    """Outcomes and their weights, not necessarily summing to 1."""
    values = draw(st.lists(amounts, min_size=1, max_size=12))
    weights = draw(st.lists(st.floats(0.01, 1.0), min_size=len(values), max_size=len(values)))
    return values, weights


def test_flows_are_discounted_to_the_base_year() -> None:
    # 110 / 1.1 + 121 / 1.21 = 200; half a year later each is worth 1/√1.1 of that.
    years = [2027, 2028]
    assert present_value([110.0, 121.0], years, 0.10, 2026) == pytest.approx(200.0)
    assert present_value([110.0, 121.0], years, 0.10, 2026, lag=0.5) == pytest.approx(200.0 / math.sqrt(1.1))
    np.testing.assert_allclose(discount_factors([2025, 2026], 0.25, 2026), [1.25, 1.0])


def test_present_value_keeps_leading_axes() -> None:
    flows = np.arange(24.0).reshape(2, 3, 4)
    values = present_value(flows, range(2026, 2030), 0.0, 2026)
    np.testing.assert_array_equal(values, flows.sum(axis=-1))


@given(rate=st.floats(-0.05, 0.5), n=st.integers(1, 60))
def test_annuity_factor_is_the_sum_of_its_payments(rate: float, n: int) -> None:
    payments = sum((1.0 + rate) ** -t for t in range(1, n + 1))
    assert annuity_factor(rate, n) == pytest.approx(payments, rel=1e-9)


@given(rate=st.floats(-0.05, 0.3), tenor=st.integers(1, 40))
def test_level_service_repays_the_debt(rate: float, tenor: int) -> None:
    balance = 1.0
    for _ in range(tenor):
        balance = balance * (1.0 + rate) - level_service(rate, tenor)
    assert balance == pytest.approx(0.0, abs=1e-6)


def test_annual_equivalent_of_a_known_loan() -> None:
    # 100 at 10 % over 2 years: x/1.1 + x/1.21 = 100 gives x = 121/2.1 = 57.619.
    assert annual_equivalent(100.0, 0.10, 2) == pytest.approx(121.0 / 2.1)


@given(build_years=st.integers(0, 15), start_year=st.integers(2026, 2040))
def test_capital_is_all_spent_before_the_start(build_years: int, start_year: int) -> None:
    years, shares = capex_profile(build_years, start_year)
    assert shares.sum() == pytest.approx(1.0)
    assert len(years) == max(build_years, 1)
    assert years[-1] == (start_year - 1 if build_years else start_year)
    assert np.all(np.diff(years) == 1)


@given(outcomes=weighted_outcomes(), alpha=alphas)
def test_expected_is_at_most_the_tail_mean_is_at_most_the_worst(
    outcomes: tuple[list[float], list[float]], alpha: float
) -> None:
    values, weights = outcomes
    mean = np.average(values, weights=weights)
    assert mean - 1e-6 <= cvar(values, weights, alpha) <= max(values) + 1e-6
    assert mean + 1e-6 >= lower_tail_mean(values, weights, alpha) >= min(values) - 1e-6


@given(outcomes=weighted_outcomes())
def test_alpha_zero_is_the_mean(outcomes: tuple[list[float], list[float]]) -> None:
    values, weights = outcomes
    assert cvar(values, weights, 0.0) == pytest.approx(np.average(values, weights=weights), abs=1e-6)


@given(outcomes=weighted_outcomes(), low=alphas, high=alphas)
def test_the_tail_mean_rises_with_alpha(outcomes: tuple[list[float], list[float]], low: float, high: float) -> None:
    values, weights = outcomes
    low, high = sorted((low, high))
    assert cvar(values, weights, low) <= cvar(values, weights, high) + 1e-6


@given(outcomes=weighted_outcomes(), alpha=alphas, share=st.floats(0.0, 1.0), position=st.integers(0, 11))
def test_splitting_the_weight_of_an_outcome_changes_nothing(
    outcomes: tuple[list[float], list[float]], alpha: float, share: float, position: int
) -> None:
    values, weights = outcomes
    at = position % len(values)
    split_values = [*values, values[at]]
    split_weights = [*weights, weights[at] * share]
    split_weights[at] *= 1.0 - share
    assert cvar(split_values, split_weights, alpha) == pytest.approx(cvar(values, weights, alpha), abs=1e-6)


@given(outcomes=weighted_outcomes(), alpha=alphas)
def test_cvar_is_the_least_of_the_formula_of_rockafellar_and_uryasev(
    outcomes: tuple[list[float], list[float]], alpha: float
) -> None:
    # min over v of v + E[max(X − v, 0)] / (1 − alpha); the least is attained at one of the outcomes.
    values, weights = np.array(outcomes[0]), np.array(outcomes[1]) / sum(outcomes[1])
    excess = np.maximum(values[np.newaxis, :] - values[:, np.newaxis], 0.0) @ weights
    assert cvar(values, weights, alpha) == pytest.approx((values + excess / (1.0 - alpha)).min(), abs=1e-6)


@given(outcomes=weighted_outcomes(), alpha=alphas)
def test_tail_weights_support_the_tail_mean_from_below(outcomes: tuple[list[float], list[float]], alpha: float) -> None:
    values, weights = outcomes
    other = [value * ((-1) ** n) + n for n, value in enumerate(values)]
    slope = tail_weights(values, weights, alpha)
    assert slope.sum() == pytest.approx(1.0)
    assert float(slope @ np.array(other)) <= cvar(other, weights, alpha) + 1e-6


def test_the_tail_of_each_row_is_its_own() -> None:
    # Worst half of two equal outcomes: the larger one in each row.
    rows = [[1.0, 9.0], [8.0, 2.0]]
    np.testing.assert_allclose(cvar(rows, [0.5, 0.5], 0.5), [9.0, 8.0])
    np.testing.assert_allclose(lower_tail_mean(rows, [0.5, 0.5], 0.5), [1.0, 2.0])
    np.testing.assert_allclose(quantile(rows, [0.5, 0.5], 0.95), [9.0, 8.0])


def test_an_outcome_of_no_weight_does_not_count() -> None:
    assert cvar([1.0, 1e6], [1.0, 0.0], 0.9) == pytest.approx(1.0)
    assert quantile([1.0, 1e6], [1.0, 0.0], 1.0) == 1.0


def test_quantiles_step_at_the_cumulative_weights() -> None:
    # Cumulative weights of 1, 2, 3 are 0.1, 0.4, 1.0.
    values, weights = [3.0, 1.0, 2.0], [0.6, 0.1, 0.3]
    steps = {0.0: 1.0, 0.1: 1.0, 0.11: 2.0, 0.4: 2.0, 0.41: 3.0, 1.0: 3.0}
    assert {q: float(quantile(values, weights, q)) for q in steps} == steps


@given(outcomes=weighted_outcomes(), alpha=alphas)
def test_no_quantile_exceeds_the_tail_mean_beyond_it(outcomes: tuple[list[float], list[float]], alpha: float) -> None:
    values, weights = outcomes
    assert quantile(values, weights, alpha) <= cvar(values, weights, alpha) + 1e-6


def test_return_of_a_project_worked_by_hand() -> None:
    # −100 + 60/(1+r) + 60/(1+r)² = 0: 1/(1+r) = (−60 + √(3600 + 24000)) / 120 = 0.884437.
    root = (-60.0 + math.sqrt(27600.0)) / 120.0
    assert internal_rate_of_return([-100.0, 60.0, 60.0]) == pytest.approx(1.0 / root - 1.0, abs=1e-12)


@given(rate=st.floats(-0.5, 2.0), n=st.integers(1, 40))
def test_return_of_an_annuity_is_its_rate(rate: float, n: int) -> None:
    flows = [-annuity_factor(rate, n)] + [1.0] * n
    assert internal_rate_of_return(flows) == pytest.approx(rate, abs=1e-6)


def test_flows_without_a_return_have_none() -> None:
    assert internal_rate_of_return([1.0, 2.0]) is None
    assert internal_rate_of_return([-1.0, -2.0]) is None
    assert internal_rate_of_return([0.0, 0.0]) is None
    # 1 − 2x + 2x² with x = 1/(1+r) has no real root.
    assert internal_rate_of_return([1.0, -2.0, 2.0]) is None


def test_money_back_without_interest_has_a_return_of_zero() -> None:
    assert internal_rate_of_return([-100.0, 50.0, 50.0]) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    "call",
    [
        lambda: discount_factors([2026], -1.0, 2026),
        lambda: annuity_factor(-1.5, 3),
        lambda: annuity_factor(0.1, -1),
        lambda: level_service(0.05, 0),
        lambda: capex_profile(-1, 2030),
        lambda: cvar([1.0], [1.0], 1.0),
        lambda: cvar([1.0], [1.0], -0.1),
        lambda: cvar([1.0, 2.0], [1.0], 0.5),
        lambda: cvar([1.0, 2.0], [1.0, -1.0], 0.5),
        lambda: cvar([1.0, 2.0], [0.0, 0.0], 0.5),
        lambda: quantile([1.0], [1.0], 1.5),
    ],
)
def test_arguments_out_of_range_are_refused(call) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(SettingError):
        call()
