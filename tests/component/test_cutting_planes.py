"""Cutting planes on textbook problems: their published optima.

The farmer and the newsvendor: see ``test_textbook``. The depots: C. Guéret, C. Prins and M. Sevaux, Applications of
Optimization with Xpress-MP (2002), problem 10.3, Depot location: optimum 18,103 (thousand pounds).
"""

from __future__ import annotations

from itertools import combinations, permutations
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest
from numpy.typing import NDArray
from scipy.optimize import linprog

from models.risk import add_tail_mean
from optimizer.engine import Options, Progress, solve_cuts
from optimizer.engine.compiled import standard_form
from optimizer.engine.cutting_planes import search
from optimizer.engine.highs import solve_form
from optimizer.engine.master import Master
from optimizer.engine.oracles.cuts import Cut
from optimizer.engine.oracles.futures import FutureLps
from optimizer.engine.oracles.supply import SupplyOracle
from optimizer.engine.parametric import parametric_form, supply_arrays
from optimizer.engine.state import CutProblem, Search
from optimizer.instance import Instance
from tests.component import test_textbook as textbook
from tests.component.builders import lowest

FloatArray = NDArray[np.float64]
EXACT = Options(gap=1e-7)


def cut_problem(
    first: Any,
    linked: list[Any],
    future: Any,
    own: list[Any],
    data: list[Any],
    values: FloatArray,
    *,
    tail: tuple[float, float] = (0.0, 0.0),
) -> CutProblem:
    """First stage and one future as Pyomo models → the problem for equally likely futures.

    ``first`` has an expression ``cost``; its columns ``linked`` are those that ``future`` has copies of in ``own``.
    ``future`` has an objective ``total`` and is affine in the variables ``data``; ``values`` has a row per future.
    ``tail`` is (weight, alpha).
    """
    count = len(values)
    share = dict.fromkeys(range(count), 1.0 / count)
    first.later = pyo.Var(range(count), bounds=(-1e7, 1e7))
    total = first.cost + sum(share[w] * first.later[w] for w in share)
    extra: list[Any] = []
    if tail[0] > 0.0:
        first.tail = pyo.Block()
        add_tail_mean(first.tail, dict(first.later.items()), share, tail[1])
        total = total + tail[0] * first.tail.cvar
        extra = [first.tail.value_at_risk, *first.tail.excess.values()]
    first.total = pyo.Objective(expr=total)
    form = standard_form(first, also=linked)
    place = {id(column): i for i, column in enumerate(form.columns)}
    arrays = supply_arrays(parametric_form(future, data, []), own)
    costs = np.array([place[id(column)] for column in first.later.values()])
    oracle = SupplyOracle(costs, np.array([place[id(column)] for column in linked]), FutureLps(arrays, values))
    alone = form.cost.copy()
    alone[[*costs, *(place[id(column)] for column in extra)]] = 0.0
    probability = np.array(list(share.values()))
    return CutProblem(form, (), oracle, alone, probability, tail_weight=tail[0], tail_alpha=tail[1])


def searched(problem: CutProblem, options: Options = EXACT, listener: Any = None) -> Search:
    run = Search(problem, Master(problem.form, problem.tails), options, listener)
    search(run)
    return run


def plan(run: Search, columns: list[Any]) -> list[float]:
    """Values of some columns in the best plan."""
    assert run.best is not None
    place = {id(column): i for i, column in enumerate(run.problem.form.columns)}
    return [float(run.best[place[id(column)]]) for column in columns]


# --- The farmer -------------------------------------------------------------------------------------------------------


