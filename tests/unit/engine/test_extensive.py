"""The extensive form of the mine case: its plan, its errors, and awards made tidy. Numbers by hand.

At 40 USD/kg the mine is worth 8.32 × 20 − 180 = −13.6 to its sponsor. A contract for difference at K on its 10 kt/yr
adds 8.32 × (K − 40), so K = 42 (16.64) is the lowest of 40, 42 … 50 that does. It costs the public 9.259259 × (K − 40).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.assemble import award_cost, extensive_form
from optimizer.data import Case
from optimizer.engine import Options, Progress, Solved, extensive, relative_gap, solve_extensive
from optimizer.engine.compiled import standard_form
from optimizer.engine.extensive import TOLERANCE, _load, no_plan, tidy_awards
from optimizer.engine.form import check_point
from optimizer.engine.highs import RawSolution, solve_form
from optimizer.errors import ModelError, NoPlanError
from optimizer.instance import Instance
from tests.unit.instance.hand_case import compiled, contract, demand, flat_paths, hand_case

EXACT = Options(gap=0.0)
MINE = ("mine", 2028)
COST = 9.259259


def case_by_hand(**tables: Any) -> Case:
    """The mine under a contract for difference; a kilogram missing costs 300, and 2 kt of 8 are missing without it."""
    offered = contract(form="cfd", strike_min_usd_per_kg=40.0, strike_max_usd_per_kg=50.0, strike_tick_usd_per_kg=2.0)
    return hand_case(contracts=[offered], **tables)


def by_hand(**tables: Any) -> Instance:
    """Its instance at 40 USD/kg."""
    return compiled(case_by_hand(**tables), flat_paths(40.0))


def solved() -> Solved:
    """Its plan."""
    return solve_extensive(by_hand(), EXACT)


def test_the_lowest_strike_that_does_is_signed() -> None:
    found = solved()
    assert found.outcome.awards["build"] == {MINE: 1.0}
    assert found.outcome.awards["signed"] == {("floor", 2028, 42.0): 1.0}
    assert found.outcome.awards["volume"] == {("floor", 2028, 42.0): pytest.approx(10.0)}
    assert found.outcome.award_costs["net_outlay"] == pytest.approx(2.0 * COST, rel=1e-6)
    assert found.outcome.award_costs["capex_annuities"] == pytest.approx(200.0)


def test_recourse_of_the_plan() -> None:
    # Imports are 50 + 1, the mine 20: 2026 and 2027 import 6 of 8 kt; 2028 the mine gives 5 and 3 are imported; 2029 it
    # gives all 8.
    calm = solved().outcome.recourse["calm"]
    assert calm["unmet"] == {("us", "civil", "oxide", year): pytest.approx(2.0) for year in (2026, 2027)}
    assert {year: sum(v for k, v in calm["produce"].items() if k[2] == year) for year in (2028, 2029)} == {
        2028: pytest.approx(5.0),
        2029: pytest.approx(8.0),
    }
    costs = solved().outcome.supply_costs["calm"]
    assert costs["shortage"] == pytest.approx(1200.0)
    assert costs["operation"] == pytest.approx(260.0)
    assert costs["imports"] == pytest.approx(750.0)
    assert costs["freight"] == pytest.approx(15.0)


def test_the_objective_is_the_weighted_sum_and_no_less_than_its_bound() -> None:
    # 200 + 0.2 × 18.518519 + 1200 + 260 + 750 + 15 = 2428.703704.
    found = solved()
    assert found.objective == pytest.approx(2428.703704)
    assert found.bound <= found.objective
    assert (found.termination, found.violation <= TOLERANCE) == ("gap_reached", True)
    assert relative_gap(found.objective, found.bound) < 1e-6


def test_stages_are_told_in_order() -> None:
    told: list[Progress] = []
    solve_extensive(by_hand(), replace(EXACT, stage="searching"), told.append)
    stages = list(dict.fromkeys(progress.stage for progress in told))
    assert stages[0] == "building the model"
    assert stages[-1] == "polishing the plan"


def test_the_model_is_exported_when_asked(tmp_path: Path) -> None:
    solve_extensive(by_hand(), EXACT, export_to=tmp_path / "case.lp")
    assert "build_mine_2028" in (tmp_path / "case.lp").read_text("utf-8")


def test_a_target_that_cannot_be_met_leaves_no_plan() -> None:
    # All of the demand of 2026, of which the lane carries three quarters.
    target = {
        "target": "all",
        "kind": "service_level",
        "region": "us",
        "material": "oxide",
        "first_year": 2026,
        "last_year": 2026,
        "level": 1.0,
        "mode": "hard",
    }
    with pytest.raises(NoPlanError, match="no plan that meets every hard condition") as caught:
        solve_extensive(by_hand(targets=[target]), EXACT)
    assert (caught.value.infeasible, caught.value.exit_code) == (True, 4)
    # At three quarters there is one.
    enough = {**target, "level": 0.75}
    assert solve_extensive(by_hand(targets=[enough]), EXACT).outcome.awards["build"] == {MINE: 1.0}


def test_an_unfit_number_is_refused_before_anything_is_built() -> None:
    instance = by_hand(demand=[demand("civil", 8000.0)])
    awards = replace(instance.awards, discount=np.array([1.0, np.nan, 1.0, 1.0]))
    with pytest.raises(ModelError, match="discount is nan"):
        solve_extensive(replace(instance, awards=awards), EXACT)


@pytest.mark.parametrize(
    ("bound", "words"), [(-np.inf, "no bound is known either"), (1234.0, "can cost less than 1,234")]
)
def test_a_search_that_stopped_without_a_plan_says_so(bound: float, words: str) -> None:
    error = no_plan(RawSolution("time_limit", None, None, bound, 1.0))
    assert (error.infeasible, error.exit_code) == (False, 5)
    assert "time limit" in str(error)
    assert words in str(error)


def test_awards_dearer_than_needed_are_made_tidy() -> None:
    # At a strike of 50 the outlay is 92.592593, at 42 it is 18.518519: at 0.2 a dollar 14.814815 cheaper.
    instance = by_hand()
    model = extensive_form(instance.awards, instance.structure, instance.futures, instance.tail_alpha)
    form = standard_form(model)
    dear = form.lower.copy()
    dear[[column.name for column in form.columns].index("signed[floor,2028,50.0]")] = 1.0
    start = solve_form(form.with_bounds(dear, form.upper), EXACT).values
    assert start is not None
    _load(form, start)
    tidied = tidy_awards(model, form, instance, start)
    assert float(form.cost @ start - form.cost @ tidied) == pytest.approx(14.814815, rel=1e-6)
    assert check_point(form, tidied) <= TOLERANCE
    _load(form, tidied)
    assert model.signed["floor", 2028, 42.0].value == 1.0
    assert model.build[MINE].value == 1.0


@pytest.mark.parametrize("seed", range(4))
def test_tidying_never_makes_a_plan_dearer(seed: int) -> None:
    # Plans that are best for made-up costs, and therefore not for the true ones.
    instance = by_hand()
    model = extensive_form(instance.awards, instance.structure, instance.futures, instance.tail_alpha)
    form = standard_form(model)
    made_up = form.cost * np.random.default_rng(seed).uniform(-1.0, 3.0, size=len(form.cost))
    start = solve_form(replace(form, cost=made_up), EXACT).values
    assert start is not None
    _load(form, start)
    tidied = tidy_awards(model, form, instance, start)
    assert float(form.cost @ tidied) <= float(form.cost @ start) + 1e-6
    assert check_point(form, tidied) <= TOLERANCE


def test_awards_that_come_out_dearer_are_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    # The best plan, and a tidying that looks for the dearest awards: the plan stands as it was.
    instance = by_hand()
    model = extensive_form(instance.awards, instance.structure, instance.futures, instance.tail_alpha)
    form = standard_form(model)
    best = solve_form(form, EXACT).values
    assert best is not None
    _load(form, best)
    monkeypatch.setattr(extensive, "award_cost", lambda awards: -award_cost(awards))
    assert tidy_awards(model, form, instance, best) is best


@pytest.mark.parametrize(
    ("incumbent", "bound", "gap"),
    # 2 of 102; 10 of 100 whatever the sign; nothing at all; something of nothing; no bound.
    [(102.0, 100.0, 2 / 102), (-100.0, -110.0, 0.1), (0.0, 0.0, 0.0), (0.0, -1.0, np.inf), (5.0, -np.inf, np.inf)],
)
def test_relative_gap(incumbent: float, bound: float, gap: float) -> None:
    assert relative_gap(incumbent, bound) == pytest.approx(gap)
