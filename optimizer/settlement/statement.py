"""The statement of a contract: what was due and paid in each settlement period, with totals and the running balance."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any

from optimizer.display import Public, counted
from optimizer.settlement.deliveries import Covered
from optimizer.settlement.exact import DIGITS
from optimizer.settlement.notebook import statement_html
from optimizer.settlement.periods import Period
from optimizer.settlement.reference import Settled, Settler, rounded
from optimizer.settlement.terms import Terms

NOTHING = Decimal(0)
MILLION = Decimal(10) ** 6
SHOWN_DIGITS = Decimal("1e-9")


@dataclass(frozen=True)
class StatementLine(metaclass=Public):
    """One settlement ``period``. Prices in the price unit, quantities in the quantity unit, money in the currency.

    ``reference`` is compared with ``strike``; the payment is due on ``pay_on``.
    ``delivered`` = ``already_paid`` (taken out of a lot paid for before) + ``not_covered`` (designation not paid for,
    or beyond the yearly limit) + ``price_rule`` (left out by the rule for negative prices) + ``paid_for``. ``support``
    goes to the payee; ``payback_due`` comes back before the yearly cap, ``payback`` after it; ``net`` is support minus
    payback, ``balance`` its running sum: positive = the payer has paid. ``upside`` says whether the share applies,
    ``quotes`` whose prices the reference is made of.
    """

    period: Period
    quotes: tuple[Period, ...]
    reference: Decimal | None
    strike: Decimal
    upside: bool
    delivered: Decimal
    already_paid: Decimal
    not_covered: Decimal
    price_rule: Decimal
    paid_for: Decimal
    support: Decimal
    payback_due: Decimal
    payback: Decimal
    net: Decimal
    balance: Decimal
    pay_on: date


@dataclass(frozen=True, repr=False)
class Statement(metaclass=Public):
    """All settlement periods of a contract with deliveries: a line each in ``lines``, in order.

    ``terms`` are those it was settled by; ``notes`` say what is left out and why.
    """

    terms: Terms
    lines: tuple[StatementLine, ...]
    notes: tuple[str, ...] = ()

    @property
    def net(self) -> Decimal:
        """Paid in all, in the currency; positive = the payer has paid more than it got back."""
        return self.lines[-1].balance if self.lines else NOTHING

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, each with its unit."""
        return tuple(name for name, _ in _columns(self.terms))

    def records(self) -> list[dict[str, Any]]:
        """One mapping per settlement period: column → text, yes or no, or a Decimal (None where there is none)."""
        columns = _columns(self.terms)
        with localcontext() as context:
            context.prec = DIGITS
            return [{name: value(line) for name, value in columns} for line in self.lines]

    def totals(self) -> dict[str, Decimal]:
        """Sums over all periods of quantities and money, by column."""
        return _sums(self.terms, self.records())

    def totals_by_year(self) -> dict[int, dict[str, Decimal]]:
        """The same for each calendar year of delivery."""
        by_year: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for line, record in zip(self.lines, self.records(), strict=True):
            by_year[line.period.start.year].append(record)
        return {year: _sums(self.terms, records) for year, records in by_year.items()}

    def to_csv(self) -> str:
        """The lines as CSV text, numbers as plain decimals."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.columns)
        for record in self.records():
            writer.writerow([_written(value) for value in record.values()])
        return text.getvalue()

    def to_json(self) -> dict[str, Any]:
        """Everything, for JSON: contract, units, lines, totals, notes, evidence. Numbers are JSON numbers."""
        terms = self.terms
        return {
            "contract": terms.contract.model_dump(),
            "units": terms.units.model_dump(),
            "terms": {name: _for_json(dict(section)) for name, section in terms if name not in _APART},
            "lines": _for_json(self.records()),
            "totals": _for_json(self.totals()),
            "totals_by_year": _for_json(self.totals_by_year()),
            "notes": list(self.notes),
            "evidence": dict(terms.evidence),
        }

    def __repr__(self) -> str:
        """The contract, how many periods are settled, and what was paid in all."""
        name, size = self.terms.contract.name, counted(len(self.lines), "period")
        return f"<Statement {name}: {size}, net {self.net:,f} {self.terms.units.currency}>"

    def _repr_html_(self) -> str:
        return statement_html(self)


def drawn_up(
    terms: Terms, settler: Settler, by_period: dict[Period, list[Covered]], notes: tuple[str, ...] = ()
) -> Statement:
    """The statement over periods with deliveries; periods for which something is missing are left out."""
    cap = terms.payoff.upside_cap_million_per_year
    decimals = terms.units.money_decimals
    left: dict[int, Decimal] = {}
    balance = NOTHING
    lines: list[StatementLine] = []
    for period, deliveries in sorted(by_period.items()):
        settled = settler.settled(period, deliveries)
        strike = settler.strike(period)
        if settled is None:
            continue
        support, due = rounded(settled.support, decimals), rounded(settled.payback, decimals)
        payback = due
        if cap is not None:
            remaining = left.setdefault(period.start.year, cap * MILLION)
            payback = min(due, rounded(remaining, decimals))
            left[period.start.year] = remaining - payback
        balance += support - payback
        lines.append(_line(terms, settler, period, deliveries, settled, strike, support, due, payback, balance))
    return Statement(terms, tuple(lines), notes)


def _line(
    terms: Terms,
    settler: Settler,
    period: Period,
    deliveries: list[Covered],
    settled: Settled,
    strike: Decimal,
    support: Decimal,
    due: Decimal,
    payback: Decimal,
    balance: Decimal,
) -> StatementLine:
    return StatementLine(
        period=period,
        quotes=settled.quotes,
        reference=settled.reference,
        strike=strike,
        upside=terms.payoff.upside_share > 0 and settler.upside_applies(period),
        delivered=sum((one.delivered for one in deliveries), NOTHING),
        already_paid=sum((one.already_paid for one in deliveries), NOTHING),
        not_covered=sum((one.not_covered for one in deliveries), NOTHING),
        price_rule=settled.not_paid_price,
        paid_for=settled.paid,
        support=support,
        payback_due=due,
        payback=payback,
        net=support - payback,
        balance=balance,
        pay_on=(period.end + timedelta(days=terms.term.pay_after_days)).date(),
    )


def _columns(terms: Terms) -> list[tuple[str, Callable[[StatementLine], Any]]]:
    money = terms.units.currency.lower()
    price = f"{money}_per_{terms.units.price_per.lower()}"
    quantity = terms.units.quantity.lower()
    return [
        ("period", lambda line: str(line.period)),
        ("quotes", lambda line: len(line.quotes)),
        ("first_quote", lambda line: str(line.quotes[0]) if line.quotes else None),
        ("last_quote", lambda line: str(line.quotes[-1]) if line.quotes else None),
        (f"reference_{price}", lambda line: shortened(line.reference)),
        (f"strike_{price}", lambda line: shortened(line.strike)),
        ("upside_applies", lambda line: line.upside),
        *(
            (f"{name}_{quantity}", _getter(name))
            for name in ("delivered", "already_paid", "not_covered", "price_rule", "paid_for")
        ),
        *((f"{name}_{money}", _getter(name)) for name in ("support", "payback_due", "payback", "net", "balance")),
        ("pay_on", lambda line: line.pay_on.isoformat()),
    ]


def _getter(name: str) -> Callable[[StatementLine], Any]:
    return lambda line: shortened(getattr(line, name))


def shortened(value: Decimal | None) -> Decimal | None:
    """A figure to at most nine decimals, without trailing zeros.

    >>> shortened(Decimal(100) / 3), shortened(Decimal("110.00")), shortened(Decimal("1E+3"))
    (Decimal('33.333333333'), Decimal('110'), Decimal('1000'))
    """
    if value is None:
        return None
    short = value.quantize(SHOWN_DIGITS, rounding=ROUND_HALF_EVEN).normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short


def _sums(terms: Terms, records: list[dict[str, Any]]) -> dict[str, Decimal]:
    money, quantity = terms.units.currency.lower(), terms.units.quantity.lower()
    names = [f"{name}_{quantity}" for name in ("delivered", "already_paid", "not_covered", "price_rule", "paid_for")]
    names += [f"{name}_{money}" for name in ("support", "payback_due", "payback", "net")]
    with localcontext() as context:
        context.prec = DIGITS
        return {name: sum((record[name] for record in records), NOTHING) for name in names}


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "" if value is None else str(value)


_APART = ("contract", "units", "evidence")
"""Sections of the terms that stand in the JSON by themselves."""


def _for_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _for_json(inner) for name, inner in value.items()}
    if isinstance(value, Period):
        return str(value)
    if isinstance(value, list | tuple):
        return [_for_json(inner) for inner in value]
    return float(value) if isinstance(value, Decimal) else value
