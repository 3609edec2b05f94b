"""A section for an analysis: its findings in sentences, figures suited to it, and its tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from optimizer.figures import analyses as drawn
from optimizer.figures.prices import today_price
from optimizer.report.analysis import rests_on
from optimizer.report.html.blocks import Block, Chart, Charts, Section, Table, Words, section
from optimizer.report.html.material import Material
from optimizer.report.html.sheets import Sheet

if TYPE_CHECKING:
    import plotly.graph_objects as go

OPEN = 14
"""Rows up to which the main table stands open; longer ones and all others are folded."""
SETTINGS = "case.toml"
TODAY = "today_usd_per_kg"
TITLES = {
    "breakeven": "What each plant needs, and is worth",
    "frontier": "What is given up for what",
    "prices": "What a little more would be worth",
    "alternatives": "Other plans that cost little more",
    "regret": "Plans that hold up whatever comes",
    "sensitivity": "What the plan rests on",
    "additionality": "What the support adds",
    "instruments": "Other instruments for the same plant",
    "stress": "The plan in futures it was not made for",
    "information": "What knowing the future would be worth",
}
Drawing = tuple[str, str, "go.Figure", str, dict[str, Any]]
"""Title, what it shows in words, figure, table, and which rows of it."""


def analysis_section(page: Material, analysis: Any, position: int) -> Section:
    """Findings, figures and tables of one analysis."""
    blocks: list[Block] = []
    if analysis.interrupted:
        blocks.append(Words(("Stopped before the end: what is shown is what was known by then.",), "note"))
    otherwise = unlike(page, analysis)
    if otherwise:
        blocks.append(Words((otherwise,), "warning"))
    blocks.append(Words(tuple(analysis.findings), as_list=True))
    prefix = f"{analysis.verb}-{position}"
    sheets = {
        name: _sheet(page, analysis, prefix, name) for name in dict.fromkeys(view.table for view in analysis.views)
    }
    charts = []
    for number, (title, words, figure, table, where) in enumerate(_drawings(page, analysis), start=1):
        sheet = sheets.setdefault(table, _sheet(page, analysis, prefix, table))
        charts.append(Chart(f"{prefix}-{number}", title, words, figure, sheet, where))
    if charts:
        blocks.append(Charts(tuple(charts)))
    for number, view in enumerate(analysis.views):
        sheet = sheets[view.table]
        if sheet.rows:
            heads = {name: head.replace("-\n", "").replace("\n", " ") for name, head in view.columns.items()}
            if TODAY in sheet.columns and "needs_strike_usd_per_kg" in heads:
                heads = _inserted(heads, "needs_strike_usd_per_kg", TODAY, "price today USD/kg")
            blocks.append(Table(sheet, number > 0 or len(sheet.rows) > OPEN, view.title, heads))
    # The time it took, which comes last, differs from run to run.
    blocks.append(Words((rests_on(analysis).rpartition("; ")[0],), "note"))
    return section(f"analysis-{position}", TITLES.get(analysis.verb, f"{analysis.verb}: {analysis.title}"), blocks)


def unlike(page: Material, analysis: Any) -> str:
    """How an analysis was made otherwise than the plan on the page, so that its figures need not be the plan's."""
    if analysis.case_name != page.solution.case_name:
        return f"This analysis is of another case: {analysis.case_name}."
    mine, own = page.solution.run, analysis.run
    drawn = [
        f"{own[name]} {words} (the plan: {mine[name]})"
        for name, words in (("paths", "price paths"), ("futures", "futures"), ("seed", "as seed"))
        if own and name in mine and own[name] != mine[name]
    ]
    if own.get("weights", mine.get("weights")) != mine.get("weights"):
        drawn.append("other weights")
    inputs = _inputs_that_differ(page.case, analysis.case)
    if inputs:
        drawn.append(f"other inputs ({', '.join(inputs)})")
    if not drawn:
        return ""
    return f"Made with {'; '.join(drawn)}: what it says is not of the very plan on this page, and figures differ."


def _inputs_that_differ(mine: Any, own: Any) -> list[str]:
    """Files of two cases that are not the same, beside sizes and seeds; none if one case is not known."""
    if mine is None or own is None:
        return []
    first, second = (case.in_key_order().file_texts() for case in (mine, own))
    names = sorted(name for name in {*first, *second} if name != SETTINGS and first.get(name) != second.get(name))
    settings = [
        case.settings.model_dump(exclude={"scenarios": {"paths", "futures", "seed"}, "solve": True})
        for case in (mine, own)
    ]
    return [*names, *([SETTINGS] if settings[0] != settings[1] else [])]


def _sheet(page: Material, analysis: Any, prefix: str, name: str) -> Sheet:
    title = next((view.title for view in analysis.views if view.table == name), name.replace("_", " "))
    frame = analysis.tables[name]
    if name == "breakeven":
        frame = frame.assign(**{TODAY: frame["contract"].map(_today(page, analysis))})
    return page.sheets.add(f"{prefix}-{name}", title, frame)


