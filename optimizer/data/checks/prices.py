"""Price series, their links, correlations, regimes and decks, and which material trades at what."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimizer.data.checks.registry import SETTINGS, Finding, check
from optimizer.data.inputs import Inputs
from optimizer.data.nearest import allowed_words
from optimizer.data.row import Row

_SERIES = ("price_series", "price_links")


def long_run_price(inputs: Inputs, series: str) -> float:
    """Long-run level of a series, USD/kg; a linked one is its adder + Σ factor × the levels of its links."""
    row = inputs.get("price_series", series)
    if row.kind != "linked":
        return float(row.long_run_usd_per_kg)
    parts = [
        link.factor * inputs.get("price_series", link.linked_series).long_run_usd_per_kg
        for link in inputs.rows("price_links")
        if link.series == series
    ]
    return float(row.adder_usd_per_kg + sum(parts))


def _kind(inputs: Inputs, series: str) -> str:
    return str(inputs.get("price_series", series).kind)


@check("linked-series", "A linked series has links, and links join a linked series to process series.", needs=_SERIES)
def linked_series(inputs: Inputs) -> Iterator[Finding]:
    """Links to links could run in circles."""
    with_links = {link.series for link in inputs.rows("price_links")}
    for row in inputs.rows("price_series"):
        if row.kind == "linked" and row.series not in with_links:
            yield Finding(
                "price_series", row, "kind", "has no rows in price_links.csv", f"Link {row.series} to a series."
            )
    for link in inputs.rows("price_links"):
        if _kind(inputs, link.series) != "linked":
            yield Finding(
                "price_links",
                link,
                "series",
                f"is a {_kind(inputs, link.series)} series, not a linked one",
                "Make it linked in price_series.csv, or drop the link.",
            )
        if _kind(inputs, link.linked_series) != "process":
            yield Finding(
                "price_links",
                link,
                "linked_series",
                f"is a {_kind(inputs, link.linked_series)} series, not a process",
                "Link to a process series.",
            )


@check(
    "series-levels",
    "Process and basis series have levels above 0; linked ones have 0 and no movement of their own.",
    needs=("price_series",),
)
def series_levels(inputs: Inputs) -> Iterator[Finding]:
    """The logarithm of a level is taken; figures a kind does not use would be ignored."""
    for row in inputs.rows("price_series"):
        for column in ("start_usd_per_kg", "long_run_usd_per_kg"):
            if row.kind != "linked" and row[column] <= 0:
                yield Finding("price_series", row, column, f"is not above 0 for a {row.kind} series", "Give its level.")
        unused: tuple[str, ...] = ("adder_usd_per_kg",)
        if row.kind == "linked":
            unused = ("start_usd_per_kg", "long_run_usd_per_kg", "volatility_per_year", "autocorrelation")
        for column in unused:
            if row[column] != 0:
                yield Finding("price_series", row, column, f"is ignored for a {row.kind} series", "Give 0.")


@check(
    "series-use",
    "Materials and contracts name a price, plants a basis.",
    needs=("price_series", "materials", "contracts", "plants"),
)
def series_use(inputs: Inputs) -> Iterator[Finding]:
    """A basis is a ratio, not a price."""
    users = (("materials", "price_series"), ("contracts", "series"))
    for table, column in users:
        for row in inputs.rows(table):
            if row[column] is not None and _kind(inputs, row[column]) == "basis":
                yield Finding(table, row, column, "is a basis, not a price", "Name a process or linked series.")
    for plant in inputs.rows("plants"):
        if plant.basis_series is not None and _kind(inputs, plant.basis_series) != "basis":
            yield Finding("plants", plant, "basis_series", "is a price, not a basis", "Name a basis series, or none.")


@check(
    "traded-without-price",
    "Materials that are bought or sold have a price series.",
    needs=("materials", "plants", "recipes", "suppliers", "stockpiles", "border_measures", "collection"),
)
def traded_without_price(inputs: Inputs) -> Iterator[Finding]:
    """Without a price they would be given away."""
    unpriced = {row.material for row in inputs.rows("materials") if row.price_series is None}
    candidates = {row.plant for row in inputs.rows("plants") if row.status == "candidate"}
    collected = {row.scrap_material for row in inputs.rows("collection")}
    uses: list[tuple[str, str, Row]] = [
        *(("plants", "product", row) for row in inputs.rows("plants") if row.plant in candidates),
        *(
            ("recipes", "material", row)
            for row in inputs.rows("recipes")
            if row.plant in candidates and row.role == "input" and row.material not in collected
        ),
        *(("suppliers", "material", row) for row in inputs.rows("suppliers") if row.price_factor > 0),
        *(("stockpiles", "material", row) for row in inputs.rows("stockpiles") if row.max_purchase_t_per_year > 0),
        *(("border_measures", "material", row) for row in inputs.rows("border_measures")),
    ]
    for table, column, row in uses:
        if row[column] in unpriced:
            yield Finding(
                table, row, column, "is bought or sold but has no price", "Give its price_series in materials.csv."
            )


@check(
    "correlation-pairs",
    "A correlation joins two different series that move by themselves, each pair once.",
    needs=("price_correlations", "price_series"),
)
def correlation_pairs(inputs: Inputs) -> Iterator[Finding]:
    """Linked series have no shocks of their own."""
    seen: dict[frozenset[str], int] = {}
    for row in inputs.rows("price_correlations"):
        pair = frozenset((row.series_a, row.series_b))
        if len(pair) == 1:
            yield Finding("price_correlations", row, "series_b", "is correlated with itself", "Name another series.")
        elif pair in seen:
            yield Finding(
                "price_correlations", row, "series_b", f"repeats the pair of row {seen[pair]}", "Keep one row."
            )
        seen.setdefault(pair, row.row_number)
        for column in ("series_a", "series_b"):
            if _kind(inputs, row[column]) == "linked":
                yield Finding(
                    "price_correlations",
                    row,
                    column,
                    "is linked and has no shocks of its own",
                    "Correlate the series it is linked to.",
                )


@check(
    "correlations-consistent",
    "The correlations can hold together (their matrix is positive semidefinite).",
    needs=("price_correlations",),
)
def correlations_consistent(inputs: Inputs) -> Iterator[Finding]:
    """E.g. a with b at 0.9, b with c at 0.9 and a with c at −0.9 cannot all be true."""
    rows = inputs.rows("price_correlations")
    series = sorted({row[column] for row in rows for column in ("series_a", "series_b")})
    if not series:
        return
    matrix = np.eye(len(series))
    for row in rows:
        a, b = series.index(row.series_a), series.index(row.series_b)
        if a != b:
            matrix[a, b] = matrix[b, a] = row.correlation
    lowest = float(np.linalg.eigvalsh(matrix)[0])
    if lowest < -1e-8:
        yield Finding(
            "price_correlations",
            None,
            "correlation",
            f"cannot hold together: the lowest eigenvalue of the matrix is {lowest:.3g}",
            "Move the strongest correlations towards 0.",
        )


@check(
    "regime-rows",
    "All rows of a price regime state the same hazard, durations and first year, for process series.",
    needs=("price_regimes", "price_series"),
)
def regime_rows(inputs: Inputs) -> Iterator[Finding]:
    """Rows of one regime strike together."""
    first: dict[str, Row] = {}
    for row in inputs.rows("price_regimes"):
        reference = first.setdefault(row.regime, row)
        for column in ("hazard_per_year", "duration_years_min", "duration_years_max", "first_year"):
            if row[column] != reference[column]:
                yield Finding(
                    "price_regimes",
                    row,
                    column,
                    f"differs from {reference[column]:g} in row {reference.row_number} of the same regime",
                    "State the same in all rows of a regime.",
                )
        if _kind(inputs, row.series) != "process":
            yield Finding(
                "price_regimes",
                row,
                "series",
                f"is a {_kind(inputs, row.series)} series, not a process",
                "Name a process series.",
            )


@check("regime-durations", "The shortest duration of a regime is at most the longest.", needs=("price_regimes",))
def regime_durations(inputs: Inputs) -> Iterator[Finding]:
    """Durations are drawn between the two."""
    for row in inputs.rows("price_regimes"):
        if row.duration_years_min > row.duration_years_max:
            yield Finding(
                "price_regimes",
                row,
                "duration_years_min",
                f"is above duration_years_max {row.duration_years_max:g}",
                "Swap the two.",
            )


@check("lender-deck", "The lender's deck of the settings is a deck of price_decks.", needs=("price_decks", SETTINGS))
def lender_deck(inputs: Inputs) -> Iterator[Finding]:
    """An unknown deck would silently mean the quantile."""
    deck = inputs.settings.viability.lender_deck
    decks = {row.deck for row in inputs.rows("price_decks")}
    if deck and deck not in decks:
        yield Finding(
            SETTINGS,
            None,
            "viability.lender_deck",
            f"names the deck {deck!r}, which price_decks.csv lacks",
            allowed_words(deck, decks) if decks else "Add price_decks.csv, or leave it empty.",
        )
