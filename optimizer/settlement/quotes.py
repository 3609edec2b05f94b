"""Quotes of the reference price in the contract's unit and on its tax basis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from optimizer.data.nearest import allowed_words
from optimizer.errors import Fault
from optimizer.settlement.agreement import KIND_OF
from optimizer.settlement.faults import settlement_fault
from optimizer.settlement.periods import Period
from optimizer.settlement.reading import Line, Lines
from optimizer.settlement.terms import Terms, unit_size


@dataclass(frozen=True)
class Quote:
    """One quote: its price in the contract's price unit, and its weight if the file gives one."""

    period: Period
    price: Decimal
    weight: Decimal | None
    row: int


class QuoteError(Exception):
    """A quote that cannot be put on the contract's basis: the rule, the column, the problem and the remedy."""

    def __init__(self, rule: str, column: str, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.rule, self.column, self.problem, self.remedy = rule, column, problem, remedy


def quotes_of(terms: Terms, lines: Lines) -> tuple[dict[Period, Quote], list[Fault]]:
    """The quotes of the terms' series by period, in order of time; and what is wrong with them."""
    faults: list[Fault] = []
    quotes: dict[Period, Quote] = {}
    kind = KIND_OF[terms.reference.quotes]
    series = terms.reference.series
    known = {line.text("series") for line in lines.lines}
    if series not in known and not lines.faults:
        problem = f"has no quotes of the series '{series}'"
        remedy = f"Add them, or change reference.series. {allowed_words(series, known)}"
        faults.append(settlement_fault("series", lines.table, problem, remedy))
    for line in lines.lines:
        if line.text("series") != series:
            continue
        if line.period.kind != kind:
            problem = f"is a {line.period.kind}, and the terms say {terms.reference.quotes} quotes"
            remedy = f"Give quotes by {kind} only; other periods would overlap with them."
            found = settlement_fault(
                "one-kind", lines.table, problem, remedy, row=line.row, column="period", value=str(line.period)
            )
            faults.append(found)
            continue
        try:
            price = price_in_terms(terms, line)
        except QuoteError as refused:
            found = settlement_fault(
                refused.rule, lines.table, refused.problem, refused.remedy,
                row=line.row, column=refused.column, value=line.text(refused.column),
            )  # fmt: skip
            faults.append(found)
            continue
        quotes[line.period] = Quote(line.period, price, line.exact_cells.get("weight"), line.row)
    return dict(sorted(quotes.items())), faults


def price_in_terms(terms: Terms, line: Line) -> Decimal:
    """A quote in the contract's price unit and on its tax basis. Raises QuoteError."""
    return on_tax_basis(terms, line.text("vat"), price_in_unit(terms, line))


def price_in_unit(terms: Terms, line: Line) -> Decimal:
    """A quote in the contract's price unit, on the tax basis it is quoted on. Raises QuoteError."""
    currency, _, per = line.text("unit").partition("/")
    wanted = f"{terms.units.currency}/{terms.units.price_per}"
    if currency != terms.units.currency:
        problem = f"is not in {terms.units.currency}"
        raise QuoteError("unit", "unit", problem, f"Convert the quote at a stated rate, and give it in {wanted}.")
    size = unit_size(terms.units.price_per, per)
    if size is None:
        problem = f"cannot be converted to {wanted}"
        raise QuoteError(
            "unit", "unit", problem, "Use kg, t, kt or lb after the stroke for a mass; kWh, MWh or GWh for energy."
        )
    return line.number("price") * size


def on_tax_basis(terms: Terms, quoted: str, price: Decimal) -> Decimal:
    """A price on the contract's tax basis. Raises QuoteError if the two cannot be reconciled.

    ``quoted``: excluded, included, not_applicable, or blank where the terms know no tax.
    """
    reference = terms.reference
    wanted = reference.vat
    if quoted == "" and wanted != "not_applicable":
        problem = f"is blank, and the terms want the reference with tax {wanted}"
        raise QuoteError("tax-basis", "vat", problem, "Write excluded, included, or not_applicable (export prices).")
    if (quoted == "included" and wanted == "not_applicable") or (quoted == "not_applicable" and wanted == "included"):
        remedy = "Quote the price on the contract's basis, or change reference.vat."
        raise QuoteError("tax-basis", "vat", f"does not go with terms that say {wanted}", remedy)
    if {quoted, wanted} != {"excluded", "included"}:
        return price
    if reference.vat_rate is None:
        problem = f"must be converted to tax {wanted}, and the terms give no rate"
        raise QuoteError("tax-basis", "vat", problem, "Give reference.vat_rate, e.g. 0.13.")
    factor = 1 + reference.vat_rate
    return price / factor if wanted == "excluded" else price * factor


@dataclass(frozen=True)
class Counted:
    """A price after the rule for negative prices: what it counts as, and whether anything flows."""

    price: Decimal
    pays: bool


def counted(terms: Terms, quotes: Mapping[Period, Quote]) -> dict[Period, Counted]:
    """Every quote after the rule for negative prices; spells are quotes below zero that follow on one another."""
    out: dict[Period, Counted] = {}
    spell: list[Quote] = []
    for quote in (*quotes.values(), None):
        if (
            quote is not None
            and is_negative(terms, quote.price)
            and (not spell or spell[-1].period.end == quote.period.start)
        ):
            spell.append(quote)
            continue
        for member in spell:
            out[member.period] = negative_counts_as(terms, member.price, len(spell))
        spell = []
        if quote is None:
            break
        if is_negative(terms, quote.price):
            spell = [quote]
        else:
            out[quote.period] = Counted(quote.price, True)
    return out


def is_negative(terms: Terms, price: Decimal) -> bool:
    """Whether a price falls under the rule for negative prices."""
    return price < 0 or (price == 0 and terms.negative_price.zero_is_negative)


def negative_counts_as(terms: Terms, price: Decimal, spell: int = 1) -> Counted:
    """What a price below zero counts as, in a spell of so many."""
    negative = terms.negative_price
    rule = negative.rule if spell >= negative.consecutive else negative.shorter
    return Counted(Decimal(0) if rule == "zero" else price, rule != "unpaid")
