"""Small models with known optima."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from optimizer.engine.compiled import standard_form
from optimizer.engine.form import StandardForm


def wyndor() -> Any:
    """Doors and windows, min −3x − 5y with x ≤ 4, 2y ≤ 12, 3x + 2y ≤ 18: −36 at (2, 6).

    Source: F. S. Hillier and G. J. Lieberman, Introduction to Operations Research, the Wyndor Glass example.
    """
    model = pyo.ConcreteModel()
    model.x = pyo.Var(bounds=(0, 100))
    model.y = pyo.Var(bounds=(0, 100))
    model.first = pyo.Constraint(expr=model.x <= 4)
    model.second = pyo.Constraint(expr=2 * model.y <= 12)
    model.third = pyo.Constraint(expr=3 * model.x + 2 * model.y <= 18)
    model.cost = pyo.Objective(expr=-3 * model.x - 5 * model.y)
    return model


def knapsack() -> Any:
    """Weights 3, 4, 5 in a sack of 7, worth 4, 5, 6, and 1 for the sack: −(4 + 5) + 1 = −8, the first two."""
    model = pyo.ConcreteModel()
    model.take = pyo.Var([0, 1, 2], domain=pyo.Integers, bounds=(0, 1))
    weights, worth = (3, 4, 5), (4, 5, 6)
    model.sack = pyo.Constraint(expr=sum(w * model.take[i] for i, w in enumerate(weights)) <= 7)
    model.cost = pyo.Objective(expr=1.0 - sum(v * model.take[i] for i, v in enumerate(worth)))
    return model


def mixed() -> Any:
    """Min 2x + 3z with x + z ≥ 4.5, z whole: 9 at (4.5, 0). A solver's tolerance may give a little less."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var(bounds=(0, 10))
    model.z = pyo.Var(domain=pyo.Integers, bounds=(0, 10))
    model.enough = pyo.Constraint(expr=model.x + model.z >= 4.5)
    model.cost = pyo.Objective(expr=2 * model.x + 3 * model.z)
    return model


def impossible(*, whole: bool = False) -> Any:
    """Two numbers of at most 1 that add up to 4."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var([0, 1], bounds=(0, 1), domain=pyo.Integers if whole else pyo.Reals)
    model.enough = pyo.Constraint(expr=model.x[0] + model.x[1] >= 4)
    model.cost = pyo.Objective(expr=model.x[0])
    return model


def market_split(rows: int = 5, columns: int = 40) -> StandardForm:
    """Split every product's retailers exactly in half: no point is found, nor its absence shown, in a second.

    Source: G. Cornuéjols and M. Dawande, A class of hard small 0-1 programs (1998).
    """
    amounts = np.random.default_rng(7).integers(0, 100, size=(rows, columns))
    model = pyo.ConcreteModel()
    model.x = pyo.Var(range(columns), domain=pyo.Integers, bounds=(0, 1))
    model.half = pyo.Constraint(
        range(rows),
        rule=lambda m, i: sum(int(a) * m.x[j] for j, a in enumerate(amounts[i])) == int(amounts[i].sum()) // 2,
    )
    model.cost = pyo.Objective(expr=model.x[0])
    return standard_form(model)
