"""Prices with the strikes drawn in, what pots pay, and what the plan changes in cost."""

from __future__ import annotations

from optimizer.figures.costs import cost_waterfall, costs_table
from optimizer.figures.pots import outlay_fan, outlays, paying_pots
from optimizer.figures.prices import price_fan, price_series_shown, strike_paths_table
from optimizer.report.html.blocks import Chart, Charts, Section, Table, Words, section, sentence
from optimizer.report.html.material import Material


def prices(page: Material) -> Section:
    """Price fans."""
    sheets = page.sheets
    shown = price_series_shown(page.solution)
    table = page.tables["prices"]
    sheet = sheets.add("prices", "Prices over the price paths", table[table["series"].isin(shown)])
    paths = sheets.add("strike_paths", "Strikes in real money, by year", strike_paths_table(page.solution))
    charts = tuple(
        Chart(
            f"price-{position}",
            page.case.row("price_series", name).name,
            "Shaded: what 90 % and 50 % of the price paths lie within, year by year. Lines that step: strikes, in real "
            "money; one that is not indexed loses value with inflation.",
            price_fan(page.solution, name),
            sheet,
            {"series": name},
        )
        for position, name in enumerate(shown, start=1)
    )
    return section("prices", "Prices and strikes", [Charts(charts), Table(paths, folded=True) if paths.rows else None])


def pots(page: Material) -> Section:
    """Outlays of each pot, in all and by year."""
    paying = paying_pots(page.solution)
    if not paying:
        return section("outlays", "What the pots pay", [Words((sentence("No pot pays anything on any price path."),))])
    sheet = page.sheets.add("yearly_outlays", "Outlays by pot and year", page.tables["yearly_outlays"])
    page.sheets.add("outlays", "Expected outlays by pot, kind and year", page.tables["outlays"])
    whole = Chart(
        "outlays",
        "Every pot over all years, present values",
        "What the plan uses up of the pot by its rule, beside what it is expected to pay, what it pays or more on one "
        "price path of twenty (P95), and what it pays on the worst.",
        outlays(page.solution),
        page.sheets.by_name["programmes"],
        {},
    )
    by_year = tuple(
        Chart(
            f"outlay-{position}",
            f"{page.case.row('programmes', name).name}: by year",
            "Not discounted. Below zero, plants pay back. The bad years of different price paths do not add up.",
            outlay_fan(page.solution, name),
            sheet,
            {"programme": name},
        )
        for position, name in enumerate(paying, start=1)
    )
    return section(
        "outlays", "What the pots pay",
        [Charts((whole,)), Charts(by_year), Table(page.sheets.by_name["outlays"], folded=True)],
    )  # fmt: skip


def costs(page: Material) -> Section:
    """What the plan changes in each term of cost."""
    table = costs_table(page.solution)
    sheet = page.sheets.add(
        "costs", "Cost by term, as weighted in the objective", table,
        {"what": "term", "weight": "weight", "without_plan_musd": "without the plan (musd)",
         "with_plan_musd": "with the plan (musd)", "change_musd": "change (musd)"},
    )  # fmt: skip
    compared = bool(table["change_musd"].notna().any())
    words = (
        "From no new award to the plan: green bars are savings, red ones extra cost, blue their sum. Transfers between "
        "government and plants count only for what raising public money costs."
        if compared
        else "The case without any new award was not solved, so the terms are shown as they are."
    )
    shown = Chart("costs", "What the plan changes in cost", words, cost_waterfall(page.solution), sheet, {})
    return section("costs", "What it costs", [Charts((shown,)), Table(sheet)])
