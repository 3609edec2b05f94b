"""Tables of awards and candidates. Numbers by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from optimizer.engine import Outcome
from optimizer.results.awards import awards_table, candidates_table, sponsor_npv
from tests.unit.instance.hand_case import compiled, contract, debt, flat_paths, hand_case, mine
from tests.unit.results.plan_by_hand import FROM_POT, MINE, OFFER, outcome, plan, plan_case, plan_instance

CFD = ("cfd", 2028, 50.0)


def table(decided: Outcome, **changes: Any) -> pd.DataFrame:
    """The awards table of a plan."""
    case = plan_case(changes)
    return awards_table(case, plan_instance(case), decided)


def test_value_of_the_plan_to_the_sponsor() -> None:
    # Alone 152.8 and −13.6. Debt 50 × 0.20304 = 10.152, grant 30 × 0.9 = 27, loan 40 × 0.20304 = 8.1216; equity
    # 20 × (0.9 − 1.664) = −15.28 and 20 × (0.9 − 0.832) = 1.36; floor nothing and 10 × 20 × 0.832 = 166.4.
    found = sponsor_npv(plan_instance(plan_case()), plan(), "mine")
    assert found == pytest.approx(np.array([182.7936, 199.4336]))


def test_the_plan_in_one_row() -> None:
    (row,) = table(plan()).to_dict(orient="records")
    # 200 of capex less 90 of support and 50 of debt leaves 60. The floor pays 10 × 20 × 0.925926 = 185.185185 at 40
    # USD/kg and nothing at 60. The pot gives 90 at face and 92.6 of expected payments.
    assert row == {
        "plant": "mine",
        "name": "Mine",
        "region": "us",
        "stage": "separated",
        "product": "oxide",
        "start_year": 2028,
        "route": "supported",
        "contract": "floor",
        "instrument": "floor",
        "programme": "pot",
        "strike_usd_per_kg": 60.0,
        "volume_t_per_year": 10_000.0,
        "tenor_years": 2,
        "upside_share": 0.0,
        "capex_musd": 200.0,
        "grant_musd": 30.0,
        "equity_musd": 20.0,
        "loan_musd": 40.0,
        "debt_musd": 50.0,
        "sponsor_musd": 60.0,
        "expected_npv_musd": pytest.approx((182.7936 + 199.4336) / 2),
        "tail_npv_musd": pytest.approx(182.7936),
        "expected_payment_musd": pytest.approx(92.592593),
        "p95_payment_musd": pytest.approx(185.185185),
        "worst_payment_musd": pytest.approx(185.185185),
        "programmes": "pot 182.6",
    }


def test_financing_stands_on_the_first_row_of_a_plant_only() -> None:
    # Two contracts on half of the output each.
    found = table(plan(signed={OFFER: 1.0, CFD: 1.0}, volume={OFFER: 5.0, CFD: 5.0}))
    assert found["contract"].tolist() == ["floor", "cfd"]
    for column, total in (("capex_musd", 200.0), ("grant_musd", 30.0), ("equity_musd", 20.0), ("loan_musd", 40.0)):
        assert found[column].tolist() == [total, 0.0]
    assert found[["debt_musd", "sponsor_musd"]].sum().tolist() == [50.0, 60.0]
    assert found["volume_t_per_year"].tolist() == [5_000.0, 5_000.0]
    assert found["expected_npv_musd"].tolist()[1] == 0.0
    # Half of 92.592593; a contract for difference at 50 pays −10 at 60 and 10 at 40: nothing on average.
    assert found["expected_payment_musd"].tolist() == [pytest.approx(46.296296), pytest.approx(0.0, abs=1e-9)]
    assert found["programmes"].tolist() == ["pot 136.3", "pot 0.0"]


def test_a_plant_without_a_contract_has_a_row() -> None:
    (row,) = table(plan(signed={}, volume={})).to_dict(orient="records")
    assert (row["contract"], row["expected_payment_musd"]) == (None, 0.0)
    assert np.isnan([row["strike_usd_per_kg"], row["volume_t_per_year"]]).all()
    assert row["programmes"] == "pot 90.0"


def test_what_is_not_built_or_signed_is_not_in_the_table() -> None:
    # A solver may leave a hair of either.
    assert table(plan(build={MINE: 1e-7}, signed={OFFER: 1e-7})).empty


def test_a_plant_that_enters_unaided_shows_the_debt_it_can_raise() -> None:
    # The lender gives 50 / (1.25 × 0.605) = 66.115702, worth 0.20304 each to the sponsor: 13.424132.
    case = hand_case({"viability.private_entry": True}, support=[debt()])
    (row,) = awards_table(case, compiled(case, flat_paths(60.0, 40.0)), outcome({"build": {MINE: 1.0}})).to_dict(
        "records"
    )
    assert (row["route"], row["grant_musd"]) == ("private", 0.0)
    assert row["debt_musd"] == pytest.approx(66.115702)
    assert row["sponsor_musd"] == pytest.approx(200.0 - 66.115702)
    assert row["expected_npv_musd"] == pytest.approx(69.6 + 13.424132)
    assert row["tail_npv_musd"] == pytest.approx(-13.6 + 13.424132, abs=1e-5)


def test_a_contract_on_a_running_plant_has_no_capital() -> None:
    plant = mine(status="operating", capex_musd=0.0, build_years=0, start_years=(2020,), life_years=20)
    case = hand_case(plants=[plant], contracts=[contract()])
    offer = ("floor", 2026, 60.0)
    decided = outcome({"signed": {offer: 1.0}, "volume": {offer: 10.0}})
    (row,) = awards_table(case, compiled(case, flat_paths(40.0)), decided).to_dict("records")
    assert (row["route"], row["start_year"], row["capex_musd"], row["sponsor_musd"]) == ("running", None, 0.0, 0.0)
    # 20 a kg on 10 kt in 2026 and 2027: 200 + 200 / 1.2; to the sponsor 200 + 160.
    assert row["expected_payment_musd"] == pytest.approx(366.666667)
    assert row["expected_npv_musd"] == pytest.approx(360.0)


def test_every_candidate_and_start_year_alone() -> None:
    case = plan_case({"plants.mine.start_years": (2027, 2028)})
    found = candidates_table(case, plan_instance(case), plan())
    assert found["start_year"].tolist() == [2027, 2028]
    assert found["in_plan"].tolist() == [False, True]
    assert found["private_entry"].tolist() == [False, False]
    second = found.iloc[1]
    assert second["output_t_per_year"] == pytest.approx(10_000.0)
    assert second["expected_npv_alone_musd"] == pytest.approx(69.6)
    assert second["tail_npv_alone_musd"] == pytest.approx(-13.6)
    assert second["most_debt_alone_musd"] == pytest.approx(66.115702)
    # Started in 2027: 40 × 10.4 − 200 = 216 and 20 × 10.4 − 200 = 8.
    assert found.iloc[0]["expected_npv_alone_musd"] == pytest.approx(112.0)


def test_amounts_of_a_pot_are_at_face() -> None:
    decided = plan(grant={FROM_POT: 12.34}, equity={}, loan={}, signed={}, volume={})
    assert table(decided)["programmes"].tolist() == ["pot 12.3"]
