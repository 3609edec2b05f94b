"""The command line from end to end, in processes of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import highspy
import pandas as pd
import pytest

from optimizer import read_case, solve
from optimizer.results.manifest import check
from tests.integration.command import interrupted, ran
from tests.small_case import write_small_case

CASE = "mp-materials"
LONG_SEARCH = ("allied-magnets", "--paths", "32", "--futures", "4", "--gap", "0")
SIZES = ("--paths", "16", "--futures", "3", "--gap", "0.005")

KEYS = {
    "case", "termination", "objective_musd", "bound_musd", "gap", "seconds", "breakdown", "awards", "programmes",
    "stockpile", "supply", "shortfall", "sources",
}  # fmt: skip
AWARD_KEYS = {
    "plant", "region", "stage", "start_year", "contract", "instrument", "strike_usd_per_kg", "volume_t_per_year",
    "tenor_years", "upside_share", "grant_musd", "equity_musd", "loan_musd", "debt_musd", "programme_amounts_musd",
}  # fmt: skip
PROGRAMME_KEYS = {"programme", "budget_musd", "scored_musd", "expected_musd", "p95_musd", "worst_musd"}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """What one run printed, and the folder it wrote."""
    folder = tmp_path_factory.mktemp("run") / "results"
    done = ran("solve", CASE, *SIZES, "--json", "--out", str(folder))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), folder


def test_the_json_object_says_everything(run: tuple[dict[str, Any], Path]) -> None:
    found, _ = run
    assert found.keys() >= KEYS
    assert found["case"] == CASE
    assert found["termination"] == "gap_reached"
    assert sum(found["breakdown"].values()) == pytest.approx(found["objective_musd"], rel=1e-6)
    assert found["gap"] == pytest.approx(1.0 - found["bound_musd"] / found["objective_musd"], abs=1e-12)
    assert found["awards"]
    for award in found["awards"]:
        assert award.keys() >= AWARD_KEYS
    for programme in found["programmes"]:
        assert programme.keys() >= PROGRAMME_KEYS
    for row in found["supply"]:
        assert row.keys() >= {"plan", "condition", "material", "year", "origin", "share"}
    assert {row["plan"] for row in found["shortfall"]} == {"with", "without"}
    assert found["sources"] == read_case(CASE).grade_mix()


def test_what_is_written_is_what_the_api_returns(run: tuple[dict[str, Any], Path], tmp_path: Path) -> None:
    found, folder = run
    solution = solve(read_case(CASE), paths=16, futures=3, gap=0.005)
    assert {path.stem for path in folder.glob("*.csv")} == {*solution.tables, "search"}
    for name, table in solution.tables.items():
        pd.testing.assert_frame_equal(pd.read_parquet(folder / f"{name}.parquet"), table, check_dtype=False)
        assert list(pd.read_csv(folder / f"{name}.csv", nrows=0).columns) == list(table.columns)
    written = json.loads((folder / "solution.json").read_text("utf-8"))
    assert written == {name: value for name, value in found.items() if name != "seconds"}
    # Same seed, same files: another process, byte for byte. Times stand in a file of their own.
    solution.write(tmp_path)
    assert check(folder) == check(tmp_path) == []
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "timing.json"):
        assert path.read_bytes() == (tmp_path / path.relative_to(folder)).read_bytes(), path.name
    # The case is written with every change made to it, and solves to the same plan.
    again = read_case(folder / "case")
    assert (again.settings.scenarios.paths, again.settings.solve.gap) == (16, 0.005)
    assert again.in_key_order() == again


@pytest.mark.parametrize("suffix", [".mps", ".lp"])
def test_the_exported_model_has_the_same_optimum(tmp_path: Path, suffix: str) -> None:
    case, model = write_small_case(tmp_path / "case"), tmp_path / f"model{suffix}"
    done = ran("solve", str(case), "--gap", "1e-6", "--json", "--quiet", "--export", str(model))
    assert done.returncode == 0, done.stderr
    reader = highspy.Highs()
    reader.setOptionValue("output_flag", False)
    reader.setOptionValue("threads", 1)
    reader.setOptionValue("mip_rel_gap", 1e-6)
    assert reader.readModel(str(model)) == highspy.HighsStatus.kOk
    assert reader.run() == highspy.HighsStatus.kOk
    optimum = reader.getInfo().objective_function_value
    assert optimum == pytest.approx(json.loads(done.stdout)["objective_musd"], rel=3e-6)


def test_an_unknown_key_is_refused_with_the_nearest_match() -> None:
    done = ran("solve", CASE, *SIZES, "--set", "scenarios.hazard_scal=2")
    assert done.returncode == 2
    assert "hazard_scale" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_hard_target_that_cannot_be_met_exits_4_in_plain_words(tmp_path: Path) -> None:
    # Nothing in the case makes a magnet in the United States before 2028, and defence takes only compliant ones.
    target = {
        "target": "served", "kind": "service_level", "region": "us", "material": "magnet", "segment": "defence",
        "first_year": 2027, "last_year": 2027, "level": 1.0, "mode": "hard", "source": "judgement",
        "grade": "judgement",
    }  # fmt: skip
    case = write_small_case(tmp_path / "case", tables={"targets": [target]})
    done = ran("solve", str(case), "--quiet")
    assert done.returncode == 4
    assert "no plan that meets every hard condition" in done.stderr
    assert "targets.csv" in done.stderr
    assert done.stdout == ""


def test_a_time_limit_returns_the_best_plan_so_far_with_its_gap() -> None:
    # A first plan is there after three seconds or so; the last percent of the gap takes minutes.
    done = ran("solve", *LONG_SEARCH, "--time-limit", "12", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["termination"] == "time_limit"
    assert 0.0 < found["gap"] < 1.0
    assert found["bound_musd"] < found["objective_musd"]
    assert sum(found["breakdown"].values()) == pytest.approx(found["objective_musd"], rel=1e-6)


def test_ctrl_c_keeps_the_best_plan(capsys: pytest.CaptureFixture[str]) -> None:
    stopped = interrupted("solve", *LONG_SEARCH, "--json", when="incumbent")
    with capsys.disabled():
        print(f"[ended {stopped.seconds:.2f} s after Ctrl-C]", end=" ")
    assert stopped.code == 130
    assert stopped.seconds < 5.0
    found = json.loads(stopped.out)
    assert found["termination"] == "interrupted"
    assert found["bound_musd"] <= found["objective_musd"]
    assert sum(found["breakdown"].values()) == pytest.approx(found["objective_musd"], rel=1e-6)


@pytest.mark.parametrize("stage", ["polishing the plan", "solving without new awards"])
def test_ctrl_c_after_the_search_keeps_the_plan_without_the_comparison(stage: str) -> None:
    sizes = ("--paths", "16", "--futures", "12", "--gap", "0.01", "--method", "extensive")
    stopped = interrupted("solve", CASE, *sizes, "--json", when=stage)
    assert stopped.code == 130
    assert stopped.seconds < 5.0
    found = json.loads(stopped.out)
    assert found["termination"] == "interrupted"
    assert "comparison" not in found


def test_ctrl_c_before_there_is_a_plan_says_nothing_on_stdout() -> None:
    stopped = interrupted("solve", "us-australia", when="building the model")
    assert (stopped.code, stopped.out) == (130, "")
    assert "Traceback" not in stopped.err


def test_ctrl_c_reaches_the_parent_and_not_its_workers() -> None:
    sizes = ("--paths", "32", "--futures", "12", "--gap", "0", "--workers", "2")
    stopped = interrupted("solve", "us-australia", *sizes, "--json", when="incumbent")
    assert stopped.code == 130, stopped.err
    assert stopped.seconds < 5.0
    found = json.loads(stopped.out)
    assert found["termination"] == "interrupted"
    assert found["bound_musd"] <= found["objective_musd"]
    assert "Traceback" not in stopped.err


def test_the_answer_does_not_depend_on_the_number_of_workers() -> None:
    one, two, three = (
        json.loads(ran("solve", CASE, *SIZES, "--method", "cuts", "--workers", n, "--json", "--quiet").stdout)
        for n in ("1", "2", "3")
    )
    for other in (two, three):
        assert other["breakdown"] == one["breakdown"]
        assert other["awards"] == one["awards"]
        assert other["bound_musd"] == one["bound_musd"]
