"""Sponsors and lenders: net present value, tail, gearing, debt service cover, over-compensation, private entry."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.verification.certificate import Book
from optimizer.verification.operation import Planner
from optimizer.verification.payments import Settled, deck_gain
from optimizer.verification.risk import tail_mean
from optimizer.verification.subject import Signed, Subject

FloatArray = NDArray[np.float64]
PUBLIC = ("grant", "equity", "loan")
BORROWED = 1e-6
"""Borrowing below this, musd, is no borrowing."""


def face(subject: Subject, plant: str) -> dict[str, float]:
    """Amounts of each instrument at face value, debt included, musd."""
    out = dict.fromkeys((*PUBLIC, "debt"), 0.0)
    for (name, instrument, _), amount in subject.financing.items():
        if name == plant and instrument in out:
            out[instrument] += amount
    return out


def sponsor_npv(planner: Planner, plant: Any, start: int | None, settled: list[tuple[Signed, Settled]]) -> FloatArray:
    """Sponsor's net present value per path, musd: the plant, its financing and its contracts."""
    total = np.zeros(len(planner.weight))
    if start is not None:
        total = total + planner.alone(plant, start)
        factor = planner.spent(plant, start, plant.hurdle_rate)
        for (name, instrument, programme), amount in planner.subject.financing.items():
            if name != plant.plant or amount == 0.0:
                continue
            terms = planner.terms(name, instrument, programme)
            if instrument == "grant":
                total = total + amount * factor
            elif terms is not None and instrument == "equity":
                total = total + amount * (factor - planner.equity_earned(plant, start, terms))
            elif terms is not None:
                total = total + amount * planner.borrowing_gain(plant, start, terms)
    for signed, floats in settled:
        if signed.contract.plant == plant.plant:
            total = total + floats.sponsor_gain(planner)[0]
    return total


def check_finance(book: Book, planner: Planner, settled: list[tuple[Signed, Settled]]) -> None:
    """Every plant built or under contract, and the figures its awards row states."""
    subject = planner.subject
    entered = private_entry(planner)
    stated = subject.tables["private_entry"]
    found = {str(p): int(y) for p, y in zip(stated["plant"], stated["start_year"], strict=True)}
    for name in sorted({*entered, *found}):
        book.holds(
            "plants that enter unaided are those that are viable unaided", entered.get(name) == found.get(name), name
        )
        book.holds("plants that enter unaided are in the plan", subject.built.get(name) == entered.get(name), name)
    covered = {signed.contract.plant for signed, _ in settled}
    for name in sorted({*subject.built, *covered}):
        plant, start = subject.case.row("plants", name), subject.built.get(name)
        npv = sponsor_npv(planner, plant, start, settled)
        _check_stated(book, planner, plant, start, npv)
        own = [signed for signed, _ in settled if signed.contract.plant == name]
        if name in entered:
            money = face(subject, name)
            book.at_most("plants that enter unaided get nothing", "musd", sum(money[k] for k in PUBLIC), 0.0, name)
            book.holds("plants that enter unaided sign nothing", not own, name)
            _check_unaided_debt(book, planner, plant, entered[name], money["debt"])
        elif start is None:
            gain = float(planner.weight @ npv)
            book.at_most(
                "a running plant signs only what does not cost it money", "musd", -gain, 0.0, name, np.abs(npv).mean()
            )
        else:
            _check_viable(book, planner, plant, start, npv)
            _check_cover(book, planner, plant, start, own)


def _check_stated(book: Book, planner: Planner, plant: Any, start: int | None, npv: FloatArray) -> None:
    rows = planner.subject.tables["awards"]
    rows = rows[rows["plant"] == plant.plant]
    alpha = planner.case.settings.viability.alpha
    size = float(np.abs(npv).mean()) + plant.capex_musd
    money = face(planner.subject, plant.plant)
    capex = plant.capex_musd if start is not None else 0.0
    expected = {
        "capex_musd": capex,
        **{f"{kind}_musd": amount for kind, amount in money.items()},
        "sponsor_musd": capex - sum(money.values()),
        "expected_npv_musd": float(planner.weight @ npv),
        "tail_npv_musd": -float(tail_mean(-npv, planner.weight, alpha)),
    }
    for column, value in expected.items():
        stated = rows[column].to_numpy(float)
        where = f"awards, {plant.plant}, {column}"
        book.equal(
            "sponsors' figures: financing, expected and tail net present value", "musd", stated[0], value, where, size
        )
        book.at_most("sponsors' figures stand on a plant's first row only", "musd", np.abs(stated[1:]), 0.0, where)


