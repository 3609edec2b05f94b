"""Oracles: cuts are below their functions everywhere and touch them where they were asked."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest
from numpy.typing import NDArray

from models.template import supply_template
from optimizer.engine.oracles.cuts import Cut, Oracle
from optimizer.engine.oracles.futures import FutureLps, FutureReply, SupplyArrays
from optimizer.engine.oracles.supply import SupplyOracle
from optimizer.engine.oracles.tails import TailOracle
from optimizer.engine.parametric import parametric_form, supply_arrays
from optimizer.instance import Instance, compile_instance
from optimizer.scenarios import draw
from optimizer.terms.finance import cvar
from tests.small_case import small_case, small_tables

FloatArray = NDArray[np.float64]
SEEDS = range(40)
ALPHAS = (0.0, 0.3, 0.9, 0.999, None)


def below(value: float) -> float:
    """How far a cut may be above its function, musd."""
    return 1e-6 * max(1.0, abs(value))


# --- Tails ------------------------------------------------------------------------------------------------------------


def random_tail(draws: np.random.Generator, alpha: float | None) -> tuple[TailOracle, FloatArray, FloatArray, int]:
    """A tail of losses in some of the columns of a master, its table and weights, and the number of columns."""
    paths, own = int(draws.integers(1, 30)), int(draws.integers(1, 8))
    places = draws.permutation(own + 3)[:own] + 1
    table = draws.normal(size=(own, paths)) * 10.0 ** draws.uniform(-2, 3)
    weight = draws.uniform(0.1, 1.0, size=paths)
    weight /= weight.sum()
    return TailOracle(0, places, table, weight, alpha), table, weight, own + 4


def random_columns(draws: np.random.Generator, count: int) -> FloatArray:
    """Values of the master's columns, some of them zero."""
    values: FloatArray = np.where(draws.uniform(size=count) < 0.3, 0.0, draws.normal(size=count) * 5.0)
    return values


