"""Terms that contradict one another, or that would be ignored."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from optimizer.settlement.periods import KINDS, Kind, Period, period_at
from optimizer.settlement.terms import Cycle, Terms, unit_size

KIND_OF: dict[Cycle, Kind] = {
    "hourly": "hour",
    "daily": "day",
    "monthly": "month",
    "quarterly": "quarter",
    "yearly": "year",
}
MEETS_DELIVERIES = ("delivery_weighted", "each")
"""Ways of averaging in which every quote is set against what was delivered in its time."""

Disagreement = tuple[str, str, str]
"""Key, what is wrong, what to do."""


def disagreements(terms: Terms) -> list[Disagreement]:
    """All of them: key, problem and remedy; empty if the terms hold together."""
    return [*_units(terms), *_term(terms), *_payoff(terms), *_indexation(terms), *_reference(terms), *_volumes(terms)]


def _units(terms: Terms) -> Iterator[Disagreement]:
    units = terms.units
    if unit_size(units.quantity, units.price_per) is None:
        problem = f"{units.quantity} cannot be priced per {units.price_per}"
        yield "units.quantity", problem, "Use two masses (kg, t, kt, lb) or two energies (kWh, MWh, GWh)."


def _term(terms: Terms) -> Iterator[Disagreement]:
    first, last = terms.term.first, terms.term.last
    if last.start < first.start:
        yield "term.last", f"{last} is before the first month {first}", "Give a later month."
    kind = KIND_OF[terms.term.settlement]
    for key, month, edge in (("first", first, "begin"), ("last", last, "end")):
        around = period_at(month.start, kind)
        met = month.start == around.start if edge == "begin" else month.end == around.end
        if kind in ("quarter", "year") and not met:
            problem = f"{month} does not {edge} a {kind}, and settlement is {terms.term.settlement}"
            yield f"term.{key}", problem, f"Give a month that does, or settle monthly; {month} lies in {around}."


def _payoff(terms: Terms) -> Iterator[Disagreement]:
    payoff = terms.payoff
    form = payoff.form
    if form != "floor":
        if payoff.upside_share:
            problem = f"a {form} has no upside share"
            yield "payoff.upside_share", problem, "Leave it out, or make the form a floor."
        if payoff.upside_threshold is not None:
            problem = f"a {form} has no upside threshold"
            yield "payoff.upside_threshold", problem, "Leave it out, or make the form a floor."
    elif not payoff.upside_share and payoff.upside_threshold is not None:
        problem = "a threshold without an upside share does nothing"
        yield "payoff.upside_threshold", problem, "Give upside_share, or leave the threshold out."
    if not (form == "floor" and payoff.upside_share) and payoff.upside_from != "start":
        problem = "there is no upside share that could begin"
        yield "payoff.upside_from", problem, "Leave it out, or give a floor with an upside share."
    if form != "collar" and payoff.collar_width:
        yield "payoff.collar_width", f"a {form} has no width", "Leave it out, or make the form a collar."
    if payoff.upside_cap_million_per_year is not None and (
        form == "purchase" or (form == "floor" and not payoff.upside_share)
    ):
        problem = "nothing is paid back under these terms, so that there is nothing to cap"
        yield "payoff.upside_cap_million_per_year", problem, 'Leave it out, or write "none".'
    kind = KIND_OF[terms.term.settlement]
    if isinstance(payoff.upside_from, Period) and kind in ("quarter", "year"):
        around = period_at(payoff.upside_from.start, kind)
        if around.start != payoff.upside_from.start:
            problem = f"{payoff.upside_from} lies within the settlement period {around}"
            yield "payoff.upside_from", problem, f"Give the first month of a {kind}."


def _indexation(terms: Terms) -> Iterator[Disagreement]:
    indexation, first, last = terms.indexation, terms.term.first, terms.term.last
    given = set(indexation.model_fields_set)
    uses = {"none": set(), "rate": {"rate", "base_year", "from_month", "decimals"}}.get(
        indexation.rule, {"index", "base_year", "from_month", "decimals"}
    )
    for name in sorted(given - uses - {"rule"}):
        yield f"indexation.{name}", f"rule {indexation.rule} does not use it", "Leave it out, or change the rule."
    if indexation.rule != "none" and indexation.base_year is None:
        yield "indexation.base_year", "is missing", "Give the year in whose money the strike is stated."
    if indexation.rule == "index":
        for year, value in indexation.index.items():
            if not (year.isdecimal() and year.isascii() and len(year) == 4 and value > 0):
                problem = f"the entry {year} = {value} is not a year and a figure above 0"
                yield "indexation.index", problem, 'Write years in quotes: { "2024" = 100.0 }.'
        if indexation.base_year is not None and str(indexation.base_year) not in indexation.index:
            problem = f"has no figure for the base year {indexation.base_year}"
            yield "indexation.index", problem, "Add it."
    if terms.term.settlement == "yearly" and indexation.from_month != 1:
        problem = "a yearly settlement cannot have a strike that changes within the year"
        yield "indexation.from_month", problem, "Leave it out, or settle monthly or quarterly."
    if terms.term.settlement == "quarterly" and indexation.from_month % 3 != 1:
        problem = "the strike would change within a settlement period"
        yield "indexation.from_month", problem, "Use 1, 4, 7 or 10, or settle monthly."
    if indexation.base_year is not None and not (first.start.year - 40 <= indexation.base_year <= last.start.year):
        problem = f"{indexation.base_year} is not within 40 years before the term"
        yield "indexation.base_year", problem, "Check the year."


def _reference(terms: Terms) -> Iterator[Disagreement]:
    reference, negative = terms.reference, terms.negative_price
    longer = KINDS.index(KIND_OF[reference.quotes]) > KINDS.index(KIND_OF[terms.term.settlement])
    meets = reference.averaging in MEETS_DELIVERIES
    if meets and reference.lag_months:
        problem = f"averaging {reference.averaging} sets quotes against deliveries of the same time"
        yield "reference.lag_months", problem, "Leave it out, or average by mean or weighted."
    if longer and reference.averaging != "mean":
        problem = f"{reference.quotes} quotes cannot be {reference.averaging} in {terms.term.settlement} settlement"
        yield "reference.averaging", problem, "Use mean: the quote in whose time the period lies."
    if reference.lag_months and terms.term.settlement in ("hourly", "daily"):
        problem = f"a lag of months is not defined for {terms.term.settlement} settlement"
        yield "reference.lag_months", problem, "Leave it out."
    if reference.vat == "not_applicable" and reference.vat_rate is not None:
        yield "reference.vat_rate", "no tax applies", 'Leave it out, or set vat to "excluded" or "included".'
    if negative.consecutive > 1 and negative.rule == "count":
        yield "negative_price.consecutive", "rule count has no spells", "Leave it out, or use zero or unpaid."
    if negative.consecutive > 1 and not meets:
        problem = f"spells are counted in quotes, and averaging is {reference.averaging}"
        yield "negative_price.consecutive", problem, "Use averaging delivery_weighted or each."
    if negative.shorter != "count" and negative.consecutive == 1:
        yield "negative_price.shorter", "with consecutive = 1 no spell is shorter", "Leave it out."


def _volumes(terms: Terms) -> Iterator[Disagreement]:
    volumes = terms.volumes
    if not volumes.paid:
        yield "volumes.paid", "names no designation, so that nothing could be paid", "Name at least one."
    for name in volumes.held:
        if name not in volumes.paid:
            yield "volumes.held", f"'{name}' is not among those paid for", "Add it to paid, or leave it out here."
    for name in volumes.unpaid:
        if name in volumes.paid:
            yield "volumes.unpaid", f"'{name}' is also among those paid for", "Name it once."
    if volumes.contracted_per_year is not None:
        if terms.term.settlement in ("hourly", "daily"):
            problem = f"a yearly quantity cannot be spread over {terms.term.settlement} settlement"
            yield "volumes.contracted_per_year", problem, "Give a volume file."
        if terms.reference.averaging in MEETS_DELIVERIES:
            problem = f"averaging {terms.reference.averaging} needs deliveries"
            yield "volumes.contracted_per_year", problem, "Leave it out and give a volume file."


def within_term(terms: Terms, start: datetime, end: datetime) -> bool:
    """Whether a stretch of time lies within the term of the contract."""
    first, last = terms.term.first, terms.term.last
    return bool(first.start <= start and end <= last.end)
