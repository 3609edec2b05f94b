"""The ledger of a batch: every run is claimed by one process, entered once, and never lost."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from optimizer.batch.ledger import DONE, FILE, RUNNING, WAITING, Ledger, Outcome, ledger_rows
from optimizer.batch.runs import Run
from optimizer.errors import OutputError

RUNS = [Run(f"{i:016x}", f"run {i}", (f"scenarios.paths = {i}",), {"paths": str(i)}) for i in range(10)]


def test_runs_are_claimed_in_order_and_once(tmp_path: Path) -> None:
    with Ledger(tmp_path) as first, Ledger(tmp_path) as second:
        assert first.add(RUNS) == 10
        assert second.add(RUNS) == 0
        for ledger in (first, second):
            ledger.watch(run.id for run in RUNS)
        taken = first.claim(3)
        assert taken == RUNS[:3]
        assert second.claim(100) == RUNS[3:]
        assert first.claim(1) == []
        assert first.counts() == {RUNNING: 10}


def test_only_watched_runs_are_claimed_and_counted(tmp_path: Path) -> None:
    with Ledger(tmp_path) as ledger:
        ledger.add(RUNS)
        ledger.watch([RUNS[4].id, RUNS[7].id])
        assert ledger.counts(watched=True) == {WAITING: 2}
        assert ledger.claim(5) == [RUNS[4], RUNS[7]]


def test_what_is_done_stays_done(tmp_path: Path) -> None:
    with Ledger(tmp_path) as ledger:
        ledger.add(RUNS)
        ledger.watch(run.id for run in RUNS)
        run = ledger.claim(1)[0]
        ledger.enter(run.id, Outcome(DONE, "gap_reached", 5.0, 4.0, 0.2, 1.5, True))
        ledger.enter(run.id, Outcome("crashed", message="late"))
        ledger.give_back([run.id])
        ledger.wait_again([run.id])
        row = ledger.rows()[0]
        assert (row["status"], row["objective_musd"], row["bound_musd"], row["warm"]) == (DONE, 5.0, 4.0, 1)
        assert row["columns"] == {"paths": "0"}


def test_a_run_given_back_was_not_tried_unless_it_was(tmp_path: Path) -> None:
    with Ledger(tmp_path) as ledger:
        ledger.add(RUNS)
        ledger.watch(run.id for run in RUNS)
        run = ledger.claim(1)[0].id
        ledger.give_back([run])
        assert ledger.attempts(run) == 0
        ledger.claim(1)
        ledger.give_back([run], tried=True)
        assert ledger.attempts(run) == 1


def _claim_and_wait(folder: Path, line: Connection) -> None:
    with Ledger(folder) as ledger:
        ledger.watch(run.id for run in RUNS)
        line.send([run.id for run in ledger.claim(2)])
        time.sleep(60.0)


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is of POSIX")
def test_what_a_killed_process_had_claimed_is_found_and_what_a_living_one_has_is_not(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    with Ledger(tmp_path) as ledger:
        ledger.add(RUNS)
        ours, theirs = spawn.Pipe()
        process = spawn.Process(target=_claim_and_wait, args=(tmp_path, theirs))
        process.start()
        claimed = ours.recv()
        assert ledger.others_alive()
        assert ledger.abandoned() == []
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        assert not ledger.others_alive()
        assert ledger.abandoned() == claimed == [RUNS[0].id, RUNS[1].id]


def test_a_file_that_is_no_ledger_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("this is not a ledger, and long enough to be taken for one " * 50)
    with pytest.raises(OutputError, match="ledger of the batch cannot be used"):
        Ledger(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        Ledger(tmp_path / "file")


@pytest.mark.skipif(os.name == "nt", reason="permissions as on POSIX")
@pytest.mark.parametrize("left", ["closed", "killed", "killed, without shared memory"])
def test_a_ledger_in_a_folder_that_cannot_be_written_is_read(tmp_path: Path, left: str) -> None:
    """Root may write everywhere, and becomes nobody for the while."""
    with Ledger(tmp_path / "batch") as ledger:
        ledger.add(RUNS)
        # As a batch leaves it that is killed here: what was entered stands in the write-ahead log alone.
        shutil.copytree(tmp_path / "batch", tmp_path / "killed")
    with tempfile.TemporaryDirectory() as room:
        place = Path(room) / "batch"
        shutil.copytree(tmp_path / ("batch" if left == "closed" else "killed"), place)
        if left.endswith("memory"):
            (place / f"{FILE}-shm").unlink()
        before = sorted(path.name for path in place.iterdir())
        for folder in (Path(room), place):
            folder.chmod(0o555)
        root = os.geteuid() == 0
        if root:
            os.seteuid(65534)
        try:
            with pytest.raises(PermissionError):
                (place / "new").touch()
            assert [row["id"] for row in ledger_rows(place)] == [run.id for run in RUNS]
        finally:
            if root:
                os.seteuid(0)
            for folder in (Path(room), place):
                folder.chmod(0o755)
        assert sorted(path.name for path in place.iterdir()) == before


def test_reading_a_ledger_makes_nothing_and_names_what_is_no_ledger(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="holds no batch"):
        ledger_rows(tmp_path)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / FILE).write_bytes(b"no database" * 100)
    with pytest.raises(OutputError, match="cannot be read"):
        ledger_rows(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
