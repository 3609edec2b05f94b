"""A folder in which commands of the pages are run once each."""

from __future__ import annotations

import contextlib
import io
import os
import shlex
from functools import cached_property
from pathlib import Path

from optimizer import Solution
from optimizer.cli.entry import main
from optimizer.results.reading import read_run


class Workshop:
    """Runs commands in one folder, keeps what they print, and reads the runs they write."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._printed: dict[str, str] = {}

    def printed(self, line: str, *, code: int = 0) -> str:
        """What ``optimizer LINE`` prints on stdout, or on stderr if it is to fail; run once.

        Raises AssertionError for another exit code.
        """
        if line not in self._printed:
            ended, out, err = run_command(line, self.folder)
            assert ended == code, f"optimizer {line}: exit code {ended}\n{err}"
            self._printed[line] = err if code else out
        return self._printed[line]

    def run(self, folder: str, line: str) -> Solution:
        """The run that ``optimizer LINE`` has written into a folder."""
        self.printed(line)
        return read_run(self.folder / folder)

    @cached_property
    def plan(self) -> Solution:
        """The plan of mp-materials at its default size, as ``solve`` wrote it."""
        return self.run("plan", "solve mp-materials --out plan --quiet")


def run_command(line: str, folder: Path, *more: str) -> tuple[int, str, str]:
    """Run ``optimizer LINE`` with more words in a folder: exit code, stdout, stderr."""
    out, err = io.StringIO(), io.StringIO()
    before = os.environ.copy()
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR"):
        os.environ.pop(name, None)
    try:
        with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main([*shlex.split(line, comments=True), *more])
    finally:
        os.environ.update(before)
    return code, out.getvalue(), err.getvalue()
