"""Plans as fixed awards: of a solve, of a run folder, and in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from optimizer.engine import Outcome
from optimizer.engine.values import AWARDS, Values
from optimizer.errors import SettingError
from optimizer.instance import Instance
from optimizer.results import manifest
from optimizer.results.records import records

KT = 1000.0


@dataclass(frozen=True)
class Plan:
    """Awards under a name; plants that enter unaided are no part of them."""

    name: str
    title: str
    awards: dict[str, Values]


def awards_of(awards: Mapping[str, Values], entrants: Mapping[str, int]) -> dict[str, Values]:
    """The awards without plants that enter unaided, and with every kind of award there is."""
    kept = {name: dict(awards.get(name, {})) for name in AWARDS}
    kept["build"] = {option: one for option, one in kept["build"].items() if option[0] not in entrants and one > 0.5}
    return kept


def as_outcome(awards: Mapping[str, Values]) -> Outcome:
    """Awards as the outcome that result tables of awards read; it knows nothing of supply."""
    return Outcome({name: dict(awards.get(name, {})) for name in AWARDS}, {}, {}, {}, 0.0)


def words(awards: Mapping[str, Values]) -> str:
    """A plan in one line: plants with start years, contracts with strikes, public money, stock.

    >>> words({"build": {("mine", 2028): 1.0}, "signed": {("floor", 2028, 90.0): 1.0}})
    'mine 2028; floor at 90 USD/kg'
    >>> words({})
    'nothing'
    """
    parts = [f"{plant} {year}" for (plant, year), one in sorted(awards.get("build", {}).items()) if one > 0.5]
    signed = sorted(offer for offer, one in awards.get("signed", {}).items() if one > 0.5)
    parts += [f"{contract} at {strike:g} USD/kg" for contract, _, strike in signed]
    for kind, name in (("grant", "grants"), ("equity", "public equity"), ("loan", "public loans")):
        total = sum(awards.get(kind, {}).values())
        if total > 0.05:
            parts.append(f"{total:,.0f} musd of {name}")
    stocks = sorted({stock for (stock, _), rate in awards.get("purchase_rate", {}).items() if rate > 1e-6})
    parts += [f"stock {stock}" for stock in stocks]
    return "; ".join(parts) or "nothing"


def plan_of_run(folder: str | Path, instance: Instance) -> Plan:
    """The plan of a run folder written by ``solve --out``, with the years of the instance's stock tranches.

    Raises SettingError for what is not such a folder, or has been changed since it was written.
    """
    place = Path(folder)
    names = ("awards", "offers", "financing", "stockpile")
    if not all((place / f"{name}.parquet").is_file() for name in names):
        raise SettingError(f"{folder}: is not a run written by 'optimizer solve --out' (it lacks awards.parquet).")
    wrong = manifest.check(place)
    if wrong:
        raise SettingError(f"{folder}: is not as it was written ({wrong[0]}).")
    tables = {name: records(pd.read_parquet(place / f"{name}.parquet")) for name in names}
    awards: dict[str, Values] = {name: {} for name in AWARDS}
    volumes = {(row["contract"], row["strike_usd_per_kg"]): row["volume_t_per_year"] for row in tables["awards"]}
    for row in tables["awards"]:
        if row["route"] == "supported":
            awards["build"][row["plant"], int(row["start_year"])] = 1.0
    for row in tables["offers"]:
        if row["signed"]:
            offer = (row["contract"], int(row["start_year"]), float(row["strike_usd_per_kg"]))
            awards["signed"][offer] = 1.0
            awards["volume"][offer] = volumes[row["contract"], row["strike_usd_per_kg"]] / KT
    built = {plant for plant, _ in awards["build"]}
    for row in tables["financing"]:
        option = (row["plant"], int(row["start_year"]))
        if row["instrument"] != "debt":
            awards[row["instrument"]][*option, row["programme"]] = row["musd"]
        elif row["plant"] in built:
            awards["debt"][option] = row["musd"]
    for row in tables["stockpile"]:
        if row["purchase_t"]:
            tranche = instance.awards.stock.tranche_of.get((row["stockpile"], row["year"]), row["year"])
            awards["purchase_rate"][row["stockpile"], tranche] = row["purchase_t"] / KT
    return Plan(place.name, f"The plan of {place.name}", awards)
