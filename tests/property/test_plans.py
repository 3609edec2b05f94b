"""Properties of plans on random small cases: what must hold whatever the figures are."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from models.assemble import extensive_form
from optimizer.data import Case
from optimizer.data.schema import TABLES
from optimizer.engine.compiled import standard_form
from optimizer.engine.highs import Options, solve_form
from optimizer.instance import compile_instance
from optimizer.results import build_solution
from tests.property.ledger import (
    contract_payments,
    tail_mean,
)
from tests.property.plans import (
    Plan,
    Variation,
    case_of,
    cost_of,
    draws_of,
    every_variation,
    in_other_currency,
    plan_of,
    rows_of,
    slack,
    solved,
    with_column,
    with_future_split,
    with_path_split,
)


def with_tail_weight(case: Case, weight: float) -> Case:
    """The case with another weight on the cost of supply in the worst futures."""
    return case.set("objective.weights.tail", weight)


def supply_costs(plan: Plan) -> tuple[np.ndarray, np.ndarray]:
    """Weighted cost of supply in each future (musd), from the unweighted terms, and the futures' probabilities."""
    weights = plan.case.settings.objective.effective_weights
    carried = {"shortage": weights.shortage, "stock_not_found": weights.shortage, "tariffs": weights.tariff}
    carried |= {"payment_not_due": weights.outlay, "target_misses": 1.0}
    costs = [
        sum(carried.get(term, weights.resource) * amount for term, amount in terms.items())
        for terms in plan.solved.outcome.supply_costs.values()
    ]
    return np.array(costs), np.array([future.weight for future in plan.draws.futures.futures])


# --- What changes nothing ---------------------------------------------------------------------------------------------


@every_variation()
def test_order_of_rows_changes_nothing(variation: Variation) -> None:
    plan = solved(variation)
    turned = plan.case.replace(tables={name: rows_of(plan.case, name)[::-1] for name in TABLES})
    draws = draws_of(turned)
    found = plan_of(compile_instance(turned, draws))
    assert found.objective == pytest.approx(plan.solved.objective, abs=slack(found.objective))
    tables = build_solution(turned, draws, compile_instance(turned, draws), found, None, 0.0, {}).tables
    for name, keys in (("awards", ["plant", "contract"]), ("stockpile", ["year"]), ("programmes", ["programme"])):
        one, other = (
            frame.sort_values(keys).reset_index(drop=True) for frame in (plan.solution.tables[name], tables[name])
        )
        pd.testing.assert_frame_equal(one, other, check_dtype=False, rtol=1e-6, atol=1e-6)


@every_variation()
def test_a_price_path_in_two_halves_is_the_same_path(variation: Variation) -> None:
    plan = solved(variation)
    found = plan_of(compile_instance(plan.case, with_path_split(plan.draws)))
    assert found.objective == pytest.approx(plan.solved.objective, abs=slack(found.objective))


@every_variation()
def test_a_future_in_two_halves_is_the_same_future(variation: Variation) -> None:
    plan = solved(variation)
    found = plan_of(compile_instance(plan.case, with_future_split(plan.draws)))
    assert found.objective == pytest.approx(plan.solved.objective, abs=slack(found.objective))


@every_variation()
def test_the_currency_scales_the_cost_and_leaves_the_decisions(variation: Variation) -> None:
    plan, factor = solved(variation), variation.factor
    case = in_other_currency(plan.case, factor)
    instance = compile_instance(case, draws_of(case))
    found = plan_of(instance)
    assert found.objective == pytest.approx(factor * plan.solved.objective, abs=factor * slack(plan.solved.objective))
    # The decisions taken in the other currency are as good here as the plan's own.
    again = _cost_with(plan, found.outcome.awards["build"], None)
    assert again == pytest.approx(plan.solved.objective, abs=slack(again))


def _cost_with(plan: Plan, build: dict[tuple[str, int], float], signed: dict[object, float] | None) -> float:
    """Cost of the best plan with these plants (and these contracts) in the instance of ``plan``."""
    model = extensive_form(plan.instance.awards, plan.instance.structure, plan.instance.futures, 0.6)
    for option, variable in model.build.items():
        variable.fix(round(build.get(option, 0.0)))
    if signed is not None:
        for offer, variable in model.signed.items():
            variable.fix(round(signed.get(offer, 0.0)))
    raw = solve_form(standard_form(model), Options(gap=1e-6))
    assert raw.objective is not None
    return raw.objective


@every_variation()
def test_fixing_the_decisions_and_solving_again_gives_the_same_cost(variation: Variation) -> None:
    plan = solved(variation)
    awards = plan.solved.outcome.awards
    again = _cost_with(plan, awards["build"], awards["signed"])
    assert again == pytest.approx(plan.solved.objective, abs=slack(again))


@every_variation()
def test_a_floor_that_shares_all_upside_is_the_two_way_contract(variation: Variation) -> None:
    case = case_of(variation)
    floor, other = rows_of(case, "contracts")
    as_floor = floor | {"upside_share": 1.0, "upside_threshold_usd_per_kg": "strike"}
    as_cfd = floor | {"form": "cfd", "upside_share": 0.0}
    costs = [cost_of(case.replace(tables={"contracts": [terms, other]})) for terms in (as_floor, as_cfd)]
    assert costs[0] == pytest.approx(costs[1], abs=slack(*costs))


