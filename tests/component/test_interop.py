"""The scenario models for mpi-sppy, put together by hand: what they must add up to, and what holds them together."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest
from pyomo.repn import generate_standard_repn

from models.award_numbers import SupportNumbers
from optimizer import SettingError, solve
from optimizer.data import Case
from optimizer.engine.compiled import standard_form
from optimizer.engine.highs import Options, solve_form
from optimizer.instance import Instance
from optimizer.interop import mpisppy as bridge
from tests.component.builders import (
    FREE,
    award_numbers,
    future_numbers,
    plant_numbers,
    programme_numbers,
    supply_structure,
    with_mill,
)
from tests.small_case import small_case, small_tables

MILL = ("mill", 2026)


def mill(capex: float, **weights: float) -> Instance:
    """A mill that would serve all 10 kt at 20 musd/kt in the calm (60 %), and 4 kt of them after an accident (40 %).

    Its sponsor needs a grant of 30 musd.
    """
    given = {**FREE, **weights}
    structure = supply_structure(weights=given, **with_mill())
    futures = tuple(
        future_numbers(
            structure, name=name, probability=share, calm=name == "calm", build_capacity={(*MILL, 2026): capacity}
        )
        for name, share, capacity in (("calm", 0.6, 10.0), ("accident", 0.4, 4.0))
    )
    awards = award_numbers(
        plants=plant_numbers([MILL], npv=np.array([-30.0]), capex_annuities=capex),
        support=SupportNumbers(grant_limit={(*MILL, "pot"): 50.0}, grant_net_outlay={(*MILL, "pot"): 1.0}),
        programmes=programme_numbers(),
        weights=given,
    )
    return Instance(awards, structure, futures, 0.8)


def threatened_case(tail: float) -> Case:
    """The small case with so many embargoes that plants are built and supported.

    A small running plant costs 30 musd a year whatever is decided, which puts a constant into the objective.
    """
    plants = small_tables()["plants"]
    running = {
        **plants[1],
        "plant": "old_magnet",
        "name": "Old magnet plant",
        "status": "operating",
        "start_years": (2020,),
        "life_years": 40,
        "capacity_t_per_year": 100.0,
        "capex_musd": 0.0,
        "capex_musd_low": 0.0,
        "capex_musd_high": 0.0,
        "fixed_opex_musd_per_year": 30.0,
    }
    recipe = {**small_tables()["recipes"][0], "plant": "old_magnet"}
    recipes = [*small_tables()["recipes"], recipe]
    case = small_case(tables={"plants": [*plants, running], "recipes": recipes})
    case = case.set("scenarios.hazard_scale", 3.0)
    if tail:
        weights = case.settings.objective.effective_weights.model_copy(update={"tail": tail})
        objective = case.settings.objective.model_copy(update={"weights": weights, "tail_alpha": 0.7})
        case = case.replace(settings=case.settings.model_copy(update={"objective": objective}))
    return case


def optimum(instance: Instance, held: Callable[[Any], Sequence[Any]] = bridge.nonanticipative) -> float:
    """Cost of all scenario models side by side, with the variables that ``held`` names equal in all of them; musd."""
    whole = pyo.ConcreteModel()
    scenarios = [bridge.scenario_model(name, instance) for name in bridge.scenario_names(instance)]
    whole.equal = pyo.ConstraintList()
    total: Any = 0.0
    for number, (scenario, future) in enumerate(zip(scenarios, instance.futures, strict=True)):
        whole.add_component(f"scenario{number}", scenario)
        scenario.total_cost.deactivate()
        total += future.probability * scenario.total_cost.expr
        for mine, first in zip(held(scenario), held(scenarios[0]), strict=True):
            for index in mine:
                if scenario is not scenarios[0]:
                    whole.equal.add(mine[index] == first[index])
    whole.cost = pyo.Objective(expr=total)
    raw = solve_form(standard_form(whole), Options(gap=1e-7))
    assert raw.objective is not None
    return raw.objective


# With the mill supply costs 10 × 20 = 200 in the calm and 4 × 20 + 6 × 100 = 680 after the accident, expected 392;
# without it 10 × 100 = 1,000 in both.


def test_the_scenarios_with_equal_awards_cost_what_the_problem_costs() -> None:
    # 500 + 392 + 0.2 × 30 for the grant; at 605 the mill would save 3, but not after 6 for its grant.
    assert optimum(mill(500.0, outlay=0.2)) == pytest.approx(898.0)
    assert optimum(mill(605.0, outlay=0.2)) == pytest.approx(1000.0)


def test_the_tail_of_the_cost_of_supply_falls_apart_by_future() -> None:
    # The worst 20 % of futures is the accident: 500 + 392 + 0.5 × 680.
    assert optimum(mill(500.0, tail=0.5)) == pytest.approx(1232.0)


def test_without_equal_awards_every_future_has_the_plan_it_would_like() -> None:
    # At 605 the mill pays in the calm (605 + 200 < 1,000) but not for the accident: 0.6 × 805 + 0.4 × 1,000.
    assert optimum(mill(605.0), lambda model: []) == pytest.approx(883.0)
    # With a value at risk of its own each future takes its own cost for the tail: 500 + 392 + 0.5 × 392.
    assert optimum(mill(500.0, tail=0.5), lambda model: bridge.nonanticipative(model)[:-1]) == pytest.approx(1088.0)


@pytest.mark.parametrize("tail", [0.0, 0.5])
def test_a_whole_case_has_the_optimum_of_the_extensive_form(tail: float) -> None:
    case = threatened_case(tail)
    reference = solve(case, method="extensive", gap=1e-7, verify=False)
    assert not reference.tables["awards"].empty
    assert optimum(bridge.from_case(case)["instance"]) == pytest.approx(reference.objective_musd, rel=1e-6)


@pytest.fixture(scope="module")
def instance() -> Instance:
    found: Instance = bridge.from_case(threatened_case(0.5), paths=8, futures=3, seed=2)["instance"]
    return found


def test_arguments_replace_the_settings_of_the_case(instance: Instance) -> None:
    assert len(instance.awards.path_weight) == 8
    assert bridge.scenario_names(instance) == ["future0", "future1", "future2"]
    assert sum(future.probability for future in instance.futures) == pytest.approx(1.0)


def test_with_the_awards_fixed_a_scenario_is_an_lp_and_every_variable_has_a_value(instance: Instance) -> None:
    model = bridge.scenario_model("future1", instance)
    held = {id(variable) for component in bridge.nonanticipative(model) for variable in component.values()}
    everything = list(model.component_data_objects(pyo.Var))
    assert {id(variable) for variable in everything if not variable.is_continuous()} <= held
    assert all(variable.lb <= variable.value <= variable.ub for variable in everything)
    assert id(model.supply_tail.value_at_risk) in held


def test_the_objective_has_no_constant(instance: Instance) -> None:
    # 30 musd a year from 2026 to 2035 at 3 %: 30 × (1 − 1.03⁻¹⁰) / (1 − 1.03⁻¹) = 263.58; in the tail it counts
    # through the excess.
    model = bridge.scenario_model("future0", instance)
    assert generate_standard_repn(model.total_cost.expr).constant == pytest.approx(0.0, abs=1e-9)
    assert model.certain_cost.value == pytest.approx(263.58, abs=0.01)


def test_a_scenario_carries_its_probability_and_its_root_node(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    nodes: list[tuple[Any, Any, list[Any]]] = []
    tools = SimpleNamespace(attach_root_node=lambda model, cost, held: nodes.append((model, cost, held)))
    monkeypatch.setattr(bridge, "_mpisppy", lambda module: tools)
    model = bridge.scenario_creator("future2", instance)
    assert model._mpisppy_probability == instance.futures[2].probability
    assert nodes[0][0] is model
    assert nodes[0][2] == bridge.nonanticipative(model)


def test_what_is_missing_is_said(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingError, match="'future3' is no scenario; this case has future0 to future2"):
        bridge.scenario_model("future3", instance)
    with pytest.raises(SettingError, match="--case is missing"):
        bridge.kw_creator({"case": None})
    monkeypatch.setitem(sys.modules, "mpisppy", None)
    monkeypatch.setitem(sys.modules, "mpisppy.utils.sputils", None)
    with pytest.raises(SettingError, match=r"allied-offtake-optimizer\[mpi\]"):
        bridge.scenario_creator("future0", instance)


def test_more_scenarios_than_there_are_different_futures_are_refused(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridge, "from_case", lambda case, **_: {"instance": instance})
    with pytest.raises(SettingError, match="--num-scens 5: this case has only 3 different futures"):
        bridge.kw_creator({"case": "mp-materials", "num_scens": 5})


def test_options_of_generic_programs_name_a_case() -> None:
    found = bridge.kw_creator({"case": "mp-materials", "paths": 4, "num_scens": 2, "draw_seed": None})["instance"]
    assert (len(found.awards.path_weight), len(found.futures)) == (4, 2)
