"""Results on disk: whole or not at all, safe in a spreadsheet, the same in both formats."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from optimizer.errors import OutputError
from optimizer.results.store import replace_file, spreadsheet_safe, write_tables

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


def test_every_table_and_the_summary_are_written(tmp_path: Path) -> None:
    write_tables(tmp_path / "new" / "run", TABLES, {"objective_musd": 1.5})
    written = {path.name for path in (tmp_path / "new" / "run").iterdir()}
    assert written == {f"{name}.{kind}" for name in TABLES for kind in ("csv", "parquet")} | {"solution.json"}
    assert json.loads((tmp_path / "new" / "run" / "solution.json").read_text("utf-8")) == {"objective_musd": 1.5}


@pytest.mark.parametrize("name", ["mixed", "blank"])
def test_parquet_holds_the_table(tmp_path: Path, name: str) -> None:
    write_tables(tmp_path, TABLES, {})
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / f"{name}.parquet"), TABLES[name])


def test_csv_holds_the_same_numbers_to_the_last_digit(tmp_path: Path) -> None:
    write_tables(tmp_path, TABLES, {})
    rows = list(csv.DictReader((tmp_path / "mixed.csv").read_text("utf-8").splitlines()))
    assert [row["name"] for row in rows] == ["'=SUM(A1)", "'+1", "'-1", "'@x", "plain", "it's"]
    assert float(rows[3]["musd"]) == 0.1 + 0.2
    assert (rows[0]["musd"], rows[2]["musd"]) == ("-1.5", "")


def test_an_empty_table_keeps_its_heading(tmp_path: Path) -> None:
    write_tables(tmp_path, TABLES, {})
    assert (tmp_path / "empty.csv").read_text("utf-8") == "plant,year\n"
    assert pd.read_parquet(tmp_path / "empty.parquet").columns.tolist() == ["plant", "year"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\0"])
def test_text_that_begins_like_a_formula_is_quoted(start: str) -> None:
    assert spreadsheet_safe(pd.DataFrame({"x": [f"{start}1"]}))["x"].tolist() == [f"'{start}1"]


def test_numbers_in_a_column_of_objects_stay_numbers() -> None:
    assert spreadsheet_safe(pd.DataFrame({"x": [-1.0, "-1", None]}, dtype=object))["x"].tolist()[:2] == [-1.0, "'-1"]


def test_what_is_written_twice_is_the_same_byte_for_byte(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        write_tables(tmp_path / folder, TABLES, {"x": 1})
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name


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


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(OutputError, match=r"taken.*: results cannot be written"):
        write_tables(tmp_path / "taken" / "run", TABLES, {})


def test_a_summary_with_a_number_that_is_not_finite_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON"):
        write_tables(tmp_path, {}, {"gap": float("nan")})
    assert list(tmp_path.iterdir()) == []