# --- What can only help -----------------------------------------------------------------------------------------------


@every_variation()
def test_a_larger_pot_never_costs_more(variation: Variation) -> None:
    plan = solved(variation)
    more = cost_of(with_column(plan.case, "programmes", "budget_musd", lambda budget: 1.5 * budget))
    assert more <= plan.solved.objective + slack(more)


@every_variation()
def test_a_wider_strike_menu_never_costs_more(variation: Variation) -> None:
    plan = solved(variation)
    # Two ticks more at both ends: every strike of the narrow menu stays on the wide one.
    wide = [
        row
        | {
            "strike_min_usd_per_kg": row["strike_min_usd_per_kg"] - 2 * row["strike_tick_usd_per_kg"],
            "strike_max_usd_per_kg": row["strike_max_usd_per_kg"] + 2 * row["strike_tick_usd_per_kg"],
        }
        for row in rows_of(plan.case, "contracts")
    ]
    more = cost_of(plan.case.replace(tables={"contracts": wide}))
    assert more <= plan.solved.objective + slack(more)


@every_variation()
def test_one_more_candidate_never_costs_more_unless_it_enters_unaided(variation: Variation) -> None:
    """A plant viable unaided is built whatever the plan prefers, so private entry is switched off here."""
    case = case_of(variation).set("viability.private_entry", False)
    draws = draws_of(case)
    before = plan_of(compile_instance(case, draws)).objective
    oxide = rows_of(case, "plants")[0] | {"plant": "second_oxide", "name": "Second", "capex_musd": 120.0}
    debt = rows_of(case, "support")[0] | {"plant": "second_oxide"}
    larger = case.replace(
        tables={"plants": [*rows_of(case, "plants"), oxide], "support": [*rows_of(case, "support"), debt]}
    )
    after = plan_of(compile_instance(larger, draws)).objective
    assert after <= before + slack(before)


# --- Risk -------------------------------------------------------------------------------------------------------------


@every_variation()
def test_outlays_expected_are_within_tail_mean_within_worst(variation: Variation) -> None:
    plan = solved(variation)
    paid, weight = contract_payments(plan), plan.draws.paths.weight
    pot = plan.solution.tables["programmes"].iloc[0]
    certain = pot["worst_musd"] - paid.max()
    tails = [certain + tail_mean(paid, weight, alpha) for alpha in (0.0, 0.5, 0.95, 0.999)]
    assert tails[0] == pytest.approx(pot["expected_musd"], abs=1e-6)
    assert all(low <= high + 1e-9 for low, high in pairwise(tails))
    assert pot["p95_musd"] <= tails[2] + 1e-6
    assert tails[-1] == pytest.approx(pot["worst_musd"], abs=1e-6)


@every_variation()
def test_the_supply_tail_is_the_mean_of_the_worst_futures(variation: Variation) -> None:
    plan = solved(variation)
    costs, probability = supply_costs(plan)
    tail = plan.solution.tables["breakdown"].set_index("term").loc["supply_tail"]
    assert tail["weight"] == variation.tail_weight
    if variation.tail_weight == 0.0:
        # Risk-neutral: the objective is the award cost and the expected cost of supply, and nothing else.
        assert tail["musd"] == 0.0
        outcome = plan.solved.outcome
        neutral = outcome.award_costs["capex_annuities"] + variation.outlay_weight * outcome.award_costs["net_outlay"]
        assert plan.solved.objective == pytest.approx(neutral + probability @ costs, rel=1e-9)
    else:
        assert tail["unweighted_musd"] == pytest.approx(tail_mean(costs, probability, 0.6), rel=1e-6)
        assert probability @ costs <= tail["unweighted_musd"] + 1e-6
        assert tail["unweighted_musd"] <= costs.max() + 1e-6


@every_variation()
def test_tail_level_zero_is_the_expected_cost_again(variation: Variation) -> None:
    case = with_tail_weight(case_of(variation), 1.0).set("objective.tail_alpha", 0.0)
    draws = draws_of(case)
    outcome = plan_of(compile_instance(case, draws)).outcome
    plan = replace(solved(variation), case=case, solved=replace(solved(variation).solved, outcome=outcome))
    costs, probability = supply_costs(plan)
    assert outcome.supply_tail == pytest.approx(float(probability @ costs), rel=1e-6)


@every_variation()
def test_more_weight_on_the_tail_never_raises_it(variation: Variation) -> None:
    """Of two plans, each best under its own weight, the one under the higher weight has the lower tail.

    Adding up that each costs no more than the other under its own weight leaves (w₂ − w₁)(tail₂ − tail₁) ≤ the gaps.
    """
    case = case_of(variation)
    low, high = 0.25, 2.0
    plans = [plan_of(compile_instance(with_tail_weight(case, w), draws_of(case))) for w in (low, high)]
    tails = [plan.outcome.supply_tail for plan in plans]
    assert tails[1] <= tails[0] + 2.0 * slack(plans[1].objective) / (high - low)
    assert plans[0].objective <= plans[1].objective + slack(plans[1].objective)
