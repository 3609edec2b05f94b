"""The bundled cases from files to plan: relations that must hold whatever their figures are."""

from __future__ import annotations

import pandas as pd
import pytest

from optimizer import Solution, solve
from tests.integration.bundled import (
    EVERY_CASE,
    EVERY_VARIED_CASE,
    case_of,
    cost_without_plan,
    plan_of,
    stock_bought,
    unweighted,
)


def shortage_in_embargo(solution: Solution, plan: str) -> float:
    """Shortage in years under embargo, tonnes weighted by what a kg not supplied costs (thousand USD per year)."""
    table = solution.tables["shortfall"]
    rows = table[(table["plan"] == plan) & (table["condition"] == "embargo")]
    return float((rows["shortfall_t"] * rows["cost"]).sum())


def priced(solution: Solution, name: str) -> Solution:
    """The solution, its shortfall table with the shortage cost of each row in ``cost``."""
    table = solution.tables["shortfall"]
    table["cost"] = [
        case_of(name).row("demand", row.region, row.segment, row.material).shortage_cost_usd_per_kg
        for row in table.itertuples()
    ]
    return solution


@EVERY_CASE
def test_a_plan_is_found_to_the_gap(name: str) -> None:
    solution = plan_of(name)
    assert solution.termination == "gap_reached"
    assert 0.0 <= solution.gap <= 0.005
    assert solution.bound_musd <= solution.objective_musd
    assert sum(solution.breakdown.values()) == pytest.approx(solution.objective_musd, rel=1e-6)
    assert solution.run["worst_violation"] <= 1e-6


@EVERY_VARIED_CASE
def test_cuts_and_one_model_of_all_futures_find_the_same_cost(name: str) -> None:
    case = case_of(name)
    cuts = solve(case, paths=16, futures=2, gap=1e-3, method="cuts")
    extensive = solve(case, paths=16, futures=2, gap=1e-3, method="extensive")
    assert cuts.termination == extensive.termination == "gap_reached"
    # Each bound holds for both plans, so both costs lie within the gap of the best one. Where both find the same plan
    # and prove it best, its cost is one number but for the order in which it is added up.
    assert cuts.bound_musd <= extensive.objective_musd * (1.0 + 1e-12)
    assert extensive.bound_musd <= cuts.objective_musd * (1.0 + 1e-12)


@EVERY_CASE
def test_the_plan_costs_no_more_than_making_no_award(name: str) -> None:
    # Making no award is a plan too, unless a hard target forbids it; the bound holds for every plan.
    assert all(row.mode == "priced" for row in case_of(name).rows("targets"))
    solution = plan_of(name)
    assert solution.bound_musd <= cost_without_plan(solution) * (1 + 1e-6)
    assert solution.objective_musd <= cost_without_plan(solution) * (1 + 2 * 0.005)


@EVERY_CASE
def test_the_plan_buys_security(name: str) -> None:
    solution = priced(plan_of(name), name)
    assert shortage_in_embargo(solution, "with") <= shortage_in_embargo(solution, "without")
    assert unweighted(solution, "shortage") < unweighted(solution, "shortage", "without_plan_musd")


@EVERY_CASE
def test_pots_and_volumes_are_respected(name: str) -> None:
    solution, case = plan_of(name), case_of(name)
    programmes = solution.tables["programmes"].set_index("programme")
    for row in case.rows("programmes"):
        assert programmes.loc[row.programme, "scored_musd"] <= row.budget_musd * (1 + 1e-6) + 1e-3
    awards = solution.tables["awards"]
    for award in awards[awards["contract"].notna()].itertuples():
        terms, plant = case.row("contracts", award.contract), case.row("plants", award.plant)
        output = plant.capacity_t_per_year * plant.availability
        assert terms.plant == award.plant
        assert terms.share_min * output * (1 - 1e-6) <= award.volume_t_per_year <= terms.share_max * output * (1 + 1e-6)
        assert terms.strike_min_usd_per_kg <= award.strike_usd_per_kg <= terms.strike_max_usd_per_kg


