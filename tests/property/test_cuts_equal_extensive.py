"""Cutting planes and the extensive form find plans of the same cost, and agree where there is none.

Stopped on the way, cutting planes leave a bound below the optimum and a plan above it.
"""

from __future__ import annotations

from dataclasses import fields
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from optimizer.data import Case
from optimizer.data.schema import TABLES
from optimizer.engine import Options, Progress, Solved, solve_cuts, solve_extensive
from optimizer.engine.cutting_planes import search
from optimizer.engine.decomposed import decompose, finished
from optimizer.engine.master import Master
from optimizer.engine.state import Search
from optimizer.errors import NoPlanError
from optimizer.instance import Instance, compile_instance
from optimizer.scenarios import draw
from tests.property.plans import Variation, case_of, draws_of, rows_of
from tests.small_case import small_case, small_tables

GAP = 1e-6
RELATIVE = 1e-5
COUNT, QUICK = 200, 25
ONCE_FAILED = (617, 1796, 1810, 2181)
"""HiGHS took a starting plan for the best one: it is the best of what presolve leaves, but not with what it removes."""
MENU: dict[str, tuple[Any, ...]] = {
    "oxide_capex": (80.0, 150.0, 300.0),
    "magnet_capex": (80.0, 150.0, 250.0),
    "oxide_opex": (35.0, 45.0, 60.0),
    "magnet_opex": (8.0, 12.0, 15.0),
    "oxide_price": (50.0, 62.5, 71.0, 90.0),
    "volatility": (0.1, 0.2, 0.4),
    "hazard": (0.05, 0.15, 0.4),
    "depth": (0.5, 0.8, 1.0),
    "civil_demand": (1500.0, 3700.0, 6000.0),
    "civil_shortage": (80.0, 300.0, 600.0),
    "opening_stock": (0.0, 800.0),
    "release_share": (0.4, 1.0),
    "budget": (25.0, 80.0, 400.0, 3000.0),
    "scoring": ("expected", "cvar", "worst"),
    "strike_step": (5.0, 10.0),
    "share_min": (0.3, 1.0),
    "upside_share": (0.0, 0.3, 1.0),
    "tail_weight": (0.0, 0.5),
    "outlay_weight": (0.0, 0.2, 1.0),
    "oxide_trade": (False, True),
    "private_entry": (False, True),
    "paths": (8, 16, 24),
    "futures": (2, 3, 5),
    "draw_seed": tuple(range(1000)),
    "factor": (1.0,),
}
"""The figures of tests/property/plans.py, from which a seed picks."""
EVIDENCE = {"source": "judgement", "grade": "judgement"}
TARGET = {"region": "us", "material": "magnet", "first_year": 2029, "last_year": 2032, **EVIDENCE}
SHARE = {**TARGET, "target": "diversify", "kind": "share_limit", "origin": "china", "level": 0.6}
SERVICE = {**TARGET, "target": "serve", "kind": "service_level", "segment": "civil"}
COVER = {**TARGET, "target": "cover", "kind": "days_of_cover", "level": 60.0}
PRICED = {"mode": "priced", "price_usd_per_kg": 120.0}
TARGETS: tuple[list[dict[str, Any]], ...] = (
    [],
    [],
    [{**SHARE, **PRICED}],
    [{**SERVICE, "mode": "hard", "futures": "calm", "level": 0.9}],
    [{**SERVICE, "mode": "hard", "level": 0.35}],
    [{**SERVICE, "mode": "hard", "level": 0.9}, {**SHARE, **PRICED, "futures": "calm"}],
    [{**COVER, **PRICED}, {**SERVICE, **PRICED, "level": 1.0}],
)


def with_more_plants(case: Case, draws: np.random.Generator) -> Case:
    """Two more candidates, one of which needs the other, with contracts of a second pot, equity and loans."""
    tables = {name: rows_of(case, name) for name in ("plants", "recipes", "contracts", "support", "programmes")}
    scoring = str(draws.choice(["expected", "cvar", "worst"]))
    tables["programmes"].append(tables["programmes"][0] | {"programme": "second_pot", "contract_scoring": scoring})
    for i, (plant, factor) in enumerate(zip(list(tables["plants"]), draws.uniform(0.5, 1.5, size=2), strict=True)):
        name, old = f"second_{i}", plant["plant"]
        terms = {"plant": name, "capacity_t_per_year": 1000.0, "capex_musd": factor * plant["capex_musd"] / 2.0}
        needs = "second_0" if i and draws.uniform() < 0.5 else None
        tables["plants"].append(plant | terms | {"requires": needs, "start_years": (2028, 2029)})
        for table in ("recipes", "support", "contracts"):
            tables[table] += [row | {"plant": name} for row in list(tables[table]) if row["plant"] == old]
        equity = {"instrument": "equity", "programme": "second_pot", "max_musd": 60.0, "max_share_of_capex": 0.4}
        tables["support"].append({**EVIDENCE, "plant": name, **equity})
    for i, row in enumerate(tables["contracts"][2:]):
        row |= {"contract": f"second_contract_{i}", "programme": "second_pot"}
    eligible = rows_of(case, "eligibility")
    kinds = [row | {"programme": "second_pot"} for row in eligible] + [eligible[0] | {"instrument": "equity"}]
    kinds.append(kinds[-1] | {"programme": "second_pot"})
    return case.replace(tables=tables | {"eligibility": eligible + kinds})


