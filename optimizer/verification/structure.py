"""Whether the tables can be read at all: all there, numbers where numbers belong, names that the case knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from optimizer.verification.certificate import Book
from optimizer.verification.subject import BASELINE

TABLES: dict[str, tuple[str, ...]] = {
    "awards": (
        "capex_musd",
        "grant_musd",
        "equity_musd",
        "loan_musd",
        "debt_musd",
        "sponsor_musd",
        "expected_npv_musd",
        "tail_npv_musd",
        "expected_payment_musd",
        "p95_payment_musd",
        "worst_payment_musd",
    ),
    "programmes": (
        "budget_musd",
        "scored_musd",
        "left_musd",
        "expected_musd",
        "p95_musd",
        "worst_musd",
        "expected_net_musd",
    ),
    "outlays": ("year", "expected_musd"),
    "yearly_outlays": ("year", "expected_musd", "p05_musd", "median_musd", "p95_musd", "worst_musd"),
    "prices": (
        "year",
        "expected_usd_per_kg",
        "p05_usd_per_kg",
        "p25_usd_per_kg",
        "median_usd_per_kg",
        "p75_usd_per_kg",
        "p95_usd_per_kg",
    ),
    "stockpile": ("year", "purchase_t", "cost_musd", "stock_t"),
    "candidates": ("start_year", "capex_musd", "output_t_per_year"),
    "offers": ("start_year", "strike_usd_per_kg", "volume_t_per_year"),
    "private_entry": ("start_year",),
    "supply": ("year", "supply_t", "share"),
    "shortfall": ("year", "demand_t", "shortfall_t", "share_met"),
    "breakdown": ("weight", "unweighted_musd", "musd"),
    "production": ("year", "t_per_year"),
    "purchases": ("year", "step", "t_per_year"),
    "flows": ("year", "t_per_year"),
    "stock_levels": ("year", "stock_t", "release_t", "not_found_t"),
    "futures": ("year", "probability", "disrupted_share"),
    "exposure": ("year", "before", "after"),
    "financing": ("start_year", "musd"),
    "cover": ("year", "wanted_t", "missed_t"),
    "unmet": ("year", "t_per_year"),
    "scrap": ("year", "t_per_year"),
    "production_steps": ("year", "step", "t_per_year"),
    "below_minimum": ("year", "t_per_year"),
    "offtake": ("year", "start_year", "strike_usd_per_kg", "taken_t", "paid_not_taken_t"),
    "target_misses": ("year", "t_per_year"),
    "unused": ("year", "t_per_year", "downgraded_t_per_year"),
    "supply_costs": ("musd",),
}
"""Table → columns in which every cell is a finite number."""

NAMES = (
    ("awards", "plant", "plants"),
    ("awards", "contract", "contracts"),
    ("financing", "plant", "plants"),
    ("financing", "programme", "programmes"),
    ("private_entry", "plant", "plants"),
    ("candidates", "plant", "plants"),
    ("offers", "contract", "contracts"),
    ("stockpile", "stockpile", "stockpiles"),
    ("outlays", "programme", "programmes"),
    ("yearly_outlays", "programme", "programmes"),
    ("cover", "target", "targets"),
    ("cover", "stockpile", "stockpiles"),
)
"""(table, column, table of the case whose keys it holds); blank cells are left out."""


KEYS = {
    "programmes": ("programme", "scoring"),
    "stockpile": ("stockpile", "region", "material", "price_usd_per_kg"),
    "candidates": ("plant", "in_plan", "private_entry"),
    "shortfall": ("plan", "condition", "region", "segment", "material"),
}
"""Table → its other columns, for tables that have none at all when they have no rows."""


def with_columns(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The tables, with the columns of those that have neither rows nor columns."""
    return {
        name: pd.DataFrame(columns=[*KEYS[name], *TABLES[name]]) if name in KEYS and not frame.shape[1] else frame
        for name, frame in tables.items()
    }


def check_structure(book: Book, case: Any, tables: Mapping[str, pd.DataFrame]) -> bool:
    """Whether everything else can be checked."""
    readable = True

    def note(words: str, fact: bool, where: str) -> None:
        nonlocal readable
        readable = readable and fact
        book.holds(words, fact, where)

    for name, columns in TABLES.items():
        frame = tables.get(name)
        there = frame is not None and set(columns) <= set(frame.columns)
        note("every table and column is there", there, name)
        if frame is None or not there:
            continue
        for column in columns:
            values = pd.to_numeric(frame[column], errors="coerce").to_numpy(float)
            note("numbers are finite", bool(np.isfinite(values).all()), f"{name}, {column}")
    if not readable:
        return False
    for name, column, keys in NAMES:
        key = {"plants": "plant", "contracts": "contract", "programmes": "programme", "targets": "target"}
        known = {row[key.get(keys, "stockpile")] for row in case.rows(keys)}
        found = set(tables[name][column].dropna())
        note("names are those of the case", found <= known, f"{name}, {column}")
    if BASELINE in tables:
        note("every table and column is there", "comparison" in tables, "comparison")
    contracts = tables["awards"][tables["awards"]["contract"].notna()]
    for column in ("strike_usd_per_kg", "volume_t_per_year"):
        finite = np.isfinite(pd.to_numeric(contracts[column], errors="coerce").to_numpy(float))
        note("numbers are finite", bool(finite.all()), f"awards, {column}")
    started = tables["awards"].set_index("plant")["start_year"]
    candidates = {row.plant for row in case.rows("plants") if row.status == "candidate"}
    lost = [plant for plant in started.index if plant in candidates and pd.isna(started[[plant]]).any()]
    note("candidates in the plan have a start year", not lost, "awards, start_year")
    return readable
