"""Identities between instruments, on the small case's own price paths and at terms drawn at random."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.analysis.alone import Outlook
from optimizer.analysis.instrument_choice.choices import PlantChoices
from optimizer.analysis.instrument_choice.protection import BorderMeasure, protected_market
from optimizer.data import Case
from optimizer.instance.plan import operating_cash, unit_margin
from optimizer.scenarios import draw
from tests.small_case import small_case, small_tables

STRIKES = st.floats(40.0, 130.0)
RATES = st.floats(0.0, 2.0)
BOUGHT = st.sampled_from([500.0, 1500.0, 6000.0])


@cache
def choices(bought: float = 6000.0, **terms: Any) -> PlantChoices:
    """The oxide plant, with the oxide bought in the us (t/yr) and columns of its floor changed; yearly, at once."""
    tables = small_tables()
    row = {"segment": "civil", "material": "oxide", "base_t_per_year": bought, "shortage_cost_usd_per_kg": 100.0}
    plain = {"upside_share": 0.0, "averaging": "yearly", "settlement_lag_years": 0.0}
    changed: dict[str, Any] = {
        "demand": [*tables["demand"], {**tables["demand"][1], **row}],
        "contracts": [{**tables["contracts"][0], **plain, **terms}],
    }
    case: Case = small_case(tables=changed)
    outlook = Outlook(case, draw(case))
    market = protected_market(outlook.case, "us", ["us"], "oxide", outlook.paths.years, {"us_oxide": 2027})
    return PlantChoices(outlook, "us_oxide", 2027, [market])


@settings(max_examples=15, deadline=None)
@given(STRIKES)
def test_a_floor_that_shares_all_from_the_strike_is_the_two_way_contract(strike: float) -> None:
    plant = choices(upside_share=1.0)
    floor, two_way = plant.contract("floor", strike), plant.contract("cfd", strike)
    assert floor.treasury == pytest.approx(two_way.treasury, abs=1e-9)
    assert floor.standing.npv == pytest.approx(two_way.standing.npv, abs=1e-9)
    assert floor.upside_kept == pytest.approx(two_way.upside_kept, abs=1e-9)


@settings(max_examples=15, deadline=None)
@given(STRIKES)
def test_a_collar_without_end_is_a_floor(strike: float) -> None:
    plant = choices(form="collar", collar_width_usd_per_kg=1e6)
    floor, collar = plant.contract("floor", strike), plant.contract("collar", strike)
    assert floor.treasury == pytest.approx(collar.treasury, abs=1e-9)
    assert collar.upside_kept == pytest.approx(1.0)


@settings(max_examples=15, deadline=None)
@given(STRIKES)
def test_who_is_paid_back_more_pays_no_more(strike: float) -> None:
    # On every path a two-way contract costs at most what a collar does, and that at most what a floor does.
    plant = choices()
    floor, collar, two_way = (plant.contract(form, strike) for form in ("floor", "collar", "cfd"))
    assert np.all(two_way.treasury <= collar.treasury + 1e-9)
    assert np.all(collar.treasury <= floor.treasury + 1e-9)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(["tariff", "border_floor"]), RATES, BOUGHT)
def test_what_buyers_pay_is_what_others_get(kind: str, level: float, bought: float) -> None:
    # The plant's part is worked out anew, from its margins with and without the measure; it pays no tax here.
    plant = choices(bought)
    measure = plant.measure(kind, level if kind == "tariff" else 60.0 * level)
    market, alone = plant.markets[0], plant.alone
    flows = alone.flows(market, measure)
    margin = unit_margin(alone.outlook.case, alone.row, alone.outlook.market)
    lifted = margin + alone.price_lift(market, measure)
    plain = operating_cash(alone.plan, np.broadcast_to(margin, lifted.shape))
    got = np.zeros_like(flows.buyers)
    got[:, alone.plan.columns] = operating_cash(alone.plan, lifted) - plain
    assert flows.plant == pytest.approx(got, abs=1e-9)
    assert flows.buyers == pytest.approx(got + flows.others + flows.revenue, abs=1e-9)
    assert np.all(flows.buyers >= 0.0)


@settings(max_examples=15, deadline=None)
@given(STRIKES)
def test_a_border_floor_costs_buyers_of_domestic_tonnes_what_a_floor_costs_the_treasury(strike: float) -> None:
    # No basis, no tariff, all output sold inside: the same payment, by others.
    plant = choices()
    border, floor = plant.border("border_floor", plant.markets[0], strike), plant.contract("floor", strike)
    assert border.buyers + border.treasury - border.others == pytest.approx(floor.treasury, abs=1e-9)
    gain = plant.alone.outlook.plants.debt_gain[plant.alone.option]
    without_debt = [choice.standing.npv - gain * choice.standing.debt for choice in (border, floor)]
    assert without_debt[0] == pytest.approx(without_debt[1], abs=1e-9)


def test_measures_at_nought_change_nothing() -> None:
    plant = choices()
    for kind in ("tariff", "border_floor"):
        none = plant.border(kind, plant.markets[0], 0.0)
        assert not none.buyers.any()
        assert not none.treasury.any()
        assert none.standing.npv == pytest.approx(plant.unaided.npv)
        assert none.standing.loan_capacity == pytest.approx(plant.unaided.loan_capacity)


@pytest.mark.parametrize("instrument", ["grant", "loan"])
def test_grants_and_loans_cost_the_same_on_every_path(instrument: str) -> None:
    assert np.ptp(choices().money(instrument).treasury) == pytest.approx(0.0, abs=1e-9)


def test_least_terms_are_least() -> None:
    # One step less and the plant is not viable.
    plant = choices()
    found = {choice.instrument: choice for choice in plant.all() if choice.level}
    assert {"floor", "cfd", "tariff", "border_floor"} <= set(found)
    for form in ("floor", "cfd", "collar", "purchase"):
        assert found[form].viable
        assert not plant.contract(form, found[form].nearest - 0.01).viable
    market = plant.markets[0]
    assert not plant.border("tariff", market, found["tariff"].nearest - 0.001).viable
    assert not plant.border("border_floor", market, found["border_floor"].nearest - 0.01).viable


@settings(max_examples=10, deadline=None)
@given(RATES, RATES)
def test_a_higher_tariff_costs_buyers_more_and_leaves_the_plant_more(one: float, other: float) -> None:
    low, high = sorted((one, other))
    plant = choices(1500.0)
    less, more = (plant.border("tariff", plant.markets[0], rate) for rate in (low, high))
    assert np.all(less.buyers <= more.buyers + 1e-9)
    assert float(less.cash(np.array([50.0]))[0]) <= float(more.cash(np.array([50.0]))[0]) + 1e-9


@pytest.mark.parametrize("first_year", [2027, 2030])
def test_a_border_measure_ends_with_its_tenor(first_year: int) -> None:
    plant = choices()
    measure = BorderMeasure("tariff", 0.3, first_year, 3)
    flows = plant.alone.flows(plant.markets[0], measure)
    years = np.array(plant.alone.outlook.paths.years)
    assert set(years[flows.buyers.any(axis=0)].tolist()) == {first_year, first_year + 1, first_year + 2}
