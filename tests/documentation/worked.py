"""The figures that the pages quote of the plan of mp-materials, each read from the tables of a run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from optimizer.figures.prices import strikes_table
from tests.documentation.workshop import Workshop

PLANT = "mountain-pass-ndpr"
NEEDS = f"breakeven mp-materials --plant {PLANT} --instrument cfd --out needs --quiet"
ADDED = "additionality mp-materials --out added --quiet"
EVERY_FORM = f"breakeven mp-materials --plant {PLANT} --out every-form --quiet"
SIGNED = 110.0
"""The floor of the agreement of July 2025, USD/kg."""
STRESS = "stress mp-materials --run plan --futures-fresh 2000 --out fresh --quiet --time-limit 3600"


def figures_of_the_plan(workshop: Workshop) -> dict[str, Any]:
    """Objective, bound and gap, contracts, pots and what the plan buys, by the words of the templates."""
    plan = workshop.plan
    assert plan.case is not None
    breakdown, awards = plan.tables["breakdown"], plan.tables["awards"]
    without = float((breakdown["weight"] * breakdown["without_plan_musd"]).sum())
    contracts = strikes_table(plan).to_dict(orient="records")
    (mountain,) = [row for row in contracts if row["plant"] == PLANT]
    pots = plan.tables["programmes"].to_dict(orient="records")
    bought = plan.tables["comparison"].set_index("measure")
    terms = plan.case.settings
    return {
        "objective": plan.objective_musd,
        "bound": plan.bound_musd,
        "gap": plan.objective_musd - plan.bound_musd,
        "gap_share": plan.gap,
        "proven": plan.run["bound_certified_musd"],
        "without": without,
        "saved": without - plan.objective_musd,
        "paths": plan.run["paths"],
        "futures": plan.run["futures"],
        "years": terms.horizon.last_year - terms.horizon.first_year + 1,
        "contracts": contracts,
        "mountain": mountain,
        "mountain_award": awards[awards["plant"] == PLANT].iloc[0].to_dict(),
        "pots": [pot for pot in pots if pot["scored_musd"] > 0.0],
        "idle_pots": [pot["programme"] for pot in pots if pot["scored_musd"] == 0.0],
        "support": next(pot for pot in pots if pot["programme"] == "dod_price_support"),
        "private": sorted(awards[awards["route"] == "private"]["plant"]),
        "net_outlay": bought.loc["net public outlay, expected", "with_plan"],
        "shortage": bought.loc["shortage cost, expected"].to_dict(),
        "resource": bought.loc["resource cost, expected"].to_dict(),
        "worst": bought.loc["cost of supply in the worst future"].to_dict(),
        "civil": bought.loc["civil demand not met while disrupted"].to_dict(),
        "weights": plan.run["weights"],
        "bad_tail": 1.0 - terms.viability.alpha,
        "hurdle_loss": _least_tail(plan.tables["offers"]),
        "grades": plan.sources,
        "hazard": sum(row.hazard_per_year for row in plan.case.rows("disruptions")),
    }


def _least_tail(offers: pd.DataFrame) -> float:
    """The loss that the sponsor of Mountain Pass accepts in its bad tail, musd."""
    signed = offers[(offers["plant"] == PLANT) & offers["signed"]]
    return float(-signed["tail_limit_musd"].iloc[0])


def figures_of_the_strike(workshop: Workshop) -> dict[str, Any]:
    """What the contract of Mountain Pass needs and is worth."""
    workshop.printed(NEEDS)
    (row,) = pd.read_csv(workshop.folder / "needs" / "breakeven.csv").to_dict(orient="records")
    return {**figures_of_the_plan(workshop), "needs": row}


def figures_of_all_forms(workshop: Workshop) -> dict[str, Any]:
    """What each form of contract needs and is worth, and the floor as it was signed."""
    workshop.printed(EVERY_FORM)
    rows = pd.read_csv(workshop.folder / "every-form" / "breakeven.csv").to_dict(orient="records")
    offers = workshop.plan.tables["offers"]
    at = (offers["plant"] == PLANT) & (offers["form"] == "floor") & (offers["strike_usd_per_kg"] == SIGNED)
    signed = offers[at].sort_values("start_year").iloc[0].to_dict()
    return {"forms": {row["form"]: row for row in rows}, "signed": signed, "strike": SIGNED}


def figures_of_additionality(workshop: Workshop) -> dict[str, Any]:
    """On how many paths the backed plants would pay unaided."""
    workshop.printed(ADDED)
    rows = pd.read_csv(workshop.folder / "added" / "additionality.csv").to_dict(orient="records")
    return {**figures_of_the_plan(workshop), "added": {row["plant"]: row for row in rows}}


def figures_of_the_stress(workshop: Workshop) -> dict[str, Any]:
    """The plan in fresh futures."""
    figures = figures_of_the_plan(workshop)
    workshop.printed(STRESS)
    table = pd.read_csv(workshop.folder / "fresh" / "stress.csv")
    rows = {(row["measure"], row["subject"]): row for row in table.to_dict(orient="records")}
    return {**figures, "stress": rows}


def words(names: Iterable[str]) -> str:
    """A list in words.

    >>> words(["a", "b", "c"])
    'a, b and c'
    """
    *first, last = list(names)
    return f"{', '.join(first)} and {last}" if first else last
