"""What the objective is made of, and what the plan buys. Numbers by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from optimizer.data import Case
from optimizer.engine import Outcome
from optimizer.errors import ReconciliationError
from optimizer.instance import Instance
from optimizer.results.breakdown import TERMS, breakdown_table, reconcile, terms_of
from optimizer.results.comparison import comparison_table
from tests.unit.instance.hand_case import calm, compiled, flat_paths, hand_case
from tests.unit.results.plan_by_hand import COST_TERMS, outcome

WEIGHTS = {"resource": 1.0, "shortage": 2.0, "outlay": 0.2, "tail": 0.5, "tariff": 0.1}


def case_by_hand() -> Case:
    """The mine case with weights of its own."""
    return hand_case({"objective.weights": WEIGHTS})


def instance_of(case: Case) -> Instance:
    """Its instance with two futures, at three to one."""
    futures = (calm(case, weight=0.75), calm(case, name="embargo", weight=0.25))
    return compiled(case, flat_paths(50.0), *futures)


def plan() -> Outcome:
    """The plan: 200 of capital and 50 of outlay; imports, tariffs, shortage and a tail."""
    return outcome(
        award_costs={"capex_annuities": 200.0, "net_outlay": 50.0, "cover_miss_cost": 3.0},
        supply_costs={
            "calm": {"imports": 100.0, "tariffs": 40.0, "stock_left": -8.0},
            "embargo": {"imports": 20.0, "shortage": 400.0, "payment_not_due": -12.0, "target_misses": 6.0},
        },
        supply_tail=500.0,
    )


def baseline() -> Outcome:
    """Without it: no capital, and a worse embargo."""
    return outcome(
        supply_costs={"calm": {"imports": 120.0, "shortage": 10.0}, "embargo": {"imports": 60.0, "shortage": 900.0}}
    )


EXPECTED = {
    # Term: expected over the futures, not weighted.
    "capex_annuities": 200.0,
    "imports": 0.75 * 100.0 + 0.25 * 20.0,
    "tariffs": 0.75 * 40.0,
    "stock_left": 0.75 * -8.0,
    "shortage": 0.25 * 400.0,
    "net_outlay": 50.0,
    "payment_not_due": 0.25 * -12.0,
    "target_misses": 0.25 * 6.0,
    "cover_miss_cost": 3.0,
    "supply_tail": 500.0,
}


def test_terms_are_expected_over_the_futures() -> None:
    found = terms_of(instance_of(case_by_hand()), plan())
    assert {term: amount for term, amount in found.items() if amount != 0.0} == pytest.approx(EXPECTED)


def test_every_cost_of_supply_has_its_term() -> None:
    assert set(COST_TERMS) <= set(TERMS)


def test_the_breakdown_carries_the_weights() -> None:
    # 200 + 80 − 6 of resource cost, 2 × 100 of shortage, 0.1 × 30 of tariffs, 0.2 × (50 − 3) of outlay, 1.5 + 3 of
    # misses in full, 0.5 × 500 of tail: 740.9.
    found = breakdown_table(instance_of(case_by_hand()), plan(), None).set_index("term")
    assert found["musd"].sum() == pytest.approx(740.9)
    assert found.loc["shortage", ["weight", "unweighted_musd", "musd"]].tolist() == [2.0, 100.0, 200.0]
    assert found.loc["target_misses", ["weight", "musd"]].tolist() == [1.0, 1.5]
    assert "without_plan_musd" not in found


def test_the_breakdown_stands_beside_the_baseline() -> None:
    # Imports without: 0.75 × 120 + 0.25 × 60 = 105; with: 80. Shortage 232.5 and 100.
    found = breakdown_table(instance_of(case_by_hand()), plan(), baseline()).set_index("term")
    assert found.loc["imports", ["without_plan_musd", "difference_musd"]].tolist() == [105.0, -25.0]
    assert found.loc["shortage", ["without_plan_musd", "difference_musd"]].tolist() == [232.5, -132.5]


@pytest.mark.parametrize("off", [0.0, 7e-4, -7e-4])
def test_a_breakdown_that_adds_up_passes(off: float) -> None:
    # A millionth of 740.9 is 7.409e-4.
    reconcile(breakdown_table(instance_of(case_by_hand()), plan(), None), 740.9 + off)


@pytest.mark.parametrize("off", [8e-4, -8e-4, 100.0])
def test_a_breakdown_that_does_not_add_up_is_an_error(off: float) -> None:
    with pytest.raises(ReconciliationError, match=r"the breakdown sums to 740\.900000 musd"):
        reconcile(breakdown_table(instance_of(case_by_hand()), plan(), None), 740.9 + off)


def test_small_objectives_are_held_to_a_dollar() -> None:
    nothing = pd.DataFrame({"musd": [0.0]})
    reconcile(nothing, 1e-6)
    with pytest.raises(ReconciliationError):
        reconcile(nothing, 2e-6)


def compared() -> dict[str, tuple[float, float]]:
    """Measure → without and with the plan."""
    case = case_by_hand()

    def supply(name: str, china: float, us: float, year: int = 2029) -> list[dict[str, Any]]:
        return [
            {"plan": name, "condition": "calm", "material": "oxide", "year": year, "origin": origin, "supply_t": tonnes}
            for origin, tonnes in (("china", china), ("us", us))
        ]

    supplied = pd.DataFrame(
        [*supply("without", 90.0, 10.0), *supply("with", 30.0, 70.0), *supply("with", 1.0, 0.0, 2026)]
    )
    short = pd.DataFrame(
        [
            {"plan": name, "condition": condition, "segment": "civil", "demand_t": 100.0, "shortfall_t": missing}
            for name, condition, missing in (
                ("without", "embargo", 60.0),
                ("without", "embargo", 20.0),
                ("with", "embargo", 10.0),
                ("with", "embargo", 0.0),
                ("without", "calm", 0.0),
                ("with", "calm", 0.0),
            )
        ]
    )
    found = comparison_table(case, instance_of(case), plan(), baseline(), supplied, short)
    return {row.measure: (row.without_plan, row.with_plan) for row in found.itertuples()}


def test_what_the_plan_buys() -> None:
    assert compared() == {
        # 105 of imports; with the plan 200 + 80 − 6.
        "resource cost, expected": (pytest.approx(105.0), pytest.approx(274.0)),
        "shortage cost, expected": (pytest.approx(232.5), pytest.approx(100.0)),
        "net public outlay, expected": (0.0, 50.0),
        # 60 + 900 and 20 + 400.
        "cost of supply in the worst future": (pytest.approx(960.0), pytest.approx(420.0)),
        # 80 and 10 of 200; nobody goes short in calm, so that line is left out.
        "civil demand not met while disrupted": (pytest.approx(0.4), pytest.approx(0.05)),
        "oxide from covered countries, calm, 2029": (pytest.approx(0.9), pytest.approx(0.3)),
    }
