"""Deadweight on paper, for one plant under two prices; and the sum over a whole plan."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from optimizer import additionality, read_case
from optimizer.analysis.additional.additionality import _reconcile
from optimizer.analysis.additional.needless import judged
from optimizer.analysis.alone import Outlook
from optimizer.errors import ReconciliationError
from optimizer.live import LiveCase
from tests.small_case import small_case, small_tables
from tests.unit.analysis.two_prices import two_price_case, two_prices

MONEY = ["plant", "start_year", "instrument", "programme", "musd"]


def award(strike: float) -> pd.DataFrame:
    row = {"plant": "us_oxide", "route": "supported", "start_year": 2027, "contract": "oxide_floor"}
    row |= {"instrument": "floor", "programme": "us_pot", "strike_usd_per_kg": strike, "volume_t_per_year": 1000.0}
    return pd.DataFrame([row | {"expected_payment_musd": 0.0}])


def test_deadweight_on_paper() -> None:
    # A floor at 60 with half of the upside, and a grant of 6. At 50 USD/kg they pay 2 × 10 + 6 = 26 musd, where the
    # plant loses 40 unaided; at 90 it takes back 2 × 15, less the grant 24 musd, where the plant gains 40 unaided.
    case = two_price_case(contract={"upside_share": 0.5})
    grant: dict[str, Any] = {"plant": "us_oxide", "instrument": "grant", "programme": "us_pot", "max_musd": None}
    grant |= {"max_share_of_capex": 0.5, "source": "judgement", "grade": "judgement"}
    case = case.replace(tables={"support": [grant]})
    money = pd.DataFrame([["us_oxide", 2027, "grant", "us_pot", 6.0]], columns=MONEY)
    plants, items = judged(Outlook(case, two_prices(case)), award(60.0), money)
    row = plants.iloc[0]
    assert (row["unaided_paths_share"], row["stopped_by"], row["short_by_musd"]) == (0.5, "downside", pytest.approx(10))
    assert row["outlay_musd"] == pytest.approx(0.5 * 26 - 0.5 * 24)
    assert row["needed_outlay_musd"] == pytest.approx(13.0)
    assert row["deadweight_musd"] == pytest.approx(-12.0)
    assert row["deadweight_of_outlay_share"] == pytest.approx(-12.0)
    assert (row["needless_paid_musd"], row["needless_returned_musd"]) == pytest.approx((0.0, 12.0))
    # With support it makes −40 + 26 = −14 or 40 − 24 = 16 musd: 1 on average. It may lose (60 − 6)/2 = 27, so 13 less:
    # 1 musd for certain could be taken from it.
    assert row["expected_npv_musd"] == pytest.approx(1.0)
    assert row["beyond_need_musd"] == pytest.approx(1.0)
    by_item = items.set_index("item")["deadweight_musd"]
    assert (by_item["oxide_floor"], by_item["grant"]) == pytest.approx((-15.0, 3.0))


def test_a_plant_that_runs_anyway_is_all_deadweight() -> None:
    case = two_price_case()
    running = award(60.0).assign(plant="old", route="running", expected_payment_musd=7.0)
    plants, items = judged(Outlook(case, two_prices(case)), running, pd.DataFrame([], columns=MONEY))
    assert (plants["deadweight_musd"].iloc[0], plants["unaided_paths_share"].iloc[0]) == (7.0, 1.0)
    assert items["needed_musd"].sum() == 0.0


@pytest.mark.parametrize("budget", [0.0, 150.0, 500.0])
def test_items_sum_to_the_outlay_of_the_plan(budget: float) -> None:
    pots = [{**row, "budget_musd": budget} for row in small_tables()["programmes"]]
    case = small_case(tables={"programmes": pots})
    found = additionality(case)
    solution = LiveCase(case).solve(case, baseline=False)
    total = solution.tables["breakdown"].set_index("term")["unweighted_musd"]["net_outlay"]
    items = found.tables["outlays"]
    assert items["outlay_musd"].sum() == pytest.approx(total, abs=1e-6)
    parts = items[["deadweight_musd", "needed_musd", "stock_musd"]].to_numpy().sum()
    assert parts == pytest.approx(total, abs=1e-6)
    assert set(found.table["plant"]) == set(solution.tables["awards"]["plant"])


def test_figures_of_the_plan_are_those_of_its_tables() -> None:
    case = read_case("mp-materials").set("scenarios.paths", 64).set("scenarios.futures", 2)
    found = additionality(case)
    awards = LiveCase(case).solve(case, baseline=False).tables["awards"].set_index("plant")
    rows = found.table.set_index("plant")
    candidates = rows[rows["route"] == "supported"]
    for plant, row in candidates.iterrows():
        money = awards.loc[[plant], "expected_payment_musd"].to_numpy().sum()
        mine = found.tables["outlays"].query("plant == @plant and instrument in ('floor', 'cfd', 'collar', 'purchase')")
        assert mine["outlay_musd"].sum() == pytest.approx(money)
        assert 0.0 <= row["unaided_paths_share"] <= 1.0
        assert row["beyond_need_musd"] >= -1e-5
        assert row["needless_paid_musd"] - row["needless_returned_musd"] == pytest.approx(row["deadweight_musd"])


def test_items_that_do_not_add_up_are_refused() -> None:
    solution = LiveCase(small_case()).solve(baseline=False)
    with pytest.raises(ReconciliationError, match="items of outlay"):
        _reconcile(pd.DataFrame({"outlay_musd": [1e6]}), solution)
