"""Batches from runs to results: resumed, with crashes, with runs that have no plan, warm and cold."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from optimizer import CaseError, OutputError, SettingError, solve
from optimizer.batch import Run, SolveOptions, Tally, run_batch, runs_of
from optimizer.batch import runner as runner_module
from optimizer.batch.ledger import Ledger
from optimizer.batch.store import export_runs
from optimizer.data import Case
from optimizer.results import manifest
from optimizer.whatif import apply
from tests.small_case import small_case

GAP = 1e-4
OPTIONS = SolveOptions(gap=GAP)
BUDGETS = ("500", "300", "100", "0")


def budgets(case: Case, options: SolveOptions = OPTIONS) -> list[Run]:
    path = "programmes.us_pot.budget_musd"
    return runs_of(case, [(f"budget {b}", [f"{path} = {b}"], {path: b}) for b in BUDGETS], options)


@pytest.fixture(scope="module")
def case() -> Case:
    return small_case()


def rows(folder: Path) -> list[dict[str, Any]]:
    with Ledger(folder) as ledger:
        return ledger.rows()


def test_a_batch_has_the_costs_of_single_solves_and_says_which_were_warm(case: Case, tmp_path: Path) -> None:
    seen: list[Tally] = []
    counts = run_batch(case, budgets(case), tmp_path, OPTIONS, progress=seen.append)
    assert counts == {"done": 4}
    assert (seen[-1].done, seen[-1].failed, seen[-1].left) == (4, 0, 0)
    found = rows(tmp_path)
    assert [row["warm"] for row in found] == [0, 1, 1, 1]
    for row in found:
        alone = solve(
            case.set("programmes.us_pot.budget_musd", row["columns"]["programmes.us_pot.budget_musd"]), gap=GAP
        )
        assert row["objective_musd"] == pytest.approx(alone.objective_musd, rel=2 * GAP)
        assert manifest.check(tmp_path / row["id"]) == []
        said = json.loads((tmp_path / row["id"] / "solution.json").read_text("utf-8"))
        assert said["objective_musd"] == row["objective_musd"]
    assert seen[-1].best == min(row["objective_musd"] for row in found)


def test_what_is_done_is_not_done_again_and_new_runs_are(case: Case, tmp_path: Path) -> None:
    runs = budgets(case)
    run_batch(case, runs[:2], tmp_path, OPTIONS)
    before = {run.id: (tmp_path / run.id / manifest.TIMING).read_bytes() for run in runs[:2]}
    counts = run_batch(case, runs, tmp_path, OPTIONS)
    assert counts == {"done": 4}
    for name, content in before.items():
        assert (tmp_path / name / manifest.TIMING).read_bytes() == content


def test_equal_questions_are_one_run_and_other_options_or_cases_make_others(case: Case) -> None:
    same = runs_of(case, [("a", ["scenarios.seed = 2"], {}), ("b", ["scenarios.seed = 2"], {})], OPTIONS)
    assert len(same) == 1
    first = {run.id for run in budgets(case)}
    assert first == {run.id for run in budgets(small_case())}
    assert first.isdisjoint(run.id for run in budgets(case, SolveOptions(gap=1e-3)))
    assert first.isdisjoint(run.id for run in budgets(case.set("scenarios.seed", 77)))


def test_runs_without_a_plan_are_entered_with_the_reason_and_the_rest_goes_on(case: Case, tmp_path: Path) -> None:
    target = (
        "append targets: target=t, kind=service_level, region=us, material=magnet, segment=defence, first_year=2027, "
        "last_year=2027, level=1.0, mode=hard, source=judgement, grade=judgement"
    )
    asked = [("as it is", [], {}), ("served", [target], {}), ("nonsense", ["drop plants.us_magnet"], {})]
    counts = run_batch(case, runs_of(case, asked, OPTIONS), tmp_path, OPTIONS)
    assert counts == {"done": 1, "infeasible": 1, "refused": 1}
    by_label = {row["label"]: row for row in rows(tmp_path)}
    assert "no plan that meets every hard condition" in by_label["served"]["message"]
    assert "us_magnet" in by_label["nonsense"]["message"]


def test_cold_runs_are_the_same_byte_for_byte_for_any_number_of_workers(case: Case, tmp_path: Path) -> None:
    options = SolveOptions(gap=GAP, cold=True)
    runs = budgets(case, options)[:2]
    for folder, workers in (("one", 1), ("two", 2)):
        assert run_batch(case, runs, tmp_path / folder, options, workers=workers) == {"done": 2}
    for run in runs:
        one, two = tmp_path / "one" / run.id, tmp_path / "two" / run.id
        assert [path.name for path in one.glob("*.csv")] == ["search.csv"]
        names = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
        assert names == sorted(path.relative_to(two) for path in two.rglob("*") if path.is_file())
        differ = [str(name) for name in names if (one / name).read_bytes() != (two / name).read_bytes()]
        assert set(differ) <= {manifest.TIMING}


def test_a_run_exported_is_what_a_single_solve_writes_and_one_that_has_changed_is_refused(
    case: Case, tmp_path: Path
) -> None:
    options = SolveOptions(gap=GAP, cold=True)
    run = budgets(case, options)[0]
    run_batch(case, [run], tmp_path / "batch", options)
    assert export_runs(tmp_path / "batch", tmp_path / "copies") == 1
    solve(apply(case, run.changes), gap=GAP, method="cuts").write(tmp_path / "alone")
    copy, alone = tmp_path / "copies" / "budget-500", tmp_path / "alone"
    assert manifest.check(copy) == []
    names = sorted(path.relative_to(alone) for path in alone.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(copy) for path in copy.rglob("*") if path.is_file())
    assert Path("awards.csv") in names
    differ = {str(name) for name in names if (alone / name).read_bytes() != (copy / name).read_bytes()}
    assert differ == {manifest.TIMING}
    (tmp_path / "batch" / run.id / "awards.parquet").write_bytes(b"")
    with pytest.raises(OutputError, match=r"is not as it was written \(awards.parquet: has changed"):
        export_runs(tmp_path / "batch", tmp_path / "again")


def test_a_whole_folder_left_by_a_killed_batch_is_entered_and_scraps_are_swept(case: Case, tmp_path: Path) -> None:
    runs = budgets(case)[:2]
    run_batch(case, runs, tmp_path, OPTIONS)
    # As if the batch had been killed after the first folder was moved into place and before it was entered, and while
    # the second was being written.
    with Ledger(tmp_path) as ledger:
        ledger._db.execute("UPDATE runs SET status = 'running', owner = 'gone', objective_musd = NULL")
    shutil.rmtree(tmp_path / runs[1].id)
    (tmp_path / ".optimizer-scrap").mkdir()
    before = (tmp_path / runs[0].id / manifest.TIMING).read_bytes()
    assert run_batch(case, runs, tmp_path, OPTIONS) == {"done": 2}
    assert (tmp_path / runs[0].id / manifest.TIMING).read_bytes() == before
    assert not (tmp_path / ".optimizer-scrap").exists()
    assert all(row["objective_musd"] > 0.0 for row in rows(tmp_path))


def _dies(line: Any, case: Case, folder: Path, options: SolveOptions) -> None:
    """A worker that dies at the run labelled ``budget 300``, each time it is tried, or once if a file says so."""
    from optimizer.batch.worker import Solver

    solver, once = Solver(case, options), folder / "once"
    while True:
        try:
            run, cold = line.recv()
        except EOFError:
            return
        if run.label == "budget 300" and not (folder / "died").exists():
            if once.exists():
                (folder / "died").write_text("")
            os.abort()
        line.send((run.id, solver.outcome(run, folder, cold=cold)))


@pytest.mark.parametrize("once", [True, False])
def test_a_process_that_dies_costs_a_try_and_then_its_run(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, once: bool
) -> None:
    monkeypatch.setattr(runner_module, "work", _dies)
    tmp_path.mkdir(exist_ok=True)
    if once:
        (tmp_path / "once").write_text("")
    counts = run_batch(case, budgets(case), tmp_path, OPTIONS, workers=2)
    assert counts == ({"done": 4} if once else {"done": 3, "crashed": 1})
    crashed = next(row for row in rows(tmp_path) if row["label"] == "budget 300")
    assert crashed["attempts"] == 2
    if not once:
        assert "ended with code" in crashed["message"]


def test_changes_that_hold_only_together_are_not_refused(case: Case) -> None:
    """A lowest strike of 100 is above the highest on the menu, until that is 120."""
    lowest, highest = (f"contracts.magnet_cfd.strike_{end}_usd_per_kg" for end in ("min", "max"))
    both = [f"{lowest} = 100", f"{highest} = 120"]
    assert len(runs_of(case, [("moved", both, {})], OPTIONS)) == 1
    with pytest.raises(CaseError):
        runs_of(case, [("alone", both[:1], {})], OPTIONS)
    with pytest.raises(SettingError, match="magnet_cdf"):
        runs_of(case, [("wrong", ["contracts.magnet_cdf.tenor_years = 5"], {})], OPTIONS)
