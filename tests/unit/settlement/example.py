"""A small contract whose terms tests change one by one."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from optimizer.settlement import Statement, settle

FLOOR: dict[str, Any] = {
    "contract": {"name": "a", "title": "A floor", "payer": "Government", "payee": "Plant"},
    "units": {"currency": "USD", "price_per": "kg", "quantity": "t"},
    "term": {"first": "2026-01", "last": "2028-12", "settlement": "quarterly"},
    "payoff": {"form": "floor", "strike": 110},
    "reference": {"series": "ndpr", "quotes": "monthly", "averaging": "mean", "vat": "not_applicable"},
    "volumes": {"paid": ["sold", "stockpiled"], "held": ["stockpiled"], "unpaid": ["sampled"]},
}


def terms_with(**changes: Any) -> dict[str, Any]:
    """The floor with some terms changed: ``payoff__strike=90``. A section may be added; None drops a key."""
    terms = copy.deepcopy(FLOOR)
    for path, value in changes.items():
        section, key = path.split("__")
        terms.setdefault(section, {})[key] = value
        if value is None:
            del terms[section][key]
    return terms


def quotes(by_period: Mapping[str, Any], **cells: Any) -> list[dict[str, Any]]:
    """Rows of a price file for the series of the floor, in USD/kg unless told."""
    base = {"series": "ndpr", "unit": "USD/kg"} | cells
    return [base | {"period": period, "price": price} for period, price in by_period.items()]


def months(year: int, prices: list[Any]) -> dict[str, Any]:
    """Monthly prices from January on."""
    return {f"{year}-{month:02d}": price for month, price in enumerate(prices, start=1)}


def volumes(*rows: tuple[Any, ...]) -> list[dict[str, Any]]:
    """Rows of a volume file in tonnes: (period, designation, quantity) or with the lot as a fourth."""
    return [
        {"period": row[0], "designation": row[1], "quantity": row[2], "unit": "t", "lot": row[3] if row[3:] else ""}
        for row in rows
    ]


def settled(
    prices: Mapping[str, Any] | list[dict[str, Any]], delivered: list[dict[str, Any]] | None, **changes: Any
) -> Statement:
    """The statement of the floor with some terms changed."""
    rows = prices if isinstance(prices, list) else quotes(prices)
    return settle(terms_with(**changes), rows, delivered)
