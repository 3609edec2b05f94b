"""Each constraint of models/risk.py alone, its optimum derived by hand."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo
import pytest

from models.risk import VALUE_AT_RISK_BOUND, add_tail_mean, add_worst_case, weighted_sum
from tests.component.builders import lowest

LOSSES = {"calm": 0.0, "licence": 10.0, "embargo": 30.0}
PROBABILITY = {"calm": 0.5, "licence": 0.3, "embargo": 0.2}


def tail(alpha: float, losses: dict[str, Any] | None = None) -> Any:
    model = pyo.ConcreteModel()
    add_tail_mean(model, losses or LOSSES, PROBABILITY, alpha)
    return model


@pytest.mark.parametrize(
    ("alpha", "expected"),
    [
        (0.0, 9.0),  # everything: 0.3 × 10 + 0.2 × 30
        (0.5, 18.0),  # the worst half: (0.2 × 30 + 0.3 × 10) / 0.5
        (0.6, 20.0),  # the worst 40 %: (0.2 × 30 + 0.2 × 10) / 0.4
        (0.9, 30.0),  # the worst 10 % lies within the embargo
    ],
)
def test_tail_mean_is_the_mean_of_the_worst_outcomes(alpha: float, expected: float) -> None:
    model = tail(alpha)
    assert lowest(model, model.cvar) == pytest.approx(expected)
    # Without the excess the value at risk alone is left, and nothing holds it above its bound.
    model.excess_over_value_at_risk.deactivate()
    assert lowest(model, model.cvar) == pytest.approx(-VALUE_AT_RISK_BOUND)


def test_tail_mean_of_gains_is_negative() -> None:
    # Two-way contracts pay back: losses of -30, -20 and 10. The worst half is 0.2 × 10 + 0.3 × -20, over 0.5: -8.
    model = tail(0.5, {"calm": -30.0, "licence": -20.0, "embargo": 10.0})
    assert lowest(model, model.cvar) == pytest.approx(-8.0)


def test_tail_mean_steers_a_choice() -> None:
    # A hedge costs 2 whole and takes the share hedged off the embargo's 30. Expected loss with share h:
    # 9 - 0.2 × 30 h + 2 h falls with h, so the mean hedges all: 3 + 2 = 5. In the worst 20 % the loss is
    # 30 - 30 h + 2 h until it meets the licence's 10 + 2 h at h = 2/3; beyond that the tail is the licence:
    # 10 + 2 × 2/3 = 11.333.
    for alpha, expected, share in ((0.0, 5.0, 1.0), (0.8, 10.0 + 4.0 / 3.0, 2.0 / 3.0)):
        model = pyo.ConcreteModel()
        model.hedged = pyo.Var(bounds=(0.0, 1.0))
        cost = 2.0 * model.hedged
        losses = {"calm": cost, "licence": 10.0 + cost, "embargo": 30.0 - 30.0 * model.hedged + cost}
        add_tail_mean(model, losses, PROBABILITY, alpha)
        assert lowest(model, model.cvar) == pytest.approx(expected)
        assert model.hedged.value == pytest.approx(share)


def test_worst_case_is_the_largest_loss() -> None:
    # The largest of 0, 10 and 30. Without the condition the variable falls to its bound.
    model = pyo.ConcreteModel()
    add_worst_case(model, LOSSES)
    assert lowest(model, model.worst) == pytest.approx(30.0)
    model.worst_is_no_better.deactivate()
    assert lowest(model, model.worst) == pytest.approx(-VALUE_AT_RISK_BOUND)


def test_negligible_terms_are_left_out() -> None:
    # 2 × 3 + 5 × 1; the millionth part of a millionth is dropped, and nothing at all is the number zero.
    model = pyo.ConcreteModel()
    model.x, model.y, model.z = pyo.Var(initialize=3.0), pyo.Var(initialize=7.0), pyo.Var(initialize=1.0)
    assert pyo.value(weighted_sum([2.0, 1e-12, 5.0], [model.x, model.y, model.z])) == pytest.approx(11.0, abs=1e-13)
    assert weighted_sum([0.0, 1e-9], [model.x, model.y]) == 0.0
