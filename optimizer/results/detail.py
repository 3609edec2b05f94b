"""The rest of a plan's detail: every quantity that a total is made of stands in a table, so that it can be checked."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pandas as pd

from optimizer.engine import Outcome
from optimizer.instance import Instance
from optimizer.instance.plants import private_debt
from optimizer.results.awards import INSTRUMENTS
from optimizer.results.supply import flows_table, production_table, purchases_table, stock_levels_table

KT = 1000.0
Amounts = dict[tuple[str, str, str, int], float]
"""(region, material, stream, year) → kt/yr"""


def detail_tables(instance: Instance, outcome: Outcome) -> dict[str, pd.DataFrame]:
    """Tables of one plan by name: unmet, scrap, production_steps, below_minimum, offtake, target_misses, unused,
    supply_costs."""
    several = {plant for plant, steps in instance.structure.cost_steps.items() if len(steps) > 1}
    return {
        "unmet": _quantities(outcome, "unmet", ("region", "segment", "material")),
        "scrap": _quantities(outcome, "collect", ("region", "scrap_material", "from_material")),
        "production_steps": _production_steps(outcome, several),
        "below_minimum": _quantities(outcome, "below_minimum", ("plant",)),
        "offtake": _offtake(outcome),
        "target_misses": _target_misses(outcome),
        "unused": unused_table(instance, outcome),
        "supply_costs": supply_costs_table(outcome),
    }


def baseline_table(instance: Instance, without: Outcome) -> pd.DataFrame:
    """What happens in every future without any new award: the rows of all detail tables, with ``table`` naming the one
    each belongs to; columns that a table does not have are blank."""
    parts = {
        "production": production_table(instance, without),
        "purchases": purchases_table(instance, without),
        "flows": flows_table(without),
        "stock_levels": stock_levels_table(without),
        **detail_tables(instance, without),
    }
    rows = [frame.assign(table=name) for name, frame in parts.items() if not frame.empty]
    columns = ["table", *dict.fromkeys(column for frame in parts.values() for column in frame.columns)]
    return pd.concat(rows, ignore_index=True).reindex(columns=columns) if rows else pd.DataFrame(columns=columns)


def _quantities(outcome: Outcome, name: str, keys: tuple[str, ...]) -> pd.DataFrame:
    """One recourse quantity: future, year, its keys, t_per_year."""
    rows = [
        (future, index[-1], *index[:-1], amount * KT)
        for future, recourse in outcome.recourse.items()
        for index, amount in recourse[name].items()
    ]
    return pd.DataFrame(rows, columns=["future", "year", *keys, "t_per_year"])


def _production_steps(outcome: Outcome, several: set[str]) -> pd.DataFrame:
    """Output by step of cost (1 is the cheapest) of plants that have more than one."""
    rows = [
        (future, year, plant, step + 1, amount * KT)
        for future, recourse in outcome.recourse.items()
        for (plant, step, year), amount in recourse["produce_step"].items()
        if plant in several
    ]
    return pd.DataFrame(rows, columns=["future", "year", "plant", "step", "t_per_year"])


def _offtake(outcome: Outcome) -> pd.DataFrame:
    """Tonnes taken under purchase contracts, and those paid for without being taken (t/yr)."""
    columns = ["future", "year", "contract", "start_year", "strike_usd_per_kg", "taken_t", "paid_not_taken_t"]
    rows = []
    for future, recourse in outcome.recourse.items():
        taken, missed = recourse["offtake"], recourse["shortfall"]
        for c, start, strike, year in sorted({*taken, *missed}):
            key = (c, start, strike, year)
            rows.append((future, year, c, start, strike, taken.get(key, 0.0) * KT, missed.get(key, 0.0) * KT))
    return pd.DataFrame(rows, columns=columns)


def _target_misses(outcome: Outcome) -> pd.DataFrame:
    """By how much targets of supply are missed (t/yr)."""
    rows = [
        (future, year, target, amount * KT)
        for future, recourse in outcome.recourse.items()
        for name in ("share_missed", "service_missed")
        for (target, year), amount in recourse[name].items()
    ]
    return pd.DataFrame(rows, columns=["future", "year", "target", "t_per_year"])


def supply_costs_table(outcome: Outcome) -> pd.DataFrame:
    """Every cost term of every future, not weighted (musd, present value at the social rate)."""
    rows = [(future, term, amount) for future, costs in outcome.supply_costs.items() for term, amount in costs.items()]
    return pd.DataFrame(rows, columns=["future", "term", "musd"])


def financing_table(instance: Instance, outcome: Outcome) -> pd.DataFrame:
    """Grants, public equity, loans and private debt: plant, start_year, instrument, programme (none for debt), musd."""
    rows: list[tuple[Any, ...]] = [
        (plant, start, kind, programme, amount)
        for kind in INSTRUMENTS
        for (plant, start, programme), amount in outcome.awards[kind].items()
    ]
    rows += [(plant, start, "debt", None, amount) for (plant, start), amount in outcome.awards["debt"].items()]
    awards = instance.awards
    for plant, start in awards.plants.private_entry.items():
        amount = private_debt(awards.plants, (plant, start), awards.path_weight, awards.sponsor_alpha) or 0.0
        rows.append((plant, start, "debt", None, amount))
    return pd.DataFrame(rows, columns=["plant", "start_year", "instrument", "programme", "musd"])


def cover_table(instance: Instance, outcome: Outcome) -> pd.DataFrame:
    """Days-of-cover targets: target, stockpile, year, wanted_t, missed_t."""
    missed = outcome.awards["cover_missed"]
    rows = [
        (target, stock, year, wanted * KT, missed.get((target, stock, year), 0.0) * KT)
        for (target, stock, year), wanted in instance.awards.stock.cover_target.items()
    ]
    return pd.DataFrame(rows, columns=["target", "stockpile", "year", "wanted_t", "missed_t"])


def unused_table(instance: Instance, outcome: Outcome) -> pd.DataFrame:
    """Material that nobody takes: future, year, region, material, stream, t_per_year, downgraded_t_per_year.

    ``t_per_year`` is what a stream is left with; ``downgraded_t_per_year`` is compliant material used as any.
    """
    structure = instance.structure
    demand = {future.name: future.demand for future in instance.futures}
    rows = []
    for name, recourse in outcome.recourse.items():
        left = _made(instance, recourse)
        for key, amount in _used(instance, outcome, name).items():
            left[key] -= amount
        for (where, year), stream in structure.serves.items():
            served = demand[name][where, year] - recourse["unmet"].get((*where, year), 0.0)
            left[where[0], where[2], stream, year] -= served
        for (region, material, year), amount in recourse["downgrade"].items():
            left[region, material, "compliant", year] -= amount
            left[region, material, "any", year] += amount
        for (region, material, stream, year), amount in sorted(left.items()):
            moved = recourse["downgrade"].get((region, material, year), 0.0) if stream == "compliant" else 0.0
            if abs(amount) > 1e-9 or moved:
                rows.append((name, year, region, material, stream, amount * KT, moved * KT))
    columns = ["future", "year", "region", "material", "stream", "t_per_year", "downgraded_t_per_year"]
    return pd.DataFrame(rows, columns=columns)


def _made(instance: Instance, recourse: dict[str, Any]) -> Amounts:
    """What comes into every node: output, purchases outside, scrap, stock released, less inputs and what is sent on."""
    structure = instance.structure
    streams = structure.materials_by_node
    out: Amounts = defaultdict(float)
    for (plant, stream, year), amount in recourse["produce"].items():
        region = structure.plant_region[plant]
        for sign, parts in ((1.0, structure.outputs[plant]), (-1.0, structure.inputs[plant])):
            for material, share in parts.items():
                at = stream if stream in streams[region, material] else "any"
                out[region, material, at, year] += sign * share * amount
    for (supplier, step, year), amount in recourse["buy"].items():
        out[*structure.suppliers[supplier, step], year] += amount
    for (region, scrap, _, year), amount in recourse["collect"].items():
        out[region, scrap, streams[region, scrap][0], year] += amount
    for (origin, destination, material, stream, year), amount in recourse["flow"].items():
        out[origin, material, stream, year] -= amount
        out[destination, material, stream, year] += amount
    for (stock, year), amount in recourse["release"].items():
        out[*structure.stock_node[stock], year] += amount
    return out


def _used(instance: Instance, outcome: Outcome, future: str) -> Amounts:
    """What goes into stockpiles: announced purchases that happen, less what is not found, and contracted tonnes."""
    structure, recourse = instance.structure, outcome.recourse[future]
    allowed = next(f.purchase_allowed for f in instance.futures if f.name == future)
    out: Amounts = defaultdict(float)
    for (stock, year), tranche in instance.awards.stock.tranche_of.items():
        if allowed[stock, year]:
            bought = outcome.awards["purchase_rate"].get((stock, tranche), 0.0)
            out[*structure.stock_node[stock], year] += bought
    for (stock, year), amount in recourse["unbought"].items():
        out[*structure.stock_node[stock], year] -= amount
    for (contract, _, _, year), amount in recourse["offtake"].items():
        out[*structure.stock_node[structure.purchase_into[contract]], year] += amount
    return out
