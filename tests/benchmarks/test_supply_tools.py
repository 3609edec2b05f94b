"""The tools the benchmark compares solve the same problem: each finds the same optimum."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from tests.benchmarks.supply import monolithic
from tests.benchmarks.supply.problem import SupplyProblem, generate
from tests.benchmarks.supply.run import TOOLS, measured

SMALL = {"years": 4, "nodes": 10, "arcs": 24, "futures": 3}


# With the first seed all demand is met, with the second some of it is not.
@pytest.fixture(scope="module", params=[1, 2], ids=["met", "unmet"])
def problem(request: pytest.FixtureRequest) -> SupplyProblem:
    return generate(**SMALL, seed=request.param)


@pytest.mark.parametrize(
    ("tool", "packages", "choices"),
    [
        ("monolithic", [], {"algorithm": "simplex"}),
        ("monolithic", [], {"algorithm": "ipm"}),
        ("pyomo", [], {}),
        ("linopy", ["linopy"], {}),
        ("pypsa", ["pypsa"], {}),
        ("mpi-sppy", ["mpisppy"], {}),
        ("mpi-sppy-lshaped", ["mpisppy", "mpi4py"], {}),
    ],
)
def test_every_tool_finds_the_same_optimum(
    tool: str,
    packages: Sequence[str],
    choices: dict[str, Any],
    problem: SupplyProblem,
    capfd: pytest.CaptureFixture[str],
) -> None:
    for package in packages:
        pytest.importorskip(package)
    # What a package prints when it is imported from here is not the tool's doing.
    capfd.readouterr()
    module, _, function = TOOLS[tool].partition(":")
    found = getattr(importlib.import_module(module), function)(problem, **choices)
    expected = monolithic.solve(problem)
    assert found.objective == pytest.approx(expected.objective, rel=1e-6)
    assert found.capacity == pytest.approx(expected.capacity, rel=1e-4, abs=1e-4)
    assert capfd.readouterr().out == ""


def test_a_seed_gives_the_same_problem_again() -> None:
    one, again, other = generate(**SMALL, seed=3), generate(**SMALL, seed=3), generate(**SMALL, seed=4)
    assert all(np.array_equal(getattr(one, each.name), getattr(again, each.name)) for each in fields(one))
    assert not np.array_equal(one.demand, other.demand)


def test_the_network_stays_the_same_with_more_futures() -> None:
    few, more = generate(**SMALL), generate(**{**SMALL, "futures": 6})
    assert np.array_equal(few.arc_capacity, more.arc_capacity)
    assert np.array_equal(few.plant_capital, more.plant_capital)
    assert more.probability.sum() == pytest.approx(1.0)


def test_too_few_arcs_are_refused() -> None:
    with pytest.raises(ValueError, match="20 to 90 arcs"):
        generate(years=2, nodes=10, arcs=12)


def test_a_run_in_its_own_process_says_what_it_took() -> None:
    run = measured("monolithic", SMALL)
    assert run["objective"] == pytest.approx(monolithic.solve(generate(**SMALL)).objective)
    assert run["build_seconds"] > 0.0
    assert run["solve_seconds"] > 0.0
    assert run["peak_mb"] >= run["import_mb"] > 10.0
