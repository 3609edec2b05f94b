"""Grants, equity, loans and private debt."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.data.checks.programmes import ELIGIBILITY, not_eligible
from optimizer.data.checks.registry import Finding, check
from optimizer.data.inputs import Inputs

_HIGH_RATE = 0.25


@check("support-candidate", "Only candidates receive support.", needs=("support", "plants"))
def support_candidate(inputs: Inputs) -> Iterator[Finding]:
    """Operating plants have nothing left to finance."""
    for row in inputs.rows("support"):
        if inputs.get("plants", row.plant).status != "candidate":
            yield Finding("support", row, "plant", "is an operating plant", "Make it a candidate, or drop the row.")


@check(
    "support-programme", "Grants, equity and loans come from a programme; private debt from none.", needs=("support",)
)
def support_programme(inputs: Inputs) -> Iterator[Finding]:
    """Private debt is nobody's pot."""
    for row in inputs.rows("support"):
        if row.instrument == "debt" and row.programme is not None:
            yield Finding("support", row, "programme", "pays for private debt", "Give none, or instrument loan.")
        if row.instrument != "debt" and row.programme is None:
            yield Finding("support", row, "programme", f"is missing for a {row.instrument}", "Name the pot that pays.")


@check(
    "support-eligible", "The pot of a grant, equity or loan may give it to its plant.", needs=("support", *ELIGIBILITY)
)
def support_eligible(inputs: Inputs) -> Iterator[Finding]:
    """Support the pot may not give is never given."""
    for row in inputs.rows("support"):
        if row.programme is None or row.instrument == "debt":
            continue
        plant = inputs.get("plants", row.plant)
        yield from not_eligible(
            inputs, "support", row, instrument=row.instrument, region=plant.region, stage=plant.stage, plant=plant.plant
        )


@check(
    "support-lender",
    "A plant that may be given a public loan has a row of debt terms; without one it is never given.",
    needs=("support",),
    severity="warning",
)
def support_lender(inputs: Inputs) -> Iterator[Finding]:
    """Gearing, which limits all borrowing, and the cover a lender asks for are stated in the debt row."""
    with_terms = {row.plant for row in inputs.rows("support") if row.instrument == "debt"}
    for row in inputs.rows("support"):
        if row.instrument == "loan" and row.plant not in with_terms:
            yield Finding(
                "support", row, "instrument", f"is a loan to {row.plant}, which has no debt terms", "Add a debt row."
            )


@check(
    "support-tenor",
    "Loans, debt and preferred equity are repaid after at least a year and within the plant's life.",
    needs=("support", "plants"),
)
def support_tenor(inputs: Inputs) -> Iterator[Finding]:
    """Repayment needs a term, and a plant that still runs."""
    for row in inputs.rows("support"):
        repaid = row.instrument in ("loan", "debt") or (row.instrument == "equity" and row.equity_form == "preferred")
        life = inputs.get("plants", row.plant).life_years
        if repaid and row.tenor_years < 1:
            yield Finding(
                "support", row, "tenor_years", f"is below 1 for {row.instrument}", "Give the years of repayment."
            )
        elif repaid and row.tenor_years > life:
            yield Finding(
                "support",
                row,
                "tenor_years",
                f"is longer than the life of {row.plant}, {life} years",
                f"Give at most {life}.",
            )
        elif not repaid and row.tenor_years > 0:
            yield Finding(
                "support",
                row,
                "tenor_years",
                f"is ignored for {row.equity_form} {row.instrument}"
                if row.instrument == "equity"
                else f"is ignored for a {row.instrument}",
                "Give 0.",
            )


@check(
    "support-terms",
    "Only loans, debt and preferred equity have a rate, and only equity has a form.",
    needs=("support",),
)
def support_terms(inputs: Inputs) -> Iterator[Finding]:
    """Terms of another instrument would be ignored."""
    for row in inputs.rows("support"):
        without_rate = row.instrument == "grant" or (row.instrument == "equity" and row.equity_form == "common")
        if without_rate and row.rate != 0:
            yield Finding("support", row, "rate", f"is ignored for a {row.instrument} of this form", "Give 0.")
        if row.instrument != "equity" and row.equity_form != "common":
            yield Finding("support", row, "equity_form", f"is ignored for a {row.instrument}", "Leave it blank.")


@check(
    "support-rates",
    "Private debt costs something, rates are at most 25 % a year, and debt is covered at least once.",
    needs=("support",),
    severity="warning",
)
def support_rates(inputs: Inputs) -> Iterator[Finding]:
    """A rate of 7 instead of 0.07 is refused by the bounds; these are the subtler slips."""
    for row in inputs.rows("support"):
        if row.instrument == "debt" and row.rate <= 0:
            yield Finding("support", row, "rate", "makes private debt free", "Give its real interest rate.")
        if row.rate > _HIGH_RATE:
            yield Finding("support", row, "rate", "is above 25 % a year", "Check that it is a share, e.g. 0.07.")
        if row.instrument == "debt" and row.debt_service_cover < 1:
            yield Finding(
                "support", row, "debt_service_cover", "lets debt service exceed cash flow", "Give at least 1."
            )
