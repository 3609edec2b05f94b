"""Tables of public money: pots, outlays by year and stock. Numbers by hand.

Money spent with the capex is worth 11/12 at the public rate; the floor pays nothing or 185.185185; stock at 50 USD/kg,
1 kt in 2026 and 2027, costs 50 × (1 + 1 / 1.2) = 91.666667.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from optimizer.engine import Outcome
from optimizer.results.pots import outlays_table, programmes_table, stockpile_table
from tests.unit.instance.hand_case import hand_tables, stockpile
from tests.unit.results.plan_by_hand import outcome, plan, plan_case, plan_instance

STOCK, PAID = 91.666667, 185.185185


def pots(decided: Outcome, changes: dict[str, Any] | None = None, **tables: Any) -> pd.DataFrame:
    """The programmes table of a plan."""
    case = plan_case(changes, **tables)
    return programmes_table(case, plan_instance(case), decided)


def test_what_a_pot_is_used_up_by() -> None:
    # Equity counts half, loans a quarter, the floor its expected payment.
    (row,) = pots(plan(), {"programmes.pot.equity_score_share": 0.5}).to_dict(orient="records")
    assert row["grants_scored_musd"] == 30.0
    assert row["equity_scored_musd"] == pytest.approx(10.0)
    assert row["loans_scored_musd"] == pytest.approx(10.0)
    assert row["contracts_scored_musd"] == pytest.approx(PAID / 2)
    assert row["stock_scored_musd"] == pytest.approx(STOCK)
    assert row["scored_musd"] == pytest.approx(30.0 + 10.0 + 10.0 + PAID / 2 + STOCK)
    assert row["left_musd"] == pytest.approx(1000.0 - row["scored_musd"])


@pytest.mark.parametrize(
    ("rule", "alpha", "score"),
    # Expected: half. The worst half or the worst path: all. The mean of the worst 80 %: 5/8 of it.
    [("expected", 0.5, PAID / 2), ("cvar", 0.5, PAID), ("worst", 0.5, PAID), ("cvar", 0.2, PAID * 0.625)],
)
def test_contracts_are_scored_by_the_rule_of_the_pot(rule: str, alpha: float, score: float) -> None:
    changes = {"programmes.pot.contract_scoring": rule, "programmes.pot.scoring_alpha": alpha}
    assert pots(plan(), changes)["contracts_scored_musd"].tolist() == [pytest.approx(score)]


def test_a_contract_that_pays_back_frees_no_money() -> None:
    # A contract for difference at 50 at 60 and 40 USD/kg pays −92.6 and 92.6: nothing on average, and not less; one
    # that only pays back scores nothing.
    offer = ("cfd", 2028, 50.0)
    found = pots(plan(signed={offer: 1.0}, volume={offer: 10.0}))
    assert found["contracts_scored_musd"].tolist() == [pytest.approx(0.0, abs=1e-9)]
    assert found["worst_musd"][0] - found["expected_musd"][0] == pytest.approx(PAID / 2)


def test_what_is_paid_out_of_a_pot() -> None:
    # 90 at face is 82.5. Expected 82.5 + 91.67 + 92.59; at 40 USD/kg 185.19 instead of 92.59.
    (row,) = pots(plan()).to_dict(orient="records")
    assert row["expected_musd"] == pytest.approx(82.5 + STOCK + PAID / 2)
    assert row["p95_musd"] == row["worst_musd"] == pytest.approx(82.5 + STOCK + PAID)


def test_what_comes_back_is_in_the_net_outlay() -> None:
    # Grant 27.5; equity 20 × 11/12 × (1 − 1.248 / 0.9) = −7.088889; loan 40 × 11/12 / 4 = 9.166667.
    (row,) = pots(plan()).to_dict(orient="records")
    assert row["expected_net_musd"] == pytest.approx(STOCK + PAID / 2 + 27.5 - 7.088889 + 9.166667)


def test_awards_count_against_their_own_pot() -> None:
    (pot,) = hand_tables()["programmes"]
    found = pots(plan(), programmes=[pot, {**pot, "programme": "other", "name": "Other"}])
    assert found["programme"].tolist() == ["pot", "other"]
    other = found.iloc[1]
    assert (other["scored_musd"], other["expected_musd"], other["worst_musd"], other["left_musd"]) == (
        0.0,
        0.0,
        0.0,
        1000.0,
    )


def outlays(decided: Outcome, changes: dict[str, Any] | None = None) -> pd.DataFrame:
    """The outlays table of a plan."""
    case = plan_case(changes)
    return outlays_table(case, plan_instance(case), decided)


def test_outlays_by_kind_and_year() -> None:
    # Half of each amount in 2026 and in 2027; 20 a kg on 5 and 10 kt with even odds: 50 and 100.
    found = outlays(plan())
    by_kind = {
        kind: dict(zip(part["year"], part["expected_musd"], strict=True)) for kind, part in found.groupby("kind")
    }
    assert by_kind == {
        "contract": {2028: pytest.approx(50.0), 2029: pytest.approx(100.0)},
        "equity": {2026: 10.0, 2027: 10.0},
        "grant": {2026: 15.0, 2027: 15.0},
        "loan": {2026: 20.0, 2027: 20.0},
        "stockpile": {2026: 50.0, 2027: 50.0},
    }
    assert set(found["programme"]) == {"pot"}


def test_outlays_discounted_are_the_expected_outlay() -> None:
    discounted = sum(row.expected_musd / 1.2 ** (row.year - 2026) for row in outlays(plan()).itertuples())
    assert discounted == pytest.approx(pots(plan())["expected_musd"][0])


def test_two_contracts_add_up_within_a_year() -> None:
    # Half of the floor, 25 and 50; the other half at 60 under a contract for difference pays 0 and 20: the same again.
    floor, cfd = ("floor", 2028, 60.0), ("cfd", 2028, 60.0)
    found = outlays(outcome({"volume": {floor: 5.0, cfd: 5.0}}))
    assert found.to_dict(orient="list") == {
        "programme": ["pot", "pot"],
        "kind": ["contract", "contract"],
        "year": [2028, 2029],
        "expected_musd": [pytest.approx(50.0), pytest.approx(100.0)],
    }


def test_no_awards_no_outlays() -> None:
    found = outlays(outcome())
    assert found.empty
    assert found.columns.tolist() == ["programme", "kind", "year", "expected_musd"]


def test_stock_by_year() -> None:
    # 500 t at first, a tenth lost a year: 450 + 1,000; 1,305 + 1,000; 2,074.5; 1,867.05.
    case = plan_case(stockpiles=[stockpile(loss_per_year=0.1)])
    found = stockpile_table(case, plan_instance(case), plan())
    assert found["year"].tolist() == [2026, 2027, 2028, 2029]
    assert found["purchase_t"].tolist() == [1000.0, 1000.0, 0.0, 0.0]
    assert found["stock_t"].tolist() == pytest.approx([1450.0, 2305.0, 2074.5, 1867.05])
    assert found["price_usd_per_kg"].tolist() == [50.0] * 4
    assert found["cost_musd"].tolist() == [50.0, 50.0, 0.0, 0.0]
