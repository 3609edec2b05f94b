"""The supply problem by this project's engine: one template, futures as data, cutting planes."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pyomo.environ as pyo

from optimizer.engine.compiled import standard_form
from optimizer.engine.cutting_planes import search
from optimizer.engine.highs import Options
from optimizer.engine.master import Master
from optimizer.engine.oracles.futures import FutureLps
from optimizer.engine.oracles.supply import SupplyOracle
from optimizer.engine.oracles.workers import WorkerPool
from optimizer.engine.parametric import parametric_form, supply_arrays
from optimizer.engine.sample import with_sample
from optimizer.engine.state import CutProblem, Search
from tests.benchmarks.supply.problem import Found, SupplyProblem

LARGEST_COST = 1e8
GAP = 1e-7


def solve(problem: SupplyProblem, workers: int = 1) -> Found:
    """Compile one future, instantiate all, and search to a gap of 1e-7."""
    began = time.perf_counter()
    model, data, values, limits = template(problem)
    arrays = supply_arrays(parametric_form(model, data, limits), list(model.capacity.values()))
    master = pyo.ConcreteModel()
    plants = range(len(problem.plant_limit))
    master.capacity = pyo.Var(plants, bounds=lambda _, g: (0.0, float(problem.plant_limit[g])))
    master.supply_cost = pyo.Var(range(problem.futures), bounds=(-LARGEST_COST, LARGEST_COST))
    capital = sum(float(problem.plant_capital[g]) * master.capacity[g] for g in plants)
    expected = sum(float(p) * master.supply_cost[w] for w, p in enumerate(problem.probability))
    master.cost = pyo.Objective(expr=capital + expected)
    form = standard_form(master)
    position = {id(column): i for i, column in enumerate(form.columns)}
    columns = np.array([position[id(x)] for x in master.supply_cost.values()])
    places = np.array([position[id(x)] for x in master.capacity.values()])
    award_cost = form.cost.copy()
    award_cost[columns] = 0.0

    def run(futures: Any) -> Search:
        whole = CutProblem(form, (), SupplyOracle(columns, places, futures), award_cost, problem.probability)
        state = Search(with_sample(whole, arrays, values), Master(form, ()), Options(gap=GAP, time_limit=3600.0))
        search(state)
        return state

    built = time.perf_counter()
    if workers > 1:
        with WorkerPool(arrays, values, workers) as pool:
            found = run(pool)
    else:
        found = run(FutureLps(arrays, values))
    if found.best is None or found.termination != "gap_reached":
        raise RuntimeError(f"the search ended with {found.termination}")
    return Found(
        tool="cuts" if workers == 1 else f"cuts, {workers} workers",
        objective=found.best_cost,
        build_seconds=built - began,
        solve_seconds=time.perf_counter() - built,
        capacity=found.best[places],
        notes=f"{len(found.trace)} iterations, {found.master.cuts} cuts, gap {1 - found.bound / found.best_cost:.1e}",
    )


def template(problem: SupplyProblem) -> tuple[Any, list[Any], np.ndarray, list[tuple[Any, Any]]]:
    """One future with its data left open: model, placeholders, their values (W, placeholders), and upper limits."""
    years, plants, suppliers = range(problem.years), range(len(problem.plant_limit)), range(len(problem.supplier_node))
    arcs, markets, nodes = range(len(problem.freight)), range(len(problem.shortage)), range(problem.nodes)
    parts = {
        "plant_cost": problem.plant_cost,
        "plant_available": problem.plant_available,
        "supplier_cost": problem.supplier_cost,
        "supply_limit": problem.supply_limit,
        "flow_limit": problem.flow_limit,
        "demand": problem.demand,
    }
    model = pyo.ConcreteModel()
    model.capacity = pyo.Var(plants, bounds=lambda _, g: (0.0, float(problem.plant_limit[g])))
    for name, part in parts.items():
        setattr(model, name, pyo.Var(years, range(part.shape[2])))
    largest = float(max(problem.flow_limit.max(), problem.supply_limit.max(), problem.plant_limit.max()))
    model.produced = pyo.Var(years, plants, bounds=(0.0, largest))
    model.supplied = pyo.Var(years, suppliers, bounds=(0.0, largest))
    model.flow = pyo.Var(years, arcs, bounds=(0.0, largest))
    model.unmet = pyo.Var(years, markets, bounds=(0.0, float(problem.demand.max())))
    limits = [
        (getattr(model, column)[index], getattr(model, limit)[index])
        for column, limit in (("supplied", "supply_limit"), ("flow", "flow_limit"), ("unmet", "demand"))
        for index in getattr(model, column)
    ]

    @model.Constraint(years, nodes)
    def balance(model: Any, t: int, n: int) -> Any:
        enters = sum(model.produced[t, g] for g in plants if problem.plant_node[g] == n)
        enters += sum(model.supplied[t, s] for s in suppliers if problem.supplier_node[s] == n)
        enters += sum(model.flow[t, a] for a in arcs if problem.arc_to[a] == n)
        enters += sum(model.unmet[t, m] - model.demand[t, m] for m in markets if problem.market_node[m] == n)
        return enters == sum(model.flow[t, a] for a in arcs if problem.arc_from[a] == n)

    @model.Constraint(years, plants)
    def within_capacity(model: Any, t: int, g: int) -> Any:
        return model.produced[t, g] <= model.plant_available[t, g] * model.capacity[g]

    model.total = pyo.Objective(
        expr=sum(
            float(problem.discount[t])
            * (
                sum(model.plant_cost[t, g] * model.produced[t, g] for g in plants)
                + sum(model.supplier_cost[t, s] * model.supplied[t, s] for s in suppliers)
                + sum(float(problem.freight[a]) * model.flow[t, a] for a in arcs)
                + sum(float(problem.shortage[m]) * model.unmet[t, m] for m in markets)
            )
            for t in years
        )
    )
    data = [variable for name in parts for variable in getattr(model, name).values()]
    values = np.concatenate([part.reshape(problem.futures, -1) for part in parts.values()], axis=1)
    return model, data, values, limits
