"""What holds of regret and of the value of information in any case: random variations of the small case."""

from __future__ import annotations

import math

import numpy as np
import pytest

from optimizer.analysis import information_value, regret
from optimizer.analysis.robust.plans import awards_of
from optimizer.analysis.robust.worlds import world_of
from optimizer.engine import Options, solve_cuts
from optimizer.whatif.named import WhatIf
from tests.property.plans import GAP, Variation, case_of, every_variation, slack

STATES = (
    WhatIf("calm", "No disruption", ("scenarios.hazard_scale = 0",)),
    WhatIf("dear", "Capital costs more", ("plants[status=candidate].capex_musd *= 1.3",)),
    WhatIf("low", "Oxide is cheap", ("price_series.oxide_price.long_run_usd_per_kg *= 0.7",)),
)


@every_variation(4)
def test_regret_is_never_negative_and_least_where_it_was_searched(variation: Variation) -> None:
    found = regret(case_of(variation).set("solve.gap", GAP), states=STATES)
    rows, plans = found.tables["regret"], found.tables["plans"].set_index("plan")
    assert (rows["regret_musd"] >= 0.0).all()
    assert rows["possible"].all()
    # In each state somebody regrets nothing, or who knew of it would have done better than all of them.
    least = rows.groupby("state")["regret_musd"].min()
    states = found.tables["states"].set_index("state")
    for state, value in least.items():
        assert value == pytest.approx(0.0, abs=1e-9) or states.loc[state, "cheapest_plan"] == f"best if {state}"
    # Each state's own best plan costs there what its solve says, or what the matrix says is cheaper.
    assert (states["cheapest_musd"] <= states["best_musd"] + slack(*states["best_musd"])).all()
    tolerance = slack(*rows["cost_musd"])
    assert plans.loc["least-regret", "largest_regret_musd"] <= plans["largest_regret_musd"].min() + tolerance
    assert plans.loc["as-it-is", "extra_as_it_is_musd"] == pytest.approx(0.0, abs=tolerance)
    assert plans.loc["least-regret", "extra_as_it_is_musd"] >= -tolerance


@every_variation(4)
def test_a_plan_costs_in_its_own_state_what_its_solve_says(variation: Variation) -> None:
    world = world_of("own", case_of(variation))
    best = solve_cuts(world.instance, Options(gap=GAP))
    found = world.fixed.cost(awards_of(best.outcome.awards, world.entrants))
    assert found.broken == ()
    assert found.total == pytest.approx(best.objective, rel=1e-8, abs=1e-5)


@every_variation(3)
def test_information_and_planning_for_all_futures_are_never_worth_less_than_nothing(variation: Variation) -> None:
    found = information_value(case_of(variation).set("solve.gap", GAP))
    table = found.tables["information"]
    assert len(table) == 3
    assert (table["least_musd"] >= 0.0).all()
    assert (table["least_musd"] <= table["value_musd"]).all()
    assert (table["value_musd"] <= table["most_musd"]).all()
    futures = found.tables["futures"]
    probability = futures["probability_share"].to_numpy()
    assert math.isclose(probability.sum(), 1.0)
    # The plan for all is one for each, and the distances add up to the value of knowing.
    assert (futures["known_musd"] <= futures["plan_musd"] + 1e-6).all()
    distance = float(probability @ np.asarray(futures["regret_musd"]))
    assert distance == pytest.approx(table["value_musd"][0], abs=slack(*futures["plan_musd"]))
