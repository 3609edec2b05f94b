"""The page: whole, safe, and nothing on it that is not in its tables."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import math
import re
import zlib
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from optimizer.errors import OutputError, SettingError
from optimizer.report.html import report_html, write_report
from optimizer.report.html.columns import BY_UNIT, Shown, text
from optimizer.report.html.page import plotly_script
from tests.unit.figures.analyses_by_hand import answers
from tests.unit.report.pages import HOSTILE, data_of, elements, runs, whole_page

LARGEST = 6_000_000
SECTIONS = ["question", "plan", "terms", "differences", "chain", "shares", "prices", "outlays", "stock", "costs",
            "binds", *(f"analysis-{n}" for n in range(1, 11)), "limits", "certificate", "sources",
            "further"]  # fmt: skip


def test_sections_stand_in_order_and_the_contents_lead_to_each() -> None:
    found = elements(whole_page())
    assert [e.attributes["id"] for e in found if e.tag == "section"] == SECTIONS
    links = [e.attributes["href"] for e in found if e.tag == "a"]
    assert links == ["#plan", *(f"#{name}" for name in SECTIONS)]


def test_it_is_small_enough_to_send() -> None:
    assert len(whole_page().encode()) < LARGEST


def test_equal_runs_give_equal_pages() -> None:
    one, _ = runs()
    assert report_html(one) == report_html(replace(one, seconds=one.seconds + 5.0))


def cells() -> list[tuple[str, str, str, int]]:
    """Text, table, column and row of every number or word that stands for a cell."""
    found, table = [], ""
    for element in elements(whole_page()):
        attributes = element.attributes
        if element.tag == "table":
            table = attributes["data-table"]
        if element.tag == "data":
            found.append(
                (element.text, attributes["data-table"], attributes["data-column"], int(attributes["data-row"]))
            )
        elif "data-row" in attributes:
            found.append((element.text, table, attributes["data-column"], int(attributes["data-row"])))
    return found


def test_every_printed_number_is_a_cell_of_an_embedded_table() -> None:
    tables = data_of(whole_page(), "tables")
    found = cells()
    assert len(found) > 400
    for words, name, column, row in found:
        table = tables[name]
        at = table["columns"].index(column)
        value, how = table["rows"][row][at], table["how"][at]
        unit = "" if table["unitAt"] is None else table["rows"][row][table["unitAt"]]
        shown = Shown(by_row=how.get("byRow", False), points=how.get("points", False), decimals=how.get("decimals"),
                      percent=how.get("percent", False), plain=how.get("plain", False))  # fmt: skip
        assert words == text(value, shown, unit), (name, column, row)


def test_sentences_of_the_plan_hold_no_figure_of_their_own() -> None:
    """Of the digits in the list of awards, those outside ``data`` stand in names, keys and years alone."""
    start = whole_page().index('id="plan"')
    plan = whole_page()[start : whole_page().index('id="terms"')]
    bare = re.sub(r"<data.*?</data>|<table.*?</table>|<strong>.*?</strong>|<[^>]+>", "", plan, flags=re.DOTALL)
    figures = re.findall(r"\d+", html.unescape(bare).replace(HOSTILE, ""))
    assert figures
    assert {int(figure) for figure in figures} <= set(range(2026, 2036))


def test_tables_hold_the_figures_of_the_run_with_all_digits() -> None:
    one, _ = runs()
    tables = data_of(whole_page(), "tables")
    for name in ("awards", "programmes", "prices", "yearly_outlays", "outlays", "stockpile"):
        held = pd.DataFrame(tables[name]["rows"], columns=tables[name]["columns"])
        frame = one.tables[name]
        if name == "prices":
            frame = frame[frame["series"].isin(held["series"])]
        for column in frame.columns:
            if pd.api.types.is_numeric_dtype(frame[column]):
                expected = [None if math.isnan(value) else value for value in frame[column].tolist()]
                assert [None if value != value else value for value in held[column].tolist()] == expected, (
                    name,
                    column,
                )


def test_the_objective_on_the_page_is_that_of_the_run() -> None:
    one, _ = runs()
    facts = {row[0]: row[2] for row in data_of(whole_page(), "tables")["facts"]["rows"]}
    assert facts["objective: weighted cost of the plan"] == one.objective_musd
    assert facts["bound: no plan costs less"] == one.bound_musd
    assert facts["outlay of all pots, expected"] == pytest.approx(one.tables["programmes"]["expected_musd"].sum())


def test_text_of_a_case_is_text() -> None:
    found = elements(whole_page())
    assert not [e for e in found if e.tag in ("img", "b", "i", "iframe", "object", "link", "form")]
    assert not [name for e in found for name in e.attributes if name.startswith("on")]
    title = next(e for e in found if e.tag == "h1")
    assert title.text == f"Two plants {HOSTILE}"
    # One plain script of the page's own; Plotly and data are inert until that one runs.
    kinds = [e.attributes.get("type") for e in found if e.tag == "script"]
    assert kinds == ["application/json", "application/json", "text/plain", None]


def test_only_its_own_scripts_may_run_and_nothing_may_be_fetched() -> None:
    found = elements(whole_page())
    policy = next(e for e in found if "Content-Security-Policy" in e.attributes.get("http-equiv", "")).attributes[
        "content"
    ]
    own = next(e for e in found if e.tag == "script" and "type" not in e.attributes).text
    plotly = next(e for e in found if e.attributes.get("id") == "plotly").text
    unpacked = zlib.decompress(base64.b64decode(plotly))
    assert unpacked == plotly_script().encode()
    seals = [base64.b64encode(hashlib.sha256(code).digest()).decode() for code in (unpacked, own.encode())]
    assert policy.startswith("default-src 'none'; script-src " + " ".join(f"'sha256-{seal}'" for seal in seals) + ";")
    assert "http" not in policy
    assert "unsafe-eval" not in policy


def test_no_attribute_leads_out_of_the_file() -> None:
    places = {e.attributes[name] for e in elements(whole_page()) for name in ("src", "href") if name in e.attributes}
    assert all(place.startswith("#") for place in places)


def test_every_figure_has_words_and_a_table() -> None:
    found = elements(whole_page())
    names = {e.attributes["id"] for e in found if "id" in e.attributes}
    plots = [e for e in found if e.attributes.get("class") == "plot"]
    figures = data_of(whole_page(), "figures")["figures"]
    assert {e.attributes["data-figure"] for e in plots} == set(figures)
    for plot in plots:
        assert plot.attributes["role"] == "img"
        assert {plot.attributes["aria-labelledby"], plot.attributes["aria-describedby"]} <= names
    behind = [e for e in found if e.tag == "details" and e.text.lstrip().startswith("The figures behind")]
    assert len(behind) == len(plots)
    tables = data_of(whole_page(), "tables")
    assert all(e.attributes["data-fill"] in tables for e in behind)


def test_every_embedded_table_can_be_saved() -> None:
    saved = {e.attributes["data-save"] for e in elements(whole_page()) if "data-save" in e.attributes}
    copied = {e.attributes["data-copy"] for e in elements(whole_page()) if "data-copy" in e.attributes}
    assert saved == copied == set(data_of(whole_page(), "tables"))


def test_the_language_is_said_and_headings_go_down_step_by_step() -> None:
    found = elements(whole_page())
    assert next(e for e in found if e.tag == "html").attributes["lang"] == "en"
    levels = [int(e.tag[1]) for e in found if re.fullmatch("h[1-6]", e.tag)]
    assert (levels[0], levels.count(1)) == (1, 1)
    assert all(below - above <= 1 for above, below in pairwise(levels))


def test_every_control_and_region_has_a_name() -> None:
    found = elements(whole_page())
    labelled = {e.attributes["for"] for e in found if e.tag == "label" and "for" in e.attributes}
    ids = {e.attributes["id"] for e in found if "id" in e.attributes}
    for element in found:
        named = element.attributes
        if element.tag == "input" and named.get("type") == "range":
            assert named["id"] in labelled
        if named.get("role") == "region" or element.tag == "nav":
            assert named["aria-label"].strip()
        if element.tag in ("button", "summary", "legend", "caption"):
            assert element.text.strip()
        if element.tag in ("section", "figure"):
            assert named["aria-labelledby"] in ids


def test_what_a_folded_table_shows_can_be_read() -> None:
    folded = [e.attributes for e in elements(whole_page()) if "data-fill" in e.attributes]
    tables = data_of(whole_page(), "tables")
    for attributes in folded:
        columns = tables[attributes["data-fill"]]["columns"]
        assert set(json.loads(attributes["data-where"])) <= set(columns)
        assert all(at < len(columns) for at, _ in json.loads(attributes.get("data-shown", "[]")))


def test_ids_stand_once() -> None:
    names = [e.attributes["id"] for e in elements(whole_page()) if "id" in e.attributes]
    assert len(names) == len(set(names))


def test_every_analysis_with_a_figure_is_drawn() -> None:
    drawn = {name.split("-")[0] for name in data_of(whole_page(), "figures")["figures"]}
    assert set(answers()) <= drawn


def test_findings_and_gaps_of_analyses_are_told_and_times_are_not() -> None:
    page = whole_page()
    for verb in answers():
        assert f"A finding of {verb}." in page
    assert "Rests on 1 solve, within 0.11 % of its bound; 16 price paths, 4 futures, seed 1<" in page


def test_an_analysis_of_another_case_or_cut_short_says_so() -> None:
    one, _ = runs()
    page = report_html(one, analyses=[replace(answers("elsewhere")["frontier"], interrupted=True)])
    assert "This analysis is of another case: elsewhere." in page
    assert "Stopped before the end" in page


def test_a_page_without_comparison_baseline_or_bound_is_made_all_the_same() -> None:
    one, _ = runs()
    tables = {name: frame for name, frame in one.tables.items() if name not in ("comparison", "without_plan")}
    tables["supply"] = tables["supply"].query("plan == 'with'")
    tables["shortfall"] = tables["shortfall"].query("plan == 'with'")
    tables["breakdown"] = tables["breakdown"].drop(columns=["without_plan_musd", "difference_musd"])
    page = report_html(replace(one, tables=tables, bound_musd=-math.inf, gap=math.inf, certificate=None))
    assert "How much better another plan could be is not known." in page
    assert "The plan was not worked out again." in page
    assert "chain-2" not in data_of(page, "figures")["figures"]


def test_a_plan_that_awards_nothing_is_a_page_too() -> None:
    one, _ = runs()
    none = {
        "awards": one.tables["awards"].iloc[:0],
        "financing": one.tables["financing"].iloc[:0],
        "yearly_outlays": one.tables["yearly_outlays"].iloc[:0],
        "stockpile": one.tables["stockpile"].assign(purchase_t=0.0, stock_t=0.0, cost_musd=0.0),
        "stock_levels": one.tables["stock_levels"].assign(stock_t=0.0, release_t=0.0),
    }
    page = report_html(replace(one, tables={**one.tables, **none}))
    for words in ("The plan supports no plant and buys no stock.", "No pot pays anything", "No stock is held."):
        assert words in page


def test_a_solution_without_its_case_is_refused() -> None:
    with pytest.raises(SettingError, match="does not hold its case"):
        report_html(replace(runs()[0], case=None))


def test_a_page_is_never_written_over_another(tmp_path: Path) -> None:
    place = tmp_path / "plan.html"
    write_report(runs()[0], place)
    assert place.read_text("utf-8").startswith("<!DOCTYPE html>")
    with pytest.raises(OutputError, match="exists"):
        write_report(runs()[0], place)
    with pytest.raises(OutputError, match=r"ends in \.html"):
        write_report(runs()[0], place.with_suffix(".pdf"))


def test_units_of_the_script_are_those_of_the_page() -> None:
    units = data_of(whole_page(), "figures")["units"]
    assert units == {
        unit: {"decimals": how.decimals, "percent": how.percent, "plain": how.plain} for unit, how in BY_UNIT.items()
    }
