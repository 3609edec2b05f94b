"""What is on offer: every candidate without support, every strike on every menu, as the tables state them."""

from __future__ import annotations

from typing import Any

import numpy as np

from optimizer.verification.awards import menu, starts_on_offer
from optimizer.verification.certificate import Book
from optimizer.verification.finance import private_entry
from optimizer.verification.operation import KG_PER_T, Planner
from optimizer.verification.payments import priced
from optimizer.verification.risk import quantile, tail_mean


def check_candidates(book: Book, planner: Planner) -> None:
    """Every candidate and start year as the table states it."""
    subject, alpha = planner.subject, planner.case.settings.viability.alpha
    table = subject.tables["candidates"]
    rows = {(row["plant"], int(row["start_year"])): row for row in table.to_dict(orient="records")}
    options = {(p.plant, y) for p in planner.case.rows("plants") if p.status == "candidate" for y in p.start_years}
    book.holds(
        "every candidate and start year is in its table", set(rows) == options and len(rows) == len(table), "candidates"
    )
    entered = private_entry(planner)
    for name, start in sorted(options & set(rows)):
        plant, row = planner.case.row("plants", name), rows[name, start]
        npv = planner.alone(plant, start)
        figures = {
            "capex_musd": plant.capex_musd,
            "expected_npv_alone_musd": float(planner.weight @ npv),
            "tail_npv_alone_musd": -float(tail_mean(-npv, planner.weight, alpha)),
            "most_debt_alone_musd": planner.most_debt(plant, start),
        }
        for column, value in figures.items():
            where = f"candidates, {name} {start}, {column}"
            book.equal("candidates' figures without support", "musd", row[column], value, where, plant.capex_musd)
        full = plant.capacity_t_per_year * plant.availability
        book.equal("candidates' planned output", "t/yr", row["output_t_per_year"], full, f"candidates, {name} {start}")
        facts = [bool(row["in_plan"]) == (subject.built.get(name) == start)]
        facts.append(bool(row["private_entry"]) == (entered.get(name) == start))
        book.holds("candidates are marked as in the plan, or as entering unaided, rightly", facts, f"{name} {start}")


def check_offers(book: Book, planner: Planner) -> None:
    """Every strike on every menu, priced on its own at the largest share it may cover."""
    subject = planner.subject
    table = subject.tables["offers"]
    expected = {(c.contract, y): c for c, y in _on_offer(planner)}
    total = sum(len(menu(contract)) for contract in expected.values())
    keys = list(zip(table["contract"], table["start_year"], strict=True))
    book.holds("every offer is in its table once", len(table) == total and set(keys) == set(expected), "offers")
    signed = {(s.contract.contract, s.start, round(s.strike, 6)) for s in subject.signed}
    for key in dict.fromkeys(keys):
        if key not in expected:
            continue
        name, year = key
        rows = table[(table["contract"] == name) & (table["start_year"] == year)]
        strikes = menu(expected[key])
        where = f"offers, {name} {year}"
        same = np.array_equal(rows["strike_usd_per_kg"].to_numpy(float).round(6), np.round(strikes, 6))
        book.holds("strikes on offer are those of the menu", same, where)
        if same:
            _check_menu(book, planner, expected[key], key[1], {str(k): rows[k].to_numpy() for k in rows})
            marked = [(*key, round(k, 6)) in signed for k in strikes]
            book.holds("offers are marked as signed rightly", rows["signed"].to_numpy(bool) == marked, where)


def _on_offer(planner: Planner) -> list[tuple[Any, int]]:
    """Every contract and start year on offer; none to plants that enter unaided."""
    entered = private_entry(planner)
    return [
        (contract, start)
        for contract in planner.case.rows("contracts")
        if contract.plant not in entered
        for start in starts_on_offer(planner.case, contract)
        if len(planner.life(planner.case.row("plants", contract.plant), _begun(planner, contract, start)).years)
    ]


def _begun(planner: Planner, contract: Any, start: int) -> int:
    plant = planner.case.row("plants", contract.plant)
    return int(plant.start_years[0]) if plant.status == "operating" else start


def _check_menu(book: Book, planner: Planner, contract: Any, start: int, stated: dict[str, Any]) -> None:
    viability, weight = planner.case.settings.viability, planner.weight
    plant, name, strikes = planner.case.row("plants", contract.plant), contract.contract, menu(contract)
    volume = contract.share_max * plant.capacity_t_per_year * plant.availability
    paid, npv = priced(planner, contract, start, strikes, volume)
    limit = -np.inf
    if plant.status == "candidate":
        npv = npv + planner.alone(plant, start)
        factor = planner.spent(plant, start, plant.hurdle_rate)
        limit = -plant.loss_limit_share * viability.loss_limit_scale * factor * plant.capex_musd
    mean, tail = npv @ weight, -tail_mean(-npv, weight, viability.alpha)
    figures = {
        "expected_payment_musd": paid @ weight,
        "p95_payment_musd": quantile(paid, weight, 0.95),
        "worst_payment_musd": paid.max(axis=-1),
        "expected_npv_musd": mean,
        "tail_npv_musd": tail,
        "tail_limit_musd": np.full(len(strikes), limit if np.isfinite(limit) else BLANK),
    }
    size = np.asarray(strikes) * volume / KG_PER_T + plant.capex_musd
    for column, value in figures.items():
        found = stated[column].astype(float)
        if column == "tail_limit_musd":
            found = np.where(np.isnan(found), BLANK, found)
        book.equal(
            "offers' payments and sponsors' figures",
            "musd",
            found,
            value,
            lambda at, c=column: f"offers, {name} {start} at {strikes[at[0]]:g}, {c}",  # type: ignore[misc]
            size,
        )
    where = f"offers, {name} {start}"
    book.equal("tonnes on offer", "t/yr", stated["volume_t_per_year"].astype(float), volume, where)
    near = np.minimum(np.abs(mean), np.abs(tail - limit)) < NEAR * size
    enough = stated["enough_alone"].astype(bool) == ((mean >= 0.0) & (tail >= limit))
    book.holds("offers are marked as enough alone rightly", enough | near, where)
    same = (stated["plant"] == plant.plant) & (stated["form"] == contract.form)
    book.holds("offers repeat the terms of the case", same & (stated["programme"] == contract.programme), where)


BLANK = -1e9
"""Stands for a blank cell, so that blank and blank compare as equal."""
NEAR = 1e-9
"""Within this share of its size of a limit, a rounding error decides whether a condition holds."""
