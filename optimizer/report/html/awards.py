"""What the plan supports and buys, in sentences: terms, money, and each strike beside what it is compared with."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from optimizer.report.html.blocks import sentence
from optimizer.report.html.material import Material

FORMS = {
    "floor": "a price floor",
    "cfd": "a two-way contract for difference",
    "collar": "a collar",
    "purchase": "a purchase contract into stock",
}


def supported(page: Material) -> list[Markup]:
    """A sentence or two for each plant and contract that the plan supports."""
    sheets, out, named = page.sheets, [], set[str]()
    for at, row in enumerate(page.tables["awards"].to_dict(orient="records")):
        if row["route"] == "private":
            continue
        signed = isinstance(row["contract"], str)
        amounts = [
            sentence("{} of {} musd", kind, sheets.number("awards", at, f"{column}_musd"))
            for kind, column in (("a grant", "grant"), ("equity", "equity"), ("a public loan", "loan"))
            if row[f"{column}_musd"]
        ]
        where = f"{page.region(row['region'])}, {row['stage']}"
        begins = (
            Markup("")
            if row["route"] == "running"
            else sentence(", starts {}", sheets.number("awards", at, "start_year"))
        )
        head = sentence("<strong>{}</strong> ({}{}): ", row["name"], where, begins)
        parts = [_contract(page, at, row, named)] if signed else []
        if amounts:
            parts.append(
                (Markup("In addition ") if parts else Markup("")) + Markup(" and ").join(amounts) + Markup(".")
            )
        if not parts:
            parts.append(sentence("no contract or support of its own; it enters only with this plan."))
        out.append(head + Markup(" ").join(parts))
    return out


def _contract(page: Material, at: int, row: dict[Any, Any], named: set[str]) -> Markup:
    """Its terms; a pot that was ``named`` in full before is named by its key."""
    sheets = page.sheets
    words = sentence(
        "{} at <strong>{} USD/kg</strong> on {} t/yr for {} years, paid from {}, expected to cost {} musd. ",
        FORMS.get(str(row["instrument"]), str(row["instrument"])),
        sheets.number("awards", at, "strike_usd_per_kg"),
        sheets.number("awards", at, "volume_t_per_year"),
        sheets.number("awards", at, "tenor_years"),
        row["programme"] if row["programme"] in named else page.programme(row["programme"]),
        sheets.number("awards", at, "expected_payment_musd"),
    )
    named.add(row["programme"])
    if row["upside_share"]:
        words += sentence("The plant pays back {} of the upside. ", sheets.number("awards", at, "upside_share"))
    return words + beside(page, str(row["contract"]), running=row["route"] == "running")


def beside(page: Material, contract: str, *, running: bool = False) -> Markup:
    """The strike beside today's price, the median over the tenor, and the lowest that is enough."""
    sheets = page.sheets
    at = sheets.row_of("strikes", contract=contract)
    if at is None:
        return Markup("")
    words = sentence("The price is {} today", sheets.number("strikes", at, "today_usd_per_kg"))
    strikes = sheets.by_name["strikes"]
    if strikes.rows[at][strikes.columns.index("median_over_tenor_usd_per_kg")] is not None:
        words += sentence(
            ", and its median over the tenor {}", sheets.number("strikes", at, "median_over_tenor_usd_per_kg")
        )
    if strikes.rows[at][strikes.columns.index("lowest_enough_alone_usd_per_kg")] is None:
        alone = "." if running else "; no strike on its menu would be enough without other support."
        return words + sentence(alone)
    return words + sentence(
        "; without other support the plant needs at least {}.",
        sheets.number("strikes", at, "lowest_enough_alone_usd_per_kg"),
    )


def bought(page: Material) -> list[Markup]:
    """A sentence for each stockpile that buys anything."""
    sheets, out = page.sheets, []
    for row in page.case.in_key_order().rows("stockpiles"):
        at = sheets.row_of("facts", fact=f"stock bought: {row.stockpile}")
        if at is None or not sheets.by_name["facts"].rows[at][2]:
            continue
        years = page.tables["stockpile"]
        years = years[(years["stockpile"] == row.stockpile) & (years["purchase_t"] > 0.0)]["year"]
        out.append(
            sentence(
                "<strong>{}</strong> ({}): buys {} t of {} from {} to {}, for {} musd (not discounted){}.",
                row.name, page.region(row.region), sheets.number("facts", at, "value"), page.material(row.material),
                str(int(years.min())), str(int(years.max())), sheets.number("facts", at + 1, "value"),
                "" if row.programme is None else f", paid from {page.programme(row.programme)}",
            )
        )  # fmt: skip
    return out