def farmer(tail: tuple[float, float] = (0.0, 0.0)) -> tuple[CutProblem, list[Any]]:
    """Acres now; sales and purchases when the weather, which multiplies every yield per acre, is known (dollars)."""
    planting, weight = textbook.PLANTING, tail[0]
    first, future = pyo.ConcreteModel(), pyo.ConcreteModel()
    for model in (first, future):
        model.acres = pyo.Var(textbook.CROPS, bounds=(0.0, textbook.ACRES))
    first.land = pyo.Constraint(expr=sum(first.acres.values()) <= textbook.ACRES)
    # What planting costs is certain, so the tail of all losses is that of later ones and all of it.
    first.cost = pyo.Expression(expr=(1.0 + weight) * sum(planting[c] * first.acres[c] for c in textbook.CROPS))
    future.weather = pyo.Var(bounds=(0.0, 2.0))
    future.sold = pyo.Var(textbook.CROPS, bounds=(0.0, 1e5))
    future.over_quota = pyo.Var(bounds=(0.0, 1e5))
    future.bought = pyo.Var(list(textbook.NEEDED), bounds=(0.0, 1e5))
    future.quota = pyo.Constraint(expr=future.sold["beets"] <= textbook.QUOTA)

    def harvest(model: Any, c: str) -> Any:
        grown = model.weather * textbook.MEAN_YIELD[c] * model.acres[c]
        if c == "beets":
            return grown >= model.sold[c] + model.over_quota
        return grown + model.bought[c] - model.sold[c] >= textbook.NEEDED[c]

    future.harvest = pyo.Constraint(textbook.CROPS, rule=harvest)
    bought = sum(textbook.BUYING[c] * future.bought[c] for c in textbook.NEEDED)
    sold = sum(textbook.SELLING[c] * future.sold[c] for c in textbook.CROPS)
    future.total = pyo.Objective(expr=bought - sold - textbook.BEETS_OVER_QUOTA * future.over_quota)
    acres = [first.acres[c] for c in textbook.CROPS]
    weather = np.array([[factor] for factor in textbook.YEARS.values()])
    own = [future.acres[c] for c in textbook.CROPS]
    return cut_problem(first, acres, future, own, [future.weather], weather, tail=tail), acres


def test_the_farmers_optimum() -> None:
    problem, acres = farmer()
    run = searched(problem)
    assert run.termination == "gap_reached"
    assert run.best_cost == pytest.approx(-108_390.0, abs=0.1)
    assert run.bound == pytest.approx(-108_390.0, abs=0.1)
    assert plan(run, acres) == pytest.approx([170.0, 80.0, 250.0], abs=1e-3)


@pytest.mark.parametrize(
    ("alpha", "worst", "next_worst"), [(2.0 / 3.0, 1.0, 0.0), (0.5, 2.0 / 3.0, 1.0 / 3.0), (1.0 / 3.0, 0.5, 0.5)]
)
@pytest.mark.parametrize("weight", [0.3, 2.0, 1000.0])
def test_the_farmer_who_minds_the_tail_agrees_with_an_enumeration(
    alpha: float, worst: float, next_worst: float, weight: float
) -> None:
    # As in test_textbook: the tail mean is the least t at or above the weighted loss of each two years in each order.
    losses, rows, right, upper = textbook.linear_farm()
    tails = [worst * losses[i] + next_worst * losses[j] for i, j in permutations(range(3), 2)]
    for tail in tails:
        tail[-1] = -1.0
    cost = losses.mean(axis=0)
    cost[-1] = weight
    bounds = [*[(0.0, limit) for limit in upper[:-1]], (None, None)]
    enumerated = linprog(cost, np.vstack([rows, *tails]), np.concatenate([right, np.zeros(6)]), bounds=bounds)
    assert enumerated.status == 0
    problem, _ = farmer((weight, alpha))
    run = searched(problem)
    assert run.termination == "gap_reached"
    assert run.best_cost == pytest.approx(enumerated.fun, rel=1e-6)
    assert run.bound == pytest.approx(enumerated.fun, rel=1e-6)
    model = textbook.farmers_tail(alpha)
    mean = sum(loss / 3.0 for loss in model.loss.values())
    assert run.best_cost == pytest.approx(lowest(model, mean + weight * model.tail.cvar), rel=1e-6)


