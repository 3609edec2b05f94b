"""One plant on its own agrees with the award model, and what it needs moves the way it should."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from optimizer.analysis.alone import Outlook, PlantAlone
from optimizer.analysis.least import least_grant, least_loan, least_strike
from optimizer.analysis.standing import ContractTerms
from optimizer.data import Case, read_case
from optimizer.engine import Options
from optimizer.engine.variations.forced import ForcedPlans
from optimizer.instance import compile_instance
from optimizer.instance.plants import private_debt
from optimizer.scenarios import Draws, draw
from tests.small_case import small_case, small_settings, small_tables

PLENTY = 20_000.0
SEEDS = range(6)


def varied(seed: int) -> Case:
    """The small case with other plants, prices and terms; nobody enters unaided, and the pot is no limit."""
    random = np.random.default_rng(seed)
    settings, tables = small_settings(), small_tables()
    settings["viability"] = {"alpha": float(random.choice([0.5, 0.8, 0.9])), "private_entry": False}
    settings["scenarios"] |= {"seed": seed, "paths": 24, "futures": 1}
    for row in tables["plants"]:
        row |= {"opex_usd_per_kg": row["opex_usd_per_kg"] * random.uniform(0.7, 1.3), "start_years": (2028,)}
        row |= {"loss_limit_share": random.uniform(0.0, 1.2), "hurdle_rate": random.uniform(0.02, 0.2)}
        row |= {
            "profit_cap_share": (None, 0.2, 0.6)[int(random.integers(3))],
            "merchant_share": random.uniform(0.3, 1.0),
        }
    for row in tables["support"]:
        row["rate"] = random.uniform(0.0, 0.12) if "rate" in row else None
        row["tenor_years"] = int(random.integers(4, 15)) if "tenor_years" in row else None
        if row["instrument"] == "debt":
            row["debt_service_cover"] = random.uniform(1.0, 1.8)
    for row in tables["contracts"]:
        row |= {"tenor_years": int(random.integers(5, 13)), "settlement_lag_years": random.uniform(0.0, 1.0)}
    for row in tables["programmes"]:
        row["budget_musd"] = PLENTY
    for rows in tables.values():
        for row in rows:
            for name in [name for name, value in row.items() if value is None and name in ("rate", "tenor_years")]:
                del row[name]
    return Case.from_tables(settings, tables)


def model_says(case: Case, draws: Draws, plant: str, contract: str, strike: float) -> bool:
    """Whether the award model finds a plan with the plant under its contract at one strike, all support on offer."""
    rows = [dict(row) for row in case.rows("contracts") if row.contract == contract]
    rows[0] |= {"strike_min_usd_per_kg": strike, "strike_max_usd_per_kg": strike}
    plans = ForcedPlans(compile_instance(case.replace(tables={"contracts": rows}), draws), Options(gap=0.01))
    places = plans.places("signed", [(contract, 2028, strike)])
    return plans.least_use(places, "us_pot") is not None


@pytest.mark.parametrize("seed", SEEDS)
def test_a_plant_alone_is_viable_where_the_award_model_says_so(seed: int) -> None:
    case = varied(seed)
    draws = draw(case)
    outlook = Outlook(case, draws)
    random = np.random.default_rng(1000 + seed)
    for plant, contract, search, most in (
        ("us_oxide", "oxide_floor", least_loan, 150.0),
        ("us_magnet", "magnet_cfd", least_grant, 100.0),
    ):
        alone = outlook.alone(plant, 2028)
        terms = ContractTerms.of(case.row("contracts", contract))
        edge = search(alone, terms, high=most)
        strikes = {float(random.uniform(0.8, 1.2) * terms.strike)}
        with_all = [least_strike(alone, terms, **{search.__name__.removeprefix("least_"): x}) for x in (0.0, most)]
        # Where the verdict turns is where they would differ.
        strikes |= {found.amount + step for found in with_all if found.amount for step in (-0.02, 0.02)}
        for strike in sorted(round(strike, 4) for strike in strikes):
            found = search(alone, terms.at(strike), high=most)
            assert model_says(case, draws, plant, contract, strike) == (found.amount is not None), (plant, strike, edge)


@pytest.mark.parametrize("seed", SEEDS)
def test_private_debt_is_that_of_private_entry(seed: int) -> None:
    case = varied(seed)
    outlook = Outlook(case, draw(case))
    numbers, weight = outlook.plants, outlook.paths.weight
    for plant, start in numbers.capex:
        alone = outlook.alone(plant, start)
        capped = replace(numbers, npv_cap=dict.fromkeys(numbers.npv_cap, np.inf))
        for cheaper in (0.0, 400.0, 2000.0):
            # The same plant with so many musd more on every path.
            richer = {**numbers.npv, (plant, start): numbers.npv[plant, start] + cheaper}
            outlook.plants = replace(capped, npv=richer)
            debt = private_debt(outlook.plants, (plant, start), weight, alone.alpha)
            standing = alone.standing()
            assert standing.viable == (debt is not None)
            if debt is not None and numbers.debt_gain[plant, start] > 0.0:
                assert standing.debt == pytest.approx(debt, abs=1e-6)
        outlook.plants = numbers


@pytest.mark.parametrize("seed", SEEDS)
def test_the_strike_needed_falls_with_what_helps(seed: int) -> None:
    # Without a cap on the gain, and for a floor without a share of the upside, more help is never worse; a grant is
    # help as long as no more may be lost than is put in.
    case = varied(seed)
    outlook = Outlook(case, draw(case))
    numbers = outlook.plants
    outlook.plants = replace(numbers, npv_cap=dict.fromkeys(numbers.npv_cap, np.inf))
    alone = outlook.alone("us_oxide", 2028)
    alone = alone.judged_by(loss_limit=min(alone.loss_limit, 1.0))
    terms = ContractTerms.of(case.row("contracts", "oxide_floor")).at(upside_share=0.0)

    def needs(plant: PlantAlone = alone, contract: ContractTerms = terms, **money: float) -> float:
        amount = least_strike(plant, contract, **money).amount
        return np.inf if amount is None else amount

    def falls(values: list[float]) -> bool:
        return all(b <= a for a, b in pairwise(values))

    assert falls([needs(grant=g) for g in (0.0, 20.0, 60.0, 120.0)])
    assert falls([needs(alone.judged_by(loss_limit=x)) for x in (0.0, 0.3, 0.6, 1.0)])
    assert falls([needs(alone.judged_by(alpha=x)) for x in (0.95, 0.8, 0.5, 0.0)])
    assert falls([needs(contract=terms.at(tenor_years=n)) for n in (4, 7, 10, 13)])
    assert falls([needs(contract=terms.at(share=x)) for x in (0.5, 0.75, 1.0)])
    assert needs(contract=terms) <= needs(contract=terms.at(upside_share=0.3)) <= needs(contract=terms.at(form="cfd"))


def test_outlays_and_gains_are_those_of_the_award_model() -> None:
    case = small_case()
    draws = draw(case)
    awards, outlook = compile_instance(case, draws).awards, Outlook(case, draws)
    for offer in awards.contracts.offers:
        contract, start, strike = offer
        alone = outlook.alone(awards.contracts.plant[contract], start)
        terms = ContractTerms.of(case.row("contracts", contract), strike=strike, share=0.6)
        gain, outlay, cash = alone.payoff(terms)
        volume = 0.6 * alone.output
        assert np.allclose(gain, volume * awards.contracts.sponsor_gain[offer])
        assert np.allclose(outlay, volume * awards.contracts.outlay[offer])
        assert np.allclose(cash, volume * np.array(awards.contracts.deck_gain[offer]))
    support: Any = awards.support
    for option, cost in support.grant_net_outlay.items():
        standing = outlook.alone(*option[:2]).standing(grant=10.0)
        assert standing.expected_outlay == pytest.approx(10.0 * cost)
    for option, cost in support.loan_net_outlay.items():
        standing = outlook.alone(*option[:2]).standing(loan=10.0)
        assert standing.expected_outlay == pytest.approx(10.0 * cost)


@pytest.mark.slow
def test_the_award_model_agrees_on_a_bundled_case() -> None:
    case = read_case("mp-materials").set("scenarios.paths", 64).set("scenarios.futures", 1)
    case = case.set("viability.private_entry", False)
    pots = [dict(row) | {"budget_musd": PLENTY} for row in case.rows("programmes")]
    pots = [{k: v for k, v in row.items() if not k.startswith("budget_musd_")} for row in pots]
    support = [dict(row) for row in case.rows("support") if row.instrument == "debt"]
    case = case.replace(tables={"programmes": pots, "support": support})
    draws = draw(case)
    outlook = Outlook(case, draws)
    for name, start in (("mp-ndpr-floor", 2026), ("mp-ndpr-cfd", 2026), ("ten-x-margin-cfd", 2028)):
        row = case.row("contracts", name)
        edge = least_strike(outlook.alone(row.plant, start), ContractTerms.of(row)).amount
        assert edge is not None
        for strike, viable in ((round(edge - 0.02, 2), False), (round(edge + 0.02, 2), True)):
            rows = [dict(row) | {"strike_min_usd_per_kg": strike, "strike_max_usd_per_kg": strike}]
            plans = ForcedPlans(compile_instance(case.replace(tables={"contracts": rows}), draws), Options(gap=0.01))
            places = plans.places("signed", [(name, start, strike)])
            assert (plans.least_use(places, row.programme) is not None) == viable, (name, strike)
