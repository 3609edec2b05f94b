"""What goes wrong around a run: a full disk, a folder that cannot be written, signals."""

from __future__ import annotations

import contextlib
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from optimizer import OutputError, Solution, read_case, solve
from optimizer.cli import main
from optimizer.results.manifest import check
from tests.integration.command import ROOT, interrupted
from tests.small_case import small_case, write_small_case

LONG_SEARCH = ("mp-materials", "--paths", "64", "--futures", "6", "--gap", "0")
NOBODY = 65534


@pytest.fixture(name="small", scope="module")
def fixture_small() -> Solution:
    return solve(small_case())


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@contextlib.contextmanager
def file_size_limit(most: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_files_that_cannot_grow_leave_the_last_run_whole(small: Solution, tmp_path: Path) -> None:
    run = tmp_path / "run"
    small.write(run)
    before = contents(run)
    # The largest file is longer than this, the first ones are shorter.
    with file_size_limit(3_000), pytest.raises(OutputError, match=re.escape(f"{run}: results cannot be written")):
        small.write(run)
    assert contents(run) == before
    assert check(run) == []
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_full_disk_leaves_the_last_run_whole(small: Solution, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=800k", "none", str(disk)], capture_output=True, check=False
    )
    if made.returncode != 0:
        pytest.skip("no file system can be mounted here")
    try:
        run = disk / "run"
        small.write(run)
        before = contents(run)
        # Room for one run and not for two.
        used = sum(len(content) for content in before.values())
        (disk / "ballast").write_bytes(bytes(max(0, shutil.disk_usage(disk).free - used // 2)))
        with pytest.raises(OutputError, match="No space left on device"):
            small.write(run)
        assert contents(run) == before
        assert check(run) == []
        assert {path.name for path in disk.iterdir()} == {"run", "ballast"}
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@contextlib.contextmanager
def without_privileges() -> Iterator[Path]:
    """A folder that the current user may read and not write; root becomes nobody for the while."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(NOBODY)
    else:
        folder.chmod(0o555)
    try:
        yield folder
    finally:
        if is_root:
            os.seteuid(0)
        folder.chmod(0o755)
        folder.rmdir()


def test_a_folder_without_permission_is_named(small: Solution) -> None:
    with without_privileges() as folder, pytest.raises(OutputError, match="Permission denied") as caught:
        small.write(folder / "run")
    assert str(folder / "run") in str(caught.value)


def test_a_file_in_the_way_is_refused_before_the_search(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("mine")
    began = time.monotonic()
    for place, words in (
        (tmp_path / "file", "is a file, not a folder"),
        (tmp_path / "file" / "run", "Not a directory"),
        (tmp_path / ("x" * 300), "File name too long"),
        (tmp_path, "is not the folder of a run"),
        (Path("/dev/full"), "is a file, not a folder"),
    ):
        assert main(["solve", "us-australia", "--out", str(place)]) == 74
        out, err = capsys.readouterr()
        assert (out, words in err, str(place) in err) == ("", True, True), err
    assert time.monotonic() - began < 5.0
    assert (tmp_path / "file").read_text() == "mine"


def test_a_plan_that_cannot_be_written_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = write_small_case(tmp_path / "case")
    with file_size_limit(3_000):
        code = main(["solve", str(case), "--json", "--quiet", "--out", str(tmp_path / "new" / "run")])
    out, err = capsys.readouterr()
    assert code == 74
    assert json.loads(out)["case"] == "small"
    assert err == f"optimizer: {tmp_path / 'new' / 'run'}: results cannot be written (File too large).\n"
    assert [path.name for path in tmp_path.iterdir()] == ["case"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_standard_output_that_is_full_exits_74() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "optimizer", "check", "mp-materials"],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
    assert done.returncode == 74
    assert done.stderr == "optimizer: standard output: cannot be read or written (No space left on device).\n"


def test_sigterm_keeps_the_best_plan_and_exits_143() -> None:
    stopped = interrupted("solve", *LONG_SEARCH, "--json", when="incumbent", by=signal.SIGTERM)
    assert stopped.code == 143
    assert stopped.seconds < 5.0
    found = json.loads(stopped.out)
    assert found["termination"] == "interrupted"
    assert found["bound_musd"] <= found["objective_musd"]


@pytest.mark.slow
def test_sigterm_before_there_is_a_plan_exits_143_and_says_nothing_on_stdout() -> None:
    stopped = interrupted("solve", "us-australia", when="building the model", by=signal.SIGTERM)
    assert (stopped.code, stopped.out) == (143, "")
    assert "Traceback" not in stopped.err


STUBBORN = """
import time
from optimizer.cli.signals import stop_requests
with stop_requests() as requests:
    try:
        print("ready", flush=True)
        time.sleep(60)
    except KeyboardInterrupt:
        print(requests.exit_code(130), flush=True)
    while True:
        try:
            time.sleep(60)
        except KeyboardInterrupt:
            pass
"""


@pytest.mark.parametrize(
    ("by", "code"), [(signal.SIGTERM, 143), pytest.param(signal.SIGINT, 130, marks=pytest.mark.slow)]
)
def test_a_second_signal_stops_at_once_whoever_handles_the_first(by: signal.Signals, code: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STUBBORN],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(by)
        assert process.stdout.readline() == f"{code}\n"
        time.sleep(0.2)
        assert process.poll() is None
        process.send_signal(by)
        assert process.wait(timeout=20) == code


@pytest.mark.slow
@pytest.mark.parametrize(("by", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_second_signal_stops_a_search_at_once(by: signal.Signals, code: int) -> None:
    stopped = interrupted("solve", *LONG_SEARCH, "--json", when="incumbent", by=by, times=2, pause=0.01)
    assert stopped.code == code
    assert stopped.seconds < 1.5
    assert "Traceback" not in stopped.err


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Ctrl-C as a program has it: some runners of tests ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.parametrize("moments", [6, pytest.param(100, marks=pytest.mark.slow)])
def test_ctrl_c_at_any_moment_of_writing_leaves_one_whole_run(small: Solution, tmp_path: Path, moments: int) -> None:
    """A run is written over another one while Ctrl-C comes at moments spread over the time that writing takes."""
    run = tmp_path / "run"
    other = solve(small_case().set("scenarios.seed", 2))
    small.write(run)
    began = time.monotonic()
    small.write(run)
    takes = time.monotonic() - began
    seen = set()
    for turn in range(moments):
        timer = threading.Timer(takes * turn / (moments - 1), signal.raise_signal, [signal.SIGINT])
        # The interrupt may come in any of these statements. Numpy drops one that comes while it compares types.
        with contextlib.suppress(KeyboardInterrupt):
            timer.start()
            (other if turn % 2 else small).write(run)
            timer.join()
            time.sleep(0.2)
        timer.join()
        assert check(run) == []
        assert [path.name for path in tmp_path.iterdir()] == ["run"]
        seen.add(json.loads((run / "solution.json").read_text("utf-8"))["run"]["seed"])
    assert seen <= {1, 2}


def test_the_case_of_a_run_solves_to_the_same_plan(small: Solution, tmp_path: Path) -> None:
    small.write(tmp_path / "run")
    solve(read_case(tmp_path / "run" / "case")).write(tmp_path / "again")
    one, other = contents(tmp_path / "run"), contents(tmp_path / "again")
    assert {name for name in one if one[name] != other[name]} == {"manifest.json", "timing.json"}


@pytest.mark.parametrize("command", [["template"], ["init"]])
def test_cases_that_cannot_be_written_leave_nothing_behind(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with file_size_limit(1_500):
        code = main([*command, str(tmp_path / "case")])
    err = capsys.readouterr().err
    assert (code, str(tmp_path / "case") in err, "File too large" in err) == (74, True, True), err
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_model_that_does_not_fit_on_the_disk_leaves_the_last_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case, model = write_small_case(tmp_path / "case"), tmp_path / "model.mps"
    model.write_text("old")
    with file_size_limit(10_000):
        code = main(["solve", str(case), "--quiet", "--export", str(model)])
    out, err = capsys.readouterr()
    assert (code, out) == (74, "")
    assert f"{model}: the model could not be written" in err
    assert model.read_text() == "old"
    assert {path.name for path in tmp_path.iterdir()} == {"case", "model.mps"}
