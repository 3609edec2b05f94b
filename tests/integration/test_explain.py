"""Explanations as a user asks for them, and cases known to have a plan, which are never called impossible."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from optimizer.cli import main
from optimizer.data import Case, read_case
from optimizer.engine import Options
from optimizer.engine.variations.forced import ForcedPlans
from optimizer.errors import NoPlanError
from optimizer.explanation import explain
from optimizer.explanation.conflict import find_conflicts
from optimizer.explanation.elastic import ElasticCase
from optimizer.instance import Instance, compile_instance
from optimizer.live import LiveCase
from optimizer.scenarios import draw
from tests.small_case import small_settings, small_tables
from tests.unit.explanation.planted import EVIDENCE, stock_case, target

Captured = pytest.CaptureFixture[str]
SMALL = ("--set", "scenarios.paths=32", "--set", "scenarios.futures=3")


@pytest.fixture
def impossible(tmp_path: Path) -> str:
    """A folder with a case whose store is too small for the cover it must give."""
    folder = tmp_path / "impossible"
    stock_case(capacity_t=100.0).write(folder)
    return str(folder)


def test_solve_says_what_conflicts_and_where_to_read_on(impossible: str, capsys: Captured) -> None:
    assert main(["solve", impossible, "--futures", "3", "--set", "scenarios.paths=8"]) == 4
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "capacity of magnet_stock: 100 t (stockpiles.csv row 2, capacity_t: 100 t)" in captured.err
    assert "hard days of cover cover: stock for at least 30 days" in captured.err
    assert f"optimizer explain {impossible} --set scenarios.paths=8 --set scenarios.futures=3" in captured.err


def test_explain_prints_conflict_cells_and_repairs(impossible: str, capsys: Captured) -> None:
    assert main(["explain", impossible, "--quiet"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "there is no plan that meets every hard condition" in out
    assert "Conflict 1" in out
    assert "stockpiles.csv row 2, capacity_t: 100 t" in out
    assert "--set stockpiles.magnet_stock.capacity_t=54" in out


def test_explain_as_json_on_a_bundled_case(capsys: Captured) -> None:
    assert main(["explain", "mp-materials", *SMALL, "--json", "--quiet"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["plan_exists"]
    in_every_plan = {row["plant"] for row in data["why_not"] if row["verdict"] == "built unaided"}
    assert {"js-link-columbus", "white-mesa-2"} <= in_every_plan
    for row in data["why_not"]:
        assert row["reason"]
        if row["extra_cost_musd"] is not None:
            assert row["extra_cost_least_musd"] <= row["extra_cost_musd"] <= row["extra_cost_most_musd"]


def test_check_shows_contradictions(impossible: str, capsys: Captured) -> None:
    assert main(["check", impossible]) == 0
    assert "magnet_stock holds 100 t" in " ".join(capsys.readouterr().out.split())


@pytest.mark.slow
def test_a_hard_target_without_the_pot_that_would_pay_for_it() -> None:
    case = read_case("mp-materials").set("programmes.nds.budget_musd", 0)
    rows = [dict(row) for row in case.rows("targets")]
    cover = target("cover", "days_of_cover", 20.0, 2029, 2031, segment="defence")
    # 20 days of 600 t/yr, which grow, are about 35 t: nothing to a store of 3,000 t that may buy 450 t/yr.
    explanation = explain(case.replace(tables={"targets": [*rows, cover]}))
    assert not explanation.plan_exists
    assert [set(conflict.names) for conflict in explanation.conflicts] == [{"hard days of cover cover", "pot nds"}]
    by_column = explanation.repairs.set_index("column")
    assert 1.0 <= float(by_column.loc["budget_musd", "to"]) <= 10.0
    assert set(by_column.index) == {"budget_musd", "level"}


def planted_feasible(seed: int) -> Case:
    """A random variation of the small case whose hard targets and pot are just what one of its plans attains."""
    random = np.random.default_rng(seed)
    tables, settings = small_tables(), small_settings()
    settings["horizon"]["last_year"] = 2032
    settings["scenarios"] = {"seed": int(random.integers(1000)), "paths": 16, "futures": 3}
    for plant in tables["plants"]:
        plant["opex_usd_per_kg"] *= float(random.uniform(0.6, 1.2))
        plant["capex_musd_low"], plant["capex_musd_high"] = 1.0, 1000.0
        plant["capex_musd"] *= float(random.uniform(0.3, 1.2))
    tables["disruptions"][0]["hazard_per_year"] = float(random.uniform(0.05, 0.5))
    tables["stockpiles"][0]["opening_t"] = float(random.choice([0.0, 500.0]))
    tables["programmes"][0]["budget_musd"] = float(random.choice([50.0, 400.0, 3000.0]))
    settings["objective"] = {"weights": {"outlay": float(random.choice([0.0, 0.5]))}}
    case = Case.from_tables(settings, tables)
    instance = compile_instance(case, draw(case))
    plans = ForcedPlans(instance, Options(gap=1e-3))
    used = plans.used["us_pot"]
    case = case.set("programmes.us_pot.budget_musd", round(used * (1.0 + 1e-6) + 1e-4, 4))
    return case.replace(tables={"targets": attained(instance, plans)})


def attained(instance: Instance, plans: ForcedPlans) -> list[dict[str, object]]:
    """Hard targets at the levels of the best plan, rounded to the easier side."""
    outcome, rows = plans.best.outcome, []
    for segment in ("defence", "civil"):
        met = 1.0
        for future in instance.futures:
            for (key, year), wanted in future.demand.items():
                if key[1] == segment and year >= 2029:
                    missed = outcome.recourse[future.name]["unmet"].get((*key, year), 0.0)
                    met = min(met, 1.0 - missed / wanted)
        rows.append(target(segment, "service_level", _below(met, 1e4), 2029, 2032, segment=segment))
    stock, years = instance.awards.stock, instance.awards.years
    level, days = stock.opening["magnet_stock"], 3650.0
    for year in years:
        tranche = stock.tranche_of.get(("magnet_stock", year))
        level += outcome.awards["purchase_rate"].get(("magnet_stock", tranche), 0.0)
        if year >= 2029:
            wanted = 4.0 * 1.05 ** (year - years[0]) + 0.3 * 1.02 ** (year - years[0])
            days = min(days, 365.0 * level / wanted)
    rows.append(target("cover", "days_of_cover", _below(days, 1e2), 2029, 2032))
    return rows


def _below(value: float, parts: float) -> float:
    """A little less than a value, to one part in so many of its unit."""
    return max(0.0, float(np.floor(value * parts - 1.0) / parts))


def never_impossible(seed: int) -> None:
    """The planted plan is still possible: neither the elastic form nor the search may say otherwise."""
    case = planted_feasible(seed)
    assert all(row.grade == EVIDENCE["grade"] for row in case.rows("targets"))
    assert find_conflicts(ElasticCase(case)).conflicts == []
    plans = ForcedPlans(compile_instance(case, draw(case)), Options(gap=1e-2))
    assert plans.best.objective >= plans.best.bound - 1e-6


@pytest.mark.parametrize("seed", range(8))
def test_a_case_with_a_planted_plan_is_never_called_impossible(seed: int) -> None:
    never_impossible(seed)


@pytest.mark.slow
def test_two_hundred_planted_plans_are_never_called_impossible() -> None:
    for seed in range(1000, 1200):
        never_impossible(seed)


def tightened(seed: int) -> Case:
    """A case whose targets were raised above, and whose pot was cut below, what its planted plan needs."""
    random, case = np.random.default_rng(seed), planted_feasible(seed)
    rows = [dict(row) for row in case.rows("targets")]
    for row in rows:
        share = row["kind"] == "service_level"
        row["level"] = (
            min(1.0, row["level"] + random.uniform(0.0, 0.4)) if share else row["level"] + random.uniform(0, 40)
        )
    pot = case.row("programmes", "us_pot").budget_musd * random.uniform(0.2, 1.0)
    return case.replace(tables={"targets": rows}).set("programmes.us_pot.budget_musd", round(pot, 3))


@pytest.mark.slow
def test_there_is_a_conflict_exactly_if_the_search_finds_no_plan() -> None:
    refused = 0
    for seed in range(3000, 3030):
        case = tightened(seed)
        try:
            LiveCase(case).solve(gap=1e-2, baseline=False)
            possible = True
        except NoPlanError as error:
            possible = not error.infeasible
        # Each conflict is certified as it is found: impossible together, possible without any one member.
        assert (find_conflicts(ElasticCase(case)).conflicts == []) == possible
        refused += not possible
    assert refused >= 10
