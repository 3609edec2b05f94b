"""From a case and the tables of a plan to its certificate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from optimizer.data import Case
from optimizer.scenarios import Draws, draw
from optimizer.verification.awards import check_awards, check_stock_eligibility
from optimizer.verification.balances import check_balances
from optimizer.verification.certificate import Book, Certificate
from optimizer.verification.costs import check_costs, supply_costs
from optimizer.verification.derived import check_comparison, check_futures, check_shortfall, check_supply
from optimizer.verification.finance import check_finance, private_entry
from optimizer.verification.limits import check_limits
from optimizer.verification.menus import check_candidates, check_offers
from optimizer.verification.objective import (
    bound_words,
    check_objective,
    cover_miss_cost,
    misses_without_purchases,
    stated_misses,
    terms,
)
from optimizer.verification.operation import Planner
from optimizer.verification.payments import check_exact, settle
from optimizer.verification.pots import (
    Pots,
    check_amounts_in_words,
    check_awarded_payments,
    check_pots,
    check_stock_prices,
)
from optimizer.verification.spread import check_prices, check_yearly_outlays
from optimizer.verification.stock import check_offtake, check_schedule, check_stock
from optimizer.verification.structure import check_structure, with_columns
from optimizer.verification.subject import BASELINE, Subject
from optimizer.verification.supply import Supply, supply_of
from optimizer.verification.targets import check_cover, check_targets
from optimizer.verification.world import World


def verify(
    case: Case,
    tables: Mapping[str, pd.DataFrame],
    summary: Mapping[str, Any],
    *,
    draws: Draws | None = None,
) -> Certificate:
    """Work a plan out again from its case and tables alone, and say how far off the worst of every check is.

    ``tables`` are those of ``optimizer.results``, ``summary`` what ``Solution.to_json`` says of the run
    (objective_musd, bound_musd, gap, termination, breakdown, run). ``draws`` spares drawing the scenarios again; they
    are a pure function of the case. No model, solver or instance is used, and nothing is changed.
    """
    return check_all(Book(), case, tables, summary, draws)


def check_all(
    book: Book, case: Case, tables: Mapping[str, pd.DataFrame], summary: Mapping[str, Any], draws: Draws | None = None
) -> Certificate:
    """Every check of a plan, added to those already in the book."""
    tables = with_columns(tables)
    try:
        if check_structure(book, case, tables):
            _check_plan(book, Subject(case.in_key_order(), tables, draw(case) if draws is None else draws, summary))
        else:
            book.notes.append("Tables that cannot be read leave everything else unchecked.")
    # Whatever keeps a plan from being worked out again, it is then not verified.
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        book.holds("the tables can be worked out again", False, " ".join(f"{type(error).__name__}: {error}".split()))
    return book.certificate(bound_words(summary.get("run") or {}))


def _check_plan(book: Book, subject: Subject) -> None:
    planner, world = Planner(subject), World(subject)
    settled = [(s, settle(planner, s.contract, s.start, [s.strike], [s.volume_t])) for s in subject.signed]
    pots = Pots(planner, settled)
    check_futures(book, subject, world)
    check_awards(book, planner)
    check_stock_eligibility(book, subject)
    check_exact(book, planner, subject.signed, [floats for _, floats in settled])
    check_finance(book, planner, settled)
    check_candidates(book, planner)
    check_offers(book, planner)
    net_outlay = check_pots(book, pots)
    check_yearly_outlays(book, pots)
    check_prices(book, planner)
    check_awarded_payments(book, pots)
    check_amounts_in_words(book, pots)
    check_stock_prices(book, pots)
    check_schedule(book, subject)
    check_cover(book, subject)
    _check_supply_layer(book, planner, world, net_outlay)


def _check_supply_layer(book: Book, planner: Planner, world: World, net_outlay: float) -> None:
    subject = planner.subject
    plans = {"with": True}
    if BASELINE in subject.tables:
        plans = {"without": False, "with": True}
    else:
        book.notes.append("There is no comparison: the case without any new award was not solved.")
    supplies: dict[str, Supply] = {}
    costs: dict[str, dict[str, Any]] = {}
    for plan, is_with in plans.items():
        supply = supplies[plan] = supply_of(subject, world, book, with_plan=is_with)
        ledger = check_balances(book, subject, world, supply)
        check_limits(book, subject, world, supply)
        check_stock(book, subject, world, supply)
        check_offtake(book, subject, supply)
        check_targets(book, subject, world, supply, ledger)
        costs[plan] = check_costs(book, subject, world, supply)
    check_supply(book, subject, world, supplies)
    shortfall = check_shortfall(book, subject, world, supplies)
    missed = cover_miss_cost(subject, stated_misses(subject))
    by_plan = {"with": terms(planner, costs["with"], subject.built, net_outlay, missed)}
    if "without" in plans:
        missed = cover_miss_cost(subject, misses_without_purchases(subject))
        by_plan["without"] = terms(planner, costs["without"], private_entry(planner), 0.0, missed)
        check_comparison(book, subject, by_plan, costs, shortfall)
    sizes = {
        term: float(subject.probability @ size)
        for term, size in supply_costs(subject, world, supplies["with"])[1].items()
    }
    check_objective(book, subject, by_plan["with"], by_plan.get("without"), sizes)
