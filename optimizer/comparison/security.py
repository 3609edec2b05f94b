"""Security of supply side by side: covered origins, unmet demand, the worst future, and stock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from optimizer.comparison.lines import Line, merged, plain
from optimizer.comparison.subject import Subject

COVERED_KEYS = ("material", "condition", "year")
UNMET_KEYS = ("material", "segment", "condition")
WORST_KEYS = ("measure",)
STOCK_KEYS = ("stockpile", "measure")
ALL_YEARS = "all"
SUPPLY_TERMS = ("imports", "operation", "freight", "shortage")
"""Terms of the cost of supply in one future, as in the comparison of a plan with none."""


def covered_lines(runs: Sequence[Subject]) -> list[Line]:
    """Share of allied supply from covered countries by material, condition (calm, embargo) and year; and of all years
    together, by tonnes."""
    found = merged([_covered(run) for run in runs])
    order = {key: position for position, key in enumerate(found)}
    keys = sorted(found, key=lambda key: (key[0], key[1], key[2] == ALL_YEARS, order[key]))
    return [Line(key, "share", found[key]) for key in keys]


def unmet_lines(runs: Sequence[Subject]) -> list[Line]:
    """Share of demand not met by material, segment and condition, all regions and years."""
    return [Line(key, "share", values) for key, values in sorted(merged([_unmet(run) for run in runs]).items())]


def worst_lines(runs: Sequence[Subject]) -> list[Line]:
    """The future in which supply costs most, that cost (musd, present value), and the most that any future goes short
    of each material in each segment (t, all years)."""
    return [Line(key[:1], key[1], values) for key, values in merged([_worst(run) for run in runs], 0.0).items()]


def stock_lines(runs: Sequence[Subject]) -> list[Line]:
    """Every stockpile: bought (t), first and last year of buying, cost (musd, not discounted), largest stock (t)."""
    return [Line(key[:2], key[2], values) for key, values in merged([_stock(run) for run in runs]).items()]


def _with_plan(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["plan"] == "with"]


def _covered(run: Subject) -> dict[tuple[Any, ...], Any]:
    covered = {row.region for row in run.case.rows("regions") if row.covered}
    supply = _with_plan(run.table("supply"))
    supply = supply.assign(covered_t=supply["supply_t"].where(supply["origin"].isin(covered), 0.0))
    out: dict[tuple[Any, ...], Any] = {}
    for (material, condition), rows in supply.groupby(["material", "condition"], sort=True):
        sums = rows.groupby("year", sort=True)[["covered_t", "supply_t"]].sum()
        for year, row in sums.iterrows():
            out[material, condition, year] = float(row["covered_t"] / row["supply_t"])
        total = sums.sum()
        out[material, condition, ALL_YEARS] = float(total["covered_t"] / total["supply_t"])
    return out


def _unmet(run: Subject) -> dict[tuple[Any, ...], Any]:
    rows = _with_plan(run.table("shortfall"))
    sums = rows.groupby(["material", "segment", "condition"], sort=True)[["demand_t", "shortfall_t"]].sum()
    return {
        tuple(str(part) for part in key): float(row["shortfall_t"] / row["demand_t"]) if row["demand_t"] else 0.0
        for key, row in zip(sums.index, sums.to_dict(orient="records"), strict=True)
    }


def _worst(run: Subject) -> dict[tuple[Any, ...], Any]:
    costs = run.table("supply_costs")
    by_future = costs[costs["term"].isin(SUPPLY_TERMS)].groupby("future", sort=True)["musd"].sum()
    out: dict[tuple[Any, ...], Any] = {
        ("worst future", ""): str(by_future.idxmax()),
        ("cost of supply in it", "musd"): float(by_future.max()),
    }
    short = run.table("unmet")
    if not short.empty:
        totals = short.groupby(["material", "segment", "future"], sort=True)["t_per_year"].sum()
        worst = totals.groupby(level=["material", "segment"], sort=True).max()
        for (material, segment), amount in zip(worst.index.tolist(), worst.tolist(), strict=True):
            out[f"{material} not met, {segment}, most in any future", "t"] = float(amount)
    return out


def _stock(run: Subject) -> dict[tuple[Any, ...], Any]:
    out: dict[tuple[Any, ...], Any] = {}
    for name, rows in run.table("stockpile").groupby("stockpile", sort=True):
        years = rows.loc[rows["purchase_t"] > 0.0, "year"]
        out[name, "bought", "t"] = float(rows["purchase_t"].sum())
        out[name, "first year of buying", ""] = None if years.empty else plain(years.min())
        out[name, "last year of buying", ""] = None if years.empty else plain(years.max())
        out[name, "cost, not discounted", "musd"] = float(rows["cost_musd"].sum())
        out[name, "largest stock", "t"] = float(rows["stock_t"].max())
    return out


def shadow_price_lines(runs: Sequence[Subject]) -> tuple[list[Line], tuple[str, ...]]:
    """Figures of the table ``shadow_prices``, and the names of its key columns; nothing unless every run has it.

    Columns of words and whole numbers are the key, the others are figures.
    """
    frames = [run.tables["shadow_prices"] for run in runs if "shadow_prices" in run.tables]
    if len(frames) < len(runs):
        return [], ()
    figures = [str(c) for c in frames[0] if pd.api.types.is_float_dtype(frames[0][c])]
    keys = [str(c) for c in frames[0] if str(c) not in figures]
    if any(set(frame.columns) != set(frames[0].columns) or frame.duplicated(keys).any() for frame in frames):
        return [], ()
    parts = [
        {
            (*(plain(row[key]) for key in keys), figure): plain(row[figure])
            for row in frame.to_dict(orient="records")
            for figure in figures
        }
        for frame in frames
    ]
    return [Line(key, "", values) for key, values in merged(parts).items()], (*keys, "figure")
