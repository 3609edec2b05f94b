"""What shows before any solve, with the cells behind it."""

from __future__ import annotations

import pytest

from optimizer.data import Case
from optimizer.explanation import sanity_findings
from optimizer.explanation.reach import Reach
from optimizer.explanation.sanity import plain_contradictions
from tests.small_case import small_case, small_tables
from tests.unit.explanation.planted import EVIDENCE, mill_case, stock_case, trade_case


def test_a_sound_case_has_none() -> None:
    assert sanity_findings(small_case()) == ()
    assert sanity_findings(mill_case()) == ()


def test_reach_adds_up_plants_suppliers_routes_and_stock() -> None:
    reach = Reach(small_case())
    # 2028: the magnet plant at half of 3,000 t; the route carries 6,000 × 1.05² = 6,615 t; the store holds 2,000 t.
    assert reach.supply("us", "magnet", 2028) == pytest.approx(1500.0 + 6615.0 + 2000.0)
    assert reach.supply("us", "magnet", 2028, compliant=True) == pytest.approx(1500.0 + 2000.0)
    assert reach.supply("us", "magnet", 2029, compliant=True) == pytest.approx(3000.0 + 2000.0)
    assert reach.demand("us", "magnet", "any", 2026) == pytest.approx(4300.0)


def test_demand_beyond_everything() -> None:
    # 2030: the route carries 6,000 × 1.05⁴ = 7,293 t and the shed makes 1 t; of 20,000 × 1.05⁴ = 24,310 t half are due.
    case = trade_case(1.0, 0.5).set("demand.us/civil/magnet.base_t_per_year", 20000)
    found = [finding for finding in plain_contradictions(case) if "service level" in finding.words]
    assert len(found) == 1
    assert found[0].blocks
    assert "is 24,310 t, of which 12,155 t must be met" in found[0].words
    assert "at most 7,294 t" in found[0].words
    assert [str(cell) for cell in found[0].cells] == [
        "targets.csv row 3, level: 0.5 share",
        "demand.csv row 3, base_t_per_year: 20000 t/yr",
    ]


def test_compliant_demand_before_any_compliant_plant() -> None:
    found = plain_contradictions(mill_case(first=2027))
    assert len(found) == 1
    assert "accepts compliant only is 306 t, of which 275 t must be met" in found[0].words
    assert found[0].blocks


def test_a_share_limit_without_another_origin() -> None:
    case = trade_case(0.1, 0.5)
    found = [finding for finding in plain_contradictions(case) if "share limit" in finding.words]
    # 1 t of its own allows 1 / 0.9 t altogether.
    assert len(found) == 1
    assert "at most 1 t/yr can come from elsewhere, so at most 1 t" in found[0].words
    assert found[0].blocks
    assert {cell.row for cell in found[0].cells} == {2, 3}


@pytest.mark.parametrize(
    ("case", "words", "column"),
    [
        (stock_case(capacity_t=100.0), "asks for 388 t of magnet in 2028, and magnet_stock holds 100 t", "capacity_t"),
        (
            stock_case(max_purchase_t_per_year=5.0),
            "asks for 388 t of magnet in 2028, and magnet_stock can have bought and kept 15 t by then",
            "max_purchase_t_per_year",
        ),
        (stock_case(programme_budget_musd=5.0), "and us_pot has 5.0", "budget_musd"),
    ],
    ids=["capacity", "purchases", "pot"],
)
def test_cover_beyond_its_store_or_pot(case: Case, words: str, column: str) -> None:
    found = sanity_findings(case)
    assert any(words in finding.words for finding in found)
    assert all(finding.blocks for finding in found)
    assert column in {cell.column for finding in found for cell in finding.cells}


def test_a_contract_dearer_than_its_pot() -> None:
    case = small_case().set("programmes.us_pot.budget_musd", 1)
    found = sanity_findings(case)
    assert len(found) == 1
    assert "dearer than pot us_pot (1.0 musd) even at their lowest strike" in found[0].words
    # 2,000 t/yr of oxide at the lowest strike of 60.
    assert "floor oxide_floor: 2,000 t/yr at 60 USD/kg score" in found[0].words
    assert not found[0].blocks


def test_a_pot_that_can_pay_for_nothing() -> None:
    tables = small_tables()
    idle = dict(tables["programmes"][0]) | {"programme": "idle", "name": "Idle pot"} | EVIDENCE
    given = small_case(tables={"programmes": [*tables["programmes"], idle]})
    found = plain_contradictions(given)
    assert [finding.words for finding in found] == [
        "pot idle can pay for nothing: no contract, support or stockpile names it"
    ]
    assert str(found[0].cells[0]) == "programmes.csv row 3, budget_musd: 500 musd"
