"""The whole problem as one sparse matrix, straight from the arrays to HiGHS."""

from __future__ import annotations

import time

import highspy
import numpy as np
import scipy.sparse as sp

from tests.benchmarks.supply.problem import Found, SupplyProblem, highs_options
from tests.benchmarks.supply.quiet import quiet

ALGORITHMS = ("choose", "simplex", "ipm", "ipx-nocross", "pdlp", "hipo")
"""``ipm`` ends in a vertex by crossover; ``ipx-nocross`` and ``pdlp`` end inside, optimal only within tolerances (which
left 1e-10 and 1e-8 of cost when tried). ``hipo`` needs the package highspy-extras of the same version as highspy."""


def solve(problem: SupplyProblem, algorithm: str = "choose") -> Found:
    """Solve by one of ``ALGORITHMS``.

    Columns are x (G), then for every future and year p (G), q (S), flow (A) and u (M). Rows are for every future and
    year the balance of nodes (N) and the capacity of plants (G); all other limits are bounds of columns.
    """
    began = time.perf_counter()
    with quiet():
        highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    name = "ipx" if algorithm == "ipx-nocross" else algorithm
    options: dict[str, str | int] = {**highs_options(name)}
    if algorithm == "ipx-nocross":
        options["run_crossover"] = "off"
    for option, value in options.items():
        if highs.setOptionValue(option, value) != highspy.HighsStatus.kOk:
            raise RuntimeError(f"This HiGHS refuses {option} = {value}.")
    highs.passModel(_model(problem))
    highs.run()
    status = highs.getModelStatus()
    if status != highspy.HighsModelStatus.kOptimal:
        raise RuntimeError(f"HiGHS stopped with {highs.modelStatusToString(status)}.")
    plants = len(problem.plant_node)
    capacity = np.array(highs.getSolution().col_value[:plants])
    inside = highs.getRunTime()
    return Found(
        tool=f"monolithic-{algorithm}",
        objective=highs.getInfo().objective_function_value,
        build_seconds=time.perf_counter() - began - inside,
        solve_seconds=inside,
        capacity=capacity,
        notes=f"{highs.getNumRow()} rows, {highs.getNumCol()} columns, {highs.getNumNz()} entries",
    )


def _model(problem: SupplyProblem) -> highspy.HighsLp:
    """The extensive form as HiGHS takes it."""
    stages = problem.futures * problem.years
    plants, suppliers = len(problem.plant_node), len(problem.supplier_node)
    arcs, markets = len(problem.arc_from), len(problem.market_node)
    nodes = problem.nodes

    # One future and year: the same block every time, apart from the availability of plants.
    balance = sp.hstack(
        [
            _at(problem.plant_node, nodes),
            _at(problem.supplier_node, nodes),
            _at(problem.arc_to, nodes) - _at(problem.arc_from, nodes),
            _at(problem.market_node, nodes),
        ]
    )
    capacity = sp.hstack([sp.eye_array(plants), sp.coo_array((plants, suppliers + arcs + markets))])
    block = sp.vstack([balance, capacity])
    recourse = sp.kron(sp.eye_array(stages), block)
    rows = nodes + plants
    row = (np.arange(stages)[:, None] * rows + nodes + np.arange(plants)).ravel()
    column = np.tile(np.arange(plants), stages)
    here = sp.coo_array((-problem.plant_available.ravel(), (row, column)), shape=(stages * rows, plants))
    matrix = sp.hstack([here, recourse]).tocsc()

    each = (problem.probability[:, None] * problem.discount)[:, :, None]
    shape = (problem.futures, problem.years)
    cost = np.concatenate(
        [
            problem.plant_cost,
            problem.supplier_cost,
            np.broadcast_to(problem.freight, (*shape, arcs)),
            np.broadcast_to(problem.shortage, (*shape, markets)),
        ],
        axis=2,
    )
    upper = np.concatenate(
        [np.full((*shape, plants), highspy.kHighsInf), problem.supply_limit, problem.flow_limit, problem.demand],
        axis=2,
    )
    need = np.zeros((*shape, rows))
    need[:, :, problem.market_node] = problem.demand
    at_least = need.copy()
    at_least[:, :, nodes:] = -highspy.kHighsInf

    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = matrix.shape
    lp.col_cost_ = np.concatenate([problem.plant_capital, (each * cost).ravel()])
    lp.col_lower_ = np.zeros(lp.num_col_)
    lp.col_upper_ = np.concatenate([problem.plant_limit, upper.ravel()])
    lp.row_lower_, lp.row_upper_ = at_least.ravel(), need.ravel()
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.num_row_, lp.a_matrix_.num_col_ = matrix.shape
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    return lp


def _at(places: np.ndarray, nodes: int) -> sp.coo_array:
    """(N, items): 1 where an item touches a node."""
    items = len(places)
    return sp.coo_array((np.ones(items), (places, np.arange(items))), shape=(nodes, items))
