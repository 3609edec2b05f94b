"""What was delivered in each settlement period, and which of it is paid for: no unit twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from optimizer.data.nearest import allowed_words
from optimizer.errors import Fault
from optimizer.settlement.agreement import KIND_OF, MEETS_DELIVERIES, within_term
from optimizer.settlement.faults import settlement_fault
from optimizer.settlement.periods import Period, parts_of, period_at
from optimizer.settlement.reading import NO_LOT, Line, Lines
from optimizer.settlement.terms import Terms, unit_size

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Delivery:
    """One row of the volume file, in the contract's quantity unit."""

    period: Period
    designation: str
    lot: str
    quantity: Decimal
    row: int


@dataclass(frozen=True)
class Covered:
    """A delivery taken apart: quantities add up to what was delivered.

    ``already_paid`` was paid for when it was put into its lot; ``not_covered`` has a designation that is not paid for
    or is beyond the yearly limit; ``payable`` is left.
    """

    period: Period
    delivered: Decimal
    already_paid: Decimal
    not_covered: Decimal
    payable: Decimal


def deliveries_of(terms: Terms, lines: Lines) -> tuple[list[Delivery], list[Fault]]:
    """Deliveries in order of time, what is put into lots before what is taken out; and what is wrong with them."""
    faults: list[Fault] = []
    deliveries: list[Delivery] = []
    for line in lines.lines:
        found = [*_unit(terms, line, lines.table), *_designation(terms, line, lines.table)]
        found += _time(terms, line, lines.table)
        faults += found
        if not found:
            size = unit_size(line.text("unit"), terms.units.quantity) or NOTHING
            designation, lot = line.text("designation"), line.text("lot")
            deliveries.append(Delivery(line.period, designation, lot, line.number("quantity") * size, line.row))
    faults += _overlaps(deliveries, lines.table)
    held = terms.volumes.held
    deliveries.sort(key=lambda one: (one.period.start, one.designation not in held, one.row))
    return deliveries, faults


def _unit(terms: Terms, line: Line, table: str) -> Iterable[Fault]:
    unit = line.text("unit")
    if unit_size(unit, terms.units.quantity) is None:
        problem = f"cannot be converted to {terms.units.quantity}"
        remedy = "Use kg, t, kt or lb for a mass; kWh, MWh or GWh for energy."
        yield settlement_fault("unit", table, problem, remedy, row=line.row, column="unit", value=unit)


def _designation(terms: Terms, line: Line, table: str) -> Iterable[Fault]:
    designation, volumes = line.text("designation"), terms.volumes
    if designation not in (*volumes.paid, *volumes.unpaid):
        remedy = allowed_words(designation, (*volumes.paid, *volumes.unpaid))
        problem = "is not a designation of the terms"
        yield settlement_fault(
            "designation", table, problem, remedy, row=line.row, column="designation", value=designation
        )
    if designation in volumes.held and line.text("lot") == NO_LOT:
        problem = f"is blank, and what is {designation} stays in hand"
        remedy = "Name the lot; what is sold from it later is then not paid for again."
        yield settlement_fault("designation", table, problem, remedy, row=line.row, column="lot")


def _time(terms: Terms, line: Line, table: str) -> Iterable[Fault]:
    period = line.period
    kind = KIND_OF[terms.term.settlement]
    problem = remedy = ""
    rule = "across-periods"
    if not within_term(terms, period.start, period.end):
        rule = "outside-term"
        problem = f"does not lie within the term {terms.term.first} to {terms.term.last}"
        remedy = "Drop the row, or correct the term."
    elif terms.reference.averaging in MEETS_DELIVERIES and period.kind != KIND_OF[terms.reference.quotes]:
        problem = f"is a {period.kind}, and quotes are {terms.reference.quotes}"
        remedy = f"Give volumes by {KIND_OF[terms.reference.quotes]}, so that each meets its quote."
    elif not period_at(period.start, kind).holds(period):
        problem = f"is longer than a settlement period ({kind})"
        remedy = f"Give volumes by {kind} or shorter."
    if problem:
        yield settlement_fault(rule, table, problem, remedy, row=line.row, column="period", value=str(period))


def _overlaps(deliveries: list[Delivery], table: str) -> Iterable[Fault]:
    last: dict[tuple[str, str], Delivery] = {}
    for one in sorted(deliveries, key=lambda item: (item.period.start, item.period.end)):
        before = last.get((one.designation, one.lot))
        if before is not None and before.period.overlaps(one.period):
            problem = f"overlaps with {before.period} in row {before.row}, of the same designation and lot"
            remedy = "Give each quantity once, for the longer period or for its parts."
            yield settlement_fault(
                "overlap", table, problem, remedy, row=one.row, column="period", value=str(one.period)
            )
        if before is None or one.period.end > before.period.end:
            last[one.designation, one.lot] = one


def contracted(terms: Terms, periods: Iterable[Period]) -> list[Delivery]:
    """Equal deliveries of the contracted yearly quantity in the settlement periods given."""
    yearly = terms.volumes.contracted_per_year or NOTHING
    kind = KIND_OF[terms.term.settlement]
    designation = terms.volumes.paid[0]
    out = []
    for period in periods:
        in_a_year = len(parts_of(period_at(period.start, "year"), kind))
        out.append(Delivery(period, designation, NO_LOT, yearly / in_a_year, 0))
    return out


def covered(terms: Terms, deliveries: list[Delivery], table: str) -> tuple[list[Covered], list[Fault]]:
    """What of each delivery is paid for, in order; and where more is taken from a lot than it holds.

    ``deliveries`` as :func:`deliveries_of` orders them. What is taken out of a lot has been designated once, when it
    was put in, and is not paid for again, whether or not the yearly limit left it unpaid then.
    """
    volumes = terms.volumes
    in_lot: dict[str, Decimal] = defaultdict(Decimal)
    used: dict[int, Decimal] = defaultdict(Decimal)
    out: list[Covered] = []
    faults: list[Fault] = []
    for one in deliveries:
        drawn = NOTHING
        if one.designation in volumes.held:
            in_lot[one.lot] += one.quantity
        elif one.lot != NO_LOT:
            drawn = one.quantity
            if drawn > in_lot[one.lot]:
                problem = f"is more than the {in_lot[one.lot]:,f} {terms.units.quantity} left in lot '{one.lot}'"
                remedy = f"Correct the quantity or the lot; units that come from no lot have none ({NO_LOT} or blank)."
                faults.append(
                    settlement_fault(
                        "more-than-held", table, problem, remedy,
                        row=one.row, column="quantity", value=f"{one.quantity:f}",
                    )
                )  # fmt: skip
            in_lot[one.lot] -= drawn
        open_quantity = one.quantity - drawn if one.designation in volumes.paid else NOTHING
        payable = open_quantity
        if volumes.limit_per_year is not None:
            payable = min(open_quantity, volumes.limit_per_year - used[one.period.start.year])
            used[one.period.start.year] += payable
        out.append(Covered(one.period, one.quantity, drawn, one.quantity - drawn - payable, payable))
    return out, faults