def extended(seed: int) -> Case:
    """The case of a seed: a variation, and on top more plants, targets, purchases, plants that come late and fail."""
    draws = np.random.default_rng(seed)
    chosen = {field.name: MENU[field.name][draws.integers(len(MENU[field.name]))] for field in fields(Variation)}
    case = case_of(Variation(**chosen))
    if draws.uniform() < 0.4:
        case = with_more_plants(case, draws)
    targets = [dict(row) for row in TARGETS[draws.integers(len(TARGETS))]]
    plants, stocks, contracts = (rows_of(case, name) for name in ("plants", "stockpiles", "contracts"))
    if draws.uniform() < 0.3:
        plants = [row | {"delay_probability": 0.4, "delay_years": 1, "outage_probability": 0.3} for row in plants]
        plants = [row | {"outage_share": 0.6} for row in plants]
    stocks[0] |= {"release_rule": str(draws.choice(["disruption", "any"])), "loss_per_year": draws.choice([0.0, 0.03])}
    if draws.uniform() < 0.4:
        bought = {"contract": "magnet_purchase", "form": "purchase", "stockpile": "magnet_stock", "offtake": False}
        contracts.append(contracts[1] | bought | {"take_or_pay_share": (0.0, 0.7)[draws.integers(2)]})
        stocks[0] |= {"stream": "compliant"}
    if draws.uniform() < 0.3:
        programmes = [row | {"yearly_cap_musd": 60.0} for row in rows_of(case, "programmes")]
        case = case.replace(tables={"programmes": programmes})
    tables = {"targets": targets, "plants": plants, "stockpiles": stocks, "contracts": contracts}
    return case.replace(tables=tables)


@lru_cache
def instance_of(seed: int) -> Instance:
    case = extended(seed)
    return compile_instance(case, draws_of(case))


def plan_or_none(solve: Any, instance: Instance) -> Solved | None:
    """The plan to the gap; None if the method finds that there is none."""
    try:
        found: Solved = solve(instance, Options(gap=GAP, time_limit=300.0))
    except NoPlanError as error:
        if not error.infeasible:
            raise
        return None
    assert found.termination == "gap_reached"
    return found


def seeds() -> list[Any]:
    quick = (*range(QUICK), *ONCE_FAILED)
    return [*quick, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(QUICK, COUNT))]


@pytest.mark.parametrize("seed", seeds())
def test_cuts_and_extensive_form_agree(seed: int) -> None:
    instance = instance_of(seed)
    cuts, whole = (plan_or_none(solve, instance) for solve in (solve_cuts, solve_extensive))
    assert (cuts is None) == (whole is None)
    if cuts is None or whole is None:
        return
    slack = RELATIVE * max(1.0, abs(whole.objective))
    assert cuts.objective == pytest.approx(whole.objective, abs=slack)
    assert cuts.bound <= whole.objective + slack
    assert whole.bound <= cuts.objective + slack
    assert cuts.bound >= cuts.objective - slack


def test_a_plan_that_costs_nothing_is_the_best_to_within_any_gap() -> None:
    # Public money alone counts and none is needed. The bound is zero but for rounding, so no relative gap is small.
    case = case_with_choices().set("objective.tail_alpha", 0.0)
    for name, weight in {"resource": 0.0, "shortage": 0.0, "outlay": 1.0}.items():
        case = case.set(f"objective.weights.{name}", weight)
    free = compile_instance(case, draw(case, paths=8, futures=3))
    found = solve_cuts(free, Options(gap=GAP, time_limit=5.0))
    assert found.termination == "gap_reached"
    assert found.objective == pytest.approx(0.0, abs=1e-6)
    assert found.bound == pytest.approx(0.0, abs=1e-6)


# --- Stopped early ----------------------------------------------------------------------------------------------------


def case_with_choices() -> Case:
    """The small case with contracts worth signing, so that several plans are found on the way to the best."""
    tables = small_tables()
    for plant, capex in zip(tables["plants"], (80.0, 120.0), strict=True):
        plant |= {"capex_musd": capex, "capex_musd_low": None, "capex_musd_high": None}
    return small_case(tables=tables).set("viability.private_entry", False).set("objective.weights.tail", 0.5)


