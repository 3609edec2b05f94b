"""Which part of a case depends on which figures that may be stated as a range: nothing is worked out in vain."""

from __future__ import annotations

Touched = frozenset[tuple[str, str]]
"""(table, column) of the figures that differ from the base case."""

REDRAWN = {("plants", "capacity_t_per_year"), ("demand", "base_t_per_year"), ("demand", "growth_per_year")}
REDRAWN_TABLES = {"price_series", "price_regimes", "disruptions"}
"""Figures on which the draws depend: prices, spells, demand, and what tells futures apart."""
FINANCE = {("plants", name) for name in ("capex_musd", "hurdle_rate", "loss_limit_share")}
FINANCE_TABLES = {"support", "programmes"}
"""Figures that supply does not depend on."""
SUPPLY = {("demand", "shortage_cost_usd_per_kg"), ("stockpiles", "holding_cost_usd_per_kg_year")}
SUPPLY_TABLES = {"collection", "suppliers", "lanes"}
"""Figures that neither sponsors, lenders nor pots depend on."""


def redrawn(touched: Touched) -> bool:
    """Whether the draws depend on a figure that differs.

    >>> redrawn(frozenset({("plants", "capex_musd")})), redrawn(frozenset({("disruptions", "depth")}))
    (False, True)
    """
    return any(one in REDRAWN or one[0] in REDRAWN_TABLES for one in touched)


def only_finance(touched: Touched) -> bool:
    """Whether supply depends on none of the figures that differ."""
    return all(one in FINANCE or one[0] in FINANCE_TABLES for one in touched)


def only_supply(touched: Touched) -> bool:
    """Whether neither sponsors, lenders nor pots depend on any figure that differs."""
    return all(one in SUPPLY or one[0] in SUPPLY_TABLES for one in touched)
