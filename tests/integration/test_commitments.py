"""Deals already made: contracts that every plan signs, and money that every plan awards."""

from __future__ import annotations

from typing import Any

import pytest

from optimizer import Case, CaseError, NoPlanError, explain, solve
from optimizer.data import read_case
from optimizer.whatif import apply
from tests.small_case import small_case, small_tables


def changed(*changes: str) -> Case:
    """The small case with few draws, a pot that bears any of its contracts, and these changes."""
    sizes = ["scenarios.paths=32", "scenarios.futures=3", "programmes.us_pot.budget_musd=2000"]
    return apply(small_case(), [*sizes, *changes])


def signed(solution: Any) -> dict[str, float]:
    """Strike by contract."""
    awards = solution.tables["awards"]
    rows = awards[awards["contract"].notna()]
    return dict(zip(rows["contract"], rows["strike_usd_per_kg"], strict=True))


@pytest.mark.parametrize("strike", [60, 80])
def test_a_committed_contract_is_signed_at_its_strike_and_costs_no_less(strike: int) -> None:
    menu = [f"contracts.oxide_floor.strike_{end}_usd_per_kg={strike}" for end in ("min", "max")]
    free, bound = solve(changed(*menu)), solve(changed(*menu, "contracts.oxide_floor.committed=yes"))
    assert signed(bound)["oxide_floor"] == strike
    assert bound.certificate is not None
    assert bound.certificate.passed
    # A plan that must contain something is one of those that need not.
    assert bound.objective_musd >= free.bound_musd - 1e-6


def test_money_already_promised_is_awarded_at_face_value() -> None:
    free, bound = solve(changed()), solve(changed("programmes.us_pot.committed_musd=90"))

    def given(solution: Any) -> float:
        return float(solution.tables["awards"][["grant_musd", "equity_musd", "loan_musd"]].sum().sum())

    assert given(free) < 90.0 - 1.0
    assert given(bound) >= 90.0 - 1e-6
    assert bound.certificate is not None
    assert bound.certificate.passed
    assert bound.objective_musd >= free.bound_musd - 1e-6


def test_a_plant_under_a_committed_contract_is_not_taken_to_be_built_without_it() -> None:
    # At a capital cost of 1 musd and an operating cost of 1 USD/kg the oxide plant is built unaided.
    easy = ["plants.us_oxide.opex_usd_per_kg=1", "plants.us_oxide.capex_musd=1"]
    without, with_contract = solve(changed(*easy)), solve(changed(*easy, "contracts.oxide_floor.committed=yes"))
    assert set(without.tables["private_entry"]["plant"]) >= {"us_oxide"}
    assert "us_oxide" not in set(with_contract.tables["private_entry"]["plant"])
    assert "oxide_floor" in signed(with_contract)


def test_the_baseline_has_no_commitments() -> None:
    bound = solve(changed("contracts.oxide_floor.committed=yes", "programmes.us_pot.committed_musd=50"))
    outlay = bound.tables["comparison"].set_index("measure").loc[lambda t: t.index.str.contains("outlay")]
    assert len(outlay)
    assert (outlay["without_plan"] == 0.0).all()


def test_more_promised_than_support_lets_a_pot_give_is_a_fault() -> None:
    # The grant is at most 100 musd and the loan 150.
    with pytest.raises(CaseError, match=r"committed_musd: '300' is more than the .* musd of grants, equity and loans"):
        changed("programmes.us_pot.committed_musd=300")


def test_a_contract_that_no_year_is_open_for_is_a_fault() -> None:
    with pytest.raises(CaseError, match="cannot be signed: us_pot is open from 2026 to 2026"):
        changed("contracts.oxide_floor.committed=yes", "programmes.us_pot.last_year=2026")


def test_two_committed_contracts_on_the_same_output_are_a_fault() -> None:
    tables = small_tables()
    first = {**tables["contracts"][0], "committed": True}
    tables["contracts"] = [first, {**first, "contract": "second"}, tables["contracts"][1]]
    with pytest.raises(CaseError, match="would cover output of us_oxide that another committed contract covers"):
        small_case(tables=tables)


def test_a_promise_to_plants_that_are_built_unaided_leaves_no_plan_and_says_so() -> None:
    easy = [f"plants[status=candidate].{name}=1" for name in ("capex_musd", "opex_usd_per_kg")]
    with pytest.raises(NoPlanError, match=r"us_pot has promised 0\.1 musd, .* come to 0 musd at most"):
        solve(changed(*easy, "programmes.us_pot.committed_musd=0.1"))


def test_a_commitment_that_its_pot_cannot_bear_is_named_and_dropping_it_repairs() -> None:
    menu = [f"contracts.oxide_floor.strike_{end}_usd_per_kg=80" for end in ("max", "min")]
    case = changed(*menu, "contracts.oxide_floor.committed=yes", "programmes.us_pot.budget_musd=1")
    found = explain(case, time_limit=60.0)
    assert not found.plan_exists
    limits = {(limit.kind, limit.name) for conflict in found.conflicts for limit in conflict.limits}
    assert limits >= {("commitment", "oxide_floor"), ("pot", "us_pot")}
    assert any("oxide_floor.committed" in text for text in found.repairs.astype(str).to_numpy().ravel())


def test_the_deal_of_july_2025_can_be_asked_for_as_signed() -> None:
    case = apply(
        read_case("mp-materials"),
        ["scenarios.paths=32", "scenarios.futures=3", "contracts.mp-ndpr-floor.committed=yes"]
        + [f"contracts.mp-ndpr-floor.strike_{end}_usd_per_kg=110" for end in ("max", "min")],
    )
    assert signed(solve(case))["mp-ndpr-floor"] == 110.0
