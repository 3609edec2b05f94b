"""Where batches are kept if nobody says."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer.batch import Ledger
from optimizer.batch.places import batches, default_place, place_of
from optimizer.errors import SettingError


@pytest.fixture(autouse=True)
def _inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def made(*names: str) -> None:
    for name in names:
        with Ledger(Path("runs") / name):
            pass


def test_the_name_is_that_of_the_case_or_the_file() -> None:
    assert default_place("questions/may.toml") == Path("runs/may")
    assert default_place("my.case") == Path("runs/my.case")
    assert default_place("..").parent == Path("runs")
    assert default_place(".") == Path("runs") / Path.cwd().name


def test_the_only_batch_is_meant_if_none_is_named() -> None:
    with pytest.raises(SettingError, match=r"runs: holds no batch\. Give the folder of one, or make one"):
        place_of(None)
    (Path("runs") / "notes").mkdir(parents=True)
    made("one")
    assert place_of(None) == Path("runs/one")
    made("two")
    assert batches() == [Path("runs/one"), Path("runs/two")]
    with pytest.raises(SettingError, match=r"Give one\. Allowed: one, two"):
        place_of(None)


def test_a_name_is_looked_for_below_runs_and_a_folder_comes_first() -> None:
    made("one")
    assert place_of("one") == Path("runs/one")
    assert place_of("other") == Path("other")
    with Ledger("one"):
        pass
    assert place_of("one") == Path("one")
