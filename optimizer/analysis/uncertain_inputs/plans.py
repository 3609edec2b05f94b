"""What a plan decides, and in which of its decisions two plans differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from optimizer.analysis.answer import in_words
from optimizer.engine import Outcome
from optimizer.instance import Instance

LEAST_MUSD, LEAST_SHARE, LEAST_T = 1.0, 0.05, 50.0
"""Amounts of support and stock that differ by less are taken as the same: musd, share of the larger, t."""
MONEY = ("grant", "equity", "loan")
SAME = "same plan"


@dataclass(frozen=True)
class Plan:
    """Plants with start years, contracts with strikes (USD/kg), support by (plant, kind) in musd, stock bought in t."""

    builds: Mapping[str, int]
    strikes: Mapping[str, float] = field(default_factory=dict)
    money: Mapping[tuple[str, str], float] = field(default_factory=dict)
    stock: Mapping[str, float] = field(default_factory=dict)


def plan_of(instance: Instance, outcome: Outcome) -> Plan:
    """The decisions of an outcome."""
    awards, stock = outcome.awards, instance.awards.stock
    money: dict[tuple[str, str], float] = {}
    for kind in MONEY:
        for option, amount in awards[kind].items():
            money[option[0], kind] = money.get((option[0], kind), 0.0) + amount
    bought: dict[str, float] = {}
    for (pile, _), tranche in stock.tranche_of.items():
        bought[pile] = bought.get(pile, 0.0) + 1000.0 * awards["purchase_rate"].get((pile, tranche), 0.0)
    return Plan(
        {option[0]: int(option[1]) for option, value in awards["build"].items() if value > 0.5},
        {offer[0]: float(offer[2]) for offer, value in awards["signed"].items() if value > 0.5},
        money,
        bought,
    )


def plan_of_tables(awards: pd.DataFrame, stockpile: pd.DataFrame) -> Plan:
    """The decisions in the tables of a solution."""
    candidates = awards[awards["start_year"].notna() & (awards["route"] != "operating")]
    signed = awards[awards["contract"].notna()]
    money = {
        (str(row["plant"]), kind): float(row[f"{kind}_musd"])
        for row in awards.to_dict("records")
        for kind in MONEY
        if row[f"{kind}_musd"] > 0.0
    }
    return Plan(
        {str(plant): int(year) for plant, year in zip(candidates["plant"], candidates["start_year"], strict=True)},
        {str(name): float(k) for name, k in zip(signed["contract"], signed["strike_usd_per_kg"], strict=True)},
        money,
        _bought(stockpile),
    )


def _bought(stockpile: pd.DataFrame) -> dict[str, float]:
    bought: dict[str, float] = {}
    for row in stockpile.to_dict("records"):
        bought[str(row["stockpile"])] = bought.get(str(row["stockpile"]), 0.0) + float(row["purchase_t"])
    return bought


@dataclass(frozen=True)
class Difference:
    """Plants that are only in the other plan, or only in the first, and in words which terms differ besides."""

    entering: tuple[str, ...]
    leaving: tuple[str, ...]
    terms: tuple[str, ...]

    @property
    def words(self) -> str:
        """The difference in one line; ``same plan`` if there is none."""
        parts = [f"in: {', '.join(self.entering)}"] if self.entering else []
        parts += [f"out: {', '.join(self.leaving)}"] if self.leaving else []
        return "; ".join([*parts, *self.terms]) or SAME

    @property
    def short(self) -> str:
        """The plants in words, or, if they are the same, how many terms differ.

        >>> Difference(("mill",), ("mine",), ()).short, Difference((), (), ("a", "b")).short
        ('has mill and lacks mine', 'has the same plants on other terms')
        """
        parts = [f"has {in_words(self.entering)}"] if self.entering else []
        parts += [f"lacks {in_words(self.leaving)}"] if self.leaving else []
        terms = "has the same plants on other terms" if self.terms else "is the same plan"
        return " and ".join(parts) or terms


def difference(first: Plan, other: Plan) -> Difference:
    """How another plan differs from the first.

    >>> a, b = Plan({"mine": 2028}, {"floor": 90.0}), Plan({"mine": 2029, "mill": 2030}, {"floor": 95.0})
    >>> difference(a, b).words
    'in: mill; mine starts 2029 instead of 2028; floor at 95 instead of 90 USD/kg'
    """
    both = [plant for plant in first.builds if plant in other.builds]
    words = [
        f"{plant} starts {other.builds[plant]} instead of {first.builds[plant]}"
        for plant in both
        if other.builds[plant] != first.builds[plant]
    ]
    contracts = sorted({*first.strikes, *other.strikes})
    for name in contracts:
        old, new = first.strikes.get(name), other.strikes.get(name)
        if old is not None and new is not None and old != new:
            words.append(f"{name} at {new:g} instead of {old:g} USD/kg")
        elif old is None or new is None:
            words.append(f"{name} {'not ' if new is None else ''}signed")
    for key in sorted({*first.money, *other.money}):
        before, after = first.money.get(key, 0.0), other.money.get(key, 0.0)
        if abs(after - before) > max(LEAST_MUSD, LEAST_SHARE * max(before, after)):
            words.append(f"{key[1]} to {key[0]} {after:,.0f} instead of {before:,.0f} musd")
    for pile in sorted({*first.stock, *other.stock}):
        before, after = first.stock.get(pile, 0.0), other.stock.get(pile, 0.0)
        if abs(after - before) > max(LEAST_T, LEAST_SHARE * max(before, after)):
            words.append(f"{pile} buys {after:,.0f} instead of {before:,.0f} t")
    return Difference(
        tuple(sorted(set(other.builds) - set(first.builds))),
        tuple(sorted(set(first.builds) - set(other.builds))),
        tuple(words),
    )
