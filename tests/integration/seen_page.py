"""A page opened from its file in a real browser, without a network, with what it says and asks for."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
READY = "html[data-ready=yes]"


def chromium() -> str | None:
    """A Chromium of the system."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return os.environ.get("OPTIMIZER_CHROMIUM") or next(
        (found for name in names if (found := shutil.which(name))), None
    )


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
