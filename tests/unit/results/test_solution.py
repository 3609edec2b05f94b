"""The solution as a whole: from a solved case to tables, a summary and files."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from optimizer.engine import Options, solve_extensive
from optimizer.errors import ReconciliationError
from optimizer.instance import compile_instance, without_awards
from optimizer.results import Solution, build_solution
from optimizer.scenarios import Draws
from tests.unit.instance.hand_case import calm, flat_paths, futures_of
from tests.unit.results.plan_by_hand import plan_case


@cache
def pieces() -> tuple[Any, ...]:
    """The mine case at 60 and 40 USD/kg, solved with and without new awards."""
    case = plan_case()
    draws = Draws(flat_paths(60.0, 40.0), futures_of(calm(case)), 1, ())
    instance = compile_instance(case, draws)
    exact = Options(gap=0.0)
    return case, draws, instance, solve_extensive(instance, exact), solve_extensive(without_awards(instance), exact)


def solution(**changes: Any) -> Solution:
    """Its solution, with changes to what the solver said."""
    case, draws, instance, solved, baseline = pieces()
    return build_solution(case, draws, instance, replace(solved, **changes), baseline, 1.0, {"seed": 1})


def test_the_solution_repeats_what_the_solver_said() -> None:
    found, solved = solution(), pieces()[3]
    assert (found.case_name, found.title, found.termination) == ("hand", "By hand", "gap_reached")
    assert (found.objective_musd, found.bound_musd) == (solved.objective, solved.bound)
    assert found.gap < 1e-6
    assert sum(found.breakdown.values()) == pytest.approx(found.objective_musd)
    assert found.run == {
        "seed": 1,
        "worst_violation": solved.violation,
        "futures_distance": 0.0,
        "bound_from": solved.bound_from,
        "bound_certified_musd": None,
    }
    assert not found.interrupted
    assert solution(termination="interrupted").interrupted


def test_an_objective_that_is_not_the_sum_of_its_terms_is_an_error() -> None:
    with pytest.raises(ReconciliationError):
        solution(objective=pieces()[3].objective * 1.001)


def test_tables_agree_with_one_another() -> None:
    tables = solution().tables
    # What plants are built for, what pots are used by: the same grant, equity and loan.
    for kind, column in (("grant", "grants_scored_musd"), ("equity", "equity_scored_musd")):
        assert tables["awards"][f"{kind}_musd"].sum() == pytest.approx(tables["programmes"][column].sum())
    discounted = sum(row.expected_musd / 1.2 ** (row.year - 2026) for row in tables["outlays"].itertuples())
    assert discounted == pytest.approx(tables["programmes"]["expected_musd"].sum(), abs=1e-9)
    # The net outlay of the pots is the one in the objective.
    net = tables["breakdown"].set_index("term").loc["net_outlay", "unweighted_musd"]
    assert tables["programmes"]["expected_net_musd"].sum() == pytest.approx(net, abs=1e-9)


def test_the_baseline_builds_nothing_here_and_goes_short() -> None:
    # Without the mine 6 of 8 kt are supplied in every year.
    found = solution().tables["shortfall"].query("plan == 'without'")
    assert found["shortfall_t"].tolist() == pytest.approx([2000.0] * 4)
    # With it, in 2028 the mine gives 5 kt and the lane 3; in 2029 the mine gives all.
    assert solution().tables["shortfall"].query("plan == 'with'")["shortfall_t"].tolist() == pytest.approx(
        [2000.0, 2000.0, 0.0, 0.0], abs=1e-6
    )


def test_without_a_baseline_nothing_is_compared() -> None:
    case, draws, instance, solved, _ = pieces()
    found = build_solution(case, draws, instance, solved, None, 1.0, {})
    assert "comparison" not in found.tables
    assert set(found.tables["supply"]["plan"]) == {"with"}
    json.dumps(found.to_json(), allow_nan=False)


def test_the_summary_is_plain_json() -> None:
    found = json.loads(json.dumps(solution().to_json(), allow_nan=False))
    assert found["objective_musd"] == solution().objective_musd
    assert sum(found["breakdown"].values()) == pytest.approx(found["objective_musd"])
    assert found["sources"]["judgement"] > 0
    (mine,) = {row["plant"] for row in found["awards"]}
    assert mine == "mine"
    assert {"programmes", "stockpile", "supply", "shortfall", "comparison", "private_entry", "candidates"} <= set(found)


@pytest.mark.parametrize("bound", [-np.inf, np.nan])
def test_a_bound_that_is_not_known_is_absent(bound: float) -> None:
    # Stopped before any bound was found.
    found = solution(termination="time_limit", bound=bound).to_json()
    assert (found["bound_musd"], found["gap"]) == (None, None)
    json.dumps(found, allow_nan=False)


def test_amounts_of_programmes_are_numbers_by_name() -> None:
    awards = solution().tables["awards"].iloc[:1].assign(programmes="pot 182.6; other-pot 5.0")
    changed = replace(solution(), tables={**solution().tables, "awards": awards})
    assert changed.to_json()["awards"][0]["programme_amounts_musd"] == {"pot": 182.6, "other-pot": 5.0}
    nothing = replace(solution(), tables={**solution().tables, "awards": awards.assign(programmes="")})
    assert nothing.to_json()["awards"][0]["programme_amounts_musd"] == {}


def test_files_hold_the_tables(tmp_path: Path) -> None:
    found = solution()
    found.write(tmp_path)
    plain = json.loads(json.dumps(found.to_json()))
    seconds = plain.pop("seconds")
    assert json.loads((tmp_path / "solution.json").read_text("utf-8")) == plain
    assert json.loads((tmp_path / "timing.json").read_text("utf-8"))["seconds"] == seconds
    for name, table in found.tables.items():
        assert len(pd.read_parquet(tmp_path / f"{name}.parquet")) == len(table), name


def test_the_notebook_view_escapes_text() -> None:
    shown = replace(solution(), title="<b>Bold</b>")._repr_html_()
    assert "&lt;b&gt;Bold&lt;/b&gt;" in shown
    assert "mine" in shown
