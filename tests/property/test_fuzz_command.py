"""The command line given anything: a plan, or a message and an exit code that is documented; never a traceback."""

from __future__ import annotations

import contextlib
import os
import random
import string
from pathlib import Path

import pytest

from optimizer.batch.estimate import Estimate
from optimizer.cli import main
from optimizer.data import Case, read_case
from optimizer.errors import CaseError, SettingError
from tests.property.mutants import mutant
from tests.small_case import write_small_case
from tests.unit.data.broken import EVERY_TABLE, edited

REFUSED = {2, 74}
ANSWERED = {0, 4, 5}
Captured = pytest.CaptureFixture[str]

NUMBERS = (
    "0",
    "-1",
    "1e9",
    "nan",
    "inf",
    "-inf",
    "1e400",
    "1_000",
    "",
    " ",
    "٣",
    "0x10",
    "1.5",
    "99999999999999999999",
    "=1",
    "\ud800",
)
WORDS = ("cuts", "auto", "extensive", "society", "CUTS", "", "none", "../..", "--json", "-", "💰", "a" * 500)
PATHS = (
    "/dev/null",
    "/proc/self/mem",
    "/",
    "",
    " ",
    "con",
    "a\x00b",
    "x" * 300,
    "/dev/full",
    "../../..",
    "~",
    "/dev/fd/0",
    "nul.mps",
    "\udcff",
)
ALPHABET = string.ascii_letters + string.digits + "._-/= \x00\n%;'\"\\$éß∞\u202e"


def ended(arguments: list[str], capsys: Captured) -> tuple[int, str, str]:
    """Exit code and output of one command; the process and its folder stay as they were."""
    code = main(arguments)
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err, arguments
    assert "internal error" not in err, (arguments, err)
    assert code in REFUSED | ANSWERED, (arguments, code, err)
    if code in REFUSED:
        assert err.strip(), arguments
        assert len(err.splitlines()) <= 60, arguments
    return code, out, err


@pytest.fixture(name="case")
def fixture_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return write_small_case(tmp_path / "case")


@pytest.mark.parametrize("count", [60, pytest.param(3_000, marks=pytest.mark.slow)])
def test_options(case: Path, capsys: Captured, count: int) -> None:
    """Options of ``solve`` with values of every kind; the ones that can be solved are."""
    draw = random.Random(count)
    options = {
        "--paths": NUMBERS, "--futures": NUMBERS, "--seed": NUMBERS, "--gap": NUMBERS, "--time-limit": NUMBERS,
        "--workers": NUMBERS[1:], "--perspective": WORDS, "--method": WORDS, "--out": PATHS, "--export": PATHS,
        "--wrong": WORDS,
    }  # fmt: skip
    for _ in range(count):
        name = draw.choice(sorted(options))
        value = draw.choice(options[name])
        small = ["--time-limit", "5"] if name != "--time-limit" else []
        ended(["solve", str(case), "--quiet", *small, name, value], capsys)


@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.slow)])
def test_assignments(case: Path, capsys: Captured, count: int) -> None:
    """``--set`` with paths and values that are nearly right; nothing is solved, as the case itself is then refused."""
    draw = random.Random(count)
    (case / "lanes.csv").write_text("from_region\nus\n")
    clean = read_case(write_small_case(case.parent / "sound"))
    paths = [
        "programmes.us_pot.budget_musd", "plants.us_oxide.capex_musd", "demand.us/civil/magnet.base_t_per_year",
        "scenarios.paths", "objective.weights.outlay", "objective.perspective", "case.name", "solve.gap",
        "targets.x.level",
        "regions.us.covered", "plants.us_oxide.start_years", "objective", "objective.weights", "plants", "case.title",
    ]  # fmt: skip
    values = [*NUMBERS, *WORDS, "yes", "2027;2028", "none", "600", "0.5", "true", "strike", "us"]
    for _ in range(count):
        path = list(draw.choice(paths))
        for _ in range(draw.choice([0, 0, 1, 2])):
            at = draw.randrange(len(path))
            path[at : at + draw.randrange(2)] = draw.choice(ALPHABET)
        value = draw.choice(values)
        with contextlib.suppress(SettingError, CaseError):
            assert clean.set("".join(path), value).file_texts()
    code, _, err = ended(["solve", str(case), "--set", "scenarios.paths=4"], capsys)
    assert (code, "lanes.csv" in err) == (2, True)


