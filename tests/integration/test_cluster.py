"""Batches and single solves on a real Dask cluster: a scheduler and workers as processes of their own."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from optimizer import SettingError, solve
from optimizer.batch import SolveOptions, run_batch, runs_of
from optimizer.batch.ledger import Ledger
from optimizer.cluster import connected, run_on_cluster
from optimizer.data import Case
from optimizer.results import manifest
from tests.small_case import small_case

pytestmark = pytest.mark.skipif(os.name == "nt", reason="workers are killed by a signal of POSIX")
GAP = 1e-4
OPTIONS = SolveOptions(gap=GAP, cold=True)
POT = "programmes.us_pot.budget_musd"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    import dask
    from distributed import LocalCluster

    with (
        dask.config.set({"distributed.worker.daemon": True}),
        LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as found,
    ):
        yield found


@pytest.fixture(scope="module")
def case() -> Case:
    return small_case().set("scenarios.futures", 6)


def test_a_batch_on_a_cluster_writes_what_a_batch_here_writes(cluster: Any, case: Case, tmp_path: Path) -> None:
    runs = runs_of(case, [(f"{b}", [f"{POT} = {b}"], {POT: str(b)}) for b in (0, 100, 600)], OPTIONS)
    with connected(cluster.scheduler_address) as client:
        assert run_on_cluster(client, case, runs, tmp_path / "there", OPTIONS) == {"done": 3}
        # What is done is not done again.
        assert run_on_cluster(client, case, runs, tmp_path / "there", OPTIONS) == {"done": 3}
    assert run_batch(case, runs, tmp_path / "here", OPTIONS) == {"done": 3}
    with Ledger(tmp_path / "there") as ledger:
        assert [row["attempts"] for row in ledger.rows()] == [1, 1, 1]
    for run in runs:
        there, here = tmp_path / "there" / run.id, tmp_path / "here" / run.id
        assert manifest.check(there) == []
        names = {path.relative_to(here) for path in here.rglob("*") if path.is_file()}
        differ = {str(name) for name in names if (there / name).read_bytes() != (here / name).read_bytes()}
        assert differ <= {manifest.TIMING}


def test_the_futures_of_one_solve_on_a_cluster_give_the_same_answer(cluster: Any, case: Case) -> None:
    here = solve(case, gap=GAP, method="cuts")
    there = solve(case, gap=GAP, method="cuts", cluster=cluster.scheduler_address)
    assert there.objective_musd == here.objective_musd
    assert there.bound_musd == here.bound_musd
    assert there.tables["awards"].equals(here.tables["awards"])


def _killed_when_busy(client: Any, killed: list[int]) -> None:
    """Kill one worker as soon as it has something to do."""
    for _ in range(200):
        busy = [address for address, tasks in client.processing().items() if tasks]
        if busy:
            pid = client.scheduler_info(n_workers=-1)["workers"][busy[0]]["id"]
            found = client.run(os.getpid, workers=[busy[0]], on_error="ignore")
            killed.append(found.get(busy[0], 0))
            assert pid is not None
            os.kill(killed[0], signal.SIGKILL)
            return
        time.sleep(0.05)


def test_a_batch_outlives_a_worker_killed_in_the_middle(cluster: Any, case: Case, tmp_path: Path) -> None:
    runs = runs_of(case, [(f"{b}", [f"{POT} = {b}"], {POT: str(b)}) for b in range(0, 600, 100)], OPTIONS)
    killed: list[int] = []
    with connected(cluster.scheduler_address) as client, connected(cluster.scheduler_address) as other:
        killer = threading.Thread(target=_killed_when_busy, args=(other, killed))
        killer.start()
        assert run_on_cluster(client, case, runs, tmp_path, OPTIONS) == {"done": 6}
        killer.join()
    assert killed
    with Ledger(tmp_path) as ledger:
        assert len(ledger.rows()) == 6


def test_a_solve_outlives_a_worker_killed_in_the_middle(cluster: Any, case: Case) -> None:
    many = case.set("scenarios.futures", 24)
    here = solve(many, gap=GAP, method="cuts")
    killed: list[int] = []
    with connected(cluster.scheduler_address) as other:
        killer = threading.Thread(target=_killed_when_busy, args=(other, killed))
        killer.start()
        there = solve(many, gap=GAP, method="cuts", cluster=cluster.scheduler_address)
        killer.join()
    assert killed
    assert there.objective_musd == here.objective_musd
    assert there.bound_musd == here.bound_musd


def test_nobody_at_the_address_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optimizer.cluster.connect.WAITED_S", 0.5)
    with pytest.raises(SettingError, match="no Dask scheduler answers"), connected("tcp://127.0.0.1:9"):
        pass
