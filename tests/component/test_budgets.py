"""Each constraint of models/budgets.py alone, its optimum derived by hand.

Grants and loans go to a mine of 100 musd that needs none; contracts are with a mine that runs anyway.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

from models.assemble import award_model
from models.award_numbers import PlantNumbers, SupportNumbers
from tests.component.builders import (
    award_numbers,
    contract_numbers,
    highest,
    lowest,
    plant_numbers,
    programme_numbers,
    stock_plan_numbers,
)

MINE = ("mine", 2026)
POT = ("mine", 2026, "pot")
FLOOR = ("floor", 2026, 110.0)
RESERVE = ("reserve", 2026)


def grant(limit: float) -> SupportNumbers:
    return SupportNumbers(grant_limit={POT: limit}, grant_net_outlay={POT: 1.0})


def awards(**changes: Any) -> Any:
    plants = changes.pop("plants", plant_numbers(gearing=0.8))
    return award_model(award_numbers(plants=plants, **changes))


def running(**contracts: Any) -> dict[str, Any]:
    """A contract with a plant that runs anyway, over three price paths, and gains the plant 1 on each."""
    return {
        "plants": PlantNumbers(),
        "contracts": contract_numbers(sponsor_gain=np.ones(3), **contracts),
        "path_weight": np.array([0.5, 0.25, 0.25]),
    }


def test_a_pot_is_not_exceeded() -> None:
    # A grant of up to 80 from a pot of 50: 50. Without the pot 80.
    model = awards(support=grant(80.0), programmes=programme_numbers(budget=50.0))
    assert highest(model, model.grant[POT]) == pytest.approx(50.0)
    model.pot_not_exceeded.deactivate()
    assert highest(model, model.grant[POT]) == pytest.approx(80.0)


def test_money_already_promised_is_awarded() -> None:
    # 30 are promised: the least that the plan grants is 30. Without the promise: nothing.
    programmes = replace(programme_numbers(budget=50.0), committed={"pot": 30.0})
    model = awards(support=grant(80.0), programmes=programmes)
    assert lowest(model, model.grant[POT]) == pytest.approx(30.0)
    model.committed_money_awarded.deactivate()
    assert lowest(model, model.grant[POT]) == pytest.approx(0.0, abs=1e-9)


def test_loans_and_equity_use_up_their_share_of_a_pot() -> None:
    # A loan of 60 uses up 15 of a pot of 45; equity, scored at 0.8, up to 30 / 0.8 = 37.5. Together 97.5, and the capex
    # of 100 is no limit. The loan comes first: a dollar of the pot lends 4 and buys 1.25 of equity.
    support = SupportNumbers(
        equity_limit={POT: 40.0},
        equity_gain={POT: np.zeros(1)},
        equity_net_outlay={POT: 0.0},
        loan_limit={POT: 60.0},
        loan_gain={POT: 0.0},
        loan_service={POT: ()},
        loan_net_outlay={POT: 0.0},
    )
    model = awards(support=support, programmes=programme_numbers(budget=45.0, equity_score=0.8))
    assert highest(model, model.loan[POT] + model.equity[POT]) == pytest.approx(97.5)
    assert model.loan[POT].value == pytest.approx(60.0)


def test_stock_purchases_use_up_a_pot_at_present_value() -> None:
    # 10 musd/kt in 2026 and in 2027, the latter discounted at 0.9: 19 per kt/yr. A pot of 57 buys 3 kt/yr.
    model = awards(
        years=(2026, 2027),
        outlay_years=(2026, 2027),
        discount=np.array([1.0, 0.9]),
        stock=stock_plan_numbers((2026, 2027)),
        programmes=programme_numbers(budget=57.0),
    )
    assert highest(model, model.purchase_rate[RESERVE]) == pytest.approx(3.0)


@pytest.mark.parametrize(
    ("scoring", "scored", "volume"),
    [
        ("expected", 20.0, 5.0),  # 0.25 × 20 + 0.25 × 60
        ("cvar", 40.0, 2.5),  # the worst half: (20 + 60) / 2
        ("worst", 60.0, 100.0 / 60.0),
    ],
)
def test_contracts_are_scored_by_the_pots_rule(scoring: str, scored: float, volume: float) -> None:
    # Outlay of 0, 20 or 60 per kt/yr, from a pot of 100. Without scoring all 10 kt/yr are covered.
    model = awards(
        **running(outlay=np.array([0.0, 20.0, 60.0])), programmes=programme_numbers(budget=100.0, scoring=scoring)
    )
    assert highest(model, model.volume[FLOOR]) == pytest.approx(volume)
    assert model.contract_score["pot"].value == pytest.approx(scored * volume)
    model.contracts_scored.deactivate()
    assert highest(model, model.volume[FLOOR]) == pytest.approx(10.0)


@pytest.mark.parametrize("scoring", ["expected", "cvar", "worst"])
def test_contracts_that_pay_back_make_no_room_in_a_pot(scoring: str) -> None:
    # The contract pays 20 per kt/yr back on every path; the pot of 50 grants 50 and not 50 + 10 × 20.
    plants = plant_numbers([("mill", 2026)], npv=np.full(3, 10.0))
    support = SupportNumbers(grant_limit={("mill", 2026, "pot"): 90.0}, grant_net_outlay={("mill", 2026, "pot"): 1.0})
    given = {**running(outlay=-20.0 * np.ones(3)), "plants": plants, "support": support}
    model = awards(**given, programmes=programme_numbers(budget=50.0, scoring=scoring))
    assert highest(model, model.grant["mill", 2026, "pot"] + model.volume[FLOOR]) == pytest.approx(50.0 + 10.0)


def test_a_yearly_cap_holds_in_each_year() -> None:
    # Half of a grant is spent in each of two years. A cap of 10 a year: 20. Without the cap, the pot of 50.
    model = awards(
        support=grant(80.0),
        programmes=programme_numbers(budget=50.0, yearly_cap=10.0),
        outlay_years=(2026, 2027),
        discount=np.ones(2),
        spend_share={MINE: np.array([0.5, 0.5])},
    )
    assert highest(model, model.grant[POT]) == pytest.approx(20.0)
    model.yearly_cap.deactivate()
    assert highest(model, model.grant[POT]) == pytest.approx(50.0)


def test_a_yearly_cap_counts_contracts_and_stock() -> None:
    # In 2027 a contract pays 4 per kt/yr and stock costs 10 per kt/yr, not discounted: 4 v + 10 r at most 30. Stock of
    # up to 2 kt/yr is worth 30 each and comes first: 30 - 20 = 10 are left, v = 2.5. Worth 2.5 + 60.
    model = awards(
        **running(outlay=np.zeros(3), expected_payment=np.array([0.0, 4.0])),
        programmes=programme_numbers(yearly_cap=30.0),
        outlay_years=(2026, 2027),
        discount=np.array([1.0, 0.5]),
        stock=stock_plan_numbers((2027,), rate_limit=2.0),
        years=(2026, 2027),
    )
    worth = model.volume[FLOOR] + 30.0 * model.purchase_rate["reserve", 2027]
    assert highest(model, worth) == pytest.approx(62.5)
    assert model.volume[FLOOR].value == pytest.approx(2.5)


def test_net_outlay_is_what_every_award_costs_on_balance() -> None:
    # Grant 80 × 0.95, loan 20 × 0.1, public equity 0; contract 2 kt/yr × (0.5 × 0 + 0.25 × 20 + 0.25 × 60) = 40; stock
    # 1.5 kt × 10. Together 76 + 2 + 40 + 15 = 133.
    mill = ("mill", 2026, "pot")
    support = SupportNumbers(
        grant_limit={mill: 80.0},
        grant_net_outlay={mill: 0.95},
        loan_limit={mill: 20.0},
        loan_gain={mill: 0.0},
        loan_service={mill: ()},
        loan_net_outlay={mill: 0.1},
    )
    given = {
        **running(outlay=np.array([0.0, 20.0, 60.0]), share_max=0.2),
        "plants": plant_numbers([("mill", 2026)], npv=np.full(3, 10.0), gearing=0.8),
        "support": support,
    }
    model = awards(**given, programmes=programme_numbers(), stock=stock_plan_numbers(rate_limit=1.5))
    assert highest(model, model.net_outlay) == pytest.approx(133.0)
    assert lowest(model, model.net_outlay) == pytest.approx(0.0, abs=1e-9)
    assert pyo.value(model.grant[mill]) == pytest.approx(0.0, abs=1e-9)
