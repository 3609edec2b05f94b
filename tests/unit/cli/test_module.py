"""``python -m optimizer`` is the same command line."""

from __future__ import annotations

import subprocess
import sys


def test_the_module_runs_and_returns_the_exit_code() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "optimizer", "solve", "no-such-case"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert "no-such-case" in done.stderr
    assert "Traceback" not in done.stderr
