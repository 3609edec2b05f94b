"""What stands on the page: savings, strikes beside prices, evidence, and how an analysis differs from the plan."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, cast

import pandas as pd
import pytest

from optimizer.figures.prices import strikes_table
from optimizer.report.html import report_html
from optimizer.report.html.analyses import unlike
from optimizer.report.html.awards import beside
from optimizer.report.html.material import Material
from optimizer.report.html.sheets import Sheets
from optimizer.results.reading import Provenance
from tests.unit.figures.analyses_by_hand import answers
from tests.unit.figures.test_figures import money_run
from tests.unit.report.pages import data_of, runs, whole_page


def test_the_first_page_says_what_the_plan_saves_and_each_strike_stands_beside_the_price() -> None:
    one, _ = runs()
    tables = data_of(whole_page(), "tables")
    facts = {row[0]: row[2] for row in tables["facts"]["rows"]}
    terms = one.tables["breakdown"]
    without = float((terms["weight"] * terms["without_plan_musd"]).sum())
    assert facts["cost without any new award, weighted alike"] == pytest.approx(without)
    assert facts["saved against no new award"] == pytest.approx(without - one.objective_musd)


def test_a_strike_is_told_beside_the_price_and_what_is_needed() -> None:
    # 80 today; medians 71, 72 and 73 over the tenor; enough alone from 70 on (see money_run).
    page = Material(cast(Any, money_run()), None, Provenance())
    page.sheets.add("strikes", "Strikes", strikes_table(money_run()))
    said = re.sub("<[^>]+>", "", str(beside(page, "oxide_floor")))
    assert said == (
        "The price is 80.00 today, and its median over the tenor 72.00; without other support the plant needs at "
        "least 70.00."
    )
    assert str(beside(page, "another")) == ""


def test_a_pot_that_is_used_up_is_said_on_the_first_page() -> None:
    _, other = runs()
    pots = other.tables["programmes"].assign(left_musd=0.0, scored_musd=other.tables["programmes"]["budget_musd"])
    page = report_html(replace(other, tables={**other.tables, "programmes": pots}))
    first = page[page.index('id="plan"') : page.index('id="terms"')]
    assert "What it is held against:" in first
    assert "(us_pot): <data" in first


def test_rows_of_sources_are_counted_by_grade() -> None:
    one, _ = runs()
    table = data_of(whole_page(), "tables")["sources"]
    at = {name: table["columns"].index(name) for name in ("source", "used_in_rows", "grades_of_these")}
    counted = {row[at["source"]]: (row[at["used_in_rows"]], row[at["grades_of_these"]]) for row in table["rows"]}
    case = one.case
    assert case is not None
    grades = [
        (str(grade), source)
        for name, frame in case.tables.items()
        if "grade" in frame and name != "sources"
        for source, grade in zip(frame["source"], frame["grade"], strict=True)
    ]
    for name, (rows, mix) in counted.items():
        own = [grade for grade, source in grades if name in source]
        assert rows == len(own)
        assert mix == ", ".join(f"{grade} {own.count(grade)}" for grade in sorted(set(own)))
    assert sum(rows for rows, _ in counted.values()) > 0


def test_what_the_plan_supports_is_listed_with_its_evidence() -> None:
    one, _ = runs()
    table = data_of(whole_page(), "tables")["evidence"]
    names = {row[table["columns"].index("name")] for row in table["rows"]}
    awards = one.tables["awards"].query("route != 'private'")
    assert set(awards["plant"]) | set(awards["contract"].dropna()) <= names
    assert all(row[table["columns"].index("grade")] for row in table["rows"])


def test_what_was_not_asked_is_named() -> None:
    one, _ = runs()
    page = report_html(one, analyses=[answers(one.case_name)["regret"]])
    assert "what each plant needs and is worth (breakeven)" in page
    assert "(regret)" not in page
    assert "Not asked for this page" not in whole_page()


def test_an_analysis_with_other_draws_or_inputs_says_so() -> None:
    one, _ = runs()
    case = one.case
    assert case is not None
    page = Material(one, None, Provenance())
    same = {name: one.run[name] for name in ("paths", "futures", "seed", "weights")}
    alike = replace(answers(one.case_name)["frontier"], run=same, case=case)
    assert unlike(page, alike) == ""
    assert unlike(page, replace(alike, case=case.set("scenarios.paths", 7).set("solve.gap", 0.01))) == ""
    said = unlike(page, replace(alike, run={**same, "paths": 7, "weights": {}}))
    assert said.startswith(f"Made with 7 price paths (the plan: {one.run['paths']}); other weights:")
    for path, value, file in (
        ("programmes.us_pot.budget_musd", 123.0, "programmes.csv"),
        ("rates.social", 0.06, "case.toml"),
    ):
        assert f"other inputs ({file})" in unlike(page, replace(alike, case=case.set(path, value)))


def test_break_even_stands_beside_the_price_today() -> None:
    # The reference price of the small case starts at 80 USD/kg.
    (name,) = (name for name in data_of(whole_page(), "tables") if name.endswith("-breakeven"))
    table = data_of(whole_page(), "tables")[name]
    assert [row[table["columns"].index("today_usd_per_kg")] for row in table["rows"]] == [80]
    assert "price today USD/kg" in whole_page()


def test_a_unit_of_a_row_ends_where_a_column_has_its_own() -> None:
    # A count behind columns with units is no share, though the row's measure is one.
    frame = pd.DataFrame(
        [("from china", "share", 0.5, 12.0, 2)], columns=["measure", "unit", "value", "cost_musd", "pots"]
    )
    sheet = Sheets().add("t", "T", frame)
    assert [sheet.text(0, at) for at in range(2, 5)] == ["50.0 %", "12.0", "2"]
