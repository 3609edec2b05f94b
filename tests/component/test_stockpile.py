"""Each constraint of models/stockpile.py alone, its optimum derived by hand."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo
import pytest

from models.stockpile import add_stock_plan
from tests.component.builders import (
    DEMAND,
    award_numbers,
    decided,
    future_numbers,
    highest,
    lowest,
    stock_plan_numbers,
    supply_model,
    supply_structure,
    with_mill,
    with_stock,
)

RESERVE = ("reserve", 2026)
FOUR_YEARS = (2026, 2027, 2028, 2029)
DEAL = ("deal", 2026, 20.0)


def stock_plan(years: tuple[int, ...] = (2026,), **stock: Any) -> Any:
    model = pyo.ConcreteModel()
    model.numbers = award_numbers(years=years, stock=stock_plan_numbers(years, **stock))
    add_stock_plan(model, model.numbers)
    return model


def test_the_planned_stock_fits_the_store() -> None:
    # Two kt are there; four years of buying at one rate fill the remaining 8 kt of 10: 2 kt/yr. Without the limit the
    # largest rate, 5.
    model = stock_plan(FOUR_YEARS, opening=2.0, capacity=10.0)
    assert highest(model, model.purchase_rate[RESERVE]) == pytest.approx(2.0)
    model.planned_stock_within_capacity.deactivate()
    assert highest(model, model.purchase_rate[RESERVE]) == pytest.approx(5.0)


def test_what_is_lost_makes_room() -> None:
    # Half is lost a year: after four years 1 + 1/2 + 1/4 + 1/8 = 1.875 times the rate. 6 / 1.875 = 3.2.
    model = stock_plan(FOUR_YEARS, capacity=6.0, loss=0.5)
    assert highest(model, model.purchase_rate[RESERVE]) == pytest.approx(3.2)


def test_the_planned_stock_covers_the_stated_days() -> None:
    # 4 kt are to be held in the second year: 2 kt/yr. Without the target nothing is bought.
    target = {"cover_target": {("cover", "reserve", 2027): 4.0}, "cover_miss_price": {"cover": None}}
    model = stock_plan((2026, 2027), **target)
    cost = 3.0 * model.purchase_rate[RESERVE] + model.cover_miss_cost
    assert lowest(model, cost) == pytest.approx(6.0)
    model.days_of_cover.deactivate()
    assert lowest(model, cost) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(("price", "cost"), [(1.0, 4.0), (2.0, 6.0)])
def test_missed_cover_is_paid_for_where_that_is_cheaper(price: float, cost: float) -> None:
    # A rate of 1 kt/yr costs 3 and holds 2 kt in the second year, 1.5 per kt. At 1 per kt all 4 are missed: 4. At 2
    # per kt none is: 3 × 2 = 6.
    target = {"cover_target": {("cover", "reserve", 2027): 4.0}, "cover_miss_price": {"cover": price}}
    model = stock_plan((2026, 2027), **target)
    assert lowest(model, 3.0 * model.purchase_rate[RESERVE] + model.cover_miss_cost) == pytest.approx(cost)


def eve_of_an_embargo(rate: float = 4.0, allowed: bool = True, **stock: Any) -> Any:
    """Oxide at 10 musd/kt in 2026 and none in 2027, when 10 kt are asked for; stock is bought in 2026."""
    structure = supply_structure(
        years=(2026, 2027), suppliers={("abroad", 1): ("us", "oxide", "any")}, **with_stock(**stock)
    )
    future = future_numbers(
        structure,
        demand={(DEMAND, 2026): 0.0, (DEMAND, 2027): 10.0},
        supplier_quantity={(("abroad", 1), 2026): 20.0, (("abroad", 1), 2027): 0.0},
        supplier_cost={(("abroad", 1), t): 10.0 for t in (2026, 2027)},
        purchase_allowed={("reserve", t): allowed for t in (2026, 2027)},
    )
    return supply_model(structure, future, decided(purchase_rate={RESERVE: rate}, tranche_of={RESERVE: 2026}))


def test_stock_is_carried_over_less_its_losses() -> None:
    # 4 kt are bought at 10, a quarter is lost, 3 are released and 7 missing at 100: 40 + 700. Without the balance the
    # store of 5 kt is full of itself in 2026 and gives 5: 40 + 500.
    model = eve_of_an_embargo(stock_loss=0.25, stock_capacity=5.0)
    assert lowest(model, model.supply_cost) == pytest.approx(740.0)
    model.stock_balance.deactivate()
    assert lowest(model, model.supply_cost) == pytest.approx(540.0)


def test_a_share_of_the_stock_is_released_at_most() -> None:
    # Half of 4 kt: 2 are released, 8 missing: 40 + 800. Without the limit all 4: 40 + 600.
    model = eve_of_an_embargo(stock_release_share=0.5)
    assert lowest(model, model.supply_cost) == pytest.approx(840.0)
    model.release_limit.deactivate()
    assert lowest(model, model.supply_cost) == pytest.approx(640.0)


def test_stock_is_not_bought_while_a_disruption_is_in_force() -> None:
    # The plan says 4 kt; nothing is bought and 10 are missing: 1,000.
    model = eve_of_an_embargo(allowed=False)
    assert lowest(model, model.supply_cost) == pytest.approx(1000.0)


def test_tonnes_not_found_are_at_most_those_to_be_bought() -> None:
    # There is no supply. 4 kt to be bought are not found, at 5 each, and 10 are missing: 20 + 1,000; the 6 kt in store
    # are closed. Without the limit 6 kt more are 'not found': the store is emptied and 4 are missing: 50 + 400.
    structure = supply_structure(**with_stock(stock_opening=6.0, stock_unbought_cost=5.0))
    future = future_numbers(structure, release_allowed={RESERVE: False})
    model = supply_model(structure, future, decided(purchase_rate={RESERVE: 4.0}, tranche_of={RESERVE: 2026}))
    assert lowest(model, model.supply_cost) == pytest.approx(1020.0)
    model.unbought_within_purchase.deactivate()
    assert lowest(model, model.supply_cost) == pytest.approx(450.0)


def promise(residual: float) -> Any:
    """A purchase contract for 4 kt/yr at 20 musd/kt, half of which is promised, from a mill that makes oxide at 5.

    A dollar of public money saved counts 0.2; stock left is worth ``residual`` per kt; half of the promise is due.
    """
    structure = supply_structure(
        demand_keys=(),
        purchase_into={"deal": "reserve"},
        take_or_pay_share={"deal": 0.5},
        weights={"resource": 1.0, "shortage": 1.0, "outlay": 0.2, "tail": 0.0, "tariff": 0.0},
        **with_mill(cost_steps={"mill": ((1.0, 5.0),)}),
        **with_stock(),
    )
    future = future_numbers(
        structure,
        capacity={("mill", 2026): 10.0},
        contract_delivery={("deal", 2026, 2026): 0.5},
        residual_price={"reserve": residual},
    )
    return supply_model(structure, future, decided(volume={DEAL: 4.0}))


def test_no_more_is_taken_than_was_promised() -> None:
    # A kt taken costs 5 to make and is worth 30 in store; 2 are promised and paid for: 2 × (5 - 30) = -50. Without the
    # limit all 10 kt that can be made, of which 8 are paid for on top: 10 × (5 - 30) + 0.2 × 20 × 8 = -218.
    model = promise(residual=30.0)
    assert lowest(model, model.supply_cost) == pytest.approx(-50.0)
    model.offtake_within_promise.deactivate()
    assert lowest(model, model.supply_cost) == pytest.approx(-218.0)


def test_what_is_not_taken_of_the_share_due_is_paid_for() -> None:
    # Stock is worth nothing, so nothing is taken. 1 of the 2 kt promised is due all the same, the payment for the other
    # falls away: -0.2 × 20 × 1 = -4. Without the clause both: -8.
    model = promise(residual=0.0)
    assert lowest(model, model.supply_cost) == pytest.approx(-4.0)
    model.take_or_pay.deactivate()
    assert lowest(model, model.supply_cost) == pytest.approx(-8.0)