def _check_viable(book: Book, planner: Planner, plant: Any, start: int, npv: FloatArray) -> None:
    viability, name = planner.case.settings.viability, plant.plant
    money = face(planner.subject, name)
    factor = planner.spent(plant, start, plant.hurdle_rate)
    size = plant.capex_musd
    mean = float(planner.weight @ npv)
    book.at_most("sponsor's expected net present value is not negative", "musd", -mean, 0.0, name, size)
    own = factor * (plant.capex_musd - sum(money.values()))
    limit = plant.loss_limit_share * viability.loss_limit_scale * own
    tail = float(tail_mean(-npv, planner.weight, viability.alpha))
    book.at_most("sponsor's tail loss within its limit", "musd", tail, limit, name, size)
    if plant.profit_cap_share is not None:
        unaided = float(planner.weight @ planner.alone(plant, start))
        cap = plant.profit_cap_share * plant.capex_musd * factor + max(0.0, unaided)
        book.at_most("support does not over-compensate", "musd", mean, cap, name, size)
    book.at_most("debt and support pay for no more than the capex", "musd", sum(money.values()), plant.capex_musd, name)
    debt = planner.terms(name, "debt")
    gearing = debt.max_share_of_capex * plant.capex_musd if debt is not None else 0.0
    book.at_most("borrowing within the gearing cap", "musd", money["debt"] + money["loan"], gearing, name, size)


def _check_cover(book: Book, planner: Planner, plant: Any, start: int, signed: list[Signed]) -> None:
    """In the years in which a plant owes, cash in the lender's deck covers service with the margin asked for."""
    name = plant.plant
    debt = planner.terms(name, "debt")
    if debt is None:
        return
    life = planner.life(plant, start)
    cash = planner.cash(life, planner.margin(plant, in_deck=True), plant.merchant_share)
    for contract in signed:
        gain = deck_gain(planner, contract)
        cash[: len(gain)] += gain
    service, owing = np.zeros(len(life.years)), np.zeros(len(life.years), bool)
    borrowed = longer = 0.0
    for (who, instrument, programme), amount in planner.subject.financing.items():
        terms = planner.terms(who, instrument, programme)
        if who != name or instrument not in ("loan", "debt") or terms is None:
            continue
        due = planner.service(plant, start, terms)[: len(service)]
        service[: len(due)] += amount * due
        borrowed += amount
        longer += amount * (instrument == "loan" and terms.tenor_years > debt.tenor_years)
    owing[: debt.tenor_years] = borrowed > BORROWED
    owing[debt.tenor_years :] = longer > BORROWED
    owing &= service > 0.0
    need = debt.debt_service_cover * service
    size = np.maximum(np.abs(cash), plant.capex_musd / 10.0)
    book.at_most(
        "cash in the lender's deck covers debt service",
        "musd/yr",
        need[owing],
        cash[owing],
        lambda at: f"{name}, {int(life.years[owing][at[0]])}",
        size[owing],
    )


def _check_unaided_debt(book: Book, planner: Planner, plant: Any, start: int, stated: float) -> None:
    debt = unaided_debt(planner, plant, start)
    words = "private debt of plants that enter unaided is the most they can carry"
    book.equal(words, "musd", stated, np.nan if debt is None else debt, plant.plant, plant.capex_musd)


def private_entry(planner: Planner) -> dict[str, int]:
    """Candidates viable with private debt alone, with the earliest start year in which they are; a plant that needs
    another enters with or after it, or if that one runs anyway. Worked out once per planner."""
    if planner.entered is None:
        planner.entered = _entering(planner)
    return planner.entered


def _under_contract(case: Any) -> set[str]:
    """Plants with a committed contract, which are built for it."""
    return {contract.plant for contract in case.rows("contracts") if contract.committed}


def _entering(planner: Planner) -> dict[str, int]:
    case = planner.case
    if not case.settings.viability.private_entry:
        return {}
    viable = {
        (plant.plant, start)
        for plant in case.rows("plants")
        if plant.status == "candidate"
        for start in plant.start_years
        if unaided_debt(planner, plant, start) is not None
    }
    viable = {(name, start) for name, start in viable if name not in _under_contract(case)}
    entered: dict[str, int] = {}
    while True:
        added = False
        for name, start in sorted(viable):
            needed = case.row("plants", name).requires
            waits = needed is not None and case.row("plants", needed).status == "candidate"
            if name in entered or (waits and not (needed in entered and entered[needed] <= start)):
                continue
            entered[name] = start
            added = True
        if not added:
            return entered


def unaided_debt(planner: Planner, plant: Any, start: int) -> float | None:
    """The most debt with which a plant is viable without support, musd; None if it is not with any.

    Both conditions are linear in debt: expected value + gain × debt ≥ 0, tail loss − gain × debt ≤ limit × own money.
    """
    viability = planner.case.settings.viability
    npv, factor = planner.alone(plant, start), planner.spent(plant, start, plant.hurdle_rate)
    terms = planner.terms(plant.plant, "debt")
    gain = planner.borrowing_gain(plant, start, terms) if terms is not None else 0.0
    limit = plant.loss_limit_share * viability.loss_limit_scale * factor
    mean = float(planner.weight @ npv)
    spare = limit * plant.capex_musd - float(tail_mean(-npv, planner.weight, viability.alpha))
    least, most = 0.0, planner.most_debt(plant, start)
    for margin, per_debt in ((mean, gain), (spare, gain - limit)):
        if per_debt > 0.0:
            least = max(least, -margin / per_debt)
        elif per_debt < 0.0:
            most = min(most, -margin / per_debt)
        elif margin < 0.0:
            return None
    return most if least <= most else None
