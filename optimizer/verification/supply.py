"""The supply layer of one plan: its quantities read from the tables, and what the plan lets it have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.verification.certificate import Book
from optimizer.verification.subject import ByKey, Signed, Subject, plain
from optimizer.verification.world import World

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Supply:
    """Quantities of one plan, t/yr, each array of shape (futures, years).

    ``plan`` is ``with`` or ``without``. ``capacity`` is by plant; ``announced`` what is planned to be bought for each
    stockpile, ``allowed`` whether a purchase takes place, ``taken`` and ``unpaid`` what happens under purchase
    contracts and ``promised`` what they promise, all by contract.
    """

    plan: str
    capacity: dict[str, FloatArray]
    announced: dict[str, FloatArray]
    promised: dict[str, FloatArray]
    produce: ByKey
    steps: ByKey
    below: ByKey
    buy: ByKey
    scrap: ByKey
    flow: ByKey
    unmet: ByKey
    level: ByKey
    release: ByKey
    not_found: ByKey
    taken: dict[str, FloatArray]
    paid_not_taken: dict[str, FloatArray]
    missed: ByKey
    left: ByKey
    downgraded: ByKey

    @property
    def words(self) -> str:
        """The plan, for the place of a violation."""
        return "" if self.plan == "with" else " (without plan)"


def supply_of(subject: Subject, world: World, book: Book, *, with_plan: bool = True) -> Supply:
    """Read the supply layer of the plan, or of the case without any new award."""
    case = subject.case
    plants = case.rows("plants")
    built = subject.built if with_plan else entered(subject)
    signed = [s for s in subject.signed if s.contract.form == "purchase"] if with_plan else []
    nodes = [(r, m, q) for (r, m), streams in world.streams.items() for q in streams]
    stocks = [(row.stockpile,) for row in case.rows("stockpiles")]

    def read(name: str, keys: tuple[str, ...], known: Any, *values: str) -> list[ByKey]:
        columns = values or ("t_per_year",)
        return subject.quantities(book, name, keys, known, columns, with_plan=with_plan)

    level, release, not_found = read("stock_levels", ("stockpile",), stocks, "stock_t", "release_t", "not_found_t")
    offers = [(s.contract.contract, s.start, plain(s.strike)) for s in signed]
    taken, unpaid = read(
        "offtake", ("contract", "start_year", "strike_usd_per_kg"), offers, "taken_t", "paid_not_taken_t"
    )
    left, downgraded = read("unused", ("region", "material", "stream"), nodes, "t_per_year", "downgraded_t_per_year")
    steps = [(row.plant, row.step) for row in case.rows("opex_steps")]
    targets = [(row.target,) for row in case.rows("targets") if row.kind != "days_of_cover"]
    return Supply(
        plan="with" if with_plan else "without",
        capacity={p.plant: _capacity(world, p, built) for p in plants},
        announced={
            row.stockpile: subject.purchase_t.get(row.stockpile, np.zeros(world.shape[1])) * with_plan
            for row in case.rows("stockpiles")
        },
        promised={s.contract.contract: promised_t(world, s) for s in signed},
        produce=read("production", ("plant", "stream"), [(p.plant, q) for p in plants for q in world.streams_made(p)])[
            0
        ],
        steps=read("production_steps", ("plant", "step"), steps)[0],
        below=read("below_minimum", ("plant",), [(p.plant,) for p in plants])[0],
        buy=read("purchases", ("supplier", "step"), [(row.supplier, row.step) for row in case.rows("suppliers")])[0],
        scrap=read(
            "scrap",
            ("region", "scrap_material", "from_material"),
            [(row.region, row.scrap_material, row.from_material) for row in case.rows("collection")],
        )[0],
        flow=read(
            "flows",
            ("from_region", "to_region", "material", "stream"),
            [
                (row.from_region, row.to_region, row.material, q)
                for row in case.rows("lanes")
                for q in world.streams[row.from_region, row.material]
            ],
        )[0],
        unmet=read("unmet", ("region", "segment", "material"), list(world.demand))[0],
        level=level,
        release=release,
        not_found=not_found,
        taken={key[0]: amount for key, amount in taken.items()},
        paid_not_taken={key[0]: amount for key, amount in unpaid.items()},
        missed=read("target_misses", ("target",), targets)[0],
        left=left,
        downgraded=downgraded,
    )


def entered(subject: Subject) -> dict[str, int]:
    """Plants that enter unaided, with their start year, as the tables state it."""
    table = subject.tables["private_entry"]
    return {str(p): int(y) for p, y in zip(table["plant"], table["start_year"], strict=True)}


def _capacity(world: World, plant: Any, built: dict[str, int]) -> FloatArray:
    if plant.status == "operating":
        return world.capacity(plant, plant.start_years[0])
    if plant.plant in built:
        return world.capacity(plant, built[plant.plant])
    return np.zeros(world.shape)


def promised_t(world: World, signed: Signed) -> FloatArray:
    """Tonnes a purchase contract promises in each future: its share of what the plant can then make, over its tenor."""
    plant = signed.plant
    begun = plant.start_years[0] if plant.status == "operating" else signed.start
    first = max(signed.start, begun, world.years[0])
    full = plant.capacity_t_per_year * plant.availability
    covered = (world.years >= first) & (world.years < first + signed.contract.tenor_years)
    out: FloatArray = world.capacity(plant, begun) / full * covered * signed.volume_t
    return out
