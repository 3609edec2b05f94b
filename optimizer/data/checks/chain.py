"""Whether material can get to where it is needed."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.data.checks.registry import Finding, check
from optimizer.data.inputs import Inputs

CHAIN = ("plants", "recipes", "suppliers", "collection", "stockpiles", "lanes", "materials", "regions")
"""Tables that say what is made where and how it moves."""

Place = tuple[str, str]
"""(material, region)"""


def made_in(inputs: Inputs) -> set[Place]:
    """Materials that a plant, a supplier or a collection provides in a region. Only these may be sent on."""
    places = {(row.material, row.region) for row in inputs.rows("suppliers")}
    places |= {(row.scrap_material, row.region) for row in inputs.rows("collection")}
    for plant in inputs.rows("plants"):
        places.add((plant.product, plant.region))
    for recipe in inputs.rows("recipes"):
        if recipe.role == "output":
            places.add((recipe.material, inputs.get("plants", recipe.plant).region))
    return places


def available_in(inputs: Inputs) -> set[Place]:
    """Materials to be had in a region: made there, held there in stock, or sent there by who makes them."""
    made = made_in(inputs)
    held = {(row.material, row.region) for row in inputs.rows("stockpiles") if row.opening_t > 0}
    sent = {
        (lane.material, lane.to_region) for lane in inputs.rows("lanes") if (lane.material, lane.from_region) in made
    }
    return made | held | sent


def compliant_in(inputs: Inputs) -> set[Place]:
    """Materials to be had in a region in the compliant stream, if their makers' inputs are compliant."""
    made = {(plant.product, plant.region) for plant in inputs.rows("plants") if plant.compliant}
    for recipe in inputs.rows("recipes"):
        plant = inputs.get("plants", recipe.plant)
        if recipe.role == "output" and plant.compliant:
            made.add((recipe.material, plant.region))
    for table, material in (("suppliers", "material"), ("collection", "scrap_material")):
        for row in inputs.rows(table):
            if not inputs.get("regions", row.region).covered:
                made.add((row[material], row.region))
    held = {
        (row.material, row.region)
        for row in inputs.rows("stockpiles")
        if row.opening_t > 0 and row.stream == "compliant"
    }
    sent = {
        (lane.material, lane.to_region) for lane in inputs.rows("lanes") if (lane.material, lane.from_region) in made
    }
    return made | held | sent


def _route_remedy(inputs: Inputs, material: str, region: str) -> str:
    makers = sorted(maker for made, maker in made_in(inputs) if made == material)
    if makers:
        known = f"{makers[0]} has it" if len(makers) == 1 else f"{', '.join(makers)} have it"
        return (
            f"{known}: add to lanes.csv a lane {makers[0]},{region},{material}, or a maker of {material} in {region}."
        )
    return f"Nobody has it: add a plant, supplier or collection of {material}, in {region} or with a lane to it."


@check(
    "recipe-input-route",
    "Every input of a plant is made in its region or can be sent there by who makes it.",
    needs=CHAIN,
)
def recipe_input_route(inputs: Inputs) -> Iterator[Finding]:
    """A plant without a feed can never run."""
    available = available_in(inputs)
    for recipe in inputs.rows("recipes"):
        region = inputs.get("plants", recipe.plant).region
        if recipe.role == "input" and recipe.t_per_t > 0 and (recipe.material, region) not in available:
            yield Finding(
                "recipes",
                recipe,
                "material",
                f"cannot reach {recipe.plant} in {region}",
                _route_remedy(inputs, recipe.material, region),
            )


@check(
    "demand-route",
    "Every material in demand is made in the region or can be sent there by who makes it.",
    needs=("demand", *CHAIN),
)
def demand_route(inputs: Inputs) -> Iterator[Finding]:
    """Demand without any route is short in every plan."""
    available = available_in(inputs)
    for demand in inputs.rows("demand"):
        if demand.base_t_per_year > 0 and (demand.material, demand.region) not in available:
            yield Finding(
                "demand",
                demand,
                "material",
                f"has no route to {demand.region}",
                _route_remedy(inputs, demand.material, demand.region),
            )


