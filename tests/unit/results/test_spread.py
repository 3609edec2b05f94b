"""Prices and outlays by year over the price paths. Numbers by hand.

The mine makes 5 kt in 2028 and 10 kt in 2029. On paths at 60 and 40 USD/kg its floor at 60 pays nothing or 20 a kg: 100
and 200 musd. Its 90 musd of support is paid in halves in 2026 and 2027, with 50 musd of stock in each.
"""

from __future__ import annotations

import pandas as pd
import pytest

from optimizer.engine import Outcome
from optimizer.instance.yearly import payments_by_year
from optimizer.results.spread import prices_table, yearly_outlays_table
from optimizer.scenarios import Draws
from tests.unit.instance.hand_case import calm, flat_paths, futures_of
from tests.unit.results.plan_by_hand import OFFER, outcome, plan, plan_case, plan_instance

CASE = plan_case()
DRAWS = Draws(flat_paths(60.0, 40.0), futures_of(calm(CASE)), 1, ())


def outlays(decided: Outcome) -> list[dict[str, object]]:
    """Rows of the table for a plan."""
    found = yearly_outlays_table(CASE, DRAWS, plan_instance(CASE), decided)
    return found.to_dict(orient="records")  # type: ignore[return-value]


def test_what_is_sure_is_the_same_on_every_path_and_what_is_not_is_spread() -> None:
    rows = outlays(plan())
    sure = dict.fromkeys(("expected_musd", "p05_musd", "median_musd", "p95_musd", "worst_musd"), pytest.approx(95.0))
    # The quantile of two equal halves is the lower up to one half, and the upper beyond.
    assert rows == [
        {"programme": "pot", "year": 2026, **sure},
        {"programme": "pot", "year": 2027, **sure},
        {"programme": "pot", "year": 2028, "expected_musd": pytest.approx(50.0), "p05_musd": 0.0, "median_musd": 0.0,
         "p95_musd": pytest.approx(100.0), "worst_musd": pytest.approx(100.0)},
        {"programme": "pot", "year": 2029, "expected_musd": pytest.approx(100.0), "p05_musd": 0.0, "median_musd": 0.0,
         "p95_musd": pytest.approx(200.0), "worst_musd": pytest.approx(200.0)},
    ]  # fmt: skip


def test_what_plants_pay_back_is_below_zero() -> None:
    # A contract for difference at 50 on all output: at 60 the mine pays 10 a kg, at 40 it gets 10.
    offer = ("cfd", 2028, 50.0)
    last = outlays(outcome({"signed": {offer: 1.0}, "volume": {offer: 10.0}}))[-1]
    assert (last["p05_musd"], last["worst_musd"]) == (pytest.approx(-100.0), pytest.approx(100.0))
    assert last["expected_musd"] == pytest.approx(0.0, abs=1e-9)


def test_years_without_any_payment_have_no_row() -> None:
    assert outlays(outcome()) == []


def test_payments_by_year_are_those_the_plan_was_priced_with() -> None:
    instance = plan_instance(CASE)
    paid = payments_by_year(CASE, DRAWS, [OFFER])[OFFER]
    assert (DRAWS.paths.weight @ paid).tolist() == pytest.approx(
        instance.awards.contracts.expected_payment[OFFER].tolist()
    )


def test_prices_are_quantiles_of_the_paths() -> None:
    # Four paths with a quarter each: 20, 40, 60, 80. 5 % lies in the first, 25 % ends with it, 50 % with the second.
    draws = Draws(flat_paths(80.0, 20.0, 60.0, 40.0), futures_of(calm(CASE)), 1, ())
    found = prices_table(CASE, draws)
    assert found["year"].tolist() == [2026, 2027, 2028, 2029]
    first = found.iloc[0].to_dict()
    assert first == {
        "series": "oxide_price", "year": 2026, "expected_usd_per_kg": pytest.approx(50.0),
        "p05_usd_per_kg": pytest.approx(20.0), "p25_usd_per_kg": pytest.approx(20.0),
        "median_usd_per_kg": pytest.approx(40.0), "p75_usd_per_kg": pytest.approx(60.0),
        "p95_usd_per_kg": pytest.approx(80.0),
    }  # fmt: skip


def test_a_table_without_rows_has_its_columns() -> None:
    found = yearly_outlays_table(CASE, DRAWS, plan_instance(CASE), outcome())
    assert isinstance(found, pd.DataFrame)
    assert found.columns.tolist()[:3] == ["programme", "year", "expected_musd"]
