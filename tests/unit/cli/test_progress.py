"""Progress lines: on a terminal one live line, elsewhere plain lines that are not too many."""

from __future__ import annotations

import io
from dataclasses import dataclass

from rich.console import Console

from optimizer.cli.progress import ProgressReporter


@dataclass(frozen=True)
class Report:
    """Stands where a progress report of the engine would."""

    stage: str
    seconds: float
    incumbent: float | None = None
    bound: float | None = None
    gap: float | None = None


def reported(reports: list[Report], *, terminal: bool) -> str:
    """What is written for these reports."""
    file = io.StringIO()
    with ProgressReporter(Console(file=file, force_terminal=terminal, width=200)) as reporter:
        for report in reports:
            reporter(report)  # type: ignore[arg-type]
    return file.getvalue()


def test_plain_lines_come_when_the_stage_changes_and_every_ten_seconds() -> None:
    reports = [Report("draws", 0.0), Report("draws", 4.0), Report("award model", 5.0, 100.0, 90.0, 0.1)]
    reports += [Report("award model", 14.9, 99.0, 95.0, 0.04), Report("award model", 15.0, 98.0, 96.0, 0.0204)]
    assert reported(reports, terminal=False).splitlines() == [
        "draws · 0 s",
        "award model · 5 s · incumbent 100.0 musd · bound 90.0 musd · gap 10.00 %",
        "award model · 15 s · incumbent 98.0 musd · bound 96.0 musd · gap 2.04 %",
    ]


def test_a_terminal_shows_every_report_and_keeps_none() -> None:
    text = reported([Report("draws", 0.0), Report("draws", 4.0)], terminal=True)
    assert "draws · 0 s" in text
    assert "draws · 4 s" in text
    assert text.rstrip().endswith("\x1b[2K")


def test_words_in_brackets_are_not_taken_for_markup() -> None:
    assert reported([Report("[bold]stage", 1.0)], terminal=False) == "[bold]stage · 1 s\n"
