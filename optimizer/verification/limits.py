"""Limits of the supply layer: capacities, steps of cost, reserves, suppliers, lanes, demand, scrap."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from optimizer.verification.certificate import Book
from optimizer.verification.subject import Subject
from optimizer.verification.supply import Supply
from optimizer.verification.world import World

FloatArray = NDArray[np.float64]


def check_limits(book: Book, subject: Subject, world: World, supply: Supply) -> None:
    """All of them, in every future and year."""
    _check_plants(book, subject, world, supply)
    _check_trade(book, subject, world, supply)
    _check_demand(book, subject, world, supply)


def made_by(supply: Supply, plant: str, world: World) -> FloatArray:
    """Output of a plant over its streams."""
    out = np.zeros(world.shape)
    for (name, _), amount in supply.produce.items():
        if name == plant:
            out = out + amount
    return out


def _check_plants(book: Book, subject: Subject, world: World, supply: Supply) -> None:
    none = np.zeros(world.shape)
    for plant in subject.case.rows("plants"):
        name, capacity = plant.plant, supply.capacity[plant.plant]
        made = made_by(supply, name, world)
        where = subject.label(name + supply.words)
        book.at_most("output within capacity after start, ramp-up, delay and outage", "t", made, capacity, where)
        if plant.reserve_t is not None:
            total = made.sum(axis=1)
            book.at_most(
                "output within the reserve",
                "t",
                total,
                plant.reserve_t,
                lambda at, n=name: f"{n}, {subject.futures[at[0]]}",  # type: ignore[misc]
            )
        below = supply.below.get((name,), none)
        if plant.min_run_share > 0.0:
            least = plant.min_run_share * capacity
            book.at_most("what is run below the minimum is counted", "t", least - made, below, where, least)
        else:
            book.at_most("what is run below the minimum is counted", "t", below, 0.0, where)
        rows = [row for row in subject.case.rows("opex_steps") if row.plant == name]
        if len(rows) > 1:
            stepped = sum((supply.steps.get((name, row.step), none) for row in rows), start=none)
            book.equal("output is the sum of its steps of cost", "t", stepped, made, where)
            for row in rows:
                step = supply.steps.get((name, row.step), none)
                limit = row.capacity_share * capacity
                book.at_most("a step of cost holds its share of capacity", "t", step, limit, where, capacity)


def _check_trade(book: Book, subject: Subject, world: World, supply: Supply) -> None:
    for row in subject.case.rows("suppliers"):
        bought = supply.buy.get((row.supplier, row.step), np.zeros(world.shape))
        most = row.quantity_t_per_year * (1.0 + row.growth_per_year) ** world.elapsed
        where = subject.label(f"{row.supplier} step {row.step}{supply.words}")
        book.at_most("purchases within each supplier's step", "t", bought, most + 0.0 * bought, where)
    for row in subject.case.rows("lanes"):
        if row.capacity_t_per_year is None:
            continue
        lane = (row.from_region, row.to_region, row.material)
        sent = sum((amount for key, amount in supply.flow.items() if key[:3] == lane), start=np.zeros(world.shape))
        calm = row.capacity_t_per_year * (1.0 + row.growth_per_year) ** world.elapsed
        where = subject.label(" → ".join(lane[:2]) + f" {lane[2]}{supply.words}")
        book.at_most("flows within each lane, less what is withheld", "t", sent, calm * world.lane_open(lane), where)


def _check_demand(book: Book, subject: Subject, world: World, supply: Supply) -> None:
    none = np.zeros(world.shape)
    for key, wanted in world.demand.items():
        unmet = supply.unmet.get(key, none)
        book.at_most("no more goes unmet than is asked for", "t", unmet, wanted, subject.label("/".join(key)))
    for row in subject.case.rows("collection"):
        key = (row.region, row.scrap_material, row.from_material)
        met = sum(
            (
                wanted - supply.unmet.get(use, none)
                for use, wanted in world.demand.items()
                if (use[0], use[2]) == (row.region, row.from_material)
            ),
            start=none,
        )
        lag = row.lag_years
        used = np.full(world.shape, float(row.past_use_t_per_year))
        if lag < world.shape[1]:
            used[:, lag:] = met[:, : world.shape[1] - lag]
        collected = supply.scrap.get(key, none)
        where = subject.label("/".join(key) + supply.words)
        book.at_most("scrap within the collected share of past use", "t", collected, row.collection_rate * used, where)