@pytest.mark.parametrize("alpha", ALPHAS)
def test_a_tail_is_the_mean_of_the_worst_paths_or_the_worst(alpha: float | None) -> None:
    for seed in SEEDS:
        draws = np.random.default_rng(seed)
        oracle, table, weight, count = random_tail(draws, alpha)
        x = random_columns(draws, count)
        places = oracle.ask(x).cuts[0].places
        losses = table.T @ x[places]
        expected = losses.max() if alpha is None else float(cvar(losses, weight, alpha))
        assert oracle.ask(x).values == pytest.approx([expected], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("alpha", ALPHAS)
def test_the_cut_of_a_tail_is_below_it_everywhere_and_touches_it_where_it_was_asked(alpha: float | None) -> None:
    for seed in SEEDS:
        draws = np.random.default_rng(seed)
        oracle, _, _, count = random_tail(draws, alpha)
        points = [random_columns(draws, count) for _ in range(6)]
        replies = [oracle.ask(x) for x in points]
        assert_cuts_support(points, [list(reply.cuts) for reply in replies], [reply.values for reply in replies])
        assert {(reply.cuts[0].column, reply.cuts[0].constant) for reply in replies} == {(0, 0.0)}


def assert_cuts_support(points: list[FloatArray], cuts: list[list[Cut]], values: list[FloatArray]) -> None:
    """Each cut is at or below its function at every point, and equal to it at its own."""
    for i, own in enumerate(cuts):
        for k, cut in enumerate(own):
            assert cut.value(points[i]) == pytest.approx(values[i][k], rel=1e-6, abs=1e-6)
            for x, value in zip(points, values, strict=True):
                assert value[k] >= cut.value(x) - below(value[k])


# --- Futures ----------------------------------------------------------------------------------------------------------


def with_service(tables: Any) -> None:
    """Most civil demand must be met in every future: impossible in an embargo without a plant or stock of one's own."""
    evidence = {"source": "judgement", "grade": "judgement"}
    target = {"target": "serve", "kind": "service_level", "region": "us", "material": "magnet", "segment": "civil"}
    span = {"first_year": 2029, "last_year": 2031, "futures": "all", "mode": "hard", "level": 0.5}
    tables["targets"] = [{**target, **span, **evidence}]
    tables["demand"][0] |= {"accepts": "any", "compliant_from_year": None}
    tables["recipes"] = []


@lru_cache
def instance_of(kind: str) -> Instance:
    tables = small_tables()
    if kind == "service":
        with_service(tables)
    if kind == "purchases":
        bought = {"form": "purchase", "stockpile": "magnet_stock", "take_or_pay_share": 0.6, "share_min": 0.1}
        tables["contracts"][1] |= {**bought, "contract": "magnet_purchase", "offtake": False}
        tables["stockpiles"][0]["stream"] = "compliant"
        for plant in tables["plants"]:
            plant |= {"delay_probability": 0.4, "delay_years": 1}
    case = small_case(tables=tables)
    return compile_instance(case, draw(case, paths=8, futures=5))


@lru_cache
def arrays_of(kind: str) -> tuple[SupplyArrays, FloatArray, tuple[Any, ...], FloatArray]:
    """The arrays of an instance, the data of its futures, the names of its award columns and their upper bounds."""
    instance = instance_of(kind)
    template = supply_template(instance.awards, instance.structure, instance.futures)
    form = parametric_form(template.model, template.data, template.block.limits)
    arrays = supply_arrays(form, list(template.award_columns.values()))
    upper = np.array([float(column.ub) for column in template.award_columns.values()])
    return arrays, template.values, tuple(template.award_columns), upper


def lps_of(kind: str) -> FutureLps:
    """New futures, which know no basis yet."""
    arrays, data, _, _ = arrays_of(kind)
    return FutureLps(arrays, data)


def random_awards(kind: str, seed: int) -> FloatArray:
    """Award columns at a bound or anywhere between."""
    upper = arrays_of(kind)[3]
    draws = np.random.default_rng(seed)
    share = np.clip(draws.uniform(-0.5, 1.5, size=len(upper)), 0.0, 1.0)
    return share * upper


def cut_of(reply: FutureReply) -> Cut:
    return Cut(None, reply.constant, np.arange(len(reply.slopes)), reply.slopes)


@pytest.mark.parametrize("kind", ["plain", "purchases"])
def test_the_cut_of_a_future_is_below_its_cost_everywhere_and_touches_it_where_it_was_asked(kind: str) -> None:
    lps = lps_of(kind)
    points = [random_awards(kind, seed) for seed in range(12)]
    replies = [lps.ask(x) for x in points]
    values = [np.array([reply.value for reply in row]) for row in replies]
    assert np.isfinite(values).all()
    assert np.ptp(values, axis=0).min() > 1.0
    assert_cuts_support(points, [[cut_of(reply) for reply in row] for row in replies], values)


def test_the_supply_oracle_puts_cuts_at_the_places_of_the_awards_in_the_master() -> None:
    _, data, names, _ = arrays_of("purchases")
    draws = np.random.default_rng(0)
    order = draws.permutation(len(names) + len(data) + 2)
    places, columns = order[: len(names)], order[len(names) : len(names) + len(data)]
    oracle: Oracle = SupplyOracle(columns, places, lps_of("purchases"))
    points, values, cuts = [], [], []
    for seed in range(6):
        x = draws.normal(size=len(order))
        x[places] = random_awards("purchases", seed)
        reply = oracle.ask(x)
        assert [cut.column for cut in reply.cuts] == columns.tolist()
        points.append(x)
        values.append(reply.values)
        cuts.append(list(reply.cuts))
    assert_cuts_support(points, cuts, values)
    points[0][columns] = values[0] - 3.0
    assert [cut.violation(points[0]) for cut in cuts[0]] == pytest.approx([3.0] * len(columns), rel=1e-6)


@pytest.mark.parametrize("kind", ["plain", "purchases"])
def test_a_cut_from_any_duals_is_valid(kind: str) -> None:
    """Weak duality: duals that are off by anything, signs kept, give a lower bound at every point."""
    arrays, data, _, _ = arrays_of(kind)
    lps = lps_of(kind)
    points = [random_awards(kind, seed) for seed in range(4)]
    values = [[reply.value for reply in lps.ask(x)] for x in points]
    for seed in range(30):
        draws = np.random.default_rng(seed)
        w = int(draws.integers(len(data)))
        duals = draws.normal(size=len(arrays.sense)) * 10.0 ** draws.uniform(-9, 3)
        duals = np.where(arrays.sense > 0, -np.abs(duals), np.where(arrays.sense < 0, np.abs(duals), duals))
        cost, upper, rhs = (part.at(data[w]) for part in (arrays.cost, arrays.upper, arrays.rhs))
        constant = lps._weak_duality(duals, cost, rhs, upper) + arrays.offset.at(data[w])[0]
        slopes = arrays.own_cost.at(data[w]) - arrays.linking(data[w]).T @ duals
        for x, value in zip(points, values, strict=True):
            assert constant + slopes @ x <= value[w] + below(value[w])


class _Off:
    """An LP one of whose duals is off, as those of a solver with loose tolerances are."""

    def __init__(self, lp: Any) -> None:
        self._lp, self.row, self.size = lp, 0, 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._lp, name)

    def solve(self, *given: Any) -> Any:
        point = self._lp.solve(*given)
        duals = point.duals.copy()
        duals[self.row] += self.size
        return replace(point, duals=duals)


@pytest.mark.parametrize("size", [1e-6, -1e-6, 10.0, -10.0])
@pytest.mark.parametrize("kind", ["plain", "purchases"])
def test_a_future_one_of_whose_duals_is_off_still_gives_a_cut_below_its_cost(kind: str, size: float) -> None:
    lps = lps_of(kind)
    points = [random_awards(kind, seed) for seed in range(5)]
    values = [lps.ask_one(1, x).value for x in points]
    lps._lp = off = _Off(lps._lp)  # type: ignore[assignment]
    off.size, looser = size, 0
    for row in range(0, len(arrays_of(kind)[0].sense), 2):
        off.row = row
        reply = lps.ask_one(1, points[0])
        assert reply.value == pytest.approx(values[0], rel=1e-9)
        looser += cut_of(reply).value(points[0]) < values[0] - 1e-9
        for x, value in zip(points, values, strict=True):
            assert cut_of(reply).value(x) <= value + below(value) * max(1e-4, min(1.0, abs(size)))
    # The duals were off indeed: cuts lie lower than they could.
    assert looser > 5


