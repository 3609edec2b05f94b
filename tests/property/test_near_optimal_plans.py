"""Whatever the case: near-optimal plans keep to their limit, ranges hold the best plan and grow with the limit."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd
import pytest

from optimizer import alternatives, solve
from optimizer.analysis import Analysis
from optimizer.data import Case
from optimizer.whatif import apply
from tests.small_case import small_case

SEEDS = (1, 2, 3)
SIZES = ("scenarios.paths=12", "scenarios.futures=3", "solve.gap=1e-5", "programmes.us_pot.budget_musd=2000")


def case(seed: int) -> Case:
    """The small case with a pot that bears its contracts, in one drawing of its scenarios."""
    return apply(small_case(), [*SIZES, f"scenarios.seed={seed}"])


@lru_cache(maxsize=8)
def asked(seed: int, within: float) -> Analysis:
    """The answer, without the directions that the ranges do not need."""
    return alternatives(case(seed), within=within, different=1)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("within", [0.01, 0.05])
def test_every_plan_is_within_the_limit_and_none_is_cheaper_than_the_bound(seed: int, within: float) -> None:
    costs = asked(seed, within).table["cost_musd"]
    solved = solve(case(seed))
    best = float(costs.iloc[0])
    assert best == pytest.approx(solved.objective_musd, rel=2e-5)
    assert (costs <= best + within * abs(best) + 1e-6 * abs(best)).all()
    assert (costs >= solved.bound_musd - 1e-6 * abs(best)).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_plan_can_be_had_again_by_holding_the_case_to_its_contracts(seed: int) -> None:
    analysis = asked(seed, 0.05)
    limit = analysis.run["limit_musd"]
    for _, rows in analysis.tables["awards"].groupby("plan"):
        signed = rows[rows["contract"].notna()]
        changes = [
            change
            for row in signed.itertuples()
            for change in (
                f"contracts.{row.contract}.strike_max_usd_per_kg={row.strike_usd_per_kg}",
                f"contracts.{row.contract}.strike_min_usd_per_kg={row.strike_usd_per_kg}",
                f"contracts.{row.contract}.committed=yes",
            )
        ]
        again = solve(apply(case(seed), changes))
        # The best plan that signs these contracts costs no more than the one that was found with them.
        assert again.bound_musd <= limit * (1.0 + 1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_ranges_hold_the_best_plan_and_grow_with_the_limit(seed: int) -> None:
    narrow, wide = (asked(seed, within).tables["ranges"].set_index(["kind", "name"]) for within in (0.01, 0.05))
    known = narrow[narrow["in_best"].notna() & narrow["lowest"].notna()]
    assert len(known)
    assert (known["lowest"] <= known["in_best"] + 1e-6).all()
    assert (known["highest"] >= known["in_best"] - 1e-6).all()
    both = narrow.add_suffix("_narrow").join(wide.add_suffix("_wide"))
    # What a narrow limit lets in, a wider one lets in: no bound on the wider excludes it.
    down = both[both["lowest_narrow"].notna() & both["lowest_bound_wide"].notna()]
    up = both[both["highest_narrow"].notna() & both["highest_bound_wide"].notna()]
    assert len(down)
    assert len(up)
    assert (down["lowest_bound_wide"] <= down["lowest_narrow"] + 1e-4 * (1.0 + down["lowest_narrow"].abs())).all()
    assert (up["highest_bound_wide"] >= up["highest_narrow"] - 1e-4 * (1.0 + up["highest_narrow"].abs())).all()


def test_must_have_of_a_wide_limit_is_must_have_of_a_narrow_one() -> None:
    def must_have(within: float) -> set[str]:
        choices: pd.DataFrame = asked(1, within).tables["choices"]
        return set(choices[choices["verdict"].str.startswith("must-have")]["plant"])

    assert must_have(0.05) <= must_have(0.01)