@pytest.fixture(scope="module")
def instance() -> Instance:
    case = case_with_choices()
    return compile_instance(case, draw(case, paths=12, futures=4))


@pytest.fixture(scope="module")
def optimum(instance: Instance) -> float:
    return solve_extensive(instance, Options(gap=GAP)).objective


def reports_of(instance: Instance) -> list[Progress]:
    heard: list[Progress] = []
    solve_cuts(instance, Options(gap=GAP), heard.append)
    return heard


def test_the_trace_and_the_reports_say_the_same_and_only_improve(instance: Instance, optimum: float) -> None:
    heard: list[Progress] = []
    found = solve_cuts(instance, Options(gap=GAP), heard.append)
    told = [report for report in heard if report.iteration is not None]
    assert [(step.phase, step.incumbent, step.cuts) for step in found.trace] == [
        (report.stage, report.incumbent, report.cuts) for report in told
    ]
    slack = 1e-6 * abs(optimum)
    bounds = [step.bound for step in found.trace]
    incumbents = [step.incumbent for step in found.trace if step.incumbent is not None]
    assert bounds == sorted(bounds)
    assert bounds[-1] <= optimum + slack
    assert incumbents == sorted(incumbents, reverse=True)
    assert incumbents[-1] >= optimum - slack


def test_an_interrupt_keeps_the_bound_and_the_plan_if_there_is_one(instance: Instance, optimum: float) -> None:
    heard = reports_of(instance)
    first_plan = next(k for k, report in enumerate(heard) if report.incumbent is not None)
    assert 1 < first_plan < len(heard) - 1
    slack = 1e-6 * abs(optimum)
    for stop in range(len(heard)):
        count = 0

        def interrupt(report: Progress, stop: int = stop) -> None:
            nonlocal count
            if count == stop:
                raise KeyboardInterrupt
            count += 1

        if stop < first_plan:
            with pytest.raises(KeyboardInterrupt):
                solve_cuts(instance, Options(gap=GAP), interrupt)
            continue
        found = solve_cuts(instance, Options(gap=GAP), interrupt)
        assert found.termination == "interrupted"
        assert found.bound <= optimum + slack
        assert found.objective >= optimum - slack
        assert found.objective == pytest.approx(heard[stop].incumbent, rel=1e-7)
        if heard[stop].bound is not None:
            assert found.bound == pytest.approx(min(heard[stop].bound, found.objective), rel=1e-7)


def test_out_of_time_there_is_a_plan_with_a_bound_or_no_plan(instance: Instance, optimum: float) -> None:
    # Time runs out at the k-th report, whatever the clock says.
    slack = 1e-6 * abs(optimum)
    ends = []
    for stop in range(1, len(reports_of(instance))):
        parts = decompose(instance)
        run = Search(parts.problem, Master(parts.problem.form, parts.problem.tails), Options(gap=GAP))
        run.listener = lambda report, run=run, stop=stop: expire(run) if report.iteration == stop else None
        search(run)
        assert run.bound <= optimum + slack
        ends.append(run.termination)
        if run.best is None:
            with pytest.raises(NoPlanError, match="time limit") as stopped:
                finished(parts, run, 0.0)
            assert not stopped.value.infeasible
        else:
            found = finished(parts, run, 0.0)
            assert found.objective >= optimum - slack
            assert found.bound <= optimum + slack
    assert "time_limit" in ends
    assert set(ends) <= {"time_limit", "gap_reached"}


def expire(run: Search) -> None:
    run.began -= 1e9


def test_without_any_time_there_is_no_plan_and_no_bound_above_the_optimum(optimum: float, instance: Instance) -> None:
    parts = decompose(instance)
    run = Search(parts.problem, Master(parts.problem.form, parts.problem.tails), Options(time_limit=1e-9))
    search(run)
    assert run.termination == "time_limit"
    assert run.best is None
    assert run.bound <= optimum


# --- What changes nothing ---------------------------------------------------------------------------------------------


def test_the_order_of_rows_changes_neither_cost_nor_awards(instance: Instance) -> None:
    case = case_with_choices()
    turned = case.replace(tables={name: [dict(row) for row in case.rows(name)][::-1] for name in TABLES})
    one = solve_cuts(instance, Options(gap=GAP))
    other = solve_cuts(compile_instance(turned, draw(turned, paths=12, futures=4)), Options(gap=GAP))
    assert one.outcome.awards["build"]
    assert other.objective == pytest.approx(one.objective, rel=1e-9)
    for name, awards in one.outcome.awards.items():
        assert other.outcome.awards[name] == pytest.approx(awards, rel=1e-6, abs=1e-6)
