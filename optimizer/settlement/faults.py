"""What can be wrong with terms, prices and volumes beyond single cells, by name."""

from __future__ import annotations

from optimizer.data.rules import RULES, shown
from optimizer.errors import Fault

SETTLEMENT_RULES: dict[str, str] = {
    "terms-key": "Every key of the terms is known, and required ones are present.",
    "terms-value": "Every term has a value of its kind within its bounds.",
    "terms-agree": "Terms do not contradict one another, and none is given that its form or rule would ignore.",
    "series": "The price file has the series of the terms.",
    "one-kind": "All quotes of the series are for periods of one length, that of the terms.",
    "overlap": "No two quotes of a series, and no two volumes of one designation and lot, overlap in time.",
    "missing-quote": "Every quote that a settlement needs is there.",
    "missing-weight": "Every quote has its weight, where the reference is weighted.",
    "unit": "Units are those of the terms or of the same kind, and the currency is that of the terms.",
    "tax-basis": "Every quote says whether value added tax is in it, where the terms say which it must be.",
    "designation": "Every designation is one of the terms.",
    "outside-term": "Deliveries lie within the term of the contract.",
    "across-periods": "Each volume lies within one settlement period; where quotes meet deliveries, it is for the "
    "time of one quote.",
    "more-than-held": "No more is sold from a lot than it holds.",
    "no-volumes": "There is a volume file, or a contracted quantity.",
}
"""Name → one sentence. All are errors."""


def settlement_fault(
    rule: str, table: str, problem: str, remedy: str, *, row: int = 0, column: str = "", value: str = ""
) -> Fault:
    """A fault found by one of these rules, or by one of the rules for files and cells.

    >>> str(settlement_fault("unit", "prices", "is not USD", "Convert it.", row=3, column="unit", value="CNY/t"))
    "prices.csv row 3, unit: 'CNY/t' is not USD. Convert it."
    """
    if rule not in SETTLEMENT_RULES and rule not in RULES:
        raise KeyError(rule)
    return Fault(table, row, column, shown(value), problem, remedy, rule)
