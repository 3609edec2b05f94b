"""What is said on stderr besides the answer: progress, and what was written where."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optimizer.cli.progress import ProgressReporter


def say(words: str) -> None:
    """One line on stderr, however long."""
    from rich.console import Console

    Console(stderr=True).print(words, soft_wrap=True, markup=False, highlight=False)


@contextmanager
def progress_shown(quiet: bool) -> Iterator[ProgressReporter | None]:
    """Show progress on stderr inside the block; None if nothing is to be shown."""
    if quiet:
        yield None
        return
    from rich.console import Console

    from optimizer.cli.progress import ProgressReporter

    with ProgressReporter(Console(stderr=True)) as reporter:
        yield reporter
