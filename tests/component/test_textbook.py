"""Published and closed-form optima, through the same components as every plan.

The farmer: J. R. Birge and F. Louveaux, Introduction to Stochastic Programming, 2nd edition (2011), section 1.1:
optimum 108,390, wait-and-see 115,406, expected result of the mean-value plan 107,240 (dollars of profit).
The newsvendor: with a purchase price p, a shortage cost s and a residual value v, buy the (s - p) / (s - v) quantile of
demand.
"""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest
from scipy.optimize import linprog

from models.assemble import extensive_form
from models.risk import add_tail_mean
from optimizer.engine.compiled import standard_form
from optimizer.engine.highs import Options, solve_form
from tests.component.builders import (
    DEMAND,
    FREE,
    award_numbers,
    future_numbers,
    lowest,
    programme_numbers,
    stock_plan_numbers,
    supply_structure,
    with_stock,
)

CROPS = ("wheat", "corn", "beets")
ACRES = 500.0
PLANTING = {"wheat": 150.0, "corn": 230.0, "beets": 260.0}
MEAN_YIELD = {"wheat": 2.5, "corn": 3.0, "beets": 20.0}
NEEDED = {"wheat": 200.0, "corn": 240.0}
BUYING = {"wheat": 238.0, "corn": 210.0}
SELLING = {"wheat": 170.0, "corn": 150.0, "beets": 36.0}
BEETS_OVER_QUOTA, QUOTA = 10.0, 6000.0
YEARS = {"good": 1.2, "average": 1.0, "bad": 0.8}
THIRDS = dict.fromkeys(YEARS, 1.0 / 3.0)


def farm(years: dict[str, float]) -> Any:
    """Acres now; sales and purchases in each year, whose loss is ``model.loss[year]`` (dollars)."""
    model = pyo.ConcreteModel()
    model.acres = pyo.Var(CROPS, bounds=(0.0, ACRES))
    model.land = pyo.Constraint(expr=sum(model.acres[c] for c in CROPS) <= ACRES)
    model.sold = pyo.Var(years, CROPS, bounds=(0.0, 1e5))
    model.sold_over_quota = pyo.Var(years, bounds=(0.0, 1e5))
    model.bought = pyo.Var(years, list(NEEDED), bounds=(0.0, 1e5))
    model.quota = pyo.Constraint(list(years), rule=lambda m, w: m.sold[w, "beets"] <= QUOTA)

    def balance(m: Any, w: str, c: str) -> Any:
        harvest = years[w] * MEAN_YIELD[c] * m.acres[c]
        if c == "beets":
            return harvest >= m.sold[w, c] + m.sold_over_quota[w]
        return harvest + m.bought[w, c] - m.sold[w, c] >= NEEDED[c]

    model.harvest = pyo.Constraint(list(years), CROPS, rule=balance)
    planting = sum(PLANTING[c] * model.acres[c] for c in CROPS)
    model.loss = {
        w: planting
        + sum(BUYING[c] * model.bought[w, c] for c in NEEDED)
        - sum(SELLING[c] * model.sold[w, c] for c in CROPS)
        - BEETS_OVER_QUOTA * model.sold_over_quota[w]
        for w in years
    }
    return model


def acres(model: Any) -> list[float]:
    return [model.acres[c].value for c in CROPS]


def farmers_tail(alpha: float) -> Any:
    model = farm(YEARS)
    model.tail = pyo.Block()
    add_tail_mean(model.tail, model.loss, THIRDS, alpha)
    return model


def test_the_farmers_optimum() -> None:
    # The tail mean of the whole distribution is its mean.
    model = farmers_tail(0.0)
    assert lowest(model, model.tail.cvar) == pytest.approx(-108_390.0, abs=1e-3)
    assert acres(model) == pytest.approx([170.0, 80.0, 250.0])


def test_the_farmer_who_waits_and_sees() -> None:
    # The published yearly optima are 167,667, 118,600 and 59,950.
    farms = [farm({w: factor}) for w, factor in YEARS.items()]
    alone = [lowest(model, loss) for model in farms for loss in model.loss.values()]
    assert alone == pytest.approx([-167_666.667, -118_600.0, -59_950.0], abs=1e-2)
    assert np.mean(alone) == pytest.approx(-115_405.556, abs=1e-2)


def test_the_farmer_who_plans_for_the_mean() -> None:
    mean = farm({"average": 1.0})
    lowest(mean, mean.loss["average"])
    assert acres(mean) == pytest.approx([120.0, 80.0, 300.0])
    model = farmers_tail(0.0)
    for crop in CROPS:
        model.acres[crop].fix(mean.acres[crop].value)
    assert lowest(model, model.tail.cvar) == pytest.approx(-107_240.0, abs=1e-2)


