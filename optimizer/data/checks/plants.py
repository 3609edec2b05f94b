"""Plants, their ramps, cost steps and recipes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from optimizer.data.checks.registry import SETTINGS, Finding, check
from optimizer.data.inputs import Inputs
from optimizer.data.row import Row

_TOLERANCE = 1e-6


@check(
    "start-years",
    "A candidate has start years in ascending order; an operating plant has exactly one.",
    needs=("plants",),
)
def start_years(inputs: Inputs) -> Iterator[Finding]:
    """Start years fit the plant's status."""
    for plant in inputs.rows("plants"):
        years = plant.start_years
        if plant.status == "operating" and len(years) != 1:
            yield Finding(
                "plants",
                plant,
                "start_years",
                f"gives {len(years)} years for an operating plant",
                "Give the one year in which it started.",
            )
        elif list(years) != sorted(years):
            yield Finding("plants", plant, "start_years", "is not in ascending order", "Sort the years.")


@check(
    "start-in-horizon",
    "The first start year of a candidate lies in the horizon; an operating plant has started by its end.",
    needs=("plants", SETTINGS),
)
def start_in_horizon(inputs: Inputs) -> Iterator[Finding]:
    """Nobody can decide on a start before the horizon, and one after it would never be seen."""
    horizon = inputs.settings.horizon
    for plant in inputs.rows("plants"):
        first = min(plant.start_years)
        too_early = plant.status == "candidate" and first < horizon.first_year
        if too_early or first > horizon.last_year:
            yield Finding(
                "plants",
                plant,
                "start_years",
                f"starts outside the horizon {horizon.first_year} to {horizon.last_year}",
                "Give a start year inside it, or change the horizon.",
            )


@check("late-start-years", "All start years lie within the horizon.", needs=("plants", SETTINGS), severity="warning")
def late_start_years(inputs: Inputs) -> Iterator[Finding]:
    """Options after the horizon cost money in it and supply nothing."""
    last = inputs.settings.horizon.last_year
    for plant in inputs.rows("plants"):
        if plant.status == "candidate" and min(plant.start_years) <= last < max(plant.start_years):
            yield Finding(
                "plants",
                plant,
                "start_years",
                f"has start years after the horizon ends in {last}",
                "Drop them, or lengthen the horizon.",
            )


@check(
    "closed-before-horizon",
    "Operating plants still run in the first year of the horizon.",
    needs=("plants", SETTINGS),
    severity="warning",
)
def closed_before_horizon(inputs: Inputs) -> Iterator[Finding]:
    """A plant whose life is over supplies nothing."""
    first = inputs.settings.horizon.first_year
    for plant in inputs.rows("plants"):
        last = min(plant.start_years) + plant.life_years - 1
        if plant.status == "operating" and last < first:
            yield Finding(
                "plants",
                plant,
                "life_years",
                f"ends in {last}, before the horizon begins in {first}",
                "Lengthen its life, or drop the plant.",
            )


@check("operating-without-capex", "Operating plants have no investment to decide on.", needs=("plants",))
def operating_without_capex(inputs: Inputs) -> Iterator[Finding]:
    """Capex of an operating plant would be ignored."""
    for plant in inputs.rows("plants"):
        if plant.status == "operating" and plant.capex_musd > 0:
            yield Finding(
                "plants",
                plant,
                "capex_musd",
                "is investment in an operating plant",
                "Give 0, or make the plant a candidate.",
            )


@check("compliant-in-covered-region", "Plants in covered regions are not compliant.", needs=("plants", "regions"))
def compliant_in_covered_region(inputs: Inputs) -> Iterator[Finding]:
    """What is made in a covered country has covered-country content."""
    for plant in inputs.rows("plants"):
        if plant.compliant and inputs.get("regions", plant.region).covered:
            yield Finding(
                "plants",
                plant,
                "compliant",
                f"claims compliance in the covered region {plant.region}",
                "Give no, or correct the region.",
            )


@check("plant-stage", "A plant works at the stage of its product.", needs=("plants", "materials"), severity="warning")
def plant_stage(inputs: Inputs) -> Iterator[Finding]:
    """Programmes select plants by stage; a wrong stage makes a plant eligible for the wrong pots."""
    for plant in inputs.rows("plants"):
        stage = inputs.get("materials", plant.product).stage
        if plant.stage != stage:
            yield Finding(
                "plants",
                plant,
                "stage",
                f"differs from the stage {stage} of its product {plant.product}",
                "Correct the stage or the product.",
            )


