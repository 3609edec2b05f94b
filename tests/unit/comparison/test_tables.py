"""What differs, table by table, on runs written down by hand."""

from __future__ import annotations

import io
import json
from typing import Any

import pandas as pd
import pytest

from optimizer import Comparison, SettingError, compare
from optimizer.report.compare import print_comparison
from tests.small_case import small_case, small_tables
from tests.unit.comparison.runs_by_hand import FLOOR, award, pot, run, supply


def two(other: Any) -> Comparison:
    """The run by hand with another, named a and b."""
    return compare([run(), other], ["a", "b"], check=False)


def row(found: Comparison, table: str, *key: Any) -> dict[str, Any]:
    """The row of a table with this key."""
    frame = found.tables[table]
    rows = [r for r in frame.to_dict(orient="records") if tuple(r[c] for c in frame.columns[: len(key)]) == key]
    assert len(rows) == 1, rows
    return rows[0]


def printed(found: Comparison) -> str:
    file = io.StringIO()
    print_comparison(found, file)
    return file.getvalue()


def test_equal_runs_differ_in_nothing() -> None:
    found = two(run())
    assert [name for name in found.tables if name != "runs" and not found.differing(name).empty] == []
    assert "Inputs that differ: none" in printed(found)
    assert found.verdicts[0].startswith("b costs the same as a; the best plans of the two differ by between -10.0 and")


def test_settings_and_cells_that_differ_are_listed_with_their_units() -> None:
    case = small_case().set("programmes.us_pot.budget_musd", 250).set("scenarios.hazard_scale", 2)
    found = two(run(case=case))
    listed = [tuple(r) for r in found.tables["inputs"][["table", "key", "column", "unit", "a", "b"]].to_numpy()]
    assert ("settings", "", "scenarios.hazard_scale", "", "1.0", "2.0") in listed
    assert ("programmes", "us_pot", "budget_musd", "musd", "500.0", "250.0") in listed
    assert len(listed) == 2


def test_a_row_that_one_case_does_not_have_is_listed_cell_by_cell_and_printed_as_one_line() -> None:
    rows = small_tables()["contracts"]
    second = {**rows[0], "contract": "second"}
    found = two(run(case=small_case(tables={"contracts": [second, *rows]})))
    inputs = found.tables["inputs"]
    assert set(inputs["key"]) == {"second"}
    assert set(inputs["a"]) == {None}
    assert row(found, "inputs", "contracts", "second", "form")["b"] == rows[0]["form"]
    assert [line.split() for line in printed(found).splitlines() if "second" in line] == [
        ["contracts", "second", "whole", "row", "–", "given"]
    ]


def test_the_order_of_rows_is_no_difference() -> None:
    rows = small_tables()["plants"]
    assert two(run(case=small_case(tables={"plants": rows[::-1]}))).tables["inputs"].empty


def test_plants_in_and_out_and_other_terms_stand_in_blocks() -> None:
    other = run(
        awards=[
            award("us_oxide", **{**FLOOR, "strike_usd_per_kg": 85.0}),
            award("us_magnet", grant_musd=30.0, debt_musd=20.0),
            award("japan", route="private"),
        ],
        financing=[{"plant": "us_magnet", "instrument": "grant", "programme": "us_pot", "musd": 30.0}],
    )
    found = two(other)
    assert row(found, "contracts", "us_oxide", "oxide_floor", "strike")["change: b"] == -5.0
    assert row(found, "plants", "us_magnet", "route")["a"] is None
    assert row(found, "plants", "us_magnet", "grant from us_pot")["b"] == 30.0
    text = " ".join(printed(found).split())
    assert (
        "Awards that differ us_magnet a not in the plan b supported, starts 2028; grant from us_pot 30.0 musd; private "
        "debt 20.0 musd us_oxide a supported, starts 2028; oxide_floor: floor at 90.00 USD/kg on 1,000 t/yr for 10 "
        "years, upside share 30 %, pot us_pot, pays 40.0 musd expected, 120.0 P95, 200.0 worst b supported"
    ) in text
    assert "Private entrants (built without support) that differ japan a not in the plan b private" in text


