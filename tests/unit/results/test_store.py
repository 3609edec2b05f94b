"""Results on disk: whole or not at all, safe in a spreadsheet, the same in both formats."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from optimizer.errors import OutputError
from optimizer.results import store
from optimizer.results.manifest import check, with_manifest
from optimizer.results.store import replace_file, replace_folder, spreadsheet_safe, table_files

TABLES = {
    "mixed": pd.DataFrame(
        {
            "name": ["=SUM(A1)", "+1", "-1", "@x", "plain", "it's"],
            "musd": [-1.5, 2.0, float("nan"), 0.1 + 0.2, 1e-12, 3.0],
            "year": [2026, 2027, 2028, 2029, 2030, 2031],
            "built": [True, False, True, False, True, False],
        }
    ),
    "blank": pd.DataFrame({"plant": [None, "mine"], "start_year": [2027.0, np.nan]}),
    "empty": pd.DataFrame(columns=["plant", "year"]),
    "nothing": pd.DataFrame([]),
}


def write(folder: Path, files: dict[str, bytes] | None = None) -> None:
    replace_folder(folder, with_manifest(files or table_files(TABLES), {"seed": 1}, {"seconds": 1.0}))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_table_is_written_in_both_formats() -> None:
    assert set(table_files(TABLES)) == {f"{name}.{kind}" for name in TABLES for kind in ("csv", "parquet")}


@pytest.mark.parametrize("name", ["mixed", "blank"])
def test_parquet_holds_the_table(name: str) -> None:
    found = pd.read_parquet(io.BytesIO(table_files(TABLES)[f"{name}.parquet"]))
    pd.testing.assert_frame_equal(found, TABLES[name])


def test_csv_holds_the_same_numbers_to_the_last_digit() -> None:
    rows = list(csv.DictReader(table_files(TABLES)["mixed.csv"].decode().splitlines()))
    assert [row["name"] for row in rows] == ["'=SUM(A1)", "'+1", "'-1", "'@x", "plain", "it's"]
    assert float(rows[3]["musd"]) == 0.1 + 0.2
    assert (rows[0]["musd"], rows[2]["musd"]) == ("-1.5", "")


def test_an_empty_table_keeps_its_heading() -> None:
    files = table_files(TABLES)
    assert files["empty.csv"] == b"plant,year\n"
    assert pd.read_parquet(io.BytesIO(files["empty.parquet"])).columns.tolist() == ["plant", "year"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\0"])
def test_text_that_begins_like_a_formula_is_quoted(start: str) -> None:
    assert spreadsheet_safe(pd.DataFrame({"x": [f"{start}1"]}))["x"].tolist() == [f"'{start}1"]


def test_numbers_in_a_column_of_objects_stay_numbers() -> None:
    assert spreadsheet_safe(pd.DataFrame({"x": [-1.0, "-1", None]}, dtype=object))["x"].tolist()[:2] == [-1.0, "'-1"]


def test_what_is_made_twice_is_the_same_byte_for_byte() -> None:
    assert table_files(TABLES) == table_files(TABLES)


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = tmp_path / "solution.json"
    replace_file(path, b"old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(OSError, match="No space left"):
        replace_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_replaced_is_readable_by_others(tmp_path: Path) -> None:
    path = tmp_path / "solution.json"
    replace_file(path, b"old")
    replace_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_run_replaces_a_run_and_leaves_nothing_of_it(tmp_path: Path) -> None:
    run = tmp_path / "new" / "run"
    write(run, {"old.csv": b"1", "case/plants.csv": b"2"})
    write(run, {"new.csv": b"3"})
    assert set(contents(run)) == {"new.csv", "manifest.json", "timing.json"}
    assert check(run) == []
    assert [path.name for path in run.parent.iterdir()] == ["run"]
    assert run.stat().st_mode & 0o777 == 0o755
    assert {path.stat().st_mode & 0o777 for path in run.iterdir()} == {0o644}


def test_systems_that_cannot_exchange_folders_move_the_old_one_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_exchanged", lambda *_: False)
    write(tmp_path / "run", {"old.csv": b"1"})
    write(tmp_path / "run", {"new.csv": b"3"})
    assert set(contents(tmp_path / "run")) == {"new.csv", "manifest.json", "timing.json"}
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


@pytest.mark.parametrize("exchange", [True, False])
@pytest.mark.parametrize("step", ["fsync", "rename", "chmod", "mkdir"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_whatever_step_fails_one_of_both_runs_is_whole_and_nothing_else_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, step: str, exchange: bool
) -> None:
    run, real = tmp_path / "run", getattr(os, step)
    old, new = {"old.csv": b"1", "case/old.csv": b"2"}, {"new.csv": b"3", "case/new.csv": b"4"}
    if not exchange:
        monkeypatch.setattr(store, "_exchanged", lambda *_: False)
    failed = 0
    for fails in range(1, 30):
        write(run, old)
        count = 0

        def fail(*arguments: Any, fails: int = fails, **names: Any) -> Any:
            nonlocal count
            count += 1
            if count == fails:
                raise error
            return real(*arguments, **names)

        with monkeypatch.context() as patch:
            patch.setattr(os, step, fail)
            try:
                write(run, new)
            except (OutputError, KeyboardInterrupt):
                failed += 1
                assert check(run) == []
                assert set(contents(run)) - {"manifest.json", "timing.json"} in (set(old), set(new))
                assert [path.name for path in tmp_path.iterdir()] == ["run"]
        if count < fails:
            break
    else:
        raise AssertionError("the step is called without end")
    assert failed or (step == "rename" and exchange)


def test_a_folder_that_is_not_of_a_run_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(OutputError, match=r"has files \(thesis.txt\) and is not the folder of a run"):
        write(tmp_path)
    assert contents(tmp_path) == {"thesis.txt": b"years of work"}


def test_a_file_put_into_a_run_is_not_thrown_away_with_it(tmp_path: Path) -> None:
    write(tmp_path / "run")
    (tmp_path / "run" / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match=r"no run has written \(notes.txt\)"):
        write(tmp_path / "run")
    assert (tmp_path / "run" / "notes.txt").read_text() == "mine"


def test_a_manifest_that_is_broken_makes_no_run(tmp_path: Path) -> None:
    write(tmp_path / "run")
    (tmp_path / "run" / "manifest.json").write_text("{}")
    with pytest.raises(OutputError, match="not the folder of a run"):
        write(tmp_path / "run")


def test_links_and_files_are_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "file").write_text("")
    for name, words in (("link", "symbolic link"), ("loop", "symbolic link"), ("file", "is a file")):
        with pytest.raises(OutputError, match=words):
            write(tmp_path / name)
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize(
    "name",
    ["../x.csv", "/x.csv", "a/../../x.csv", "con.csv", "case/NUL", "a\0b", "", "a//b", ".hidden", "a\\b", "x" * 200],
)
def test_names_that_lead_out_or_that_no_system_holds_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError, match="not a name for a file of results"):
        replace_folder(tmp_path / "run", {name: b""})
    assert list(tmp_path.iterdir()) == []


def test_names_that_differ_in_capitals_only_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="capitals"):
        replace_folder(tmp_path / "run", {"a.csv": b"", "A.csv": b""})


def test_a_relative_place_is_taken_from_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    write(Path("run"))
    write(Path("..") / "beside")
    write(Path("run") / ".." / "third")
    assert {path.name for path in tmp_path.iterdir()} == {"here", "beside"}
    assert {path.name for path in (tmp_path / "here").iterdir()} == {"run", "third"}


def test_a_folder_that_cannot_be_made_is_named_and_its_parents_are_not_left(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(OutputError, match=r"taken.*: results cannot be written"):
        write(tmp_path / "taken" / "run")
    with pytest.raises(OutputError, match="File name too long"):
        write(tmp_path / "new" / ("x" * 300))
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]
