"""The problem by mpi-sppy, one Pyomo model per future: joined into the extensive form, or by the L-shaped method.

The extensive form needs no MPI. The L-shaped method runs in one process without ``mpiexec`` too, but not without
mpi4py and an MPI library: the cut generator underneath it (``pyomo.contrib.benders``) refuses to.
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pyomo.environ as pyo

from tests.benchmarks.supply.plain_pyomo import build
from tests.benchmarks.supply.problem import Found, SupplyProblem, highs_options
from tests.benchmarks.supply.quiet import quiet

with quiet():
    # The package announces itself on import.
    import mpisppy.utils.sputils as sputils
    from mpisppy.opt.ef import ExtensiveForm
    from mpisppy.opt.lshaped import LShapedMethod

BY_FUTURE = (
    "probability",
    "arc_open",
    "plant_cost",
    "plant_available",
    "supplier_cost",
    "supplier_available",
    "demand",
)
SOLVER = "highs"
"""Pyomo's newer interface to HiGHS; the L-shaped method does not get on with ``appsi_highs``."""
TOLERANCE = 1e-6
"""Of the L-shaped method, in musd, on how much a future costs more than the master problem thinks."""


def solve(problem: SupplyProblem, algorithm: str = "choose") -> Found:
    """Solve the extensive form."""
    began = time.perf_counter()
    with quiet():
        form = ExtensiveForm(
            {"solver": SOLVER}, _names(problem), scenario_creator, scenario_creator_kwargs={"problem": problem}
        )
        built = time.perf_counter() - began
        results = form.solve_extensive_form(solver_options=highs_options(algorithm))
    pyo.assert_optimal_termination(results)
    root = form.get_root_solution()
    inside = results.timing_info["highs_time"]
    return Found(
        tool="mpi-sppy",
        objective=form.get_objective_value(),
        build_seconds=time.perf_counter() - began - inside,
        solve_seconds=inside,
        capacity=np.array([root[f"capacity[{plant}]"] for plant in range(len(problem.plant_node))]),
        notes=f"model {built:.1f} s",
    )


def solve_lshaped(problem: SupplyProblem) -> Found:
    """Solve by the L-shaped method, one cut per future and round; ``solve_seconds`` is its loop with its models."""
    began = time.perf_counter()
    names = _names(problem)
    options = {
        "root_solver": SOLVER,
        "sp_solver": SOLVER,
        "root_solver_options": highs_options(),
        "sp_solver_options": highs_options(),
        # Nothing costs less than nothing.
        "valid_eta_lb": dict.fromkeys(names, 0.0),
        "max_iter": 1000,
        "tol": TOLERANCE,
        "verbose": False,
    }
    with quiet():
        method = LShapedMethod(options, names, scenario_creator, scenario_creator_kwargs={"problem": problem})
        built = time.perf_counter() - began
        method.lshaped_algorithm()
    if not method.first_stage_solution_available:
        raise RuntimeError(f"The L-shaped method did not converge in {options['max_iter']} rounds.")
    return Found(
        tool="mpi-sppy-lshaped",
        objective=pyo.value(method.root.obj),
        build_seconds=built,
        solve_seconds=time.perf_counter() - began - built,
        capacity=np.array([variable.value for variable in method.root_vars]),
        notes=f"{method.iter + 1} rounds",
    )


def scenario_creator(name: str, problem: SupplyProblem) -> pyo.ConcreteModel:
    """The Pyomo model of one future, with its first stage and probability attached for mpi-sppy."""
    future = sputils.extract_num(name)
    one = slice(future, future + 1)
    alone = replace(problem, **{field: getattr(problem, field)[one] for field in BY_FUTURE})
    model = build(replace(alone, probability=np.ones(1)))
    sputils.attach_root_node(model, model.capital, [model.capacity])
    model._mpisppy_probability = float(problem.probability[future])
    return model


def _names(problem: SupplyProblem) -> list[str]:
    return [f"future{future}" for future in range(problem.futures)]
