"""Stockpiles: the announced schedule, the planned stock, and what each future does with it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.verification.balances import bought_t
from optimizer.verification.certificate import Book
from optimizer.verification.subject import Subject
from optimizer.verification.supply import Supply
from optimizer.verification.world import World

FloatArray = NDArray[np.float64]


def buying_years(subject: Subject, stock: Any) -> dict[int, FloatArray]:
    """First year of each tranche of a stockpile → which years of the horizon follow its rate."""
    if stock.programme is None:
        return {}
    programme = subject.case.row("programmes", stock.programme)
    years = subject.years
    open_ = (years >= programme.first_year) & (years <= programme.last_year)
    out = {}
    for tranche in stock.tranches:
        later = [other for other in stock.tranches if other > tranche]
        out[tranche] = open_ & (years >= tranche) & (years < min(later, default=np.inf))
    return out


def check_schedule(book: Book, subject: Subject) -> None:
    """One rate per tranche, within what can be bought; the planned stock adds up and fits the store."""
    table = subject.tables["stockpile"]
    for stock in subject.case.rows("stockpiles"):
        name = stock.stockpile
        bought = subject.purchase_t.get(name, np.zeros(len(subject.years)))
        where = subject.year_label(name)
        book.at_most("stock purchases within the yearly limit", "t", bought, stock.max_purchase_t_per_year, where)
        book.at_most("stock purchases are not negative", "t", -bought, 0.0, where)
        allowed = np.zeros(len(subject.years), bool)
        for tranche, mask in buying_years(subject, stock).items():
            allowed |= mask
            if mask.any():
                one = np.full(int(mask.sum()), bought[mask][0])
                book.equal(
                    "stock is bought at one announced rate per tranche", "t", bought[mask], one, f"{name} {tranche}"
                )
        book.at_most("stock is bought only in years of a tranche", "t", bought[~allowed], 0.0, name)
        planned = planned_stock(subject, stock)
        rows = table[table["stockpile"] == name]
        complete = len(rows) == len(subject.years) and bool((rows["year"].to_numpy(float) == subject.years).all())
        book.holds("the planned stock is stated for every year", complete, name)
        if complete:
            book.equal("planned stock adds up from purchases and losses", "t", rows["stock_t"], planned, where)
        # A store that is full from the start is not the plan's doing: only stock that purchases bring in must fit.
        begun = np.cumsum(allowed) > 0
        if stock.capacity_t is not None and begun.any():
            late = subject.years[begun]
            book.at_most(
                "the planned stock fits the store",
                "t",
                planned[begun],
                stock.capacity_t,
                lambda at, n=name, y=late: f"{n}, {int(y[at[0]])}",  # type: ignore[misc]
            )


def planned_stock(subject: Subject, stock: Any) -> FloatArray:
    """Stock at the end of each year if all that is planned is bought and nothing released, t."""
    out, level = np.zeros(len(subject.years)), float(stock.opening_t)
    bought = subject.purchase_t.get(stock.stockpile, out)
    for i in range(len(out)):
        level = level * (1.0 - stock.loss_per_year) + bought[i]
        out[i] = level
    return out


def check_stock(book: Book, subject: Subject, world: World, supply: Supply) -> None:
    """Stock in every future: bought as announced unless a disruption is in force, held, lost and released."""
    none = np.zeros(world.shape)
    into = {row.contract: row.stockpile for row in subject.case.rows("contracts")}
    for stock in subject.case.rows("stockpiles"):
        name = stock.stockpile
        level, release = supply.level.get((name,), none), supply.release.get((name,), none)
        missing = supply.not_found.get((name,), none)
        bought = bought_t(world, supply, stock)
        taken = sum((t for c, t in supply.taken.items() if into[c] == name), start=none)
        before = np.concatenate([np.full((world.shape[0], 1), float(stock.opening_t)), level[:, :-1]], axis=1)
        where = subject.label(name + supply.words)
        expected = (1.0 - stock.loss_per_year) * before + bought - missing + taken - release
        size = np.maximum(before, bought)
        book.equal(
            "stock follows the announced purchases, losses and releases in every future",
            "t",
            level,
            expected,
            where,
            size,
        )
        book.at_most("no more is missing than was to be bought", "t", missing, bought, where)
        book.at_most("releases within the stated share of stock", "t", release, stock.release_max_share * before, where)
        if stock.capacity_t is not None:
            book.at_most("stock fits the store in every future", "t", level, stock.capacity_t, where)
        if stock.release_rule != "any":
            calm = ~world.disrupted_into(stock.region)
            book.at_most("stock is released only in a disruption", "t", release * calm, 0.0, where)


def check_offtake(book: Book, subject: Subject, supply: Supply) -> None:
    """Purchase contracts: no more is taken than promised, and what is not taken of the promised share is paid for."""
    for name, promised in supply.promised.items():
        none = np.zeros_like(promised)
        taken, unpaid = supply.taken.get(name, none), supply.paid_not_taken.get(name, none)
        share = subject.case.row("contracts", name).take_or_pay_share
        where = subject.label(name)
        book.at_most("no more is taken under a contract than promised", "t", taken, promised, where)
        book.at_most(
            "take-or-pay: the promised share is taken or paid for",
            "t",
            share * promised - taken,
            unpaid,
            where,
            promised,
        )
