"""The page in a real browser: charts drawn, controls at work, nothing said on the console, nothing fetched.

Needs the extra ``browser`` and a Chromium: the one named in OPTIMIZER_CHROMIUM, one on the path, or Playwright's own.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from tests.integration.seen_page import Seen
from tests.unit.report.pages import HOSTILE, data_of, elements, whole_page

pytestmark = pytest.mark.slow
AT_ONCE = 8


def test_every_chart_is_drawn_and_nothing_is_said_or_fetched(browser: Any, place: Path) -> None:
    with Seen(browser, place) as page:
        drawn = page.evaluate(
            "[...document.querySelectorAll('.plot')].filter(p => !p.closest('[hidden]'))"
            ".map(p => [p.dataset.figure, p.querySelectorAll('.main-svg').length,"
            " p.querySelectorAll('.main-svg path, .main-svg rect').length])"
        )
        hidden = {"chain-2", "chain-3", "chain-4"}
        assert {name for name, _, _ in drawn} == set(data_of(whole_page(), "figures")["figures"]) - hidden
        assert [name for name, layers, shapes in drawn if not layers or shapes < 3] == []


def test_the_slider_moves_through_the_years_by_keys_and_its_table_follows(browser: Any, place: Path) -> None:
    with Seen(browser, place) as page:
        figure = page.locator("#figure-chain-1")
        slider = figure.locator("input[type=range]")
        last = slider.get_attribute("aria-valuetext")
        figure.locator("summary").click()
        before = figure.locator("tbody").inner_text()
        slider.focus()
        page.keyboard.press("Home")
        first = slider.get_attribute("aria-valuetext")
        assert (first, figure.locator("output").inner_text()) == ("2026", "2026")
        assert last == "2035"
        assert figure.locator("tbody").inner_text() != before
        shown = page.evaluate("document.getElementById('plot-chain-1').data.map(t => [t.name, t.visible])")
        assert [name for name, visible in shown if visible] == ["2026"]


SHOWN = """
name => {
  const plot = document.getElementById('plot-' + name);
  return plot.data.filter((trace) => trace.visible === true || trace.visible === undefined)
    .map((trace) => [trace.name, Array.from(trace.x || [])]);
}
"""


def test_the_slider_of_shares_draws_the_figures_of_its_year(browser: Any, place: Path) -> None:
    """Bars stand in the order of the figure's axis; the table behind it has one row per group and bar."""
    table = data_of(whole_page(), "tables")["origins"]
    rows = [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]
    with Seen(browser, place) as page:
        slider = page.locator("#figure-origins input[type=range]")
        slider.focus()
        for key, year in (("Home", 2026), ("End", 2035), ("ArrowLeft", 2034)):
            page.keyboard.press(key)
            assert page.locator("#figure-origins output").inner_text() == str(year)
            drawn = dict(page.evaluate(SHOWN, "origins"))
            assert drawn
            for group, shares in drawn.items():
                expected = [row["share"] for row in rows if row["group"] == group and row["year"] == year]
                assert sum(shares) == pytest.approx(sum(expected))
            # The bars of a material and situation add up to its whole supply.
            sums = [sum(shares) for shares in zip(*drawn.values(), strict=True)]
            assert all(total == pytest.approx(1.0) or total == 0.0 for total in sums)
            assert any(total > 0.0 for total in sums)


def test_another_situation_is_shown_in_the_same_year_or_the_nearest(browser: Any, place: Path) -> None:
    figures = data_of(whole_page(), "figures")["figures"]
    calm, embargo = (
        [step["label"] for step in figures[name]["layout"]["sliders"][0]["steps"]] for name in ("chain-1", "chain-3")
    )
    last = len(calm) - 1
    with Seen(browser, place) as page:
        slider = page.locator("#figure-chain-1 input[type=range]")
        for wanted in (embargo[-2], calm[-1], calm[0]):
            page.get_by_role("radio", name="Calm, with the plan").check()
            slider.focus()
            page.keyboard.press("End")
            for _ in range(last - calm.index(wanted)):
                page.keyboard.press("ArrowLeft")
            assert page.locator("#figure-chain-1 output").inner_text() == wanted
            page.get_by_role("radio", name="Embargo, with the plan").check()
            page.wait_for_selector("#plot-chain-3 .main-svg")
            nearest = min(embargo, key=lambda year: abs(int(year) - int(wanted)))
            assert page.locator("#figure-chain-3 output").inner_text() == nearest
            assert not page.locator("#plot-chain-1").is_visible()


