"""Random variations of the small case, and their plans.

A variation is a handful of figures. Every property draws the same variations from the same seed, so that a plan that
one property has solved for is remembered for the next. ``PLAN_SEED`` in the environment gives other variations.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from optimizer.data import Case
from optimizer.data.schema import TABLES
from optimizer.engine import Options, Solved, solve_extensive
from optimizer.instance import Instance, compile_instance
from optimizer.results import Solution, build_solution
from optimizer.scenarios import Draws, draw
from tests.small_case import small_settings, small_tables

SEED = int(os.environ.get("PLAN_SEED", "1"))
GAP = 1e-6
MONEY = ("musd", "musd/yr", "USD/kg", "USD/kg/yr")
"""Units of columns that hold money."""


@dataclass(frozen=True)
class Variation:
    """What varies. Money in musd or USD/kg; ``factor`` is for the property to use as it needs."""

    oxide_capex: float
    magnet_capex: float
    oxide_opex: float
    magnet_opex: float
    oxide_price: float
    volatility: float
    hazard: float
    depth: float
    civil_demand: float
    civil_shortage: float
    opening_stock: float
    release_share: float
    budget: float
    scoring: str
    strike_step: float
    share_min: float
    upside_share: float
    tail_weight: float
    outlay_weight: float
    oxide_trade: bool
    private_entry: bool
    paths: int
    futures: int
    draw_seed: int
    factor: float


def variations() -> st.SearchStrategy[Variation]:
    """Variations in which plans differ: some build nothing, some everything, some are held back by the pot."""
    return st.builds(
        Variation,
        oxide_capex=st.sampled_from([80.0, 150.0, 300.0]),
        magnet_capex=st.sampled_from([80.0, 150.0, 250.0]),
        oxide_opex=st.sampled_from([35.0, 45.0, 60.0]),
        magnet_opex=st.sampled_from([8.0, 12.0, 15.0]),
        oxide_price=st.floats(50.0, 90.0),
        volatility=st.floats(0.1, 0.4),
        hazard=st.floats(0.0, 0.4),
        depth=st.floats(0.5, 1.0),
        civil_demand=st.floats(1500.0, 6000.0),
        civil_shortage=st.sampled_from([80.0, 300.0, 600.0]),
        opening_stock=st.sampled_from([0.0, 800.0]),
        release_share=st.sampled_from([0.4, 1.0]),
        budget=st.sampled_from([25.0, 80.0, 400.0, 3000.0]),
        scoring=st.sampled_from(["expected", "cvar", "worst"]),
        strike_step=st.sampled_from([5.0, 10.0]),
        share_min=st.sampled_from([0.3, 1.0]),
        upside_share=st.sampled_from([0.0, 0.3, 1.0]),
        tail_weight=st.sampled_from([0.0, 0.5]),
        outlay_weight=st.sampled_from([0.0, 0.2, 1.0]),
        oxide_trade=st.booleans(),
        private_entry=st.booleans(),
        paths=st.sampled_from([16, 24]),
        futures=st.sampled_from([3, 4]),
        draw_seed=st.integers(0, 1000),
        factor=st.sampled_from([0.5, 2.0, 7.3]),
    )


def every_variation(count: int = 15) -> Callable[[Callable[[Variation], None]], Callable[[], None]]:
    """Decorator: the property holds for ``count`` variations, the same ones for every property."""

    def decorate(prove: Callable[[Variation], None]) -> Callable[[], None]:
        # A variation is short enough to read, and looking for a smaller one takes minutes of solving.
        limits = settings(
            max_examples=count,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=[HealthCheck.too_slow],
        )
        proved: Callable[[], None] = seed(SEED)(limits(given(variations())(prove)))
        return proved

    return decorate


@lru_cache(maxsize=64)
def case_of(variation: Variation) -> Case:
    """The small case over eight years with these figures."""
    v, tables, settings_data = variation, small_tables(), small_settings()
    settings_data["horizon"]["last_year"] = 2033
    settings_data["scenarios"] = {"seed": v.draw_seed, "paths": v.paths, "futures": v.futures}
    settings_data["viability"] = {"private_entry": v.private_entry}
    settings_data["objective"] = {"weights": {"outlay": v.outlay_weight, "tail": v.tail_weight}, "tail_alpha": 0.6}
    for plant, capex, opex in zip(
        tables["plants"], (v.oxide_capex, v.magnet_capex), (v.oxide_opex, v.magnet_opex), strict=True
    ):
        plant.update(capex_musd=capex, opex_usd_per_kg=opex)
        del plant["capex_musd_low"], plant["capex_musd_high"]
    tables["price_series"][0].update(long_run_usd_per_kg=v.oxide_price, volatility_per_year=v.volatility)
    tables["disruptions"][0].update(hazard_per_year=v.hazard, depth=v.depth)
    tables["demand"][1].update(base_t_per_year=v.civil_demand, shortage_cost_usd_per_kg=v.civil_shortage)
    tables["programmes"][0].update(budget_musd=v.budget, contract_scoring=v.scoring, scoring_alpha=0.8)
    tables["stockpiles"][0].update(opening_t=v.opening_stock, release_max_share=v.release_share)
    floor, cfd = tables["contracts"]
    floor.update(upside_share=v.upside_share, share_min=v.share_min, strike_tick_usd_per_kg=2.0 * v.strike_step)
    cfd.update(share_min=v.share_min, strike_max_usd_per_kg=75.0, strike_tick_usd_per_kg=v.strike_step)
    if v.oxide_trade:
        supplier, lane = dict(tables["suppliers"][0]), dict(tables["lanes"][0])
        supplier.update(supplier="china_oxide", material="oxide", quantity_t_per_year=5000.0)
        lane.update(material="oxide")
        tables["suppliers"].append(supplier)
        tables["lanes"].append(lane)
    return Case.from_tables(settings_data, tables)


def draws_of(case: Case) -> Draws:
    """Its paths and futures."""
    return draw(case)


def plan_of(instance: Instance) -> Solved:
    """The best plan, to a gap that no property notices."""
    return solve_extensive(instance, Options(gap=GAP))


def cost_of(case: Case) -> float:
    """What the best plan of a case costs, musd."""
    return plan_of(compile_instance(case, draws_of(case))).objective


def slack(*objectives: float) -> float:
    """How far two objectives may differ when each is known to the gap, musd."""
    return 1e-4 + 2.0 * GAP * max(abs(objective) for objective in objectives)


@dataclass(frozen=True)
class Plan:
    """A variation from case to tables."""

    case: Case
    draws: Draws
    instance: Instance
    solved: Solved
    solution: Solution


@lru_cache(maxsize=64)
def solved(variation: Variation) -> Plan:
    """The plan of a variation, solved once."""
    case = case_of(variation)
    draws = draws_of(case)
    instance = compile_instance(case, draws)
    found = plan_of(instance)
    return Plan(case, draws, instance, found, build_solution(case, draws, instance, found, None, 0.0, {}))


def rows_of(case: Case, table: str) -> list[dict[str, Any]]:
    """The rows of a table as mutable dictionaries."""
    return [dict(row) for row in case.rows(table)]


def with_column(case: Case, table: str, column: str, change: Callable[[Any], Any]) -> Case:
    """The case with one column of every row of a table changed."""
    return case.replace(tables={table: [row | {column: change(row[column])} for row in rows_of(case, table)]})


def in_other_currency(case: Case, factor: float) -> Case:
    """The case with every amount of money multiplied by ``factor``."""
    tables = {}
    for name in TABLES:
        money = [column.name for column in TABLES[name].all_columns if column.unit in MONEY]
        rows = rows_of(case, name)
        for row in rows:
            row.update({column: row[column] * factor for column in money if isinstance(row[column], float)})
        tables[name] = rows
    return case.replace(tables=tables)


def with_path_split(draws: Draws) -> Draws:
    """The draws with the first price path counted as two halves."""
    paths = draws.paths
    halves = paths.weight.copy()
    halves[0] /= 2.0
    twice = [*range(paths.count), 0]
    return replace(draws, paths=replace(paths, quarterly=paths.quarterly[twice], weight=halves[twice]))


def with_future_split(draws: Draws) -> Draws:
    """The draws with the last future counted as two halves."""
    *others, last = draws.futures.futures
    halves = [replace(last, weight=last.weight / 2.0, name=name) for name in (last.name, f"{last.name}-again")]
    return replace(draws, futures=replace(draws.futures, futures=(*others, *halves)))
