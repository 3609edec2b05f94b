"""Contracts: strike menus, coverage and the terms each form needs."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.data.checks.programmes import ELIGIBILITY, not_eligible
from optimizer.data.checks.registry import SETTINGS, Finding, check
from optimizer.data.inputs import Inputs

MOST_STRIKES = 200


@check(
    "strike-menu",
    "A strike menu rises from its minimum to its maximum in whole ticks, with at most 200 strikes.",
    needs=("contracts",),
)
def strike_menu(inputs: Inputs) -> Iterator[Finding]:
    """The maximum is the administrative cap and must be on the menu."""
    for row in inputs.rows("contracts"):
        low, high, tick = row.strike_min_usd_per_kg, row.strike_max_usd_per_kg, row.strike_tick_usd_per_kg
        if high < low:
            yield Finding(
                "contracts",
                row,
                "strike_max_usd_per_kg",
                f"is below strike_min_usd_per_kg {low:g} for '{row.contract}'",
                f"Give a maximum of at least {low:g}, or lower the minimum.",
            )
            continue
        steps = (high - low) / tick
        if abs(steps - round(steps)) > 1e-6 * max(1.0, steps):
            yield Finding(
                "contracts",
                row,
                "strike_tick_usd_per_kg",
                f"does not lead from {low:g} to {high:g} in whole steps",
                "Choose a tick that divides the range.",
            )
        elif round(steps) + 1 > MOST_STRIKES:
            yield Finding(
                "contracts",
                row,
                "strike_tick_usd_per_kg",
                f"makes a menu of {round(steps) + 1:,} strikes",
                f"Choose a larger tick: at most {MOST_STRIKES} strikes.",
            )


@check("contract-shares", "The smallest covered share is at most the largest, which is above 0.", needs=("contracts",))
def contract_shares(inputs: Inputs) -> Iterator[Finding]:
    """A contract covers a stated share of planned output."""
    for row in inputs.rows("contracts"):
        if row.share_min > row.share_max:
            yield Finding("contracts", row, "share_min", f"is above share_max {row.share_max:g}", "Swap the two.")
        if row.share_max == 0:
            yield Finding("contracts", row, "share_max", "covers nothing", "Give a share above 0.")


@check(
    "upside-terms",
    "An upside share belongs to a floor, starts at or above every strike, and with a yearly cap needs fixed tonnage.",
    needs=("contracts",),
)
def upside_terms(inputs: Inputs) -> Iterator[Finding]:
    """Terms without a share, or on another form, would be ignored."""
    for row in inputs.rows("contracts"):
        threshold = row.upside_threshold_usd_per_kg
        if row.form != "floor" and row.upside_share > 0:
            yield Finding("contracts", row, "upside_share", f"is ignored for a {row.form}", "Give 0, or form floor.")
        stated = (
            ("upside_threshold_usd_per_kg", threshold != "strike"),
            ("upside_cap_musd_per_year", row.upside_cap_musd_per_year is not None),
            ("upside_from_year", row.upside_from_year is not None),
        )
        for column, is_stated in stated:
            if is_stated and (row.upside_share == 0 or row.form != "floor"):
                yield Finding(
                    "contracts", row, column, "has no upside share to apply to", "Give upside_share, or leave it blank."
                )
        if threshold != "strike" and threshold < row.strike_max_usd_per_kg:
            yield Finding(
                "contracts",
                row,
                "upside_threshold_usd_per_kg",
                f"is below strike_max_usd_per_kg {row.strike_max_usd_per_kg:g}",
                "Raise it to the highest strike at least, or write strike.",
            )
        if row.upside_cap_musd_per_year is not None and row.share_min != row.share_max:
            yield Finding(
                "contracts",
                row,
                "upside_cap_musd_per_year",
                "needs fixed tonnage",
                "Give share_min equal to share_max, or no cap.",
            )


@check(
    "committed-contract",
    "A committed contract can be signed in some year, and covers no tonne that another one covers.",
    needs=("contracts", "plants", "programmes", SETTINGS),
)
def committed_contract(inputs: Inputs) -> Iterator[Finding]:
    """Otherwise there is no plan at all."""
    covered: dict[str, float] = {}
    for row in (row for row in inputs.rows("contracts") if row.committed):
        plant, programme = inputs.find("plants", row.plant), inputs.find("programmes", row.programme)
        if plant is None or programme is None:
            continue
        years = plant.start_years if plant.status == "candidate" else (inputs.settings.horizon.last_year,)
        if not any(programme.first_year <= year <= programme.last_year for year in years):
            yield Finding(
                "contracts",
                row,
                "committed",
                f"cannot be signed: {row.programme} is open from {programme.first_year} to {programme.last_year} and "
                f"{row.plant} starts in {', '.join(map(str, plant.start_years))}",
                "Widen the years of the programme, or write no.",
            )
        covered[row.plant] = covered.get(row.plant, 0.0) + row.share_min
        if covered[row.plant] > 1.0 + 1e-9:
            yield Finding(
                "contracts",
                row,
                "committed",
                f"would cover output of {row.plant} that another committed contract covers",
                "Commit one of them, or lower share_min.",
            )


@check("collar-width", "A collar has a width above 0, and no other form has one.", needs=("contracts",))
def collar_width(inputs: Inputs) -> Iterator[Finding]:
    """A collar without width is a contract for difference."""
    for row in inputs.rows("contracts"):
        if row.form == "collar" and row.collar_width_usd_per_kg <= 0:
            yield Finding(
                "contracts",
                row,
                "collar_width_usd_per_kg",
                "is not above 0 for a collar",
                "Give the width, or use form cfd.",
            )
        if row.form != "collar" and row.collar_width_usd_per_kg > 0:
            yield Finding("contracts", row, "collar_width_usd_per_kg", f"is ignored for a {row.form}", "Give 0.")


@check(
    "purchase-stockpile",
    "A purchase names a stockpile of the plant's product; other forms name none and have no take-or-pay share.",
    needs=("contracts", "plants", "stockpiles"),
)
def purchase_stockpile(inputs: Inputs) -> Iterator[Finding]:
    """Purchased tonnes must go somewhere."""
    for row in inputs.rows("contracts"):
        product = inputs.get("plants", row.plant).product
        if row.form != "purchase":
            if row.stockpile is not None:
                yield Finding("contracts", row, "stockpile", f"is ignored for a {row.form}", "Give none.")
            if row.take_or_pay_share > 0:
                yield Finding("contracts", row, "take_or_pay_share", f"is ignored for a {row.form}", "Give 0.")
        elif row.stockpile is None:
            yield Finding("contracts", row, "stockpile", "is missing for a purchase", f"Name a stockpile of {product}.")
        else:
            held = inputs.get("stockpiles", row.stockpile).material
            if held != product:
                yield Finding(
                    "contracts",
                    row,
                    "stockpile",
                    f"holds {held}, but {row.plant} makes {product}",
                    f"Name a stockpile of {product}.",
                )


@check(
    "purchase-reach",
    "Purchased tonnes can be sent from the plant to the stockpile.",
    needs=("contracts", "plants", "stockpiles", "lanes"),
    severity="warning",
)
def purchase_reach(inputs: Inputs) -> Iterator[Finding]:
    """Stock is drawn from the balance of the region that holds it."""
    for row in inputs.rows("contracts"):
        if row.form != "purchase" or row.stockpile is None:
            continue
        plant, stock = inputs.get("plants", row.plant), inputs.get("stockpiles", row.stockpile)
        joined = inputs.find("lanes", plant.region, stock.region, plant.product) is not None
        if plant.region != stock.region and not joined:
            yield Finding(
                "contracts",
                row,
                "stockpile",
                f"is in {stock.region}, to which {plant.product} has no lane from {plant.region}",
                "Add the lane, or name a stockpile in the plant's region.",
            )


@check(
    "contract-tenor", "A contract ends within the life of its plant.", needs=("contracts", "plants"), severity="warning"
)
def contract_tenor(inputs: Inputs) -> Iterator[Finding]:
    """Years after the plant's life are not covered."""
    for row in inputs.rows("contracts"):
        life = inputs.get("plants", row.plant).life_years
        if row.tenor_years > life:
            yield Finding(
                "contracts",
                row,
                "tenor_years",
                f"is longer than the life of {row.plant}, {life} years",
                f"Give at most {life}.",
            )


@check("contract-eligible", "The pot of a contract may contract with its plant.", needs=("contracts", *ELIGIBILITY))
def contract_eligible(inputs: Inputs) -> Iterator[Finding]:
    """A contract the pot may not sign is never signed."""
    for row in inputs.rows("contracts"):
        plant = inputs.get("plants", row.plant)
        yield from not_eligible(
            inputs, "contracts", row, instrument="contract", region=plant.region, stage=plant.stage, plant=plant.plant
        )
