"""A plan in whose tables something is wrong fails the check that is about it; one that is right passes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

import optimizer.api as api
from optimizer import Certificate, LiveCase, VerificationError, solve, verify
from optimizer.verification.objective import bound_words
from tests.small_case import small_case
from tests.unit.verification.rich_case import rich_case, rich_draws, rich_solution

Tables = dict[str, pd.DataFrame]


def certificate_of(tables: Tables) -> Certificate:
    return verify(rich_case(), tables, rich_solution().stated(), draws=rich_draws())


def scaled(
    table: str, column: str, factor: float, where: Callable[[pd.DataFrame], Any] = lambda rows: rows.index
) -> Tables:
    """The tables with some cells of one column multiplied."""
    frame = rich_solution().tables[table].copy()
    frame.loc[where(frame), column] *= factor
    return {**rich_solution().tables, table: frame}


def changed(table: str, column: str, value: Any, row: int = 0) -> Tables:
    """The tables with one cell changed."""
    frame = rich_solution().tables[table].copy()
    frame[column] = frame[column].astype(object)
    frame.loc[row, column] = value
    return {**rich_solution().tables, table: frame.infer_objects()}


def first(column: str, value: Any) -> Callable[[pd.DataFrame], Any]:
    return lambda rows: rows.index[rows[column] == value][:1]


def test_the_plan_as_it_was_made_holds_and_every_part_of_it_is_there() -> None:
    certificate = certificate_of(rich_solution().tables)
    assert certificate.failures == ()
    assert certificate.bound.startswith(("claimed by the solver: HiGHS (not certified)", "certified by the run: "))
    assert all(len(frame) for frame in rich_solution().tables.values())
    assert any("decimal arithmetic" in note for note in certificate.notes)


WRONG: dict[str, Callable[[], tuple[Tables, ...]]] = {
    "output within capacity after start, ramp-up, delay and outage": lambda: (
        scaled("production", "t_per_year", 3.0, first("plant", "us_magnet")),
        changed("awards", "start_year", 2030),
    ),
    "material balance: what comes in is used, sent, stored or left over": lambda: (
        scaled("unused", "t_per_year", 1.01),
        scaled("flows", "t_per_year", 0.999),
    ),
    "a region sends out only what it has at first hand": lambda: (scaled("purchases", "t_per_year", 0.5),),
    "output is the sum of its steps of cost": lambda: (scaled("production_steps", "t_per_year", 1.001),),
    "purchases within each supplier's step": lambda: (scaled("purchases", "t_per_year", 20.0),),
    "flows within each lane, less what is withheld": lambda: (scaled("flows", "t_per_year", 20.0),),
    "scrap within the collected share of past use": lambda: (scaled("scrap", "t_per_year", 10.0),),
    "no more goes unmet than is asked for": lambda: (scaled("unmet", "t_per_year", 1e4),),
    "what is run below the minimum is counted": lambda: (scaled("below_minimum", "t_per_year", 0.9),),
    "stock follows the announced purchases, losses and releases in every future": lambda: (
        scaled("stock_levels", "stock_t", 1.01),
        scaled("stockpile", "purchase_t", 1.01),
    ),
    "stock is bought at one announced rate per tranche": lambda: (changed("stockpile", "purchase_t", 1.0, 5),),
    "stock purchases within the yearly limit": lambda: (scaled("stockpile", "purchase_t", 1e3),),
    "take-or-pay: the promised share is taken or paid for": lambda: (
        scaled("offtake", "paid_not_taken_t", 0.0, lambda rows: rows.index[rows["taken_t"] == 0.0]),
    ),
    "targets of supply hold, or the miss is counted": lambda: (scaled("target_misses", "t_per_year", 0.5),),
    "days of cover hold, or the miss is counted": lambda: (scaled("cover", "missed_t", 0.5),),
    "cost of supply in every future, term by term": lambda: (scaled("supply_costs", "musd", 1.001),),
    "support within its limit": lambda: (scaled("financing", "musd", 2.0, first("instrument", "loan")),),
    "borrowing within the gearing cap": lambda: (scaled("financing", "musd", 9.0, first("instrument", "debt")),),
    "cash in the lender's deck covers debt service": lambda: (
        scaled("financing", "musd", 2.0, first("instrument", "debt")),
    ),
    "sponsor's expected net present value is not negative": lambda: (
        scaled("financing", "musd", 0.0, first("instrument", "grant")),
    ),
    "sponsor's tail loss within its limit": lambda: (changed("awards", "strike_usd_per_kg", 60.0, 1),),
    "support does not over-compensate": lambda: (scaled("financing", "musd", 5.0, first("instrument", "grant")),),
    "strikes are on the menu": lambda: (changed("awards", "strike_usd_per_kg", 99.0, 1),),
    "contracts cover at most their largest share": lambda: (scaled("awards", "volume_t_per_year", 1.2),),
    "contracts cover at least their smallest share": lambda: (scaled("awards", "volume_t_per_year", 0.5),),
    "pots are not exceeded": lambda: (scaled("awards", "volume_t_per_year", 4.0),),
    "pots' figures: scores, outlays and what they cost on balance": lambda: (
        scaled("programmes", "contracts_scored_musd", 1.001),
    ),
    "expected outlays by kind and year": lambda: (scaled("outlays", "expected_musd", 1.001),),
    "plants that enter unaided are those that are viable unaided": lambda: (
        changed("private_entry", "start_year", 2028),
    ),
    "objective, term by term": lambda: (scaled("breakdown", "musd", 1.001),),
    "every row stands once and names a future, a year and an item of the case": lambda: (
        {**rich_solution().tables, "flows": pd.concat([rich_solution().tables["flows"]] * 2, ignore_index=True)},
        changed("production", "plant", "nowhere"),
        changed("production", "future", "f99"),
        changed("production", "year", 1999),
    ),
    "amounts are not negative": lambda: (scaled("production", "t_per_year", -1.0),),
    "amounts by programme in words": lambda: (
        changed("awards", "programmes", "us_pot 1.0"),
        changed("awards", "programmes", "us_pot 94.0; us_pot 112.4"),
    ),
    "every table and column is there": lambda: (
        {name: frame for name, frame in rich_solution().tables.items() if name != "flows"},
    ),
    "numbers are finite": lambda: (changed("purchases", "t_per_year", float("nan")),),
    "names are those of the case": lambda: (changed("awards", "plant", "nowhere"),),
}
"""Check → tables that must fail it."""


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_fails_the_check_that_is_about_it(name: str) -> None:
    for tables in WRONG[name]():
        assert name in [check.name for check in certificate_of(tables).failures]


@pytest.mark.parametrize(
    ("stated", "name"),
    [
        ({"objective_musd": 1.0}, "objective is the sum of its terms"),
        ({"bound_musd": 1e6}, "the bound is not above the objective"),
        ({"gap": 0.5}, "the gap is the distance of objective and bound"),
        ({"gap": None}, "the gap is the distance of objective and bound"),
        ({"objective_musd": None}, "objective is the sum of its terms"),
    ],
)
def test_a_wrong_summary_is_found(stated: dict[str, Any], name: str) -> None:
    found = verify(rich_case(), rich_solution().tables, {**rich_solution().stated(), **stated}, draws=rich_draws())
    assert name in [check.name for check in found.failures]


@pytest.mark.parametrize(
    ("run", "words"),
    [
        ({"bound_from": "HiGHS (not certified)"}, "claimed by the solver: HiGHS (not certified)"),
        (
            {"bound_from": "HiGHS (not certified)", "bound_certified_musd": 1234.5},
            "claimed by the solver: HiGHS (not certified); of it, 1,234.500 musd are proved by weak duality",
        ),
        ({"bound_from": "weak duality (certified)"}, "certified by the run: weak duality (certified)"),
        ({}, "claimed by the solver: an unknown source"),
    ],
)
def test_the_certificate_says_how_the_bound_is_known(run: dict[str, Any], words: str) -> None:
    assert bound_words(run) == words


def test_a_proved_bound_above_the_objective_is_found() -> None:
    stated = rich_solution().stated()
    stated["run"] = {**stated["run"], "bound_certified_musd": stated["objective_musd"] * 1.01}
    found = verify(rich_case(), rich_solution().tables, stated, draws=rich_draws())
    assert [check.name for check in found.failures] == ["the proved bound is not above the objective"]


def test_another_seed_is_another_plan() -> None:
    case = rich_case().set("scenarios.seed", 6)
    assert not verify(case, rich_solution().tables, rich_solution().stated()).passed


def test_nothing_handed_in_is_changed() -> None:
    before = {name: frame.copy() for name, frame in rich_solution().tables.items()}
    certificate_of(rich_solution().tables)
    for name, frame in rich_solution().tables.items():
        pd.testing.assert_frame_equal(frame, before[name])


def test_solve_attaches_the_certificate_unless_told_not_to() -> None:
    solution = solve(small_case())
    assert solution.certificate is not None
    assert solution.certificate.passed
    assert solve(small_case(), verify=False).certificate is None


def test_a_plan_that_does_not_hold_is_not_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    made = api.build_solution

    def slipped(*arguments: Any) -> Any:
        solution = made(*arguments)
        flows = solution.tables["flows"].assign(t_per_year=lambda rows: rows["t_per_year"] * 1.01)
        return replace(solution, tables={**solution.tables, "flows": flows})

    monkeypatch.setattr(api, "build_solution", slipped)
    with pytest.raises(VerificationError, match="material balance") as caught:
        solve(small_case())
    assert caught.value.exit_code == 6
    assert isinstance(caught.value.certificate, Certificate)


def test_a_run_without_a_baseline_says_so() -> None:
    tables = {k: v for k, v in rich_solution().tables.items() if k not in ("without_plan", "comparison")}
    for name in ("supply", "shortfall"):
        tables[name] = tables[name][tables[name]["plan"] == "with"].reset_index(drop=True)
    tables["breakdown"] = tables["breakdown"].drop(columns=["without_plan_musd", "difference_musd"])
    found = certificate_of(tables)
    assert found.failures == ()
    assert any("no comparison" in note for note in found.notes)


def test_a_live_case_verifies_if_asked_to_with_the_gap_it_was_asked_for() -> None:
    live = LiveCase(small_case())
    assert live.solve(gap=0.05).certificate is None
    solution = live.solve(gap=0.05, verify=True)
    assert solution.certificate is not None
    assert solution.case is not None
    assert solution.case.settings.solve.gap == 0.05
