"""A settlement statement, and what reported payments imply, as tables for the terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby
from typing import TextIO

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from optimizer.report.console import show
from optimizer.report.notation import ABSENT, figure, share
from optimizer.settlement import ImpliedPeriod, Pair, Statement, Terms

WHOLE_FROM = Decimal(10) ** 6
"""Money is shown in whole units of the currency where any amount reaches this."""


def print_statement(statement: Statement, file: TextIO | None = None) -> None:
    """Print a statement; on stdout unless another file is given."""
    show(statement_view(statement), file)


def print_implied(periods: Sequence[ImpliedPeriod], terms: Terms, file: TextIO | None = None) -> None:
    """Print the pairs behind reported payments; on stdout unless another file is given."""
    show(Group(*(_implied_view(period, terms) for period in periods)), file)


def statement_view(statement: Statement) -> RenderableType:
    """Heading, one row per settlement period, totals and notes. Columns that are 0 throughout are left out."""
    terms = statement.terms
    currency, quantity = terms.units.currency, terms.units.quantity
    price = f"{currency}/{terms.units.price_per}"
    largest = max((abs(amount) for line in statement.lines for amount in (line.net, line.balance)), default=Decimal(0))
    decimals = 0 if largest >= WHOLE_FROM else terms.units.money_decimals
    amounts = [name for name in ("support", "payback_due", "payback", "net") if _is_told(statement, name)]
    quantities = [
        name
        for name in ("delivered", "already_paid", "not_covered", "price_rule", "paid_for")
        if name == "paid_for" or _is_told(statement, name)
    ]
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), show_footer=True)
    table.add_column("\nperiod", "total", no_wrap=True)
    for heading in ("reference", "strike"):
        table.add_column(f"{heading}\n{price}", justify="right")
    for name in quantities:
        total = sum((getattr(line, name) for line in statement.lines), Decimal(0))
        table.add_column(f"{_HEADINGS[name]}\n{quantity}", figure(total), justify="right")
    for name in amounts:
        total = sum((getattr(line, name) for line in statement.lines), Decimal(0))
        table.add_column(f"{_HEADINGS[name]}\n{currency}", figure(total, decimals), justify="right")
    table.add_column(f"balance\n{currency}", figure(statement.net, decimals), justify="right")
    for line in statement.lines:
        table.add_row(
            str(line.period),
            ABSENT if line.reference is None else figure(line.reference, 2),
            figure(line.strike, 2),
            *(figure(getattr(line, name)) for name in quantities),
            *(figure(getattr(line, name), decimals) for name in amounts),
            figure(line.balance, decimals),
        )
    title = Text(f"{terms.contract.title}\n", style="bold")
    title.append(f"positive: {terms.contract.payer} pays {terms.contract.payee}\n", style="not bold")
    title.append("\n".join(_rules(terms)), style="not bold")
    notes = [Text(note) for note in statement.notes]
    return Group(title, table, *notes)


def _rules(terms: Terms) -> list[str]:
    """The terms that decide about the figures, in a few lines."""
    payoff, reference, indexation = terms.payoff, terms.reference, terms.indexation
    price = f"{terms.units.currency}/{terms.units.price_per}"
    form = f"{payoff.form}, strike {figure(payoff.strike, 2)} {price}"
    if indexation.rule != "none":
        form += f" of {indexation.base_year}, indexed"
    if payoff.form == "collar":
        form += f", width {figure(payoff.collar_width, 2)}"
    if payoff.upside_share:
        above = "the strike" if payoff.upside_threshold is None else figure(payoff.upside_threshold, 2)
        form += f", {share(payoff.upside_share, 0)} above {above} back"
        begins = {"start": "", "never": " (not yet)"}
        form += begins.get(str(payoff.upside_from), f" from {payoff.upside_from}")
    if payoff.upside_cap_million_per_year is not None:
        form += f", at most {figure(payoff.upside_cap_million_per_year)} million {terms.units.currency} a year"
    average = {"mean": "mean of", "weighted": "weighted mean of", "delivery_weighted": "delivery-weighted mean of"}
    basis = f"reference: {average.get(reference.averaging, 'each of')} {reference.quotes} quotes of {reference.series}"
    if reference.lag_months:
        basis += f", {reference.lag_months} months before"
    if reference.vat != "not_applicable":
        basis += f", VAT {reference.vat}"
    if terms.negative_price.rule != "count":
        basis += f", below zero: {terms.negative_price.rule}"
        if terms.negative_price.consecutive > 1:
            basis += f" in spells of {terms.negative_price.consecutive} or more"
    return [form, f"{basis}; settled {terms.term.settlement}"]


_HEADINGS = {
    "delivered": "delivered",
    "already_paid": "paid before",
    "not_covered": "not covered",
    "price_rule": "price rule",
    "paid_for": "paid for",
    "support": "support",
    "payback_due": "back, due",
    "payback": "paid back",
    "net": "net",
}


def _is_told(statement: Statement, name: str) -> bool:
    """Whether a column tells something that its neighbours do not."""
    lines = statement.lines
    match name:
        case "delivered":
            return any(line.delivered != line.paid_for for line in lines)
        case "payback_due":
            return any(line.payback_due != line.payback for line in lines)
        case "net":
            return any(line.payback != 0 and line.support != 0 for line in lines)
        case "support":
            return True
        case _:
            return any(getattr(line, name) != 0 for line in lines)


def _implied_view(period: ImpliedPeriod, terms: Terms) -> RenderableType:
    units = terms.units
    price = f"{units.currency}/{units.price_per}"
    by_benchmark = Table(box=box.SIMPLE_HEAD, padding=(0, 1))
    by_benchmark.add_column("\nif the benchmark is", no_wrap=True)
    by_benchmark.add_column(f"its mean\n{price}", justify="right")
    by_benchmark.add_column(f"volume\n{units.quantity}", justify="right")
    by_benchmark.add_column("\nnearest reported")
    by_benchmark.add_column(f"reported\n{units.quantity}", justify="right")
    by_benchmark.add_column("volume /\nreported", justify="right")
    by_benchmark.add_column("\nfits")
    for _, pairs in groupby(period.pairs, key=lambda pair: pair.benchmark):
        pair = min(pairs, key=_distance)
        none = pair.ratio is None
        by_benchmark.add_row(
            pair.benchmark,
            figure(pair.benchmark_price, 2),
            figure(pair.implied_quantity, 0),
            ABSENT if none else pair.quantity,
            ABSENT if none else figure(pair.reported, 0),
            figure(pair.ratio, 2),
            "yes" if pair.consistent else "no",
        )
    by_quantity = Table(box=box.SIMPLE_HEAD, padding=(0, 1))
    by_quantity.add_column("\nif the payment is for")
    by_quantity.add_column(f"reported\n{units.quantity}", justify="right")
    by_quantity.add_column(f"benchmark\n{price}", justify="right")
    for quantity, pair in {pair.quantity: pair for pair in period.pairs}.items():
        by_quantity.add_row(quantity, figure(pair.reported, 0), figure(pair.implied_price))
    heading = Text(f"{period.period}: a payment of {figure(period.payment, 0)} {units.currency}", style="bold")
    return Group(heading, by_benchmark, by_quantity)


def _distance(pair: Pair) -> float:
    """How far apart implied and reported are, either way; infinite if nothing is implied."""
    return math.inf if pair.ratio is None or pair.ratio <= 0 else abs(math.log(pair.ratio))