def _today(page: Material, analysis: Any) -> dict[str, float]:
    """Contract → its reference price at the start of the horizon, USD/kg."""
    case = analysis.case or page.case
    return {row.contract: today_price(case, row.series) for row in case.rows("contracts")}


def _inserted(heads: dict[str, str], before: str, column: str, head: str) -> dict[str, str]:
    names = list(heads)
    at = names.index(before)
    return {**{name: heads[name] for name in names[:at]}, column: head, **{name: heads[name] for name in names[at:]}}


def _drawings(page: Material, analysis: Any) -> Iterator[Drawing]:
    """Figures of an analysis, as far as it has the tables they need with anything in them."""
    make = _FIGURES.get(analysis.verb)
    if make is not None and not next(iter(analysis.tables.values())).empty:
        yield from make(page, analysis)


def _frontier(page: Material, analysis: Any) -> Iterator[Drawing]:
    words = "Each point is the best plan found under its limit; below the dotted line no plan can be."
    yield "The frontier", words, drawn.frontier(analysis), "points", {}


def _break_even(page: Material, analysis: Any) -> Iterator[Drawing]:
    table, curves = analysis.tables["breakeven"], analysis.tables["curves"]
    needy = table[table["needs_strike_usd_per_kg"].notna() & (table["verdict"] != "enters unaided")]
    for plant in dict.fromkeys(needy["plant"]):
        words = (
            "A contract pays for itself where what it is worth (green) lies at or above what it needs (red); what it "
            "needs beyond the price today is what the treasury is asked to cover."
        )
        figure = drawn.break_even(analysis, plant, _today(page, analysis))
        yield f"{plant}: needed and worth", words, figure, "breakeven", {"plant": plant}
        for curve, meaning in (
            ("grant", "The more grant, the lower the strike that is needed."),
            (
                "loss_limit",
                "The larger the loss its sponsor accepts in bad years, the lower the strike that is needed.",
            ),
        ):
            if len(curves[(curves["plant"] == plant) & (curves["curve"] == curve)]):
                figure = drawn.needed_strikes(analysis, plant, curve)
                where = {"plant": plant, "curve": curve}
                yield f"{plant}: strike against {curve.replace('_', ' ')}", meaning, figure, "curves", where


def _prices(page: Material, analysis: Any) -> Iterator[Drawing]:
    words = (
        "What a kg a year more of its product would save: in calm years, while an embargo is in force, and over all "
        "years. Plants that the plan does not build have the last alone."
    )
    yield "Worth of more capacity", words, drawn.capacity_worth(analysis), "plants", {}


def _alternatives(page: Material, analysis: Any) -> Iterator[Drawing]:
    words = "Every plan shown is within the limit on cost. Blue: what it costs above the best one."
    yield "Plans within the limit", words, drawn.alternatives(analysis), "alternatives", {}


def _regret(page: Material, analysis: Any) -> Iterator[Drawing]:
    words = "Rows are plans, columns are states of the world; the darker, the more that plan costs beyond the cheapest."
    yield "Regret of each plan in each state, musd", words, drawn.regret(analysis), "regret", {}


def _sensitivity(page: Material, analysis: Any) -> Iterator[Drawing]:
    words = (
        "Each bar is the change of cost with one input at the low (pale) and high end of its range, the plan kept as "
        "it is. Red inputs rest on judgement."
    )
    yield "The inputs that move cost most, by grade of evidence", words, drawn.tornado(analysis), "tornado", {}


def _additionality(page: Material, analysis: Any) -> Iterator[Drawing]:
    words = "Red: outlay on price paths on which the plant would have paid for itself."
    if (analysis.tables["additionality"]["outlay_musd"].fillna(0.0) != 0.0).any():
        yield "Outlay that is needed, and deadweight", words, drawn.deadweight(analysis), "additionality", {}


def _instruments(page: Material, analysis: Any) -> Iterator[Drawing]:
    table = analysis.tables["instruments"]
    words = "Each instrument at the least terms that make the plant viable alone: what treasury and buyers pay for it."
    for plant in dict.fromkeys(table[table["viable"].astype(bool)]["plant"]):
        yield f"{plant}: who pays", words, drawn.instruments(analysis, plant), "instruments", {"plant": plant}


def _stress(page: Material, analysis: Any) -> Iterator[Drawing]:
    words = "Left of zero lie futures in which the plan costs more than no new award."
    yield "What the plan saves in fresh futures", words, drawn.savings_in_fresh_futures(analysis), "fresh", {}


def _information(page: Material, analysis: Any) -> Iterator[Drawing]:
    words = (
        "EVPI: what knowing the future beforehand would save. VSS: what planning for one future alone loses against "
        "planning for all. Whiskers: what the bounds of the solves leave open."
    )
    yield "What knowing and planning are worth", words, drawn.worth_of_knowing(analysis), "information", {}


_FIGURES: dict[str, Callable[[Material, Any], Iterator[Drawing]]] = {
    "additionality": _additionality,
    "alternatives": _alternatives,
    "breakeven": _break_even,
    "frontier": _frontier,
    "information": _information,
    "instruments": _instruments,
    "prices": _prices,
    "regret": _regret,
    "sensitivity": _sensitivity,
    "stress": _stress,
}
