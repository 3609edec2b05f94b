"""Plans of the bundled cases, each solved once however many tests look at it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pandas as pd
import pytest

from optimizer import Case, Solution, bundled_cases, read_case, solve

NAMES = tuple(bundled_cases())
REDUCED: dict[str, Any] = {"paths": 32, "futures": 3, "gap": 0.005}
"""Sizes at which every commit solves the bundled cases."""

LARGE = ("allied-magnets",)
"""Cases of which every commit solves the plan itself, and variations only when slow tests are run."""

EVERY_CASE = pytest.mark.parametrize("name", NAMES)
EVERY_VARIED_CASE = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow) if name in LARGE else name for name in NAMES]
)


@lru_cache(maxsize=1)
def _texts() -> dict[str, Case]:
    return {name: read_case(name) for name in NAMES}


def case_of(name: str, hazard: float | None = None, pots: float = 1.0, **settings: Any) -> Case:
    """A bundled case with a total yearly hazard of disruption, pots scaled, and settings changed (``a__b`` for a.b)."""
    case = _texts()[name]
    if hazard is not None:
        total = sum(row.hazard_per_year for row in case.rows("disruptions"))
        case = case.set("scenarios.hazard_scale", hazard / total)
    for row in case.rows("programmes") if pots != 1.0 else ():
        case = case.set(f"programmes.{row.programme}.budget_musd", row.budget_musd * pots)
    for path, value in settings.items():
        case = case.set(path.replace("__", "."), value)
    return case


@lru_cache(maxsize=32)
def plan_of(name: str, **changes: Any) -> Solution:
    """The plan of a bundled case at reduced sizes, under the changes that ``case_of`` takes."""
    return solve(case_of(name, **changes), **REDUCED)


def cost_without_plan(solution: Solution) -> float:
    """Weighted cost if no new award were made, musd."""
    terms = solution.tables["breakdown"]
    return float((terms["weight"] * terms["without_plan_musd"]).sum())


def unweighted(solution: Solution, term: str, column: str = "unweighted_musd") -> float:
    """One term of the breakdown, musd."""
    terms: pd.DataFrame = solution.tables["breakdown"].set_index("term")
    return float(terms.loc[term, column])


def stock_bought(solution: Solution) -> float:
    """Planned stock purchases over the horizon, t."""
    return float(solution.tables["stockpile"]["purchase_t"].sum())
