"""The page in a real browser: charts drawn, controls at work, nothing said on the console, nothing fetched.

Needs the extra ``browser`` and a Chromium: the one named in OPTIMIZER_CHROMIUM, one on the path, or Playwright's own.
"""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.report.pages import HOSTILE, data_of, elements, whole_page

pytestmark = pytest.mark.slow
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
READY = "html[data-ready=yes]"


def _chromium() -> str | None:
    """A Chromium of the system."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return os.environ.get("OPTIMIZER_CHROMIUM") or next(
        (found for name in names if (found := shutil.which(name))), None
    )


@pytest.fixture(name="browser", scope="module")
def fixture_browser() -> Iterator[Any]:
    """A browser; skips with the reason if there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="the extra 'browser' is not installed")
    with playwright.sync_playwright() as running:
        try:
            browser = running.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])
        except playwright.Error as error:
            pytest.skip(f"no Chromium could be started: {str(error).splitlines()[0]}")
        yield browser
        browser.close()


@pytest.fixture(name="place", scope="module")
def fixture_place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page as a file."""
    place = tmp_path_factory.mktemp("page") / "plan.html"
    place.write_text(whole_page(), encoding="utf-8")
    return place


class Seen:
    """A page that was opened, and what came of it."""

    def __init__(self, browser: Any, place: Path, **settings: Any) -> None:
        self.context = browser.new_context(offline=True, accept_downloads=True, **{"viewport": DESK, **settings})
        self.page = self.context.new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: self.said.append(f"dialog: {dialog.message}"))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(place.as_uri())
        self.page.wait_for_selector(READY, timeout=60_000)

    def __enter__(self) -> Any:
        return self.page

    def __exit__(self, *_: object) -> None:
        self.context.close()
        own = [address for address in self.asked if not address.startswith(("blob:", "data:"))]
        assert self.said == []
        assert len(own) == 1, own


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


def test_another_situation_is_shown_in_the_same_year(browser: Any, place: Path) -> None:
    with Seen(browser, place) as page:
        slider = page.locator("#figure-chain-1 input[type=range]")
        slider.focus()
        page.keyboard.press("ArrowLeft")
        page.get_by_role("radio", name="Embargo, with the plan").check()
        page.wait_for_selector("#plot-chain-3 .main-svg")
        assert page.locator("#figure-chain-3 output").inner_text() == "2034"
        assert not page.locator("#plot-chain-1").is_visible()


def test_a_table_is_saved_as_csv_with_all_digits_and_no_formula(browser: Any, place: Path, tmp_path: Path) -> None:
    with Seen(browser, place) as page:
        for name in ("programmes", "sources", "awards"):
            if not page.locator(f"button[data-save={name}]").first.is_visible():
                page.locator(f"details[data-fill={name}] > summary").first.click()
            with page.expect_download() as waiting:
                page.locator(f"button[data-save={name}]").first.click()
            assert waiting.value.suggested_filename == f"small-{name}.csv"
            target = tmp_path / f"{name}.csv"
            waiting.value.save_as(target)
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
        filled = page.locator("#figure-outlays tbody tr").first.locator("td").all_inner_texts()
        assert filled == printed


CONTRAST = """
() => {
  const channel = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const numbers = (text) => text.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const paper = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = numbers(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return numbers(getComputedStyle(document.body).backgroundColor);
  };
  const poor = [];
  for (const element of document.querySelectorAll("main *, header *, nav *, footer *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || element.closest("svg, .quiet") || !element.getClientRects().length) continue;
    const both = [luminance(numbers(getComputedStyle(element).color)), luminance(paper(element))];
    const [light, dark] = both.sort((a, b) => b - a);
    if ((light + 0.05) / (dark + 0.05) < 4.5) poor.push(element.tagName + ": " + element.textContent.slice(0, 40));
  }
  return poor;
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_and_charts_follow_the_scheme(browser: Any, place: Path, scheme: str) -> None:
    """WCAG 2.1, 1.4.3: 4.5 to 1."""
    with Seen(browser, place, color_scheme=scheme) as page:
        assert page.evaluate(CONTRAST) == []
        for other in ("dark", "light"):
            page.emulate_media(color_scheme=other)
            page.wait_for_function(
                "colour => [...document.querySelectorAll('.plot')].filter(p => p.layout)"
                ".every(p => p._fullLayout.paper_bgcolor === colour)",
                arg={"dark": "#16191d", "light": "#ffffff"}[other],
            )


@pytest.mark.parametrize("viewport", [PHONE, {"width": 320, "height": 640}, DESK])
def test_the_page_is_no_wider_than_the_screen(browser: Any, place: Path, viewport: dict[str, int]) -> None:
    with Seen(browser, place, viewport=viewport) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        too_wide = page.evaluate(
            "[...document.querySelectorAll('.plot')].filter(p => !p.closest('[hidden]') && !p.closest('[data-step]')"
            " && p.getBoundingClientRect().right > innerWidth + 1).map(p => p.dataset.figure)"
        )
        assert too_wide == []


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


def test_it_prints_on_white_with_its_charts_inside_the_paper(browser: Any, place: Path, tmp_path: Path) -> None:
    with Seen(browser, place, color_scheme="dark") as page:
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        widths = page.evaluate(
            "[...document.querySelectorAll('.plot')].filter(p => p.layout).map(p => p._fullLayout.width)"
        )
        papers = page.evaluate(
            "[...document.querySelectorAll('.plot')].filter(p => p.layout).map(p => p._fullLayout.paper_bgcolor)"
        )
        assert (set(widths), set(papers)) == ({660}, {"#ffffff"})
        page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        pdf = page.pdf(prefer_css_page_size=True)
        assert pdf.startswith(b"%PDF")


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
