"""Each constraint of models/viability.py alone, its optimum derived by hand.

The plant costs 100 musd and is worth 10 musd to its sponsor, both at the time of spending, unless a test says
otherwise.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

from models.award_numbers import ContractNumbers, PlantNumbers, SupportNumbers
from models.awards import add_awards
from models.contracts import add_contracts
from models.viability import add_viability
from tests.component.builders import award_numbers, contract_numbers, highest, lowest, plant_numbers

MINE = ("mine", 2026)
POT = ("mine", 2026, "pot")
FLOOR = ("floor", 2026, 110.0)


def viability(
    plants: PlantNumbers | None = None,
    support: SupportNumbers | None = None,
    contracts: ContractNumbers | None = None,
    **changes: Any,
) -> Any:
    model = pyo.ConcreteModel()
    given = award_numbers(
        plants=plants or plant_numbers(),
        support=support or SupportNumbers(),
        contracts=contracts or ContractNumbers(),
        **changes,
    )
    add_awards(model, given)
    add_contracts(model, given)
    add_viability(model, given)
    return model


def grant(limit: float) -> SupportNumbers:
    return SupportNumbers(grant_limit={POT: limit})


def equity(limit: float, gain: list[float]) -> SupportNumbers:
    return SupportNumbers(equity_limit={POT: limit}, equity_gain={POT: np.array(gain)})


def loan(limit: float, service: tuple[float, ...] = ()) -> SupportNumbers:
    return SupportNumbers(loan_limit={POT: limit}, loan_gain={POT: 0.0}, loan_service={POT: service})


# For whole plants the capex limit already says: no support without a plant. What the three conditions below add is the
# limit in proportion, when the search looks at a fraction of a plant. Support of 1 is worth 1, the plant costs 50. With
# at most 40 for a whole plant, the fraction b costs 50 b - 40 b, so nothing is done: 0. Without the condition 40 % of
# a plant, its whole capex, gets 40: 50 × 0.4 - 40 = -20.


def test_a_grant_needs_its_plant_in_proportion() -> None:
    model = viability(support=grant(40.0))
    cost = 50.0 * model.build[MINE] - model.grant[POT]
    assert lowest(model, cost, relaxed=True) == pytest.approx(0.0, abs=1e-9)
    model.grant_needs_plant.deactivate()
    assert lowest(model, cost, relaxed=True) == pytest.approx(-20.0)


def test_public_equity_needs_its_plant_in_proportion() -> None:
    model = viability(support=equity(40.0, [0.0]))
    cost = 50.0 * model.build[MINE] - model.equity[POT]
    assert lowest(model, cost, relaxed=True) == pytest.approx(0.0, abs=1e-9)
    model.equity_needs_plant.deactivate()
    assert lowest(model, cost, relaxed=True) == pytest.approx(-20.0)


def test_a_public_loan_needs_its_plant_in_proportion() -> None:
    model = viability(plant_numbers(gearing=1.0), loan(40.0))
    cost = 50.0 * model.build[MINE] - model.loan[POT]
    assert lowest(model, cost, relaxed=True) == pytest.approx(0.0, abs=1e-9)
    model.loan_needs_plant.deactivate()
    assert lowest(model, cost, relaxed=True) == pytest.approx(-20.0)


def test_only_a_plant_that_is_built_borrows() -> None:
    # As for support: what this adds is the limit in proportion. A dollar of debt is worth 1, the plant costs 70 and may
    # borrow 60: for a fraction b at most 60 b, so nothing is done: 0. Without the condition 60 % of a plant, its whole
    # capex, may borrow 60: 70 × 0.6 - 60 = -18.
    model = viability(plant_numbers(gearing=0.6))
    cost = 70.0 * model.build[MINE] - model.debt[MINE]
    assert lowest(model, cost, relaxed=True) == pytest.approx(0.0, abs=1e-9)
    model.geared_needs_plant.deactivate()
    assert lowest(model, cost, relaxed=True) == pytest.approx(-18.0)


def test_debt_and_loans_stay_within_gearing() -> None:
    # Gearing of 60 % of 100, with 60 of debt and 50 of loan to be had: 60. Without the cap, 100: all of the capex.
    model = viability(plant_numbers(gearing=0.6), loan(50.0))
    borrowed = model.debt[MINE] + model.loan[POT]
    assert highest(model, borrowed) == pytest.approx(60.0)
    model.gearing_limit.deactivate()
    assert highest(model, borrowed) == pytest.approx(100.0)


def test_debt_and_support_pay_for_no_more_than_the_plant() -> None:
    # 60 of debt and 70 of grant to be had for a plant of 100: 100. Without the limit 130.
    model = viability(plant_numbers(gearing=0.6), grant(70.0))
    others = model.debt[MINE] + model.grant[POT]
    assert highest(model, others) == pytest.approx(100.0)
    model.financing_within_capex.deactivate()
    assert highest(model, others) == pytest.approx(130.0)


def test_cash_in_the_deck_covers_debt_service() -> None:
    # The second year is the tight one: 15 of cash, service of 0.2 per dollar, cover of 1.5: 15 / 0.3 = 50. Without
    # the condition gearing of 80 % is the limit: 80.
    plants = plant_numbers(gearing=0.8, deck_cash=(20.0, 15.0), debt_service=(0.2, 0.2), service_cover=1.5)
    model = viability(plants)
    assert highest(model, model.debt[MINE]) == pytest.approx(50.0)
    model.debt_service_cover.deactivate()
    assert highest(model, model.debt[MINE]) == pytest.approx(80.0)


def test_years_after_its_debt_do_not_bind_a_plant_without_public_loans() -> None:
    # Debt is repaid in the first year: 20 of cash cover service of 0.2 per dollar at gearing of 80 %: 80. The deck
    # shows a loss of 1 in the second year, which concerns only whoever still owes a loan then: nothing covers one.
    plants = plant_numbers(gearing=0.8, deck_cash=(20.0, -1.0), debt_service=(0.2,))
    model = viability(plants, loan(50.0, (0.1, 0.1)))
    assert highest(model, model.debt[MINE]) == pytest.approx(80.0)
    assert highest(model, model.loan[POT]) == pytest.approx(0.0)
    model.debt_service_cover.deactivate()
    assert highest(model, model.loan[POT]) == pytest.approx(50.0)


def test_a_floor_carries_more_debt() -> None:
    # Two kt/yr under a floor that adds 3 musd per kt/yr in both years: (15 + 2 × 3) / 0.3 = 70 instead of 50.
    plants = plant_numbers(gearing=0.8, deck_cash=(20.0, 15.0), debt_service=(0.2, 0.2), service_cover=1.5)
    model = viability(plants, contracts=contract_numbers(share_max=0.2, deck_gain=(3.0, 3.0)))
    assert highest(model, model.debt[MINE]) == pytest.approx(70.0)


def test_a_plant_without_debt_may_show_losses_in_the_deck_and_one_with_debt_may_not() -> None:
    # The first year loses 5. Built without debt: worth 1,000, and no debt. A floor that adds 3 per kt/yr to that year,
    # on 2 kt/yr, leaves 1 of cash: 1 / 0.1 = 10 of debt.
    plants = plant_numbers(gearing=0.8, deck_cash=(-5.0, 20.0), debt_service=(0.1, 0.1))
    alone = viability(plants)
    floored = viability(plants, contracts=contract_numbers(share_max=0.2, deck_gain=(3.0, 0.0)))
    for model, worth in ((alone, 1000.0), (floored, 1010.0)):
        assert highest(model, 1000.0 * model.build[MINE] + model.debt[MINE]) == pytest.approx(worth)


def test_a_plant_without_debt_may_sign_what_loses_money_in_the_deck() -> None:
    # A contract takes 4 per kt/yr of 10 in a year with 5 of cash: 35 short. Without debt it may all the same be signed
    # in full, worth 10; with a debt of 20, which takes 2 of service, (5 - 2) / 4 kt/yr are left: 0.75.
    plants = plant_numbers(gearing=0.8, deck_cash=(5.0,), debt_service=(0.1,))
    for debt, volume in ((0.0, 10.0), (20.0, 0.75)):
        model = viability(plants, contracts=contract_numbers(deck_gain=(-4.0,)))
        model.debt[MINE].setlb(debt)
        assert highest(model, model.volume[FLOOR]) == pytest.approx(volume)


def test_a_public_loan_uses_up_cash_for_service_too() -> None:
    # 15 / 1.5 = 10 of service a year: 0.1 × 30 for the loan leaves 7 for debt, 7 / 0.2 = 35. Together 65, within 80.
    # The loan's service goes on for a third year, in which there is no debt but 4.5 of cash: 0.1 × 30 × 1.5 = 4.5.
    plants = plant_numbers(gearing=0.8, deck_cash=(20.0, 15.0, 4.5), debt_service=(0.2, 0.2), service_cover=1.5)
    model = viability(plants, loan(40.0, (0.1, 0.1, 0.1)))
    assert highest(model, model.debt[MINE] + model.loan[POT]) == pytest.approx(65.0)


def test_the_expected_return_is_not_negative() -> None:
    # Worth -10 or -30, so -20 expected: it takes a grant of 20. Building is worth 100: 20 - 100 = -80. Without the
    # condition no grant: -100. (The tail is no limit: 30 - G at most 1.0 × (100 - G).)
    model = viability(plant_numbers(npv=np.array([-10.0, -30.0])), grant(40.0), path_weight=np.array([0.5, 0.5]))
    cost = model.grant[POT] - 100.0 * model.build[MINE]
    assert lowest(model, cost) == pytest.approx(-80.0)
    model.expected_return.deactivate()
    assert lowest(model, cost) == pytest.approx(-100.0)


DOWNSIDE = {"npv": np.array([100.0, -60.0]), "loss_limit": 0.5}
"""Mean 20, so the mean asks for nothing; the worst half loses 60, of which half of the sponsor's own money may go."""


