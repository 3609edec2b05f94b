"""The solver behind its one door: known optima, limits, refusals, and a point checked without it."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import replace
from typing import Any

import highspy
import numpy as np
import pyomo.environ as pyo
import pytest
from scipy.sparse import csc_array

from optimizer.engine import highs
from optimizer.engine.compiled import standard_form
from optimizer.engine.extensive import polish
from optimizer.engine.form import check_point
from optimizer.engine.highs import Options, WarmLp, solve_form
from optimizer.engine.progress import Progress
from optimizer.errors import ModelError, SolverError
from tests.unit.engine.models_by_hand import impossible, knapsack, market_split, mixed, wyndor

EXACT = Options(gap=0.0)


def test_a_linear_programme() -> None:
    form = standard_form(wyndor())
    raw = solve_form(form, EXACT)
    assert raw.values is not None
    assert (raw.termination, raw.objective, raw.bound) == ("gap_reached", pytest.approx(-36.0), pytest.approx(-36.0))
    assert raw.values.tolist() == pytest.approx([2.0, 6.0])
    # One more unit of each row: nothing for the first, 1.5 for the second (3 / 2 windows), 1 for the third.
    assert raw.row_duals is not None
    assert dict(zip(form.row_names, raw.row_duals.tolist(), strict=True)) == {
        "first": pytest.approx(0.0),
        "second": pytest.approx(-1.5),
        "third": pytest.approx(-1.0),
    }


def test_a_whole_number_programme() -> None:
    raw = solve_form(standard_form(knapsack()), EXACT)
    assert raw.values is not None
    assert (raw.termination, raw.objective, raw.bound) == ("gap_reached", pytest.approx(-8.0), pytest.approx(-8.0))
    assert raw.values.tolist() == pytest.approx([1.0, 1.0, 0.0])
    assert raw.row_duals is None


def test_without_presolve_the_optimum_is_the_same() -> None:
    raw = solve_form(standard_form(knapsack()), replace(EXACT, presolve=False))
    assert raw.objective == pytest.approx(-8.0)


def test_a_model_without_columns_costs_its_constant() -> None:
    model = pyo.ConcreteModel()
    model.cost = pyo.Objective(expr=7.0)
    raw = solve_form(standard_form(model), EXACT)
    assert (raw.termination, raw.objective, raw.bound) == ("gap_reached", 7.0, 7.0)


@pytest.mark.parametrize("whole", [False, True])
def test_an_impossible_model_is_infeasible_and_has_no_point(whole: bool) -> None:
    raw = solve_form(standard_form(impossible(whole=whole)), EXACT)
    assert (raw.termination, raw.values, raw.objective) == ("infeasible", None, None)


def test_a_time_limit_without_a_plan_has_no_point() -> None:
    raw = solve_form(market_split(), Options(time_limit=0.5))
    assert (raw.termination, raw.values, raw.objective) == ("time_limit", None, None)
    assert raw.seconds < 3.0
    # The cost is one retailer, 0 or 1.
    assert raw.bound <= 1.0


def hard_knapsack() -> Any:
    """A knapsack whose worth is its weight and a little more: a plan at once, the proof of the best one late."""
    weights = np.random.default_rng(3).integers(10_000, 100_000, size=120).tolist()
    model = pyo.ConcreteModel()
    model.take = pyo.Var(range(120), domain=pyo.Integers, bounds=(0, 1))
    for i in range(4):
        model.add_component(
            f"sack_{i}",
            pyo.Constraint(
                expr=sum(weights[(j * (i + 1)) % 120] * model.take[j] for j in range(120)) <= sum(weights) // 3
            ),
        )
    model.cost = pyo.Objective(expr=-sum((w + 1_000) * model.take[j] for j, w in enumerate(weights)))
    return standard_form(model)


def test_a_time_limit_keeps_the_best_plan_and_its_bound() -> None:
    form = hard_knapsack()
    raw = solve_form(form, Options(gap=0.0, time_limit=0.7))
    assert raw.values is not None
    assert raw.objective is not None
    assert raw.termination == "time_limit"
    assert raw.bound < raw.objective
    assert check_point(form, raw.values) < 1e-6


def test_a_starting_plan_is_taken_up() -> None:
    form = hard_knapsack()
    known = solve_form(form, Options(gap=0.0, time_limit=0.7)).values
    assert known is not None
    raw = solve_form(form, Options(gap=0.0, time_limit=0.01), start=known)
    assert raw.objective is not None
    assert raw.objective <= float(form.cost @ known) + 1e-6


def test_an_interrupt_stops_the_search_and_the_handler_is_put_back() -> None:
    before = signal.getsignal(signal.SIGINT)
    timer = threading.Timer(0.4, os.kill, (os.getpid(), signal.SIGINT))
    form = hard_knapsack()
    timer.start()
    try:
        raw = solve_form(form, Options(gap=0.0, time_limit=20.0))
    finally:
        timer.cancel()
    assert raw.termination == "interrupted"
    assert raw.values is not None
    assert raw.seconds < 5.0
    assert signal.getsignal(signal.SIGINT) is before


def test_another_librarys_threads_do_no_harm() -> None:
    # HiGHS sets up its threads once in a process; asked for another number of them later, it fails.
    other = highspy.Highs()
    other.setOptionValue("output_flag", False)
    other.setOptionValue("threads", 2)
    other.addVar(0.0, 1.0)
    other.run()
    try:
        assert solve_form(standard_form(knapsack()), EXACT).objective == pytest.approx(-8.0)
    finally:
        highspy.Highs.resetGlobalScheduler(True)


def test_progress_tells_plan_bound_and_gap() -> None:
    told: list[Progress] = []
    solve_form(hard_knapsack(), Options(gap=0.0, time_limit=0.7, stage="packing"), told.append)
    last = told[-1]
    assert last.stage == "packing"
    assert last.incumbent is not None
    assert last.bound is not None
    assert last.bound <= last.incumbent
    assert last.gap == pytest.approx((last.incumbent - last.bound) / abs(last.incumbent))


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    solve_form(standard_form(knapsack()), EXACT)
    assert highs.version().startswith(highs.TESTED_VERSION)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("option", [{"time_limit": -1.0}, {"gap": -0.1}, {"seed": -1}])
def test_an_option_that_is_not_taken_is_an_error(option: dict[str, Any]) -> None:
    with pytest.raises(SolverError, match="did not take option"):
        solve_form(standard_form(knapsack()), Options(**option))


def test_a_model_that_is_not_taken_is_an_error() -> None:
    # The same row twice in one column.
    form = standard_form(wyndor())
    doubled = csc_array((np.ones(2), np.array([0, 0]), np.array([0, 2, 2])), shape=(3, 2))
    with pytest.raises(SolverError, match="did not take the model"):
        solve_form(replace(form, matrix=doubled), EXACT)


def test_a_starting_plan_of_the_wrong_length_is_an_error() -> None:
    with pytest.raises(SolverError, match="did not take the starting plan"):
        solve_form(standard_form(knapsack()), EXACT, start=np.ones(2))


def test_numbers_unfit_to_be_solved_never_reach_the_solver() -> None:
    form = standard_form(knapsack())
    with pytest.raises(ModelError):
        solve_form(replace(form, cost=np.array([1.0, np.nan, 1.0])), EXACT)


@pytest.mark.parametrize("point", [[4.5, 0.0], [4.4999995, 4e-7], [4.7, 0.0], [4.5, -1e-8]])
def test_polishing_makes_values_exact(point: list[float]) -> None:
    # With z = 0 the cheapest x is 4.5, at 9, whatever the tolerance left over.
    form = standard_form(mixed())
    exact = polish(form, np.array(point))
    assert exact.tolist() == [4.5, 0.0]
    assert float(form.cost @ exact) == 9.0


def test_polishing_keeps_the_whole_numbers_it_is_given() -> None:
    # z = 2 leaves x = 2.5: 11.
    form = standard_form(mixed())
    assert polish(form, np.array([3.0, 2.0000003])).tolist() == [2.5, 2.0]


def test_the_solvers_own_answer_polished_costs_nine() -> None:
    form = standard_form(mixed())
    raw = solve_form(form, EXACT)
    assert raw.values is not None
    assert float(form.cost @ polish(form, raw.values)) == 9.0


def test_a_point_that_holds_has_no_violation() -> None:
    assert check_point(standard_form(wyndor()), np.array([2.0, 6.0])) == 0.0


@pytest.mark.parametrize(
    ("point", "violation"),
    [
        # 3 × 2.002 + 12 exceeds 18 by 0.006 of 18.006.
        ([2.002, 6.0], 0.006 / 18.006),
        # 2 × 6.001 exceeds 12 by 0.002 of 12.002, the third row 18 by 0.002 of 18.002.
        ([2.0, 6.001], 0.002 / 12.002),
        # Below its lower bound by 0.5.
        ([-0.5, 0.0], 0.5),
    ],
)
def test_a_nudged_point_is_found_out(point: list[float], violation: float) -> None:
    assert check_point(standard_form(wyndor()), np.array(point)) == pytest.approx(violation)


def test_a_fraction_is_found_out() -> None:
    assert check_point(standard_form(mixed()), np.array([4.5, 0.25])) == pytest.approx(0.25)


def test_a_point_that_is_not_finite_is_an_error() -> None:
    with pytest.raises(ModelError, match="not finite"):
        check_point(standard_form(mixed()), np.array([np.nan, 1.0]))


class _Failing:
    """A solver whose first ``times`` runs end in numerical trouble; it keeps the options that each run had."""

    def __init__(self, solver: Any, times: int) -> None:
        self._solver, self.times, self.presolve = solver, times, list[str]()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._solver, name)

    def run(self) -> Any:
        self.presolve.append(self._solver.getOptionValue("presolve")[1])
        status = self._solver.run()
        return highspy.HighsStatus.kError if len(self.presolve) <= self.times else status


@pytest.mark.parametrize(
    ("times", "presolve"), [(0, ["off"]), (1, ["off", "off"]), (2, ["off", "off", "on"]), (3, ["off", "off", "on"])]
)
def test_an_lp_that_fails_is_tried_from_nothing_and_then_with_presolve(times: int, presolve: list[str]) -> None:
    lp = WarmLp(standard_form(wyndor()))
    failing = _Failing(lp._solver, times)
    lp._solver = failing  # type: ignore[assignment]
    point = lp.solve()
    assert failing.presolve == presolve
    assert point.status == ("failed" if times == 3 else "solved")
    if times < 3:
        # Hillier and Lieberman: 2 doors and 6 windows, 36.
        assert point.objective == pytest.approx(-36.0)
    assert lp._solver.getOptionValue("presolve")[1] == "off"
