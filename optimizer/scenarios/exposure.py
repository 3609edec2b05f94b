"""What sets draws apart for the cost of supply, and how much of it a few futures keep."""

from __future__ import annotations

import numpy as np
import pandas as pd

from optimizer.scenarios.demand import demand_by_year
from optimizer.scenarios.disruption import Lane
from optimizer.scenarios.draws import Draws, Exposure, FloatArray, Future
from optimizer.scenarios.futures import JointDraws
from optimizer.scenarios.timeline import CaseTables

COST_OF_WITHHELD = 1.5
"""What a musd withheld adds to the cost of supply, musd: 1.1 to 1.8 in the bundled cases (see ``stakes``)."""

WEIGHT_OF_COST = 1.0
WEIGHT_OF_SEVERITY = 0.10
WEIGHT_OF_TIMING = 0.06
WEIGHT_OF_PRICE = 0.06
WEIGHT_OF_DEMAND = 0.06
WEIGHT_OF_TROUBLES = 0.03

LOWEST_RATIO = 1e-3
NOISE = 1e-9


def features(draws: JointDraws) -> FloatArray:
    """Each candidate as a vector; its distance from another says how differently supply would cost. Calm is the origin.

    Six blocks, each scaled to a root-mean-square length equal to its weight. The first is what a draw costs, roughly,
    and decides; the others tell draws of like cost apart:

    - cost (1): ``stakes``, both parts on one scale;
    - severity (0.10): value withheld over the horizon, musd, by group of lanes that the same disruptions hit;
    - timing (0.06): the same, year by year;
    - price (0.06): logarithm of price over median price, per series and year;
    - demand (0.06): deviation of growth;
    - troubles (0.03): value of output lost to delays and outages, musd, per material.

    With all blocks alike, every draw is far from every other in so many dimensions and nearest to calm, which then
    stands for most of them: 12 futures understated the expected cost of supply by 2 to 4 % and what a plan saves by
    6 to 17 %. In the bundled cases, over windows of their draws, the blocks as they are leave −1 % and −1 to −6 %.
    """
    value = lane_values(draws)
    groups: dict[tuple[str, ...], FloatArray] = {}
    for lane, share in draws.withheld.items():
        key = tuple(item.name for item in draws.disruptions if lane in item.lanes)
        groups[key] = groups.get(key, 0.0) + share * value[lane]
    calm = draws.calm_price
    prices = [
        np.log(np.maximum(values[:, calm[name] > 0] / calm[name][calm[name] > 0], LOWEST_RATIO))
        for name, values in draws.price.items()
    ]
    totals = [yearly.sum(axis=1, keepdims=True) for yearly in groups.values()]
    return np.concatenate(
        [
            _scaled([stakes(draws)], WEIGHT_OF_COST, draws.candidates),
            _scaled(totals, WEIGHT_OF_SEVERITY, draws.candidates),
            _scaled(list(groups.values()), WEIGHT_OF_TIMING, draws.candidates),
            _scaled(prices, WEIGHT_OF_PRICE, draws.candidates),
            _scaled([draws.growth_deviation[:, None]], WEIGHT_OF_DEMAND, draws.candidates),
            _scaled(_troubles(draws), WEIGHT_OF_TROUBLES, draws.candidates),
        ],
        axis=1,
    )


def stakes(draws: JointDraws) -> FloatArray:
    """What a draw costs beyond calm, roughly, in two parts, shape (candidates, 2), musd over the horizon, undiscounted.

    First, demand at the draw's prices, less the same in calm; second, 1.5 times the value withheld. Regressed on the
    two, the cost of supply without new awards has R² 0.82 to 0.92 in the bundled cases, with coefficients of 1.0 to 1.2
    on the first, and on the value withheld as ``COST_OF_WITHHELD`` says.
    """
    price = _prices(draws)
    calm = prices_by_material(draws)
    now, before = np.zeros(draws.candidates), 0.0
    for (_, _, material), tonnes in demand_by_year(draws.case, draws.time, draws.growth_deviation).items():
        now += (tonnes * price[material]).sum(axis=1) / 1000
    for (_, _, material), tonnes in demand_by_year(draws.case, draws.time, 0.0).items():
        before += float((tonnes * calm[material]).sum()) / 1000
    return np.stack([now - before, COST_OF_WITHHELD * value_withheld(draws)], axis=1)


def _scaled(parts: list[FloatArray], weight: float, candidates: int) -> FloatArray:
    block = np.concatenate([np.zeros((candidates, 0)), *parts], axis=1)
    length = float(np.sqrt((block**2).sum(axis=1).mean()))
    return block * (weight / length) if length > NOISE else np.zeros_like(block)


