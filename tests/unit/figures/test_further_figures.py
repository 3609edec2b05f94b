"""Origins by group, stock in years without a row, prices today, worth of knowing; and blanks in any of them."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from optimizer import figures
from optimizer.figures import analyses as drawn
from optimizer.figures.supply_origins import origins_table
from tests.small_case import small_case
from tests.unit.figures.analyses_by_hand import answers
from tests.unit.figures.flows_by_hand import CALM, RunByHand
from tests.unit.figures.test_figures import money_run


def test_origins_are_put_together_by_what_they_are() -> None:
    # In calm 3,000 of 4,000 t are china's, and 1,000 t are made in us, of which 100 t count as scrap here.
    run = RunByHand()
    supply = run.tables["supply"]
    scrap = supply[supply["origin"] == "us"].assign(origin="us scrap", supply_t=100.0, share=0.025)
    own = supply.assign(supply_t=supply["supply_t"].replace(1000.0, 900.0), share=supply["share"].replace(0.25, 0.225))
    run.tables["supply"] = pd.concat([own, scrap], ignore_index=True)
    found = origins_table(run)
    assert dict(zip(found["group"], found["share"], strict=True)) == {
        "covered countries": 0.75, "allied regions": 0.225, "stock and scrap": 0.025,
    }  # fmt: skip
    assert found["supply_t"].sum() == 4000.0


def test_bars_of_origins_are_the_shares_of_their_year() -> None:
    run = RunByHand()
    supply = run.tables["supply"]
    # A year later all is made at home.
    later = supply[supply["origin"] == "us"].assign(year=2031, supply_t=4000.0, share=1.0)
    run.tables["supply"] = pd.concat([supply, later], ignore_index=True)
    figure = figures.origins(run)
    assert [step["label"] for step in figure.layout.sliders[0].steps] == ["2030", "2031"]
    assert [list(part) for part in figure.data[0].y] == [["NdFeB magnet"], ["calm, with plan"]]
    bars = [(bar.name, list(bar.x), bar.visible) for bar in figure.data]
    assert bars == [
        ("covered countries", [0.75], False), ("allied regions", [0.25], False),
        ("covered countries", [0.0], True), ("allied regions", [1.0], True),
    ]  # fmt: skip
    assert list(figure.layout.sliders[0].steps[0]["args"][0]["visible"]) == [True, True, False, False]


def test_a_region_that_is_neither_covered_nor_allied_is_another_country() -> None:
    run = RunByHand(case=small_case().set("regions.us.bloc", "neutral"))
    assert set(origins_table(run)["group"]) == {"covered countries", "other countries"}


def test_stock_is_nothing_in_a_year_without_a_row() -> None:
    run = money_run()
    levels = run.tables["stock_levels"]
    run.tables["stock_levels"] = levels[(levels["future"] == CALM) | (levels["year"] != 2029)]
    by_name = {trace.name: trace for trace in figures.stock(run).data}
    assert list(by_name["other futures"].x) == [2029, 2030, None]
    assert list(by_name["other futures"].y) == [0.0, 400.0, None]


def test_the_diagram_grows_with_its_fullest_column() -> None:
    # Twenty materials from china straight to civil users stand in one column: 60 + 30 for each.
    rows = [("calm", "with", 2030, f"m{n}", "china", "us", "demand: civil", 10.0) for n in range(20)]
    columns = ["condition", "plan", "year", "material", "origin", "region", "use", "supply_t"]
    table = pd.DataFrame(rows, columns=columns)
    assert figures.chain(RunByHand(), "calm", "with", table).layout.height == 60 + 30 * 20


def test_the_price_today_stands_beside_needs_where_it_is_known() -> None:
    found = answers()["breakeven"]
    by_name = {trace.name: trace for trace in drawn.break_even(found, "us_oxide", {"oxide_floor": 80.0}).data}
    assert (list(by_name["price today"].x), list(by_name["price today"].y)) == ([80.0], ["oxide_floor"])
    assert "price today" not in {t.name for t in drawn.break_even(found, "us_oxide", {"another": 1.0}).data}


def test_whiskers_reach_from_the_least_to_the_most() -> None:
    # 7.5, between 6.5 and 8.
    (bar,) = drawn.worth_of_knowing(answers()["information"]).data
    assert (list(bar.x), list(bar.error_x.array), list(bar.error_x.arrayminus)) == ([7.5], [0.5], [1.0])


def test_worth_over_all_years_is_drawn_for_plants_without_a_price_by_year() -> None:
    found = answers()["prices"]
    found.tables["plants"][["calm_usd_per_kg", "embargo_usd_per_kg"]] = None
    by_name = {trace.name: trace for trace in drawn.capacity_worth(found).data}
    assert list(by_name["all years"].x) == [12.0]
    assert list(by_name["calm"].x) == [None]


@pytest.mark.parametrize(
    ("verb", "draw", "table"),
    [
        ("frontier", drawn.frontier, "points"),
        ("breakeven", lambda a: drawn.break_even(a, "us_oxide"), "breakeven"),
        ("prices", drawn.capacity_worth, "plants"),
        ("alternatives", drawn.alternatives, "alternatives"),
        ("regret", drawn.regret, "regret"),
        ("sensitivity", drawn.tornado, "tornado"),
        ("information", drawn.worth_of_knowing, "information"),
        ("instruments", lambda a: drawn.instruments(a, "us_oxide"), "instruments"),
        ("stress", drawn.savings_in_fresh_futures, "fresh"),
    ],
)
def test_what_an_analysis_did_not_get_to_is_blank_and_not_a_crash(verb: str, draw: Any, table: str) -> None:
    found = answers()[verb]
    frame = found.tables[table]
    kept = {"bar_musd", "x_musd", "value_musd"}
    blank = [name for name in frame.columns if frame[name].dtype == float and name not in kept]
    found.tables[table][blank] = float("nan")
    specification = draw(found).to_plotly_json()
    json.dumps(specification["data"], allow_nan=False, default=lambda value: value.tolist())
