"""What the tables of ``breakeven`` say, in sentences, and how they are shown."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from optimizer.analysis.answer import View, in_words

NEAREST = 4
"""Plants left out that are named, nearest to being worth it first."""

LEFT_OUT = ("menu too low", "pot spent on others", "pot too small", "toss-up", "worth less than it needs")

BREAKEVEN = {
    "plant": "plant",
    "contract": "contract",
    "needs_strike_usd_per_kg": "needs\nUSD/kg",
    "worth_strike_usd_per_kg": "worth\nUSD/kg",
    "menu_top_usd_per_kg": "menu top\nUSD/kg",
    "enters_strike_usd_per_kg": "enters at\nUSD/kg",
    "verdict": "verdict",
}
WHY = {
    "plant": "plant",
    "stopped_below_by": "held up by",
    "value_musd": "value\nmusd",
    "support_cost_musd": "support\nmusd",
    "pot_strike_usd_per_kg": "pot gone\nUSD/kg",
    "why": "why",
}
LESS = {
    "contract": "contract",
    "needs_tick_usd_per_kg": "needed tick\nUSD/kg",
    "covered_t_per_year": "on offer\nt/yr",
    "least_at_top_t_per_year": "least at\nmenu top",
    "least_at_tick_t_per_year": "at the\ntick",
    "tenor_years": "on offer\nyears",
    "shortest_at_top_years": "shortest at\nmenu top",
    "shortest_at_tick_years": "at the\ntick",
}
REPLACEMENTS = {
    "plant": "plant",
    "instrument": "instead",
    "amount_musd": "least\nmusd",
    "offered_musd": "on offer\nmusd",
    "outlay_musd": "costs\nmusd",
    "contract_outlay_musd": "contract\ncosts",
    "reason": "",
}
CURVES = {
    "contract": "contract",
    "curve": "against",
    "x": "at",
    "x_unit": "unit",
    "strike_usd_per_kg": "needs\nUSD/kg",
}


def views(tables: Mapping[str, pd.DataFrame], plant: str | None) -> tuple[View, ...]:
    """How the tables are shown; curves only of a single plant, for they are long."""
    shown = [
        View("What each candidate needs, and the strike it is worth", "breakeven", BREAKEVEN),
        View("Why it is in the plan or not", "breakeven", WHY),
        View("The least tonnage and the shortest tenor, at the menu's top and at the tick needed", "breakeven", LESS),
        View("Money that would do in place of a contract, alone", "replacements", REPLACEMENTS, rows=16),
    ]
    if plant is not None:
        shown.append(View("Break-even strikes as curves", "curves", CURVES, rows=80))
    return tuple(shown)


def findings(tables: Mapping[str, pd.DataFrame], outlay_weight: float, stopped: str | None) -> tuple[str, ...]:
    """Sentences, the most asked for first."""
    frame = tables["breakeven"]
    said = [_counts(frame)]
    inside = frame[(frame["verdict"] == "in the plan") & frame["needs_strike_usd_per_kg"].notna()]
    said += [_inside(row) for row in _rows(inside)]
    outside = frame[frame["verdict"].isin(list(LEFT_OUT))]
    outside = outside.sort_values("net_benefit_musd", ascending=False, kind="stable").drop_duplicates("plant")
    said += [_outside(row) for row in _rows(outside.head(NEAREST))]
    none = (frame["verdict"] == "viable at no strike").groupby(frame["plant"]).all()
    if none.any():
        said.append(f"At no strike viable with a contract of theirs alone: {in_words(sorted(none[none].index))}.")
    enough = tables["replacements"]
    enough = enough[(enough["reason"] == "enough, and on offer")]
    if len(enough):
        said.append(f"Money on offer that would do alone: {in_words([_money(r) for r in _rows(enough)])}.")
    said.append(
        "What a plant needs is judged alone: one contract at its largest tonnage, private debt, its pot without limit. "
        "What it is worth is what a plan saves in which it is simply there, without support; a contract uses that up "
        f"at its expected outlay times {outlay_weight:g}, the weight of public outlay."
    )
    return (*said, *([stopped] if stopped else []))


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _counts(frame: pd.DataFrame) -> str:
    best: dict[str, str] = {}
    order = ("enters unaided", "in the plan", "in the plan otherwise", *LEFT_OUT)
    for row in _rows(frame):
        plant, verdict = row["plant"], row["verdict"]
        if plant not in best or (verdict in order and best[plant] not in order):
            best[plant] = verdict
    groups: dict[str, list[str]] = {}
    for plant, verdict in best.items():
        groups.setdefault(verdict.removesuffix(" otherwise"), []).append(plant)
    if len(best) == 1:
        return " ".join(f"{plant}: {verdict}." for plant, verdict in best.items())
    parts = [f"{len(names)} {verdict} ({', '.join(names)})" for verdict, names in groups.items()]
    return f"Of {len(best)} candidates: {'; '.join(parts)}."


def _inside(row: Mapping[str, Any]) -> str:
    worth, value = row["worth_strike_usd_per_kg"], row["value_musd"]
    up_to = "its worth was not asked" if math.isnan(worth) else f"it is worth up to {worth:,.2f} ({value:,.1f} musd)"
    return (
        f"{row['plant']} needs {row['needs_strike_usd_per_kg']:,.2f} USD/kg of {row['contract']} "
        f"({row['covered_t_per_year']:,.0f} t/yr, {row['tenor_years']:.0f} years; a cent less and it fails by its "
        f"{row['stopped_below_by']}); {up_to}; {row['why']}."
    )


def _outside(row: Mapping[str, Any]) -> str:
    return (
        f"{row['plant']} needs {row['needs_strike_usd_per_kg']:,.2f} USD/kg of {row['contract']}: {row['verdict']}, "
        f"for {row['why']}."
    )


def _money(row: Mapping[str, Any]) -> str:
    cost = f"{row['outlay_musd']:,.1f} musd expected"
    beside = row["contract_outlay_musd"]
    instead = "" if math.isnan(beside) else f" in place of {beside:,.1f}"
    return f"{row['amount_musd']:,.1f} musd of {row['instrument']} to {row['plant']} ({cost}{instead})"
