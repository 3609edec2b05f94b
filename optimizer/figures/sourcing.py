"""Where each region's tonnes come from and what they are used for, from the quantities of every future.

Condition ``calm`` is the calm future, ``embargo`` the mean of the futures in which a disruption is in force in that
year, weighted with their probabilities, as in the table ``supply``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from optimizer.figures.streams import Streams
from optimizer.figures.subject import Drawable, has_comparison

SMALLEST_T = 0.5
"""Tonnes a year below which a flow is not shown."""
NOT_MET, STOCK, SCRAP = "not met", "stockpile", "scrap"
"""Origins that are no region."""
DEMAND = "demand: "
"""What stands before the segment where tonnes are used up."""
SOURCING_COLUMNS = ("plan", "condition", "year", "material", "origin", "region", "use", "supply_t")
RECEIPT_COLUMNS = ("plan", "condition", "year", "material", "region", "origin", "supply_t", "share")
IN_FORCE = 1e-9

Place = tuple[str, int]
"""(condition, year)"""
Node = tuple[str, str, str]
"""(material, region, stream)"""


def plans_of(solution: Drawable) -> tuple[str, ...]:
    """The plans that the run has quantities of."""
    return ("without", "with") if has_comparison(solution) else ("with",)


def receipts_table(solution: Drawable) -> pd.DataFrame:
    """What every region receives, makes, collects and takes from stock: plan, condition, year, material, region, origin
    (itself, another region, scrap or stockpile), supply_t, share of the region's supply.

    Shares are those that targets limit: what a region makes counts whole, also what it sends on.
    """
    rows = []
    for plan in plans_of(solution):
        for place, amounts in sorted(_quantities(solution, plan).items()):
            both: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
            for (material, region, _), origins in amounts.received.items():
                for origin, amount in origins.items():
                    both[material, region][origin] += amount
            for (material, region), origins in sorted(both.items()):
                total = sum(origins.values())
                if total > SMALLEST_T:
                    rows += [
                        (plan, *place, material, region, origin, amount, amount / total)
                        for origin, amount in sorted(origins.items())
                    ]
    return pd.DataFrame(rows, columns=list(RECEIPT_COLUMNS))


def sourcing_table(solution: Drawable) -> pd.DataFrame:
    """Every use in every region by where its tonnes were made: plan, condition, year, material, origin, region, use,
    supply_t.

    ``use`` is the material made of it, ``demand: SEGMENT`` or ``stockpile``; ``origin`` is a region, scrap, stockpile
    or ``not met``. Within a region all users of a stream (compliant, any) share its mix of origins.
    """
    streams = Streams(solution.case)
    rows: list[tuple[Any, ...]] = []
    for plan in plans_of(solution):
        quantities = _quantities(solution, plan)
        missed = _add_demand(quantities, solution.tables["shortfall"], plan, streams)
        rows += missed
        for place, amounts in sorted(quantities.items()):
            found: dict[tuple[str, ...], float] = defaultdict(float)
            mixes = amounts.mixes()
            for (node, use), amount in amounts.uses.items():
                for origin, share in mixes.get(node, {}).items():
                    found[node[0], origin, node[1], use] += amount * share
            rows += [(plan, *place, *key, amount) for key, amount in sorted(found.items()) if amount > SMALLEST_T]
    frame = pd.DataFrame(rows, columns=list(SOURCING_COLUMNS))
    return frame.sort_values(list(SOURCING_COLUMNS[:-1]), kind="stable", ignore_index=True)


@dataclass
class _Amounts:
    """Mean quantities of one plan, condition and year, t/yr: what nodes receive by origin, send on, and use."""

    received: dict[Node, dict[str, float]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(float)))
    sent: dict[Node, float] = field(default_factory=lambda: defaultdict(float))
    downgraded: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    uses: dict[tuple[Node, str], float] = field(default_factory=lambda: defaultdict(float))

    def mixes(self) -> dict[Node, dict[str, float]]:
        """Share of each origin in what a node can use: less what it sends on (its own output first, then scrap, then
        stock), and with what of the compliant stream is used as any."""
        kept = {node: dict(origins) for node, origins in self.received.items()}
        for node, left in self.sent.items():
            own = kept.setdefault(node, {})
            for source in (node[1], SCRAP, STOCK):
                taken = min(left, own.get(source, 0.0))
                own[source] = own.get(source, 0.0) - taken
                left -= taken
        for (material, region), moved in self.downgraded.items():
            compliant = kept.get((material, region, "compliant"), {})
            total = sum(compliant.values())
            into = kept.setdefault((material, region, "any"), {})
            for origin, amount in compliant.items():
                into[origin] = into.get(origin, 0.0) + (moved * amount / total if total > 0.0 else 0.0)
        totals = {node: sum(origins.values()) for node, origins in kept.items()}
        return {
            node: {origin: amount / totals[node] for origin, amount in origins.items() if amount > 0.0}
            for node, origins in kept.items()
            if totals[node] > 0.0
        }


def _quantities(solution: Drawable, plan: str) -> dict[Place, _Amounts]:
    """Mean quantities by condition and year."""
    case, streams = solution.case, Streams(solution.case)
    counts = _conditions(solution.tables["futures"])
    out: dict[Place, _Amounts] = defaultdict(_Amounts)

    def rows(name: str) -> Iterator[tuple[_Amounts, float, Any]]:
        frame: Any = _detail(solution, name, plan)
        for row in frame.itertuples(index=False):
            for condition, weight in counts.get((row.future, int(row.year)), ()):
                yield out[condition, int(row.year)], weight, row

    for amounts, weight, row in rows("production"):
        for material, role, share in streams.recipes[row.plant]:
            node = (material, row.region, streams.at(material, row.region, row.stream))
            amount = weight * share * row.t_per_year
            if role == "output":
                amounts.received[node][row.region] += amount
            else:
                amounts.uses[node, streams.product[row.plant]] += amount
    for amounts, weight, row in rows("purchases"):
        node = (row.material, row.region, streams.first(row.material, row.region))
        amounts.received[node][row.region] += weight * row.t_per_year
    for amounts, weight, row in rows("scrap"):
        node = (row.scrap_material, row.region, streams.first(row.scrap_material, row.region))
        amounts.received[node][SCRAP] += weight * row.t_per_year
    for amounts, weight, row in rows("flows"):
        amounts.received[row.material, row.to_region, row.stream][row.from_region] += weight * row.t_per_year
        amounts.sent[row.material, row.from_region, row.stream] += weight * row.t_per_year
    for amounts, weight, row in rows("unused"):
        if row.stream == "compliant" and row.downgraded_t_per_year > 0.0:
            amounts.downgraded[row.material, row.region] += weight * row.downgraded_t_per_year
    bought = _bought(case, _detail(solution, "stock_levels", plan))
    for amounts, weight, row in rows("stock_levels"):
        node = streams.stock[row.stockpile]
        if row.release_t > 0.0:
            amounts.received[node][STOCK] += weight * row.release_t
        amount = bought[row.stockpile, row.future, int(row.year)]
        if amount > SMALLEST_T:
            amounts.uses[node, STOCK] += weight * amount
    return out


def _add_demand(
    quantities: dict[Place, _Amounts], shortfall: pd.DataFrame, plan: str, streams: Streams
) -> list[tuple[Any, ...]]:
    """Add demand that is met to the uses; returns a row for each that is not."""
    missed: list[tuple[Any, ...]] = []
    own: Any = shortfall[shortfall["plan"] == plan]
    for row in own.itertuples(index=False):
        place, use = (row.condition, int(row.year)), f"{DEMAND}{row.segment}"
        node = (row.material, row.region, streams.wanted(row.region, row.segment, row.material, int(row.year)))
        quantities[place].uses[node, use] += row.demand_t - row.shortfall_t
        if row.shortfall_t > SMALLEST_T:
            missed.append((plan, *place, row.material, NOT_MET, row.region, use, row.shortfall_t))
    return missed


def _conditions(futures: pd.DataFrame) -> dict[tuple[str, int], list[tuple[str, float]]]:
    """(future, year) → conditions it counts for, with its weight there."""
    out: dict[tuple[str, int], list[tuple[str, float]]] = defaultdict(list)
    first = futures["future"].iloc[0]
    for each, rows in futures.groupby("year", sort=True):
        year = int(str(each))
        out[first, year].append(("calm", 1.0))
        struck = rows[rows["disrupted_share"] > IN_FORCE]
        total = float(struck["probability"].sum())
        for name, probability in zip(struck["future"], struck["probability"], strict=True):
            out[name, year].append(("embargo", float(probability) / total))
    return out


def _detail(solution: Drawable, name: str, plan: str) -> pd.DataFrame:
    if plan == "with":
        return solution.tables[name]
    every = solution.tables["without_plan"]
    return every[every["table"] == name]


def _bought(case: Any, levels: pd.DataFrame) -> dict[tuple[str, str, int], float]:
    """(stockpile, future, year) → t put into it: what its level rises by beyond losses and releases."""
    out: dict[tuple[str, str, int], float] = {}
    terms = {row.stockpile: (row.opening_t, row.loss_per_year) for row in case.rows("stockpiles")}
    rows: Any
    for (future, stock), rows in levels.groupby(["future", "stockpile"], sort=True):
        before, loss = terms[stock]
        for row in rows.sort_values("year").itertuples(index=False):
            out[str(stock), str(future), int(row.year)] = row.stock_t + row.release_t - before * (1.0 - loss)
            before = row.stock_t
    return out
