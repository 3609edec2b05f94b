"""Tables of the detail that totals are made of."""

from __future__ import annotations

import pytest

from optimizer.results.detail import baseline_table, cover_table, detail_tables, financing_table
from tests.unit.results.plan_by_hand import outcome, plan, plan_case, plan_instance

RECOURSE = {
    "calm": {
        "produce": {("mine", "compliant", 2028): 4.0},
        "buy": {("china_oxide", 1, 2028): 3.0},
        "flow": {("china", "us", "oxide", "any", 2028): 2.5},
        "downgrade": {("us", "oxide", 2028): 1.5},
        "release": {("reserve", 2028): 0.25},
        "unmet": {("us", "defence", "oxide", 2028): 0.125},
    }
}


def test_financing_has_one_row_per_amount() -> None:
    table = financing_table(plan_instance(plan_case()), plan())
    rows = [tuple(row) for row in table.fillna({"programme": "none"}).itertuples(index=False)]
    assert rows == [
        ("mine", 2028, "grant", "pot", 30.0),
        ("mine", 2028, "equity", "pot", 20.0),
        ("mine", 2028, "loan", "pot", 40.0),
        ("mine", 2028, "debt", "none", 50.0),
    ]


def test_what_a_stream_is_left_with_is_what_nobody_takes() -> None:
    table = detail_tables(plan_instance(plan_case()), outcome(recourse=RECOURSE))["unused"]
    rows = table[table["year"] == 2028].set_index(["region", "stream"])
    # China sells 3 kt and sends 2.5. The mine's 4 kt of compliant oxide lose 1.5 to the other stream.
    assert rows.loc[("china", "any"), "t_per_year"] == pytest.approx(500.0)
    assert rows.loc[("us", "compliant"), "downgraded_t_per_year"] == pytest.approx(1500.0)
    assert rows["downgraded_t_per_year"].sum() == pytest.approx(1500.0)


def test_quantities_keep_their_keys_and_are_in_tonnes() -> None:
    tables = detail_tables(plan_instance(plan_case()), outcome(recourse=RECOURSE))
    assert tables["unmet"].to_dict(orient="records") == [
        {
            "future": "calm",
            "year": 2028,
            "region": "us",
            "segment": "defence",
            "material": "oxide",
            "t_per_year": 125.0,
        }
    ]
    assert tables["offtake"].empty
    assert list(tables["offtake"].columns)[-2:] == ["taken_t", "paid_not_taken_t"]


def test_costs_stand_for_every_future_and_term() -> None:
    table = detail_tables(plan_instance(plan_case()), outcome(supply_costs={"calm": {"imports": 7.0}}))["supply_costs"]
    assert len(table) == 12
    assert table.loc[table["term"] == "imports", "musd"].tolist() == [7.0]


def test_the_case_without_awards_stands_in_one_table() -> None:
    table = baseline_table(plan_instance(plan_case()), outcome(recourse=RECOURSE))
    assert set(table["table"]) == {
        "production",
        "purchases",
        "flows",
        "stock_levels",
        "unmet",
        "unused",
        "supply_costs",
    }
    flow = table[table["table"] == "flows"].iloc[0]
    assert (flow["from_region"], flow["t_per_year"]) == ("china", 2500.0)


def test_cover_has_no_rows_without_a_target() -> None:
    table = cover_table(plan_instance(plan_case()), plan())
    assert list(table.columns) == ["target", "stockpile", "year", "wanted_t", "missed_t"]
    assert table.empty
