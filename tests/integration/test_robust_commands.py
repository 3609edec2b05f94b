"""``regret``, ``stress`` and ``information`` as a user runs them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from optimizer.analysis import read_analysis, regret
from optimizer.cli import main
from optimizer.whatif.named import WhatIf
from tests.small_case import small_case, write_small_case

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def small(tmp_path: Path) -> str:
    """The small case in a folder."""
    return str(write_small_case(tmp_path / "small"))


@pytest.fixture
def states(tmp_path: Path) -> str:
    """Two states in a file."""
    path = tmp_path / "states.toml"
    path.write_text(
        '[calm]\ntitle = "No embargo"\nchanges = ["scenarios.hazard_scale = 0"]\n\n'
        '[dear]\ntitle = "Dear plants"\nchanges = ["plants[status=candidate].capex_musd *= 1.3"]\n'
    )
    return str(path)


def test_regret_prints_writes_and_reads_back(small: str, states: str, tmp_path: Path, capsys: Captured) -> None:
    out = tmp_path / "answer"
    assert main(["regret", small, "--states", states, "--out", str(out), "--json", "--quiet"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["analysis"] == "regret"
    assert {row["state"] for row in data["tables"]["regret"]} == {"as-it-is", "calm", "dear"}
    assert all(row["regret_musd"] >= 0.0 for row in data["tables"]["regret"])
    assert data["run"]["states"] == ["as-it-is", "calm", "dear"]
    assert all(row["gap"] <= 1.1e-3 for row in data["solves"])
    again = read_analysis(out)
    assert again.findings == tuple(data["findings"])
    assert set(again.tables) == {"regret", "plans", "states", "matrix"}


def test_information_as_csv_and_as_tables(small: str, capsys: Captured) -> None:
    assert main(["information", small, "--csv", "--quiet"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["measure"] for row in rows] == ["EVPI", "VSS", "VSS"]
    assert main(["information", small, "--futures", "2", "--quiet"]) == 0
    shown, told = capsys.readouterr()
    assert told == ""
    assert "EVPI" in shown
    assert "2 futures" in shown
    assert max(len(line) for line in shown.splitlines()) <= 100


def test_stress_says_what_it_rests_on(small: str, capsys: Captured) -> None:
    words = ["stress", small, "--futures-fresh", "60", "--workers", "1"]
    assert main([*words, "--quiet"]) == 0
    shown = capsys.readouterr().out
    assert "in 60 futures and price paths" in shown
    assert main([*words, "--json"]) == 0
    captured = capsys.readouterr()
    assert "60 of 60 fresh futures" in captured.err
    data = json.loads(captured.out)
    assert len(data["tables"]["fresh"]) == 60


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["regret", "--states", "none.toml"], "none.toml: the what-ifs cannot be read"),
        (["regret", "--json", "--csv"], "cannot be had together"),
        (["stress", "--run", "nowhere", "--quiet"], "nowhere: is not a run"),
        (["stress", "--futures-fresh", "1"], "futures-fresh"),
        (["information", "--set", "plants.us_oxid.capex_musd=1"], "us_oxide"),
        (["information", "--gap", "x"], "--gap"),
    ],
)
def test_bad_arguments_end_with_a_message(words: list[str], said: str, small: str, capsys: Captured) -> None:
    assert main([words[0], small, *words[1:]]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert said in captured.err
    assert "Traceback" not in captured.err


def test_time_that_runs_out_leaves_what_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optimizer.analysis.robust.regrets.LEAST_SECONDS", 1e9)
    found = regret(small_case(), states=[WhatIf("calm", "No embargo", ("scenarios.hazard_scale = 0",))])
    assert set(found.tables["states"]["state"]) == {"as-it-is"}
    assert "Time ran out before calm" in " ".join(found.findings)
    assert (found.tables["regret"]["regret_musd"] >= 0.0).all()


def test_ctrl_c_leaves_what_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("optimizer.analysis.robust.regrets.least_regret", stopped)
    found = regret(small_case(), states=[WhatIf("calm", "No embargo", ("scenarios.hazard_scale = 0",))])
    assert found.interrupted
    assert set(found.tables["states"]["state"]) == {"as-it-is", "calm"}
    assert "whether another plan regrets less was not searched" in " ".join(found.findings)
