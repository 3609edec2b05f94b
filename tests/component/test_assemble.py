"""The objective of models/assemble.py: what is summed, with which weight, over which futures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

from models.assemble import extensive_form
from models.award_numbers import SupportNumbers
from optimizer.engine.compiled import standard_form
from optimizer.engine.highs import Options, solve_form
from tests.component.builders import (
    FREE,
    award_numbers,
    future_numbers,
    plant_numbers,
    programme_numbers,
    stock_plan_numbers,
    supply_structure,
    with_mill,
    with_stock,
)

MILL = ("mill", 2026)


def assembled(capex: float, **weights: float) -> Any:
    """A mill that would serve all 10 kt at 20 musd/kt in the calm (60 %), and 4 kt of them after an accident (40 %).

    Its sponsor needs a grant of 30 musd, which costs the public 30.
    """
    given = {**FREE, **weights}
    structure = supply_structure(weights=given, **with_mill())
    futures = tuple(
        future_numbers(
            structure, name=name, probability=share, calm=name == "calm", build_capacity={(*MILL, 2026): capacity}
        )
        for name, share, capacity in (("calm", 0.6, 10.0), ("accident", 0.4, 4.0))
    )
    awards = award_numbers(
        plants=plant_numbers([MILL], npv=np.array([-30.0]), capex_annuities=capex),
        support=SupportNumbers(grant_limit={(*MILL, "pot"): 50.0}, grant_net_outlay={(*MILL, "pot"): 1.0}),
        programmes=programme_numbers(),
        weights=given,
    )
    return extensive_form(awards, structure, futures, tail_alpha=0.8)


def optimum(model: Any) -> float:
    form = standard_form(model)
    raw = solve_form(form, Options(gap=0.0))
    assert raw.objective is not None
    assert raw.values is not None
    for column, value in zip(form.columns, raw.values.tolist(), strict=True):
        column.set_value(value, skip_validation=True)
    return raw.objective


# With the mill supply costs 10 × 20 = 200 in the calm and 4 × 20 + 6 × 100 = 680 after the accident, expected 392;
# without it 10 × 100 = 1,000 in both. The mill saves 608.


def test_the_objective_adds_capital_and_expected_cost_of_supply() -> None:
    assert optimum(assembled(capex=500.0)) == pytest.approx(500.0 + 392.0)
    assert optimum(assembled(capex=610.0)) == pytest.approx(1000.0)


def test_public_outlay_counts_at_its_weight() -> None:
    # 500 + 392 + 0.2 × 30. With capex of 605 the mill would still save 3, but not after 6 for its grant.
    assert optimum(assembled(capex=500.0, outlay=0.2)) == pytest.approx(898.0)
    assert optimum(assembled(capex=605.0)) == pytest.approx(997.0)
    assert optimum(assembled(capex=605.0, outlay=0.2)) == pytest.approx(1000.0)


def test_the_tail_of_the_cost_of_supply_counts_at_its_weight() -> None:
    # The worst 20 % of futures is the accident: 680. 500 + 392 + 0.5 × 680 with the mill, 1.5 × 1,000 without.
    model = assembled(capex=500.0, tail=0.5)
    assert optimum(model) == pytest.approx(1232.0)
    assert pyo.value(model.supply_tail.cvar) == pytest.approx(680.0)


def test_capital_and_shortage_count_at_their_weights() -> None:
    # Shortage at twice its cost: 0.6 × 200 + 0.4 × (80 + 1,200) = 632. Capital and operation at half, shortage once:
    # 250 + 0.6 × 100 + 0.4 × (40 + 600) = 566.
    assert optimum(assembled(capex=500.0, shortage=2.0)) == pytest.approx(500.0 + 632.0)
    assert optimum(assembled(capex=500.0, resource=0.5)) == pytest.approx(566.0)


def test_missed_days_of_cover_count_in_the_objective() -> None:
    # 3 kt of cover missed at 7 musd/kt, as nothing may be bought (the rate is 0); 10 kt are missing at 100.
    structure = supply_structure(**with_stock())
    stock = stock_plan_numbers(
        rate_limit=0.0, cover_target={("cover", "reserve", 2026): 3.0}, cover_miss_price={"cover": 7.0}
    )
    awards = award_numbers(programmes=programme_numbers(), stock=stock)
    model = extensive_form(awards, structure, (future_numbers(structure),), tail_alpha=0.8)
    assert optimum(model) == pytest.approx(1021.0)


def test_splitting_a_future_in_two_halves_changes_nothing() -> None:
    structure = supply_structure(**with_mill())
    costs = []
    for shares in ((1.0,), (0.5, 0.5)):
        futures = tuple(
            future_numbers(structure, name=f"half {i}", probability=share, capacity={(*MILL,): 6.0})
            for i, share in enumerate(shares)
        )
        costs.append(optimum(extensive_form(award_numbers(), structure, futures, tail_alpha=0.8)))
    assert costs == [pytest.approx(520.0), pytest.approx(520.0)]
