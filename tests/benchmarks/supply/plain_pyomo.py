"""The extensive form as a plain Pyomo model, solved through Pyomo's own interface to HiGHS."""

from __future__ import annotations

import time

import numpy as np
import pyomo.environ as pyo
from pyomo.contrib.solver.common.factory import SolverFactory

from tests.benchmarks.supply.problem import Found, SupplyProblem, highs_options


def solve(problem: SupplyProblem, algorithm: str = "choose") -> Found:
    """Build the model, hand it to HiGHS and load the answer back into it."""
    began = time.perf_counter()
    model = build(problem)
    built = time.perf_counter() - began
    solver = SolverFactory("highs")
    results = solver.solve(model, solver_options=highs_options(algorithm))
    inside = results.timing_info.highs_time
    capacity = np.array([model.capacity[g].value for g in model.PLANTS])
    return Found(
        tool="pyomo",
        objective=results.incumbent_objective,
        build_seconds=time.perf_counter() - began - inside,
        solve_seconds=inside,
        capacity=capacity,
        notes=f"model {built:.1f} s",
    )


def build(problem: SupplyProblem) -> pyo.ConcreteModel:
    """Sets, indexed variables and constraints; x is ``capacity``, p ``produced``, q ``supplied``, u ``unmet``."""
    # Plain numbers: a numpy scalar in an expression costs Pyomo several times as much.
    plant_available, plant_cost = problem.plant_available.tolist(), problem.plant_cost.tolist()
    supply_limit, supplier_cost = problem.supply_limit.tolist(), problem.supplier_cost.tolist()
    flow_limit, freight = problem.flow_limit.tolist(), problem.freight.tolist()
    demand, shortage = problem.demand.tolist(), problem.shortage.tolist()
    probability, discount = problem.probability.tolist(), problem.discount.tolist()
    plant_limit, plant_capital = problem.plant_limit.tolist(), problem.plant_capital.tolist()

    model = pyo.ConcreteModel()
    model.FUTURES = pyo.RangeSet(0, problem.futures - 1)
    model.YEARS = pyo.RangeSet(0, problem.years - 1)
    model.NODES = pyo.RangeSet(0, problem.nodes - 1)
    model.PLANTS = pyo.RangeSet(0, len(plant_limit) - 1)
    model.SUPPLIERS = pyo.RangeSet(0, len(problem.supplier_node) - 1)
    model.ARCS = pyo.RangeSet(0, len(freight) - 1)
    model.MARKETS = pyo.RangeSet(0, len(shortage) - 1)
    at_node = {
        name: _by_node(places, problem.nodes)
        for name, places in (
            ("plants", problem.plant_node),
            ("suppliers", problem.supplier_node),
            ("markets", problem.market_node),
            ("in", problem.arc_to),
            ("out", problem.arc_from),
        )
    }

    model.capacity = pyo.Var(model.PLANTS, bounds=lambda _, g: (0, plant_limit[g]))
    model.produced = pyo.Var(model.FUTURES, model.YEARS, model.PLANTS, domain=pyo.NonNegativeReals)
    model.supplied = pyo.Var(
        model.FUTURES, model.YEARS, model.SUPPLIERS, bounds=lambda _, w, t, s: (0, supply_limit[w][t][s])
    )
    model.flow = pyo.Var(model.FUTURES, model.YEARS, model.ARCS, bounds=lambda _, w, t, a: (0, flow_limit[w][t][a]))
    model.unmet = pyo.Var(model.FUTURES, model.YEARS, model.MARKETS, bounds=lambda _, w, t, m: (0, demand[w][t][m]))

    @model.Constraint(model.FUTURES, model.YEARS, model.NODES)
    def balance(model, w, t, n):
        produced = sum(model.produced[w, t, g] for g in at_node["plants"][n])
        supplied = sum(model.supplied[w, t, s] for s in at_node["suppliers"][n])
        inflow = sum(model.flow[w, t, a] for a in at_node["in"][n])
        outflow = sum(model.flow[w, t, a] for a in at_node["out"][n])
        unmet = sum(model.unmet[w, t, m] for m in at_node["markets"][n])
        need = sum(demand[w][t][m] for m in at_node["markets"][n])
        return produced + supplied + inflow + unmet == need + outflow

    @model.Constraint(model.FUTURES, model.YEARS, model.PLANTS)
    def within_capacity(model, w, t, g):
        return model.produced[w, t, g] <= plant_available[w][t][g] * model.capacity[g]

    def running(w, t):
        return (
            sum(plant_cost[w][t][g] * model.produced[w, t, g] for g in model.PLANTS)
            + sum(supplier_cost[w][t][s] * model.supplied[w, t, s] for s in model.SUPPLIERS)
            + sum(freight[a] * model.flow[w, t, a] for a in model.ARCS)
            + sum(shortage[m] * model.unmet[w, t, m] for m in model.MARKETS)
        )

    model.capital = pyo.Expression(expr=sum(plant_capital[g] * model.capacity[g] for g in model.PLANTS))
    model.cost = pyo.Objective(
        expr=model.capital
        + sum(probability[w] * sum(discount[t] * running(w, t) for t in model.YEARS) for w in model.FUTURES)
    )
    return model


def _by_node(places: np.ndarray, nodes: int) -> list[list[int]]:
    """For every node, which items touch it."""
    out: list[list[int]] = [[] for _ in range(nodes)]
    for item, node in enumerate(places.tolist()):
        out[node].append(item)
    return out
