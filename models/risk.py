r"""Tail risk: the mean of the worst share of outcomes, as linear constraints.

.. math:: \mathrm{CVaR}_\alpha[X] = \min_\eta \; \eta + \frac{1}{1-\alpha} \sum_s \pi_s \xi_s

Source: R. T. Rockafellar and S. Uryasev, Optimization of conditional value-at-risk, Journal of Risk 2 (2000).
The same component serves the sponsor's downside, a pot's exposure and the cost of supply.

- :math:`X_s` loss in outcome s, of probability :math:`\pi_s`; :math:`\alpha` share of outcomes outside the tail
- :math:`\eta` ``value_at_risk``, free in sign because two-way contracts pay back; :math:`\xi_s` ``excess`` over it
- :math:`W` ``worst``: the worst case
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyomo.environ as pyo

from models.limits import is_nothing

VALUE_AT_RISK_BOUND = 1e6
"""Bound on the value at risk, musd: it is free in sign, because two-way contracts pay back, but finite."""


def add_tail_mean(block: Any, losses: Mapping[Any, Any], probability: Mapping[Any, float], alpha: float) -> None:
    """Give ``block`` an expression ``cvar``: the mean of the worst 1 − alpha losses, or more, and tight at an optimum.

    ``losses`` maps each outcome to a linear expression in musd; ``probability`` sums to 1; 0 ≤ alpha < 1.
    """
    block.OUTCOME = pyo.Set(initialize=list(losses))
    block.losses = losses
    block.probability = dict(probability)
    block.alpha = alpha
    block.value_at_risk = pyo.Var(bounds=(-VALUE_AT_RISK_BOUND, VALUE_AT_RISK_BOUND))
    block.excess = pyo.Var(block.OUTCOME, bounds=(0.0, 2 * VALUE_AT_RISK_BOUND))
    block.excess_over_value_at_risk = pyo.Constraint(block.OUTCOME, rule=excess_over_value_at_risk)
    tail = pyo.quicksum(block.probability[s] * block.excess[s] for s in block.OUTCOME)
    block.cvar = pyo.Expression(expr=block.value_at_risk + tail / (1.0 - alpha))


def add_worst_case(block: Any, losses: Mapping[Any, Any]) -> None:
    """Give ``block`` a variable ``worst``, at least every loss (musd)."""
    block.OUTCOME = pyo.Set(initialize=list(losses))
    block.losses = losses
    block.worst = pyo.Var(bounds=(-VALUE_AT_RISK_BOUND, VALUE_AT_RISK_BOUND))
    block.worst_is_no_better = pyo.Constraint(block.OUTCOME, rule=worst_is_no_better)


def add_tail_by_cuts(block: Any, name: str) -> None:
    """Give ``block`` a variable ``name`` that stands for a tail (musd); what it must be above is added as cuts."""
    setattr(block, name, pyo.Var(bounds=(-VALUE_AT_RISK_BOUND, VALUE_AT_RISK_BOUND)))


def excess_over_value_at_risk(block: Any, s: Any) -> Any:
    r"""The excess is what the loss of an outcome exceeds the value at risk by. [musd]

    .. math:: \xi_s \ge X_s - \eta
    """
    return block.excess[s] >= block.losses[s] - block.value_at_risk


def worst_is_no_better(block: Any, s: Any) -> Any:
    r"""The worst case is no better than any outcome. [musd]

    .. math:: W \ge X_s
    """
    return block.worst >= block.losses[s]


NEGLIGIBLE = 1e-6
"""Coefficients below this (one dollar per dollar-million or per kt) are left out: solvers handle them badly."""


def weighted_sum(coefficients: Sequence[Any], variables: Sequence[Any]) -> Any:
    """Linear expression Σ a·x without negligible terms; built in one go, because paths make many of them.

    A coefficient may be data instead of a number; it is kept.
    """
    pairs = [(a, x) for a, x in zip(coefficients, variables, strict=True) if not is_nothing(a, NEGLIGIBLE)]
    if not pairs:
        return 0.0
    return pyo.quicksum(a * x for a, x in pairs)
