"""Near-optimal plans of a case worked out by hand (``twins.py``): every range, verdict and bound is known."""

from __future__ import annotations

from functools import lru_cache

import pytest

from optimizer import SettingError, alternatives
from optimizer.analysis import Analysis, read_analysis
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


def test_purchases_are_bounded_by_the_price_of_doing_without() -> None:
    # Of the 100 bought from china in 2026, what is left out is short at 300 instead of bought at 100 a kt: 200 more a kt.
    # The 6.36 of the limit would do without 0.0318 kt, that is 3.18 of the 100. But plans on the convex hull buy all or,
    # from a premium of 2 on, nothing: so 100 is found, and the bound is at most 96.82. The largest premium tried below
    # 2 gives (318 + 100 p - 324.36) / p: at the worst, p = 0.9, it is 92.93.
    analysis = asked(0.02)
    row = analysis.table.set_index("plan").loc["least from china"]
    assert row["value"] == pytest.approx(100.0)
    assert 92.9 < row["bound"] <= 96.82 + 1e-6
    assert any("none buys less than" in words for words in analysis.findings)


def test_a_plan_that_buys_less_uses_up_the_limit_or_stays_on_the_hull() -> None:
    # With 40 % more to spend (127.2), no purchases at all cost 200 more: still too much; with 70 % (222.6) they do not.
    less = alternatives(twins(), within=0.40, toward=["least-from-origin"], ranges=False).table.set_index("plan")
    none = alternatives(twins(), within=0.70, toward=["least-from-origin"], ranges=False).table.set_index("plan")
    assert less.loc["least from china", "value"] == pytest.approx(100.0)
    assert none.loc["least from china", "value"] == pytest.approx(0.0, abs=1e-6)
    assert none.loc["least from china", "extra_cost_musd"] == pytest.approx(200.0)
    assert none.loc["least from china", "shortage_musd"] == pytest.approx(20.0 + 300.0)
    assert none.loc["least from china", "origin_calm_share"] == 0.0


def test_share_of_one_country_is_the_best_ratio_there_is() -> None:
    # Smelter (50, us) with the twin of japan (100): two thirds in japan. With both twins it is 100 of 250, which is less.
    analysis = alternatives(twins(), within=0.10, toward=["most-in-japan", "most-in-us"], ranges=False)
    rows = analysis.table.set_index("plan")
    assert rows.loc["most in japan", "value"] == pytest.approx(2.0 / 3.0)
    assert rows.loc["most in us", "value"] == pytest.approx(1.0)
    assert 2.0 / 3.0 <= rows.loc["most in japan", "bound"] <= 1.0


def test_no_room_gives_the_best_plan() -> None:
    analysis = asked(0.0)
    assert analysis.table["cost_musd"].to_numpy() == pytest.approx(BEST)
    assert all(len(plants) == 2 for plants in built(analysis).values())


def test_what_time_does_not_allow_is_named() -> None:
    analysis = alternatives(twins(), time_limit=0.2, different=30)
    assert analysis.tables["alternatives"]["plan"][0] == "best plan"
    assert any(words.startswith("Time was up after 0.2 s") for words in analysis.findings)
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
    with pytest.raises(SettingError, match="within is -0.1; allowed are shares from 0 to 1"):
        alternatives(twins(), within=-0.1)
    with pytest.raises(SettingError, match=r"toward 'fewest-plant' is no direction. Did you mean 'fewest-plants'"):
        alternatives(twins(), toward=["fewest-plant"])
    with pytest.raises(SettingError, match="toward 'most-in-china' is no direction"):
        alternatives(twins(), toward=["most-in-china"])
    with pytest.raises(SettingError, match="-1 most different plans"):
        alternatives(twins(), different=-1)
