"""Progress on stderr: one live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple

from rich.console import Console
from rich.live import Live
from rich.text import Text

if TYPE_CHECKING:
    from optimizer.batch import Tally
    from optimizer.engine.progress import Progress

PLAIN_INTERVAL_S = 10.0


def progress_line(progress: Progress) -> str:
    """One report in words.

    >>> from types import SimpleNamespace
    >>> progress_line(SimpleNamespace(stage="award model", incumbent=1234.5, bound=1200.0, gap=0.0279, seconds=7.25))
    'award model · 7 s · incumbent 1,234.5 musd · bound 1,200.0 musd · gap 2.79 %'
    >>> progress_line(SimpleNamespace(stage="reading", incumbent=None, bound=None, gap=None, seconds=0.0))
    'reading · 0 s'

    The cutting-plane method adds its iteration and the number of its cuts:

    >>> progress_line(SimpleNamespace(
    ...     stage="search", incumbent=None, bound=9.0, gap=None, seconds=3.0, iteration=12, cuts=1345))
    'search · 3 s · iteration 12 · 1,345 cuts · bound 9.0 musd'
    """
    parts = [progress.stage, f"{progress.seconds:,.0f} s"]
    if getattr(progress, "iteration", None) is not None:
        parts.append(f"iteration {progress.iteration}")
        parts.append(f"{progress.cuts:,} cuts")
    if progress.incumbent is not None:
        parts.append(f"incumbent {progress.incumbent:,.1f} musd")
    if progress.bound is not None:
        parts.append(f"bound {progress.bound:,.1f} musd")
    if progress.gap is not None:
        parts.append(f"gap {100 * progress.gap:.2f} %")
    return " · ".join(parts)


class _Said(NamedTuple):
    stage: str
    seconds: float


class ProgressReporter:
    """Shows the reports it is called with, inside a ``with`` block.

    On a terminal a single line is rewritten and removed at the end. Elsewhere a line is printed when the stage
    changes, and within a stage at most every ten seconds.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, transient=True, auto_refresh=False) if console.is_terminal else None
        self._printed: Progress | _Said | None = None

    def __enter__(self) -> ProgressReporter:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def __call__(self, progress: Progress) -> None:
        """Show one report."""
        if self._live is not None:
            self._live.update(Text(progress_line(progress), no_wrap=True, overflow="ellipsis"), refresh=True)
        elif self._is_due(progress):
            self._printed = progress
            self._console.print(progress_line(progress), soft_wrap=True, markup=False, highlight=False)

    def say(self, stage: str, seconds: float, line: str) -> None:
        """Show a line of another making, by the same rules."""
        if self._live is not None:
            self._live.update(Text(line, no_wrap=True, overflow="ellipsis"), refresh=True)
        elif self._is_due(_Said(stage, seconds)):
            self._printed = _Said(stage, seconds)
            self._console.print(line, soft_wrap=True, markup=False, highlight=False)

    def _is_due(self, progress: Progress | _Said) -> bool:
        last = self._printed
        return last is None or last.stage != progress.stage or progress.seconds - last.seconds >= PLAIN_INTERVAL_S


def tally_line(tally: Tally) -> str:
    """How far a batch is, in words.

    >>> from types import SimpleNamespace
    >>> tally_line(
    ...     SimpleNamespace(done=3, failed=1, left=6, seconds=8.0, seconds_left=12.0, best=3177.9, best_run="4fa5ec3c7")
    ... )
    '3 done · 1 failed · 6 left · 8 s · about 12 s to go · cheapest 3,177.9 musd (4fa5ec3c)'
    """
    parts = [f"{tally.done:,} done", f"{tally.failed:,} failed", f"{tally.left:,} left", f"{tally.seconds:,.0f} s"]
    if tally.seconds_left is not None and tally.left:
        parts.append(f"about {tally.seconds_left:,.0f} s to go")
    if tally.best is not None:
        parts.append(f"cheapest {tally.best:,.1f} musd ({tally.best_run[:8]})")
    return " · ".join(parts)


class TallyReporter:
    """Shows how far a batch is."""

    def __init__(self, reporter: ProgressReporter) -> None:
        self._reporter = reporter

    def __call__(self, tally: Tally) -> None:
        """Show one tally."""
        self._reporter.say("" if tally.left else "end", tally.seconds, tally_line(tally))
