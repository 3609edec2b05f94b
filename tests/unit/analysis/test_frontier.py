"""Frontiers: one whose slope is worked out by hand, and what holds for every one."""

from __future__ import annotations

import pytest

from optimizer import SettingError, frontier
from optimizer.analysis import Analysis
from optimizer.analysis.frontiers.measures import limited_measure, minimised_measure, regions_of
from tests.small_case import small_case, small_tables
from tests.unit.analysis.one_pot import NEEDED, one_pot

SLOPE = (98.0392 - 49.0 - 1.45673) / 48.0
"""Cost that a musd of stock saves in one_pot, without the cost of public funds."""


@pytest.mark.parametrize("x", ["outlay", "budget:us_pot"])
def test_a_trade_off_worked_out_by_hand(x: str) -> None:
    # See one_pot. Each musd saves 0.991302 musd of cost until 14.688 are spent; the pot would have 20.
    found = frontier(one_pot(20.0), x=x, y="cost", points=4, gap=1e-6)
    table = found.table
    assert len(table) == 4
    assert table["x_musd"].iloc[-1] == pytest.approx(NEEDED, abs=1e-3)
    assert table["x_musd"].iloc[0] == pytest.approx(0.0, abs=0.002 * NEEDED)
    assert table["saving_per_unit"].tolist()[:-1] == pytest.approx([SLOPE] * 3, abs=1e-4)
    assert table["saving_per_100_musd_musd"].tolist()[:-1] == pytest.approx([100.0 * SLOPE] * 3, abs=1e-2)
    assert set(table["status"]) == {"on the frontier"}
    # One rectangle is halved, then one of its halves: ends, the middle, a quarter or three quarters.
    assert min(abs(table["x_musd"] - 0.5 * NEEDED)) <= 0.01 * NEEDED


def test_a_share_limited_by_hand() -> None:
    # All of civil supply comes from China and there is no shortage: 100 %. At no more than 0 % none may come, so all
    # civil demand in 2028 (the first year that counts, by the case's own target), 4,000 × 1.05² = 4,410 t, is short at
    # 300 USD/kg in place of 49: 4.41 × 251 / 1.03² = 1,043.4 musd.
    target = {
        "target": "own", "kind": "share_limit", "region": "us", "material": "magnet", "origin": "china",
        "segment": "any", "futures": "calm", "first_year": 2028, "last_year": 2028, "level": 1.0, "mode": "priced",
        "price_usd_per_kg": 1.0, "source": "judgement", "grade": "judgement",
    }  # fmt: skip
    case = one_pot(0.0).replace(tables={"targets": [target]})
    table = frontier(case, x="share:magnet:china", y="cost", points=3, gap=1e-6).table
    assert table["x_share"].iloc[[0, -1]].tolist() == pytest.approx([0.0, 1.0], abs=1e-6)
    assert table["y_musd"].iloc[0] - table["y_musd"].iloc[-1] == pytest.approx(4.41 * 251.0 / 1.03**2, abs=1e-3)


def holds(found: Analysis) -> None:
    """What holds for every frontier."""
    table = found.table
    kept = table[table["status"] == "on the frontier"]
    x = next(name for name in table.columns if name.startswith("x_"))
    assert table[x].is_monotonic_increasing
    assert kept["y_musd"].is_monotonic_decreasing
    assert (table["y_least_musd"] <= table["y_musd"] + 1e-9).all()
    assert kept.index[0] == table.index[0]
    # No plan found betters what any limit at least as wide is said to allow, but for what breaks ties: that weighs a
    # hundredth, so y may be lower by no more than a hundredth of what all the rest differs by.
    names = ["cost_musd", "outlay_musd", "shortage_musd", "tail_musd"]
    ties = 0.01 * float((table[names].max() - table[names].min()).sum())
    limits = table[x.replace("x_", "limit_")].fillna(float("inf"))
    for limit, least in zip(limits, table["y_least_musd"], strict=True):
        assert (table.loc[table[x] <= limit + 1e-6, "y_musd"] >= least - ties - 1e-6).all()
    for limit, at in zip(limits, table[x], strict=True):
        assert at <= limit + 1e-3 * max(1.0, abs(limit))