def linear_farm() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The farm as arrays, written out apart from the model: losses (years, columns), A, b of A x ≤ b, upper bounds.

    Columns: three acres, then for each year wheat bought, corn bought, wheat sold, corn sold, beets sold, beets over
    quota; and last a free column for the tail mean.
    """
    losses, rows, right = np.zeros((3, 22)), [], []
    losses[:, :3] = list(PLANTING.values())
    land = np.zeros(22)
    land[:3] = 1.0
    rows.append(land)
    right.append(ACRES)
    for i, factor in enumerate(YEARS.values()):
        own = slice(3 + 6 * i, 9 + 6 * i)
        losses[i, own] = [238.0, 210.0, -170.0, -150.0, -36.0, -10.0]
        for crop, (bought_less_sold, needed) in enumerate(
            [([-1, 0, 1, 0, 0, 0], -200.0), ([0, -1, 0, 1, 0, 0], -240.0), ([0, 0, 0, 0, 1, 1], 0.0)]
        ):
            row = np.zeros(22)
            row[crop] = -factor * list(MEAN_YIELD.values())[crop]
            row[own] = bought_less_sold
            rows.append(row)
            right.append(needed)
    upper = np.full(22, 1e5)
    upper[[7, 13, 19]] = QUOTA
    return losses, np.array(rows), np.array(right), upper


@pytest.mark.parametrize(
    ("alpha", "worst", "next_worst"),
    [
        (2.0 / 3.0, 1.0, 0.0),  # the worst third is one year
        (0.5, 2.0 / 3.0, 1.0 / 3.0),  # the worst half is one year and half of another: 1/3 and 1/6 of 1/2
        (1.0 / 3.0, 0.5, 0.5),
    ],
)
def test_the_farmer_who_minds_the_tail_agrees_with_an_enumeration(
    alpha: float, worst: float, next_worst: float
) -> None:
    # The tail mean is the largest over all orders of years of the weighted loss of the first two. So it is the least t
    # at or above each of the six, here as a linear programme of its own.
    losses, rows, right, upper = linear_farm()
    tails = []
    for first, second in permutations(range(3), 2):
        tail = worst * losses[first] + next_worst * losses[second]
        tail[-1] = -1.0
        tails.append(tail)
    cost = np.zeros(22)
    cost[-1] = 1.0
    bounds = [*[(0.0, limit) for limit in upper[:-1]], (None, None)]
    enumerated = linprog(cost, np.vstack([rows, *tails]), np.concatenate([right, np.zeros(len(tails))]), bounds=bounds)
    assert enumerated.status == 0
    model = farmers_tail(alpha)
    assert lowest(model, model.tail.cvar) == pytest.approx(enumerated.fun, abs=1e-3)


def test_the_farmer_who_minds_only_the_worst_year_plans_for_it() -> None:
    # A plan never loses more in a better year, so the least worst loss is that of the bad year alone: -59,950.
    model = farmers_tail(2.0 / 3.0)
    assert lowest(model, model.tail.cvar) == pytest.approx(-59_950.0, abs=1e-2)


DEMANDS = tuple(10.0 * i for i in range(1, 11))
PRICE, SHORTAGE, RESIDUAL = 40.0, 100.0, 20.0


def newsvendor(outlay_weight: float) -> Any:
    """Stock bought in 2026 from an outside supplier, and one demand of ten, equally likely, in a year without supply.

    A kt bought costs the supplier's price as a resource, in every future. The programme that pays for it counts again,
    at the weight of public outlay, which is the marginal cost of public funds and not the price itself. So a kt costs
    p × (1 + weight). Discounting, losses and holding cost are left out; stock not found is dear enough never to pay.
    """
    years = (2026, 2027)
    weights = {**FREE, "outlay": outlay_weight}
    structure = supply_structure(
        years=years,
        shortage_cost={DEMAND: SHORTAGE},
        suppliers={("abroad", 1): ("us", "oxide", "any")},
        weights=weights,
        **with_stock(stock_capacity=200.0, stock_unbought_cost=500.0),
    )
    futures = tuple(
        future_numbers(
            structure,
            name=f"demand {demand:g}",
            probability=0.1,
            calm=False,
            demand={(DEMAND, 2026): 0.0, (DEMAND, 2027): demand},
            supplier_quantity={(("abroad", 1), 2026): 200.0, (("abroad", 1), 2027): 0.0},
            supplier_cost={(("abroad", 1), t): PRICE for t in years},
            residual_price={"reserve": RESIDUAL},
        )
        for demand in DEMANDS
    )
    stock = stock_plan_numbers((2026,), rate_limit=150.0, capacity=200.0, price={("reserve", 2026): PRICE})
    awards = award_numbers(
        years=years,
        outlay_years=years,
        discount=np.ones(2),
        stock=stock,
        programmes=programme_numbers(budget=1e5),
        weights=weights,
    )
    return extensive_form(awards, structure, futures, tail_alpha=0.9)


@pytest.mark.parametrize(
    ("outlay_weight", "ratio", "quantity", "cost"),
    [
        # (100 - 40) / (100 - 20) = 0.75, reached by the eighth demand, 80. Cost: 80 × 40 + 100 × (10 + 20) / 10
        # - 20 × (70 + 60 + 50 + 40 + 30 + 20 + 10) / 10 = 3200 + 300 - 560.
        (0.0, 0.75, 80.0, 2940.0),
        # (100 - 48) / 80 = 0.65, reached by the seventh, 70. Cost: 70 × 48 + 100 × (10 + 20 + 30) / 10
        # - 20 × (60 + 50 + 40 + 30 + 20 + 10) / 10 = 3360 + 600 - 420.
        (0.2, 0.65, 70.0, 3540.0),
    ],
)
def test_the_newsvendor_buys_the_critical_quantile(
    outlay_weight: float, ratio: float, quantity: float, cost: float
) -> None:
    paid = PRICE * (1.0 + outlay_weight)
    assert (SHORTAGE - paid) / (SHORTAGE - RESIDUAL) == pytest.approx(ratio)
    assert np.quantile(DEMANDS, ratio, method="inverted_cdf") == quantity
    model = newsvendor(outlay_weight)
    form = standard_form(model)
    raw = solve_form(form, Options())
    assert raw.objective == pytest.approx(cost)
    assert raw.values is not None
    bought = [i for i, column in enumerate(form.columns) if column is model.purchase_rate["reserve", 2026]]
    assert raw.values[bought] == pytest.approx([quantity])
