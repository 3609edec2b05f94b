"""The benchmark runs; how fast is for its page to say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_smallest_sizes_run() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", "--smoke"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("# Benchmarks")
    # One line for the case, two for each growth.
    assert done.stdout.count("| mp-materials |") == 1
    assert done.stderr.count("mp-materials 8 × 2") == 3