def test_the_downside_is_within_the_loss_limit() -> None:
    # 60 - G at most 0.5 × (100 - G): G = 20. Building is worth 100: 20 - 100 = -80. Without the limit -100.
    model = viability(plant_numbers(**DOWNSIDE), grant(40.0), path_weight=np.array([0.5, 0.5]))
    cost = model.grant[POT] - 100.0 * model.build[MINE]
    assert lowest(model, cost) == pytest.approx(-80.0)
    model.downside_limit.deactivate()
    assert lowest(model, cost) == pytest.approx(-100.0)


def test_public_equity_shares_the_downside() -> None:
    # A dollar of public equity takes 2 dollars on the good path and 0.3 on the bad: gains of 1 - 2 = -1 and 0.7.
    # 60 - 0.7 E at most 0.5 × (100 - E): E = 50. The mean stays positive: 20 - 0.15 × 50 = 12.5. 50 - 100 = -50.
    model = viability(plant_numbers(**DOWNSIDE), equity(80.0, [-1.0, 0.7]), path_weight=np.array([0.5, 0.5]))
    assert lowest(model, model.equity[POT] - 100.0 * model.build[MINE]) == pytest.approx(-50.0)


def test_a_floor_lifts_the_downside() -> None:
    # A floor gains 4 per kt/yr on the bad path: 60 - 4 v at most 50: v = 2.5. Its cost of 1 per kt/yr: 2.5 - 100.
    contracts = contract_numbers(sponsor_gain=np.array([0.0, 4.0]))
    model = viability(plant_numbers(**DOWNSIDE), contracts=contracts, path_weight=np.array([0.5, 0.5]))
    assert lowest(model, model.volume[FLOOR] - 100.0 * model.build[MINE]) == pytest.approx(-97.5)


