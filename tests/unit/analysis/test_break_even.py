"""What candidates need and are worth: on paper for one plant under two prices, and beside full solves."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from optimizer import breakeven, solve
from optimizer.analysis import read_analysis
from optimizer.analysis.alone import Outlook
from optimizer.analysis.break_even.curves import curves
from optimizer.analysis.break_even.needs import Need, needs, replacements
from optimizer.analysis.break_even.worth import pot_strike, worth_strike
from optimizer.data import Case
from optimizer.engine import Solved
from optimizer.engine.form import StandardForm
from optimizer.engine.oracles.cuts import Cut
from optimizer.engine.progress import Progress
from optimizer.errors import SettingError, SolverError
from tests.small_case import small_case, small_tables
from tests.unit.analysis.two_prices import two_price_case, two_prices


def need_of(case: Case) -> tuple[Outlook, Need]:
    outlook = Outlook(case, two_prices(case))
    return outlook, needs(outlook, "us_oxide", list(case.rows("contracts")))[0]


def test_what_one_plant_needs_on_paper() -> None:
    # It needs 55 (see test_alone); the menu offers 60, 70, …, 100. At 100 the floor pays 2 × 50 at the low price: a
    # tenth of the output brings the 10 musd that are missing, and one year is enough. At 60 it pays 2 × 10: half of it.
    _, need = need_of(two_price_case())
    assert [need.strike.amount, need.tick] == pytest.approx([55.0, 60.0])
    assert need.shares == {"top": pytest.approx(0.1), "tick": pytest.approx(0.5)}
    assert need.tenors == {"top": 1.0, "tick": 1.0}
    assert need.stops == "downside"
    assert need.tonnes == pytest.approx(1000.0)


def test_a_menu_that_stops_below_the_need_is_carried_on() -> None:
    # A menu of 40 and 50 USD/kg; the next ticks are 60, which will do, and so on.
    case = two_price_case(contract={"strike_min_usd_per_kg": 40.0, "strike_max_usd_per_kg": 50.0})
    _, need = need_of(case)
    assert [need.strike.amount, need.tick] == pytest.approx([55.0, 60.0])
    assert need.shares["top"] is None


def test_the_strike_that_a_value_pays_for() -> None:
    # From 50 to 90 a floor costs 2 × (K − 50) at the low price alone, K − 50 on average. 3 musd of value at a weight of
    # 0.2 pay for 15 musd: K = 65. Above 90 it pays at both prices: 2K − 140, so 60 musd reach K = 100.
    _, need = need_of(two_price_case())
    assert worth_strike(need, 3.0, 0.2) == pytest.approx(65.0)
    assert worth_strike(need, 12.0, 0.2) == pytest.approx(100.0)
    assert math.isnan(worth_strike(need, -1.0, 0.2))
    assert math.isnan(worth_strike(need, 3.0, 0.0))


def test_a_two_way_contract_may_be_worth_it_where_the_plant_is_not() -> None:
    # It costs 2K − 140 on average: at 65 it brings 10 musd, 2 at a weight of 0.2, which makes up for a loss of 2.
    _, need = need_of(two_price_case(contract={"form": "cfd"}))
    assert worth_strike(need, -2.0, 0.2) == pytest.approx(65.0)


def test_the_strike_that_uses_up_a_pot() -> None:
    # 15 musd: K = 65 if the expected 15 are scored, and 57.5 if the worse half or the worst path, 2 × (K − 50), is.
    _, need = need_of(two_price_case())
    assert pot_strike(need, 15.0, "expected", 0.5) == pytest.approx(65.0)
    assert pot_strike(need, 15.0, "cvar", 0.5) == pytest.approx(57.5)
    assert pot_strike(need, 15.0, "worst", 0.5) == pytest.approx(57.5)


def test_curves_on_paper() -> None:
    _, need = need_of(two_price_case())
    frame = pd.DataFrame(curves(need)).set_index(["curve", "x"])["strike_usd_per_kg"]
    # A grant g: 40 − g − 2 (K − 50) may be lost and (60 − g)/2 is accepted: K = 55 − g/4, so nothing is paid at 20.
    for grant in (0.0, 5.0, 10.0, 15.0):
        assert frame["grant", grant] == pytest.approx(55.0 - grant / 4.0)
    assert frame["grant", 20.0] == 0.0
    # A multiple m of the limit: 40 − 2 (K − 50) ≤ 30 m, so K = 70 − 15 m, and nothing from 4/3 on.
    assert frame["loss_limit", 0.5] == pytest.approx(62.5)
    assert frame["loss_limit", 1.5] == 0.0
    # A tail of 1 − a < 1/2 is the low price alone; of the wider half-and-half the strike is the same as at 0.5.
    assert frame["sponsor_tail", 0.9] == frame["sponsor_tail", 0.5] == pytest.approx(55.0)


def test_replacements_on_paper() -> None:
    # A grant of 20 or common equity of all 60 (see test_alone); neither is on offer, and no terms of a loan are stated.
    outlook, need = need_of(two_price_case())
    rows = {row["instrument"]: row for row in replacements(outlook, "us_oxide", need, ("grant", "equity", "loan"))}
    assert rows["grant"]["amount_musd"] == pytest.approx(20.0)
    assert rows["equity"]["amount_musd"] == pytest.approx(60.0)
    assert math.isnan(rows["loan"]["amount_musd"])
    assert "no terms of a loan" in rows["loan"]["reason"]
    assert rows["grant"]["reason"] == "enough, but not on offer to it"
    # In expectation the grant costs its face, the equity nothing, and the floor at 55 five musd.
    assert (rows["grant"]["outlay_musd"], rows["equity"]["outlay_musd"]) == pytest.approx((20.0, 0.0))
    assert rows["grant"]["contract_outlay_musd"] == pytest.approx(5.0)


def one_contract(strike: float | None = None) -> Case:
    """The small case with the two-way contract of its magnet plant alone, at one strike if given.

    The plant needs no oxide, and what is not delivered costs little, so that it is worth something but not everything.
    """
    contract = next(row for row in small_tables()["contracts"] if row["contract"] == "magnet_cfd")
    if strike is not None:
        contract |= {"strike_min_usd_per_kg": strike, "strike_max_usd_per_kg": strike}
    support = [row for row in small_tables()["support"] if row["instrument"] == "debt"]
    pots = [{**row, "budget_musd": 5000.0} for row in small_tables()["programmes"]]
    plants = [{**row, "profit_cap_share": None} for row in small_tables()["plants"]]
    plants[1]["opex_usd_per_kg"] = 45.0
    demand = [{**row, "shortage_cost_usd_per_kg": 60.0} for row in small_tables()["demand"]]
    tables = {"contracts": [contract], "support": support, "programmes": pots, "plants": plants, "demand": demand}
    return small_case(tables={**tables, "recipes": []})


def in_plan(case: Case, plant: str) -> bool:
    return plant in set(solve(case, gap=1e-7, verify=False).tables["awards"]["plant"])


def test_a_plant_enters_between_the_strike_it_needs_and_the_one_it_is_worth() -> None:
    found = breakeven(one_contract().set("solve.gap", 1e-6), plant="us_magnet")
    row = found.table.iloc[0]
    needed, worth = row["needs_strike_usd_per_kg"], row["worth_strike_usd_per_kg"]
    assert needed < worth
    for strike, entered in ((needed - 0.05, False), (needed + 0.05, True), (worth - 0.05, True), (worth + 0.05, False)):
        assert in_plan(one_contract(round(strike, 2)), "us_magnet") == entered, strike


def test_the_value_is_what_a_plan_saves_before_the_contract_is_paid_for() -> None:
    # Both plans by the one-model method: without the plant, and with it at 60 USD/kg, its payments taken out again.
    case = one_contract().set("solve.gap", 1e-6)
    row = breakeven(case, plant="us_magnet").table.iloc[0]
    given = solve(one_contract(60.0), gap=1e-7, method="extensive", verify=False)
    oxide = [plant for plant in case.rows("plants") if plant.plant == "us_oxide"]
    debt = [each for each in case.rows("support") if each.plant == "us_oxide"]
    alone = case.replace(tables={"plants": oxide, "contracts": [], "support": debt})
    without = solve(alone, gap=1e-7, method="extensive", verify=False)
    paid = given.tables["awards"].set_index("plant")["expected_payment_musd"]["us_magnet"]
    weight = case.settings.objective.effective_weights.outlay
    saved = without.objective_musd - (given.objective_musd - weight * paid)
    assert row["value_musd"] == pytest.approx(saved, abs=0.05)
    assert row["value_least_musd"] <= row["value_musd"] <= row["value_most_musd"]


def test_every_candidate_has_a_row_and_every_solve_its_gap(tmp_path: object) -> None:
    case = small_case()
    stages = list[Progress]()
    found = breakeven(case, progress=stages.append)
    assert set(found.table["plant"]) == {"us_oxide", "us_magnet"}
    assert found.table[["verdict", "why"]].notna().all(axis=None)
    assert found.solves["gap"].max() <= case.settings.solve.gap
    assert {stage.stage for stage in stages} >= {"searching for the best plan"} | set(found.solves["question"][1:])
    assert set(found.tables) == {"breakeven", "curves", "replacements"}
    found.write(f"{tmp_path}/answer")
    assert read_analysis(f"{tmp_path}/answer").findings == found.findings


def test_what_is_known_is_kept_when_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    from optimizer.analysis.break_even import worth

    def late(*_: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(worth.Worths, "of", late)
    found = breakeven(small_case())
    assert found.table["needs_strike_usd_per_kg"].notna().any()
    assert found.table["value_musd"].isna().all()
    assert not found.interrupted
    assert found.findings[-1].startswith("Time was up before it was known what")


def test_a_solver_that_fails_on_one_question_leaves_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    from optimizer.analysis.break_even import worth

    asked = worth.Worths.of

    def failing(self: worth.Worths, plant: str) -> worth.Worth | None:
        if plant == "us_oxide":
            raise SolverError("no.")
        return asked(self, plant)

    monkeypatch.setattr(worth.Worths, "of", failing)
    found = breakeven(small_case())
    known = found.table.groupby("plant")["value_musd"].count()
    assert known["us_oxide"] == 0
    assert known["us_magnet"] > 0
    assert found.findings[-1] == "The solver failed on what concerns us_oxide: not known."


def test_a_search_that_fails_with_all_cuts_is_made_again_without(monkeypatch: pytest.MonkeyPatch) -> None:
    from optimizer.engine.variations.unaided import PlantPlans

    searched = PlantPlans._search
    refused = list[int]()

    def failing(self: PlantPlans, form: StandardForm, kept: list[Cut], rows: list[Cut]) -> Solved | None:
        if kept:
            refused.append(len(kept))
            raise SolverError("no.")
        return searched(self, form, kept, rows)

    case = small_case().set("solve.gap", 1e-6)
    expected = breakeven(case).table["value_musd"].to_numpy()
    monkeypatch.setattr(PlantPlans, "_search", failing)
    assert breakeven(case).table["value_musd"].to_numpy() == pytest.approx(expected, abs=0.05)
    assert refused


def test_a_hand_on_the_keyboard_keeps_what_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    from optimizer.analysis.break_even import worth

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(worth.Worths, "of", stopped)
    assert breakeven(small_case()).interrupted


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"plant": "us_magnets"}, "Did you mean 'us_magnet'"),
        ({"instrument": "flor"}, "Did you mean 'floor'"),
        ({"instrument": "collar"}, "no contract of the form 'collar'"),
    ],
)
def test_what_does_not_exist_is_refused(asked: dict[str, str], words: str) -> None:
    with pytest.raises(SettingError, match=words):
        breakeven(small_case(), **asked)  # type: ignore[arg-type]


def test_an_instrument_narrows_the_answer_down() -> None:
    money = breakeven(small_case(), plant="us_magnet", instrument="grant")
    assert set(money.tables["replacements"]["instrument"]) == {"grant"}
    floors = breakeven(small_case(), instrument="floor")
    assert set(floors.table["form"]) == {"floor"}
