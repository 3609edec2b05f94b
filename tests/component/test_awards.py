"""Each constraint of models/awards.py alone, its optimum derived by hand."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo
import pytest

from models.awards import add_awards
from tests.component.builders import award_numbers, highest, lowest, plant_numbers


def awards(**plants: Any) -> Any:
    model = pyo.ConcreteModel()
    add_awards(model, award_numbers(plants=plant_numbers(**plants)))
    return model


def test_a_plant_starts_at_most_once() -> None:
    # Two start years are on offer for one plant: one of them can be had. Without the limit both.
    model = awards(options=[("mine", 2026), ("mine", 2027)])
    starts = model.build["mine", 2026] + model.build["mine", 2027]
    assert highest(model, starts) == pytest.approx(1.0)
    model.one_start_year.deactivate()
    assert highest(model, starts) == pytest.approx(2.0)


def test_a_plant_waits_for_the_one_it_needs() -> None:
    # The mill is worth 1 and needs the mine, which costs 0.4 in 2026 and 0.1 in 2028. A mill of 2027 needs the mine of
    # 2026: 1 - 0.4 = 0.6. Without the condition the mill comes alone: 1.
    model = awards(options=[("mine", 2026), ("mine", 2028), ("mill", 2027)], requires={"mill": "mine"})
    worth = model.build["mill", 2027] - 0.4 * model.build["mine", 2026] - 0.1 * model.build["mine", 2028]
    assert highest(model, worth) == pytest.approx(0.6)
    assert model.build["mine", 2028].value == pytest.approx(0.0)
    model.required_plant_starts_first.deactivate()
    assert highest(model, worth) == pytest.approx(1.0)


def test_a_plant_that_enters_unaided_is_in_every_plan_and_in_its_own_year() -> None:
    # It costs 5 a piece to build, in any year; nothing but the entry of 2027 is built: 5.
    options = [("mine", 2026), ("mine", 2027), ("mill", 2026)]
    model = awards(options=options, private_entry={"mine": 2027})
    assert lowest(model, 5.0 * sum(model.build[o] for o in options)) == pytest.approx(5.0)
    assert model.build["mine", 2027].value == pytest.approx(1.0)


def test_capital_cost_is_that_of_the_plants_built() -> None:
    # 30 + 12 if both are built.
    options = [("mine", 2026), ("mill", 2026)]
    model = awards(options=options, capex_annuities={options[0]: 30.0, options[1]: 12.0})
    assert highest(model, model.capex_annuities) == pytest.approx(42.0)
