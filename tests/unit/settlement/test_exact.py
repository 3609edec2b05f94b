"""The exact payment of a contract row equals the planner's, on random terms, and is right by hand."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.errors import SettingError
from optimizer.settlement.exact import contract_payment, exact
from optimizer.terms import capped_payment, indexed_strike, yearly_parts

BASE, YEARS = 2026, [2026, 2027, 2028, 2029]
price = st.floats(0.0, 400.0)
row = st.fixed_dictionaries(
    {
        "form": st.sampled_from(["floor", "cfd", "collar", "purchase"]),
        "averaging": st.sampled_from(["quarterly", "yearly"]),
        "indexation_rate": st.floats(-0.2, 0.2),
        "upside_share": st.floats(0.0, 1.0),
        "upside_threshold_usd_per_kg": st.one_of(st.just("strike"), price),
        "upside_cap_musd_per_year": st.one_of(st.none(), st.floats(0.0, 200.0)),
        "upside_from_year": st.one_of(st.none(), st.integers(2025, 2031)),
        "collar_width_usd_per_kg": st.floats(0.0, 100.0),
    }
)
path = st.lists(st.lists(price, min_size=4, max_size=4), min_size=len(YEARS), max_size=len(YEARS))
yearly_tonnes = st.lists(st.floats(0.0, 20_000.0), min_size=len(YEARS), max_size=len(YEARS))


def planner(terms: dict[str, Any], quarters: list[list[float]], strike: float, tonnes: list[float]) -> list[float]:
    """The planner's payment of each year, as ``optimizer.instance.contracts`` puts it together."""
    years = np.array(YEARS)
    since = terms["upside_from_year"]
    threshold = terms["upside_threshold_usd_per_kg"]
    parts = yearly_parts(
        quarters,
        terms["form"],
        indexed_strike(strike, terms["indexation_rate"], years - BASE),
        terms["averaging"],
        np.ones(len(years), bool) if since is None else years >= since,
        upside_share=terms["upside_share"],
        upside_threshold=None if threshold == "strike" else threshold,
        collar_width=terms["collar_width_usd_per_kg"],
    )
    return capped_payment(parts, tonnes, terms["upside_cap_musd_per_year"]).tolist()


@settings(max_examples=400, deadline=None)
@given(row, path, st.floats(0.0, 400.0), yearly_tonnes)
def test_equals_the_planner_on_random_terms(
    terms: dict[str, Any], quarters: list[list[float]], strike: float, tonnes: list[float]
) -> None:
    prices, covered = dict(zip(YEARS, quarters, strict=True)), dict(zip(YEARS, tonnes, strict=True))
    paid = contract_payment(SimpleNamespace(**terms), prices, strike, YEARS, covered, BASE)
    expected = planner(terms, quarters, strike, tonnes)
    # Relative to the money that could flow in a year: up to 830 USD/kg × 20,000 t = 16,600 musd.
    assert [float(paid[year]) for year in YEARS] == pytest.approx(expected, rel=1e-9, abs=1e-9)


def terms_of(**changes: Any) -> SimpleNamespace:
    base = {
        "form": "floor",
        "averaging": "quarterly",
        "indexation_rate": 0.0,
        "upside_share": 0.0,
        "upside_threshold_usd_per_kg": "strike",
        "upside_cap_musd_per_year": None,
        "upside_from_year": None,
        "collar_width_usd_per_kg": 0.0,
    }
    return SimpleNamespace(**(base | changes))


def paid_in(year: int, prices: list[float], **changes: Any) -> Decimal:
    return contract_payment(terms_of(**changes), {year: prices}, 110, [year], {year: 4000}, 2026)[year]


def test_by_hand() -> None:
    # 1,000 t a quarter: 20 + 20 + 0 + 0 USD/kg are 40 musd; on the yearly mean of 110, nothing.
    assert paid_in(2026, [90, 90, 130, 130]) == 40
    assert paid_in(2026, [90, 90, 130, 130], averaging="yearly") == 0
    # The two-way contract pays 20 + 20 and is paid 20 + 20.
    assert paid_in(2026, [90, 90, 130, 130], form="cfd") == 0
    # The collar of width 5 is paid 15 + 15.
    assert paid_in(2026, [90, 90, 130, 130], form="collar", collar_width_usd_per_kg=5) == 10
    # A purchase pays 110 USD/kg on 4,000 t.
    assert paid_in(2026, [90, 90, 130, 130], form="purchase") == 440
    # Two years at −10 %: strike 89.1, so 9.1 USD/kg below it in two quarters of 1,000 t.
    assert paid_in(2028, [80, 80, 130, 130], indexation_rate=-0.1) == Decimal("18.2")
    # 30 % of 20 in two quarters is 12, with a cap of 5; before the condition year nothing.
    upside = {"upside_share": 0.3, "upside_from_year": 2028}
    assert paid_in(2028, [110, 110, 130, 130], **upside) == -12
    assert paid_in(2028, [110, 110, 130, 130], **upside, upside_cap_musd_per_year=5) == -5
    assert paid_in(2027, [110, 110, 130, 130], **upside) == 0


def test_a_decimal_is_what_is_written() -> None:
    assert exact(np.float64(0.1)) == Decimal("0.1")
    assert paid_in(2026, [109.9] * 4) == Decimal("0.4")


@pytest.mark.parametrize(
    ("prices", "changes", "word"),
    [
        ([1.0, 2.0, 3.0], {}, "four quarterly prices"),
        ([1.0, 2.0, 3.0, float("nan")], {}, "not a finite number"),
        ([1.0, 2.0, 3.0, "x"], {}, "not a number"),
        ([1.0] * 4, {"form": "swap"}, "unknown contract form 'swap'"),
        ([1.0] * 4, {"averaging": "weekly"}, "unknown averaging 'weekly'"),
    ],
)
def test_refuses(prices: list[Any], changes: dict[str, Any], word: str) -> None:
    with pytest.raises(SettingError, match=word):
        paid_in(2026, prices, **changes)
