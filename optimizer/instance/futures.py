"""The supply layer in numbers: what differs from future to future."""

from __future__ import annotations

from typing import Any

import numpy as np

from models.supply_numbers import FutureNumbers, SupplyStructure
from optimizer.instance.market import Market
from optimizer.instance.plan import full_output, ramp_shares
from optimizer.scenarios import Future, Futures

IN_FORCE = 1e-9
"""Share withheld above which a disruption counts as in force."""


def future_numbers(
    case: Any, structure: SupplyStructure, futures: Futures, contract_starts: dict[str, tuple[str, tuple[int, ...]]]
) -> tuple[FutureNumbers, ...]:
    """Numbers of every future. ``contract_starts`` maps purchase contracts to (plant, start years)."""
    return tuple(_one(case, structure, future, contract_starts) for future in futures.futures)


def _one(
    case: Any, structure: SupplyStructure, future: Future, contract_starts: dict[str, tuple[str, tuple[int, ...]]]
) -> FutureNumbers:
    years = structure.years
    market = Market(case, years, lambda series: future.price[series])
    capacity: dict[tuple[str, int], float] = {}
    build_capacity: dict[tuple[str, int, int], float] = {}
    for plant in case.rows("plants"):
        for start in plant.start_years:
            for year, volume in available(case, plant, start, future, years).items():
                if plant.status == "operating":
                    capacity[plant.plant, year] = volume
                else:
                    build_capacity[plant.plant, start, year] = volume
    allowed, released = _stock_rules(case, future, years)
    delivery = {
        (contract, start, year): volume / full_output(case.row("plants", plant))
        for contract, (plant, starts) in contract_starts.items()
        for start in starts
        for year, volume in _delivered(case, contract, plant, start, future, years).items()
    }
    last = len(years) - 1
    return FutureNumbers(
        name=future.name,
        probability=future.weight,
        calm=future.name == "calm",
        capacity=capacity,
        build_capacity=build_capacity,
        supplier_quantity={
            ((row.supplier, row.step), year): row.quantity_t_per_year / 1000.0 * (1.0 + row.growth_per_year) ** i
            for row in case.rows("suppliers")
            for i, year in enumerate(years)
        },
        supplier_cost={
            ((row.supplier, row.step), year): float(price)
            for row in case.rows("suppliers")
            for year, price in zip(
                years,
                np.maximum(row.price_factor * market.reference(row.material) + row.price_adder_usd_per_kg, 0.0),
                strict=True,
            )
        },
        lane_capacity=_lane_capacity(case, future, years),
        tariff=_tariffs(case, market, years),
        demand={
            (key, year): float(t) / 1000.0
            for key, path in future.demand.items()
            for year, t in zip(years, path, strict=True)
        },
        purchase_allowed=allowed,
        release_allowed=released,
        contract_delivery=delivery,
        residual_price={
            s.stockpile: float(market.reference(s.material)[last]) * s.residual_value_share
            for s in case.rows("stockpiles")
        },
    )


def available(case: Any, plant: Any, start: int, future: Future, years: tuple[int, ...]) -> dict[int, float]:
    """Capacity of a plant started in ``start`` in each year of a future, after delay, ramp-up and outage (kt/yr)."""
    begun = start + future.delay.get(plant.plant, 0)
    lost = future.outage.get(plant.plant)
    open_years = [(i, year) for i, year in enumerate(years) if begun <= year < begun + plant.life_years]
    shares = ramp_shares(case, plant.ramp, [year - begun + 1 for _, year in open_years])
    full = full_output(plant)
    return {
        year: full * share * (1.0 if lost is None else 1.0 - float(lost[i]))
        for (i, year), share in zip(open_years, shares, strict=True)
    }


def _delivered(
    case: Any, contract: str, plant_name: str, start: int, future: Future, years: tuple[int, ...]
) -> dict[int, float]:
    row = case.row("contracts", contract)
    plant = case.row("plants", plant_name)
    begun = plant.start_years[0] if plant.status == "operating" else start
    first = max(start, begun, case.settings.horizon.first_year)
    volumes = available(case, plant, begun, future, years)
    return {year: v for year, v in volumes.items() if first <= year < first + row.tenor_years}


def _lane_capacity(case: Any, future: Future, years: tuple[int, ...]) -> dict[tuple[tuple[str, str, str], int], float]:
    out: dict[tuple[tuple[str, str, str], int], float] = {}
    for row in case.rows("lanes"):
        if row.capacity_t_per_year is None:
            continue
        lane = (row.from_region, row.to_region, row.material)
        withheld = future.withheld.get(lane)
        for i, year in enumerate(years):
            open_share = 1.0 if withheld is None else 1.0 - float(withheld[i])
            out[lane, year] = row.capacity_t_per_year / 1000.0 * (1.0 + row.growth_per_year) ** i * open_share
    return out


def _tariffs(case: Any, market: Market, years: tuple[int, ...]) -> dict[tuple[tuple[str, str, str], int], float]:
    out: dict[tuple[tuple[str, str, str], int], float] = {}
    for row in case.rows("lanes"):
        cost = market.border_cost(row.from_region, row.to_region, row.material)
        for year, amount in zip(years, cost, strict=True):
            if amount > 0.0:
                out[(row.from_region, row.to_region, row.material), year] = float(amount)
    return out


def _stock_rules(
    case: Any, future: Future, years: tuple[int, ...]
) -> tuple[dict[tuple[str, int], bool], dict[tuple[str, int], bool]]:
    """When each stockpile may buy and release: a disruption withholds trade into its region, or it does not."""
    buy: dict[tuple[str, int], bool] = {}
    release: dict[tuple[str, int], bool] = {}
    for stock in case.rows("stockpiles"):
        into = [path for (_, destination, _), path in future.withheld.items() if destination == stock.region]
        for i, year in enumerate(years):
            disrupted = any(float(path[i]) > IN_FORCE for path in into)
            buy[stock.stockpile, year] = not disrupted
            release[stock.stockpile, year] = disrupted or stock.release_rule == "any"
    return buy, release