# --- The newsvendor ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("outlay_weight", "quantity", "cost"), [(0.0, 80.0, 2940.0), (0.2, 70.0, 3540.0)])
def test_the_newsvendor_buys_the_critical_quantile(outlay_weight: float, quantity: float, cost: float) -> None:
    model = textbook.newsvendor(outlay_weight)
    blocks = list(model.future.values())
    instance = Instance(model.numbers, blocks[0].numbers, tuple(block.future for block in blocks), tail_alpha=0.9)
    found = solve_cuts(instance, EXACT)
    assert found.objective == pytest.approx(cost)
    assert found.bound == pytest.approx(cost)
    assert found.outcome.awards["purchase_rate"] == {("reserve", 2026): pytest.approx(quantity)}


# --- The depots -------------------------------------------------------------------------------------------------------

FAR = np.inf
DELIVERY = np.array(
    2
    * [
        [100.0, 80, 50, 50, 60, 100, 120, 90, 60, 70, 65, 110],
        [120, 90, 60, 70, 65, 110, 140, 110, 80, 80, 75, 130],
        [140, 110, 80, 80, 75, 130, 160, 125, 100, 100, 80, 150],
        [160, 125, 100, 100, 80, 150, 190, 150, 130, FAR, FAR, FAR],
        [190, 150, 130, FAR, FAR, FAR, 200, 180, 150, FAR, FAR, FAR],
        [200, 180, 150, FAR, FAR, FAR, 100, 80, 50, 50, 60, 100],
    ]
)
"""Cost of all that a customer asks for from each depot; some customers are too far away."""
OPENING = np.array([3500.0, 9000, 10000, 4000, 3000, 9000, 9000, 3000, 4000, 10000, 9000, 3500])
HOLDS = np.array([300.0, 250, 100, 180, 275, 300, 200, 220, 270, 250, 230, 180])
ASKED = np.array([120.0, 80, 75, 100, 110, 100, 90, 60, 30, 150, 95, 120])
DEPOTS = range(12)
ROUTES = [(d, c) for d in DEPOTS for c in DEPOTS if DELIVERY[d, c] < FAR]


def depots() -> tuple[CutProblem, list[Any]]:
    """Depots opened or not; then customers served from those that are open, which may be too few."""
    first, later = pyo.ConcreteModel(), pyo.ConcreteModel()
    first.open = pyo.Var(DEPOTS, domain=pyo.Binary)
    first.cost = pyo.Expression(expr=sum(OPENING[d] * first.open[d] for d in DEPOTS))
    later.open = pyo.Var(DEPOTS, bounds=(0.0, 1.0))
    later.served = pyo.Var(ROUTES, bounds=(0.0, 1.0))
    later.all_served = pyo.Constraint(DEPOTS, rule=lambda m, c: sum(m.served[r] for r in ROUTES if r[1] == c) == 1.0)

    def held(model: Any, d: int) -> Any:
        return sum(ASKED[c] * model.served[d, c] for c in DEPOTS if (d, c) in ROUTES) <= HOLDS[d] * model.open[d]

    later.held = pyo.Constraint(DEPOTS, rule=held)
    later.total = pyo.Objective(expr=sum(float(DELIVERY[r]) * later.served[r] for r in ROUTES))
    opened = list(first.open.values())
    return cut_problem(first, opened, later, list(later.open.values()), [], np.zeros((1, 0))), opened


def delivered(opened: tuple[int, ...]) -> float:
    """Least cost of opening some depots and serving every customer from them, as a linear programme of its own."""
    routes = [r for r in ROUTES if r[0] in opened]
    serve = np.array([[float(r[1] == c) for r in routes] for c in DEPOTS])
    load = np.array([[ASKED[r[1]] * (r[0] == d) for r in routes] for d in opened])
    found = linprog([DELIVERY[r] for r in routes], load, HOLDS[list(opened)], serve, np.ones(12), bounds=(0.0, 1.0))
    return float(OPENING[list(opened)].sum() + found.fun) if found.status == 0 else FAR


