"""The few futures that a plan is made for cost what all draws cost, on average.

Futures chosen by distances in many dimensions were too mild: twelve cost 6 % less than all draws, and plans seemed to
save half of what they save.
"""

from __future__ import annotations

import pytest

from optimizer import read_case
from optimizer.analysis.robust.fresh import everything_on_offer, fresh_sample, sample_of
from optimizer.analysis.robust.plans import awards_of
from optimizer.instance import compile_instance
from optimizer.scenarios import draw


@pytest.mark.parametrize(
    ("name", "seed"),
    [
        ("mp-materials", 1),
        pytest.param("mp-materials", 2, marks=pytest.mark.slow),
        pytest.param("us-australia", 1, marks=pytest.mark.slow),
        pytest.param("allied-magnets", 1, marks=pytest.mark.slow),
    ],
)
def test_expected_cost_of_supply_with_no_awards_is_that_of_fresh_draws(name: str, seed: int) -> None:
    case = everything_on_offer(read_case(name).set("scenarios.seed", seed))
    nothing = awards_of({}, {})
    few = sample_of(case, compile_instance(case, draw(case)), {}, nothing)
    # 256 draws evenly spread: their mean is within 0.4 % of that of a thousand. Few futures cost 1.0 to 1.4 % less than
    # many in the first three trials; with the former choice and weights of futures 2.3 to 3.6 % less.
    many = fresh_sample(case, {}, nothing, seed=1_000_000_000, count=256, compared=0)
    assert float(few.probability @ few.supply) == pytest.approx(float(many.probability @ many.supply), rel=0.02)
