"""Shadow prices worked out on paper: a pot that binds, capacity, demand, and plants chosen anew beside them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer import solve
from optimizer.analysis import shadow_prices
from optimizer.analysis.answer import Analysis
from optimizer.data import Case
from optimizer.errors import SettingError
from optimizer.scenarios import Draws
from tests.small_case import small_case
from tests.unit.analysis.mine_or_imports import JUDGED, tables
from tests.unit.analysis.mine_or_imports import settings as hand_settings
from tests.unit.analysis.newsvendor import EMBARGO, newsvendor
from tests.unit.instance.hand_case import calm, flat_paths, futures_of, mine

SLOPE = (238.0 - 63.0) / 2.0
"""musd that a kt of stock saves if calm and embargo are as likely (see ``newsvendor``)."""
PRICE = SLOPE / 50.0
"""A kt is bought for 50 musd, so this is what a musd of the pot saves, as long as it buys stock: 1.75."""


def draws(case: Case) -> Draws:
    """Calm, or an embargo in 2028, each as likely."""
    gone = np.array([0.0, 0.0, 1.0, 0.0])
    embargo = calm(case, name="embargo", weight=0.5, withheld={EMBARGO: gone}, disrupted=gone)
    return Draws(flat_paths(50.0), futures_of(calm(case, weight=0.5), embargo), 1, ())


def priced(budget: float, *, exact: bool = False, step: float | None = None) -> Analysis:
    """Prices of the newsvendor's case with so much in its pot, musd."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("optimizer.analysis.marginal.analysis.draw", draws)
        return shadow_prices(newsvendor().set("programmes.pot.budget_musd", budget), exact=exact, step_musd=step)


@pytest.fixture(scope="module")
def short_of_money() -> Analysis:
    """20 musd in the pot, which buy 0.4 kt of the 1 kt that may be bought."""
    return priced(20.0, exact=True)


def test_a_pot_that_binds(short_of_money: Analysis) -> None:
    # 20 / 50 = 0.4 kt. The next 30 musd buy 0.6 kt more and save 1.75 each, 52.5 in all; then no more may be bought,
    # and k musd save 52.5 / k each, within 5 % of 1.75 up to k = 30 / 0.95. All 20 musd may go at the same price.
    row = short_of_money.tables["pots"].iloc[0]
    assert (row["programme"], row["limit"], row["year"]) == ("pot", "budget", None)
    assert row["size_musd"] == pytest.approx(20.0)
    assert row["used_musd"] == pytest.approx(20.0)
    assert row["saving_per_next_musd"] == pytest.approx(PRICE)
    assert row["cost_per_last_musd"] == pytest.approx(PRICE)
    assert row["holds_up_musd"] == pytest.approx(30.0 / 0.95, rel=1e-5)
    assert row["holds_down_musd"] == pytest.approx(20.0, rel=1e-5)
    assert row["most_saved_musd"] == pytest.approx(52.5)
    # What a kt costs: 51 to buy, and 2 or 1 of holding in calm or embargo, so 52.5; outlay 0.2 × 50; shortage −300 / 2.
    parts = [row[f"{kind}_saved_per_musd"] for kind in ("resource", "shortage", "outlay", "other")]
    assert parts == pytest.approx([-52.5 / 50.0, 150.0 / 50.0, -0.2, 0.0], abs=1e-6)
    assert any("The next 1 musd in pot saves 1.75 musd" in words for words in short_of_money.findings)


def test_capacity_and_routes(short_of_money: Analysis) -> None:
    # The mine is not built; a tonne of it, free of charge, would make oxide at 60 in 2028 and 2029. Imports cost 51,
    # so that is worth nothing but in the embargo of 2028, with 0.6 kt still short: 300 − 60 = 240, so 120 on average.
    row = short_of_money.tables["plants"].iloc[0]
    assert (row["plant"], row["status"]) == ("mine", "not in the plan")
    assert (row["first_year"], row["last_year"]) == (2028, 2029)
    assert row["one_more_musd_per_kt"] == pytest.approx(120.0)
    assert row["one_more_usd_per_kg"] == pytest.approx(60.0)
    # There is no tonne to lose, and no dual where there is nothing.
    assert row[["one_less_usd_per_kg", "expected_usd_per_kg", "calm_usd_per_kg"]].isna().all()
    # A tonne that still gets through in the embargo costs 51 and saves 300: 249, half as likely, in one year of four.
    lane = short_of_money.tables["lanes"].iloc[0]
    assert lane["embargo_usd_per_kg"] == pytest.approx(249.0)
    assert lane["expected_usd_per_kg"] == pytest.approx(249.0 / 2.0 / 4.0)


