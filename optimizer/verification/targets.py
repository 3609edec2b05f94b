"""Security targets: share limits, service levels and days of cover, hard or at a price."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.verification.balances import Ledger
from optimizer.verification.certificate import Book
from optimizer.verification.stock import planned_stock
from optimizer.verification.subject import Subject
from optimizer.verification.supply import Supply
from optimizer.verification.world import World

FloatArray = NDArray[np.float64]


def applies(world: World, target: Any) -> NDArray[np.bool_]:
    """Where a target of supply applies, shape (futures, years)."""
    when = (world.years >= target.first_year) & (world.years <= target.last_year)
    out: NDArray[np.bool_] = when & (world.calm | (target.futures == "all"))
    return out


def excess(
    subject: Subject, world: World, supply: Supply, ledger: Ledger, target: Any
) -> tuple[FloatArray, FloatArray]:
    """By how much a target of supply is exceeded (negative: kept), and the size of the supply or demand it is about."""
    none = np.zeros(world.shape)
    if target.kind == "share_limit":
        into = {k: v for k, v in supply.flow.items() if (k[1], k[2]) == (target.region, target.material)}
        received = sum(into.values(), start=none)
        limited = sum((v for k, v in into.items() if k[0] == target.origin), start=none)
        total = received + ledger.own_supply(target.region, target.material)
        return limited - target.level * total, total
    uses = [
        key
        for key in world.demand
        if (key[0], key[2]) == (target.region, target.material) and target.segment in ("any", key[1])
    ]
    wanted = sum((world.demand[key] for key in uses), start=none)
    unmet = sum((supply.unmet.get(key, none) for key in uses), start=none)
    return unmet - (1.0 - target.level) * wanted, wanted


def check_targets(book: Book, subject: Subject, world: World, supply: Supply, ledger: Ledger) -> None:
    """Targets of supply in every future. Without the plan they are reported, not enforced."""
    none = np.zeros(world.shape)
    for target in (row for row in subject.case.rows("targets") if row.kind != "days_of_cover"):
        over, size = excess(subject, world, supply, ledger, target)
        missed = supply.missed.get((target.target,), none)
        relevant = applies(world, target)
        where = subject.label(target.target + supply.words)
        book.at_most("targets of supply hold, or the miss is counted", "t", over * relevant, missed, where, size)
        if target.mode == "hard" and supply.plan == "with":
            book.at_most("hard targets are not missed", "t", missed * relevant, 0.0, where)


def check_cover(book: Book, subject: Subject) -> None:
    """Days of cover of the planned stock."""
    stocks = {(row.region, row.material): row for row in reversed(subject.case.rows("stockpiles"))}
    table = subject.tables["cover"]
    expected = 0
    for target in (row for row in subject.case.rows("targets") if row.kind == "days_of_cover"):
        stock = stocks[target.region, target.material]
        planned = planned_stock(subject, stock)
        wanted = cover_wanted(subject, target)
        in_force = (subject.years >= target.first_year) & (subject.years <= target.last_year)
        expected += int(in_force.sum())
        rows = table[(table["target"] == target.target) & (table["stockpile"] == stock.stockpile)]
        complete = np.array_equal(rows["year"].to_numpy(float), subject.years[in_force])
        book.holds("days of cover are stated for every year of the target", complete, target.target)
        if not complete or not in_force.any():
            continue
        years = subject.years[in_force]
        where = lambda at, n=target.target, y=years: f"{n}, {int(y[at[0]])}"  # noqa: E731
        missed = rows["missed_t"].to_numpy(float)
        book.equal("stock asked for by days of cover", "t", rows["wanted_t"], wanted[in_force], where)
        book.at_most(
            "days of cover hold, or the miss is counted",
            "t",
            (wanted - planned)[in_force],
            missed,
            where,
            wanted[in_force],
        )
        book.at_most("amounts are not negative", "t", -missed, 0.0, where)
        if target.mode == "hard":
            book.at_most("hard targets are not missed", "t", missed, 0.0, where)
    book.holds("days of cover are stated for every year of the target", len(table) == expected, "table cover")


def cover_wanted(subject: Subject, target: Any) -> FloatArray:
    """Stock a target asks for by year, t: days over 365 of base demand."""
    elapsed = subject.years - subject.first_year
    out = np.zeros(len(elapsed))
    for row in subject.case.rows("demand"):
        if (row.region, row.material) == (target.region, target.material) and target.segment in ("any", row.segment):
            out += row.base_t_per_year * (1.0 + row.growth_per_year) ** elapsed * target.level / 365.0
    return out
