"""Repairs: the smallest change, in the units of its cell, proved by solving with it and without its last step."""

from __future__ import annotations

import pytest

from optimizer.data import Case
from optimizer.errors import NoPlanError
from optimizer.explanation import explain
from optimizer.explanation.conflict import find_conflicts
from optimizer.explanation.elastic import ElasticCase
from optimizer.explanation.repairs import Repair, find_repairs, repairs_table, smallest_step
from optimizer.live import LiveCase
from tests.unit.explanation.planted import mill_case, stock_case, trade_case


def solved(case: Case) -> tuple[float, float]:
    """Cost and bound of a case's plan, musd."""
    solution = LiveCase(case).solve(baseline=False)
    return solution.objective_musd, solution.bound_musd


def repairs_of(case: Case) -> dict[str, Repair]:
    """Every repair found, by the path of its first change."""
    elastic = ElasticCase(case)
    found = find_repairs(elastic, find_conflicts(elastic), solved)
    return {repair.changes[0].cell.path: repair for repair in found}


def test_cover_beyond_the_store_is_repaired_to_the_tonne() -> None:
    # 30 days in 2035: (4,000 × 1.05⁹ + 300 × 1.02⁹) × 30 / 365 = (6,205.31 + 358.53) × 0.0821918 = 539.49 t. The
    # capacity is found in steps of one tonne from 100 t, so 540 t. 100 t are 100 × 365 / 6,563.84 = 5.56 days: 5. The
    # target could also begin later, but in 2035 it still asks for more than there is room for.
    case = stock_case(capacity_t=100.0)
    repairs = repairs_of(case)
    assert set(repairs) == {"targets.cover.level", "stockpiles.magnet_stock.capacity_t"}
    assert repairs["stockpiles.magnet_stock.capacity_t"].changes[0].value in ("540", "541", "542")
    assert repairs["targets.cover.level"].changes[0].value == "5"


@pytest.mark.parametrize(
    ("case", "path"),
    [
        (stock_case(programme_budget_musd=5.0), "programmes.us_pot.budget_musd"),
        (trade_case(0.1, 0.5), "targets.served.level"),
        (mill_case(first=2027), "plants.us_magnet.start_years"),
        pytest.param(
            mill_case(contract={"strike_max_usd_per_kg": 65.0}),
            "contracts.magnet_cfd.strike_max_usd_per_kg",
            marks=pytest.mark.slow,
        ),
    ],
    ids=["pot", "service level", "start years", "strike cap"],
)
def test_a_repair_is_enough_and_a_little_less_is_not(case: Case, path: str) -> None:
    with pytest.raises(NoPlanError):
        solved(case)
    repair = repairs_of(case)[path]
    cost, _ = solved(repair.applied(case))
    assert cost == pytest.approx(repair.cost_musd, rel=2e-3)
    change = repair.changes[0]
    # Found to one step, or to one part in 200 of the change.
    less = change.steps - max(1, change.steps // 100)
    with pytest.raises(NoPlanError):
        solved(case.set(path, change.lever.value(less)))


def test_two_conflicts_are_repaired_together() -> None:
    case = stock_case(max_purchase_t_per_year=5.0, capacity_t=100.0)
    elastic = ElasticCase(case)
    found = list(find_repairs(elastic, find_conflicts(elastic), solved))
    pairs = [repair for repair in found if len(repair.changes) == 2]
    assert [{change.cell.column for change in repair.changes} for repair in pairs] == [
        {"max_purchase_t_per_year", "capacity_t"}
    ]
    table = repairs_table(pairs)
    assert list(table["repair"]) == [1, 1]
    assert set(table["file"]) == {"stockpiles.csv"}


def test_an_explanation_ranks_repairs_by_the_cost_of_their_plan() -> None:
    explanation = explain(stock_case(programme_budget_musd=5.0))
    assert not explanation.plan_exists
    assert explanation.notes == ()
    costs = explanation.repairs["plan_cost_musd"]
    assert list(costs) == sorted(costs)
    assert set(explanation.repairs["unit"]) == {"musd", "days", "year"} - {"year"}
    assert [finding.blocks for finding in explanation.sanity] == [True]
    assert "us_pot has 5.0" in explanation.sanity[0].words


def test_the_smallest_step_is_found_to_one_part_in_two_hundred() -> None:
    assert smallest_step(lambda n: n >= 1, 10) == 1
    assert smallest_step(lambda n: n >= 10, 10) == 10
    assert smallest_step(lambda n: False, 10) is None
    assert smallest_step(lambda n: True, 0) is None
    found = smallest_step(lambda n: n >= 54321, 10**6)
    assert found is not None
    assert 54321 <= found <= 54321 * 1.01
