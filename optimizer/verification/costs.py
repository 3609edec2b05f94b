"""What supply costs in every future, term by term: present values at the social rate, musd."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from optimizer.verification.certificate import Book
from optimizer.verification.prices import variable_cost
from optimizer.verification.subject import ROWS_MEANT, Subject
from optimizer.verification.supply import Supply
from optimizer.verification.targets import applies
from optimizer.verification.world import World

FloatArray = NDArray[np.float64]
KG_PER_T = 1000.0
LATE_PURCHASE = 2.0
"""Stock that cannot be found is taken to cost this multiple of the long-run price of its material."""


def supply_costs(subject: Subject, world: World, supply: Supply) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """Cost terms by future, shape (futures,), and the sum of the sizes of what each is made of."""
    total: dict[str, FloatArray] = {}
    size: dict[str, FloatArray] = {}

    def add(term: str, tonnes: FloatArray, price: FloatArray | float) -> None:
        by_year = tonnes * price * world.discount / KG_PER_T
        total[term] = total.get(term, 0.0) + by_year.sum(axis=1)
        size[term] = size.get(term, 0.0) + np.abs(by_year).sum(axis=1)

    none = np.zeros(world.shape)
    for term in TERMS:
        add(term, none, 0.0)
    _add_plants(subject, world, supply, add)
    _add_trade(subject, world, supply, add)
    for key, unmet in supply.unmet.items():
        add("shortage", unmet, subject.case.row("demand", *key).shortage_cost_usd_per_kg)
    for key, collected in supply.scrap.items():
        add("collection", collected, subject.case.row("collection", *key).cost_usd_per_kg)
    for stock in subject.case.rows("stockpiles"):
        level = supply.level.get((stock.stockpile,), none)
        add("holding", level, stock.holding_cost_usd_per_kg_year)
        last = np.zeros(world.shape)
        last[:, -1] = level[:, -1]
        add("stock_left", -last, world.prices.reference(stock.material) * stock.residual_value_share)
        series = subject.case.row("materials", stock.material).price_series
        if series is not None:
            late = LATE_PURCHASE * long_run(subject, series)
            add("stock_not_found", supply.not_found.get((stock.stockpile,), none), late)
    for target in (row for row in subject.case.rows("targets") if row.kind != "days_of_cover"):
        if target.mode == "priced":
            add(
                "target_misses",
                supply.missed.get((target.target,), none) * applies(world, target),
                target.price_usd_per_kg,
            )
    _add_payments_not_due(subject, world, supply, total, size)
    return total, size


TERMS = (
    "operation",
    "below_minimum",
    "imports",
    "freight",
    "tariffs",
    "collection",
    "holding",
    "stock_left",
    "shortage",
    "stock_not_found",
    "payment_not_due",
    "target_misses",
)


def _add_plants(subject: Subject, world: World, supply: Supply, add: object) -> None:
    assert callable(add)
    for plant in subject.case.rows("plants"):
        credit = plant.other_revenue_usd_per_kg
        rows = [row for row in subject.case.rows("opex_steps") if row.plant == plant.plant]
        if len(rows) > 1:
            for row in rows:
                made = supply.steps.get((plant.plant, row.step), np.zeros(world.shape))
                add("operation", made, row.opex_usd_per_kg - credit)
        else:
            for (name, _), made in supply.produce.items():
                if name == plant.plant:
                    add("operation", made, variable_cost(subject.case, plant) - credit)
        if plant.status == "operating":
            begun = plant.start_years[0]
            open_ = (world.years >= begun) & (world.years < begun + plant.life_years)
            add("operation", np.broadcast_to(open_ * plant.fixed_opex_musd_per_year * KG_PER_T, world.shape), 1.0)
        below = supply.below.get((plant.plant,), np.zeros(world.shape))
        add("below_minimum", below, plant.below_minimum_cost_usd_per_kg)


def _add_trade(subject: Subject, world: World, supply: Supply, add: object) -> None:
    assert callable(add)
    for key, bought in supply.buy.items():
        row = subject.case.row("suppliers", *key)
        price = row.price_factor * world.prices.reference(row.material) + row.price_adder_usd_per_kg
        add("imports", bought, np.maximum(price, 0.0))
    for (origin, destination, material, _), sent in supply.flow.items():
        add("freight", sent, subject.case.row("lanes", origin, destination, material).freight_usd_per_kg)
        add("tariffs", sent, world.prices.border_cost(origin, destination, material))


def _add_payments_not_due(
    subject: Subject,
    world: World,
    supply: Supply,
    total: dict[str, FloatArray],
    size: dict[str, FloatArray],
) -> None:
    """Strike payments for tonnes neither taken nor due fall away: at the public rate, after the settlement lag."""
    public = subject.case.settings.rates.public
    for signed in subject.signed:
        if signed.contract.contract not in supply.promised:
            continue
        name, contract = signed.contract.contract, signed.contract
        none = np.zeros(world.shape)
        left = supply.promised[name] - supply.taken.get(name, none) - supply.paid_not_taken.get(name, none)
        strike = signed.strike * (1.0 + contract.indexation_rate) ** world.elapsed
        worth = strike * (1.0 + public) ** -(world.elapsed + contract.settlement_lag_years) / KG_PER_T
        total["payment_not_due"] = total["payment_not_due"] - (left * worth).sum(axis=1)
        size["payment_not_due"] = size["payment_not_due"] + (supply.promised[name] * worth).sum(axis=1)


def long_run(subject: Subject, series: str) -> float:
    """Long-run level of a series, USD/kg; a linked one follows those it is made of."""
    row = subject.case.row("price_series", series)
    if row.kind != "linked":
        return float(row.long_run_usd_per_kg)
    parts = [link for link in subject.case.rows("price_links") if link.series == series]
    return float(row.adder_usd_per_kg + sum(link.factor * long_run(subject, link.linked_series) for link in parts))


def weighted(costs: Mapping[str, FloatArray], weights: Mapping[str, float]) -> FloatArray:
    """Cost of supply as the objective counts it, by future."""
    shares = {"shortage": "shortage", "stock_not_found": "shortage", "tariffs": "tariff", "payment_not_due": "outlay"}
    total = costs["target_misses"].copy()
    for term, amount in costs.items():
        if term != "target_misses":
            total = total + weights[shares.get(term, "resource")] * amount
    return total


def check_costs(book: Book, subject: Subject, world: World, supply: Supply) -> dict[str, FloatArray]:
    """Cost terms of every future as the tables state them; returns them as worked out."""
    costs, sizes = supply_costs(subject, world, supply)
    frame = subject.detail("supply_costs", with_plan=supply.plan == "with")
    stated = {
        (future, term): musd for future, term, musd in zip(frame["future"], frame["term"], frame["musd"], strict=True)
    }
    complete = set(stated) == {(f, term) for f in subject.futures for term in TERMS} and len(stated) == len(frame)
    book.holds(ROWS_MEANT, complete, f"table supply_costs{supply.words}")
    for term in TERMS:
        found = [stated.get((future, term), np.nan) for future in subject.futures]
        book.equal(
            "cost of supply in every future, term by term",
            "musd",
            found,
            costs[term],
            lambda at, t=term: f"{t}{supply.words}, {subject.futures[at[0]]}",  # type: ignore[misc]
            sizes[term],
        )
    return costs
