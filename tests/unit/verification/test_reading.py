"""Run folders: one as it was written verifies; one with a changed byte does not; anything else is no run."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from optimizer import SettingError, verify_run
from optimizer.cli.entry import main
from tests.unit.verification.rich_case import rich_solution


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "run"
    rich_solution().write(folder)
    return folder


@pytest.fixture
def run(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "run"))


def failing(folder: Path) -> dict[str, str]:
    return {check.name: check.where for check in verify_run(folder).failures}


def test_a_run_as_it_was_written_verifies(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert failing(run) == {}
    assert main(["verify", str(run)]) == 0
    printed = capsys.readouterr().out
    assert "material balance" in printed
    assert "verified: " in printed
    assert max(map(len, printed.splitlines())) <= 100


def test_json_has_every_check(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(run), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["passed"] is True
    assert sum(check["items"] for check in found["checks"]) == found["items"] > 1000


@pytest.mark.parametrize("name", ["flows.parquet", "flows.csv", "solution.json", "case/plants.csv", "manifest.json"])
def test_one_changed_byte_is_found(run: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    content = bytearray((run / name).read_bytes())
    content[len(content) // 2] ^= 1
    (run / name).write_bytes(bytes(content))
    assert main(["verify", str(run)]) == 6
    out = capsys.readouterr()
    assert name in out.out
    assert "NOT VERIFIED" in out.err


def test_a_changed_number_is_found_as_such(run: Path) -> None:
    frame = pd.read_parquet(run / "purchases.parquet")
    frame.loc[0, "t_per_year"] += 5.0
    frame.to_parquet(run / "purchases.parquet", index=False)
    found = failing(run)
    assert "purchases.parquet" in found["files are as they were written"]
    assert "material balance: what comes in is used, sent, stored or left over" in found


def test_a_file_that_cannot_be_read_is_named(run: Path) -> None:
    (run / "flows.parquet").write_bytes(b"nothing")
    (run / "solution.json").write_text("[")
    assert set(failing(run)) >= {"files can be read", "every table and column is there"}


def test_a_case_that_is_refused_is_named(run: Path) -> None:
    (run / "case" / "plants.csv").write_text("plant\nx\n")
    assert "plants.csv" in failing(run)["the case can be read"]


@pytest.mark.parametrize("missing", ["solution.json", "case"])
def test_another_folder_is_no_run(run: Path, missing: str, capsys: pytest.CaptureFixture[str]) -> None:
    place = run / missing
    shutil.rmtree(place) if place.is_dir() else place.unlink()
    with pytest.raises(SettingError, match="not the folder of a run"):
        verify_run(run)
    assert main(["verify", str(run)]) == 2
    assert main(["verify", str(run / "nowhere")]) == 2
    assert "is not the folder of a run" in capsys.readouterr().err
