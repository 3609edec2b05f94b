"""One JSON object or one CSV table from every command."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pandas as pd
import pytest

from optimizer.cli.entry import main
from optimizer.data import bundled_cases
from tests.small_case import small_tables, write_small_case

Captured = pytest.CaptureFixture[str]
ASKED_FOR_BOTH = [
    ["cases"],
    ["check", "mp-materials"],
    ["explain", "mp-materials"],
    ["settle", "dod-mp"],
    ["verify", "nowhere"],
    ["compare", "a", "b"],
]


@pytest.mark.parametrize("words", ASKED_FOR_BOTH, ids=[words[0] for words in ASKED_FOR_BOTH])
def test_json_and_csv_cannot_be_had_together(words: list[str], capsys: Captured) -> None:
    assert main([*words, "--json", "--csv"]) == 2
    assert "--json and --csv cannot be had together" in capsys.readouterr().err


def test_cases_as_json_and_as_csv_say_the_same(capsys: Captured) -> None:
    assert main(["cases", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert main(["cases", "--csv"]) == 0
    frame = pd.read_csv(io.StringIO(capsys.readouterr().out))
    assert [row["name"] for row in rows] == list(frame["name"]) == sorted(bundled_cases())
    assert set(frame["price_year"]) == {2026}


def test_check_gives_its_faults_as_json_and_as_csv_with_exit_code_2(tmp_path: Path, capsys: Captured) -> None:
    programmes = [{**small_tables()["programmes"][0], "committed_musd": 300.0}]
    broken = write_small_case(tmp_path / "broken", tables={"programmes": programmes})
    assert main(["check", str(broken), "--json"]) == 2
    found = json.loads(capsys.readouterr().out)["faults"]
    assert [(fault["table"], fault["row"], fault["column"]) for fault in found] == [("programmes", 2, "committed_musd")]
    assert main(["check", str(broken), "--csv"]) == 2
    frame = pd.read_csv(io.StringIO(capsys.readouterr().out))
    assert list(frame["check"]) == ["committed-money"]


def test_check_of_a_sound_case_counts_rows_and_grades(capsys: Captured) -> None:
    assert main(["check", "mp-materials", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["faults"] == []
    assert said["rows"]["programmes"] == 5
    assert sum(said["grades"].values()) == sum(count for name, count in said["rows"].items() if name != "sources")


def test_a_statement_as_csv_has_a_row_per_period(capsys: Captured) -> None:
    assert main(["settle", "dod-mp", "--json"]) == 0
    periods = json.loads(capsys.readouterr().out)["lines"]
    assert main(["settle", "dod-mp", "--csv"]) == 0
    frame = pd.read_csv(io.StringIO(capsys.readouterr().out))
    assert list(frame["period"]) == [period["period"] for period in periods]
