"""The problem as a PyPSA network in PyPSA's own stochastic mode: nodes are buses, arcs links, futures scenarios."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pypsa

from tests.benchmarks.supply.problem import Found, Places, Reals, SupplyProblem, highs_options
from tests.benchmarks.supply.quiet import quiet


def solve(problem: SupplyProblem, algorithm: str = "choose", io_api: str = "direct") -> Found:
    """Build the network and optimize it; ``direct`` hands it to HiGHS in memory, the default ``lp`` through a file."""
    began = time.perf_counter()
    with quiet():
        network = build(problem)
        built = time.perf_counter() - began
        status, condition = network.optimize(
            solver_name="highs",
            solver_options=highs_options(algorithm),
            io_api=io_api,
            progress=False,
            # There is no capacity yet, so its capital cost is no constant of the objective either.
            include_objective_constant=False,
        )
    if condition != "optimal":
        raise RuntimeError(f"PyPSA stopped with {status}, {condition}.")
    inside = network.model.solver_model.getRunTime()
    generators = network.c.generators.static
    capacity = generators.loc[network.scenarios[0]].loc[_names("plant", problem.plant_node), "p_nom_opt"].to_numpy()
    return Found(
        tool="pypsa",
        objective=float(network.objective),
        build_seconds=time.perf_counter() - began - inside,
        solve_seconds=inside,
        capacity=capacity,
        notes=f"network {built:.1f} s",
    )


def build(problem: SupplyProblem) -> pypsa.Network:
    """The network: plants are extendable generators; suppliers and unmet demand are generators of fixed size.

    Scenarios are set after all components, as PyPSA asks; what differs by scenario is then written into the frames,
    whose columns are (scenario, name).
    """
    network = pypsa.Network()
    network.set_snapshots(pd.RangeIndex(problem.years, name="snapshot"))
    network.snapshot_weightings["objective"] = problem.discount
    buses = pd.Index([f"node {node}" for node in range(problem.nodes)])
    plants, suppliers = _names("plant", problem.plant_node), _names("supplier", problem.supplier_node)
    markets, unmets = _names("demand", problem.market_node), _names("unmet", problem.market_node)
    arcs = _names("arc", problem.arc_from)
    # Limits are shares of the size of a generator, so that of unmet demand is the largest demand.
    largest = problem.demand.max(axis=(0, 1))

    network.add("Bus", buses)
    network.add(
        "Generator",
        plants,
        bus=buses[problem.plant_node],
        p_nom_extendable=True,
        p_nom_max=problem.plant_limit,
        capital_cost=problem.plant_capital,
    )
    network.add("Generator", suppliers, bus=buses[problem.supplier_node], p_nom=problem.supplier_capacity)
    network.add("Generator", unmets, bus=buses[problem.market_node], p_nom=largest, marginal_cost=problem.shortage)
    network.add(
        "Link",
        arcs,
        bus0=buses[problem.arc_from],
        bus1=buses[problem.arc_to],
        p_nom=problem.arc_capacity,
        marginal_cost=problem.freight,
    )
    network.add("Load", markets, bus=buses[problem.market_node])

    scenarios = pd.Index([f"future {future}" for future in range(problem.futures)])
    network.set_scenarios(pd.Series(problem.probability, index=scenarios))

    def frame(*parts: tuple[pd.Index, Reals]) -> pd.DataFrame:
        """(W, T, items) of several kinds of item as a frame of years by (scenario, name)."""
        names = parts[0][0].append([name for name, _ in parts[1:]])
        values = np.concatenate([values for _, values in parts], axis=2).transpose(1, 0, 2)
        columns = pd.MultiIndex.from_product([network.scenarios, names], names=["scenario", "name"])
        return pd.DataFrame(values.reshape(problem.years, -1), index=network.snapshots, columns=columns)

    network.generators_t.marginal_cost = frame((plants, problem.plant_cost), (suppliers, problem.supplier_cost))
    network.generators_t.p_max_pu = frame(
        (plants, problem.plant_available),
        (suppliers, problem.supplier_available),
        (unmets, problem.demand / largest),
    )
    network.links_t.p_max_pu = frame((arcs, problem.arc_open))
    network.loads_t.p_set = frame((markets, problem.demand))
    return network


def _names(kind: str, places: Places) -> pd.Index:
    return pd.Index([f"{kind} {item}" for item in range(len(places))])
