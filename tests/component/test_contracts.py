"""Each constraint of models/contracts.py alone, its optimum derived by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyomo.environ as pyo
import pytest

from models.award_numbers import ContractNumbers, PlantNumbers
from models.awards import add_awards
from models.contracts import add_contracts
from tests.component.builders import award_numbers, contract_numbers, highest, lowest, plant_numbers

FLOOR = ("floor", 2026, 110.0)


def contracts(numbers: ContractNumbers, plants: PlantNumbers | None = None) -> Any:
    """Contracts on a mine that runs anyway, or on candidates."""
    model = pyo.ConcreteModel()
    given = award_numbers(contracts=numbers, plants=plants or PlantNumbers())
    add_awards(model, given)
    add_contracts(model, given)
    return model


def covered(model: Any) -> Any:
    return sum(model.volume[o] for o in model.OFFER)


def test_contracts_of_a_running_plant_share_its_output_whenever_they_begin() -> None:
    # One from 2026 and one from 2027, each on all of 10 kt/yr: together 10; without the limit 20.
    model = contracts(contract_numbers([FLOOR, ("cfd", 2027, 100.0)]))
    assert highest(model, covered(model)) == pytest.approx(10.0)
    model.covered_once.deactivate()
    assert highest(model, covered(model)) == pytest.approx(20.0)


def test_a_contract_has_one_strike() -> None:
    # Each strike may cover 60 % of 10 kt/yr. One strike: 6. Without the limit both: 12.
    model = contracts(contract_numbers([("floor", 2026, 90.0), FLOOR], share_max=0.6))
    assert highest(model, covered(model)) == pytest.approx(6.0)
    model.one_strike.deactivate()
    assert highest(model, covered(model)) == pytest.approx(12.0)


def test_a_contract_already_agreed_is_signed() -> None:
    # A tonne under contract costs 1 here and 50 % of 10 kt/yr is the least that is covered: 5. Nothing agreed: 0.
    model = contracts(replace(contract_numbers(share_min=0.5), committed=frozenset({"floor"})))
    assert lowest(model, covered(model)) == pytest.approx(5.0)
    model.committed_contract_signed.deactivate()
    assert lowest(model, covered(model)) == pytest.approx(0.0, abs=1e-9)


def test_a_contract_needs_its_plant() -> None:
    # A tonne under contract is worth 1 and the plant costs 20, more than its 10 kt/yr: nothing is done, 0. Without
    # the condition the contract is signed without the plant: 10.
    model = contracts(contract_numbers(), plant_numbers())
    worth = covered(model) - 20.0 * model.build["mine", 2026]
    assert highest(model, worth) == pytest.approx(0.0, abs=1e-9)
    model.contract_needs_plant.deactivate()
    assert highest(model, worth) == pytest.approx(10.0)


def test_a_contract_of_another_start_year_does_not_do() -> None:
    # The plant can start in 2026 or 2027, the contract is for 2026; a start in 2026 costs 4: 10 - 4 = 6.
    plants = plant_numbers([("mine", 2026), ("mine", 2027)])
    model = contracts(contract_numbers(), plants)
    assert highest(model, covered(model) - 4.0 * model.build["mine", 2026]) == pytest.approx(6.0)
    assert model.build["mine", 2026].value == pytest.approx(1.0)


def test_only_what_is_signed_is_covered() -> None:
    # Signing costs 5 and lets 80 % of 10 kt/yr be covered, worth 0.5 each: 4 - 5 < 0, so nothing: 0. Without the
    # limit 8 kt/yr are covered, for nothing signed: 4.
    model = contracts(contract_numbers(share_max=0.8))
    worth = 0.5 * covered(model) - 5.0 * model.signed[FLOOR]
    assert highest(model, worth) == pytest.approx(0.0, abs=1e-9)
    model.coverage_at_most.deactivate()
    assert highest(model, worth) == pytest.approx(4.0)


def test_what_is_signed_covers_its_smallest_share() -> None:
    # Signing is worth 8, a tonne covered costs 1, and at least half of 10 kt/yr is covered: 5 - 8 = -3. Without the
    # limit nothing is covered: -8.
    model = contracts(contract_numbers(share_min=0.5))
    cost = covered(model) - 8.0 * model.signed[FLOOR]
    assert lowest(model, cost) == pytest.approx(-3.0)
    model.coverage_at_least.deactivate()
    assert lowest(model, cost) == pytest.approx(-8.0)


def test_no_tonne_is_covered_twice() -> None:
    # Two contracts may each cover all of 10 kt/yr. Together 10; without the limit 20.
    model = contracts(contract_numbers([FLOOR, ("cfd", 2026, 100.0)]))
    assert highest(model, covered(model)) == pytest.approx(10.0)
    model.covered_once.deactivate()
    assert highest(model, covered(model)) == pytest.approx(20.0)
