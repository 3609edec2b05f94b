"""Many futures begin from a sample of them: where the search begins must not show in where it ends."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.engine import Options, solve_cuts, solve_extensive
from optimizer.engine.decomposed import decompose
from optimizer.engine.sample import MANY, SIZE
from optimizer.instance import Instance, compile_instance
from optimizer.scenarios import draw
from tests.small_case import small_case

GAP = 1e-5
COUNT = MANY + 8


@pytest.fixture(scope="module")
def instance() -> Instance:
    case = small_case().set("scenarios.paths", 64).set("scenarios.futures", COUNT)
    instance = compile_instance(case, draw(case))
    assert len(instance.futures) >= MANY
    return instance


def test_a_sample_is_spread_over_all_futures_and_weighs_as_much(instance: Instance) -> None:
    problem = decompose(instance).problem
    sample = problem.sample
    assert sample is not None
    assert len(sample.supply.columns) == SIZE
    assert sample.supply.columns[0] == problem.supply.columns[0]
    assert sample.supply.columns[-1] == problem.supply.columns[-1]
    assert sample.probability.sum() == pytest.approx(1.0)
    others = np.setdiff1d(problem.supply.columns, sample.supply.columns)
    assert np.all(sample.form.cost[others] == 0.0)
    assert np.all(problem.form.cost[others] > 0.0)


def test_few_futures_are_not_sampled(instance: Instance) -> None:
    few = replace(instance, futures=instance.futures[: MANY - 1])
    assert decompose(few).problem.sample is None


@pytest.mark.parametrize("tail", [0.0, 2.0])
def test_the_answer_is_that_of_one_model(instance: Instance, tail: float) -> None:
    weights = {**instance.awards.weights, "tail": tail}
    asked = replace(instance, awards=replace(instance.awards, weights=weights))
    found = solve_cuts(asked, Options(gap=GAP))
    expected = solve_extensive(asked, Options(gap=GAP))
    assert found.objective == pytest.approx(expected.objective, rel=2 * GAP)
    assert found.bound <= expected.objective
    assert found.trace[0].phase == "a few futures"


def test_workers_do_not_change_the_answer(instance: Instance) -> None:
    alone = solve_cuts(instance, Options(gap=GAP))
    shared = solve_cuts(instance, Options(gap=GAP), workers=2)
    assert shared.objective == alone.objective
    assert shared.bound == alone.bound
    assert shared.outcome == alone.outcome
