"""Conflicts of each kind, planted alone: they are found with exactly the members that were planted."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from optimizer.data import Case
from optimizer.explanation.conflict import Conflicts, Lifting, find_conflicts, irreducible, limit_name
from optimizer.explanation.elastic import ElasticCase
from optimizer.explanation.policy_limits import PolicyLimit, policy_limits
from tests.unit.explanation.planted import grant_case, mill_case, stock_case, trade_case

COVER, SERVED, VIABLE = "hard days of cover cover", "hard service level served", "viability us_magnet"

PLANTED: dict[str, tuple[Callable[[], Case], set[str]]] = {
    "pot": (lambda: stock_case(programme_budget_musd=5.0), {COVER, "pot us_pot"}),
    "yearly cap": (lambda: stock_case(programme_yearly_cap_musd=0.5), {COVER, "yearly cap us_pot"}),
    "purchase limit": (lambda: stock_case(max_purchase_t_per_year=5.0), {COVER, "purchase limit magnet_stock"}),
    "capacity": (lambda: stock_case(capacity_t=100.0), {COVER, "stockpile capacity magnet_stock"}),
    "start years": (lambda: mill_case(first=2027), {SERVED, "start years us_magnet"}),
    "pot of a plant": (lambda: mill_case(pot={"budget_musd": 100.0}), {SERVED, VIABLE, "pot us_pot"}),
    "strike cap": (
        lambda: mill_case(contract={"strike_max_usd_per_kg": 65.0}),
        {SERVED, VIABLE, "strike cap magnet_cfd"},
    ),
    # A floor leaves the sponsor the good paths: without any bad tail its expected gain is above nothing.
    "over-compensation": (
        lambda: mill_case(plant={"profit_cap_share": 0.0, "loss_limit_share": 0.0}, contract={"form": "floor"}),
        {SERVED, VIABLE, "over-compensation cap us_magnet"},
    ),
    "support limit": (grant_case, {SERVED, VIABLE, "support limit grant to us_magnet from us_pot"}),
    "share limit": (lambda: trade_case(0.1, 0.5), {"hard share limit limit", SERVED}),
    # In an embargo nine tenths of all magnets are missing, and there is nothing else.
    "out of reach": (lambda: trade_case(1.0, 0.9, futures="all"), {SERVED}),
}
SLOW = ("pot of a plant", "strike cap", "over-compensation")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow if name in SLOW else ()) for name in PLANTED]
)
def test_a_planted_conflict_is_found_with_exactly_its_members(name: str) -> None:
    make, members = PLANTED[name]
    case = make()
    elastic = ElasticCase(case)
    found = find_conflicts(elastic)
    assert [set(conflict.names) for conflict in found.conflicts] == [members]
    # Irreducible: together impossible; without any one of them, all other limits lifted, possible.
    lifting, kept = Lifting(ElasticCase(case), policy_limits(case)), found.conflicts[0].limits
    assert not lifting.possible(kept)
    for member in kept:
        assert lifting.possible([limit for limit in kept if limit is not member])
    # It is the only conflict, so lifting one member of it, all others kept, makes a plan possible.
    assert {limit_name(limits[0]) for limits in found.corrections} == members
    assert found.complete


@pytest.mark.parametrize("make", [stock_case, mill_case, lambda: trade_case(1.0, 0.5)])
def test_a_case_with_a_plan_has_no_conflict(make: Callable[[], Case]) -> None:
    assert find_conflicts(ElasticCase(make())).conflicts == []


def test_two_conflicts_are_both_found_and_need_both_corrections() -> None:
    # 30 days of cover ask for 388 t in 2028: 5 t/yr never reach them, and 100 t do not hold them.
    found = find_conflicts(ElasticCase(stock_case(max_purchase_t_per_year=5.0, capacity_t=100.0)))
    assert {frozenset(conflict.names) for conflict in found.conflicts} == {
        frozenset({COVER, "purchase limit magnet_stock"}),
        frozenset({COVER, "stockpile capacity magnet_stock"}),
    }
    assert {frozenset(map(limit_name, limits)) for limits in found.corrections} == {
        frozenset({COVER}),
        frozenset({"purchase limit magnet_stock", "stockpile capacity magnet_stock"}),
    }


def test_time_that_is_up_keeps_what_was_found() -> None:
    found = Conflicts()
    with pytest.raises(TimeoutError):
        find_conflicts(ElasticCase(stock_case(capacity_t=100.0), deadline=0.0), found)
    assert found == Conflicts()


def limit(name: str) -> PolicyLimit:
    """A limit that is nothing but its name."""
    return PolicyLimit("kind", name, name, (), lambda case: case)


@pytest.mark.parametrize("conflict", [("a",), ("b", "f"), ("a", "d", "g"), ("e", "f", "g", "h")])
def test_the_smallest_impossible_set_is_found_among_many(conflict: tuple[str, ...]) -> None:
    limits = [limit(name) for name in "abcdefgh"]
    found = irreducible(lambda kept: not set(conflict) <= {one.name for one in kept}, limits)
    assert {one.name for one in found} == set(conflict)


def test_of_two_conflicts_the_one_of_earlier_limits_is_preferred() -> None:
    limits = [limit(name) for name in "abcd"]

    def possible(kept: object) -> bool:
        names = {one.name for one in kept}  # type: ignore[attr-defined]
        return not ({"a", "b"} <= names or {"c", "d"} <= names)

    assert {one.name for one in irreducible(possible, limits)} == {"a", "b"}