@pytest.mark.parametrize(("row", "size"), [("at_least", -0.5), ("at_most", 0.5)])
def test_a_dual_of_the_wrong_sign_is_not_used(row: str, size: float) -> None:
    # y costs 1 and is 0, as x is 0 and neither row binds: y >= x - 5, y <= 15 - x.
    model = pyo.ConcreteModel()
    model.x, model.y = pyo.Var(bounds=(0.0, 10.0)), pyo.Var(bounds=(0.0, 10.0))
    model.at_least = pyo.Constraint(expr=model.y - model.x >= -5.0)
    model.at_most = pyo.Constraint(expr=model.y + model.x <= 15.0)
    model.total = pyo.Objective(expr=model.y)
    form = parametric_form(model, [], [])
    lps = FutureLps(supply_arrays(form, [model.x]), np.zeros((1, 0)))
    assert [lps.ask_one(0, np.array([x])).value for x in (0.0, 6.0)] == pytest.approx([0.0, 1.0])
    lps._lp = off = _Off(lps._lp)  # type: ignore[assignment]
    off.row, off.size = form.row_names.index(row), size
    assert cut_of(lps.ask_one(0, np.zeros(1))).value(np.zeros(1)) == pytest.approx(0.0)


def test_a_future_that_cannot_be_served_is_cut_off_and_one_that_can_is_kept() -> None:
    instance, names = instance_of("service"), arrays_of("service")[2]
    lps = lps_of("service")
    served = np.array([1.0 if name == "build" else 0.0 for name, _ in names]) * arrays_of("service")[3]
    points = [np.zeros(len(names)), served, *(random_awards("service", seed) for seed in range(20))]
    replies = [lps.ask(x) for x in points]
    outcomes = np.array([[np.isfinite(reply.value) for reply in row] for row in replies])
    calm = [future.calm for future in instance.futures]
    assert outcomes[:, calm].all()
    assert not outcomes[0].all()
    assert outcomes[1].all()
    for x, row in zip(points, replies, strict=True):
        for w, reply in enumerate(row):
            if np.isfinite(reply.value):
                continue
            assert cut_of(reply).value(x) > 1e-9
            kept = [cut_of(reply).value(y) for y, fine in zip(points, outcomes[:, w], strict=True) if fine]
            assert kept
            assert max(kept) <= 1e-9
    oracle = SupplyOracle(np.arange(len(calm)) + len(names), np.arange(len(names)), lps)
    x = np.append(points[0], np.zeros(len(calm)))
    columns = [cut.column for cut in oracle.ask(x).cuts]
    assert [column is None for column in columns] == (~outcomes[0]).tolist()


@pytest.mark.parametrize("kind", ["plain", "purchases", "service"])
def test_answers_do_not_depend_on_the_order_in_which_futures_and_points_are_asked(kind: str) -> None:
    points = [random_awards(kind, seed) for seed in range(8)]
    fresh = np.array([[reply.value for reply in lps_of(kind).ask(x)] for x in points])
    count = fresh.shape[1]
    for seed in range(3):
        lps = lps_of(kind)
        asked = [(i, w) for i in range(len(points)) for w in range(count)]
        np.random.default_rng(seed).shuffle(asked)
        for i, w in asked:
            reply = lps.ask_one(int(w), points[i])
            assert reply.value == pytest.approx(fresh[i, w], rel=1e-9)
            if np.isfinite(reply.value):
                assert cut_of(reply).value(points[i]) == pytest.approx(fresh[i, w], rel=1e-6)


@pytest.mark.parametrize("kind", ["plain", "purchases"])
def test_the_supply_of_a_future_breaks_no_row_and_costs_what_the_reply_says(kind: str) -> None:
    arrays, data = arrays_of(kind)[:2]
    x = random_awards(kind, 3)
    for w, reply in enumerate(lps_of(kind).ask(x, supply=True)):
        assert reply.supply is not None
        assert np.all(reply.supply >= arrays.lower)
        assert np.all(reply.supply <= arrays.upper.at(data[w]))
        over = arrays.recourse @ reply.supply + arrays.linking(data[w]) @ x - arrays.rhs.at(data[w])
        broken = np.where(arrays.sense > 0, over, np.where(arrays.sense < 0, -over, np.abs(over)))
        assert broken.max() <= 1e-6
        assert reply.violation <= max(broken.max(), 0.0)
        own = arrays.own_cost.at(data[w]) @ x + arrays.offset.at(data[w])[0]
        assert arrays.cost.at(data[w]) @ reply.supply + own == pytest.approx(reply.value, rel=1e-9)
