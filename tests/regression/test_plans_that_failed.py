"""Sound cases that once crashed, or lost or misjudged their plan."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from optimizer import Solution, api, solve
from optimizer.engine import Options, solve_extensive
from optimizer.engine.highs import RawSolution
from optimizer.errors import NoPlanError
from optimizer.instance import compile_instance, without_awards
from optimizer.scenarios import draw
from tests.small_case import small_case, small_tables


def out_of_the_money(plant: str, name: str) -> dict[str, Any]:
    """A floor so low that it pays on no price path."""
    floor = small_tables()["contracts"][0]
    low = {"strike_min_usd_per_kg": 1.0, "strike_max_usd_per_kg": 2.0, "strike_tick_usd_per_kg": 1.0}
    return {**floor, **low, "contract": name, "plant": plant, "upside_share": 0.0}


def test_a_floor_that_never_pays_may_be_offered_to_a_plant_that_runs() -> None:
    # What it gains the plant is zero on every path, so that its participation is a condition without variables.
    tables = small_tables()
    running = {**tables["plants"][0], "plant": "old_oxide", "status": "operating", "capex_musd": 0.0}
    running |= {"capex_musd_low": 0.0, "capex_musd_high": 0.0, "build_years": 0, "start_years": (2020,)}
    case = small_case(
        tables={
            "plants": [*tables["plants"], running],
            "contracts": [*tables["contracts"], out_of_the_money("old_oxide", "low_floor")],
        }
    )
    found = solve_extensive(compile_instance(case, draw(case)), Options())
    assert found.termination == "gap_reached"


def test_a_year_with_negligible_payments_has_a_yearly_cap_like_any_other() -> None:
    # Payments of a hundredth of a dollar per year are left out as negligible, and nothing is left to cap.
    tables = small_tables()
    pots = [{**tables["programmes"][0], "yearly_cap_musd": 50.0}]
    alone = [out_of_the_money("us_oxide", "low_floor")]
    case = small_case(tables={"programmes": pots, "contracts": alone, "stockpiles": [], "support": []})
    instance = compile_instance(case, draw(case))
    contracts = instance.awards.contracts
    tiny = {offer: payment + 1e-8 for offer, payment in contracts.expected_payment.items()}
    awards = replace(instance.awards, contracts=replace(contracts, expected_payment=tiny))
    assert solve_extensive(replace(instance, awards=awards), Options()).termination == "gap_reached"


def test_missed_days_of_cover_cost_the_same_without_a_plan() -> None:
    # 30 days of 4,000 t growing 5 % and 300 t growing 2 % a year, none of it in stock: priced at 10 USD/kg,
    # 30/365 × (4,000 × 1.05⁴ + 300 × 1.02⁴) = 426.31 t cost 4.2631 musd in 2030,
    # which is 4.2631 / 1.02⁴ = 3.9384 in 2026 at the public rate.
    target = {
        "target": "cover", "kind": "days_of_cover", "region": "us", "material": "magnet", "first_year": 2030,
        "last_year": 2030, "level": 30.0, "mode": "priced", "price_usd_per_kg": 10.0, "source": "judgement",
        "grade": "judgement",
    }  # fmt: skip
    case = small_case(tables={"targets": [target]})
    baseline = solve_extensive(without_awards(compile_instance(case, draw(case))), Options())
    assert baseline.outcome.award_costs["cover_miss_cost"] == pytest.approx(3.9384, abs=1e-4)


def test_a_hard_cover_target_is_reported_not_enforced_without_a_plan() -> None:
    target = {
        "target": "cover", "kind": "days_of_cover", "region": "us", "material": "magnet", "first_year": 2030,
        "last_year": 2030, "level": 30.0, "mode": "hard", "source": "judgement", "grade": "judgement",
    }  # fmt: skip
    case = small_case(tables={"targets": [target]})
    baseline = solve_extensive(without_awards(compile_instance(case, draw(case))), Options())
    assert baseline.outcome.award_costs["cover_miss_cost"] == 0.0


def solved_while_second_stage(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> Solution:
    """The small case, with the solve without new awards ending in an error."""
    honest = api.solve_extensive

    def first_only(instance: Any, options: Options, *rest: Any) -> Any:
        if options.stage == "solving without new awards":
            raise error
        return honest(instance, options, *rest)

    monkeypatch.setattr(api, "solve_extensive", first_only)
    return solve(small_case(), method="extensive")


def test_an_interrupt_after_the_search_keeps_the_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    solution = solved_while_second_stage(monkeypatch, KeyboardInterrupt())
    assert solution.termination == "interrupted"
    assert "comparison" not in solution.tables


def test_running_out_of_time_after_the_search_keeps_the_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    solution = solved_while_second_stage(monkeypatch, NoPlanError("no time left", infeasible=False))
    assert solution.termination == "gap_reached"
    assert "comparison" not in solution.tables


@pytest.mark.parametrize("stage", ["polishing the plan", "tidying the awards"])
def test_an_interrupt_while_finishing_keeps_the_plan(monkeypatch: pytest.MonkeyPatch, stage: str) -> None:
    from optimizer.engine import extensive

    honest = extensive.solve_form

    def stopped(form: Any, options: Options, *rest: Any) -> RawSolution:
        if options.stage == stage:
            return RawSolution("interrupted", None, None, 0.0, 0.0)
        return honest(form, options, *rest)

    monkeypatch.setattr(extensive, "solve_form", stopped)
    case = small_case()
    found = solve_extensive(compile_instance(case, draw(case)), Options())
    assert found.termination == "interrupted"
    assert found.bound <= found.objective


def test_an_interrupt_without_a_plan_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    from optimizer.engine import extensive

    monkeypatch.setattr(extensive, "solve_form", lambda *_: RawSolution("interrupted", None, None, 0.0, 0.0))
    case = small_case()
    with pytest.raises(KeyboardInterrupt):
        solve_extensive(compile_instance(case, draw(case)), Options())