def test_the_depots_of_the_textbook() -> None:
    problem, opened = depots()
    run = searched(problem)
    assert run.termination == "gap_reached"
    assert run.best_cost == pytest.approx(18_103.04, abs=0.01)
    assert run.bound == pytest.approx(18_103.04, abs=0.01)
    chosen = tuple(d for d, value in enumerate(plan(run, opened)) if value > 0.5)
    assert delivered(chosen) == pytest.approx(run.best_cost)
    # No other choice is cheaper: of all sets of depots that hold enough and open for no more than the optimum.
    cheapest = DELIVERY.min(axis=0).sum()
    choices = [s for size in range(1, 13) for s in combinations(DEPOTS, size) if HOLDS[list(s)].sum() >= ASKED.sum()]
    within = [s for s in choices if OPENING[list(s)].sum() + cheapest <= run.best_cost]
    assert chosen in within
    assert min(delivered(s) for s in within) == pytest.approx(run.best_cost)


# --- On the way -------------------------------------------------------------------------------------------------------


def test_an_interrupt_keeps_a_valid_bound() -> None:
    # The least cost of the farmer's losses is -108,390, and of the depots 18,103.04.
    for make, best in ((farmer, -108_390.0), (depots, 18_103.0417)):
        whole: list[Progress] = []
        searched(make()[0], listener=whole.append)
        assert len(whole) > 3
        for stop in range(1, len(whole) + 1):
            run = searched(make()[0], listener=lambda report, stop=stop: interrupt_at(report, stop))
            assert run.termination == "interrupted"
            assert run.bound <= best + 0.01
            assert run.best_cost >= best - 0.01


def interrupt_at(report: Progress, stop: int) -> None:
    if report.iteration == stop:
        raise KeyboardInterrupt


def test_a_starting_plan_does_not_end_the_search() -> None:
    # The best is x = 3, and then the largest y and z: -6 - 5 × 1.75 - 2. The start has a smaller z.
    model = pyo.ConcreteModel()
    model.x = pyo.Var(domain=pyo.Integers, bounds=(0, 5))
    model.y, model.z = pyo.Var(bounds=(0.0, 2.0)), pyo.Var(bounds=(0.0, 2.0))
    model.shared = pyo.Constraint(expr=-3.0 * model.x - 4.0 * model.y >= -16.0)
    model.enough = pyo.Constraint(expr=3.0 * model.z >= 0.125)
    model.cost = pyo.Objective(expr=-2.0 * model.x - 5.0 * model.y - model.z)
    form = standard_form(model)
    place = {column.name: i for i, column in enumerate(form.columns)}
    start = np.zeros(3)
    start[[place["x"], place["y"], place["z"]]] = [3.0, 1.75, 0.5]
    raw = solve_form(form, Options(gap=0.0), start=start)
    assert raw.objective == pytest.approx(-16.75)
    assert raw.bound == pytest.approx(-16.75)


def test_a_slope_too_small_for_a_solver_goes_into_the_constant_and_the_cut_stays_valid() -> None:
    problem, acres = farmer()
    place = {id(column): i for i, column in enumerate(problem.form.columns)}
    places, cost = np.array([place[id(column)] for column in acres]), int(problem.supply.columns[0])
    cut = Cut(cost, 7.0, places, np.array([2.0, 5e-7, -5e-7]))
    master = Master(problem.form, ())
    assert master.add([cut], np.zeros(len(problem.form.columns))) == 1
    added = master.with_cuts()
    row = added.matrix.toarray()[-1]
    assert set(np.flatnonzero(row)) == {places[0], cost}
    for share in np.random.default_rng(0).uniform(size=(20, len(row))):
        x = problem.form.lower + share * (problem.form.upper - problem.form.lower)
        x[cost] = cut.value(x)
        # Whatever meets the cut meets the row, which asks for less by a thousandth of a dollar at most.
        assert 0.0 <= row @ x - added.row_lower[-1] <= 1e-3


def test_a_search_that_comes_no_closer_says_so_and_keeps_its_plan_and_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optimizer.engine.cutting_planes.LONGEST", 1)
    problem, _ = depots()
    run = searched(problem)
    assert run.termination == "round_limit"
    assert run.bound <= 18_103.04 + 0.01
    assert run.best is None or run.best_cost >= 18_103.04 - 0.01
