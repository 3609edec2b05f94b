"""Disruptions and border measures: what happens on lanes."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.data.checks.registry import SETTINGS, Finding, check
from optimizer.data.inputs import Inputs
from optimizer.data.row import Row

_ANY = ("any",)


def affected_lanes(inputs: Inputs, disruption: Row) -> list[Row]:
    """Lanes from the disruption's origin to its destinations, for its materials."""
    return [
        lane
        for lane in inputs.rows("lanes")
        if lane.from_region == disruption.origin
        and (disruption.destinations == _ANY or lane.to_region in disruption.destinations)
        and (disruption.materials == _ANY or lane.material in disruption.materials)
    ]


@check(
    "disruption-years",
    "A disruption's first year is at most its last, and its shortest duration at most its longest.",
    needs=("disruptions",),
)
def disruption_years(inputs: Inputs) -> Iterator[Finding]:
    """Years and durations are drawn between the two."""
    for row in inputs.rows("disruptions"):
        for low, high in (("first_year", "last_year"), ("duration_years_min", "duration_years_max")):
            if row[low] > row[high]:
                yield Finding("disruptions", row, low, f"is above {high} {row[high]:g}", "Swap the two.")


@check(
    "disruption-lanes", "A disruption withholds the trade of some lane from its origin.", needs=("disruptions", "lanes")
)
def disruption_lanes(inputs: Inputs) -> Iterator[Finding]:
    """A disruption without a lane does nothing."""
    for row in inputs.rows("disruptions"):
        if not affected_lanes(inputs, row):
            yield Finding(
                "disruptions",
                row,
                "origin",
                "has no lane for these destinations and materials",
                "Add the lanes it withholds, or correct the row.",
            )


@check(
    "disruption-lane-capacity",
    "Lanes that a disruption withholds have a stated capacity.",
    needs=("disruptions", "lanes"),
)
def disruption_lane_capacity(inputs: Inputs) -> Iterator[Finding]:
    """No share of an unlimited capacity can be withheld."""
    reported: set[int] = set()
    for row in inputs.rows("disruptions"):
        for lane in affected_lanes(inputs, row):
            if lane.capacity_t_per_year is None and lane.row_number not in reported:
                reported.add(lane.row_number)
                yield Finding(
                    "lanes",
                    lane,
                    "capacity_t_per_year",
                    f"is unlimited, so that {row.disruption} cannot withhold a share of it",
                    "Give what the lane carries in calm.",
                )


@check(
    "disruption-named-without-lane",
    "Every destination and material a disruption names has a lane from its origin.",
    needs=("disruptions", "lanes"),
    severity="warning",
)
def disruption_named_without_lane(inputs: Inputs) -> Iterator[Finding]:
    """Naming them changes nothing."""
    for row in inputs.rows("disruptions"):
        lanes = affected_lanes(inputs, row)
        for column, reached in (
            ("destinations", {lane.to_region for lane in lanes}),
            ("materials", {lane.material for lane in lanes}),
        ):
            missing = [word for word in row[column] if row[column] != _ANY and word not in reached]
            if lanes and missing:
                yield Finding(
                    "disruptions",
                    row,
                    column,
                    f"has no lane from {row.origin} for {', '.join(missing)}",
                    "Add lanes, or drop the names.",
                )


@check(
    "disruption-in-horizon",
    "A disruption may begin in some year of the horizon.",
    needs=("disruptions", SETTINGS),
    severity="warning",
)
def disruption_in_horizon(inputs: Inputs) -> Iterator[Finding]:
    """One that begins earlier or later never strikes."""
    horizon = inputs.settings.horizon
    for row in inputs.rows("disruptions"):
        if row.last_year < horizon.first_year or row.first_year > horizon.last_year:
            yield Finding(
                "disruptions",
                row,
                "first_year",
                f"and last_year miss the horizon {horizon.first_year} to {horizon.last_year}",
                "Correct the years.",
            )


@check(
    "border-measure-terms",
    "A tariff has a rate and no floor; a price floor has a floor, no rate and any origin.",
    needs=("border_measures",),
)
def border_measure_terms(inputs: Inputs) -> Iterator[Finding]:
    """Figures of the other kind would be ignored."""
    needed = {"tariff": "tariff_rate", "price_floor": "floor_usd_per_kg"}
    for row in inputs.rows("border_measures"):
        for kind, column in needed.items():
            if row.kind == kind and row[column] <= 0:
                yield Finding("border_measures", row, column, f"is not above 0 for a {kind}", "Give it.")
            if row.kind != kind and row[column] > 0:
                yield Finding("border_measures", row, column, f"is ignored for a {row.kind}", "Give 0.")
        if row.kind == "price_floor" and row.origin != "any":
            yield Finding("border_measures", row, "origin", "is ignored for a price floor", "Give any.")
        if row.origin == row.region:
            yield Finding("border_measures", row, "origin", "is the protected region itself", "Name another origin.")


@check("border-measure-years", "A border measure's first year is at most its last.", needs=("border_measures",))
def border_measure_years(inputs: Inputs) -> Iterator[Finding]:
    """Otherwise it is never in force."""
    for row in inputs.rows("border_measures"):
        if row.last_year is not None and row.first_year > row.last_year:
            yield Finding("border_measures", row, "first_year", f"is after last_year {row.last_year}", "Swap the two.")
