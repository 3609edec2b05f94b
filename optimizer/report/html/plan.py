"""The question, and the plan on one page: who, on which terms, from which pot, for how much, and what it buys."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from markupsafe import Markup

from optimizer.figures.costs import costs_table
from optimizer.figures.prices import strikes, strikes_table
from optimizer.report.html.awards import bought, supported
from optimizer.report.html.binding import binding_sheet, measured
from optimizer.report.html.blocks import Block, Card, Cards, Chart, Charts, Section, Table, Words, section, sentence
from optimizer.report.html.material import Material
from optimizer.results.termination import plan_words

MOST_SHARES = 2
"""Shares from covered countries that stand out: those that the plan moves most."""
SAVED, WITHOUT = "saved against no new award", "cost without any new award, weighted alike"


def question(page: Material) -> Section:
    """What is asked, and of what the answer holds."""
    settings = page.case.settings
    horizon = settings.horizon
    money = sentence(
        "Money is in million US dollars (musd) of {}, in real terms; prices are in USD per kg, mass in tonnes. "
        "Years {} to {}. Every figure of the plan here is a cell of one of the tables, and each table can be copied or "
        "saved as CSV.",
        str(settings.case.price_year),
        str(horizon.first_year),
        str(horizon.last_year),
    )
    return section(
        "question", "The question", [Words((settings.case.question,), "lead"), Words((money,), "note")]
    )  # fmt: skip


def facts_frame(page: Material) -> pd.DataFrame:
    """The run in one table: fact, unit, value."""
    solution, run = page.solution, page.solution.run
    bound = solution.bound_musd if math.isfinite(solution.bound_musd) else None
    rows: list[tuple[str, str, Any]] = [
        ("objective: weighted cost of the plan", "musd", solution.objective_musd),
        ("bound: no plan costs less", "musd", bound),
        ("gap", "musd", None if bound is None else solution.objective_musd - bound),
        ("gap, of the objective", "gap", None if bound is None else solution.gap),
        ("bound that weak duality proves", "musd", run.get("bound_certified_musd")),
        *_against_nothing(page),
        ("price year", "year", page.case.settings.case.price_year),
        ("price paths", "count", run.get("paths")),
        ("futures", "count", run.get("futures")),
    ]
    awards = page.tables["awards"].drop_duplicates("plant")
    for route in ("supported", "private", "running"):
        rows.append((f"plants: {route}", "count", int((awards["route"] == route).sum())))
    programmes = page.tables["programmes"]
    for column, what in (("expected_musd", "expected"), ("expected_net_musd", "expected, net of returns")):
        rows.append((f"outlay of all pots, {what}", "musd", float(programmes[column].sum())))
    rows.append(("size of all pots", "musd", float(programmes["budget_musd"].sum())))
    bought = page.tables["stockpile"].groupby("stockpile")[["purchase_t", "cost_musd"]].sum()
    for name, row in bought.iterrows():
        rows.append((f"stock bought: {name}", "t", float(row["purchase_t"])))
        rows.append((f"stock bought, not discounted: {name}", "musd", float(row["cost_musd"])))
    return pd.DataFrame(rows, columns=["fact", "unit", "value"])


def _against_nothing(page: Material) -> list[tuple[str, str, Any]]:
    """The cost without any new award, weighted alike, and what the plan saves against it; nothing if it is unknown."""
    table = costs_table(page.solution)
    if table["change_musd"].isna().any() or table.empty:
        return []
    return [
        (WITHOUT, "musd", float(table["without_plan_musd"].sum())),
        (SAVED, "musd", -float(table["change_musd"].sum())),
    ]


def plan(page: Material) -> Section:
    """The plan on one page."""
    sheets, tables = page.sheets, page.tables
    sheets.add("facts", "The run", facts_frame(page))
    sheets.add("strikes", "Strikes beside what they are compared with", strikes_table(page.solution), _STRIKES)
    sheets.add("awards", "Plants and contracts", tables["awards"], _AWARDS)
    sheets.add("programmes", "Pots", tables["programmes"], _POTS)
    blocks: list[Block | None] = [Words((_quality(page),), "lead"), Cards(tuple(_cards(page)))]
    said = supported(page) + bought(page)
    nothing = sentence("The plan supports no plant and buys no stock.")
    blocks.append(Words(tuple(said) or (nothing,), as_list=bool(said)))
    private = tables["awards"][tables["awards"]["route"] == "private"]["name"].tolist()
    if private:
        words = sentence(
            "Built with the plan or without it, because their sponsors need no support: {}.", "; ".join(private)
        )
        blocks.append(Words((words,)))
    if len(sheets.by_name["strikes"].rows):
        blocks.append(Table(sheets.by_name["strikes"]))
    aims = _aims(page)
    if aims:
        blocks += [Words((sentence("What it is held against:"),)), Words(tuple(aims), as_list=True)]
    return section("plan", "The plan on one page", blocks)


def _aims(page: Material) -> list[Markup]:
    """How far the plan meets each target, and which pots it uses up."""
    sheet = binding_sheet(page)
    kinds = [str(row[0]) for row in sheet.rows]
    binds = sheet.columns.index("binds")
    return [
        measured(page, at)
        for at, kind in enumerate(kinds)
        if kind.startswith("target") or (kind == "pot" and sheet.rows[at][binds])
    ]


def terms(page: Material) -> Section:
    """Terms in full, pots, and what the plan buys."""
    sheets = page.sheets
    awards, pots = sheets.by_name["awards"], sheets.by_name["programmes"]
    blocks: list[Block | None] = [
        _strike_charts(page) if len(sheets.by_name["strikes"].rows) else None,
        Table(awards),
        Table(awards, title="What finances the plants", heads=_FINANCE),
        Table(pots),
        Words((_scoring(page),), "note"),
        Table(sheets.by_name["comparison"]) if "comparison" in sheets.by_name else None,
    ]
    return section("terms", "Terms, pots, and what the plan buys", blocks)


def _quality(page: Material) -> Markup:
    """How good the plan is, in words."""
    sheets, solution = page.sheets, page.solution

    def fact(name: str) -> Markup:
        return sheets.number("facts", sheets.row_of("facts", fact=name) or 0, "value")

    words = sentence("This is {}. ", plan_words(solution.termination))
    if sheets.row_of("facts", fact=SAVED) is not None:
        words += sentence(
            "Against no new award it saves {} musd over all years (present value, weighted). ", fact(SAVED)
        )
    if not math.isfinite(solution.bound_musd):
        return words + sentence("How much better another plan could be is not known.")
    return words + sentence(
        "It costs {} musd, all supply counted, also what is bought under any plan; no plan costs less than {} musd. So "
        "the best one could be at most {} musd ({}) cheaper.",
        fact("objective: weighted cost of the plan"),
        fact("bound: no plan costs less"),
        fact("gap"),
        fact("gap, of the objective"),
    )


def _cards(page: Material) -> list[Card]:
    sheets, tables = page.sheets, page.tables
    cards = []
    saved, without = (sheets.row_of("facts", fact=name) for name in (SAVED, WITHOUT))
    if saved is not None and without is not None:
        beside = sentence("of {} without it", sheets.number("facts", without, "value"))
        cards.append(Card(sheets.number("facts", saved, "value"), "musd", "saved against no new award", beside))
    row = sheets.row_of("facts", fact="outlay of all pots, expected, net of returns")
    total = sheets.row_of("facts", fact="size of all pots")
    if row is not None and total is not None:
        beside = sentence("of pots of {} musd", sheets.number("facts", total, "value"))
        cards.append(
            Card(sheets.number("facts", row, "value"), "musd", "net public outlay, expected, present value", beside)
        )
    if "comparison" not in tables:
        return cards
    comparison = sheets.add(
        "comparison", "What the plan buys", _with_change(tables["comparison"]),
        {"measure": "measure", "unit": "unit", "without_plan": "without the plan", "with_plan": "with the plan",
         "change": "change"},
    )  # fmt: skip
    names = [str(row[0]) for row in comparison.rows]
    shares = [at for at, name in enumerate(names) if "covered countries" in name]
    moved = sorted(shares, key=lambda at: -abs(comparison.rows[at][-1]))[:MOST_SHARES]
    for at, name in enumerate(names):
        if name.startswith(("shortage cost", "cost of supply in the worst")) or at in moved:
            unit = str(comparison.rows[at][1])
            beside = sentence("{} without the plan", sheets.number("comparison", at, "without_plan"))
            what = name
            for material in page.case.rows("materials"):
                what = what.replace(f"{material.material} from ", f"{page.material(material.material)} from ", 1)
            cards.append(
                Card(sheets.number("comparison", at, "with_plan"), "" if unit == "share" else unit, what, beside)
            )
    return cards


def _with_change(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(change=frame["with_plan"] - frame["without_plan"])


def _strike_charts(page: Material) -> Charts:
    sheet = page.sheets.by_name["strikes"]
    series = list(dict.fromkeys(row[sheet.columns.index("series")] for row in sheet.rows))
    return Charts(
        tuple(
            Chart(
                f"strikes-{position}",
                f"Strikes against {page.case.row('price_series', name).name}",
                "Where each strike lies on its menu, beside the lowest strike on it that is enough without other "
                "support, today's price and the median price over the tenor.",
                strikes(page.solution, name),
                page.sheets.by_name["strikes"],
                {"series": name},
            )
            for position, name in enumerate(series, start=1)
        )
    )


def _scoring(page: Material) -> Markup:
    return sentence(
        "Used up of a pot: grants, equity and loans as the pot counts them, and contracts by its rule (expected "
        "payment, mean of the worst paths, or worst path), which can be far more than what it expects to pay. P95 and "
        "worst are over the price paths, as present values."
    )


_AWARDS = {
    "plant": "plant", "region": "region", "stage": "stage", "route": "route", "start_year": "start",
    "contract": "contract", "instrument": "form", "programme": "pot", "strike_usd_per_kg": "strike (USD/kg)",
    "volume_t_per_year": "volume (t/yr)", "tenor_years": "tenor (years)", "upside_share": "upside share",
}  # fmt: skip
_FINANCE = {
    "plant": "plant", "route": "route", "capex_musd": "capex (musd)", "grant_musd": "grant (musd)",
    "equity_musd": "equity (musd)", "loan_musd": "public loan (musd)", "debt_musd": "private debt (musd)",
    "sponsor_musd": "sponsor (musd)", "expected_npv_musd": "sponsor's expected NPV (musd)",
    "tail_npv_musd": "in its bad tail (musd)",
}  # fmt: skip
_POTS = {
    "programme": "pot", "name": "name", "budget_musd": "size (musd)", "scored_musd": "used up (musd)",
    "left_musd": "left (musd)", "scoring": "contracts scored by", "expected_musd": "expected outlay (musd)",
    "p95_musd": "P95 (musd)", "worst_musd": "worst (musd)", "expected_net_musd": "expected, net of returns (musd)",
}  # fmt: skip
_STRIKES = {
    "contract": "contract", "form": "form", "programme": "pot", "strike_usd_per_kg": "strike (USD/kg)",
    "lowest_enough_alone_usd_per_kg": "enough alone from (USD/kg)", "today_usd_per_kg": "price today (USD/kg)",
    "median_over_tenor_usd_per_kg": "median over tenor (USD/kg)",
    "expected_payment_musd": "expected (musd)", "p95_payment_musd": "P95 (musd)", "worst_payment_musd": "worst (musd)",
}  # fmt: skip
