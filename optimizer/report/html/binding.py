"""Limits of the case and how far the plan uses them up, from its tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
from markupsafe import Markup

from optimizer.report.html.blocks import sentence
from optimizer.report.html.material import Material
from optimizer.report.html.sheets import Sheet

COLUMNS = ("kind", "item", "limit_is", "unit", "limit", "used", "left", "binds")
TIGHT = 1e-4
"""Share of a limit below which what is left of it counts as nothing."""
MISSED_T = 0.5
"""Tonnes below which a target counts as met."""
_PRINTED = {
    "kind": "kind", "item": "limit on", "limit_is": "limit is", "unit": "unit", "limit": "limit", "used": "used",
    "left": "left", "binds": "binds",
}  # fmt: skip
Row = tuple[str, str, str, float, float] | tuple[str, str, str, float, float, bool]
"""Kind, item, unit, limit, used, and whether the limit is one from below."""


def binding_table(page: Material) -> pd.DataFrame:
    """Pots, yearly caps, targets, stockpiles, menus, amounts of support and sponsors' loss limits: kind, item,
    limit_is (at most, at least), unit, limit, used, left, binds. What is missed is used beyond its limit. Those that
    bind stand first."""
    rows = [*_pots(page), *_targets(page), *_stock(page), *_strikes(page), *_support(page), *_sponsors(page)]
    table = []
    for kind, item, unit, limit, used, *from_below in rows:
        left = used - limit if from_below else limit - used
        bound = "at least" if from_below else "at most"
        table.append((kind, item, bound, unit, limit, used, left, left <= TIGHT * max(abs(limit), 1e-9)))
    frame = pd.DataFrame(table, columns=list(COLUMNS)).astype({"binds": bool})
    return frame.sort_values("binds", ascending=False, kind="stable", ignore_index=True)


def binding_sheet(page: Material) -> Sheet:
    """That table on the page, added when it is first asked for."""
    if "binding" not in page.sheets.by_name:
        page.sheets.add("binding", "Limits and how far the plan uses them up", binding_table(page), _PRINTED)
    return page.sheets.by_name["binding"]


def measured(page: Material, at: int) -> Markup:
    """One row in a sentence."""
    sheet = binding_sheet(page)
    kind, item, bound, unit, limit, _used, left, _binds = sheet.rows[at]
    unit = "" if unit == "share" else f" {unit}"
    words = sentence("{}: {}{}", _subject(str(kind), str(item)), _cell(page, at, "used"), unit)
    if limit == 0:
        return words + Markup(".")
    end = ", missed" if left < -TIGHT * max(abs(limit), 1e-9) else ", met" if kind == "target" else ""
    return words + sentence(" ({} {}{}{}).", bound, _cell(page, at, "limit"), unit, end)


def _subject(kind: str, item: str) -> str:
    if kind.startswith("limit on "):
        return f"{item}, {kind.removeprefix('limit on ')}"
    return f"Pot {item}" if kind == "pot" else item


def _cell(page: Material, at: int, column: str) -> Markup:
    return page.sheets.number("binding", at, column)


def _pots(page: Material) -> Iterator[Row]:
    for row in page.tables["programmes"].to_dict(orient="records"):
        if row["budget_musd"] > 0.0:
            yield (
                "pot",
                f"{row['name']} ({row['programme']})",
                "musd",
                row["budget_musd"],
                row["budget_musd"] - row["left_musd"],
            )
    yearly = page.tables["yearly_outlays"]
    for programme in page.case.in_key_order().rows("programmes"):
        own = yearly[yearly["programme"] == programme.programme]
        if programme.yearly_cap_musd is not None and len(own):
            used = own["expected_musd"].max()
            yield (
                "yearly cap",
                f"{programme.programme}, expected in its dearest year",
                "musd",
                programme.yearly_cap_musd,
                used,
            )


def _targets(page: Material) -> Iterator[Row]:
    shares, missed = page.shares, page.tables["target_misses"]
    for target in page.case.in_key_order().rows("targets"):
        name = target.target.replace("_", " ")
        if target.kind == "share_limit":
            own = shares[
                (shares["target"] == target.target) & (shares["plan"] == "with") & (shares["condition"] == "calm")
            ]
            own = own[own["target_share"].notna()]
            if len(own):
                words = f"Target {name}, largest share in calm, {target.first_year} to {target.last_year}"
                yield "target", words, "share", target.level, float(own["share"].max())
        misses = missed[missed["target"] == target.target]["t_per_year"]
        if target.kind != "days_of_cover" and len(misses) and misses.max() > MISSED_T:
            words = f"Target {name}, missed in its worst year and future by"
            yield "target missed", words, "t", 0.0, float(misses.max())
        if target.kind == "days_of_cover":
            yield from _cover(page, target.target, name)


def _cover(page: Material, target: str, name: str) -> Iterator[Row]:
    """Stock held in the year in which least of it is beyond what a target wants; what is missed, if any is."""
    cover, planned = page.tables["cover"], page.tables["stockpile"]
    own = cover[cover["target"] == target].merge(planned[["stockpile", "year", "stock_t"]], on=["stockpile", "year"])
    if len(own):
        tightest = own.iloc[int((own["stock_t"] - own["wanted_t"]).to_numpy(float).argmin())]
        words = f"Target {name}, stock at the end of {int(tightest['year'])}, its tightest year"
        kind = "target missed" if tightest["missed_t"] > MISSED_T else "target"
        yield kind, words, "t", float(tightest["wanted_t"]), float(tightest["stock_t"]), True


def _stock(page: Material) -> Iterator[Row]:
    planned = page.tables["stockpile"]
    for stock in page.case.in_key_order().rows("stockpiles"):
        own = planned[planned["stockpile"] == stock.stockpile]
        if stock.capacity_t and len(own) and own["stock_t"].max() > 0.0:
            yield "store", f"{stock.name}, largest stock", "t", stock.capacity_t, float(own["stock_t"].max())
        if stock.max_purchase_t_per_year and len(own) and own["purchase_t"].max() > 0.0:
            words = f"{stock.name}, largest purchase in a year"
            yield "purchase limit", words, "t", stock.max_purchase_t_per_year, float(own["purchase_t"].max())


def _signed(page: Material) -> pd.DataFrame:
    awards = page.tables["awards"]
    return awards[awards["contract"].notna()]


def _strikes(page: Material) -> Iterator[Row]:
    for row in _signed(page).to_dict(orient="records"):
        terms = page.case.row("contracts", row["contract"])
        words = f"{row['contract']}, strike"
        yield "strike cap", words, "USD/kg", terms.strike_max_usd_per_kg, row["strike_usd_per_kg"]


def _support(page: Material) -> Iterator[Row]:
    for row in page.tables["financing"].to_dict(orient="records"):
        if not row["musd"]:
            continue
        programme: Any = row["programme"] if isinstance(row["programme"], str) else None
        terms = page.case.row("support", row["plant"], row["instrument"], programme)
        capex = page.case.row("plants", row["plant"]).capex_musd
        limit = terms.max_share_of_capex * capex
        limit = limit if terms.max_musd is None else min(limit, terms.max_musd)
        kind = "private debt" if row["instrument"] == "debt" else row["instrument"]
        yield f"limit on {kind}", row["plant"], "musd", float(limit), row["musd"]


def _sponsors(page: Material) -> Iterator[Row]:
    """The loss in the bad tail that a sponsor bears, of what it accepts."""
    offers = page.tables["offers"]
    for row in _signed(page).drop_duplicates("plant").to_dict(orient="records"):
        limit = offers[(offers["contract"] == row["contract"]) & offers["signed"].astype(bool)][
            "tail_limit_musd"
        ].dropna()
        if len(limit):
            words = f"{row['plant']}, its sponsor's mean loss in the bad tail"
            yield "sponsor's loss limit", words, "musd", -float(limit.iloc[0]), -row["tail_npv_musd"]
