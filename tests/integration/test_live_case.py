"""A row of what-ifs on one case: each answer is that of a solve from nothing, whatever was kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from optimizer import LiveCase, ModelError, NoPlanError, solve
from optimizer import live as live_module
from optimizer.engine import Master, decompose, resized
from optimizer.instance import compile_instance
from optimizer.scenarios import draw
from tests.small_case import small_case

GAP = 1e-5


def cold(case: Any) -> float:
    """Cost of the case's plan by the extensive form, from nothing."""
    return solve(case, gap=GAP, method="extensive").objective_musd


QUESTIONS: list[tuple[str, Any, set[str]]] = [
    ("programmes.us_pot.budget_musd", 200.0, set()),
    ("programmes.us_pot.budget_musd", 900.0, set()),
    ("programmes.us_pot.scoring_alpha", 0.8, {"cuts of tails"}),
    ("contracts.magnet_cfd.tenor_years", 12, {"cuts of tails"}),
    ("contracts.magnet_cfd.strike_max_usd_per_kg", 75.0, {"cuts of tails"}),
    ("demand.us/civil/magnet.shortage_cost_usd_per_kg", 500.0, {"supply"}),
    ("demand.us/civil/magnet.base_t_per_year", 4500.0, {"supply"}),
    ("disruptions.embargo.depth", 0.7, {"cuts of supply"}),
    ("plants.us_magnet.start_years", "2028;2029", {"supply", "cuts of tails"}),
    ("viability.loss_limit_scale", 0.5, set()),
]
"""What is changed, to what, and which parts cannot be taken over (at least)."""


@pytest.mark.parametrize(("path", "value", "parts"), QUESTIONS)
def test_a_what_if_has_the_answer_of_a_solve_from_nothing(path: str, value: Any, parts: set[str]) -> None:
    live = LiveCase(small_case())
    live.solve(gap=GAP, baseline=False)
    changed = small_case().set(path, value)
    found = live.solve(changed, gap=GAP, baseline=False)
    expected = cold(changed)
    assert found.objective_musd == pytest.approx(expected, rel=2 * GAP)
    assert found.bound_musd <= expected * (1 + 1e-9)
    assert {reason.part for reason in live.rebuilt} >= parts
    assert all(reason.because for reason in live.rebuilt)
    if not parts:
        assert live.rebuilt == ()


def test_a_row_of_budgets_up_and_down_keeps_every_bound_valid() -> None:
    live = LiveCase(small_case())
    for budget in (500.0, 100.0, 300.0, 0.0, 50.0, 500.0, 499.0):
        changed = small_case().set("programmes.us_pot.budget_musd", budget)
        found = live.solve(changed, gap=GAP, baseline=False)
        expected = cold(changed)
        assert found.objective_musd == pytest.approx(expected, rel=2 * GAP), budget
        assert found.bound_musd <= expected * (1 + 1e-9), budget
        assert live.case == changed


def test_out_of_time_the_last_plan_that_fits_is_the_answer_and_bounds_of_smaller_pots_are_not_taken_over() -> None:
    live = LiveCase(small_case().set("programmes.us_pot.budget_musd", 0.0))
    first = live.solve(gap=GAP, baseline=False)
    stopped = live.solve(small_case(), gap=GAP, time_limit=1e-9, baseline=False)
    assert stopped.termination == "time_limit"
    assert stopped.objective_musd == first.objective_musd
    assert stopped.bound_musd <= cold(small_case()) * (1 + 1e-9)
    changed = small_case().set("programmes.us_pot.budget_musd", 400.0)
    found = live.solve(changed, gap=GAP, baseline=False)
    assert found.objective_musd == pytest.approx(cold(changed), rel=2 * GAP)
    assert found.bound_musd <= cold(changed) * (1 + 1e-9)


def test_the_comparison_with_no_new_awards_is_that_of_solve() -> None:
    live = LiveCase(small_case())
    live.solve(gap=GAP)
    changed = small_case().set("disruptions.embargo.depth", 0.6)
    found = live.solve(changed, gap=GAP).tables["comparison"]
    expected = solve(changed, gap=GAP, method="cuts").tables["comparison"]
    assert list(found["measure"]) == list(expected["measure"])
    assert found["without_plan"].to_numpy() == pytest.approx(expected["without_plan"].to_numpy(), rel=1e-6, abs=1e-6)


