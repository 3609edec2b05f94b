"""What the comparison says, in sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from optimizer.analysis.answer import in_words
from optimizer.analysis.instrument_choice.choices import PlantChoices
from optimizer.analysis.instrument_choice.wording import BORDER, CALLED

FEW = 3
"""Up to so many plants, each has sentences of its own."""

CAVEAT = (
    "Buyers are taken to buy the same whatever they pay, and prices outside not to move: a border measure is neither "
    "spared the demand it drives away nor credited with it. Buyers pay on every tonne bought inside, input of other "
    "plants included."
)

_BORDER = [CALLED[kind] for kind in BORDER]
Found = dict[str, Any]
"""A row of the main table."""


def findings(plants: Sequence[PlantChoices], table: pd.DataFrame, totals: pd.DataFrame) -> list[str]:
    """Sentences on each plant if they are few, on all of them together if there are several."""
    out: list[str] = []
    if len(plants) > 1:
        needless = [plant.plant for plant in plants if plant.unaided.viable]
        if needless:
            out.append(f"Viable unaided, so that nothing is needed and nothing counted here: {in_words(needless)}.")
        out += _together(totals, len(plants) - len(needless)) if len(totals) else []
    if len(plants) <= FEW:
        rows: list[Found] = [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]
        for plant in plants:
            out += _of_plant(plant, [row for row in rows if row["plant"] == plant.plant])
    return [*out, CAVEAT]


def _of_plant(plant: PlantChoices, table: Sequence[Found]) -> list[str]:
    rows = [row for row in table if row["terms_are"] == "least"]
    head = (
        f"{plant.plant} (start {plant.start_year}, {1000 * plant.alone.output:,.0f} t/yr of {plant.alone.row.product})"
    )
    if plant.unaided.viable:
        return [
            f"{head} needs nothing: it is viable unaided, so that at its least terms every instrument costs nothing."
        ]
    enough = [row for row in rows if row["viable"]]
    out = [f"{head}: least terms at which it is viable alone: {in_words([_named(row) for row in enough])}."]
    short = [row for row in rows if not row["viable"]]
    for reason in dict.fromkeys(row["why_not"] for row in short):
        names = in_words([row["name"] for row in short if row["why_not"] == reason])
        out.append(f"No terms of {names} are enough (money is tried up to the whole capex): {reason}.")
    out += _costs(enough) + _deters(plant, rows) + _bankable(enough)
    out += _stated([row for row in table if row["terms_are"] == "stated"]) + _competition(plant)
    if plant.terms.assumed:
        out.append(f"Not stated by the case and assumed for {plant.plant}: {'; '.join(plant.terms.assumed)}.")
    return out


def _named(row: Found) -> str:
    return f"{row['name']} {row['level']}"


def _costs(enough: Sequence[Found]) -> list[str]:
    """Cheapest first, treasury and buyers together; then who pays for border measures."""
    order = sorted(enough, key=lambda row: row["public_and_buyers_expected_musd"])
    words = in_words(
        [
            f"{row['name']} {row['public_and_buyers_expected_musd']:,.0f} ({row['public_and_buyers_p95_musd']:,.0f})"
            for row in order
        ]
    )
    out = [f"Cost of these to treasury and buyers together, expected (and P95), musd: {words}."] if order else []
    backs = [row for row in enough if row["treasury_best_musd"] < -0.5 and row["instrument"] not in _BORDER]
    if backs:
        words = in_words([f"{row['name']} {-row['treasury_best_musd']:,.0f} musd" for row in backs])
        out.append(f"On the path of the highest prices the treasury gets back: {words}.")
    base = next((row["treasury_expected_musd"] for row in enough if row["instrument"] == CALLED["floor"]), 0.0)
    for row in (row for row in enough if row["instrument"] in _BORDER):
        text = f"{_named(row)}: buyers pay {row['buyers_expected_musd']:,.0f} musd in expectation"
        if row["treasury_expected_musd"] <= -0.5:
            text += f", {-row['treasury_expected_musd']:,.0f} of it as revenue of the treasury"
        if row["other_producers_expected_musd"] >= 0.5:
            text += f", {row['other_producers_expected_musd']:,.0f} of it to other producers inside"
        if base >= 0.5:
            text += f"; less revenue, {row['public_and_buyers_expected_musd'] / base:,.1f} times what the floor costs"
        out.append(f"{text}.")
    return out


def _deters(plant: PlantChoices, rows: Sequence[Found]) -> list[str]:
    """Which prices, held for as long as it takes, would close the plant under each instrument."""
    groups: dict[float, list[str]] = {}
    for row in rows:
        if not math.isnan(row["survives_price_usd_per_kg"]):
            groups.setdefault(round(row["survives_price_usd_per_kg"], 1), []).append(row["name"])
    words = []
    for price, names in sorted(groups.items()):
        level = f"one below {price:,.1f} USD/kg" if price > 0.0 else "no price, however low, while cover lasts"
        words.append(f"{level} ({', '.join(names)})")
    if not words:
        return []
    out = [
        f"What price of {plant.alone.row.product}, today {plant.slump.today:,.1f} USD/kg, would make it lose cash, all "
        f"else at its long run: {'; '.join(words)}."
    ]
    above = {row["name"]: row["loses_cash_above_usd_per_kg"] for row in rows}
    over = [f"{name} above {price:,.1f} USD/kg" for name, price in above.items() if not math.isnan(price)]
    if over:
        out.append(f"It would also lose cash at high prices, paying back more than it earns: {in_words(over)}.")
    return out


def _bankable(enough: Sequence[Found]) -> list[str]:
    borne = [f"{row['name']} {row['debt_capacity_musd']:,.0f} musd" for row in enough if row["bankable"] != "no"]
    words = in_words(borne) if borne else "nothing under any instrument"
    return [f"The lender's deck at these terms bears: {words}{'; none under the others' if borne else ''}."]


def _stated(rows: Sequence[Found]) -> list[str]:
    """At the strike asked about: who pays under each, and whether the plant is viable."""
    if not rows:
        return []
    words = []
    for row in rows:
        side = "buyers" if row["instrument"] in _BORDER else "treasury"
        cost = f"{side} {row[f'{side}_expected_musd']:,.0f} ({row[f'{side}_p95_musd']:,.0f})"
        words.append(f"{row['name']} {cost}" + ("" if row["viable"] else f", but {row['why_not']}"))
    strike = rows[0]["strike_usd_per_kg"]
    return [f"At {strike:g} USD/kg, expected (and P95), musd: {'; '.join(words)}."]


def _competition(plant: PlantChoices) -> list[str]:
    """Where nothing is left to import, no border measure holds a price up against those inside."""
    years = plant.alone.plan.columns[: plant.terms.reference.tenor_years]
    words = []
    for market in plant.markets:
        full = sum(1 for year in years if market.imports[year] <= 0.0)
        if full:
            least = 100.0 * market.sold_inside_share[years].min()
            words.append(f"{market.name} in {full} of {len(years)} years of cover, with {least:.0f} % of output sold "
                         "inside at the least")  # fmt: skip
    if not words:
        return []
    return [
        f"Together with others, {plant.plant} makes all that is bought inside, or more ({'; '.join(words)}): no "
        "imports are left to tax, and competition would take the price inside back to the one outside. Figures of "
        "border measures are the best case for them."
    ]


def _together(totals: pd.DataFrame, asked: int) -> list[str]:
    words = []
    for row in totals.to_dict("records"):
        cost = f"{row['public_and_buyers_expected_musd']:,.0f} ({row['public_and_buyers_p95_musd']:,.0f})"
        words.append(f"{row['name']} {row['plants']} for {cost}" if row["plants"] else f"{row['name']} none")
    return [
        f"Of {asked} plants that the plan backs, each instrument at least terms brings so many, for so much to "
        f"treasury and buyers together, expected (and P95), musd: {'; '.join(words)}."
    ]


def plan_findings(plans: pd.DataFrame) -> list[str]:
    """What the whole model says with one instrument alone on offer: the cheapest for each plant, within the gaps."""
    words = []
    solved = plans[plans["plan_objective_musd"].notna() & ~plans["instrument"].isin(_BORDER)]
    for plant, rows in solved.groupby("plant", sort=False):
        inside = rows[rows["in_plan"] == "yes"]
        if inside.empty:
            words.append(f"{plant} is left out of the plan under each")
            continue
        best = inside["plan_objective_musd"].min()
        even = inside[inside["plan_bound_musd"] <= best].sort_values("plan_objective_musd")
        words.append(f"{plant} {' or '.join(even['name'])} ({best:,.1f} musd)")
    if not words:
        return []
    out = [
        f"In the whole plan, as all that its plant is offered, cheapest or not shown to be dearer: {'; '.join(words)}."
    ]
    if plans["instrument"].isin(_BORDER).any():
        out.append(
            "Plans with a border measure are no measure of it: what buyers pay is a transfer that the plan does not "
            "count, and other plants are lifted with it."
        )
    return out
