"""Sensitivity: bars, indices, regret and switch values that can be worked out on paper."""

from __future__ import annotations

import math

import pytest

from optimizer import SettingError, sensitivity
from optimizer.analysis import Analysis
from optimizer.analysis.uncertain_inputs.inputs import uncertain_inputs
from tests.small_case import small_case
from tests.unit.analysis.mine_or_imports import mine_or_imports, settings, tables

CAPEX, FREIGHT = "plants.mine.capex_musd", "lanes.china/us/oxide.freight_usd_per_kg"
LOSS = "plants.mine.loss_limit_share"


@pytest.fixture(scope="module")
def uniform() -> Analysis:
    """All of it, uniform between the ends."""
    return sensitivity(mine_or_imports(), spread="uniform", samples=64)


def row(analysis: Analysis, table: str, **cells: object) -> dict[str, object]:
    """The one row of a table with these cells."""
    frame = analysis.tables[table]
    for name, value in cells.items():
        frame = frame[frame[name] == value]
    assert len(frame) == 1, (table, cells)
    return dict(frame.iloc[0])


def test_inputs_are_the_figures_with_a_range() -> None:
    found = {one.name: one for one in uncertain_inputs(mine_or_imports())}
    assert list(found) == [CAPEX, LOSS, FREIGHT]
    assert found[FREIGHT].grade == "B"
    assert found[FREIGHT].source == "manual"
    assert found[CAPEX].at_end("high") == (f"{CAPEX} = 80",)
    assert found[CAPEX].towards("high", 0.5) == (f"{CAPEX} = 65",)


def test_bars_of_the_plan_kept(uniform: Analysis) -> None:
    # With the mine: (30 + f) + 60 + C. C from 50 to 40 or 80: −10 and +30. f from 10 to 6 or 14: one year, −4 and +4.
    capex, freight = row(uniform, "tornado", input=CAPEX), row(uniform, "tornado", input=FREIGHT)
    assert [capex["kept_low_musd"], capex["kept_high_musd"]] == pytest.approx([-10.0, 30.0], abs=1e-6)
    assert [freight["kept_low_musd"], freight["kept_high_musd"]] == pytest.approx([-4.0, 4.0], abs=1e-6)
    assert capex["bar_musd"] == pytest.approx(40.0, abs=1e-6)
    assert row(uniform, "tornado", input=LOSS)["bar_musd"] == 0.0
    assert uniform.table["input"].tolist() == [CAPEX, FREIGHT, LOSS]


def test_best_plans_and_regret(uniform: Analysis) -> None:
    # C = 80: 180 with the mine, 160 without: +10 on 150, and keeping it costs 20. C = 40: 140, the mine.
    # f = 6: 146 with the mine, 4 × 36 = 144 without: −6, and keeping it costs 2. f = 14: 154, the mine.
    expected = {
        (CAPEX, "low"): (-10.0, 0.0, ""),
        (CAPEX, "high"): (10.0, 20.0, "mine"),
        (FREIGHT, "low"): (-6.0, 2.0, "mine"),
        (FREIGHT, "high"): (4.0, 0.0, ""),
    }
    for (name, end), (change, regret, out) in expected.items():
        found = row(uniform, "answers", input=name, end=end)
        assert found["answered_musd"] == pytest.approx(change, abs=1e-3)
        assert found["regret_least_musd"] == pytest.approx(regret, abs=1e-3)
        assert found["regret_most_musd"] == pytest.approx(regret, abs=1e-3)
        assert found["plants_out"] == out
        assert found["moves"] == ("plants" if out else "nothing")
        assert found["verdict"] == ("another plan is cheaper" if out else "stays")


def test_evidence_ranks_what_moves_the_decision(uniform: Analysis) -> None:
    evidence = uniform.tables["evidence"]
    assert evidence["input"].tolist() == [CAPEX, FREIGHT]
    assert evidence["grade"].tolist() == ["judgement", "B"]
    # Regret that grows evenly: half of it on average on its side. C is above 50 in 30 of 40, f below 10 in 4 of 8.
    assert evidence["worth_knowing_musd"].tolist() == pytest.approx([0.5 * 0.75 * 20.0, 0.5 * 0.5 * 2.0], abs=1e-3)
    words = " ".join(uniform.findings)
    assert f"{CAPEX} (judgement, 40 to 80 musd) moves the decision" in words
    assert "Of 2 inputs asked again, 2 change which plants are in the plan and 0 only the terms of awards" in words
    assert f"1 of these are of grade A or B: {FREIGHT}." in words
    assert f"go and find first is {CAPEX}" in words


def test_switch_values_hold_the_ones_on_paper(uniform: Analysis) -> None:
    # The mine pays if 3 × (30 + f − 20) > C: at f = 10 up to C = 60; at C = 50 from f = 20/3. Parts of a sixteenth.
    capex, freight = row(uniform, "switches", input=CAPEX), row(uniform, "switches", input=FREIGHT)
    assert (capex["plant"], capex["happens"]) == ("mine", "leaves")
    assert (capex["holds_to"], capex["gone_at"]) == (59.375, 61.25)
    assert (freight["holds_to"], freight["gone_at"]) == (6.75, 6.5)
    assert capex["blurred_from"] == pytest.approx(59.375, abs=0.01)
    assert f"mine leaves the best plan found if {CAPEX} exceeds about 60.31 musd" in " ".join(uniform.findings)