def test_shares_from_covered_countries_are_by_year_and_over_all_tonnes() -> None:
    # a: 80/100, 180/300, and 260/400 over both years. b: 50/100, 150/300, 200/400. Without the plan does not count.
    found = two(run(supply=supply({2026: (50.0, 50.0), 2027: (150.0, 150.0)})))
    for year, one, other in ((2026, 0.8, 0.5), (2027, 0.6, 0.5), ("all", 0.65, 0.5)):
        shares = row(found, "covered_origins", "magnet", "calm", year)
        assert (shares["a"], shares["b"]) == (pytest.approx(one), pytest.approx(other))
    lines = [line.split() for line in printed(found).splitlines() if " pp" in line]
    assert ["magnet", "calm", "2026", "80.0", "%", "50.0", "%", "-30.0", "pp"] in lines


def test_unmet_demand_and_the_worst_future() -> None:
    other = run(
        shortfall=[
            {"plan": "with", "condition": "embargo", "segment": "civil", "material": "magnet", "year": 2026,
             "demand_t": 4000.0, "shortfall_t": 0.0}
        ],
        supply_costs=[{"future": "calm", "term": "imports", "musd": 850.0}],
        unmet=[],
    )  # fmt: skip
    found = two(other)
    unmet = row(found, "unmet_demand", "magnet", "civil", "embargo")
    assert (unmet["a"], unmet["b"]) == (0.025, 0.0)
    assert [row(found, "worst_future", "worst future")[n] for n in "ab"] == ["ban", "calm"]
    assert row(found, "worst_future", "cost of supply in it")["change: b"] == -150.0
    # 60 t one year and 70 t another.
    assert row(found, "worst_future", "magnet not met, civil, most in any future")["a"] == 130.0


def test_pots_say_what_is_left_and_paid() -> None:
    found = two(run(programmes=[pot(expected_net_musd=110.0, expected_musd=110.0, worst_musd=500.0)]))
    # 60 musd more at a weight of 0.2 is 12 in the objective, the gaps are 10.
    assert row(found, "pots", "us_pot", "expected outlay, net of returns")["within gap: b"] is False
    worst = row(found, "pots", "us_pot", "worst outlay")
    assert (worst["change: b"], worst["within gap: b"]) == (300.0, None)


def test_three_runs_stand_side_by_side_within_a_hundred_columns() -> None:
    names = ["as it is", "programmes.us_pot.budget_musd=250", "third"]
    found = compare([run(), run(915.0, 908.0), run(990.0, 985.0)], names, check=False)
    text = printed(found)
    assert max(map(len, text.splitlines())) <= 100
    line = next(line for line in text.splitlines() if line.startswith("objective"))
    assert line.split() == ["objective", "musd", "910.0", "915.0~", "990.0"]
    assert "run 2: programmes.us_pot.budget_musd=250\n" in text
    assert len(found.verdicts) == 2


def test_shadow_prices_are_compared_only_if_all_runs_have_them() -> None:
    one, other = run(), run()
    one.tables["shadow_prices"] = pd.DataFrame({"limit": ["us_pot"], "musd_per_musd": [0.5]})
    assert "shadow_prices" not in compare([one, other], ["a", "b"], check=False).tables
    other.tables["shadow_prices"] = pd.DataFrame({"limit": ["us_pot"], "musd_per_musd": [0.75]})
    found = compare([one, other], ["a", "b"], check=False)
    assert row(found, "shadow_prices", "us_pot", "musd_per_musd")["change: b"] == 0.25
    assert "Shadow prices" in printed(found)


def test_json_csv_and_notebook_hold_the_same_figures() -> None:
    found = two(run(915.0, 908.0, case=small_case().set("case.title", "<b>bold</b>")))
    text = json.dumps(found.to_json(), allow_nan=False)
    assert json.loads(text)["money"][0]["change: b"] == 5.0
    tidy = found.tidy()
    assert tidy.loc[(tidy["section"] == "money") & (tidy["item"] == "objective"), "b"].tolist() == [915.0]
    shown = found._repr_html_()
    assert "within the gap, not a finding" in shown
    assert "<b>bold" not in shown
    assert "None" not in shown


def test_a_table_that_lacks_a_column_is_refused_in_words() -> None:
    broken = run()
    broken.tables["programmes"] = broken.tables["programmes"].drop(columns="p95_musd")
    with pytest.raises(SettingError, match="column p95_musd of table programmes is missing"):
        two(broken)


def test_a_table_with_words_for_figures_is_refused_in_words() -> None:
    with pytest.raises(SettingError, match="column left_musd of table programmes has 'much', which is not a number"):
        two(run(programmes=[{**pot(), "left_musd": "much"}]))
