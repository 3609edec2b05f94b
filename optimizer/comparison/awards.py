"""Who is in, who is out and on which terms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from optimizer.comparison.lines import Line, merged, plain
from optimizer.comparison.subject import Subject

PLANT_KEYS = ("plant", "measure")
CONTRACT_KEYS = ("plant", "contract", "measure")
PLANT_FIELDS = (("route", "", "route"), ("start year", "", "start_year"), ("capex", "musd", "capex_musd"))
INSTRUMENTS = ("grant", "equity", "loan", "debt")
CONTRACT_FIELDS = (
    ("form", "", "instrument"),
    ("pot", "", "programme"),
    ("strike", "USD/kg", "strike_usd_per_kg"),
    ("tonnage", "t/yr", "volume_t_per_year"),
    ("tenor", "years", "tenor_years"),
    ("upside share", "share", "upside_share"),
    ("expected payment", "musd", "expected_payment_musd"),
    ("P95 payment", "musd", "p95_payment_musd"),
    ("worst payment", "musd", "worst_payment_musd"),
)
"""Measure, unit, column of the awards."""


def plant_lines(runs: Sequence[Subject]) -> list[Line]:
    """Every plant in any plan: route (supported, private: enters unaided, running), start, capex, and what finances it
    (grant, equity, loan with their pots, private debt)."""
    parts = [_plants(run) for run in runs]
    units = {measure: unit for measure, unit, _ in PLANT_FIELDS}
    return [Line(key, units.get(key[1], "musd"), values) for key, values in sorted_by_plant(merged(parts))]


def contract_lines(runs: Sequence[Subject]) -> list[Line]:
    """Every contract in any plan with its terms and the present value of what it pays."""
    units = {measure: unit for measure, unit, _ in CONTRACT_FIELDS}
    return [
        Line(key, units[key[2]], values) for key, values in sorted_by_plant(merged([_contracts(run) for run in runs]))
    ]


def sorted_by_plant(lines: dict[tuple[Any, ...], Any]) -> list[tuple[tuple[Any, ...], Any]]:
    """Lines by plant (and contract), measures in their order."""
    return sorted(lines.items(), key=lambda item: item[0][:-1])


def _plants(run: Subject) -> dict[tuple[Any, ...], Any]:
    out: dict[tuple[Any, ...], Any] = {}
    first = run.table("awards").drop_duplicates("plant")
    for row in first.to_dict(orient="records"):
        for measure, _, column in PLANT_FIELDS:
            out[str(row["plant"]), measure] = plain(row[column])
        for kind in INSTRUMENTS:
            amount = float(row[f"{kind}_musd"])
            if amount and kind == "debt":
                out[str(row["plant"]), "private debt"] = amount
            for programme, part in _parts(run, str(row["plant"]), kind).items() if amount and kind != "debt" else ():
                out[str(row["plant"]), f"{kind} from {programme}"] = part
    return out


def _parts(run: Subject, plant: str, kind: str) -> dict[str, float]:
    table = run.table("financing")
    rows = table[(table["plant"] == plant) & (table["instrument"] == kind)]
    return {str(name): float(amount) for name, amount in rows.groupby("programme")["musd"].sum().items() if amount}


def _contracts(run: Subject) -> dict[tuple[Any, ...], Any]:
    awards = run.table("awards")
    signed: pd.DataFrame = awards[awards["contract"].notna()]
    return {
        (str(row["plant"]), str(row["contract"]), measure): plain(row[column])
        for row in signed.to_dict(orient="records")
        for measure, _, column in CONTRACT_FIELDS
    }
