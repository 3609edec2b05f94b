"""Stockpiles: what may be bought when, and released."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.data.checks.programmes import ELIGIBILITY, not_eligible
from optimizer.data.checks.registry import SETTINGS, Finding, check
from optimizer.data.inputs import Inputs


@check(
    "stockpile-tranches",
    "Purchase tranches begin in ascending years inside the horizon.",
    needs=("stockpiles", SETTINGS),
)
def stockpile_tranches(inputs: Inputs) -> Iterator[Finding]:
    """A tranche lasts until the next begins."""
    horizon = inputs.settings.horizon
    for row in inputs.rows("stockpiles"):
        years = row.tranches
        if list(years) != sorted(years):
            yield Finding("stockpiles", row, "tranches", "is not in ascending order", "Sort the years.")
        if years and (min(years) < horizon.first_year or max(years) > horizon.last_year):
            yield Finding(
                "stockpiles",
                row,
                "tranches",
                f"leaves the horizon {horizon.first_year} to {horizon.last_year}",
                "Give years inside it.",
            )


@check("stockpile-capacity", "A stockpile has room for its opening stock.", needs=("stockpiles",))
def stockpile_capacity(inputs: Inputs) -> Iterator[Finding]:
    """Otherwise no plan is feasible."""
    for row in inputs.rows("stockpiles"):
        if row.capacity_t is not None and row.opening_t > row.capacity_t:
            yield Finding(
                "stockpiles",
                row,
                "opening_t",
                f"is above capacity_t {row.capacity_t:g}",
                "Raise the capacity, or lower the opening stock.",
            )


@check(
    "stockpile-programme",
    "A stockpile that may buy has a pot that may pay for it; one without a pot buys nothing.",
    needs=ELIGIBILITY,
)
def stockpile_programme(inputs: Inputs) -> Iterator[Finding]:
    """Purchases are paid from a pot."""
    for row in inputs.rows("stockpiles"):
        if row.programme is None:
            if row.max_purchase_t_per_year > 0:
                yield Finding(
                    "stockpiles",
                    row,
                    "max_purchase_t_per_year",
                    "has no programme to pay for it",
                    "Name a programme, or give 0.",
                )
            continue
        stage = inputs.get("materials", row.material).stage
        yield from not_eligible(
            inputs, "stockpiles", row, instrument="stockpile", region=row.region, stage=stage, plant="any"
        )


@check(
    "stockpile-stream",
    "Only origin-tracked materials have a compliant stream to hold.",
    needs=("stockpiles", "materials"),
)
def stockpile_stream(inputs: Inputs) -> Iterator[Finding]:
    """Materials that are not tracked have one stream only."""
    for row in inputs.rows("stockpiles"):
        if row.stream == "compliant" and not inputs.get("materials", row.material).origin_tracked:
            yield Finding(
                "stockpiles",
                row,
                "stream",
                f"needs {row.material} to be tracked by origin",
                "Set origin_tracked to yes in materials.csv, or give any.",
            )


@check(
    "stockpile-release",
    "A stockpile can be released at some time.",
    needs=("stockpiles", "disruptions"),
    severity="warning",
)
def stockpile_release(inputs: Inputs) -> Iterator[Finding]:
    """Stock that is never released secures nothing."""
    for row in inputs.rows("stockpiles"):
        if row.release_max_share == 0:
            yield Finding("stockpiles", row, "release_max_share", "lets nothing be released", "Give a share above 0.")
        if row.release_rule == "disruption" and not inputs.rows("disruptions"):
            yield Finding(
                "stockpiles",
                row,
                "release_rule",
                "waits for a disruption, but the case has none",
                "Add disruptions, or give any.",
            )


@check(
    "stockpile-in-programme-years",
    "Some purchase tranche falls in the years of the programme that pays.",
    needs=("stockpiles", "programmes", SETTINGS),
    severity="warning",
)
def stockpile_in_programme_years(inputs: Inputs) -> Iterator[Finding]:
    """Purchases outside the programme's years cannot be paid."""
    last = inputs.settings.horizon.last_year
    for row in inputs.rows("stockpiles"):
        if row.programme is None or row.max_purchase_t_per_year == 0 or not row.tranches:
            continue
        programme = inputs.get("programmes", row.programme)
        if programme.last_year < min(row.tranches) or programme.first_year > last:
            yield Finding(
                "stockpiles",
                row,
                "tranches",
                f"begins after {row.programme} closes in {programme.last_year}"
                if programme.last_year < min(row.tranches)
                else f"ends before {row.programme} opens in {programme.first_year}",
                "Correct the years.",
            )