@check(
    "demand-stream",
    "Only buyers of origin-tracked materials can insist on the compliant stream.",
    needs=("demand", "materials"),
)
def demand_stream(inputs: Inputs) -> Iterator[Finding]:
    """Materials that are not tracked have one stream only."""
    for demand in inputs.rows("demand"):
        tracked = inputs.get("materials", demand.material).origin_tracked
        if demand.accepts == "compliant" and not tracked:
            yield Finding(
                "demand",
                demand,
                "accepts",
                f"needs {demand.material} to be tracked by origin",
                "Set origin_tracked to yes in materials.csv, or accept any.",
            )
        if demand.accepts == "any" and demand.compliant_from_year is not None:
            yield Finding(
                "demand",
                demand,
                "compliant_from_year",
                "is ignored by a segment that accepts any",
                "Set accepts to compliant, or the year to none.",
            )


@check(
    "demand-compliant-source",
    "Demand for the compliant stream has a compliant source within reach.",
    needs=("demand", *CHAIN),
    severity="warning",
)
def demand_compliant_source(inputs: Inputs) -> Iterator[Finding]:
    """Without one such demand is short in every plan."""
    available = compliant_in(inputs)
    for demand in inputs.rows("demand"):
        if demand.accepts == "compliant" and (demand.material, demand.region) not in available:
            yield Finding(
                "demand",
                demand,
                "accepts",
                f"finds no compliant {demand.material} in {demand.region}",
                "Add a compliant plant or supplier with a route, or accept any.",
            )


@check("lane-ends", "A lane joins two different regions.", needs=("lanes",))
def lane_ends(inputs: Inputs) -> Iterator[Finding]:
    """Within a region material moves freely."""
    for lane in inputs.rows("lanes"):
        if lane.from_region == lane.to_region:
            yield Finding("lanes", lane, "to_region", "is where the lane begins", "Name another region, or drop it.")


@check(
    "lane-carries-something", "A lane begins where its material is made or supplied.", needs=CHAIN, severity="warning"
)
def lane_carries_something(inputs: Inputs) -> Iterator[Finding]:
    """Regions send on only what they make or what a supplier there sells."""
    made = made_in(inputs)
    for lane in inputs.rows("lanes"):
        if (lane.material, lane.from_region) not in made:
            yield Finding(
                "lanes",
                lane,
                "from_region",
                f"neither makes nor supplies {lane.material}",
                "Add its source there, or drop the lane.",
            )


@check(
    "supplier-steps",
    "The steps of a supplier run from 1 without a gap, for one material in one region.",
    needs=("suppliers",),
)
def supplier_steps(inputs: Inputs) -> Iterator[Finding]:
    """A supplier is one seller of one material."""
    first: dict[str, tuple[str, str]] = {}
    steps: dict[str, int] = {}
    for row in sorted(inputs.rows("suppliers"), key=lambda row: int(row.step)):
        place = first.setdefault(row.supplier, (row.region, row.material))
        if place != (row.region, row.material):
            yield Finding(
                "suppliers",
                row,
                "supplier",
                f"already supplies {place[1]} from {place[0]}",
                "Give another supplier name for another region or material.",
            )
        steps[row.supplier] = steps.get(row.supplier, 0) + 1
        if row.step != steps[row.supplier]:
            yield Finding("suppliers", row, "step", f"should be {steps[row.supplier]}", "Number from 1 without a gap.")


@check("collection-materials", "Scrap differs from the material it comes from.", needs=("collection",))
def collection_materials(inputs: Inputs) -> Iterator[Finding]:
    """Scrap is a material of its own."""
    for row in inputs.rows("collection"):
        if row.scrap_material == row.from_material:
            yield Finding(
                "collection",
                row,
                "scrap_material",
                "is the material it comes from",
                "Give the scrap a material of its own.",
            )


@check(
    "collection-used",
    "Collected scrap is an input of some plant.",
    needs=("collection", "recipes", "plants"),
    severity="warning",
)
def collection_used(inputs: Inputs) -> Iterator[Finding]:
    """Scrap nobody takes changes nothing."""
    used = {recipe.material for recipe in inputs.rows("recipes") if recipe.role == "input"}
    for row in inputs.rows("collection"):
        if row.scrap_material not in used:
            yield Finding("collection", row, "scrap_material", "is used by no plant", "Add a recycling plant's recipe.")
