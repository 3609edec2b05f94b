"""Security targets."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.data.checks.registry import SETTINGS, Finding, check
from optimizer.data.inputs import Inputs
from optimizer.data.nearest import allowed_words

_SHARES = ("share_limit", "service_level")


@check(
    "target-terms",
    "Share limits name an origin and no segment, others no origin; shares are at most 1; priced targets have a price.",
    needs=("targets",),
)
def target_terms(inputs: Inputs) -> Iterator[Finding]:
    """Each kind uses its own columns; the others would be ignored."""
    for row in inputs.rows("targets"):
        if row.kind == "share_limit":
            if row.origin is None:
                yield Finding(
                    "targets", row, "origin", "is missing for a share limit", "Name the origin that is limited."
                )
            elif row.origin == row.region:
                yield Finding("targets", row, "origin", "is the region itself", "Name another origin.")
            if row.segment != "any":
                yield Finding("targets", row, "segment", "is ignored for a share limit", "Give any.")
        elif row.origin is not None:
            yield Finding("targets", row, "origin", f"is ignored for a {row.kind}", "Give none.")
        if row.kind in _SHARES and row.level > 1:
            yield Finding("targets", row, "level", f"is above 1 for a {row.kind}", "Give a share, e.g. 0.65.")
        if row.mode == "priced" and row.price_usd_per_kg <= 0:
            yield Finding(
                "targets",
                row,
                "price_usd_per_kg",
                "is not above 0 for a priced target",
                "Give the price of a miss, or mode hard.",
            )
        if row.mode == "hard" and row.price_usd_per_kg > 0:
            yield Finding("targets", row, "price_usd_per_kg", "is ignored for a hard target", "Give 0, or mode priced.")


@check(
    "target-years",
    "A target applies in some year of the horizon, its first year at most its last.",
    needs=("targets", SETTINGS),
)
def target_years(inputs: Inputs) -> Iterator[Finding]:
    """Otherwise it never applies."""
    horizon = inputs.settings.horizon
    for row in inputs.rows("targets"):
        if row.first_year > row.last_year:
            yield Finding("targets", row, "first_year", f"is after last_year {row.last_year}", "Swap the two.")
        elif row.last_year < horizon.first_year or row.first_year > horizon.last_year:
            yield Finding(
                "targets",
                row,
                "first_year",
                f"and last_year miss the horizon {horizon.first_year} to {horizon.last_year}",
                "Correct the years.",
            )


@check("target-segment", "Service levels and days of cover are of a demand that exists.", needs=("targets", "demand"))
def target_segment(inputs: Inputs) -> Iterator[Finding]:
    """There must be a demand to serve."""
    for row in inputs.rows("targets"):
        if row.kind == "share_limit":
            continue
        segments = {
            demand.segment
            for demand in inputs.rows("demand")
            if demand.region == row.region and demand.material == row.material
        }
        if not segments:
            yield Finding(
                "targets",
                row,
                "material",
                f"is not in demand in {row.region}",
                "Correct the region or material, or add the demand.",
            )
        elif row.segment != "any" and row.segment not in segments:
            yield Finding(
                "targets",
                row,
                "segment",
                f"demands no {row.material} in {row.region}",
                allowed_words(row.segment, (*segments, "any")),
            )


@check("target-stockpile", "Days of cover have a stockpile to hold them.", needs=("targets", "stockpiles"))
def target_stockpile(inputs: Inputs) -> Iterator[Finding]:
    """Without one the target is missed in every plan."""
    held = {(row.material, row.region) for row in inputs.rows("stockpiles")}
    for row in inputs.rows("targets"):
        if row.kind == "days_of_cover" and (row.material, row.region) not in held:
            yield Finding(
                "targets",
                row,
                "material",
                f"has no stockpile in {row.region}",
                f"Add a stockpile of {row.material} there.",
            )