def saved_tables(browser: Any, place: Path, folder: Path) -> dict[str, Path]:
    """Every table of the page as the file that its button saves. Chromium asks before an eleventh of one page."""
    names = list(data_of(whole_page(), "tables"))
    out = {}
    for first in range(0, len(names), AT_ONCE):
        with Seen(browser, place) as page:
            page.evaluate("document.querySelectorAll('details').forEach(d => (d.open = true))")
            for name in names[first : first + AT_ONCE]:
                with page.expect_download() as waiting:
                    page.locator(f"button[data-save='{name}']").first.click()
                assert waiting.value.suggested_filename == f"small-{name}.csv"
                out[name] = folder / f"{name}.csv"
                waiting.value.save_as(out[name])
    return out


def test_every_table_is_saved_as_csv_with_all_digits_and_no_formula(browser: Any, place: Path, tmp_path: Path) -> None:
    for name, target in saved_tables(browser, place, tmp_path).items():
        table = data_of(whole_page(), "tables")[name]
        with target.open(encoding="utf-8", newline="") as file:
            head, *rows = list(csv.reader(file))
        assert head == table["columns"]
        for found, expected in zip(rows, table["rows"], strict=True):
            for cell, value in zip(found, expected, strict=True):
                if isinstance(value, int | float) and not isinstance(value, bool):
                    assert float(cell) == value
                elif isinstance(value, str):
                    assert cell == (f"'{value}" if value.startswith(("=", "+", "-", "@")) else value)
    assert HOSTILE in (tmp_path / "programmes.csv").read_text("utf-8").replace('""', '"')
    assert "'=1+1" in (tmp_path / "sources.csv").read_text("utf-8")


def test_a_table_is_copied_and_a_picture_saved(browser: Any, place: Path, tmp_path: Path) -> None:
    with Seen(browser, place) as page:
        page.locator("button[data-copy=programmes]").first.click()
        page.wait_for_function("() => document.getElementById('said').textContent.startsWith('Copied')")
        page.locator("#figure-costs summary").click()
        with page.expect_download() as waiting:
            page.locator("#figure-costs button[data-picture]").click()
        waiting.value.save_as(tmp_path / "costs.svg")
        assert (tmp_path / "costs.svg").read_text("utf-8").startswith("<svg")


def test_a_folded_table_says_what_a_printed_one_says(browser: Any, place: Path) -> None:
    """The script's notation is that of the page: strikes stand in both."""
    with Seen(browser, place) as page:
        printed = page.locator("table[data-table=programmes] tbody tr").first.locator("th, td").all_inner_texts()
        page.evaluate("document.querySelectorAll('details[data-fill]').forEach(d => (d.open = true))")
        page.wait_for_function(
            "() => [...document.querySelectorAll('details[data-fill]')].every(d => d.querySelector('thead'))"
        )
        filled = page.locator("#figure-outlays tbody tr").first.locator("th, td").all_inner_texts()
        assert filled == printed


def test_keys_reach_every_control_and_the_first_leads_to_the_plan(browser: Any, place: Path) -> None:
    with Seen(browser, place) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getAttribute('href')") == "#plan"
        unreachable = page.evaluate(
            "[...document.querySelectorAll('button, summary, input, .scroll')].filter(e => e.tabIndex < 0).length"
        )
        assert unreachable == 0
        unnamed = page.evaluate(
            "[...document.querySelectorAll('.scroll, input[type=range], nav')]"
            ".filter(e => !(e.getAttribute('aria-label') || (e.labels && e.labels.length))).length"
        )
        assert unnamed == 0


def test_without_scripts_the_tables_of_the_plan_are_there(browser: Any, place: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(place.as_uri())
    assert page.locator("table[data-table=programmes]").is_visible()
    assert "need scripts" in page.locator("noscript").inner_text()
    context.close()


def test_what_a_case_says_stands_as_text(browser: Any, place: Path) -> None:
    with Seen(browser, place) as page:
        assert page.locator("h1").inner_text() == f"Two plants {HOSTILE}"
        assert page.locator("img").count() == 0
    assert any(e.tag == "h1" for e in elements(whole_page()))
