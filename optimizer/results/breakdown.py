"""What the objective is made of: every total has its terms, and they add up or the run fails."""

from __future__ import annotations

import pandas as pd

from optimizer.engine import Outcome
from optimizer.errors import ReconciliationError
from optimizer.instance import Instance

TOLERANCE = 1e-6
"""Largest difference between breakdown and objective, relative to the objective."""

TERMS: dict[str, tuple[str, str]] = {
    "capex_annuities": ("resource", "Yearly capital cost and fixed cost of plants built, within the horizon"),
    "operation": ("resource", "Variable cost of production, and fixed cost of plants that run anyway"),
    "below_minimum": ("resource", "Cost of running plants below their minimum"),
    "imports": ("resource", "Purchases from outside suppliers at their price"),
    "freight": ("resource", "Freight and handling"),
    "collection": ("resource", "Collecting scrap"),
    "holding": ("resource", "Holding stock"),
    "stock_left": ("resource", "Value of stock left at the end (a credit)"),
    "shortage": ("shortage", "Loss from demand that is not met"),
    "stock_not_found": ("shortage", "Stock that could not be found to buy"),
    "tariffs": ("tariff", "Tariffs paid by buyers (a transfer)"),
    "net_outlay": ("outlay", "Expected net public outlay, at the marginal cost of public funds"),
    "payment_not_due": ("outlay", "Purchase payments that fall away (a credit)"),
    "target_misses": ("", "Price of missed supply targets"),
    "cover_miss_cost": ("", "Price of missed days of cover"),
    "supply_tail": ("tail", "Mean cost of supply in the worst futures"),
}
"""Term → (weight it carries in the objective, what it is). Terms without a weight count once."""


def terms_of(instance: Instance, outcome: Outcome) -> dict[str, float]:
    """Unweighted terms, expected over the futures where they differ, musd."""
    probability = {future.name: future.probability for future in instance.futures}
    out = {term: 0.0 for term in TERMS}
    out.update(outcome.award_costs)
    for name, costs in outcome.supply_costs.items():
        for term, amount in costs.items():
            out[term] += probability[name] * amount
    out["supply_tail"] = outcome.supply_tail
    return out


def breakdown_table(instance: Instance, outcome: Outcome, baseline: Outcome | None) -> pd.DataFrame:
    """One row per term: weight, unweighted musd, and ``musd``, weighted, which sums to the objective.

    ``without_plan_musd`` and ``difference_musd`` are unweighted."""
    weights = {**instance.structure.weights, "": 1.0}
    plan = terms_of(instance, outcome)
    without = terms_of(instance, baseline) if baseline is not None else None
    rows = []
    for term, (weight, words) in TERMS.items():
        row: dict[str, object] = {
            "term": term,
            "what": words,
            "weight": weights[weight],
            "unweighted_musd": plan[term],
            "musd": weights[weight] * plan[term],
        }
        if without is not None:
            row["without_plan_musd"] = without[term]
            row["difference_musd"] = plan[term] - without[term]
        rows.append(row)
    return pd.DataFrame(rows)


def reconcile(breakdown: pd.DataFrame, objective: float) -> None:
    """Raise ReconciliationError unless the weighted terms sum to the objective."""
    total = float(breakdown["musd"].sum())
    if abs(total - objective) > TOLERANCE * max(1.0, abs(objective)):
        raise ReconciliationError(f"the breakdown sums to {total:,.6f} musd, the objective is {objective:,.6f} musd.")
