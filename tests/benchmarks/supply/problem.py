"""The supply problem: plants built here and now on a network of trade lanes that embargoes and outages disturb.

It has two stages. Capacities of plants are chosen once; production, shipping and unmet demand follow in every future.

    min  Σ_g k_g x_g + Σ_w π_w Σ_t δ_t [ Σ_g c_gtw p_gtw + Σ_s c_stw q_stw + Σ_a f_a flow_atw + Σ_m h_m u_mtw ]
    s.t. produced + supplied + inflow + unmet = demand + outflow     at every node, year and future
         p_gtw ≤ available_gtw x_g,   q_stw ≤ capacity_s available_stw,   flow_atw ≤ capacity_a open_atw,
         u_mtw ≤ demand_mtw,   0 ≤ x_g ≤ limit_g,   everything ≥ 0
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
Places = NDArray[np.int64]

DISCOUNT_RATE = 0.07
REGIONS = 6


@dataclass(frozen=True, eq=False)
class SupplyProblem:
    """Numbers of the problem: W futures, T years, N nodes, A arcs, G plants, S suppliers, M markets.

    Quantities are kt a year, money is musd. Nodes are 0 to N − 1; a node with demand is a market.
    """

    nodes: int
    """N."""
    probability: Reals
    """(W): π_w, sums to 1."""
    discount: Reals
    """(T): δ_t, present value of one musd spent in year t."""
    arc_from: Places
    """(A): node an arc leaves."""
    arc_to: Places
    """(A): node an arc enters."""
    arc_capacity: Reals
    """(A): kt a year when fully open."""
    freight: Reals
    """(A): f_a, musd per kt."""
    arc_open: Reals
    """(W, T, A): open share of an arc, 0 to 1; below 1 only under an embargo."""
    plant_node: Places
    """(G): node of a candidate plant."""
    plant_limit: Reals
    """(G): largest capacity, kt a year."""
    plant_capital: Reals
    """(G): k_g, musd per kt a year of capacity, present value."""
    plant_cost: Reals
    """(W, T, G): operating cost, musd per kt."""
    plant_available: Reals
    """(W, T, G): available share of capacity, 0 to 1."""
    supplier_node: Places
    """(S): node of an existing supplier."""
    supplier_capacity: Reals
    """(S): kt a year."""
    supplier_cost: Reals
    """(W, T, S): musd per kt."""
    supplier_available: Reals
    """(W, T, S): available share of capacity, 0 to 1."""
    market_node: Places
    """(M): node of a market."""
    demand: Reals
    """(W, T, M): kt a year."""
    shortage: Reals
    """(M): h_m, musd per kt of unmet demand."""

    @property
    def futures(self) -> int:
        """W."""
        return len(self.probability)

    @property
    def years(self) -> int:
        """T."""
        return len(self.discount)

    @property
    def supply_limit(self) -> Reals:
        """(W, T, S): what a supplier can deliver, kt."""
        return self.supplier_capacity * self.supplier_available

    @property
    def flow_limit(self) -> Reals:
        """(W, T, A): what an arc can carry, kt."""
        return self.arc_capacity * self.arc_open


@dataclass
class Found:
    """What a tool found: optimal cost (musd), capacity (G, kt a year) and the seconds it took.

    ``solve_seconds`` is the time inside HiGHS by HiGHS's own clock (for a decomposition: inside its loop) and
    ``build_seconds`` the rest of the wall-clock time from the arrays to the answer: the model, handing it over and
    reading it back. Where a tool draws that line itself differs too much to be compared.
    """

    tool: str
    objective: float
    build_seconds: float
    solve_seconds: float
    capacity: Reals
    notes: str = ""


def highs_options(algorithm: str = "choose") -> dict[str, str | int]:
    """Options every tool hands to HiGHS; all others stay at HiGHS's defaults.

    ``algorithm`` is ``choose`` (HiGHS takes the dual simplex), ``simplex`` or ``ipm`` (with crossover).
    """
    return {"solver": algorithm, "threads": 1, "presolve": "on"}


def generate(years: int = 15, nodes: int = 40, arcs: int = 120, futures: int = 20, seed: int = 1) -> SupplyProblem:
    """Draw a problem; the same arguments give the same numbers.

    >>> generate(years=4, nodes=10, arcs=24, futures=3).arc_open.shape
    (3, 4, 24)
    """
    # One stream for the network and one for the futures, so that more futures happen to the same network.
    fixed, drawn = (np.random.default_rng([seed, stream]) for stream in (0, 1))
    place = fixed.uniform(0.0, 1.0, (nodes, 2))
    arc_from, arc_to = _arcs(fixed, place, arcs)
    length = np.linalg.norm(place[arc_from] - place[arc_to], axis=1)
    plant_node = _some(fixed, nodes, nodes / 2)
    supplier_node = _some(fixed, nodes, nodes / 4)
    market_node = _some(fixed, nodes, nodes * 3 / 8)
    plants, suppliers, markets = len(plant_node), len(supplier_node), len(market_node)

    # Capacities cover a share of demand, so that any size of network is about equally tight.
    base = fixed.uniform(3.0, 15.0, markets)
    growth = fixed.uniform(0.01, 0.06, markets)
    total = base.sum()
    supplier_capacity = _shares(fixed, suppliers) * 0.9 * total
    plant_limit = _shares(fixed, plants) * 4.0 * total
    arc_capacity = _lanes(fixed, arc_to, market_node, base * np.exp(growth * years), arcs)
    freight = 0.5 + 12.0 * length * fixed.uniform(0.8, 1.2, arcs)
    plant_capital = fixed.uniform(60.0, 320.0, plants) * years / 15.0
    plant_level, supplier_level = fixed.uniform(10.0, 45.0, plants), fixed.uniform(12.0, 60.0, suppliers)
    shortage = fixed.uniform(300.0, 2000.0, markets)
    middle = place[fixed.choice(nodes, size=min(REGIONS, nodes), replace=False)]
    region = np.argmin(np.linalg.norm(place[:, None] - middle, axis=2), axis=1)

    weight = drawn.uniform(0.5, 1.5, futures)
    trend = growth + drawn.normal(0.0, 0.01, (futures, 1, 1))
    demand = base * np.exp(trend * np.arange(years)[:, None]) * _reverting(drawn, futures, years, markets, 0.05)
    # Suppliers follow a common price that is more volatile than the costs of plants.
    price = _reverting(drawn, futures, years, 1, 0.18) * _reverting(drawn, futures, years, suppliers, 0.12)
    return SupplyProblem(
        nodes=nodes,
        probability=weight / weight.sum(),
        discount=(1.0 + DISCOUNT_RATE) ** -np.arange(years, dtype=float),
        arc_from=arc_from,
        arc_to=arc_to,
        arc_capacity=arc_capacity,
        freight=freight,
        arc_open=_embargoes(drawn, region, arc_from, arc_to, futures, years),
        plant_node=plant_node,
        plant_limit=plant_limit,
        plant_capital=plant_capital,
        plant_cost=plant_level * _reverting(drawn, futures, years, plants, 0.12),
        plant_available=_availability(drawn, futures, years, plants),
        supplier_node=supplier_node,
        supplier_capacity=supplier_capacity,
        supplier_cost=supplier_level * price,
        supplier_available=_availability(drawn, futures, years, suppliers),
        market_node=market_node,
        demand=demand,
        shortage=shortage,
    )


def _some(rng: np.random.Generator, nodes: int, number: float) -> Places:
    """About ``number`` different nodes, at least two, in rising order."""
    return np.sort(rng.choice(nodes, size=max(2, round(number)), replace=False))


def _shares(rng: np.random.Generator, number: int) -> Reals:
    """Random positive shares that sum to 1."""
    share = rng.uniform(0.5, 1.5, number)
    return share / share.sum()


def _arcs(rng: np.random.Generator, place: Reals, arcs: int) -> tuple[Places, Places]:
    """A ring through all nodes both ways, so that every node has two ways out, and mostly short further arcs."""
    nodes = len(place)
    if not 2 * nodes <= arcs <= nodes * (nodes - 1):
        raise ValueError(f"{nodes} nodes take {2 * nodes} to {nodes * (nodes - 1)} arcs, not {arcs}.")
    # Around the middle of the map, so that the arcs of the ring are short.
    ring = np.argsort(np.arctan2(*(place - 0.5).T))
    following = np.roll(ring, -1)
    free = ~np.eye(nodes, dtype=bool)
    free[ring, following] = free[following, ring] = False
    start, end = np.nonzero(free)
    chance = np.exp(-6.0 * np.linalg.norm(place[start] - place[end], axis=1))
    more = rng.choice(len(start), size=arcs - 2 * nodes, replace=False, p=chance / chance.sum())
    return np.concatenate([ring, following, start[more]]), np.concatenate([following, ring, end[more]])


def _lanes(rng: np.random.Generator, arc_to: Places, market_node: Places, late: Reals, arcs: int) -> Reals:
    """(A): capacities of arcs, such that the arcs into a market can carry its ``late`` demand (M) with some to spare.

    Without that, a market on a thin lane would be short in every year and future, and its cost would drown the rest.
    """
    capacity = rng.uniform(0.4, 1.8, arcs) * late.mean()
    for node, need in zip(market_node, late, strict=True):
        into = arc_to == node
        capacity[into] *= max(1.0, rng.uniform(1.2, 2.0) * need / capacity[into].sum())
    return capacity


def _reverting(rng: np.random.Generator, futures: int, years: int, items: int, spread: float) -> Reals:
    """(W, T, items): factors around 1 whose logarithm reverts by a third a year; ``spread`` is its yearly shock."""
    out = np.zeros((futures, years, items))
    level = np.zeros((futures, items))
    for year in range(years):
        level = level * 2.0 / 3.0 + rng.normal(0.0, spread, (futures, items))
        out[:, year] = level
    return np.exp(out)


def _availability(rng: np.random.Generator, futures: int, years: int, items: int) -> Reals:
    """(W, T, items): 0.88 to 1 in a normal year; in one of sixteen an outage leaves 0.2 to 0.7."""
    shape = (futures, years, items)
    normal, broken = rng.uniform(0.88, 1.0, shape), rng.uniform(0.2, 0.7, shape)
    return np.where(rng.uniform(size=shape) < 1.0 / 16.0, broken, normal)


def _embargoes(
    rng: np.random.Generator, region: Places, arc_from: Places, arc_to: Places, futures: int, years: int
) -> Reals:
    """(W, T, A): open shares. An embargo closes all arcs that leave a region to 0–20 % for one to four years."""
    abroad = region[arc_from] != region[arc_to]
    out = np.ones((futures, years, len(arc_from)))
    for future in range(futures):
        # On average one embargo in five years; in some futures there is none.
        for _ in range(rng.poisson(years / 5.0)):
            hit = abroad & (region[arc_from] == rng.integers(region.max() + 1))
            start, length = rng.integers(years), rng.integers(1, 5)
            lasting = out[future, start : start + length]
            lasting[:, hit] = np.minimum(lasting[:, hit], rng.uniform(0.0, 0.2))
    return out
