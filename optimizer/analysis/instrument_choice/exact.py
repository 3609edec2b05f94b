"""The whole model again, with one instrument as all that a plant is offered."""

from __future__ import annotations

from typing import Any

from optimizer.analysis.instrument_choice.choice import Choice
from optimizer.analysis.instrument_choice.choices import PlantChoices
from optimizer.analysis.instrument_choice.wording import BORDER, CONTRACTS
from optimizer.data import Case
from optimizer.errors import CaseError

WHOLE = 1.0 - 1e-9


def only_instrument(case: Case, plant: PlantChoices, choice: Choice) -> Case | str:
    """The case in which a plant is offered one instrument, at the terms of a choice, and nothing else.

    Or, in words, why the case cannot say that: no pot for it, no stockpile for a purchase, output that a border
    measure does not reach. The strike is the only one on the menu; of money up to the amount may be given.
    """
    if choice.level is None:
        return "no terms are enough"
    name = plant.plant
    tables: dict[str, list[Any]] = {
        "contracts": [row for row in case.rows("contracts") if row.plant != name],
        "support": [row for row in case.rows("support") if row.plant != name or row.instrument == "debt"],
        "border_measures": list(case.rows("border_measures")),
    }
    if choice.instrument in BORDER:
        market = next(market for market in plant.markets if market.name == choice.market)
        years = plant.alone.plan.columns[: plant.terms.reference.tenor_years]
        if market.sold_inside_share[years].min() < WHOLE:
            return "part of the output is sold outside the protected market, where the case cannot follow it"
        measure = plant.measure(choice.instrument, choice.level)
        for region in market.regions:
            rows = measure.rows(region, market.material)
            tables["border_measures"] += [{**row, **_EVIDENCE} for row in rows]
    elif choice.row is None or choice.row.programme is None:
        return "no pot of the case could pay for it"
    elif choice.instrument in CONTRACTS:
        if choice.instrument == "purchase" and choice.row.stockpile is None:
            return "the case has no stockpile that takes the tonnes"
        at = round(choice.level, 6)
        menu = {"strike_min_usd_per_kg": at, "strike_max_usd_per_kg": at}
        threshold = choice.row.upside_threshold_usd_per_kg
        if threshold != "strike":
            menu["upside_threshold_usd_per_kg"] = max(threshold, at)
        tables["contracts"].append({**choice.row, **menu, "committed": False, **_EVIDENCE})
    else:
        amount = {"max_musd": choice.level, "max_share_of_capex": 1.0}
        tables["support"].append({**choice.row, **amount, **_EVIDENCE})
    try:
        return case.replace(tables=tables)
    except CaseError as error:
        return f"the case does not allow it: {error.faults[0]}"


_EVIDENCE = {"source": ("judgement",), "grade": "judgement"}
