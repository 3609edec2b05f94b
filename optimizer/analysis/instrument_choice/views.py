"""How the comparison is shown: a few columns at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from optimizer.analysis.answer import View

_NAME = {"name": "instrument"}
_LEVEL = {"level": "level"}
_PAY = {
    "treasury_expected_musd": "treasury\nexpected",
    "treasury_p95_musd": "\nP95",
    "treasury_worst_musd": "\nworst",
    "buyers_expected_musd": "buyers\nexpected",
    "buyers_p95_musd": "\nP95",
    "public_and_buyers_usd_per_kg": "together\nUSD/kg",
}
_DETER = {
    "survives_price_usd_per_kg": "loses cash\nbelow",
    "survives_slump_share": "slump\nborne",
    "defaults_below_usd_per_kg": "defaults\nbelow",
    "dumping_price_usd_per_kg": "dumped\nto",
    "ruined_after_years": "ruined\nafter",
    "predator_loses_musd_per_year": "predator\nloses",
    "income_spread_usd_per_kg": "income\nspread",
}
_BANK = {
    "sponsor_expected_npv_musd": "sponsor\nexpected",
    "sponsor_tail_npv_musd": "\ntail",
    "upside_kept_share": "upside\nkept",
    "debt_capacity_musd": "can\nborrow",
    "debt_capacity_share": "of\ncapex",
    "debt_taken_musd": "takes",
    "paid_for": "paid for",
}
_POT = {"terms": "in words", "on_offer": "on offer", "pot": "pot", "fits_pot": "fits"}
_PLANS = {
    "name": "instrument",
    "plan_objective_musd": "plan\nmusd",
    "plan_gap": "gap",
    "in_plan": "plant\nin plan",
    "not_asked_because": "not asked, because",
}


_LEAST = {
    "plant": "plant",
    "floor_usd_per_kg": "floor\nUSD/kg",
    "cfd_usd_per_kg": "CfD\nUSD/kg",
    "collar_usd_per_kg": "collar\nUSD/kg",
    "purchase_usd_per_kg": "purchase\nUSD/kg",
    "grant_musd": "grant\nmusd",
    "loan_musd": "loan\nmusd",
    "equity_musd": "equity\nmusd",
    "tariff_share": "tariff",
    "border_floor_usd_per_kg": "border\nfloor",
}


def views(plants: Sequence[str], tables: Mapping[str, pd.DataFrame]) -> tuple[View, ...]:
    """Of one plant everything; of several what is needed for each, and who pays for all of them together."""
    out: list[View] = []
    if len(plants) == 1:
        out += [
            View(f"Least terms for {plants[0]}, and who pays (present value at the public rate, musd)", "instruments",
                 {**_NAME, **_LEVEL, **_PAY}),
            View("What it deters (prices of the product in USD/kg, years, musd a year)", "instruments",
                 {**_NAME, **_DETER}),
            View("What the sponsor gets and what is bankable (musd)", "instruments", {**_NAME, **_BANK}),
            View("Terms, and whether the case offers them", "instruments", {**_NAME, **_POT}),
        ]  # fmt: skip
    else:
        out += [
            View("All together: plants that each instrument brings, and who pays (present value, musd)", "totals",
                 {**_NAME, "plants": "plants", **_PAY}),
            View("Least terms at which each plant is viable alone; border measures around the widest market",
                 "least_terms", _LEAST),
        ]  # fmt: skip
    if "plans" in tables:
        head = {} if len(plants) == 1 else {"plant": "plant"}
        out.append(View("The whole plan with this instrument alone on offer", "plans", {**head, **_PLANS}, 120))
    return tuple(out)
