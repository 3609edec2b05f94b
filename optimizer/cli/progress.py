"""Progress on stderr: one live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console
from rich.live import Live
from rich.text import Text

if TYPE_CHECKING:
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


class ProgressReporter:
    """Shows the reports it is called with, inside a ``with`` block.

    On a terminal a single line is rewritten and removed at the end. Elsewhere a line is printed when the stage
    changes, and within a stage at most every ten seconds.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, transient=True, auto_refresh=False) if console.is_terminal else None
        self._printed: Progress | None = None

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

    def _is_due(self, progress: Progress) -> bool:
        last = self._printed
        return last is None or last.stage != progress.stage or progress.seconds - last.seconds >= PLAIN_INTERVAL_S
