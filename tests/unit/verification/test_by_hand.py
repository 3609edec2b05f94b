"""Formulas of the verifier against numbers worked out by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from optimizer.verification.awards import menu
from optimizer.verification.operation import discount, level_payment
from optimizer.verification.payments import Cover, payments
from optimizer.verification.risk import quantile, tail_mean

YEARS = np.array([2026.0, 2027.0])
QUARTERS = np.array([[[80.0, 100.0, 120.0, 140.0], [90.0, 90.0, 130.0, 130.0]]])
"""One path, two years."""


def cover(**terms: Any) -> Cover:
    """A contract over two years at full output, then at half."""
    row = {
        "form": "floor",
        "averaging": "quarterly",
        "indexation_rate": 0.0,
        "upside_share": 0.0,
        "upside_threshold_usd_per_kg": "strike",
        "upside_from_year": None,
        "upside_cap_musd_per_year": None,
        "collar_width_usd_per_kg": 0.0,
    }
    contract = SimpleNamespace(**{**row, **terms})
    nothing: Any = None
    return Cover(contract, nothing, nothing, nothing, YEARS, np.array([0, 1]), np.array([1.0, 0.5]))


def paid(strike: float = 110.0, volume_t: float = 1000.0, **terms: Any) -> list[float]:
    return [round(float(x), 9) for x in payments(cover(**terms), QUARTERS, [strike], [volume_t], 2026)[0, 0]]


def test_a_floor_pays_what_is_missing_quarter_by_quarter() -> None:
    # 2026: (30 + 10 + 0 + 0) / 4 = 10 USD/kg on 1,000 t; 2027: (20 + 20) / 4 = 10 on 500 t.
    assert paid() == [10.0, 5.0]


def test_settled_on_the_year_an_average_at_the_strike_pays_nothing() -> None:
    assert paid(averaging="yearly") == [0.0, 0.0]


def test_a_two_way_contract_takes_back_what_is_above() -> None:
    # 2026: (30 + 10 − 10 − 30) / 4 = 0; at 100: (20 + 0 − 20 − 40) / 4 = −10, and in 2027 (10 + 10 − 30 − 30) / 4.
    assert paid(form="cfd") == [0.0, 0.0]
    assert paid(strike=100.0, form="cfd") == [-10.0, -5.0]


def test_a_collar_takes_back_above_its_width() -> None:
    # Strike 110, cap 125: 2026 (30 + 10 + 0 − 15) / 4 = 6.25; 2027 (20 + 20 − 5 − 5) / 4 = 7.5 on half.
    assert paid(form="collar", collar_width_usd_per_kg=15.0) == [6.25, 3.75]


def test_a_purchase_pays_its_strike_for_every_tonne() -> None:
    assert paid(form="purchase") == [110.0, 55.0]


def test_the_upside_share_starts_late_above_its_threshold_and_is_capped() -> None:
    # Threshold 120, share 0.5. 2026 gives (30 + 10 − 0.5 × 20) / 4 = 7.5; 2027 (40 − 0.5 × 20) / 4 = 7.5 on half.
    upside = {"upside_share": 0.5, "upside_threshold_usd_per_kg": 120.0}
    assert paid(**upside) == [7.5, 3.75]
    assert paid(**upside, upside_from_year=2027) == [10.0, 3.75]
    # Uncapped, 2.5 and 1.25 musd come back.
    assert paid(**upside, upside_cap_musd_per_year=1.0) == [9.0, 4.0]


def test_the_strike_is_indexed_from_the_first_year() -> None:
    # 110 × 0.9 = 99 in 2027: (9 + 9 + 0 + 0) / 4 = 4.5 on half.
    assert paid(indexation_rate=-0.1) == [10.0, 2.25]


def test_a_menu_runs_in_ticks_and_ends_with_the_cap() -> None:
    low, high, tick = "strike_min_usd_per_kg", "strike_max_usd_per_kg", "strike_tick_usd_per_kg"
    assert menu(SimpleNamespace(**{low: 90.0, high: 112.0, tick: 10.0})) == [90.0, 100.0, 110.0, 112.0]
    assert menu(SimpleNamespace(**{low: 0.1, high: 0.4, tick: 0.1})) == [0.1, 0.2, 0.3, 0.4]


def test_level_payments_are_worth_what_was_lent() -> None:
    for rate in (0.0, 0.02, 0.11):
        worth = discount(np.arange(2027, 2039), rate, 2026).sum() * level_payment(rate, 12)
        assert worth == pytest.approx(1.0, rel=1e-14)


def test_tails_and_quantiles_by_hand() -> None:
    # Worst 30 % of −5 … 4 at 0.1 each: (4 + 3 + 2) / 3. Of weights 0.5, 0.3, 0.2 on 1, 2, 3, worst 40 %: all of 3 and
    # 0.2 of 2, so (0.2 × 3 + 0.2 × 2) / 0.4.
    assert float(tail_mean(np.arange(-5.0, 5.0), np.full(10, 0.1), 0.7)) == pytest.approx(3.0)
    assert float(tail_mean([2.0, 1.0, 3.0], [0.3, 0.5, 0.2], 0.6)) == pytest.approx(2.5)
    assert float(tail_mean([2.0, 1.0, 3.0], [0.3, 0.5, 0.2], 0.0)) == pytest.approx(0.3 * 2 + 0.5 + 0.6)
    assert quantile([[3.0, 1.0], [5.0, 7.0]], [0.5, 0.5], 0.5).tolist() == [1.0, 5.0]
