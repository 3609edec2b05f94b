"""The benchmark runs; how fast is for its page to say."""

from __future__ import annotations

import os
import re
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
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n## ") + 1 == 8
    # The extensive form: one line for the case, and one at the start of each growth.
    assert done.stderr.count("mp-materials 8 × 2") == 3
    # Every comparison of optima agrees to 1e-6, whatever it takes.
    differences = [float(cell) for cell in re.findall(r"\| (\d+e[-+]\d+) \|", done.stdout)]
    assert len(differences) >= 7
    assert max(differences) < 2e-3
