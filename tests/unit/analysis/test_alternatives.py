"""Near-optimal plans of a case worked out by hand (``twins.py``): every range, verdict and bound is known."""

from __future__ import annotations

from functools import lru_cache

import pytest

from optimizer import SettingError, alternatives
from optimizer.analysis import Analysis, read_analysis
from optimizer.analysis.near_optimal.study import Study
from tests.unit.analysis.twins import BEST, BOTH, twins

TWINS = {"twin_us", "twin_japan"}


@lru_cache(maxsize=4)
def asked(within: float) -> Analysis:
    """The answer for the twins."""
    return alternatives(twins(), within=within)


def built(analysis: Analysis) -> dict[str, set[str]]:
    """Plan → plants built."""
    awards = analysis.tables["awards"]
    return {str(plan): set(rows["plant"]) for plan, rows in awards.groupby("plan")}


def verdicts(analysis: Analysis) -> dict[str, str]:
    """Plant → verdict."""
    return dict(zip(analysis.tables["choices"]["plant"], analysis.tables["choices"]["verdict"], strict=True))


def test_both_twins_are_alternatives_and_the_smelter_is_must_have() -> None:
    analysis = asked(0.02)
    # 2 % of 318 is 6.36: a second twin (30 more) and no twin (120 more) are out of reach, the other twin costs nothing.
    assert analysis.run["limit_musd"] == pytest.approx(1.02 * BEST)
    plans = built(analysis)
    assert {frozenset(plants) for plants in plans.values()} == {frozenset({"smelter", twin}) for twin in TWINS}
    assert plans["most different 1"] == {"smelter", *TWINS} - (plans["best plan"] & TWINS)
    assert verdicts(analysis) == {"twin_us": "free", "twin_japan": "free", "smelter": "must-have at any cost"}
    choices = analysis.tables["choices"].set_index("plant")
    for twin in TWINS:
        assert choices.loc[twin, "otherwise_musd"] == pytest.approx(0.0, abs=1e-3)
        assert choices.loc[twin, "in_some_plan"]
        assert not choices.loc[twin, "in_every_plan"]
    assert choices.loc["smelter", "in_every_plan"]
    number = analysis.tables["ranges"].set_index("kind").loc["plants"]
    assert [number[c] for c in ("lowest", "highest", "lowest_bound", "highest_bound")] == [2.0, 2.0, 2.0, 2.0]
    assert any("Must-have, proved: smelter" in words for words in analysis.findings)
    assert any("other choices of plants and contracts" in words for words in analysis.findings)


def test_a_wider_limit_lets_in_both_twins_at_once() -> None:
    # 10 % of 318 is 31.8: both twins, for 30 more, and still not none, for 120 more.
    analysis = asked(0.10)
    number = analysis.tables["ranges"].set_index("kind").loc["plants"]
    assert [number[c] for c in ("lowest", "highest", "lowest_bound", "highest_bound")] == [2.0, 3.0, 2.0, 3.0]
    both = analysis.table.set_index("plan").loc["most different 2"]
    assert built(analysis)["most different 2"] == {"smelter", *TWINS}
    assert both["cost_musd"] == pytest.approx(BOTH)
    assert both["extra_cost_share"] == pytest.approx(30.0 / 318.0)
    # Unlike the plan of either twin it has one plant more.
    assert both["value"] == both["bound"] == 1.0


def test_nothing_replaces_what_costs_more_than_the_limit_to_do_without() -> None:
    # A smelter that may be done without, for a shortage at 2,000 USD/kg: 3 × 0.1 × 2,000 = 600 more, 18 of cost saved.
    case = twins(metal_served=False, metal_shortage=2000.0)
    analysis = alternatives(case, within=0.02, toward=["fewest-plants"])
    # Best: 280 + 200 (2026) + 18 = 498; without the smelter 280 + 800 = 1,080: 582 more.
    assert analysis.table["cost_musd"][0] == pytest.approx(498.0)
    smelter = analysis.tables["choices"].set_index("plant").loc["smelter"]
    assert smelter["verdict"] == "must-have"
    assert smelter["otherwise_musd"] == pytest.approx(582.0)
    assert smelter["otherwise_least_musd"] == pytest.approx(582.0, rel=1e-4)
    assert any("costs at least 582.0 musd more" in words for words in analysis.findings)


