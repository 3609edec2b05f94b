"""The template of models/template.py, with the data of a future put in, is that future built on its own."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest
from numpy.typing import NDArray

from models.template import Template, supply_template
from optimizer.engine import solve_cuts, solve_extensive
from optimizer.engine.compiled import standard_form
from optimizer.engine.form import StandardForm, check_point
from optimizer.engine.highs import Options, RawSolution, solve_form
from optimizer.engine.oracles.futures import FutureLps
from optimizer.engine.parametric import ParametricForm, parametric_form, supply_arrays
from optimizer.instance import Instance, compile_instance
from optimizer.scenarios import draw
from tests.component.builders import decided, supply_model
from tests.small_case import small_case, small_tables

FloatArray = NDArray[np.float64]
EVIDENCE = {"source": "judgement", "grade": "judgement"}
TARGET = {
    "target": "aim",
    "region": "us",
    "material": "magnet",
    "segment": "civil",
    "origin": None,
    "first_year": 2028,
    "last_year": 2033,
    **EVIDENCE,
}
SHARE = {**TARGET, "kind": "share_limit", "origin": "china", "segment": "any"}
SERVICE = {**TARGET, "kind": "service_level", "level": 0.9}
HARD, PRICED = {"mode": "hard"}, {"mode": "priced", "price_usd_per_kg": 150.0}
CALM = {"futures": "calm"}
POINTS = 3


def with_targets(tables: Any, *targets: dict[str, Any]) -> None:
    tables["targets"] = [{**target, "target": f"aim_{i}"} for i, target in enumerate(targets)]


def with_purchases(tables: Any, take_or_pay: float) -> None:
    """Magnets bought at a strike into the stock from 2028, paid for even if not taken, up to a share."""
    floor, cfd = tables["contracts"]
    bought = {"form": "purchase", "stockpile": "magnet_stock", "take_or_pay_share": take_or_pay, "share_min": 0.2}
    tables["contracts"] = [floor, {**cfd, **bought, "contract": "magnet_purchase", "offtake": False}]
    tables["stockpiles"][0]["stream"] = "compliant"


def with_late_plants(tables: Any) -> None:
    for plant in tables["plants"]:
        plant |= {"delay_probability": 0.5, "delay_years": 2, "outage_probability": 0.3, "outage_share": 0.6}


def with_a_running_plant(tables: Any) -> None:
    running = {**tables["plants"][0], "plant": "us_running", "status": "operating", "start_years": (2020,)}
    running |= {"capex_musd": 0.0, "capex_musd_low": None, "capex_musd_high": None, "reserve_t": 9000.0}
    running |= {"min_run_share": 0.5, "below_minimum_cost_usd_per_kg": 2.0}
    running |= {"outage_probability": 0.3, "outage_share": 0.6}
    tables["plants"].append(running)
    tables["opex_steps"] = [
        {"plant": "us_running", "step": step, "capacity_share": 0.5, "opex_usd_per_kg": cost, **EVIDENCE}
        for step, cost in ((1, 30.0), (2, 55.0))
    ]


def with_a_border(tables: Any) -> None:
    """A price floor at the border: some futures pay nothing in years in which others pay."""
    measure = {"measure": "floor", "kind": "price_floor", "region": "us", "origin": "any", "material": "magnet"}
    tables["border_measures"] = [
        {**measure, "tariff_rate": 0.0, "floor_usd_per_kg": 48.0, "first_year": 2027, "last_year": 2033, **EVIDENCE}
    ]


VARIANTS: dict[str, Any] = {
    "as it is": lambda tables: None,
    "share limit, hard, calm": lambda tables: with_targets(tables, {**SHARE, **HARD, **CALM, "level": 0.97}),
    "share limit, priced, calm": lambda tables: with_targets(tables, {**SHARE, **PRICED, **CALM, "level": 0.6}),
    "service level, hard, calm": lambda tables: with_targets(tables, {**SERVICE, **HARD, **CALM}),
    "service level, priced, calm": lambda tables: with_targets(tables, {**SERVICE, **PRICED, **CALM, "level": 1.0}),
    "targets of all futures": lambda tables: with_targets(
        tables, {**SHARE, **PRICED, "level": 0.7}, {**SERVICE, **PRICED}, {**SERVICE, **HARD, "level": 0.1}
    ),
    "take or pay": lambda tables: with_purchases(tables, 0.8),
    "purchases without take or pay": lambda tables: with_purchases(tables, 0.0),
    "stock released at any time": lambda tables: tables["stockpiles"][0].update(release_rule="any", opening_t=500.0),
    "stock released in part": lambda tables: tables["stockpiles"][0].update(
        release_rule="disruption", release_max_share=0.3, opening_t=1500.0, loss_per_year=0.05
    ),
    "late plants": with_late_plants,
    "a running plant": with_a_running_plant,
    "a border": with_a_border,
}


@lru_cache
def instance_of(variant: str, futures: int = 6) -> Instance:
    tables = small_tables()
    if variant == "late take or pay":
        with_purchases(tables, 0.8)
        with_late_plants(tables)
    else:
        VARIANTS[variant](tables)
    case = small_case(tables=tables).set("objective.weights.tariff", 0.5)
    if variant != "as it is":
        case = case.set("scenarios.demand_spread", 0.02)
    return compile_instance(case, draw(case, paths=8, futures=futures))


@lru_cache
def template_of(variant: str, futures: int = 6) -> tuple[Template, ParametricForm]:
    instance = instance_of(variant, futures)
    template = supply_template(instance.awards, instance.structure, instance.futures)
    return template, parametric_form(template.model, template.data, template.block.limits)


def random_awards(template: Template, seed: int) -> dict[tuple[str, Any], float]:
    """Award columns anywhere between their bounds, or at them."""
    draws = np.random.default_rng(seed)
    share = {key: draws.choice([0.0, 1.0, draws.uniform()]) for key in template.award_columns}
    return {key: float(share[key] * column.ub) for key, column in template.award_columns.items()}


def filled(template: Template, form: ParametricForm, w: int, awards: dict[tuple[str, Any], float]) -> RawSolution:
    """The optimum of the template with the data of future ``w`` and the awards put in."""
    data = template.values[w]
    cost, offset = form.objectives["total"]
    sides = form.rhs.at(data)
    lower, upper = form.lower.copy(), form.upper.at(data)
    position = {id(column): j for j, column in enumerate(form.columns)}
    for key, column in template.award_columns.items():
        if id(column) in position:
            lower[position[id(column)]] = upper[position[id(column)]] = awards[key]
    matrix = form.matrix(data).copy()
    matrix.eliminate_zeros()
    lp = StandardForm(
        cost=cost.at(data),
        offset=float(offset.at(data)[0]),
        matrix=matrix,
        row_lower=np.where(form.sense <= 0, sides, -np.inf),
        row_upper=np.where(form.sense >= 0, sides, np.inf),
        lower=lower,
        upper=upper,
        whole=np.zeros(len(lower), dtype=bool),
        columns=form.columns,
        row_names=form.row_names,
    )
    return solve_form(lp, Options(presolve=False))


def on_its_own(instance: Instance, w: int, awards: dict[tuple[str, Any], float]) -> tuple[Any, StandardForm]:
    """Future ``w`` built by Pyomo with numbers for the awards."""
    by_name: dict[str, dict[Any, float]] = {"build": {}, "volume": {}, "purchase_rate": {}}
    for (name, index), value in awards.items():
        by_name[name][index] = value
    tranches = instance.awards.stock.tranche_of
    model = supply_model(instance.structure, instance.futures[w], decided(**by_name, tranche_of=tranches))
    model.goal = pyo.Objective(expr=model.supply_cost)
    return model, standard_form(model)


def load(model: Any, form: ParametricForm, values: FloatArray) -> None:
    """Give each variable of a future the value of its twin in the template; those the template leaves out are zero."""
    for component in model.component_objects(pyo.Var):
        for variable in component.values():
            variable.set_value(0.0, skip_validation=True)
    for column, value in zip(form.columns, values.tolist(), strict=True):
        twin = model.component(column.parent_component().local_name)
        if twin is not None:
            twin[column.index()].set_value(value, skip_validation=True)


def expressions(model: Any) -> list[tuple[str, Any]]:
    found = model.component_objects(pyo.Expression)
    return [(component.local_name, component) for component in found if component.local_name.startswith("cost_")]


def cost_terms(template: Template, form: ParametricForm, w: int, values: FloatArray) -> dict[str, float]:
    data = template.values[w]
    return {
        name: float(cost.at(data) @ values + offset.at(data)[0])
        for name, (cost, offset) in form.objectives.items()
        if name.startswith("cost_")
    }


@pytest.mark.parametrize("variant", [*VARIANTS, "late take or pay"])
def test_a_future_from_the_template_is_the_future_built_alone(variant: str) -> None:
    instance, (template, form) = instance_of(variant), template_of(variant)
    assert len(template.values) == len(instance.futures) == 6
    futures = FutureLps(supply_arrays(form, list(template.award_columns.values())), template.values)
    feasible = 0
    for seed in range(POINTS):
        awards = random_awards(template, seed)
        for w in range(len(instance.futures)):
            raw = filled(template, form, w, awards)
            model, alone = on_its_own(instance, w, awards)
            found = solve_form(alone, Options(presolve=False))
            assert raw.termination == found.termination
            reply = futures.ask_one(w, np.array(list(awards.values())))
            if raw.termination == "infeasible":
                assert reply.value == np.inf
                continue
            feasible += 1
            assert reply.value == pytest.approx(found.objective, rel=1e-7)
            assert raw.objective == pytest.approx(found.objective, rel=1e-7)
            # The template's optimum is a point of the future built alone, and costs the same there, term by term.
            assert raw.values is not None
            load(model, form, raw.values)
            assert check_point(alone, np.array([column.value for column in alone.columns])) < 1e-6
            assert cost_terms(template, form, w, raw.values) == pytest.approx(
                {name: float(component()) for name, component in expressions(model)}, rel=1e-7, abs=1e-6
            )
    assert feasible >= POINTS


def test_the_variants_make_futures_differ_in_every_kind_of_number() -> None:
    # Otherwise the test above says little: each kind of data is a placeholder in some variant.
    varying = {name for variant in [*VARIANTS, "late take or pay"] for name, _ in template_of(variant)[0].keys}
    assert varying == {
        "calm",
        "build_capacity",
        "capacity",
        "contract_delivery",
        "demand",
        "lane_capacity",
        "purchase_allowed",
        "release_allowed",
        "residual_price",
        "supplier_cost",
        "tariff",
    }


def test_a_route_that_only_some_futures_limit_is_refused() -> None:
    # A limit that is absent means none, not zero, and the row would be there in some futures only.
    instance = instance_of("as it is")
    first, *others = instance.futures
    key = next(iter(first.lane_capacity))
    capacity = {k: v for k, v in first.lane_capacity.items() if k != key}
    for futures in (
        (replace(first, lane_capacity=capacity), *others),
        (*others, replace(first, lane_capacity=capacity)),
    ):
        with pytest.raises(ValueError, match="lane_capacity"):
            supply_template(instance.awards, instance.structure, futures)


def test_a_route_that_no_future_limits_needs_no_data() -> None:
    instance = instance_of("as it is")
    futures = tuple(replace(future, lane_capacity={}) for future in instance.futures)
    template = supply_template(instance.awards, instance.structure, futures)
    assert "lane_capacity" not in {name for name, _ in template.keys}
    assert len(template.block.lane_limit) == 0
    free = replace(instance, futures=futures)
    found = solve_cuts(free, Options(gap=1e-6)).objective
    assert found == pytest.approx(solve_extensive(free, Options(gap=1e-6)).objective, rel=1e-5)
    assert found < solve_extensive(instance, Options(gap=1e-6)).objective


@pytest.mark.parametrize("variant", ["as it is", "service level, hard, calm", "late take or pay"])
def test_a_single_future_leaves_no_data_open_and_is_solved(variant: str) -> None:
    instance = instance_of(variant)
    for future in instance.futures[:2]:
        only = replace(instance, futures=(replace(future, probability=1.0),))
        template = supply_template(only.awards, only.structure, only.futures)
        assert template.keys == ()
        assert template.values.shape == (1, 0)
        found = solve_cuts(only, Options(gap=1e-6)).objective
        assert found == pytest.approx(solve_extensive(only, Options(gap=1e-6)).objective, rel=1e-5)
