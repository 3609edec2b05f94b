"""The extensive form in linopy: labelled arrays, one statement per kind of variable and constraint."""

from __future__ import annotations

import time

import linopy
import numpy as np
import pandas as pd
import xarray as xr

from tests.benchmarks.supply.problem import Found, SupplyProblem, highs_options
from tests.benchmarks.supply.quiet import quiet


def solve(problem: SupplyProblem, algorithm: str = "choose", io_api: str = "direct") -> Found:
    """Build the model and solve it; ``direct`` hands it to HiGHS in memory, linopy's default ``lp`` through a file."""
    began = time.perf_counter()
    with quiet():
        model = build(problem)
        built = time.perf_counter() - began
        status, condition = model.solve("highs", io_api=io_api, progress=False, **highs_options(algorithm))
    if condition != "optimal":
        raise RuntimeError(f"linopy stopped with {status}, {condition}.")
    inside = model.solver_model.getRunTime()
    return Found(
        tool="linopy",
        objective=float(model.objective.value),
        build_seconds=time.perf_counter() - began - inside,
        solve_seconds=inside,
        capacity=model.solution["capacity"].to_numpy(),
        notes=f"model {built:.1f} s",
    )


def build(problem: SupplyProblem) -> linopy.Model:
    """Dimensions are future, year and what a variable belongs to; balances group those by node."""
    futures = pd.RangeIndex(problem.futures, name="future")
    years = pd.RangeIndex(problem.years, name="year")
    nodes = pd.RangeIndex(problem.nodes, name="node")

    def over(item: str, values: np.ndarray) -> xr.DataArray:
        """Values over one kind of item, and over futures and years if they have those."""
        index = pd.RangeIndex(values.shape[-1], name=item)
        return xr.DataArray(values, coords=[futures, years, index] if values.ndim == 3 else [index])

    def where(item: str, places: np.ndarray) -> xr.DataArray:
        return over(item, places).rename("node")

    available, demand = over("plant", problem.plant_available), over("market", problem.demand)
    model = linopy.Model()
    capacity = model.add_variables(lower=0, upper=over("plant", problem.plant_limit), name="capacity")
    produced = model.add_variables(lower=0, coords=available.coords, name="produced")
    supplied = model.add_variables(lower=0, upper=over("supplier", problem.supply_limit), name="supplied")
    flow = model.add_variables(lower=0, upper=over("arc", problem.flow_limit), name="flow")
    unmet = model.add_variables(lower=0, upper=demand, name="unmet")

    def at_nodes(variable: linopy.Variable, item: str, places: np.ndarray) -> linopy.LinearExpression:
        return variable.groupby(where(item, places)).sum().reindex(node=nodes).fillna(0)

    surplus = (
        at_nodes(produced, "plant", problem.plant_node)
        + at_nodes(supplied, "supplier", problem.supplier_node)
        + at_nodes(flow, "arc", problem.arc_to)
        - at_nodes(flow, "arc", problem.arc_from)
        + at_nodes(unmet, "market", problem.market_node)
    )
    need = demand.groupby(where("market", problem.market_node)).sum().reindex(node=nodes, fill_value=0.0)
    model.add_constraints(surplus == need, name="balance")
    model.add_constraints(produced - available * capacity <= 0, name="within_capacity")

    weight = xr.DataArray(problem.probability, coords=[futures]) * xr.DataArray(problem.discount, coords=[years])
    model.add_objective(
        (over("plant", problem.plant_capital) * capacity).sum()
        + (weight * over("plant", problem.plant_cost) * produced).sum()
        + (weight * over("supplier", problem.supplier_cost) * supplied).sum()
        + (weight * over("arc", problem.freight) * flow).sum()
        + (weight * over("market", problem.shortage) * unmet).sum()
    )
    return model
