"""How the page looks in a real browser: contrast, widths, labels that are not cut off, focus, paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.integration.seen_page import DESK, PHONE, Seen

pytestmark = pytest.mark.slow

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
            "[...document.querySelectorAll('.plot')].filter(p => !p.closest('[hidden]') && !p.closest('[data-wide]')"
            " && p.getBoundingClientRect().right > innerWidth + 1).map(p => p.dataset.figure)"
        )
        assert too_wide == []


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


CUT_OFF = """
() => {
  const bad = [];
  for (const plot of document.querySelectorAll('.plot')) {
    if (plot.closest('[hidden], [data-wide]') || !plot._fullLayout) continue;
    const paper = plot.getBoundingClientRect();
    const texts = '.xtick text, .ytick text, .xtick2 text, .ytick2 text, .legendtext, .xtitle, .ytitle, .bartext';
    for (const text of plot.querySelectorAll(texts)) {
      const box = text.getBoundingClientRect();
      const sides = [paper.left - box.left, box.right - paper.right, paper.top - box.top, box.bottom - paper.bottom];
      const out = Math.max(...sides);
      if (box.width && out > 2) bad.push(plot.dataset.figure + ': ' + text.textContent + ' by ' + Math.round(out));
    }
    const legend = plot.querySelector('.legend');
    const top = paper.top + plot._fullLayout._size.t;
    const over = legend && legend.getBoundingClientRect().bottom > top + 3;
    if (over) bad.push(plot.dataset.figure + ': legend over the chart');
    const names = [...plot.querySelectorAll('.legend .traces')].map((entry) => entry.getBoundingClientRect());
    for (let n = 1; n < names.length; n += 1)
      for (const other of names.slice(0, n)) {
        const wide = Math.min(names[n].right, other.right) - Math.max(names[n].left, other.left);
        const high = Math.min(names[n].bottom, other.bottom) - Math.max(names[n].top, other.top);
        if (wide > 2 && high > 4) bad.push(plot.dataset.figure + ': legend entries over each other');
      }
  }
  return bad;
}
"""


@pytest.mark.parametrize("viewport", [PHONE, DESK])
def test_no_label_is_cut_off_and_no_legend_lies_over_anything(
    browser: Any, place: Path, viewport: dict[str, int]
) -> None:
    with Seen(browser, place, viewport=viewport) as page:
        assert page.evaluate(CUT_OFF) == []


CHART_CONTRAST = """
() => {
  const channel = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const luminance = (text) => {
    const [r, g, b] = text.match(/[\\d.]+/g).map(Number);
    return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  };
  const poor = [];
  for (const plot of document.querySelectorAll('.plot')) {
    if (!plot._fullLayout || plot.closest('[hidden]')) continue;
    const paper = getComputedStyle(plot.querySelector('.main-svg')).backgroundColor;
    for (const text of plot.querySelectorAll('.xtick text, .ytick text, .legendtext, .xtitle, .ytitle')) {
      const both = [luminance(getComputedStyle(text).fill), luminance(paper)].sort((a, b) => b - a);
      if ((both[0] + 0.05) / (both[1] + 0.05) < 4.5) poor.push(plot.dataset.figure + ': ' + text.textContent);
    }
  }
  return poor;
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_in_charts_stand_out(browser: Any, place: Path, scheme: str) -> None:
    """WCAG 2.1, 1.4.3: 4.5 to 1."""
    with Seen(browser, place, color_scheme=scheme) as page:
        assert page.evaluate(CHART_CONTRAST) == []


def test_what_has_the_focus_is_outlined(browser: Any, place: Path) -> None:
    """WCAG 2.1, 2.4.7, on the way by keys through the page's first forty stops."""
    with Seen(browser, place) as page:
        kinds = set()
        for _ in range(40):
            page.keyboard.press("Tab")
            kind, style, width = page.evaluate(
                "(() => { const e = document.activeElement, s = getComputedStyle(e);"
                " return [e.tagName, s.outlineStyle, parseFloat(s.outlineWidth)]; })()"
            )
            assert style != "none", kind
            assert width >= 2.0, kind
            kinds.add(kind)
        assert {"A", "DIV", "BUTTON"} <= kinds


def test_paper_shows_calm_and_embargo_beside_each_other(browser: Any, place: Path) -> None:
    with Seen(browser, place) as page:
        flows = (
            "[...document.querySelectorAll('.choice:not([hidden])')]"
            ".map(c => [c.dataset.choice, c.querySelectorAll('.sankey-link').length > 0])"
        )
        assert page.evaluate(flows) == [["chain-1", True]]
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        assert page.evaluate(flows) == [["chain-1", True], ["chain-3", True]]
        page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        assert page.evaluate(flows) == [["chain-1", True]]