def test_after_a_question_without_an_answer_the_next_one_has_its_own() -> None:
    target = {
        "target": "served", "kind": "service_level", "region": "us", "material": "magnet", "segment": "defence",
        "first_year": 2027, "last_year": 2027, "level": 1.0, "mode": "hard", "source": "judgement",
        "grade": "judgement",
    }  # fmt: skip
    live = LiveCase(small_case())
    first = live.solve(gap=GAP, baseline=False)
    with pytest.raises(NoPlanError):
        live.solve(small_case(tables={"targets": [target]}), gap=GAP, baseline=False)
    again = live.solve(small_case(), gap=GAP, baseline=False)
    assert again.objective_musd == pytest.approx(first.objective_musd, rel=2 * GAP)


def test_pots_of_other_sizes_change_the_same_numbers_as_a_model_built_anew() -> None:
    case = small_case().set("programmes.us_pot.yearly_cap_musd", 90.0)
    instance = compile_instance(case, draw(case))
    parts = decompose(instance)
    programmes = replace(instance.awards.programmes, budget={"us_pot": 123.0}, yearly_cap={"us_pot": 45.0})
    assert programmes.budget.keys() == instance.awards.programmes.budget.keys()
    smaller = replace(instance, awards=replace(instance.awards, programmes=programmes))
    found = resized(parts, Master(parts.problem.form, parts.problem.tails), smaller)
    assert found is not None
    anew = decompose(smaller).problem.form
    assert found.problem.form.row_names == anew.row_names
    assert found.problem.form.row_upper.tolist() == anew.row_upper.tolist()
    assert np.sum(anew.row_upper != parts.problem.form.row_upper) > 1
    other = replace(smaller, tail_alpha=0.5)
    assert resized(parts, Master(parts.problem.form, parts.problem.tails), other) is None


def test_what_is_certified_for_small_pots_is_not_said_of_large_ones() -> None:
    live = LiveCase(small_case().set("programmes.us_pot.budget_musd", 0.0))
    poor = live.solve(gap=GAP, baseline=False)
    rich = live.solve(small_case().set("programmes.us_pot.budget_musd", 900.0), time_limit=1e-9, baseline=False)
    assert rich.objective_musd == poor.objective_musd
    optimum = cold(small_case().set("programmes.us_pot.budget_musd", 900.0))
    assert optimum < poor.objective_musd * 0.9
    assert rich.run["bound_certified_musd"] is None or rich.run["bound_certified_musd"] <= optimum
    # The other way round it may be said, for a plan within smaller pots is one within larger.
    live = LiveCase(small_case().set("programmes.us_pot.budget_musd", 900.0))
    first = live.solve(gap=GAP, baseline=False)
    smaller = live.solve(small_case().set("programmes.us_pot.budget_musd", 899.0), time_limit=1e-9, baseline=False)
    assert smaller.run["bound_certified_musd"] == first.run["bound_certified_musd"] is not None


def test_a_question_whose_numbers_cannot_be_made_leaves_those_of_the_last_one(monkeypatch: pytest.MonkeyPatch) -> None:
    live = LiveCase(small_case())
    live.solve(gap=GAP, baseline=False)
    with monkeypatch.context() as patch:
        patch.setattr("optimizer.live.compile_instance", lambda *_: (_ for _ in ()).throw(ModelError("unfit")))
        with pytest.raises(ModelError):
            live.solve(small_case().set("scenarios.hazard_scale", 5.0), gap=GAP, baseline=False)
    changed = small_case().set("programmes.us_pot.scoring_alpha", 0.8)
    found = live.solve(changed, gap=GAP, baseline=False)
    assert found.objective_musd == pytest.approx(cold(changed), rel=2 * GAP)


def test_after_a_comparison_that_was_not_had_the_next_one_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Question 2 has no comparison; question 3 differs from it in a pot only, and from question 1 in demand too."""
    live = LiveCase(small_case())
    live.solve(gap=GAP)
    other = small_case().set("demand.us/civil/magnet.shortage_cost_usd_per_kg", 500.0)
    with monkeypatch.context() as patch:
        real = live_module._searched

        def searched(state: Any, instance: Any, *further: Any) -> Any:
            if not instance.awards.contracts.offers:
                raise NoPlanError("out of time", infeasible=False)
            return real(state, instance, *further)

        patch.setattr(live_module, "_searched", searched)
        assert "comparison" not in live.solve(other, gap=GAP).tables
    third = other.set("programmes.us_pot.budget_musd", 400.0)
    found = live.solve(third, gap=GAP).tables["comparison"]
    expected = solve(third, gap=GAP, method="cuts").tables["comparison"]
    assert found["without_plan"].to_numpy() == pytest.approx(expected["without_plan"].to_numpy(), rel=1e-6, abs=1e-6)
