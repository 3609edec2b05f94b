"""Shadow prices in sentences, and how their tables are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from optimizer.analysis.answer import View, in_words
from optimizer.data import Case
from optimizer.engine import Solved

NAMED = 4
"""Most pots, plants or routes that have a sentence of their own."""
FIGURES = {
    "expected_usd_per_kg": "by year\nUSD/kg",
    "calm_usd_per_kg": "calm\nUSD/kg",
    "embargo_usd_per_kg": "embargo\nUSD/kg",
}
WHOLE = {"one_more_usd_per_kg": "1 t more\nUSD/kg", "one_less_usd_per_kg": "1 t less\nUSD/kg"}


def findings(
    case: Case, tables: Mapping[str, pd.DataFrame], best: Solved, value: float, missing: Sequence[str]
) -> tuple[str, ...]:
    """What the tables say."""
    out = [
        "Prices are of the plan found, with its yes-or-no decisions kept (plants and start years, strikes signed, who "
        f"borrows); tonnages, amounts and stock may move. That plan costs {value:,.1f} musd; no plan costs less than "
        f"{best.bound:,.1f} musd. With more money, other plants may do better than a price says: --exact shows that."
    ]
    weights = case.settings.objective.effective_weights
    if (weights.resource, weights.shortage) != (1.0, 1.0):
        out.append(
            f"The objective counts resource cost at {weights.resource:g} and shortage at {weights.shortage:g}: all "
            "prices are in that measure, not in plain money."
        )
    out += _pots(tables["pots"])
    for name, words in (("plants", _plants), ("lanes", _lanes), ("targets", _targets), ("demand", _demand)):
        if name in tables and not tables[name].empty:
            out += words(tables[name])
    if "exact" in tables:
        out += _exact(tables["exact"])
    return (*out, *(f"Not complete: {words}." for words in missing))


def _limit(row: pd.Series) -> str:
    year = "" if pd.isna(row["year"]) else f" of {row['year']}"
    return f"{row['programme']}" if row["limit"] == "budget" else f"the yearly cap{year} of {row['programme']}"


def _pots(pots: pd.DataFrame) -> list[str]:
    out = []
    worth = pots[(pots["saving_per_next_musd"] > 0.0) | (pots["cost_per_last_musd"] > 0.0)]
    for _, row in worth.head(NAMED).iterrows():
        words = f"The next 1 musd in {_limit(row)} saves {row['saving_per_next_musd']:.2f} musd"
        if row["saving_per_next_musd"] > 0.0:
            kinds = ("resource", "shortage", "outlay", "other")
            parts = [f"{kind} {row[f'{kind}_saved_per_musd']:+.2f}" for kind in kinds]
            words += f" ({', '.join(parts)})"
        words += (
            f", up to +{row['holds_up_musd']:,.1f} musd; the last 1 musd saved "
            f"{row['cost_per_last_musd']:.2f}, down to −{row['holds_down_musd']:,.1f} musd. However large, it would "
            f"save this plan {row['most_saved_musd']:,.1f} musd."
        )
        out.append(words)
    slack = pots[(pots["saving_per_next_musd"] == 0.0) & (pots["cost_per_last_musd"] == 0.0)]
    names = list(dict.fromkeys(slack["programme"]))
    if names:
        out.append(f"More money in {in_words(names)} is worth nothing to these plants and contracts.")
    edges = pots[(pots["needed_musd"] > 0.0) & (pots["limit"] == "budget")]
    if len(edges):
        least = [f"{row['needed_musd']:,.1f} musd in {row['programme']}" for _, row in edges.head(NAMED).iterrows()]
        out.append(f"The plan's plants and contracts cannot be paid for with less than {in_words(least)}.")
    return out


def _plants(plants: pd.DataFrame) -> list[str]:
    worth = plants[plants["one_more_usd_per_kg"] > 0.005]
    top = [
        f"{row['plant']} ({row['one_more_usd_per_kg']:,.2f} USD/kg, {row['status']})"
        for _, row in worth.head(NAMED).iterrows()
    ]
    if not top:
        return ["No plant's capacity holds supply back."]
    return [f"More capacity is worth most at {in_words(top)}; its capital cost is to be held against that."]


def _lanes(lanes: pd.DataFrame) -> list[str]:
    top = [
        f"{row['from_region']} to {row['to_region']}, {row['material']} (calm {row['calm_usd_per_kg']:,.2f}, embargo "
        f"{row['embargo_usd_per_kg']:,.2f} USD/kg)"
        for _, row in lanes.head(NAMED).iterrows()
    ]
    return [f"Routes that bind most: {in_words(top)}."]


def _targets(targets: pd.DataFrame) -> list[str]:
    worth = targets[targets["cost_musd"].abs() > 0.0]
    if worth.empty:
        return ["No target costs anything at the margin."]
    top = [f"{row['target']} {row['cost_musd']:,.2f} musd by one {row['by']}" for _, row in worth.iterrows()]
    return [f"Tightening a target costs: {in_words(top)}."]


def _demand(demand: pd.DataFrame) -> list[str]:
    gaps = (demand["embargo_usd_per_kg"] - demand["calm_usd_per_kg"]).sort_values(ascending=False)
    if gaps.isna().all() or gaps.iloc[0] <= 0.01:
        return []
    row = demand.loc[gaps.index[0]]
    return [
        f"One kg more of {row['material']} for {row['segment']} in {row['region']} costs "
        f"{row['calm_usd_per_kg']:,.2f} USD in calm years and {row['embargo_usd_per_kg']:,.2f} while a disruption is "
        "in force, the widest difference."
    ]


def _exact(exact: pd.DataFrame) -> list[str]:
    sure = exact[exact["finding"].isin(["saves", "costs"])]
    out = []
    for _, row in sure.iterrows():
        kept = row["kept_saves_musd"]
        low, high = sorted((abs(row["least_saved_musd"]), abs(row["most_saved_musd"])))
        out.append(
            f"Chosen anew, with {row['step_musd']:+,.1f} musd in {_limit(row)} the plan {row['finding']} "
            f"{abs(row['plan_saves_musd']):,.1f} musd (between {low:,.1f} and {high:,.1f}); "
            + ("its plants and contracts cannot be kept" if pd.isna(kept) else f"kept as it is, {abs(kept):,.1f}")
            + f"; price times step says {abs(row['price_says_musd']):,.1f}."
        )
    unsure = int((exact["finding"] == "no finding: within the gaps").sum())
    if unsure:
        out.append(f"For {unsure} of {len(exact)} steps the change is within the gaps of the two solves: no finding.")
    none = exact[exact["finding"] == "no plan exists"]
    out += [f"With {row['step_musd']:+,.1f} musd in {_limit(row)} there is no plan." for _, row in none.iterrows()]
    return out


def views(tables: Mapping[str, pd.DataFrame]) -> tuple[View, ...]:
    """How the tables are shown."""
    shown = [
        View(
            "Pots and yearly caps, plants and contracts kept: musd saved per musd, and for how many musd that holds",
            "pots",
            {
                "programme": "pot",
                "year": "year",
                "size_musd": "size\nmusd",
                "used_musd": "used\nmusd",
                "saving_per_next_musd": "next\nsaves",
                "holds_up_musd": "up to\n+musd",
                "cost_per_last_musd": "last\nsaved",
                "holds_down_musd": "down to\n−musd",
                "most_saved_musd": "at most\nmusd",
            },
        ),
        View(
            "Capacity: worth of a tonne a year more or less in all years, and of the dual prices by year the mean",
            "plants",
            {"plant": "plant", "status": "status", **WHOLE, **FIGURES},
            15,
        ),
        View(
            "Routes that bind: worth of a tonne a year more",
            "lanes",
            {"from_region": "from", "to_region": "to", "material": "material", **WHOLE, **FIGURES},
            15,
        ),
        View(
            "Targets: cost of tightening each by one unit",
            "targets",
            {"target": "target", "level": "level", "mode": "mode", "by": "by one", "cost_musd": "costs\nmusd"},
        ),
        View(
            "Marginal cost of supply: one kg a year more demanded",
            "demand",
            {
                "region": "region",
                "segment": "segment",
                "material": "material",
                "one_more_usd_per_kg": "1 t more\nUSD/kg",
                **FIGURES,
                "shortage_cost_usd_per_kg": "shortage\nUSD/kg",
            },
            20,
        ),
        View(
            "Saved at other pots: by the price, with plants and contracts kept, and with the plan chosen anew",
            "exact",
            {
                "programme": "pot",
                "step_musd": "step\nmusd",
                "price_says_musd": "price\nmusd",
                "kept_saves_musd": "kept\nmusd",
                "plan_saves_musd": "anew\nmusd",
                "least_saved_musd": "least\nmusd",
                "most_saved_musd": "most\nmusd",
                "finding": "finding",
            },
        ),
    ]
    return tuple(view for view in shown if view.table in tables)