def _troubles(draws: JointDraws) -> list[FloatArray]:
    price = {name: float(values[0]) for name, values in prices_by_material(draws).items()}
    lost: dict[tuple[str, str], FloatArray] = {}
    for row in sorted(draws.case.rows("plants"), key=lambda row: str(row.plant)):
        yearly = row.capacity_t_per_year * price[row.product] / 1000
        if row.plant in draws.troubles.delay:
            key = ("delay", str(row.product))
            lost[key] = lost.get(key, 0.0) + yearly * draws.troubles.delay[row.plant][:, None]
        if row.plant in draws.troubles.outage:
            key = ("outage", str(row.product))
            lost[key] = lost.get(key, 0.0) + yearly * draws.troubles.outage[row.plant]
    return [lost[key] for key in sorted(lost)]


def prices_by_material(draws: JointDraws) -> dict[str, FloatArray]:
    """Calm price per year of the horizon, USD/kg; a material without a series has the middle price of the others."""
    calm = draws.calm_price
    rows = sorted(draws.case.rows("materials"), key=lambda row: str(row.material))
    priced = {str(row.material): calm[row.price_series] for row in rows if row.price_series is not None}
    middle = np.median(list(priced.values()), axis=0) if priced else np.ones(draws.time.horizon)
    return {str(row.material): priced.get(str(row.material), middle) for row in rows}


def _prices(draws: JointDraws) -> dict[str, FloatArray]:
    """Price in each draw and year, USD/kg, by material; that of calm where a material has no series."""
    series = {str(row.material): row.price_series for row in draws.case.rows("materials")}
    return {
        name: calm if series[name] is None else draws.price[str(series[name])]
        for name, calm in prices_by_material(draws).items()
    }


def lane_values(draws: JointDraws) -> dict[Lane, FloatArray]:
    """Value that each lane can carry in calm per year of the horizon, musd."""
    t = np.arange(draws.time.horizon)
    price = prices_by_material(draws)
    growth = {
        (str(row.from_region), str(row.to_region), str(row.material)): row.growth_per_year
        for row in draws.case.rows("lanes")
    }
    return {
        lane: capacity * (1 + growth[lane]) ** t * price[lane[2]] / 1000
        for lane, capacity in lane_capacities(draws.case).items()
    }


def value_withheld(draws: JointDraws) -> FloatArray:
    """Value withheld over the horizon in each candidate, shape (candidates,), musd at calm prices."""
    value = lane_values(draws)
    out = np.zeros(draws.candidates)
    for lane, share in draws.withheld.items():
        out += (share * value[lane]).sum(axis=1)
    return out


def lane_capacities(case: CaseTables) -> dict[Lane, float]:
    """Calm capacity of each lane in the first year, t/yr.

    A lane without limit counts as the widest limited one of its material, or as all demand for it, or as 1 t/yr.
    """
    rows = {(str(r.from_region), str(r.to_region), str(r.material)): r.capacity_t_per_year for r in case.rows("lanes")}
    demand: dict[str, float] = {}
    for row in sorted(case.rows("demand"), key=lambda row: (str(row.region), str(row.segment), str(row.material))):
        demand[str(row.material)] = demand.get(str(row.material), 0.0) + row.base_t_per_year
    widest: dict[str, float] = {}
    for lane, capacity in rows.items():
        if capacity is not None:
            widest[lane[2]] = max(widest.get(lane[2], 0.0), capacity)
    return {
        lane: widest.get(lane[2], demand.get(lane[2], 1.0)) if rows[lane] is None else float(rows[lane])
        for lane in sorted(rows)
    }


def compare_exposure(draws: JointDraws, futures: tuple[Future, ...]) -> tuple[Exposure, ...]:
    """Expected share withheld per origin, material and year: over all candidates, and over the futures kept."""
    capacities = lane_capacities(draws.case)
    whole: dict[tuple[str, str], float] = {}
    before: dict[tuple[str, str], FloatArray] = {}
    after: dict[tuple[str, str], FloatArray] = {}
    for lane, capacity in capacities.items():
        key = (lane[0], lane[2])
        whole[key] = whole.get(key, 0.0) + capacity
        if lane in draws.withheld:
            kept = sum(
                (future.weight * future.withheld[lane] for future in futures if lane in future.withheld),
                start=np.zeros(draws.time.horizon),
            )
            before[key] = before.get(key, 0.0) + capacity * draws.withheld[lane].mean(axis=0)
            after[key] = after.get(key, 0.0) + capacity * kept
    return tuple(
        Exposure(origin, material, year, float(before[origin, material][k] / whole[origin, material]),
                 float(after[origin, material][k] / whole[origin, material]))
        for origin, material in sorted(before)
        if whole[origin, material] > 0
        for k, year in enumerate(draws.time.horizon_years)
    )


def reduction_report(draws: Draws) -> pd.DataFrame:
    """Expected share withheld by origin, material and year: in all candidates (before), in the futures kept (after)."""
    columns = ["origin", "material", "year", "expected_share_before", "expected_share_after"]
    return pd.DataFrame(
        [(row.origin, row.material, row.year, row.before, row.after) for row in draws.exposure], columns=columns
    )