def test_dear_debt_leaves_the_sponsor_with_less_and_debt_of_others_does_not_count_as_its_equity() -> None:
    # Debt D of up to 60 costs the sponsor 0.1 a dollar: 60 + 0.1 D at most 0.5 × (100 - D) has no solution with D
    # at least 0. With a grant G: 60 + 0.1 D - G at most 0.5 × (100 - D - G), so G = 20 + 1.2 D: 20 at D = 0 and
    # 44 at D = 20. Asked to carry a debt of 20, the cost is 44 - 100 = -56.
    model = viability(
        plant_numbers(**DOWNSIDE, gearing=0.6, debt_gain=-0.1), grant(50.0), path_weight=np.array([0.5, 0.5])
    )
    model.debt[MINE].setlb(20.0)
    assert lowest(model, model.grant[POT] - 100.0 * model.build[MINE]) == pytest.approx(-56.0)


def test_support_does_not_over_compensate() -> None:
    # Worth -10 without support, cap of 15: a grant of at most 25. Without the cap 40.
    model = viability(plant_numbers(npv=np.array([-10.0]), npv_cap=15.0), grant(40.0))
    assert highest(model, model.grant[POT]) == pytest.approx(25.0)
    model.no_over_compensation.deactivate()
    assert highest(model, model.grant[POT]) == pytest.approx(40.0)


def test_a_running_plant_signs_nothing_that_costs_it_money() -> None:
    # A contract that takes 2 per kt/yr from a plant that runs anyway is worth 2 to the public: not signed, 0. Without
    # the condition all 10 kt/yr: -20.
    model = viability(PlantNumbers(), contracts=contract_numbers(sponsor_gain=np.array([-2.0])))
    cost = -2.0 * model.volume[FLOOR]
    assert lowest(model, cost) == pytest.approx(0.0, abs=1e-9)
    model.participation.deactivate()
    assert lowest(model, cost) == pytest.approx(-20.0)


def test_a_plant_that_enters_unaided_is_asked_nothing_and_given_nothing() -> None:
    # It would lose 20 and is built all the same: the case found it viable before. There is no grant for it.
    plants = plant_numbers(npv=np.array([-20.0]), private_entry={"mine": 2026})
    model = viability(plants, grant(40.0))
    assert lowest(model, 3.0 * model.build[MINE]) == pytest.approx(3.0)
    assert len(model.grant) == 0


def test_plants_and_contracts_that_are_worth_nothing_set_no_condition() -> None:
    # A plant worth exactly nothing and a contract that gains exactly nothing: both may be had, 1 + 10.
    contracts = contract_numbers(plant={"floor": "mill"})
    model = viability(plant_numbers(npv=np.array([0.0])), contracts=contracts)
    assert highest(model, model.build[MINE] + model.volume[FLOOR]) == pytest.approx(11.0)
