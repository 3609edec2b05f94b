"""A settlement statement as a notebook shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from optimizer.display import Notation, bullets, counted, facts, page, paragraph, table

if TYPE_CHECKING:
    from optimizer.settlement.statement import Statement

QUOTES = ("quotes", "first_quote", "last_quote")
"""Columns that the CSV has and the eye can do without."""
MOST_PERIODS = 60
"""Settlement periods that are shown: five years of months."""


def statement_html(statement: Statement) -> str:
    """Contract, totals, and a row per settlement period; columns that are 0 throughout are left out."""
    terms, units = statement.terms, statement.terms.units
    contract, money, price = terms.contract, units.currency, f"{units.currency}/{units.price_per}"
    records = statement.records()
    columns = [name for name in statement.columns if name not in QUOTES and (name == "period" or _told(records, name))]
    heads, notations = {}, {}
    for name in columns:
        for ending, unit, decimals in (
            (f"_{money.lower()}_per_{units.price_per.lower()}", price, 2),
            (f"_{money.lower()}", money, units.money_decimals),
            (f"_{units.quantity.lower()}", units.quantity, 3),
        ):
            if name.endswith(ending):
                heads[name] = name.removesuffix(ending).replace("_", " ")
                notations[name] = Notation(unit, decimals)
                break
    totals = statement.totals()
    rows = [[record[name] for name in columns] for record in records]
    total = ["total", *(totals.get(name) for name in columns[1:])]
    said = [
        ("contract", contract.name),
        ("form", terms.payoff.form),
        ("strike", f"{terms.payoff.strike:,f} {price}"),
        ("settled", f"{terms.term.settlement}, {counted(len(rows), 'period')}"),
        ("net", f"{statement.net:,f} {money}"),
    ]
    lines = table(columns, rows, heads=heads, notations=notations, most=MOST_PERIODS, total=total)
    return page(
        contract.title,
        paragraph(f"Positive: {contract.payer} pays {contract.payee}.", quiet=True),
        facts(said),
        lines if rows else paragraph("No period could be settled."),
        bullets(statement.notes),
    )


def _told(records: list[dict[str, Any]], name: str) -> bool:
    return any(record[name] not in (None, "", 0, False) for record in records)
