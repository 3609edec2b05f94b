"""What notebooks show, in a real browser on light and dark pages: readable, foldable, inert, no wider than its page.

Needs the extra ``browser`` and a Chromium, as the test of the report does.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.display.test_results_shown import KINDS

pytestmark = pytest.mark.slow
PAPERS = {"light": ("#ffffff", "#111111"), "dark": ("#111111", "#dddddd")}
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


@pytest.fixture(name="browser", scope="module")
def fixture_browser() -> Iterator[Any]:
    """A browser; skips with the reason if there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="the extra 'browser' is not installed")
    chromium = os.environ.get("OPTIMIZER_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    with playwright.sync_playwright() as running:
        try:
            browser = running.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        except playwright.Error as error:
            pytest.skip(f"no Chromium could be started: {str(error).splitlines()[0]}")
        yield browser
        browser.close()


@pytest.mark.parametrize("paper", sorted(PAPERS))
@pytest.mark.parametrize("width", [390, 1280])
def test_every_kind_is_readable_and_inert(browser: Any, tmp_path: Path, paper: str, width: int) -> None:
    back, ink = PAPERS[paper]
    parts = "".join(f"<section>{KINDS[kind]()._repr_html_()}</section>" for kind in sorted(KINDS))
    place = tmp_path / "cells.html"
    head = "<!doctype html><meta charset=utf-8><style>table{width:auto}td,th{text-align:right}</style>"
    place.write_text(f'{head}<body style="background:{back};color:{ink}">{parts}</body>', encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 800})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    page.goto(place.as_uri())
    assert page.locator(".ov").count() >= len(KINDS)
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    red, green, blue = (int(ink[at : at + 2], 16) for at in (1, 3, 5))
    colours = page.evaluate(
        "[...new Set([...document.querySelectorAll('.ov td, .ov th, .ov p')].map(x => getComputedStyle(x).color))]"
    )
    assert colours == [f"rgb({red}, {green}, {blue})"]
    aligned = page.evaluate("getComputedStyle(document.querySelector('.ov td:not(.ov-n)')).textAlign")
    assert aligned == "left"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert said == []
    page.close()
