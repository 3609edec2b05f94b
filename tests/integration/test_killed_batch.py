"""Batches killed at random moments, by SIGKILL, over and over: nothing is lost, done twice or torn."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from optimizer.batch import Ledger
from optimizer.results import manifest
from tests.integration.killed_batch import tiny_case, tiny_runs

ROOT = Path(__file__).parents[2]


def children(pid: int) -> list[int]:
    """Processes that a process has started, as Linux has them."""
    try:
        words = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(word) for word in words.split()]


def kill(pid: int, whom: str, draw: random.Random) -> bool:
    """Kill the batch, one of the processes it has started, or all of them; whether there was anybody."""
    workers = children(pid)
    if whom != "parent" and not workers:
        return False
    victims = [pid] if whom == "parent" else [draw.choice(workers)] if whom == "worker" else [pid, *workers]
    for victim in victims:
        try:
            os.kill(victim, signal.SIGKILL)
        except ProcessLookupError:
            continue
    return True


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds processes to kill as Linux lists them")
@pytest.mark.parametrize(
    ("count", "kills"), [(16, 2), pytest.param(3000, 200, marks=pytest.mark.slow)], ids=["few", "many"]
)
def test_a_batch_killed_again_and_again_ends_with_every_run_once(tmp_path: Path, count: int, kills: int) -> None:
    draw = random.Random(5)
    folder = tmp_path / "batch"
    killed: Counter[str] = Counter()
    command = [sys.executable, "-m", "tests.integration.killed_batch", str(folder), str(count)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for _ in range(20 * kills):
        with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as process:
            # Worker deaths are survived within one start, the others end it.
            while process.poll() is None:
                whom = draw.choice(["worker", "worker", "worker", "parent", "all"])
                # A worker takes some two seconds to be replaced, a batch longer to start again.
                time.sleep(draw.uniform(0.5, 4.0) if whom == "worker" else draw.uniform(1.0, 6.0))
                if sum(killed.values()) < kills and process.poll() is None and kill(process.pid, whom, draw):
                    killed[whom] += 1
        if process.returncode == 0:
            with Ledger(folder) as ledger:
                if ledger.counts() == {"done": count}:
                    break
    wanted = {run.id for run in tiny_runs(tiny_case(), count)}
    with Ledger(folder) as ledger:
        rows = ledger.rows()
        assert ledger.abandoned() == []
    assert {row["id"] for row in rows} == wanted
    assert len(rows) == count
    assert {row["status"] for row in rows} == {"done"}
    assert all(row["objective_musd"] is not None for row in rows)
    folders = {path.name for path in folder.iterdir() if path.is_dir() and path.name != "owners"}
    assert folders == wanted
    assert [name for name in sorted(wanted) if manifest.check(folder / name)] == []
    assert sum(killed.values()) == kills or count == 16
    assert killed