@pytest.mark.parametrize("count", [40, pytest.param(2_000, marks=pytest.mark.slow)])
def test_spoilt_cases(tmp_path: Path, capsys: Captured, count: int) -> None:
    """``check`` of mutants says what is wrong in at most fifty faults and a count."""
    folder = tmp_path / "case"
    Case.from_tables(*edited(*EVERY_TABLE)).write(folder)
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    draw = random.Random(count)
    for _ in range(count):
        spoilt = mutant(draw, files)
        if spoilt.content is None:
            (folder / spoilt.file).unlink()
        else:
            (folder / spoilt.file).write_bytes(spoilt.content)
        code, out, err = ended(["check", str(folder)], capsys)
        assert (code == 0) == ("no faults" in out)
        assert spoilt.outcome == "any" or (code == 0) == (spoilt.outcome == "harmless"), (spoilt.kind, err)
        (folder / spoilt.file).write_bytes(files[spoilt.file])


def test_more_faults_than_fifty_are_counted(case: Path, capsys: Captured) -> None:
    rows = "".join(f"r{number},,maybe,\n" for number in range(500))
    (case / "regions.csv").write_text("region,name,covered,bloc\n" + rows)
    code, _, err = ended(["check", str(case)], capsys)
    assert code == 2
    assert len(err.splitlines()) == 52
    assert err.splitlines()[-1].startswith("… and ")


def test_odd_files_and_folders(case: Path, capsys: Captured) -> None:
    """Loops, pipes, devices and folders where a table is due: named at once, and never read to their end."""
    for name in ("lanes.csv", "case.toml"):
        place, kept = case / name, (case / name).read_bytes()
        for make in (
            lambda path: path.symlink_to(path),
            lambda path: path.symlink_to("/dev/zero"),
            lambda path: path.symlink_to(path.parent),
            lambda path: path.symlink_to("absent"),
            lambda path: os.mkfifo(path),
            lambda path: path.mkdir(),
        ):
            place.unlink()
            make(place)
            code, _, err = ended(["check", str(case)], capsys)
            assert (code, name in err) == (2, True), err
            if place.is_dir() and not place.is_symlink():
                place.rmdir()
                place.touch()
        place.unlink()
        place.write_bytes(kept)
    assert ended(["check", str(case)], capsys)[0] == 0


def test_huge_files_are_refused_without_being_read(case: Path, capsys: Captured) -> None:
    for name, size in (("lanes.csv", 10**12), ("case.toml", 2_000_000)):
        kept = (case / name).read_bytes()
        with (case / name).open("r+b") as file:
            file.truncate(size)
        code, _, err = ended(["check", str(case)], capsys)
        assert (code, "bytes" in err) == (2, True)
        (case / name).write_bytes(kept)


@pytest.mark.parametrize("count", [15, pytest.param(2_000, marks=pytest.mark.slow)])
def test_batches(case: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """Figures that vary, samples and files of runs that are nearly right; ``--plan`` asks and solves nothing."""
    monkeypatch.setattr("optimizer.batch.estimate.from_trials", lambda *_: Estimate(1.0, 2.0, "made up"))
    draw = random.Random(count)
    figures = [
        "programmes.us_pot.budget_musd=0:400:3", "programmes.us_pot.budget_musd*=0.5:2", "scenarios.seed=1:9",
        "plants[region=us].capex_musd*=0.8,1,1.2", "contracts.magnet_cfd.tenor_years=5:8", "scenarios.hazard_scale=0,1",
        "objective.perspective=society,treasury", "drop lanes[from_region=us]", "plants.us_oxide.start_years=2027;2028",
    ]  # fmt: skip
    for _ in range(count):
        words = list(draw.choice(figures))
        for _ in range(draw.choice([0, 0, 1, 2])):
            at = draw.randrange(len(words))
            words[at : at + draw.randrange(2)] = draw.choice(ALPHABET)
        extra = draw.choice([[], ["--zip"], ["--samples", draw.choice(NUMBERS)], ["--out", draw.choice(PATHS)]])
        ended(["sweep", str(case), "--vary", "".join(words), "--plan", *extra], capsys)
        heading = draw.choice(["run", "runs", "run,case", ""])
        rows = f"{heading},{''.join(words)}\none,{draw.choice(NUMBERS)}\n"
        Path("runs.csv").write_bytes(rows.encode("utf-8", "surrogatepass"))
        ended(["batch", "runs.csv", "--case", str(case), "--plan"], capsys)
        ended(["runs", draw.choice(["list", "show", "prune", "export"]), draw.choice(PATHS)], capsys)
    assert not Path("runs").exists()
