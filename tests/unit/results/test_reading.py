"""A run read back is the run that was written."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from optimizer.errors import OutputError, SettingError
from optimizer.results.reading import Provenance, provenance_of, read_run
from tests.unit.results.test_solution import solution


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    written = solution()
    written.write(tmp_path / "run")
    found = read_run(tmp_path / "run")
    for name in (
        "case_name",
        "title",
        "termination",
        "objective_musd",
        "bound_musd",
        "gap",
        "breakdown",
        "sources",
        "run",
    ):
        assert getattr(found, name) == getattr(written, name), name
    assert found.tables.keys() == written.tables.keys()
    for name, frame in written.tables.items():
        pd.testing.assert_frame_equal(found.tables[name], frame, check_dtype=False)
    assert found.case is not None
    assert found.case.file_texts() == written.case.in_key_order().file_texts()  # type: ignore[union-attr]
    assert found.certificate is None


def test_where_a_run_comes_from_is_the_same_in_memory_and_on_disk(tmp_path: Path) -> None:
    written = solution()
    written.write(tmp_path / "run")
    assert provenance_of(tmp_path / "run") == provenance_of(written)
    (tmp_path / "run" / "manifest.json").write_text("{}")
    assert provenance_of(tmp_path / "run") == Provenance()


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="not the folder of a run"):
        read_run(tmp_path)


@pytest.mark.parametrize("said", ["[]", "{", '{"termination": "gap_reached"}'])
def test_a_broken_summary_is_named(tmp_path: Path, said: str) -> None:
    solution().write(tmp_path / "run")
    (tmp_path / "run" / "solution.json").write_text(said)
    with pytest.raises(OutputError, match="not what a run writes"):
        read_run(tmp_path / "run")


def test_a_broken_table_is_named(tmp_path: Path) -> None:
    solution().write(tmp_path / "run")
    (tmp_path / "run" / "supply.parquet").write_bytes(b"no table")
    with pytest.raises(OutputError, match=r"supply\.parquet: cannot be read as a table"):
        read_run(tmp_path / "run")


def test_a_run_without_a_bound_has_none(tmp_path: Path) -> None:
    solution().write(tmp_path / "run")
    place = tmp_path / "run" / "solution.json"
    place.write_text(json.dumps(json.loads(place.read_text()) | {"bound_musd": None, "gap": None}))
    found = read_run(tmp_path / "run")
    assert (found.bound_musd, found.gap) == (float("-inf"), float("inf"))