@EVERY_CASE
def test_supported_plants_are_viable_and_private_ones_need_no_support(name: str) -> None:
    awards = plan_of(name).tables["awards"].drop_duplicates("plant")
    supported = awards[awards["route"] == "supported"]
    assert (supported["expected_npv_musd"] >= -1e-4).all()
    assert (supported["sponsor_musd"] >= -1e-4).all()
    private = awards[awards["route"] == "private"]
    assert private["contract"].isna().all()
    assert (private[["grant_musd", "equity_musd", "loan_musd"]].sum(axis=1) == 0.0).all()
    assert set(private["plant"]) == set(plan_of(name).tables["private_entry"]["plant"])


@EVERY_CASE
def test_shares_by_origin_add_up(name: str) -> None:
    supply = plan_of(name).tables["supply"]
    total = supply.groupby(["plan", "condition", "material", "year"])["share"].sum()
    assert total.to_numpy() == pytest.approx(1.0, abs=1e-9)
    assert set(supply["plan"]) == {"with", "without"}
    assert set(supply["condition"]) == {"calm", "embargo"}


@EVERY_VARIED_CASE
def test_embargo_hazard_raises_stock_and_spending(name: str) -> None:
    calm, tense = plan_of(name, hazard=0.0), plan_of(name, hazard=0.35)
    assert stock_bought(calm) <= stock_bought(tense)
    spent = [float(plan.tables["programmes"]["scored_musd"].sum()) for plan in (calm, tense)]
    assert spent[0] <= spent[1]
    # The hazard must move something, or the case says nothing.
    assert (stock_bought(calm), spent[0]) != (stock_bought(tense), spent[1])


@EVERY_VARIED_CASE
def test_larger_pots_never_cost_more(name: str) -> None:
    half, given, double = plan_of(name, pots=0.5), plan_of(name), plan_of(name, pots=2.0)
    for smaller, larger in ((half, given), (given, double)):
        assert larger.bound_musd <= smaller.objective_musd
        assert larger.objective_musd <= smaller.objective_musd * (1 + 0.005)


@EVERY_VARIED_CASE
def test_sponsors_that_bear_no_tail_loss_need_more(name: str) -> None:
    # Private entry is off: it would force other plants into one of the two plans, and costs could not be compared.
    usual = plan_of(name, viability__private_entry=False)
    strict = plan_of(name, viability__private_entry=False, viability__loss_limit_scale=0.0)
    assert strict.objective_musd >= usual.bound_musd
    supported = strict.tables["awards"].drop_duplicates("plant")
    supported = supported[supported["route"] == "supported"]
    assert (supported["tail_npv_musd"] >= -1e-3).all()
    # The lowest strike that is enough on its own; none is as good as infinitely high.
    lowest = [_lowest_sufficient_strike(plan) for plan in (usual, strict)]
    assert (lowest[1] >= lowest[0]).all()
    assert (lowest[1] > lowest[0]).any()


def _lowest_sufficient_strike(solution: Solution) -> pd.Series[float]:
    """Lowest strike with which a sponsor builds without other support, per contract and start year; inf for none."""
    offers = solution.tables["offers"]
    strikes = offers["strike_usd_per_kg"].where(offers["enough_alone"], float("inf"))
    return strikes.groupby([offers["contract"], offers["start_year"]]).min()


@pytest.mark.slow
@EVERY_CASE
def test_default_sizes_reach_a_tenth_of_a_percent_in_three_minutes(name: str) -> None:
    solution = solve(case_of(name))
    assert solution.termination == "gap_reached"
    assert solution.gap <= 1e-3
    assert solution.seconds < 180.0
    assert solution.objective_musd <= cost_without_plan(solution) * (1 + 1e-3)
