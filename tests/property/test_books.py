"""The books of plans on random small cases: every total has its parts, every limit its room, every tonne its origin."""

from __future__ import annotations

import pytest

from optimizer.results.awards import sponsor_npv
from tests.property.ledger import FIRST_YEAR, SOCIAL_RATE, YEARS, balances, bought, discount, pot_use, tail_mean
from tests.property.plans import Variation, every_variation, solved


@every_variation()
def test_the_breakdown_sums_to_the_objective(variation: Variation) -> None:
    solution = solved(variation).solution
    assert sum(solution.breakdown.values()) == pytest.approx(solution.objective_musd, rel=1e-9)
    assert solution.bound_musd <= solution.objective_musd


@every_variation()
def test_every_signed_volume_is_within_its_share_of_planned_output(variation: Variation) -> None:
    plan = solved(variation)
    awards = plan.solution.tables["awards"]
    for award in awards[awards["contract"].notna()].itertuples():
        terms, plant = plan.case.row("contracts", award.contract), plan.case.row("plants", award.plant)
        output = plant.capacity_t_per_year * plant.availability
        assert terms.share_min * output - 1e-3 <= award.volume_t_per_year <= terms.share_max * output + 1e-3
        ticks = (award.strike_usd_per_kg - terms.strike_min_usd_per_kg) / terms.strike_tick_usd_per_kg
        assert ticks == pytest.approx(round(ticks))
    assert not awards.duplicated(["plant", "contract"]).any()
    decided = plan.solved.outcome.awards
    assert decided["volume"].keys() <= {offer for offer, value in decided["signed"].items() if value > 0.5}


@every_variation()
def test_no_pot_is_exceeded(variation: Variation) -> None:
    plan = solved(variation)
    used = pot_use(plan)
    assert used <= variation.budget * (1 + 1e-6) + 1e-3
    assert plan.solution.tables["programmes"].iloc[0]["scored_musd"] == pytest.approx(used, rel=1e-5, abs=1e-3)


@every_variation()
def test_every_supported_plant_is_viable(variation: Variation) -> None:
    plan = solved(variation)
    numbers, outcome = plan.instance.awards, plan.solved.outcome
    awards = plan.solution.tables["awards"].drop_duplicates("plant")
    for award in awards[awards["route"] == "supported"].itertuples():
        npv = sponsor_npv(plan.instance, outcome, award.plant)
        expected = float(numbers.path_weight @ npv)
        assert expected >= -1e-6
        own = award.capex_musd - award.grant_musd - award.equity_musd - award.loan_musd - award.debt_musd
        assert own >= -1e-6
        factor = numbers.plants.spend_factor[award.plant, int(award.start_year)]
        loss = tail_mean(-npv, numbers.path_weight, numbers.sponsor_alpha)
        assert loss <= numbers.plants.loss_limit[award.plant] * factor * own + 1e-5
        assert expected <= numbers.plants.npv_cap[award.plant, int(award.start_year)] + 1e-5
        terms = next(row for row in plan.case.rows("support") if (row.plant, row.instrument) == (award.plant, "debt"))
        assert award.debt_musd + award.loan_musd <= terms.max_share_of_capex * award.capex_musd + 1e-6


@every_variation()
def test_every_tonne_comes_from_somewhere(variation: Variation) -> None:
    left = balances(solved(variation))
    assert len(left) > 0
    assert left["left"].min() >= -1e-6


@every_variation()
def test_stock_is_what_was_held_bought_and_not_released(variation: Variation) -> None:
    plan = solved(variation)
    levels = plan.solution.tables["stock_levels"].set_index(["future", "year"])
    for future in plan.draws.futures.futures:
        held = variation.opening_stock
        for year in YEARS:
            now = (
                levels.loc[future.name, year]
                if (future.name, year) in levels.index
                else {"stock_t": 0.0, "release_t": 0.0, "not_found_t": 0.0}
            )
            if future.disrupted[year - FIRST_YEAR] == 0.0:
                assert now["release_t"] == 0.0
            assert now["release_t"] <= variation.release_share * held + 1e-3
            held += bought(plan, future, year) - now["not_found_t"] - now["release_t"]
            assert now["stock_t"] == pytest.approx(held, abs=1e-3)
            assert held <= 2000.0 + 1e-3


@every_variation()
def test_imports_freight_and_shortage_are_priced_as_the_tables_say(variation: Variation) -> None:
    plan = solved(variation)
    tables = plan.solution.tables
    terms = tables["breakdown"].set_index("term")["unweighted_musd"]
    imports = freight = shortage = 0.0
    for future in plan.draws.futures.futures:
        for year in YEARS:
            factor = future.weight * discount(year, SOCIAL_RATE) / 1000.0
            here = {
                name: tables[name][(tables[name]["future"] == future.name) & (tables[name]["year"] == year)]
                for name in ("purchases", "flows")
            }
            for row in here["purchases"].itertuples():
                imports += factor * row.t_per_year * future.price[f"{row.material}_price"][year - FIRST_YEAR]
            freight += factor * here["flows"]["t_per_year"].sum() * 1.0
            for key, tonnes in plan.solved.outcome.recourse[future.name]["unmet"].items():
                if key[3] == year:
                    cost = plan.case.row("demand", *key[:3]).shortage_cost_usd_per_kg
                    shortage += factor * 1000.0 * tonnes * cost
    assert imports == pytest.approx(terms["imports"], rel=1e-6, abs=1e-6)
    assert freight == pytest.approx(terms["freight"], rel=1e-6, abs=1e-6)
    assert shortage == pytest.approx(terms["shortage"], rel=1e-6, abs=1e-6)
