"""``alternatives``, ``breakeven`` and ``additionality`` as a user runs them."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pandas as pd
import pytest

from optimizer.analysis import read_analysis
from optimizer.cli import main
from tests.small_case import write_small_case

Captured = pytest.CaptureFixture[str]
VERBS = {"alternatives": "alternatives", "breakeven": "breakeven", "additionality": "additionality"}
"""Command → its main table."""
FEW = ["--paths", "12", "--futures", "2", "--quiet", "--set", "programmes.us_pot.budget_musd=2000"]


@pytest.fixture
def small(tmp_path: Path) -> str:
    """The small case in a folder."""
    return str(write_small_case(tmp_path / "small"))


@pytest.mark.parametrize("verb", VERBS)
def test_an_answer_as_json_is_what_is_written(verb: str, small: str, tmp_path: Path, capsys: Captured) -> None:
    assert main([verb, small, *FEW, "--json", "--out", str(tmp_path / "answer")]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["analysis"], said["case"]) == (verb, "small")
    assert said["findings"]
    assert all(solve["gap"] is None or solve["gap"] >= 0.0 for solve in said["solves"])
    back = read_analysis(tmp_path / "answer")
    assert list(back.findings) == said["findings"]
    assert {name: len(frame) for name, frame in back.tables.items()} == {
        name: len(rows) for name, rows in said["tables"].items()
    }


@pytest.mark.parametrize(("verb", "table"), VERBS.items())
def test_an_answer_as_csv_is_its_main_table(verb: str, table: str, small: str, capsys: Captured) -> None:
    assert main([verb, small, *FEW, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["tables"][table]
    assert main([verb, small, *FEW, "--csv"]) == 0
    frame = pd.read_csv(io.StringIO(capsys.readouterr().out))
    assert len(frame) == len(rows)
    if rows:
        assert list(frame.columns) == list(rows[0])


@pytest.mark.parametrize("verb", VERBS)
def test_an_answer_is_printed_within_100_columns(verb: str, small: str, capsys: Captured) -> None:
    assert main([verb, small, *FEW]) == 0
    out = capsys.readouterr().out
    assert "musd" in out
    assert max(map(len, out.splitlines())) <= 100


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["alternatives", "--within", "two"], "'two' is no share from 0 to 1"),
        (["alternatives", "--toward", "fewest-plant"], "Did you mean 'fewest-plants'"),
        (["breakeven", "--plant", "us_oxid"], "Did you mean 'us_oxide'"),
        (["breakeven", "--instrument", "flor"], "Did you mean 'floor'"),
        (["additionality", "--set", "programmes.us_pt.budget_musd=1"], "us_pt"),
    ],
)
def test_a_wrong_word_is_named_and_nothing_is_solved(words: list[str], said: str, small: str, capsys: Captured) -> None:
    verb, *options = words
    assert main([verb, small, "--quiet", *options]) == 2
    found = capsys.readouterr().err
    assert said in found
    assert "Traceback" not in found
