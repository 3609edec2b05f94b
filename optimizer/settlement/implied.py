"""Which benchmark and which volume could explain a payment: under a floor, payment = (strike − benchmark) × volume.

A payment fixes pairs, not a point. For every candidate benchmark there is one volume that explains the payment, and for
every reported quantity one benchmark; a pair is consistent when the two meet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal, localcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from optimizer.display import Public
from optimizer.errors import CaseError, Fault, SettingError
from optimizer.settlement.agreement import KIND_OF
from optimizer.settlement.exact import DIGITS, exact
from optimizer.settlement.faults import settlement_fault
from optimizer.settlement.periods import Period, parts_of
from optimizer.settlement.quotes import QuoteError, price_in_unit
from optimizer.settlement.reading import PRICES, REPORTED, Line, Lines, read_lines
from optimizer.settlement.reference import Settler
from optimizer.settlement.terms import Terms, unit_size
from optimizer.settlement.terms_file import read_terms

if TYPE_CHECKING:
    import pandas as pd

TOLERANCE = Decimal("0.05")
MILLION = Decimal(10) ** 6
PAYMENT = "payment"


@dataclass(frozen=True)
class Pair(metaclass=Public):
    """A candidate benchmark and a reported quantity beside a payment.

    ``benchmark_price`` and ``implied_price`` (the benchmark that the reported quantity implies) in the price unit,
    ``implied_quantity`` (the volume that the benchmark implies; None if it is not below the strike) and ``reported`` in
    the quantity unit. ``ratio`` is implied over reported; ``consistent``: it is 1 within the tolerance.
    """

    benchmark: str
    benchmark_price: Decimal
    implied_quantity: Decimal | None
    quantity: str
    reported: Decimal
    implied_price: Decimal
    ratio: Decimal | None
    consistent: bool


def consistent_pairs(
    payment: Any,
    strike: Any,
    benchmarks: Mapping[str, Any],
    quantities: Mapping[str, Any],
    *,
    units_per_quantity: Any = 1000,
    tolerance: Any = TOLERANCE,
) -> tuple[Pair, ...]:
    """All pairs of a candidate benchmark and a reported quantity, with what each implies about the other.

    ``payment`` in the currency, ``strike`` and ``benchmarks`` per price unit, ``quantities`` in the quantity unit, of
    which one holds ``units_per_quantity`` price units (1000 for tonnes priced per kg).

    51.016 million USD were paid for the last quarter of 2025, floor 110: a benchmark of 83.1 USD/kg implies 1,897 t.

    >>> pairs = consistent_pairs(51_016_000, 110, {"83.1": "83.1"}, {"sold": 562, "contained": 1897})
    >>> [(pair.quantity, round(pair.implied_quantity), round(pair.implied_price, 1), pair.consistent) for pair in pairs]
    [('sold', 1897, Decimal('19.2'), False), ('contained', 1897, Decimal('83.1'), True)]

    Raises SettingError for numbers that are not finite, a payment or quantity of 0 or less, or a negative tolerance.
    """
    with localcontext() as context:
        context.prec = DIGITS
        paid, top, width, size = exact(payment), exact(strike), exact(tolerance), exact(units_per_quantity)
        if paid <= 0 or width < 0 or size <= 0:
            raise SettingError("payment and units_per_quantity must be above 0, the tolerance at least 0.")
        pairs = []
        for benchmark, price in benchmarks.items():
            gap = top - exact(price)
            implied = paid / (gap * size) if gap > 0 else None
            for quantity, amount in quantities.items():
                reported = exact(amount)
                if reported <= 0:
                    raise SettingError(f"the quantity '{quantity}' must be above 0.")
                ratio = None if implied is None else implied / reported
                meets = ratio is not None and abs(ratio - 1) <= width
                implied_price = top - paid / (reported * size)
                pairs.append(Pair(benchmark, exact(price), implied, quantity, reported, implied_price, ratio, meets))
        return tuple(pairs)


@dataclass(frozen=True)
class ImpliedPeriod(metaclass=Public):
    """One reported ``payment`` (in the currency) for a ``period``, and all ``pairs`` beside it."""

    period: Period
    payment: Decimal
    pairs: tuple[Pair, ...]

    def to_json(self) -> dict[str, Any]:
        """For JSON; numbers are JSON numbers."""
        return {
            "period": str(self.period),
            "payment": float(self.payment),
            "pairs": [
                {name: float(value) if isinstance(value, Decimal) else value for name, value in asdict(pair).items()}
                for pair in self.pairs
            ],
        }


def implied_pairs(
    terms: Terms | str | Path | Mapping[str, Any],
    prices: str | Path | pd.DataFrame | Sequence[Mapping[str, Any]],
    reported: str | Path | pd.DataFrame | Sequence[Mapping[str, Any]],
    *,
    tolerance: Any = TOLERANCE,
) -> tuple[ImpliedPeriod, ...]:
    """For every payment reported: every series of the price file, on each tax basis, beside every quantity reported.

    ``terms``, ``prices`` and ``reported`` are files, or what ``settle`` takes in their place. ``tolerance``: how far
    from 1 the ratio of a consistent pair may be. A benchmark is the plain mean of the quotes in the period; where some
    are missing, its name says how many of how many there are, as (1/3). The strike is that of the terms; only a floor
    before its upside share is asked for (payments above 0).

    Raises CaseError with every fault of the files, SettingError for a bad tolerance or a form other than floor or cfd.
    """
    agreed = read_terms(terms)
    if agreed.payoff.form not in ("floor", "cfd"):
        raise SettingError(f"a {agreed.payoff.form} has no single benchmark behind a payment. Use a floor or cfd.")
    with localcontext() as context:
        context.prec = DIGITS
        quotes, report = read_lines(prices, PRICES), read_lines(reported, REPORTED)
        payments, quantities, faults = _reported(agreed, report)
        candidates, found = _candidates(agreed, quotes)
        faults = [*quotes.faults, *report.faults, *faults, *found]
        if faults:
            raise CaseError(faults)
        settler = Settler(agreed, {}, quotes.table)
        size = unit_size(agreed.units.quantity, agreed.units.price_per)
        return tuple(
            ImpliedPeriod(
                period,
                payment,
                consistent_pairs(
                    payment,
                    settler.strike(period),
                    _means(period, candidates),
                    quantities[period],
                    units_per_quantity=size,
                    tolerance=tolerance,
                ),
            )
            for period, payment in sorted(payments.items())
        )


def _reported(
    terms: Terms, report: Lines
) -> tuple[dict[Period, Decimal], dict[Period, dict[str, Decimal]], list[Fault]]:
    payments: dict[Period, Decimal] = {}
    quantities: dict[Period, dict[str, Decimal]] = defaultdict(dict)
    faults: list[Fault] = []
    kind = KIND_OF[terms.term.settlement]
    currency = terms.units.currency
    money = {currency: Decimal(1), f"million {currency}": MILLION}
    for line in report.lines:
        item, unit, value = line.text("item"), line.text("unit"), line.number("value")
        size = money.get(unit) if item == PAYMENT else unit_size(unit, terms.units.quantity)
        if line.period.kind != kind:
            faults.append(_fault(report, line, "one-kind", "period", f"is not a {kind}", f"Give figures by {kind}."))
        elif size is None:
            allowed = " or ".join(money) if item == PAYMENT else "kg, t, kt or lb; kWh, MWh or GWh"
            faults.append(_fault(report, line, "unit", "unit", f"is not a unit of '{item}'", f"Use {allowed}."))
        elif value <= 0:
            remedy = "Leave out periods in which nothing was paid to the payee, and quantities of 0."
            faults.append(_fault(report, line, "bounds", "value", "is not above 0", remedy))
        elif item == PAYMENT:
            payments[line.period] = value * size
        else:
            quantities[line.period][item] = value * size
    if not payments and not report.faults and not faults:
        remedy = f"Add a row with the item {PAYMENT}."
        faults.append(settlement_fault("missing-quote", report.table, "reports no payment", remedy))
    return payments, quantities, faults


def _fault(lines: Lines, line: Line, rule: str, column: str, problem: str, remedy: str) -> Fault:
    value = f"{line.number(column):f}" if column == "value" else line.text(column)
    return settlement_fault(rule, lines.table, problem, remedy, row=line.row, column=column, value=value)


def _candidates(terms: Terms, quotes: Lines) -> tuple[dict[str, dict[Period, Decimal]], list[Fault]]:
    """Every series as quoted, and less tax where tax is in it and the terms give a rate: name → quotes."""
    out: dict[str, dict[Period, Decimal]] = defaultdict(dict)
    faults: list[Fault] = []
    rate = terms.reference.vat_rate
    for line in quotes.lines:
        try:
            price = price_in_unit(terms, line)
        except QuoteError as refused:
            faults.append(_fault(quotes, line, refused.rule, refused.column, refused.problem, refused.remedy))
            continue
        out[f"{line.text('series')}, as quoted"][line.period] = price
        if line.text("vat") == "included" and rate is not None:
            out[f"{line.text('series')}, less VAT"][line.period] = price / (1 + rate)
    return out, faults


def _means(period: Period, candidates: Mapping[str, Mapping[Period, Decimal]]) -> dict[str, Decimal]:
    means: dict[str, Decimal] = {}
    for name, quotes in candidates.items():
        within = [quote for quote in quotes if period.holds(quote)]
        if within:
            due = parts_of(period, within[0].kind)
            label = name if len(within) >= len(due) else f"{name} ({len(within)}/{len(due)})"
            means[label] = sum((quotes[quote] for quote in within), Decimal(0)) / len(within)
    return means
