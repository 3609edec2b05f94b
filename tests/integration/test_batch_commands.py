"""``sweep``, ``batch``, ``runs`` and ``collect`` from the command line."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest

from optimizer.cli.entry import main
from tests.small_case import small_case

POT = "programmes.us_pot.budget_musd"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("cases") / "small"
    small_case().write(folder)
    return str(folder)


@pytest.fixture(scope="module")
def swept(case: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sweeps") / "sweep"
    assert main(["sweep", case, "--vary", f"{POT}=0:400:3", "--out", str(folder), "--quiet"]) == 0
    return folder


def test_a_sweep_prints_each_run_with_its_cost_and_gap(swept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs", "list", str(swept)]) == 0
    out = capsys.readouterr().out
    assert [out.count(f"budget_musd {value} ") for value in (0, 200, 400)] == [1, 1, 1]
    assert "3 done" in out


def test_collected_rows_have_what_varied_as_a_column(swept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["collect", str(swept)]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [float(row[POT]) for row in rows] == [0.0, 200.0, 400.0]
    costs = [float(row["objective_musd"]) for row in rows]
    assert costs[0] >= costs[1] * (1 - 1e-3) >= costs[2] * (1 - 1e-3) ** 2
    for row in rows:
        terms = sum(float(value) for name, value in row.items() if name.startswith("breakdown_"))
        assert terms == pytest.approx(float(row["objective_musd"]), rel=1e-6)
    assert main(["collect", str(swept), "--table", "programmes", "--json"]) == 0
    table = json.loads(capsys.readouterr().out)
    assert {row[POT] for row in table} == {0.0, 200.0, 400.0}
    assert all(row["budget_musd"] == row[POT] for row in table if row["programme"] == "us_pot")


def test_asked_again_with_more_values_only_those_are_solved(
    case: str, swept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["sweep", case, "--vary", f"{POT}=0,200,400,600", "--out", str(swept)]
    assert main([*arguments, "--plan"]) == 0
    assert "4 runs, 3 done already, 1 to do" in " ".join(capsys.readouterr().out.split())
    assert main([*arguments, "--quiet", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["counts"] == {"done": 4}
    assert [row["attempts"] for row in found["runs"]] == [1, 1, 1, 1]


def test_a_plan_says_how_long_before_anything_is_done_and_makes_nothing(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = ["sweep", case, "--vary", f"{POT}=0:400:3", "--plan"]
    assert main(arguments) == 0
    assert re.search(r"(roughly \d+ (s |minutes )?to \d+|about \d+) (s|minutes), at ", capsys.readouterr().out)
    assert main([*arguments, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["runs"], said["left"]) == ([f"budget_musd {value}" for value in (0, 200, 400)], 3)
    assert 2.0 < said["seconds"]["least"] <= said["seconds"]["most"]
    assert list(tmp_path.iterdir()) == []


def test_without_a_place_batches_go_below_runs_and_are_found_there(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["runs", "list"]) == 2
    assert "runs: holds no batch" in capsys.readouterr().err
    arguments = ["sweep", case, "--vary", f"{POT}=0,200", "--gap", "0.01"]
    assert main(arguments) == 0
    assert "results are in runs/small" in capsys.readouterr().err
    assert main([*arguments, "--quiet", "--json"]) == 0
    assert [row["attempts"] for row in json.loads(capsys.readouterr().out)["runs"]] == [1, 1]
    assert main(["runs", "show", "budget_musd 200"]) == 0
    assert "runs/small" in capsys.readouterr().out
    assert main(["runs", "export", "copies"]) == 0
    assert (tmp_path / "copies" / "budget-musd-0" / "awards.csv").is_file()
    capsys.readouterr()
    assert main(["collect"]) == 0
    assert len(list(csv.DictReader(io.StringIO(capsys.readouterr().out)))) == 2
    (tmp_path / "may.csv").write_text(f"run,{POT}\nrich,900\n")
    assert main(["batch", "may.csv", "--case", case, "--gap", "0.01", "--quiet"]) == 0
    capsys.readouterr()
    assert main(["runs", "list", "--csv"]) == 0
    assert capsys.readouterr().out == "batch,done\nruns/may,1\nruns/small,2\n"
    assert main(["collect"]) == 2
    assert "holds several batches. Give one. Allowed: may, small" in capsys.readouterr().err
    assert main(["runs", "list", "may", "--json"]) == 0
    assert [row["label"] for row in json.loads(capsys.readouterr().out)] == ["rich"]
    assert main(["runs", "export", "a", "b", "c"]) == 2
    assert "write [DIR] NEW" in capsys.readouterr().err


def test_samples_of_years_are_years_and_repeated_ones_are_named(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["sweep", case, "--vary", "contracts.magnet_cfd.tenor_years=5:6", "--samples", "8", "--quiet"]
    assert main([*arguments, "--gap", "0.01", "--json", "--out", str(tmp_path / "out")]) == 0
    said = capsys.readouterr()
    assert sorted(row["label"] for row in json.loads(said.out)["runs"]) == ["tenor_years 5", "tenor_years 6"]
    assert "6 of 8 samples repeat others and are left out" in said.err


def test_a_file_of_runs_with_what_ifs(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "ifs.toml").write_text('[often]\ntitle = "Twice as likely"\nchanges = ["scenarios.hazard_scale = 2"]\n')
    (tmp_path / "runs.toml").write_text(
        f'case = "{case}"\nchanges = ["{POT} = 1000"]\n[[run]]\nname = "base"\n'
        f'[[run]]\nname = "often"\nwhat-if = "ifs.toml:often"\nchanges = ["{POT} *= 0.5"]\n'
    )
    assert main(["batch", str(tmp_path / "runs.toml"), "--out", str(tmp_path / "out"), "--quiet", "--json"]) == 0
    runs = {row["label"]: row for row in json.loads(capsys.readouterr().out)["runs"]}
    assert runs["base"]["changes"] == [f"{POT} = 1000"]
    assert runs["often"]["changes"] == [f"{POT} = 1000", "scenarios.hazard_scale = 2", f"{POT} *= 0.5"]
    assert runs["often"]["objective_musd"] > runs["base"]["objective_musd"]
    assert main(["runs", "export", str(tmp_path / "out"), str(tmp_path / "copies")]) == 0
    assert {path.name for path in (tmp_path / "copies").iterdir()} == {"base", "often"}


def test_runs_without_a_plan_make_the_exit_code_3_and_can_be_removed(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "runs.csv").write_text(f"run,{POT},plants.us_magnet.availability\nfine,100,\nnot,100,7\n")
    out = str(tmp_path / "out")
    # A figure that the column refuses is refused before anything runs.
    assert main(["batch", str(tmp_path / "runs.csv"), "--case", case, "--out", out, "--quiet"]) == 2
    assert "availability" in capsys.readouterr().err
    (tmp_path / "runs.toml").write_text(
        f'case = "{case}"\n[[run]]\nname = "fine"\n[[run]]\nname = "not"\nchanges = ["drop plants.us_magnet"]\n'
    )
    assert main(["batch", str(tmp_path / "runs.toml"), "--out", out, "--quiet"]) == 3
    assert "1 done, 1 refused" in capsys.readouterr().out
    assert main(["runs", "prune", out]) == 0
    assert "1 run(s) removed" in capsys.readouterr().out
    assert main(["runs", "show", out, "fine"]) == 0
    assert "gap_reached" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["sweep", "CASE", "--vary", "scenarios.seed=1:2", "--out", "x"], "low:high is for samples"),
        (["sweep", "CASE", "--vary", "scenarios.seed=1,2", "--zip", "--samples", "4", "--out", "x"], "cannot be had"),
        (["sweep", "CASE", "--vary", "scenario.seed=1,2", "--out", "x"], "neither a table nor a section"),
        (["batch", "none.toml", "--out", "x"], "cannot be read"),
        (["runs", "list", "nowhere"], "holds no batch"),
        (["collect", "nowhere"], "holds no batch"),
    ],
)
def test_what_is_refused_says_why(
    case: str, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main([case if word == "CASE" else word for word in arguments]) in (2, 74)
    assert words in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_every_run_in_every_case_and_some_in_cases_of_their_own(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small_case().set("scenarios.hazard_scale", 0.0).write(tmp_path / "calm")
    calm = str(tmp_path / "calm")
    (tmp_path / "runs.toml").write_text(
        f'case = ["{case}", "{calm}"]\n[[run]]\nname = "rich"\nchanges = ["{POT} = 900"]\n'
        f'[[run]]\nname = "only calm"\ncase = "{calm}"\n'
    )
    out = str(tmp_path / "out")
    assert main(["batch", str(tmp_path / "runs.toml"), "--out", out, "--quiet", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["counts"] == {"done": 3}
    assert sorted(row["label"] for row in found["runs"]) == sorted(
        [f"{case}: rich", f"{calm}: rich", f"{calm}: only calm"]
    )
    assert main(["collect", out, "--json"]) == 0
    assert {row["case"] for row in json.loads(capsys.readouterr().out)} == {case, calm}


def test_a_dry_run_shows_old_and_new_and_solves_nothing(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["solve", case, "--set", f"{POT} *= 2", "--set", "scenarios.hazard_scale = 3", "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert "us_pot" in out
    assert "1000.0" in out
    assert "2 figures change" in out
    assert "objective" not in out
