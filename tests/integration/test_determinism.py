"""The same question gives the same bytes: again, in other processes, with more of them, and with its rows shuffled."""

from __future__ import annotations

import csv
import random
from pathlib import Path
from typing import Literal

import pytest

from optimizer import Case, bundled_cases, read_case, solve
from optimizer.results.manifest import TIMING, check
from tests.integration.command import ran
from tests.unit.data.broken import EVERY_TABLE, edited

SIZES = {"paths": 32, "futures": 6, "gap": 1e-4}


@pytest.fixture(name="case", scope="module")
def fixture_case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small case with rows in every table, its one hard target priced so that there is a plan."""
    settings, tables = edited(*EVERY_TABLE)
    tables["targets"][-1].update(mode="priced", price_usd_per_kg=10)
    folder = tmp_path_factory.mktemp("inputs") / "case"
    Case.from_tables(settings, tables).write(folder)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """All files of a run but its times: name → bytes."""
    assert check(folder) == []
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert files.pop(TIMING)
    return files


def written(
    case: Path, folder: Path, *, method: Literal["cuts", "extensive"] = "cuts", **further: int
) -> dict[str, bytes]:
    """The files that a solve writes."""
    solve(read_case(case), method=method, **(SIZES | further)).write(folder)  # type: ignore[arg-type]
    return contents(folder)


def differing(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    """Names of the files that are not in both with the same bytes."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


@pytest.mark.parametrize("workers", [(2,), pytest.param((3, 4, 6), marks=pytest.mark.slow)])
def test_any_number_of_workers_writes_the_same_bytes(case: Path, tmp_path: Path, workers: tuple[int, ...]) -> None:
    first = written(case, tmp_path / "1", workers=1)
    assert len(first) > 40
    for number in workers:
        assert differing(first, written(case, tmp_path / f"{number}", workers=number)) == []


def test_another_seed_writes_other_bytes(case: Path, tmp_path: Path) -> None:
    """What would pass with files that hold nothing of the run proves nothing."""
    changed = differing(written(case, tmp_path / "one"), written(case, tmp_path / "other", seed=2))
    assert {"manifest.json", "solution.json", "search.csv", "futures.csv", "futures.parquet", "case/case.toml"} <= set(
        changed
    )


def shuffled(case: Path, folder: Path, seed: int) -> Path:
    """The same case with the rows and the columns of every table in another order."""
    draw = random.Random(seed)
    folder.mkdir()
    (folder / "case.toml").write_bytes((case / "case.toml").read_bytes())
    for path in sorted(case.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = list(csv.reader(file))
        order = draw.sample(range(len(header)), len(header))
        draw.shuffle(rows)
        with (folder / path.name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([[row[i] for i in order] for row in (header, *rows)])
    return folder


@pytest.mark.parametrize("method", ["cuts", "extensive"])
@pytest.mark.parametrize("seed", [1])
def test_the_order_of_rows_and_columns_changes_nothing_but_the_hashes_of_the_inputs(
    case: Path, tmp_path: Path, method: Literal["cuts", "extensive"], seed: int
) -> None:
    one = written(case, tmp_path / "one", method=method)
    other = written(shuffled(case, tmp_path / "shuffled", seed), tmp_path / "other", method=method)
    assert differing(one, other) == ["manifest.json"]


@pytest.mark.slow
@pytest.mark.parametrize("method", ["cuts", "extensive"])
def test_shuffled_rows_of_a_bundled_case(tmp_path: Path, method: Literal["cuts", "extensive"]) -> None:
    case = bundled_cases()["mp-materials"]
    for name, folder in (("one", case), ("other", shuffled(case, tmp_path / "shuffled", 3))):
        solve(read_case(folder), paths=16, futures=3, gap=0.005, method=method).write(tmp_path / name)
    assert differing(contents(tmp_path / "one"), contents(tmp_path / "other")) == ["manifest.json"]


@pytest.mark.slow
def test_20_of_20_runs_of_a_bundled_case_write_the_same_bytes(tmp_path: Path) -> None:
    sizes = ("--paths", "32", "--futures", "4", "--gap", "0.002", "--quiet")
    first: dict[str, bytes] = {}
    for turn in range(20):
        folder = tmp_path / str(turn)
        done = ran("solve", "mp-materials", *sizes, "--workers", str((1, 2, 4)[turn % 3]), "--out", str(folder))
        assert done.returncode == 0, done.stderr
        first = first or contents(folder)
        assert differing(first, contents(folder)) == [], turn