def test_capacity_of_a_running_mine() -> None:
    # 625 t/yr at 80 % make 0.5 kt at 20 USD/kg, and 0.4 kt are in stock: 0.1 kt is short in the embargo. A tonne more
    # spares an import at 51, or a shortage at 300: 31 or 280. In 2028 (31 + 280) / 2 = 155.5, in other years 31.
    old = {"status": "operating", "capex_musd": 0.0, "build_years": 0, "start_years": (2020,), "life_years": 15}
    running = mine(**old, capacity_t_per_year=625.0)
    case = newsvendor().set("programmes.pot.budget_musd", 20.0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("optimizer.analysis.marginal.analysis.draw", draws)
        rows = [{**dict(case.rows("plants")[0]), **running}]
        found = shadow_prices(case.replace(tables={"plants": rows}))
    row = found.tables["plants"].iloc[0]
    assert row["status"] == "running"
    assert row["calm_usd_per_kg"] == pytest.approx(31.0)
    assert row["embargo_usd_per_kg"] == pytest.approx(280.0)
    assert row["expected_usd_per_kg"] == pytest.approx((3 * 31.0 + 155.5) / 4.0)
    for column in ("one_more_musd_per_kt", "one_less_musd_per_kt"):
        assert row[column] == pytest.approx(3 * 31.0 + 155.5)


def test_demand(short_of_money: Analysis) -> None:
    # A tonne more is imported at 51, or short at 300 in the embargo of 2028.
    years = short_of_money.tables["demand_years"].set_index("year")
    assert years["expected_usd_per_kg"].tolist() == pytest.approx([51.0, 51.0, (51.0 + 300.0) / 2.0, 51.0])
    assert years["calm_usd_per_kg"].tolist() == pytest.approx([51.0] * 4)
    assert years.loc[2028, "embargo_usd_per_kg"] == pytest.approx(300.0)
    assert years["embargo_usd_per_kg"].drop(2028).isna().all()
    row = short_of_money.tables["demand"].iloc[0]
    assert row["one_more_musd_per_kt"] == pytest.approx(3 * 51.0 + 175.5)
    assert row["one_less_musd_per_kt"] == pytest.approx(3 * 51.0 + 175.5)


def test_plans_chosen_anew_agree_where_nothing_whole_changes(short_of_money: Analysis) -> None:
    # A tenth of 20 musd either way buys or gives up 0.04 kt: 2 × 1.75 = 3.5 musd.
    exact = short_of_money.tables["exact"]
    assert exact["step_musd"].tolist() == pytest.approx([2.0, -2.0])
    assert exact["finding"].tolist() == ["saves", "costs"]
    for column in ("price_says_musd", "plan_saves_musd"):
        assert exact[column].tolist() == pytest.approx([2.0 * PRICE, -2.0 * PRICE], rel=1e-6)
    # The gaps leave an interval around what was found.
    assert (exact["least_saved_musd"] <= exact["plan_saves_musd"] + 1e-9).all()
    assert (exact["plan_saves_musd"] <= exact["most_saved_musd"] + 1e-9).all()


@settings(max_examples=12, deadline=None)
@given(st.floats(1.0, 49.0) | st.floats(51.0, 500.0))
def test_a_pot_is_worth_something_only_if_it_binds(budget: float) -> None:
    # 50 musd buy all that may be bought; a pot with more has slack.
    row = priced(budget).tables["pots"].iloc[0]
    binds = budget < 50.0
    assert row["used_musd"] == pytest.approx(min(budget, 50.0))
    assert row["saving_per_next_musd"] == pytest.approx(PRICE if binds else 0.0)
    assert (row["cost_per_last_musd"] > 0.0) == binds
    assert row["most_saved_musd"] == pytest.approx(PRICE * (50.0 - budget) if binds else 0.0, abs=1e-3)


def test_the_price_has_a_step_where_the_last_stock_is_bought() -> None:
    # At 50 musd all 1 kt is bought: the last musd saved 1.75, the next one buys nothing.
    row = priced(50.0).tables["pots"].iloc[0]
    assert row["saving_per_next_musd"] == pytest.approx(0.0, abs=1e-7)
    assert row["cost_per_last_musd"] == pytest.approx(PRICE)
    assert row["holds_down_musd"] == pytest.approx(50.0, rel=1e-5)


def dear_mine(budget: float) -> Case:
    """The mine for 100 musd, with a grant from a pot of so much, and freight of 40 USD/kg."""
    rows = tables(capex_musd=100.0, capex_musd_low=None, capex_musd_high=None, merchant_share=1.0)
    freight = {"freight_usd_per_kg": 40.0, "freight_usd_per_kg_low": None, "freight_usd_per_kg_high": None}
    rows["lanes"] = [{**rows["lanes"][0], **freight}]
    pot = {"programme": "pot", "name": "Pot", "government": "us", "budget_musd": budget, "contract_scoring": "expected"}
    rows["programmes"] = [{**pot, "first_year": 2026, "last_year": 2029, "yearly_cap_musd": None, **JUDGED}]
    wide = {"region": "any", "stage": "any", "plant": "any"}
    rows["eligibility"] = [{"programme": "pot", "instrument": "grant", **wide, **JUDGED}]
    grant = {"plant": "mine", "instrument": "grant", "programme": "pot", "max_musd": None, "max_share_of_capex": 0.5}
    rows["support"] = [{**grant, **JUDGED}]
    return Case.from_tables(hand_settings(), rows)


def test_plans_chosen_anew_show_what_no_price_can() -> None:
    # Unaided the mine makes 3 × (50 − 20) − 100 = −10 musd: it needs a grant of 10, and there are 9. Imports cost
    # 4 × (30 + 40) = 280; with the mine, 70 + 3 × 20 + 100 + 0.2 × 10 = 232. The plan without it has no use for money,
    # so the price is nothing; 2 musd more pay for the mine and save 48. With 2 less nothing changes.
    found = shadow_prices(dear_mine(9.0), exact=True, step_musd=2.0)
    row = found.tables["pots"].iloc[0]
    assert row["saving_per_next_musd"] == 0.0
    assert row["most_saved_musd"] == 0.0
    more, less = (found.tables["exact"].iloc[i] for i in (0, 1))
    assert more["price_says_musd"] == 0.0
    assert more["plan_saves_musd"] == pytest.approx(48.0, abs=1e-3)
    assert more["least_saved_musd"] <= 48.0 <= more["most_saved_musd"] + 1e-6
    assert (more["finding"], more["plants_in"], more["plants_out"]) == ("saves", "mine", "")
    assert less["finding"] == "no finding: within the gaps"
    assert less["plan_saves_musd"] == pytest.approx(0.0, abs=1e-3)


def test_money_that_the_plan_cannot_do_without() -> None:
    # With 20 musd the mine has its grant of 10. Half of them are idle; with less than 10 this plan cannot be had.
    row = shadow_prices(dear_mine(20.0)).tables["pots"].iloc[0]
    assert row["used_musd"] == pytest.approx(10.0, abs=1e-4)
    assert row["saving_per_next_musd"] == 0.0
    assert row["needed_musd"] == pytest.approx(10.0, abs=1e-3)


def test_finite_differences_of_whole_solves() -> None:
    # The newsvendor's plan has no whole decision that changes: solved anew a little above and below, costs differ by
    # the price.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("optimizer.api.draw", draws)
        costs = [solve(newsvendor().set("programmes.pot.budget_musd", b)).objective_musd for b in (19.5, 20.0, 20.5)]
    assert costs[1] == pytest.approx(328.5 - 0.4 * SLOPE)
    assert np.diff(costs).tolist() == pytest.approx([-0.5 * PRICE, -0.5 * PRICE])


def test_prices_of_a_drawn_case_are_never_negative() -> None:
    found = shadow_prices(small_case())
    pots, plants, lanes = (found.tables[name] for name in ("pots", "plants", "lanes"))
    assert (pots[["saving_per_next_musd", "cost_per_last_musd"]] >= 0.0).all(axis=None)
    # A convex value: the last musd saved at least what the next one saves.
    assert (pots["cost_per_last_musd"] >= pots["saving_per_next_musd"] - 1e-6).all()
    slack = pots["used_musd"] < pots["size_musd"] - 1e-6
    assert (pots.loc[slack, ["saving_per_next_musd", "cost_per_last_musd"]] == 0.0).all(axis=None)
    assert (plants["one_more_usd_per_kg"] >= -1e-9).all()
    assert (lanes["one_more_usd_per_kg"] >= -1e-9).all()
    # A tonne more demanded costs no more than its shortage.
    demand = found.tables["demand"]
    assert (demand["one_more_usd_per_kg"] <= demand["shortage_cost_usd_per_kg"] + 1e-6).all()


@pytest.mark.parametrize("step", [0.0, -1.0, float("nan"), float("inf")])
def test_steps_that_move_nothing_are_refused(step: float) -> None:
    with pytest.raises(SettingError, match="Give one above 0"):
        shadow_prices(small_case(), exact=True, step_musd=step)
