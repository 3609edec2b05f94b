"""What may be awarded at all: start years, strikes, tonnage, amounts, and who is eligible for what."""

from __future__ import annotations

from typing import Any

import numpy as np

from optimizer.verification.certificate import Book
from optimizer.verification.finance import PUBLIC
from optimizer.verification.operation import Planner
from optimizer.verification.subject import Subject


def menu(contract: Any) -> list[float]:
    """Strikes on offer, USD/kg: from the lowest in ticks, and the cap."""
    low, high, tick = (getattr(contract, f"strike_{part}_usd_per_kg") for part in ("min", "max", "tick"))
    out = [round(low + step * tick, 6) for step in range(int((high - low) / tick + 1e-9) + 1)]
    return out if high <= out[-1] + 1e-9 else [*out, float(high)]


def starts_on_offer(case: Any, contract: Any) -> list[int]:
    """Start years in which the contract's programme may support its plant."""
    plant, programme = case.row("plants", contract.plant), case.row("programmes", contract.programme)
    if plant.status == "operating":
        return [max(case.settings.horizon.first_year, programme.first_year)]
    return [year for year in plant.start_years if programme.first_year <= year <= programme.last_year]


def check_awards(book: Book, planner: Planner) -> None:
    """Plants, contracts and support that the plan awards."""
    subject, case = planner.subject, planner.case
    _check_plants(book, subject)
    _check_rows(book, subject)
    covered: dict[str, float] = {}
    for signed in subject.signed:
        contract, name = signed.contract, signed.contract.contract
        plant = signed.plant
        book.holds("strikes are on the menu", round(signed.strike, 6) in [round(k, 6) for k in menu(contract)], name)
        book.holds(
            "contracts begin in a year of their programme", signed.start in starts_on_offer(case, contract), name
        )
        book.holds(
            "awards go to whom their programme may support",
            is_eligible(case, contract.programme, "contract", plant.region, plant.stage, plant.plant),
            name,
        )
        full = plant.capacity_t_per_year * plant.availability
        book.at_most(
            "contracts cover at most their largest share", "t/yr", signed.volume_t, contract.share_max * full, name
        )
        book.at_most(
            "contracts cover at least their smallest share", "t/yr", contract.share_min * full, signed.volume_t, name
        )
        covered[plant.plant] = covered.get(plant.plant, 0.0) + signed.volume_t
    for name, volume in covered.items():
        plant = case.row("plants", name)
        book.at_most(
            "no tonne is under two contracts", "t/yr", volume, plant.capacity_t_per_year * plant.availability, name
        )
    once = len({signed.contract.contract for signed in subject.signed}) == len(subject.signed)
    book.holds("a contract is signed once, at one strike", once, "awards")
    found = {signed.contract.contract for signed in subject.signed}
    for contract in (row for row in case.rows("contracts") if row.committed):
        book.holds("contracts already agreed are signed", contract.contract in found, contract.contract)
    _check_support(book, planner)


def _check_plants(book: Book, subject: Subject) -> None:
    for name, start in subject.built.items():
        plant = subject.case.row("plants", name)
        book.holds(
            "plants start in a year open to them", plant.status == "candidate" and start in plant.start_years, name
        )
        if plant.requires is not None and subject.case.row("plants", plant.requires).status == "candidate":
            first = subject.built.get(plant.requires)
            book.holds("plants start with or after the plant they need", first is not None and first <= start, name)


def _check_rows(book: Book, subject: Subject) -> None:
    """Columns of ``awards`` that repeat the case, and one start year per plant."""
    awards = subject.tables["awards"]
    starts: dict[str, set[Any]] = {}
    for row in awards.to_dict(orient="records"):
        plant = subject.case.row("plants", row["plant"])
        starts.setdefault(row["plant"], set()).add(
            row["start_year"] if row["start_year"] == row["start_year"] else None
        )
        same = [row[column] == plant[column] for column in ("name", "region", "stage", "product")]
        route = "running" if plant.status == "operating" else "supported"
        if row["plant"] in set(subject.tables["private_entry"]["plant"]):
            route = "private"
        same.append(row["route"] == route)
        if isinstance(row["contract"], str):
            contract = subject.case.row("contracts", row["contract"])
            same += [row["plant"] == contract.plant, row["instrument"] == contract.form]
            same += [row["programme"] == contract.programme, row["tenor_years"] == contract.tenor_years]
            same += [bool(np.isclose(row["upside_share"], contract.upside_share))]
        book.holds("awards repeat the terms of the case", same, f"awards, {row['plant']}")
    for name, years in starts.items():
        book.holds("a plant starts once", len(years) == 1, f"awards, {name}")


def _check_support(book: Book, planner: Planner) -> None:
    subject, case = planner.subject, planner.case
    table = subject.tables["financing"]
    book.holds(
        "support stands once per plant, instrument and programme", len(table) == len(subject.financing), "financing"
    )
    for row in table.to_dict(orient="records"):
        name, kind = row["plant"], row["instrument"]
        programme = row["programme"] if isinstance(row["programme"], str) else None
        where = f"{name}, {kind} {programme or ''}".strip()
        built = subject.built.get(name)
        book.holds("support goes to plants that are built, in their start year", built == int(row["start_year"]), where)
        book.at_most("support is not negative", "musd", -row["musd"], 0.0, where)
        terms = planner.terms(name, kind, programme)
        plant = case.row("plants", name)
        if kind == "debt":
            # Debt is limited by gearing; a plant that cannot borrow may have a row of zero.
            book.holds("support is on offer to the plant", terms is not None or row["musd"] == 0.0, where)
            continue
        book.holds("support is on offer to the plant", terms is not None and kind in PUBLIC, where)
        if terms is None or built is None:
            continue
        most = terms.max_share_of_capex * plant.capex_musd
        most = most if terms.max_musd is None else min(most, terms.max_musd)
        book.at_most("support within its limit", "musd", row["musd"], most, where)
        pot = case.row("programmes", programme)
        book.holds("support is given in a year of its programme", pot.first_year <= built <= pot.last_year, where)
        book.holds(
            "awards go to whom their programme may support",
            is_eligible(case, pot.programme, kind, plant.region, plant.stage, name),
            where,
        )


def is_eligible(case: Any, programme: str, instrument: str, region: str, stage: str, plant: str) -> bool:
    """Whether a row of ``eligibility`` lets the programme give this."""
    wanted = {"programme": programme, "instrument": instrument, "region": region, "stage": stage, "plant": plant}
    loose = ("region", "stage", "plant")
    return any(
        all(row[column] == value or (column in loose and row[column] == "any") for column, value in wanted.items())
        for row in case.rows("eligibility")
    )


def check_stock_eligibility(book: Book, subject: Subject) -> None:
    """Stock is bought only by programmes that may."""
    for stock in subject.case.rows("stockpiles"):
        if stock.programme is None or not subject.purchase_t.get(stock.stockpile, np.zeros(1)).any():
            continue
        stage = subject.case.row("materials", stock.material).stage
        book.holds(
            "awards go to whom their programme may support",
            is_eligible(subject.case, stock.programme, "stockpile", stock.region, stage, "any"),
            stock.stockpile,
        )