def test_going_without_is_no_way_to_buy_less() -> None:
    # In 2026 magnets for 1 kt × 100 are bought from china and metal of 0.1 kt × 500 is short: 150. No plan can change
    # that; to go without the magnets would only move 100 from bought to short. At a premium p the cheapest plan costs
    # 318 + 150 p, so the bound is 150 - (limit - 318) / p. Premiums of 0.1 × 3^n are tried until it is within 1 %.
    analysis = asked(0.02)
    row = analysis.table.set_index("plan").loc["least from china"]
    assert row["value"] == pytest.approx(150.0)
    assert row["bound"] == pytest.approx(150.0 - 6.36 / 8.1, abs=1e-3)
    assert any("no plan within the limit was found with less" in words for words in analysis.findings)
    # Not for a limit either that would pay for going without: 1 kt × (300 - 100) = 200 more.
    wide = alternatives(twins(), within=0.70, toward=["least-from-origin"], ranges=False).table.set_index("plan")
    assert wide.loc["least from china", "value"] == pytest.approx(150.0)
    assert wide.loc["least from china", "shortage_musd"] == pytest.approx(20.0)


def test_a_plant_is_backed_to_buy_less_if_the_limit_pays_for_it() -> None:
    # Imports at 55 a year: none of the twins is worth its cost. Best: 4 × 55 + 38 = 258, and 4 × 100 + 50 = 450 bought
    # or short. With one twin 55 + 180 + 38 = 273, which is 15 more, and 100 + 50 = 150.
    case = twins(china_price_factor=0.55)
    enough = alternatives(case, within=0.10, toward=["least-from-origin"], ranges=False)
    row = enough.table.set_index("plan").loc["least from china"]
    assert enough.table["cost_musd"][0] == pytest.approx(258.0)
    assert row["extra_cost_musd"] == pytest.approx(15.0)
    assert row["value"] == pytest.approx(150.0)
    assert row["plants_in"] in TWINS
    assert any("Bought there are 100 musd instead of 400" in words for words in enough.findings)
    # 5 % are 12.9: too little. On the hull between (258, 450) and (273, 150) they would buy 300 × 12.9 / 15 = 258 less.
    short = alternatives(case, within=0.05, toward=["least-from-origin"], ranges=False)
    row = short.table.set_index("plan").loc["least from china"]
    assert row["value"] == pytest.approx(450.0)
    assert 180.0 < row["bound"] <= 192.0 + 1e-6


def test_share_of_one_country_is_the_best_ratio_there_is() -> None:
    # Smelter (50, us) with the twin of japan (100): two thirds in japan. With both twins it is less, 100 of 250.
    analysis = alternatives(twins(), within=0.10, toward=["most-in-japan", "most-in-us"], ranges=False)
    rows = analysis.table.set_index("plan")
    assert rows.loc["most in japan", "value"] == pytest.approx(2.0 / 3.0)
    assert rows.loc["most in us", "value"] == pytest.approx(1.0)
    assert 2.0 / 3.0 <= rows.loc["most in japan", "bound"] <= 1.0


def test_no_room_gives_the_best_plan() -> None:
    analysis = asked(0.0)
    assert analysis.table["cost_musd"].to_numpy() == pytest.approx(BEST)
    assert all(len(plants) == 2 for plants in built(analysis).values())


def test_what_time_does_not_allow_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_late(*_: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(Study, "most_different", too_late)
    analysis = alternatives(twins(), time_limit=77.0, different=1)
    assert analysis.tables["alternatives"]["plan"][0] == "best plan"
    said = "Time was up after 77 s; not asked, or not finished: most different 1."
    assert any(words.startswith(said) for words in analysis.findings)
    asked_about = set(analysis.tables["choices"]["verdict"])
    assert asked_about <= {"not asked", "free", "must-have at any cost"}


def test_an_answer_is_read_back(tmp_path: object) -> None:
    analysis = asked(0.02)
    folder = f"{tmp_path}/answer"
    analysis.write(folder)
    back = read_analysis(folder)
    assert back.findings == analysis.findings
    assert list(back.tables) == ["alternatives", "choices", "ranges", "awards", "supply"]
    assert back.tables["choices"].equals(analysis.tables["choices"])


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(SettingError, match=r"within is -0\.1; allowed are shares from 0 to 1"):
        alternatives(twins(), within=-0.1)
    with pytest.raises(SettingError, match=r"toward 'fewest-plant' is no direction. Did you mean 'fewest-plants'"):
        alternatives(twins(), toward=["fewest-plant"])
    with pytest.raises(SettingError, match="toward 'most-in-china' is no direction"):
        alternatives(twins(), toward=["most-in-china"])
    with pytest.raises(SettingError, match="-1 most different plans"):
        alternatives(twins(), different=-1)
