"""Processes that solve futures and die: replaced, or done without; the answer stays the same to the last byte."""

from __future__ import annotations

import contextlib
import json
import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.template import supply_template
from optimizer.engine.decomposed import decompose
from optimizer.engine.oracles.futures import FutureLps
from optimizer.engine.oracles.workers import WorkerPool
from optimizer.instance import compile_instance
from optimizer.scenarios import draw
from tests.integration.command import started
from tests.integration.test_determinism import contents, differing
from tests.small_case import small_case


@dataclass
class Asked:
    """Futures of the small case, questions about them, and the answers of one process."""

    arrays: Any
    data: Any
    questions: list[Any]
    answers: list[Any]


@pytest.fixture(name="asked", scope="module")
def fixture_asked() -> Asked:
    case = small_case().set("scenarios.futures", 5)
    instance = compile_instance(case, draw(case))
    parts = decompose(instance)
    data = supply_template(instance.awards, instance.structure, instance.futures).values
    places = parts.problem.supply.places
    low, high = parts.problem.form.lower[places], parts.problem.form.upper[places]
    draws = np.random.default_rng(3)
    questions = [low + draws.random(len(low)) * (high - low) * share for share in (0.0, 0.2, 0.5, 1.0)]
    alone = FutureLps(parts.arrays, data)
    return Asked(parts.arrays, data, questions, [alone.ask(x, supply=True) for x in questions])


def same(found: Any, expected: Any) -> bool:
    return len(found) == len(expected) and all(
        (one.value, one.constant) == (other.value, other.constant)
        and np.array_equal(one.slopes, other.slopes)
        and np.array_equal(one.supply, other.supply)
        for one, other in zip(found, expected, strict=True)
    )


def test_a_process_that_is_killed_is_replaced_and_one_killed_again_gives_its_futures_back(asked: Asked) -> None:
    """Killed before the second question and before the third; all answers are those of one process, to the last bit."""
    with WorkerPool(asked.arrays, asked.data, 2) as pool:
        first, second = pool.process_ids
        assert same(pool.ask(asked.questions[0], supply=True), asked.answers[0])
        os.kill(first, signal.SIGKILL)
        assert same(pool.ask(asked.questions[1], supply=True), asked.answers[1])
        replaced, kept = pool.process_ids
        assert (replaced != first, kept) == (True, second)
        os.kill(replaced, signal.SIGABRT)
        assert same(pool.ask(asked.questions[2], supply=True), asked.answers[2])
        assert pool.process_ids == [second]
        assert same(pool.ask(asked.questions[3], supply=True), asked.answers[3])


class Fatal:
    """Aborts the process that unpickles it: what a worker does as soon as it starts."""

    def __init__(self, arrays: Any) -> None:
        self.arrays = arrays

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["arrays"], name)

    def __reduce__(self) -> tuple[Any, ...]:
        return os.abort, ()


@pytest.mark.slow
def test_processes_that_abort_at_once_cost_time_and_nothing_else(asked: Asked) -> None:
    with WorkerPool(Fatal(asked.arrays), asked.data, 2) as pool:
        for x, expected in zip(asked.questions, asked.answers, strict=True):
            assert same(pool.ask(x, supply=True), expected)
        assert pool.process_ids == []


@pytest.mark.slow
def test_a_run_whose_workers_are_killed_prints_the_same_plan(tmp_path: Path) -> None:
    sizes = ("--paths", "32", "--futures", "6", "--gap", "0.0005", "--json", "--method", "cuts")
    runs = {}
    for name in ("calm", "killed"):
        process = started("solve", "mp-materials", *sizes, "--workers", "2", "--out", str(tmp_path / name))
        assert process.stderr is not None
        assert any("iteration" in line for line in process.stderr)
        if name == "killed":
            workers = children(process.pid)
            assert workers
            for worker in workers:
                os.kill(worker, signal.SIGABRT)
        out, err = process.communicate(timeout=100)
        assert process.returncode == 0, err
        runs[name] = json.loads(out)
    assert differing(contents(tmp_path / "calm"), contents(tmp_path / "killed")) == []
    assert runs["calm"]["objective_musd"] == runs["killed"]["objective_musd"]


def children(parent: int) -> list[int]:
    """Ids of the processes that a process has started to solve futures."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            about = path.read_text().rsplit(")", 1)[1].split()
            command = path.with_name("cmdline").read_bytes()
            if int(about[1]) == parent and b"spawn_main" in command:
                found.append(int(path.parent.name))
    return found
