"""A browser and a page for it: the extra ``browser`` and a Chromium are needed, see ``seen_page.chromium``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.seen_page import chromium
from tests.unit.report.pages import whole_page


@pytest.fixture(name="browser", scope="module")
def fixture_browser() -> Iterator[Any]:
    """A browser; skips with the reason if there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="the extra 'browser' is not installed")
    with playwright.sync_playwright() as running:
        try:
            browser = running.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
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
