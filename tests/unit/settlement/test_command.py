"""``optimizer settle`` from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from optimizer.cli.entry import main
from optimizer.settlement import bundled_settlements

MP = bundled_settlements()["dod-mp"]


def test_prints_a_statement_of_at_most_a_hundred_columns(capsys: pytest.CaptureFixture[str]) -> None:
    for name in bundled_settlements():
        assert main(["settle", name]) == 0
        shown = capsys.readouterr().out
        assert "balance" in shown
        assert max(map(len, shown.splitlines())) <= 100
        assert "…" not in shown


def test_files_given_one_by_one_make_the_same_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["settle", "dod-mp", "--json"]) == 0
    whole = json.loads(capsys.readouterr().out)
    assert main(["settle", *(str(MP / name) for name in ("terms.toml", "prices.csv", "volumes.csv")), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == whole
    assert whole["totals"]["already_paid_t"] == 300


def test_writes_a_csv_file_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "statement.csv"
    assert main(["settle", "triton-knoll", "--out", str(out)]) == 0
    lines = out.read_text("utf-8").splitlines()
    assert len(lines) == 7
    assert lines[0].startswith("period,quotes,first_quote,last_quote,reference_gbp_per_mwh,")
    capsys.readouterr()
    assert main(["settle", "dod-mp", "--out", str(out)]) == 74
    assert "Files are never overwritten" in capsys.readouterr().err
    assert out.read_text("utf-8").splitlines() == lines
    assert [path.name for path in tmp_path.iterdir()] == ["statement.csv"]


def test_a_folder_that_is_not_there_is_an_output_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["settle", "dod-mp", "--out", str(tmp_path / "none" / "x.csv")]) == 74
    assert "cannot be written" in capsys.readouterr().err


def test_shows_what_reported_payments_imply(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["settle", "dod-mp", "--implied"]) == 0
    shown = capsys.readouterr().out
    assert "2025-Q4: a payment of 51,016,000 USD" in shown
    assert "…" not in shown
    assert main(["settle", "dod-mp", "--implied", "--tolerance", "0.11", "--json"]) == 0
    periods = json.loads(capsys.readouterr().out)
    fitting = {(one["period"], pair["quantity"]) for one in periods for pair in one["pairs"] if pair["consistent"]}
    # Within 11 %, the volume behind 85.75 USD/kg, 2,103 t, also meets the 1,897 t in concentrate.
    assert fitting == {("2025-Q4", "in_concentrate"), ("2026-Q2", "as_oxide")}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "is no file, no folder and no bundled settlement"),
        ([str(MP / "terms.toml")], "comes without prices"),
        (["jare-lynas", "--implied"], "comes without reported payments"),
        (["dod-mp", "--implied", "--out", "x.csv"], "--implied makes none"),
        (["dod-mp", str(MP / "volumes.csv")], "volumes.csv row 1, price: is missing"),
    ],
)
def test_errors_are_one_message_and_exit_code_2(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["settle", *arguments]) == 2
    assert words in capsys.readouterr().err
