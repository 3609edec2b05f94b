"""The commands ``prices`` and ``frontier``: what they print, in which shape, and what they refuse."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from optimizer import analysis
from optimizer.cli.entry import main
from tests.small_case import write_small_case


@pytest.fixture
def case(tmp_path: Path) -> str:
    return str(write_small_case(tmp_path / "small"))


def test_prices_prints_pots_and_what_they_rest_on(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prices", case, "--quiet", "--set", "programmes.us_pot.budget_musd=60"]) == 0
    out = capsys.readouterr().out
    assert "The next 1 musd in us_pot saves" in out
    assert "yes-or-no decisions kept" in out
    assert "within 0." in out
    assert max(len(line) for line in out.splitlines()) <= 100


def test_prices_as_json_and_csv(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prices", case, "--json", "--exact", "--step", "20", "--quiet"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["analysis"] == "prices"
    assert [row["step_musd"] for row in found["tables"]["exact"]] == [20.0, -20.0]
    assert main(["prices", case, "--csv", "--quiet"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert rows[0]["programme"] == "us_pot"
    assert float(rows[0]["saving_per_next_musd"]) == 0.0


def test_prices_written_are_read_again(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prices", case, "--quiet", "--out", str(tmp_path / "out")]) == 0
    again = analysis.read_analysis(tmp_path / "out")
    assert again.verb == "prices"
    assert next(iter(again.tables)) == "pots"
    assert len(again.tables["demand_years"]) == 20


def test_frontier_prints_points_and_what_changes(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["frontier", case, "--points", "4", "--quiet"]) == 0
    out = capsys.readouterr().out
    assert "outlay" in out
    assert "on the frontier" in out
    assert "saves per" in out
    assert max(len(line) for line in out.splitlines()) <= 100


def test_frontier_as_json_and_csv(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    wanted = ["frontier", case, "--x", "tail", "--y", "outlay", "--points", "3", "--quiet"]
    assert main([*wanted, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    points = found["tables"]["points"]
    assert [row["point"] for row in points] == list(range(1, len(points) + 1))
    assert all(row["gap"] <= 0.002 for row in points)
    assert main([*wanted, "--csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [float(row["y_musd"]) for row in rows] == pytest.approx([row["y_musd"] for row in points])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["frontier", "--x", "outlays"], "Did you mean 'outlay'"),
        (["frontier", "--x", "budget:us_pod"], "Did you mean 'us_pot'"),
        (["frontier", "--y", "shortages"], "Did you mean 'shortage'"),
        (["frontier", "--x", "share:magnet:us"], "no route"),
        (["frontier", "--points", "1"], "--points"),
        (["prices", "--step", "-3"], "moves nothing"),
        (["prices", "--json", "--csv"], "cannot be had together"),
        (["prices", "--set", "programmes.us_pott.budget_musd=3"], "Did you mean"),
    ],
)
def test_bad_arguments_are_refused_in_a_sentence(
    case: str, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([arguments[0], case, *arguments[1:], "--quiet"]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert "Traceback" not in err


@pytest.mark.parametrize("command", ["prices", "frontier"])
def test_a_case_without_a_plan_ends_with_code_4(command: str, case: str, capsys: pytest.CaptureFixture[str]) -> None:
    # A year of defence demand in stock from 2027 on, and no money to buy it.
    rows = (
        "target,kind,region,material,segment,first_year,last_year,level,mode,source,grade\n"
        "cover,days_of_cover,us,magnet,defence,2027,2027,365,hard,judgement,judgement\n"
    )
    (Path(case) / "targets.csv").write_text(rows, encoding="utf-8")
    assert main([command, case, "--quiet", "--set", "programmes.us_pot.budget_musd=0"]) == 4
    assert "no plan" in capsys.readouterr().err
