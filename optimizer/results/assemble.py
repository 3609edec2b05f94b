"""From a solved instance to a Solution."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from optimizer.display import Tables
from optimizer.engine import Solved, relative_gap
from optimizer.instance import Instance
from optimizer.results.awards import (
    awards_table,
    candidates_table,
)
from optimizer.results.breakdown import breakdown_table, reconcile
from optimizer.results.comparison import comparison_table
from optimizer.results.contents import RESULT_TABLES
from optimizer.results.detail import baseline_table, cover_table, detail_tables, financing_table
from optimizer.results.offers import offers_table
from optimizer.results.pots import outlays_table, programmes_table, stockpile_table
from optimizer.results.solution import Solution
from optimizer.results.spread import prices_table, yearly_outlays_table
from optimizer.results.supply import (
    flows_table,
    futures_table,
    production_table,
    purchases_table,
    shortfall_table,
    stock_levels_table,
    supply_table,
)
from optimizer.scenarios import Draws


def build_solution(
    case: Any,
    draws: Draws,
    instance: Instance,
    solved: Solved,
    baseline: Solved | None,
    seconds: float,
    run: dict[str, Any],
) -> Solution:
    """Tables and breakdown of a plan: what ``solve`` returns, made of what it has found.

    ``case``, its scenarios ``draws`` and its numbers ``instance``; the plan that was ``solved`` and, if it was solved
    too, the ``baseline`` without any new award; ``seconds`` it took and the facts of the ``run``. Raises
    ReconciliationError if the breakdown does not sum to the objective.

    Rows stand in the order of keys, so that the order in which somebody typed rows does not show.
    """
    solved_case, case = case, case.in_key_order()
    outcome = solved.outcome
    without = baseline.outcome if baseline is not None else None
    breakdown = breakdown_table(instance, outcome, without)
    reconcile(breakdown, solved.objective)
    plans = {"with": outcome} if without is None else {"without": without, "with": outcome}
    supply = supply_table(case, instance, draws.futures, plans)
    shortfall = shortfall_table(instance, draws.futures, plans)
    entered = sorted(instance.awards.plants.private_entry.items())
    tables = {
        "awards": awards_table(case, instance, outcome),
        "programmes": programmes_table(case, instance, outcome),
        "outlays": outlays_table(case, instance, outcome),
        "yearly_outlays": yearly_outlays_table(case, draws, instance, outcome),
        "prices": prices_table(case, draws),
        "stockpile": stockpile_table(case, instance, outcome),
        "candidates": candidates_table(case, instance, outcome),
        "offers": offers_table(case, instance, outcome),
        "private_entry": pd.DataFrame(entered, columns=["plant", "start_year"]),
        "supply": supply,
        "shortfall": shortfall,
        "breakdown": breakdown,
        "production": production_table(instance, outcome),
        "purchases": purchases_table(instance, outcome),
        "flows": flows_table(outcome),
        "stock_levels": stock_levels_table(outcome),
        "futures": futures_table(draws.futures),
        "exposure": pd.DataFrame(
            [vars(row) for row in draws.exposure], columns=["origin", "material", "year", "before", "after"]
        ),
        "financing": financing_table(instance, outcome),
        "cover": cover_table(instance, outcome),
        **detail_tables(instance, outcome),
    }
    if without is not None:
        tables["without_plan"] = baseline_table(instance, without)
        tables["comparison"] = comparison_table(case, instance, outcome, without, supply, shortfall)
    return Solution(
        case_name=case.name,
        title=case.settings.case.title,
        termination=solved.termination,
        objective_musd=solved.objective,
        bound_musd=solved.bound,
        gap=relative_gap(solved.objective, solved.bound),
        seconds=seconds,
        breakdown=dict(zip(breakdown["term"], breakdown["musd"].astype(float), strict=True)),
        tables=Tables(tables, RESULT_TABLES),
        sources=case.grade_mix(),
        report=_report(solved),
        case=solved_case,
        run=run | _proof(solved) | {"futures_distance": draws.futures.distance},
    )


def _proof(solved: Solved) -> dict[str, Any]:
    certified = solved.certified if math.isfinite(solved.certified) else None
    return {
        "worst_violation": solved.violation,
        "bound_from": solved.bound_from,
        "bound_certified_musd": certified,
    }


def _report(solved: Solved) -> pd.DataFrame:
    rows = [
        {
            "phase": step.phase,
            "iteration": step.iteration,
            "bound_musd": step.bound,
            "incumbent_musd": step.incumbent,
            "gap": None if step.incumbent is None else relative_gap(step.incumbent, step.bound),
            "cuts": step.cuts,
            "seconds": step.seconds,
        }
        for step in solved.trace
    ]
    return pd.DataFrame(rows, columns=["phase", "iteration", "bound_musd", "incumbent_musd", "gap", "cuts", "seconds"])