@check("plant-requires", "Requirements between plants have no cycle.", needs=("plants",))
def plant_requires(inputs: Inputs) -> Iterator[Finding]:
    """Plants that require each other could never be built one by one."""
    requires = {plant.plant: plant.requires for plant in inputs.rows("plants")}
    for plant in inputs.rows("plants"):
        chain = [plant.plant]
        while (following := requires.get(chain[-1])) is not None and following not in chain:
            chain.append(following)
        if following == plant.plant:
            yield Finding(
                "plants",
                plant,
                "requires",
                f"requires itself: {' → '.join([*chain, plant.plant])}",
                "Remove one requirement.",
            )


@check(
    "probability-without-effect",
    "A chance of delay or outage has an effect, and a minimum run a cost.",
    needs=("plants",),
    severity="warning",
)
def probability_without_effect(inputs: Inputs) -> Iterator[Finding]:
    """One of the two figures is probably forgotten."""
    pairs = (
        ("delay_probability", "delay_years"),
        ("outage_probability", "outage_share"),
        ("min_run_share", "below_minimum_cost_usd_per_kg"),
    )
    for plant in inputs.rows("plants"):
        for cause, effect in pairs:
            if plant[cause] > 0 and plant[effect] == 0:
                yield Finding("plants", plant, cause, f"has no effect, since {effect} is 0", f"Give {effect}.")
        if plant.status == "operating" and plant.delay_probability > 0:
            yield Finding("plants", plant, "delay_probability", "is ignored for an operating plant", "Leave it blank.")


@check("ramp-years", "The years of a ramp run from 1 without a gap.", needs=("ramps",))
def ramp_years(inputs: Inputs) -> Iterator[Finding]:
    """A missing year would have no stated share."""
    yield from _contiguous(inputs, "ramps", ("ramp",), "operating_year")


@check("opex-step-numbers", "The cost steps of a plant run from 1 without a gap.", needs=("opex_steps",))
def opex_step_numbers(inputs: Inputs) -> Iterator[Finding]:
    """A missing step is probably a missing row."""
    yield from _contiguous(inputs, "opex_steps", ("plant",), "step")


@check("opex-step-shares", "The capacity shares of a plant's cost steps add up to 1.", needs=("opex_steps",))
def opex_step_shares(inputs: Inputs) -> Iterator[Finding]:
    """Shares below 1 would withhold capacity, shares above 1 would invent it."""
    for (plant,), rows in _groups(inputs, "opex_steps", ("plant",)).items():
        total = sum(row.capacity_share for row in rows)
        if abs(total - 1.0) > _TOLERANCE:
            yield Finding(
                "opex_steps",
                rows[-1],
                "capacity_share",
                f"brings the total for {plant} to {total:g}",
                "Make the shares of a plant add up to 1.",
            )


@check("opex-step-order", "Cost rises from step to step.", needs=("opex_steps",))
def opex_step_order(inputs: Inputs) -> Iterator[Finding]:
    """Falling cost would let later steps run before earlier ones."""
    for rows in _groups(inputs, "opex_steps", ("plant",)).values():
        ordered = sorted(rows, key=lambda row: row.step)
        for before, row in pairwise(ordered):
            if row.opex_usd_per_kg < before.opex_usd_per_kg:
                yield Finding(
                    "opex_steps",
                    row,
                    "opex_usd_per_kg",
                    f"is below {before.opex_usd_per_kg:g} of step {before.step}",
                    "Number the steps by cost.",
                )


@check(
    "recipe-main-product", "Recipes list inputs and joint products, not the main product.", needs=("recipes", "plants")
)
def recipe_main_product(inputs: Inputs) -> Iterator[Finding]:
    """The main product is one tonne per tonne by definition."""
    for recipe in inputs.rows("recipes"):
        if inputs.get("plants", recipe.plant).product == recipe.material:
            yield Finding("recipes", recipe, "material", f"is the main product of {recipe.plant}", "Remove the row.")


def _groups(inputs: Inputs, table: str, key: tuple[str, ...]) -> dict[tuple[str, ...], list[Row]]:
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in inputs.rows(table):
        groups[tuple(row[name] for name in key)].append(row)
    return groups


def _contiguous(inputs: Inputs, table: str, key: tuple[str, ...], number: str) -> Iterator[Finding]:
    for name, rows in _groups(inputs, table, key).items():
        ordered = sorted(rows, key=lambda row: int(row[number]))
        for expected, row in enumerate(ordered, start=1):
            if row[number] != expected:
                yield Finding(
                    table,
                    row,
                    number,
                    f"follows a gap: {number} {expected} of {'/'.join(name)} is missing",
                    f"Number from 1 without a gap; add {expected}.",
                )
                break