@pytest.mark.parametrize(
    ("x", "y"),
    [("outlay", "cost"), ("outlay", "shortage"), ("tail", "cost"), ("tail", "outlay"), ("budget:us_pot", "tail")],
)
def test_what_holds_for_every_frontier(x: str, y: str) -> None:
    found = frontier(small_case(), x=x, y=y, points=5)
    assert len(found.table) > 1
    holds(found)
    assert found.widest_gap <= 2e-3 + 1e-9


def test_the_ends_are_the_best_of_each() -> None:
    table = frontier(small_case(), x="outlay", y="shortage", points=3, gap=1e-4).table
    alone = frontier(small_case(), x="tail", y="outlay", points=2, gap=1e-4).table
    # No plan spends less than the one that minimises outlay; the frontier begins there, but for the room left to it.
    span = table["x_musd"].iloc[-1] - table["x_musd"].iloc[0]
    assert table["x_musd"].iloc[0] == pytest.approx(alone["y_musd"].min(), abs=2e-3 * span + 0.1)


def test_where_nothing_is_to_be_chosen_there_is_one_point() -> None:
    tables = small_tables()
    case = small_case(
        tables={"contracts": [], "support": [], "stockpiles": [], "eligibility": tables["eligibility"][:0]}
    )
    found = frontier(case, points=4)
    assert len(found.table) == 1
    assert "No limit on outlay" in " ".join(found.findings)


def test_a_limit_that_no_plan_keeps_to_is_said() -> None:
    # 365 days of cover as a hard target take 14.688 musd: no smaller pot will do.
    targets = [dict(row) | {"mode": "hard", "price_usd_per_kg": 0.0} for row in one_pot(30.0).rows("targets")]
    case = one_pot(30.0).replace(tables={"targets": targets})
    found = frontier(case, x="budget:us_pot", points=3)
    assert found.table["x_musd"].min() == pytest.approx(NEEDED, abs=1e-3)
    assert "no plan keeps to" in " ".join(found.findings)


@pytest.mark.parametrize(
    ("x", "y", "said"),
    [
        ("outlays", "cost", "Did you mean 'outlay'"),
        ("budget:us_pott", "cost", "Did you mean 'us_pot'"),
        ("share:magnett:china", "cost", "Did you mean 'magnet'"),
        ("share:magnet:chine", "cost", "Did you mean 'china'"),
        ("share:magnet", "cost", "share:MATERIAL:ORIGIN"),
        ("share:oxide:china", "cost", "no route"),
        ("cost", "outlay", "minimised"),
        ("outlay", "costs", "Did you mean 'cost'"),
        ("outlay", "budget:us_pot", "limited"),
        ("outlay", "outlay", "against itself"),
        ("tail", "shortage", "many times"),
    ],
)
def test_measures_that_do_not_exist_are_refused(x: str, y: str, said: str) -> None:
    with pytest.raises(SettingError, match=said):
        minimised_measure(y, limited_measure(x, small_case()))


def test_regions_are_those_that_a_route_leads_to() -> None:
    case = small_case()
    assert regions_of(limited_measure("share:magnet:china", case), case) == ("us",)
    assert regions_of(limited_measure("share:magnet:china:us", case), case) == ("us",)


def test_one_point_is_no_frontier() -> None:
    with pytest.raises(SettingError, match="2 or more"):
        frontier(small_case(), points=1)


def test_time_that_runs_out_keeps_the_points_known(monkeypatch: pytest.MonkeyPatch) -> None:
    from optimizer.analysis.frontiers.analysis import _Search

    def late(self: _Search, count: int) -> None:
        raise TimeoutError

    monkeypatch.setattr(_Search, "between", late)
    found = frontier(small_case(), points=6)
    assert len(found.table) == 2
    assert "were not enough" in found.findings[-1]
