"""Candidates in numbers: what sponsors, lenders and society see of each start year; and who enters unaided."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.award_numbers import BuildOption, PlantNumbers
from optimizer.instance.market import Market
from optimizer.instance.plan import operating_cash, plant_plan, spend_factor, spend_profile, unit_margin
from optimizer.terms.finance import annual_equivalent, cvar, discount_factors, level_service

FloatArray = NDArray[np.float64]


def debt_terms(case: Any, plant: str) -> Any | None:
    """The plant's private-debt row in ``support``, or None if it can borrow nothing."""
    rows = [row for row in case.rows("support") if row.plant == plant and row.instrument == "debt"]
    return rows[0] if rows else None


def drawn_with_interest(plant: Any, start_year: int, rate: float, base_year: int) -> float:
    """Balance at the start of operation of one dollar drawn along the capital profile, interest added."""
    years, shares = spend_profile(plant, start_year, base_year)
    return float(shares @ (1.0 + rate) ** np.maximum(start_year - years, 0).astype(float))


def service_per_dollar(plant: Any, start_year: int, rate: float, tenor: int, base_year: int) -> tuple[float, ...]:
    """Level yearly service per dollar of debt drawn along the capital profile, from the first operating year.

    The first payment falls at the start of operation, where the balance is taken: the lender earns its rate, no more.
    """
    yearly = drawn_with_interest(plant, start_year, rate, base_year) * level_service(rate, tenor) / (1.0 + rate)
    return (yearly,) * tenor


def plant_numbers(case: Any, paths: Any, market: Market, deck: Market, weight: FloatArray) -> PlantNumbers:
    """Numbers of every candidate and start year. ``market`` is over price paths, ``deck`` over the lender's deck."""
    settings = case.settings
    base, horizon_end = settings.horizon.first_year, settings.horizon.last_year
    out = PlantNumbers()
    for plant in (row for row in case.rows("plants") if row.status == "candidate"):
        name, debt = plant.plant, debt_terms(case, plant.plant)
        margin, deck_margin = unit_margin(case, plant, market), unit_margin(case, plant, deck)
        out.loss_limit[name] = plant.loss_limit_share * settings.viability.loss_limit_scale
        out.gearing[name] = debt.max_share_of_capex if debt else 0.0
        out.service_cover[name] = debt.debt_service_cover if debt else 1.0
        if plant.requires is not None and case.row("plants", plant.requires).status == "candidate":
            out.requires[name] = plant.requires
        loans = [row for row in case.rows("support") if row.plant == name and row.instrument == "loan"]
        longest = max([row.tenor_years for row in loans] + ([debt.tenor_years] if debt else [0]))
        for start in plant.start_years:
            option = (name, start)
            plan = plant_plan(case, plant, start, paths.years)
            factors = discount_factors(plan.years, plant.hurdle_rate, base)
            factor = spend_factor(plant, start, plant.hurdle_rate, base)
            cash = np.broadcast_to(operating_cash(plan, margin), (len(weight), len(plan.years)))
            out.capex[option] = plant.capex_musd
            out.output[option] = plan.output
            out.npv[option] = cash @ factors - plant.capex_musd * factor
            out.spend_factor[option] = factor
            expected = float(weight @ out.npv[option])
            share = plant.profit_cap_share
            cap = np.inf if share is None else share * plant.capex_musd * factor + max(0.0, expected)
            out.npv_cap[option] = cap
            out.deck_cash[option] = tuple(operating_cash(plan, deck_margin, plant.merchant_share)[:longest].tolist())
            out.debt_gain[option], out.debt_service[option] = 0.0, ()
            if debt:
                service = service_per_dollar(plant, start, debt.rate, debt.tenor_years, base)
                out.debt_service[option] = service
                out.debt_gain[option] = factor - float(np.dot(service[: len(factors)], factors[: len(service)]))
            inside = [year for year in plan.years if year <= horizon_end]
            yearly = annual_equivalent(plant.capex_musd, settings.rates.social, plant.life_years)
            yearly += plant.fixed_opex_musd_per_year
            out.capex_annuities[option] = yearly * float(discount_factors(inside, settings.rates.social, base).sum())
    if settings.viability.private_entry:
        out.private_entry.update(private_entry(case, out, weight))
    return out


def private_entry(case: Any, numbers: PlantNumbers, weight: FloatArray) -> dict[str, int]:
    """Candidates viable without support, with the earliest start year in which they are.

    The test is the one of ``models.viability`` with private debt alone: expected net present value at the hurdle rate
    not negative, tail within the loss limit, debt within gearing and cover. A plant that needs another enters only if
    that one does (or runs already), no later than it. A plant with a committed contract is taken to be built for
    it.
    """
    under_contract = {row.plant for row in case.rows("contracts") if row.committed}
    alpha = case.settings.viability.alpha
    entered: dict[str, int] = {}
    waiting = sorted(numbers.npv)
    progress = True
    while progress:
        progress = False
        for name, start in waiting:
            needed = numbers.requires.get(name)
            waits = needed is not None and entered.get(needed, start + 1) > start
            if name in entered or name in under_contract or waits:
                continue
            if private_debt(numbers, (name, start), weight, alpha) is not None:
                entered[name] = start
                progress = True
    return entered


def private_debt(numbers: PlantNumbers, option: BuildOption, weight: FloatArray, alpha: float) -> float | None:
    """The most debt, musd, with which a plant meets its sponsor's conditions without support; None if it never does.

    Expected return and tail limit are both linear in the debt, so each cuts a piece off the range the lender allows:
    what is left may touch neither end.
    """
    npv, factor, limit = numbers.npv[option], numbers.spend_factor[option], numbers.loss_limit[option[0]]
    gain, tail_loss = numbers.debt_gain[option], float(cvar(-npv, weight, alpha))
    lowest, highest = 0.0, most_debt(numbers, option)
    without_debt = (float(weight @ npv), limit * factor * numbers.capex[option] - tail_loss)
    for margin, slope in zip(without_debt, (gain, gain - limit * factor), strict=True):
        if slope > 0.0:
            lowest = max(lowest, -margin / slope)
        elif slope < 0.0:
            highest = min(highest, margin / -slope)
        elif margin < 0.0:
            return None
    return highest if lowest <= highest else None


def most_debt(numbers: PlantNumbers, option: BuildOption) -> float:
    """The most a lender gives a plant without support, musd: gearing and cover in its deck."""
    name = option[0]
    service, cover = numbers.debt_service[option], numbers.service_cover[name]
    most = numbers.gearing[name] * numbers.capex[option]
    for cash, yearly in zip(numbers.deck_cash[option], service, strict=False):
        if yearly > 0.0 and cover > 0.0:
            most = min(most, max(cash, 0.0) / (cover * yearly))
    return most
