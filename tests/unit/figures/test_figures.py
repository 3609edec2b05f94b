"""Every figure shows what its table says, and nothing in it can be read as a tag."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from optimizer import figures
from optimizer.figures import analyses as drawn
from optimizer.figures.costs import costs_table
from optimizer.figures.drawing import DARK_PAPER, LIGHT_PAPER, SERIES, plain_text
from optimizer.figures.flow_chain import chain
from optimizer.figures.prices import strike_paths_table, strikes_table, today_price
from tests.small_case import small_case, small_tables
from tests.unit.figures.analyses_by_hand import answers
from tests.unit.figures.flows_by_hand import RunByHand

OFFERS = [("oxide_floor", 60.0, False, False), ("oxide_floor", 70.0, True, False), ("oxide_floor", 80.0, True, True)]


def money_run() -> RunByHand:
    """A floor signed at 80 from 2028 on the oxide plant, and what its pot pays."""
    run = RunByHand(case=small_case(tables={"contracts": indexed_contracts()}))
    award = {
        "contract": "oxide_floor", "plant": "us_oxide", "programme": "us_pot", "instrument": "floor",
        "route": "supported", "start_year": 2028, "strike_usd_per_kg": 80.0, "volume_t_per_year": 2000.0,
        "tenor_years": 3, "upside_share": 0.3,
        "expected_payment_musd": 40.0, "p95_payment_musd": 120.0, "worst_payment_musd": 200.0,
    }  # fmt: skip
    run.tables["awards"] = pd.DataFrame([award, {**award, "contract": None}])
    run.tables["offers"] = pd.DataFrame(
        [
            {
                "contract": name,
                "start_year": 2028,
                "strike_usd_per_kg": strike,
                "enough_alone": enough,
                "signed": signed,
            }
            for name, strike, enough, signed in OFFERS
        ]
    )
    spread = {f"{name}_usd_per_kg": value for name, value in
              {"expected": 72.0, "p05": 40.0, "p25": 60.0, "p75": 90.0, "p95": 130.0}.items()}  # fmt: skip
    run.tables["prices"] = pd.DataFrame(
        [
            {"series": "oxide_price", "year": year, **spread, "median_usd_per_kg": 70.0 + year - 2027}
            for year in range(2026, 2031)
        ]
    )
    paid = {"expected_musd": 20.0, "p05_musd": -10.0, "median_musd": 15.0, "p95_musd": 60.0, "worst_musd": 90.0}
    run.tables["yearly_outlays"] = pd.DataFrame([{"programme": "us_pot", "year": y, **paid} for y in (2028, 2029)])
    run.tables["programmes"] = pd.DataFrame(
        [{"programme": "us_pot", "budget_musd": 500.0, "scored_musd": 110.0, "expected_musd": 40.0, "p95_musd": 120.0,
          "worst_musd": 200.0}]
    )  # fmt: skip
    run.tables["stockpile"] = pd.DataFrame(
        [{"stockpile": "magnet_stock", "year": y, "stock_t": 500.0} for y in (2029, 2030)]
    )
    return run


def indexed_contracts() -> list[dict[str, Any]]:
    """The contracts of the small case, strikes losing 2 % a year."""
    return [{**row, "indexation_rate": -0.02} for row in small_tables()["contracts"]]


def test_a_strike_stands_beside_what_it_is_compared_with() -> None:
    # Enough alone from 70 on. Medians 71, 72 and 73 over the three years of cover.
    (row,) = strikes_table(money_run()).to_dict(orient="records")
    assert row["lowest_enough_alone_usd_per_kg"] == 70.0
    assert row["today_usd_per_kg"] == 80.0
    assert row["median_over_tenor_usd_per_kg"] == pytest.approx(72.0)
    assert (row["menu_low_usd_per_kg"], row["menu_high_usd_per_kg"]) == (60.0, 100.0)


def test_no_strike_that_is_enough_is_blank_and_so_is_that_of_a_plant_that_runs_anyway() -> None:
    run = money_run()
    run.tables["offers"]["enough_alone"] = False
    assert strikes_table(run)["lowest_enough_alone_usd_per_kg"].isna().all()
    run = money_run()
    run.tables["awards"]["route"] = "running"
    assert strikes_table(run)["lowest_enough_alone_usd_per_kg"].isna().all()


def test_the_price_of_a_linked_series_today_is_made_of_others() -> None:
    # 20 + 0.4 × 80
    assert today_price(small_case(), "magnet_price") == pytest.approx(52.0)


def test_a_strike_that_is_not_indexed_loses_value_from_the_first_year_on() -> None:
    found = strike_paths_table(money_run())
    assert found["year"].tolist() == [2028, 2029, 2030]
    assert found["strike_usd_per_kg"].tolist() == pytest.approx([80.0 * 0.98**n for n in (2, 3, 4)])


def test_costs_are_weighted_on_both_sides() -> None:
    run = RunByHand()
    run.tables["breakdown"] = pd.DataFrame(
        [("imports", "Imports", 1.0, 900.0, 900.0, 1000.0), ("net_outlay", "Outlay", 0.2, 50.0, 10.0, 0.0),
         ("holding", "Holding", 1.0, 0.0, 0.0, 0.0)],
        columns=["term", "what", "weight", "unweighted_musd", "musd", "without_plan_musd"],
    )  # fmt: skip
    table = costs_table(run)
    assert table["change_musd"].tolist() == [-100.0, 10.0]
    bars = figures.cost_waterfall(run).data[0]
    assert list(bars.x) == ["Imports", "Net outlay", "Sum"]
    assert list(bars.text) == ["-100", "+10", "-90"]


def test_without_a_comparison_terms_are_shown_as_they_are() -> None:
    run = RunByHand()
    run.tables["breakdown"] = pd.DataFrame([{"term": "imports", "what": "Imports", "weight": 1.0, "musd": 900.0}])
    assert list(figures.cost_waterfall(run).data[0].y) == [900.0, None]


def test_the_chain_has_a_step_per_year_and_shows_the_last() -> None:
    figure = figures.chain(RunByHand(), "embargo")
    assert [step["label"] for step in figure.layout.sliders[0].steps] == ["2030"]
    trace = figure.data[0]
    labels = list(trace.node.label)
    flows = {
        (labels[a], labels[b]): v
        for a, b, v in zip(trace.link.source, trace.link.target, trace.link.value, strict=True)
    }
    assert flows["China: NdFeB magnet", "United States: civil"] == pytest.approx(300.0)
    assert flows["Not met: NdFeB magnet", "United States: civil"] == pytest.approx(2600.0)
    assert flows["United States: NdPr oxide", "United States: NdFeB magnet"] == pytest.approx(400.0)


def test_a_chain_without_any_row_is_empty() -> None:
    assert len(chain(RunByHand(), "calm", "without").data) == 0


def test_lines_of_a_price_and_of_a_pot_are_those_of_the_tables() -> None:
    run = money_run()
    by_name = {trace.name: trace for trace in figures.price_fan(run).data}
    assert list(by_name["median"].y) == [69.0, 70.0, 71.0, 72.0, 73.0]
    assert list(by_name["strike: oxide_floor"].x) == [2028, 2029, 2030]
    by_name = {trace.name: trace for trace in figures.outlay_fan(run).data}
    assert list(by_name["worst path"].y) == [90.0, 90.0]
    assert list(by_name["expected"].y) == [20.0, 20.0]
    by_name = {trace.name: trace for trace in figures.outlays(run).data}
    assert (list(by_name["P95"].x), list(by_name["size of the pot"].x)) == ([120.0], [500.0])


def test_stock_is_drawn_by_future() -> None:
    by_name = {trace.name: trace for trace in figures.stock(money_run()).data}
    assert list(by_name["calm future"].y) == [500.0, 500.0]
    # Futures but the calm one share a line, with a break after each.
    assert list(by_name["other futures"].y) == [500.0, 400.0, None]


def test_shares_are_drawn_by_condition() -> None:
    figure = figures.covered_share(RunByHand(), "magnet")
    assert {trace.name: list(trace.y) for trace in figure.data} == {"calm, with plan": [0.75]}


@pytest.mark.parametrize(
    "figure",
    [
        lambda a: drawn.frontier(a["frontier"]),
        lambda a: drawn.break_even(a["breakeven"], "us_oxide"),
        lambda a: drawn.needed_strikes(a["breakeven"], "us_oxide", "grant"),
        lambda a: drawn.capacity_worth(a["prices"]),
        lambda a: drawn.alternatives(a["alternatives"]),
        lambda a: drawn.tornado(a["sensitivity"]),
        lambda a: drawn.instruments(a["instruments"], "us_oxide"),
        lambda a: drawn.deadweight(a["additionality"]),
        lambda a: drawn.savings_in_fresh_futures(a["stress"]),
    ],
    ids=["frontier", "break even", "needed", "worth", "alternatives", "tornado", "instruments", "deadweight", "stress"],
)
def test_figures_of_analyses_hold_their_figures(figure: Any) -> None:
    found = figure(answers())
    assert found.data
    assert all(len(trace.x) for trace in found.data)


def test_regret_stands_by_plan_and_state() -> None:
    heat = drawn.regret(answers()["regret"]).data[0]
    cells = {(plan, state): heat.z[i][j] for i, plan in enumerate(heat.y) for j, state in enumerate(heat.x)}
    assert cells == {
        ("as-it-is", "calm"): 0.0,
        ("as-it-is", "ban"): 300.0,
        ("cautious", "calm"): 40.0,
        ("cautious", "ban"): 0.0,
    }


def test_the_widest_bar_of_a_tornado_stands_on_top() -> None:
    names = [trace.y[0] for trace in drawn.tornado(answers()["sensitivity"]).data]
    assert names[-1].endswith("us/civil")


def test_text_of_a_case_is_no_tag_in_a_figure() -> None:
    name = '<a href="javascript:alert(1)">x</a>'
    run = RunByHand(case=small_case().set("regions.china.name", "<b>China</b>"))
    assert "&lt;b&gt;China&lt;/b&gt;: NdFeB magnet" in figures.chain(run).data[0].node.label
    assert "<" not in plain_text(name)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255.0 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", SERIES)
@pytest.mark.parametrize("paper", [LIGHT_PAPER, DARK_PAPER])
def test_colours_stand_out_on_both_papers(colour: str, paper: str) -> None:
    """WCAG 2.1, 1.4.11: at least 3 to 1 for graphics."""
    light, dark = sorted((_luminance(colour), _luminance(paper)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 3.0


def test_every_figure_is_found_by_its_name_and_others_are_not() -> None:
    assert all(callable(getattr(figures, name)) for name in figures.__all__)
    with pytest.raises(AttributeError, match="pie"):
        figures.pie  # noqa: B018
