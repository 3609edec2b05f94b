"""Whatever the case and the method, the plan found holds when it is worked out again without model or solver."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from optimizer import NoPlanError, solve
from optimizer.data import Case
from tests.property.test_cuts_equal_extensive import extended
from tests.small_case import small_settings, small_tables
from tests.unit.verification.rich_case import rich_case

QUICK, COUNT = 3, 60


def held(case: Case, method: Literal["auto", "cuts", "extensive"] = "auto", **options: Any) -> None:
    try:
        solution = solve(case, method=method, **options)
    except NoPlanError as error:
        if not error.infeasible:
            raise
        return
    assert solution.certificate is not None
    assert solution.certificate.passed


def without(*names: str, **tables: Any) -> Case:
    """The small case without some tables."""
    kept = {name: rows for name, rows in small_tables().items() if name not in names}
    return Case.from_tables(small_settings(), {**kept, **tables})


@pytest.mark.parametrize("method", ["cuts", "extensive"])
@pytest.mark.parametrize(
    "seed", [*range(QUICK), *(pytest.param(s, marks=pytest.mark.slow) for s in range(QUICK, COUNT))]
)
def test_plans_of_random_cases_hold(seed: int, method: Literal["cuts", "extensive"]) -> None:
    held(extended(seed), method, gap=1e-4)


@pytest.mark.parametrize("perspective", ["treasury", "security"])
def test_plans_hold_from_every_perspective(perspective: Literal["treasury", "security"]) -> None:
    held(rich_case(), perspective=perspective)


def test_plans_hold_where_only_public_money_counts() -> None:
    weights = ("resource", "shortage", "tail")
    case = rich_case()
    for name in weights:
        case = case.set(f"objective.weights.{name}", 0.0)
    held(case)


def running_only() -> Case:
    """One plant that runs anyway: no candidate, no programme, nothing to award."""
    plant = small_tables()["plants"][0] | {"status": "operating", "start_years": (2026,), "capex_musd": 0.0}
    plant |= {"capex_musd_low": None, "capex_musd_high": None}
    gone = ("contracts", "support", "recipes", "stockpiles", "programmes", "eligibility")
    return without(*gone, plants=[plant])


EDGES = {
    "no stock": lambda: without("stockpiles"),
    "no contracts": lambda: without("contracts"),
    "nothing public": lambda: without("stockpiles", "contracts", "support", "programmes", "eligibility"),
    "no disruption": lambda: without("disruptions"),
    "no trade": lambda: without("lanes", "disruptions"),
    "running plants only": running_only,
    "one path and one future": lambda: rich_case().set("scenarios.paths", 1).set("scenarios.futures", 1),
}


@pytest.mark.parametrize("edge", EDGES)
def test_plans_of_bare_cases_hold(edge: str) -> None:
    held(EDGES[edge]())
