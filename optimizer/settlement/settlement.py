"""From terms, prices and volumes to a statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import localcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from optimizer.errors import CaseError
from optimizer.settlement.agreement import KIND_OF, within_term
from optimizer.settlement.deliveries import Covered, contracted, covered, deliveries_of
from optimizer.settlement.exact import DIGITS
from optimizer.settlement.faults import settlement_fault
from optimizer.settlement.periods import Period, parts_of, period_at
from optimizer.settlement.quotes import Quote, quotes_of
from optimizer.settlement.reading import PRICES, VOLUMES, read_lines
from optimizer.settlement.reference import Settler
from optimizer.settlement.statement import Statement, drawn_up
from optimizer.settlement.terms import Terms
from optimizer.settlement.terms_file import read_terms

if TYPE_CHECKING:
    import pandas as pd


FAR = 100
"""A middle quote this many times above or below the strike is pointed out."""


def settle(
    terms: Terms | str | Path | Mapping[str, Any],
    prices: str | Path | pd.DataFrame | Sequence[Mapping[str, Any]],
    volumes: str | Path | pd.DataFrame | Sequence[Mapping[str, Any]] | None = None,
) -> Statement:
    """Settle a contract: the statement, period by period, in decimal arithmetic.

    ``terms``: a ``terms.toml``, or the same as nested mappings. ``prices`` and ``volumes``: a CSV file, a data frame or
    a list of mappings. Without volumes, the contracted yearly quantity of the terms is settled, for all periods of the
    term that have their quotes.

    A floor of 110 USD/kg, settled quarterly on the mean of three monthly quotes: (90 + 100 + 104) / 3 = 98, so 12
    USD/kg on 500 t, 6,000,000 USD.

    >>> terms = {
    ...     "contract": {"name": "a", "title": "A floor", "payer": "Government", "payee": "Plant"},
    ...     "units": {"currency": "USD", "price_per": "kg", "quantity": "t"},
    ...     "term": {"first": "2026-01", "last": "2026-12", "settlement": "quarterly"},
    ...     "payoff": {"form": "floor", "strike": 110},
    ...     "reference": {"series": "ndpr", "quotes": "monthly", "averaging": "mean", "vat": "not_applicable"},
    ...     "volumes": {"paid": ["sold"]},
    ... }
    >>> quotes = {"2026-01": 90, "2026-02": 100, "2026-03": 104}
    >>> prices = [{"series": "ndpr", "period": month, "price": p, "unit": "USD/kg"} for month, p in quotes.items()]
    >>> volumes = [{"period": "2026-Q1", "designation": "sold", "quantity": 500, "unit": "t"}]
    >>> statement = settle(terms, prices, volumes)
    >>> print(statement.lines[0].reference, statement.net)
    98 6000000.00

    Raises CaseError with every fault of the terms, or else of prices and volumes: file, row, column, value and remedy.
    """
    agreed = read_terms(terms)
    with localcontext() as context:
        context.prec = DIGITS
        price_lines = read_lines(prices, PRICES)
        quotes, faults = quotes_of(agreed, price_lines)
        faults = [*price_lines.faults, *faults]
        settler = Settler(agreed, quotes, price_lines.table)
        notes: tuple[str, ...] = ()
        if volumes is None:
            periods, notes = _quoted_periods(agreed, quotes, settler)
            deliveries, table = contracted(agreed, periods), "volumes"
            if agreed.volumes.contracted_per_year is None:
                problem = "is not given, and the terms name no contracted quantity"
                remedy = "Give a volume file, or volumes.contracted_per_year in the terms."
                faults.append(settlement_fault("no-volumes", "volumes", problem, remedy))
            elif not periods and not faults:
                problem = "does not cover one whole settlement period of the term"
                remedy = f"Give quotes for {agreed.term.first} and later."
                faults.append(settlement_fault("missing-quote", price_lines.table, problem, remedy))
        else:
            volume_lines = read_lines(volumes, VOLUMES)
            table = volume_lines.table
            deliveries, found = deliveries_of(agreed, volume_lines)
            faults += [*volume_lines.faults, *found]
            if not deliveries and not faults:
                remedy = "Give the deliveries to be settled."
                faults.append(settlement_fault("no-volumes", table, "has no rows", remedy))
        if faults:
            raise CaseError(faults)
        parts, faults = covered(agreed, deliveries, table)
        by_period = _by_period(agreed, parts)
        notes = (*_notes(agreed), *_doubts(agreed, quotes), *_months_without_volumes(by_period), *notes)
        statement = drawn_up(agreed, settler, by_period, notes)
        faults += settler.faults
        if faults:
            raise CaseError(faults)
        return statement


def _by_period(terms: Terms, parts: Sequence[Covered]) -> dict[Period, list[Covered]]:
    kind = KIND_OF[terms.term.settlement]
    out: dict[Period, list[Covered]] = defaultdict(list)
    for part in parts:
        out[period_at(part.period.start, kind)].append(part)
    return dict(out)


def _quoted_periods(
    terms: Terms, quotes: Mapping[Period, Quote], settler: Settler
) -> tuple[list[Period], tuple[str, ...]]:
    """Settlement periods of the term, from its beginning to the last that has its quotes; and what is left out."""
    if not quotes:
        return [], ()
    lag = terms.reference.lag_months
    last_quoted = max(quote.end for quote in quotes)
    periods: list[Period] = []
    period = period_at(terms.term.first.start, KIND_OF[terms.term.settlement])
    while within_term(terms, period.start, period.end):
        needed = settler.window(period)
        if needed[-1].end > last_quoted:
            return periods, (f"Not settled: {period} and later, for want of quotes after {max(quotes)}.",)
        if needed[-1].end > min(quotes).start:
            periods.append(period)
        period = period_at(period.end, period.kind)
    return periods, (f"The quotes needed lie {lag} months before delivery.",) if lag else ()


def _months_without_volumes(by_period: Mapping[Period, Sequence[Covered]]) -> list[str]:
    """Months of a settlement period for which nothing is reported, where all of its volumes are monthly."""
    notes = []
    for period, parts in sorted(by_period.items()):
        given = {part.period for part in parts}
        absent = [str(month) for month in parts_of(period, "month") if month not in given]
        if absent and {part.kind for part in given} == {"month"}:
            notes.append(f"{period} has no volumes for {', '.join(absent)}.")
    return notes


def _doubts(terms: Terms, quotes: Mapping[Period, Quote]) -> list[str]:
    """A quote per kg entered as per tonne, or the reverse, is a thousand times off: said when the middle one is far."""
    strike, prices = terms.payoff.strike, sorted(quote.price for quote in quotes.values())
    middle = prices[len(prices) // 2]
    if strike > 0 and middle > 0 and not strike / FAR < middle < strike * FAR:
        unit = f"{terms.units.currency}/{terms.units.price_per}"
        return [f"Check the units: the middle quote is {middle:,.2f} {unit}, the strike {strike:,.2f} {unit}."]
    return []


def _notes(terms: Terms) -> list[str]:
    notes = []
    if terms.payoff.upside_share and terms.payoff.upside_from == "never":
        notes.append("The upside share does not apply: its condition is not met (payoff.upside_from).")
    if terms.payoff.form == "purchase":
        notes.append("A purchase: the payer receives the units it pays for.")
    return notes