@pytest.mark.parametrize(
    ("spread", "capex", "freight"),
    [
        # Uniform: width² / 12. Triangular: (a² + b² + c² − ab − ac − bc) / 18 with ends a, b and mode c. Slopes are 1.
        ("uniform", 40.0**2 / 12.0, 8.0**2 / 12.0),
        ("triangular", 1300.0 / 18.0, 48.0 / 18.0),
    ],
)
def test_indices_of_a_linear_cost(spread: str, capex: float, freight: float) -> None:
    analysis = sensitivity(mine_or_imports(), spread=spread, samples=32, largest=0)  # type: ignore[arg-type]
    expected = {CAPEX: capex / (capex + freight), FREIGHT: freight / (capex + freight), LOSS: 0.0}
    for name, share in expected.items():
        found = row(analysis, "indices", input=name, output="cost")
        figures = [float(found[part]) for part in ("low_share", "first_share", "high_share", "most_total_share")]  # type: ignore[arg-type]
        assert figures == pytest.approx([share] * 4, abs=1e-4)
    cost = row(analysis, "spread", output="cost")
    assert cost["interactions_share"] == pytest.approx(0.0, abs=1e-4)
    assert float(cost["deviation_musd"]) == pytest.approx(math.sqrt(capex + freight), rel=1e-4)  # type: ignore[arg-type]
    # Means of a range: (40 + 80) / 2 = 60 or (40 + 50 + 80) / 3 = 170/3, against 50; those of the freight are 10.
    mean = 60.0 if spread == "uniform" else 170.0 / 3.0
    assert cost["mean_musd"] == pytest.approx(150.0 + mean - 50.0, abs=0.01)
    assert analysis.tables["answers"].empty


def test_a_sponsor_that_walks_away() -> None:
    # At C = 95 the sponsor would lose 5, so the mine is not built: the plan as promised costs 195, what is left 160.
    analysis = sensitivity(mine_or_imports(capex_musd_high=95.0), samples=0, switches=0)
    found = row(analysis, "tornado", input=CAPEX)
    assert found["kept_high_musd"] == pytest.approx(45.0, abs=1e-6)
    assert found["left_high_musd"] == pytest.approx(10.0, abs=1e-6)
    assert found["broken_high"] == "mine: the expected return is too low"
    answer = row(analysis, "answers", input=CAPEX, end="high")
    assert answer["verdict"] == "cannot stay: mine: the expected return is too low"
    assert answer["regret_least_musd"] == pytest.approx(0.0, abs=1e-3)
    assert answer["plants_out"] == "mine"


def test_an_end_that_contradicts_other_figures_is_left_out_and_said() -> None:
    # Common equity has no rate of return: the case refuses any but 0. The input stays at its best in the sample.
    backed = tables()
    backed["programmes"] = [
        {
            "programme": "pot", "name": "Pot", "government": "us", "budget_musd": 10.0, "contract_scoring": "expected",
            "scoring_alpha": 0.95, "loan_subsidy_rate": 0.2, "first_year": 2026, "last_year": 2029,
            "yearly_cap_musd": None, "source": "judgement", "grade": "judgement",
        }
    ]  # fmt: skip
    backed["eligibility"] = [
        {
            "programme": "pot", "instrument": "equity", "region": "us", "stage": "any", "plant": "any",
            "source": "judgement", "grade": "judgement",
        }
    ]  # fmt: skip
    backed["support"] = [
        {
            "plant": "mine", "instrument": "equity", "programme": "pot", "max_musd": 5.0, "max_share_of_capex": 0.1,
            "rate": 0.0, "rate_low": -0.01, "rate_high": 0.02, "source": "judgement", "grade": "judgement",
        }
    ]  # fmt: skip
    case = type(small_case()).from_tables(settings(), backed)
    analysis = sensitivity(case, samples=16, largest=0)
    assert "is ignored" in str(row(analysis, "tornado", input="support.mine/equity/pot.rate")["broken_low"])
    words = " ".join(analysis.findings)
    assert "2 ends contradict other figures" in words
    assert "With the 3 of 4 inputs whose ends are known moved at once (16 runs" in words
    assert row(analysis, "indices", input=CAPEX, output="cost")["told"]


def test_rows_of_a_column_move_together() -> None:
    two = tables()
    two["lanes"].append({**two["lanes"][0], "from_region": "us", "to_region": "china"})
    case = mine_or_imports().replace(tables={"lanes": two["lanes"]})
    grouped = {one.name: one for one in uncertain_inputs(case, group=True)}
    freight = grouped["lanes.freight_usd_per_kg"]
    assert freight.row == "2 rows"
    assert len(freight.at_end("low")) == 2
    analysis = sensitivity(case, group=True, samples=0, largest=0)
    assert row(analysis, "tornado", input=freight.name)["kept_high_musd"] == pytest.approx(4.0, abs=1e-6)


def test_what_is_asked_wrongly_is_refused() -> None:
    with pytest.raises(SettingError, match="Use triangular or uniform"):
        sensitivity(mine_or_imports(), spread="normal")  # type: ignore[arg-type]
    with pytest.raises(SettingError, match="at least"):
        sensitivity(mine_or_imports(), workers=0)
    bare = tables(capex_musd_low=None, capex_musd_high=None, loss_limit_share_low=None, loss_limit_share_high=None)
    bare["lanes"][0] |= {"freight_usd_per_kg_low": None, "freight_usd_per_kg_high": None}
    case = type(small_case()).from_tables(settings(), bare)
    with pytest.raises(SettingError, match="states no figure as a range"):
        sensitivity(case)


def test_an_answer_written_is_read_back(uniform: Analysis, tmp_path: object) -> None:
    from optimizer.analysis import read_analysis

    uniform.write(f"{tmp_path}/answer")
    again = read_analysis(f"{tmp_path}/answer")
    assert again.findings == uniform.findings
    assert again.table["kept_high_musd"].tolist() == uniform.table["kept_high_musd"].tolist()
