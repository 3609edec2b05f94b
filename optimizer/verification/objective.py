"""The objective: every term worked out again, their weighted sum, the bound and the gap."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.verification.certificate import SMALLEST_SIZE, Book
from optimizer.verification.costs import weighted
from optimizer.verification.operation import KG_PER_T, Planner, discount, level_payment
from optimizer.verification.risk import tail_mean
from optimizer.verification.subject import Subject
from optimizer.verification.targets import cover_wanted

FloatArray = NDArray[np.float64]

WEIGHT_OF = {
    "shortage": "shortage",
    "stock_not_found": "shortage",
    "tariffs": "tariff",
    "net_outlay": "outlay",
    "payment_not_due": "outlay",
    "supply_tail": "tail",
    "target_misses": None,
    "cover_miss_cost": None,
}
"""Term → weight of the objective it carries; resource if not named, None for terms at their own price."""


PROVED = "bound_certified_musd"
"""Name, in what is said of the run, of the bound proved by weak duality."""


def annuities(planner: Planner, built: Mapping[str, int]) -> float:
    """Yearly capital cost over life and fixed cost of the plants built, within the horizon, musd."""
    case = planner.case
    rate, first = case.settings.rates.social, planner.subject.first_year
    total = 0.0
    for name, start in built.items():
        plant = case.row("plants", name)
        yearly = plant.capex_musd * level_payment(rate, plant.life_years) + plant.fixed_opex_musd_per_year
        years = np.array([y for y in planner.subject.years if start <= y < start + plant.life_years])
        total += yearly * float(discount(years, rate, first).sum())
    return total


def cover_miss_cost(subject: Subject, missed: Mapping[tuple[str, int], float]) -> float:
    """Price of missed days of cover at the public rate, musd; ``missed`` maps (target, year) to t."""
    total = 0.0
    for (name, year), tonnes in missed.items():
        target = subject.case.row("targets", name)
        if target.mode == "priced":
            worth = float(discount([year], subject.case.settings.rates.public, subject.first_year)[0])
            total += tonnes * target.price_usd_per_kg / KG_PER_T * worth
    return total


def stated_misses(subject: Subject) -> dict[tuple[str, int], float]:
    """Missed days of cover as the table states them, t."""
    table = subject.tables["cover"]
    return {
        (str(n), int(y)): float(t) for n, y, t in zip(table["target"], table["year"], table["missed_t"], strict=True)
    }


def misses_without_purchases(subject: Subject) -> dict[tuple[str, int], float]:
    """Missed days of cover if nothing is bought, t."""
    out = {}
    stocks = {(row.region, row.material): row for row in reversed(subject.case.rows("stockpiles"))}
    elapsed = subject.years - subject.first_year
    for target in (row for row in subject.case.rows("targets") if row.kind == "days_of_cover"):
        stock = stocks[target.region, target.material]
        held = stock.opening_t * (1.0 - stock.loss_per_year) ** (elapsed + 1.0)
        for i, year in enumerate(subject.years):
            if target.first_year <= year <= target.last_year:
                out[target.target, int(year)] = max(0.0, float(cover_wanted(subject, target)[i] - held[i]))
    return out


def terms(
    planner: Planner, costs: Mapping[str, FloatArray], built: Mapping[str, int], net_outlay: float, cover: float
) -> dict[str, float]:
    """All terms of the objective, not weighted, musd: expected over the futures where they differ."""
    subject = planner.subject
    weights = subject.case.settings.objective.effective_weights.model_dump()
    out = {term: float(subject.probability @ amount) for term, amount in costs.items()}
    out |= {"capex_annuities": annuities(planner, built), "net_outlay": net_outlay, "cover_miss_cost": cover}
    out["supply_tail"] = 0.0
    if weights["tail"] > 0.0:
        alpha = subject.case.settings.objective.tail_alpha
        out["supply_tail"] = float(tail_mean(weighted(costs, weights), subject.probability, alpha))
    return out


def check_objective(
    book: Book,
    subject: Subject,
    plan: Mapping[str, float],
    without: Mapping[str, float] | None,
    sizes: Mapping[str, float],
) -> None:
    """The breakdown and its total, and what is said of the bound."""
    weights = subject.case.settings.objective.effective_weights.model_dump()
    rows = {row["term"]: row for row in subject.tables["breakdown"].to_dict(orient="records")}
    book.holds("every term of the objective is in the breakdown", set(rows) == set(plan), "breakdown")
    total = 0.0
    for term, amount in plan.items():
        kind = WEIGHT_OF.get(term, "resource")
        weight = 1.0 if kind is None else weights[kind]
        total += weight * amount
        row = rows.get(term)
        if row is None:
            continue
        where = f"breakdown, {term}"
        size = sizes.get(term, 0.0)
        book.equal("objective, term by term", "musd", row["unweighted_musd"], amount, where, size)
        book.equal("objective, term by term", "musd", row["musd"], weight * amount, where, weight * size)
        book.equal("weights of the objective", "", row["weight"], weight, where)
        if without is not None:
            book.equal(
                "objective without the plan, term by term", "musd", row["without_plan_musd"], without[term], where, size
            )
            gained = amount - without[term]
            book.equal("difference to the case without the plan", "musd", row["difference_musd"], gained, where, size)
    summary = subject.summary
    stated = _number(summary.get("objective_musd"))
    book.equal("objective is the sum of its terms", "musd", stated, total, "summary", sum(sizes.values()))
    parts: Mapping[str, Any] = summary.get("breakdown") or {}
    for term, amount in plan.items():
        kind = WEIGHT_OF.get(term, "resource")
        weight = 1.0 if kind is None else weights[kind]
        where = f"summary, breakdown, {term}"
        book.equal(
            "objective, term by term", "musd", _number(parts.get(term)), weight * amount, where, sizes.get(term, 0.0)
        )
    _check_bound(book, subject, stated)


def _check_bound(book: Book, subject: Subject, objective: float) -> None:
    bound, gap = subject.summary.get("bound_musd"), subject.summary.get("gap")
    if bound is None:
        book.notes.append("No lower bound is stated, so nothing is known of the gap.")
        return
    book.at_most("the bound is not above the objective", "musd", _number(bound), objective, "summary")
    if subject.summary.get("run", {}).get(PROVED) is not None:
        proved = _number(subject.summary["run"][PROVED])
        book.at_most("the proved bound is not above the objective", "musd", proved, objective, "summary")
    if abs(objective) < SMALLEST_SIZE["musd"]:
        # Next to a plan that costs nothing a relative distance says nothing.
        return
    distance = abs(objective - bound) / abs(objective)
    book.equal("the gap is the distance of objective and bound", "share", _number(gap), distance, "summary")
    if subject.summary.get("termination") == "gap_reached":
        wanted = subject.case.settings.solve.gap
        book.at_most("the gap is as small as was asked for", "share", _number(gap), wanted, "summary")


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else math.nan


def bound_words(run: Mapping[str, Any]) -> str:
    """How the lower bound is known, from what the run says of its origin."""
    origin = str(run.get("bound_from", "an unknown source"))
    if "certified" in origin.lower() and "not certified" not in origin.lower():
        return f"certified by the run: {origin}"
    proved = _number(run.get(PROVED))
    words = f"; of it, {proved:,.3f} musd are proved by weak duality" if math.isfinite(proved) else ""
    return f"claimed by the solver: {origin}{words}"
