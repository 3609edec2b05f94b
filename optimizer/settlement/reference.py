"""The reference price of each settlement period, and what its deliveries are paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from optimizer.errors import Fault
from optimizer.settlement.agreement import KIND_OF, MEETS_DELIVERIES
from optimizer.settlement.deliveries import Covered
from optimizer.settlement.faults import settlement_fault
from optimizer.settlement.payoff import UnitPayment, unit_payment
from optimizer.settlement.periods import Period, parts_of, shifted
from optimizer.settlement.quotes import Counted, Quote, counted, is_negative, negative_counts_as
from optimizer.settlement.terms import Terms, unit_size

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Settled:
    """One settlement period before caps and rounding; ``reference`` is None if no price was needed.

    ``quotes`` are the periods whose quotes were used.
    ``paid`` and ``not_paid_price`` (left out by the rule for negative prices) in the quantity unit, ``support`` and
    ``payback`` in the currency.
    """

    reference: Decimal | None
    paid: Decimal
    not_paid_price: Decimal
    support: Decimal
    payback: Decimal
    quotes: tuple[Period, ...] = ()


class MissingError(Exception):
    """Quotes or weights that a settlement period needs and the price file lacks."""

    def __init__(self, rule: str, periods: Sequence[Period]) -> None:
        super().__init__(rule)
        self.rule, self.periods = rule, periods


class Settler:
    """Settles one period after the other; ``faults`` collects what was missing."""

    def __init__(self, terms: Terms, quotes: Mapping[Period, Quote], table: str) -> None:
        self._terms, self._quotes, self._table = terms, quotes, table
        self._meets = terms.reference.averaging in MEETS_DELIVERIES
        self._counted = counted(terms, quotes) if self._meets else {}
        self._kind = KIND_OF[terms.reference.quotes]
        self._size = unit_size(terms.units.quantity, terms.units.price_per) or NOTHING
        self.faults: list[Fault] = []

    def settled(self, period: Period, deliveries: Sequence[Covered]) -> Settled | None:
        """The period settled; None if something was missing."""
        try:
            if self._meets:
                return self._against_deliveries(period, deliveries)
            return self._on_mean(period, sum((one.payable for one in deliveries), NOTHING))
        except MissingError as missing:
            for absent in missing.periods:
                word = "quote" if missing.rule == "missing-quote" else "weight"
                problem = f"has no {word} of {self._terms.reference.series} for {absent}, which {period} needs"
                remedy = f"Add the {word}."
                if missing.rule == "missing-quote" and self._terms.reference.missing == "refuse" and not self._meets:
                    remedy = 'Add it; where gaps are part of the rule, write reference.missing = "skip".'
                self.faults.append(settlement_fault(missing.rule, self._table, problem, remedy))
            return None

    def window(self, period: Period) -> list[Period]:
        """Periods whose quotes a settlement period needs, for a mean."""
        return parts_of(shifted(period, -self._terms.reference.lag_months), self._kind)

    def strike(self, period: Period) -> Decimal:
        """The strike in a settlement period, indexed and rounded as the terms say."""
        indexation, strike = self._terms.indexation, self._terms.payoff.strike
        if indexation.rule == "none" or indexation.base_year is None:
            return strike
        year = period.start.year - (period.start.month < indexation.from_month)
        if indexation.rule == "rate":
            strike = strike * (1 + indexation.rate) ** (year - indexation.base_year)
        elif str(year) in indexation.index:
            strike = strike * indexation.index[str(year)] / indexation.index[str(indexation.base_year)]
        else:
            problem = f"has no figure for {year}, which {period} needs"
            found = settlement_fault("terms-agree", "terms.toml", problem, "Add it.", column="indexation.index")
            if found not in self.faults:
                self.faults.append(found)
        return rounded(strike, indexation.decimals)

    def upside_applies(self, period: Period) -> bool:
        """Whether the upside share applies in a settlement period: in those that begin when it does, or later."""
        begins = self._terms.payoff.upside_from
        return begins == "start" or (isinstance(begins, Period) and begins.start <= period.start)

    def _per_unit(self, period: Period, reference: Decimal) -> UnitPayment:
        payoff = self._terms.payoff
        return unit_payment(
            payoff.form,
            reference,
            self.strike(period),
            upside_share=payoff.upside_share if self.upside_applies(period) else NOTHING,
            upside_threshold=payoff.upside_threshold,
            collar_width=payoff.collar_width,
        )

    def _on_mean(self, period: Period, payable: Decimal) -> Settled:
        window = self.window(period)
        found = [self._quotes[one] for one in window if one in self._quotes]
        absent = [one for one in window if one not in self._quotes]
        if absent and (self._terms.reference.missing == "refuse" or not found):
            raise MissingError("missing-quote", absent)
        if self._terms.reference.averaging == "weighted":
            mean = _weighted_mean(found)
        else:
            mean = sum((quote.price for quote in found), NOTHING) / len(found)
        mean = rounded(mean, self._terms.reference.decimals)
        used = tuple(quote.period for quote in found)
        price = negative_counts_as(self._terms, mean) if is_negative(self._terms, mean) else Counted(mean, True)
        if not price.pays:
            return Settled(price.price, NOTHING, payable, NOTHING, NOTHING, used)
        unit = self._per_unit(period, price.price)
        each = payable * self._size
        return Settled(price.price, payable, NOTHING, unit.support * each, unit.payback * each, used)

    def _against_deliveries(self, period: Period, deliveries: Sequence[Covered]) -> Settled:
        amounts: dict[Period, Decimal] = {}
        for one in deliveries:
            if one.payable:
                amounts[one.period] = amounts.get(one.period, NOTHING) + one.payable
        absent = [one for one in amounts if one not in self._counted]
        if absent:
            raise MissingError("missing-quote", absent)
        paying = {one: amount for one, amount in amounts.items() if self._counted[one].pays}
        paid = sum(paying.values(), NOTHING)
        left_out = sum(amounts.values(), NOTHING) - paid
        if not paid:
            return Settled(None, NOTHING, left_out, NOTHING, NOTHING, tuple(sorted(amounts)))
        value = sum((self._counted[one].price * amount for one, amount in paying.items()), NOTHING)
        mean = rounded(value / paid, self._terms.reference.decimals)
        if self._terms.reference.averaging == "delivery_weighted":
            unit = self._per_unit(period, mean)
            each = paid * self._size
            return Settled(mean, paid, left_out, unit.support * each, unit.payback * each, tuple(sorted(amounts)))
        support = payback = NOTHING
        for moment, amount in paying.items():
            unit = self._per_unit(moment, rounded(self._counted[moment].price, self._terms.reference.decimals))
            support += unit.support * amount * self._size
            payback += unit.payback * amount * self._size
        return Settled(mean, paid, left_out, support, payback, tuple(sorted(amounts)))


def _weighted_mean(quotes: Sequence[Quote]) -> Decimal:
    without = [quote.period for quote in quotes if quote.weight is None]
    weights = [quote.weight for quote in quotes if quote.weight is not None]
    total = sum(weights, NOTHING)
    if without or total == 0:
        raise MissingError("missing-weight", without or [quote.period for quote in quotes])
    return sum((quote.price * weight for quote, weight in zip(quotes, weights, strict=True)), NOTHING) / total


def rounded(value: Decimal, decimals: int | None) -> Decimal:
    """A value rounded to so many decimals, halves away from zero; unchanged for None.

    >>> rounded(Decimal("-2.345"), 2), rounded(Decimal("2.345"), None)
    (Decimal('-2.35'), Decimal('2.345'))
    """
    if decimals is None:
        return value
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
