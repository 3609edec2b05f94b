"""Tables of the sourcing mix: where tonnes come from in calm years and under disruption, and who goes short."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pandas as pd

from optimizer.engine import Outcome
from optimizer.instance import Instance
from optimizer.instance.futures import IN_FORCE
from optimizer.scenarios import Futures

KT = 1000.0


def states(instance: Instance, futures: Futures) -> dict[tuple[str, int], dict[str, float]]:
    """(state, year) → future → probability in that state: calm, or embargo where a disruption is in force."""
    out: dict[tuple[str, int], dict[str, float]] = {}
    for i, year in enumerate(instance.structure.years):
        struck = {f.name: f.weight for f in futures.futures if float(f.disrupted[i]) > IN_FORCE}
        total = sum(struck.values())
        out["calm", year] = {futures.futures[0].name: 1.0}
        if total > 0.0:
            out["embargo", year] = {name: weight / total for name, weight in struck.items()}
    return out


def supply_table(case: Any, instance: Instance, futures: Futures, plans: dict[str, Outcome]) -> pd.DataFrame:
    """Supply of the allied regions: plan (with, without), condition (calm, embargo), material, year, origin, t, share.

    What an allied region makes or buys first hand and keeps counts as its own origin; what it receives counts for the
    region it came from. Scrap and stock released are origins of their own names.
    """
    rows: list[dict[str, object]] = []
    for plan, outcome in plans.items():
        by_future = {name: _origins(case, instance, outcome, name) for name in outcome.recourse}
        for (state, year), weights in states(instance, futures).items():
            tonnes: dict[tuple[str, str], float] = defaultdict(float)
            for name, weight in weights.items():
                for (material, origin, then), amount in by_future[name].items():
                    if then == year:
                        tonnes[material, origin] += weight * amount
            totals: dict[str, float] = defaultdict(float)
            for (material, _), amount in tonnes.items():
                totals[material] += amount
            rows.extend(
                {
                    "plan": plan,
                    "condition": state,
                    "material": material,
                    "year": year,
                    "origin": origin,
                    "supply_t": amount * KT,
                    "share": amount / totals[material],
                }
                for (material, origin), amount in sorted(tonnes.items())
                if totals[material] > 1e-6
            )
    return pd.DataFrame(rows, columns=["plan", "condition", "material", "year", "origin", "supply_t", "share"])


def _origins(case: Any, instance: Instance, outcome: Outcome, future: str) -> dict[tuple[str, str, int], float]:
    """(material, origin, year) → kt/yr supplied to allied regions in one future."""
    allied = {row.region for row in case.rows("regions") if row.bloc == "allied"}
    structure, recourse = instance.structure, outcome.recourse[future]
    out: dict[tuple[str, str, int], float] = defaultdict(float)
    for (plant, _, year), made in recourse["produce"].items():
        region = structure.plant_region[plant]
        if region in allied:
            for material, amount in structure.outputs[plant].items():
                out[material, region, year] += amount * made
    for (supplier, step, year), bought in recourse["buy"].items():
        region, material, _ = structure.suppliers[supplier, step]
        if region in allied:
            out[material, region, year] += bought
    for (region, scrap, _, year), collected in recourse["collect"].items():
        if region in allied:
            out[scrap, f"{region} scrap", year] += collected
    for (stock, year), released in recourse["release"].items():
        region, material, _ = structure.stock_node[stock]
        if region in allied:
            out[material, "stockpile", year] += released
    for (origin, destination, material, _, year), sent in recourse["flow"].items():
        if origin in allied and destination not in allied:
            out[material, origin, year] -= sent
        elif origin not in allied and destination in allied:
            out[material, origin, year] += sent
    return {key: amount for key, amount in out.items() if amount > IN_FORCE}


def shortfall_table(instance: Instance, futures: Futures, plans: dict[str, Outcome]) -> pd.DataFrame:
    """Demand not met: plan, condition, region, segment, material, year, demand_t, shortfall_t, share_met."""
    demand = {future.name: future.demand for future in instance.futures}
    rows = []
    for plan, outcome in plans.items():
        for (state, year), weights in states(instance, futures).items():
            for key in instance.structure.demand_keys:
                wanted = sum(w * demand[name][key, year] for name, w in weights.items())
                missed = sum(w * outcome.recourse[name]["unmet"].get((*key, year), 0.0) for name, w in weights.items())
                rows.append(
                    {
                        "plan": plan,
                        "condition": state,
                        "region": key[0],
                        "segment": key[1],
                        "material": key[2],
                        "year": year,
                        "demand_t": wanted * KT,
                        "shortfall_t": missed * KT,
                        "share_met": 1.0 - missed / wanted if wanted > 0.0 else 1.0,
                    }
                )
    return pd.DataFrame(rows)


def flows_table(outcome: Outcome) -> pd.DataFrame:
    """Every flow of every future: future, year, material, stream, from_region, to_region, t_per_year."""
    rows = [
        {
            "future": future,
            "year": year,
            "material": material,
            "stream": stream,
            "from_region": a,
            "to_region": b,
            "t_per_year": amount * KT,
        }
        for future, recourse in outcome.recourse.items()
        for (a, b, material, stream, year), amount in recourse["flow"].items()
    ]
    return pd.DataFrame(
        rows, columns=["future", "year", "material", "stream", "from_region", "to_region", "t_per_year"]
    )


def production_table(instance: Instance, outcome: Outcome) -> pd.DataFrame:
    """What every plant makes in every future: future, year, plant, region, stream, t_per_year of main product."""
    rows = [
        {
            "future": future,
            "year": year,
            "plant": plant,
            "region": instance.structure.plant_region[plant],
            "stream": stream,
            "t_per_year": amount * KT,
        }
        for future, recourse in outcome.recourse.items()
        for (plant, stream, year), amount in recourse["produce"].items()
    ]
    return pd.DataFrame(rows, columns=["future", "year", "plant", "region", "stream", "t_per_year"])


def purchases_table(instance: Instance, outcome: Outcome) -> pd.DataFrame:
    """Bought from outside suppliers: future, year, supplier, step, region, material, t_per_year."""
    rows = [
        {
            "future": future,
            "year": year,
            "supplier": supplier,
            "step": step,
            "region": instance.structure.suppliers[supplier, step][0],
            "material": instance.structure.suppliers[supplier, step][1],
            "t_per_year": amount * KT,
        }
        for future, recourse in outcome.recourse.items()
        for (supplier, step, year), amount in recourse["buy"].items()
    ]
    return pd.DataFrame(rows, columns=["future", "year", "supplier", "step", "region", "material", "t_per_year"])


def stock_levels_table(outcome: Outcome) -> pd.DataFrame:
    """Stock held, released and not found to buy in every future and year (t)."""
    keys = sorted(
        {
            (future, *key)
            for future, recourse in outcome.recourse.items()
            for name in ("level", "release", "unbought")
            for key in recourse[name]
        }
    )
    rows = [
        {
            "future": future,
            "stockpile": stock,
            "year": year,
            "stock_t": outcome.recourse[future]["level"].get((stock, year), 0.0) * KT,
            "release_t": outcome.recourse[future]["release"].get((stock, year), 0.0) * KT,
            "not_found_t": outcome.recourse[future]["unbought"].get((stock, year), 0.0) * KT,
        }
        for future, stock, year in keys
    ]
    return pd.DataFrame(rows, columns=["future", "stockpile", "year", "stock_t", "release_t", "not_found_t"])


def futures_table(futures: Futures) -> pd.DataFrame:
    """The futures of the supply layer: name, probability, and the share of each year disrupted."""
    rows = [
        {"future": f.name, "probability": f.weight, "year": year, "disrupted_share": float(f.disrupted[i])}
        for f in futures.futures
        for i, year in enumerate(futures.years)
    ]
    return pd.DataFrame(rows)
