"""The report of a run as one HTML file that works offline."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from optimizer.report.html.place import require_new_report, write_page

if TYPE_CHECKING:
    from optimizer.report.html.page import report_html, write_report

__all__ = ["report_html", "require_new_report", "write_page", "write_report"]


def __getattr__(name: str) -> Any:
    # Plotly and Jinja2 are loaded when a page is made, and not before.
    if name not in ("report_html", "write_report"):
        raise AttributeError(f"module 'optimizer.report.html' has no attribute '{name}'")
    return getattr(import_module("optimizer.report.html.page"), name)
