"""Pots: who may be supported by which, and whether anybody can."""

from __future__ import annotations

import math
from collections.abc import Iterator

from optimizer.data.checks.registry import SETTINGS, Finding, check
from optimizer.data.inputs import Inputs
from optimizer.data.row import Row

ELIGIBILITY = ("programmes", "eligibility", "plants", "materials", "stockpiles", "regions")
"""Tables that say who is eligible for what."""


def is_eligible(inputs: Inputs, programme: str, instrument: str, region: str, stage: str, plant: str) -> bool:
    """Whether some row of ``eligibility`` lets the pot support this plant (``any`` for a stockpile)."""
    return any(
        row.programme == programme
        and row.instrument == instrument
        and row.region in (region, "any")
        and row.stage in (stage, "any")
        and row.plant in (plant, "any")
        for row in inputs.rows("eligibility")
    )


def not_eligible(
    inputs: Inputs, table: str, row: Row, *, instrument: str, region: str, stage: str, plant: str
) -> Iterator[Finding]:
    """A finding naming the row of ``eligibility`` that is missing, if the row's pot may not pay for this."""
    if not is_eligible(inputs, row.programme, instrument, region, stage, plant):
        yield Finding(
            table,
            row,
            "programme",
            f"may not give {instrument} to {plant} ({region}, {stage})",
            f"Add to eligibility.csv: {row.programme},{instrument},{region},{stage},{plant}, and its source and grade.",
        )


@check("programme-years", "A programme's first year is at most its last.", needs=("programmes",))
def programme_years(inputs: Inputs) -> Iterator[Finding]:
    """Otherwise it can support nothing."""
    for row in inputs.rows("programmes"):
        if row.first_year > row.last_year:
            yield Finding("programmes", row, "first_year", f"is after last_year {row.last_year}", "Swap the two.")


@check(
    "committed-money",
    "What a pot has promised already fits the pot and the support on offer.",
    needs=("programmes", "support", "plants"),
)
def committed_money(inputs: Inputs) -> Iterator[Finding]:
    """Otherwise there is no plan at all."""
    for row in (row for row in inputs.rows("programmes") if row.committed_musd > 0.0):
        most = sum(
            min(math.inf if each.max_musd is None else each.max_musd, each.max_share_of_capex * plant.capex_musd)
            for each in inputs.rows("support")
            if each.programme == row.programme
            and (plant := inputs.find("plants", each.plant)) is not None
            and plant.status == "candidate"
        )
        if most < row.committed_musd - 1e-9:
            yield Finding(
                "programmes",
                row,
                "committed_musd",
                f"is more than the {most:g} musd of grants, equity and loans that support.csv lets it give",
                "Give a smaller amount, or more support from this pot.",
            )


@check(
    "programme-in-horizon",
    "A programme is open in some year of the horizon.",
    needs=("programmes", SETTINGS),
    severity="warning",
)
def programme_in_horizon(inputs: Inputs) -> Iterator[Finding]:
    """One that is closed throughout can support nothing."""
    horizon = inputs.settings.horizon
    for row in inputs.rows("programmes"):
        if row.last_year < horizon.first_year or row.first_year > horizon.last_year:
            yield Finding(
                "programmes",
                row,
                "first_year",
                f"and last_year miss the horizon {horizon.first_year} to {horizon.last_year}",
                "Correct the years.",
            )


@check(
    "programme-without-use",
    "A programme with a budget has something to spend it on.",
    needs=("contracts", "support", *ELIGIBILITY),
    severity="warning",
)
def programme_without_use(inputs: Inputs) -> Iterator[Finding]:
    """Its money can never be used."""
    used = {row.programme for table in ("contracts", "support", "stockpiles") for row in inputs.rows(table)}
    for row in inputs.rows("programmes"):
        if row.budget_musd > 0 and row.programme not in used:
            yield Finding(
                "programmes",
                row,
                "budget_musd",
                "can be spent on nothing",
                "Add contracts, support or stockpiles it pays for, or drop it.",
            )


@check(
    "eligibility-plant",
    "An eligibility row that names a plant fits its region and stage, and is not for stockpiles.",
    needs=("eligibility", "plants"),
)
def eligibility_plant(inputs: Inputs) -> Iterator[Finding]:
    """Otherwise the row can never match."""
    for row in inputs.rows("eligibility"):
        if row.plant == "any":
            continue
        plant = inputs.get("plants", row.plant)
        for column in ("region", "stage"):
            if row[column] not in ("any", plant[column]):
                yield Finding(
                    "eligibility",
                    row,
                    column,
                    f"does not fit {row.plant}, whose {column} is {plant[column]}",
                    f"Give {plant[column]} or any.",
                )
        if row.instrument == "stockpile":
            yield Finding("eligibility", row, "plant", "is ignored for stockpiles", "Give any.")


@check(
    "eligibility-without-match",
    "Every eligibility row lets its pot support some plant or stockpile.",
    needs=ELIGIBILITY,
    severity="warning",
)
def eligibility_without_match(inputs: Inputs) -> Iterator[Finding]:
    """A row that matches nothing is probably a slip."""
    plants = {(row.region, row.stage) for row in inputs.rows("plants")}
    stocks = {(row.region, inputs.get("materials", row.material).stage) for row in inputs.rows("stockpiles")}
    for row in inputs.rows("eligibility"):
        places = stocks if row.instrument == "stockpile" else plants
        if not any(row.region in (region, "any") and row.stage in (stage, "any") for region, stage in places):
            what = "stockpile" if row.instrument == "stockpile" else "plant"
            yield Finding(
                "eligibility", row, "region", f"has no {what} of stage {row.stage}", "Correct or drop the row."
            )


@check(
    "support-in-programme-years",
    "A candidate can start in the years of each programme that may support it.",
    needs=("contracts", "support", "plants", "programmes"),
    severity="warning",
)
def support_in_programme_years(inputs: Inputs) -> Iterator[Finding]:
    """An award outside the programme's years can never be made."""
    for table in ("contracts", "support"):
        for row in inputs.rows(table):
            plant = inputs.get("plants", row.plant)
            if row.programme is None or plant.status != "candidate":
                continue
            programme = inputs.get("programmes", row.programme)
            if not any(programme.first_year <= year <= programme.last_year for year in plant.start_years):
                yield Finding(
                    table,
                    row,
                    "programme",
                    f"supports starts from {programme.first_year} to {programme.last_year}, which {row.plant} "
                    "cannot meet",
                    "Correct the start years of the plant or the years of the programme.",
                )
