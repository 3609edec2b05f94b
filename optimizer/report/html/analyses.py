"""A section for an analysis: its findings in sentences, figures suited to it, and its tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from optimizer.figures import analyses as drawn
from optimizer.report.analysis import rests_on
from optimizer.report.html.blocks import Block, Chart, Charts, Section, Table, Words, section
from optimizer.report.html.material import Material
from optimizer.report.html.sheets import Sheet

if TYPE_CHECKING:
    import plotly.graph_objects as go

FOLDED = 25
"""Rows beyond which a table is folded."""
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
    if analysis.case_name != page.solution.case_name:
        blocks.append(Words((f"This analysis is of another case: {analysis.case_name}.",), "note"))
    blocks.append(Words(tuple(analysis.findings), as_list=True))
    prefix = f"{analysis.verb}-{position}"
    sheets = {
        name: _sheet(page, analysis, prefix, name) for name in dict.fromkeys(view.table for view in analysis.views)
    }
    charts = []
    for number, (title, words, figure, table, where) in enumerate(_drawings(analysis), start=1):
        sheet = sheets.setdefault(table, _sheet(page, analysis, prefix, table))
        charts.append(Chart(f"{prefix}-{number}", title, words, figure, sheet, where))
    if charts:
        blocks.append(Charts(tuple(charts)))
    for view in analysis.views:
        sheet = sheets[view.table]
        if sheet.rows:
            heads = {name: head.replace("-\n", "").replace("\n", " ") for name, head in view.columns.items()}
            blocks.append(Table(sheet, len(sheet.rows) > FOLDED, view.title, heads))
    # The time it took, which comes last, differs from run to run.
    blocks.append(Words((rests_on(analysis).rpartition("; ")[0],), "note"))
    return section(f"analysis-{position}", TITLES.get(analysis.verb, f"{analysis.verb}: {analysis.title}"), blocks)


def _sheet(page: Material, analysis: Any, prefix: str, name: str) -> Sheet:
    title = next((view.title for view in analysis.views if view.table == name), name.replace("_", " "))
    return page.sheets.add(f"{prefix}-{name}", title, analysis.tables[name])


def _drawings(analysis: Any) -> Iterator[Drawing]:
    """Figures of an analysis, as far as it has the tables they need with anything in them."""
    make = _FIGURES.get(analysis.verb)
    if make is not None and not next(iter(analysis.tables.values())).empty:
        yield from make(analysis)


def _frontier(analysis: Any) -> Iterator[Drawing]:
    words = "Each point is the best plan found under its limit; below the dotted line no plan can be."
    yield "The frontier", words, drawn.frontier(analysis), "points", {}


def _break_even(analysis: Any) -> Iterator[Drawing]:
    table, curves = analysis.tables["breakeven"], analysis.tables["curves"]
    needy = table[table["needs_strike_usd_per_kg"].notna() & (table["verdict"] != "enters unaided")]
    for plant in dict.fromkeys(needy["plant"]):
        words = "A contract pays for itself where what it is worth (green) lies at or above what it needs (red)."
        yield f"{plant}: needed and worth", words, drawn.break_even(analysis, plant), "breakeven", {"plant": plant}
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


def _prices(analysis: Any) -> Iterator[Drawing]:
    words = "What a kg a year more of its product would save, in calm years and while an embargo is in force."
    yield "Worth of more capacity", words, drawn.capacity_worth(analysis), "plants", {}


def _alternatives(analysis: Any) -> Iterator[Drawing]:
    words = "Every plan shown is within the limit on cost. Blue: what it costs above the best one."
    yield "Plans within the limit", words, drawn.alternatives(analysis), "alternatives", {}


def _regret(analysis: Any) -> Iterator[Drawing]:
    words = "Rows are plans, columns are states of the world; the darker, the more that plan costs beyond the cheapest."
    yield "Regret of each plan in each state, musd", words, drawn.regret(analysis), "regret", {}


def _sensitivity(analysis: Any) -> Iterator[Drawing]:
    words = (
        "Each bar is the change of cost with one input at the low (pale) and high end of its range, the plan kept as "
        "it is. Red inputs rest on judgement."
    )
    yield "The inputs that move cost most, by grade of evidence", words, drawn.tornado(analysis), "tornado", {}


def _additionality(analysis: Any) -> Iterator[Drawing]:
    words = "Red: outlay on price paths on which the plant would have paid for itself."
    if (analysis.tables["additionality"]["outlay_musd"].fillna(0.0) != 0.0).any():
        yield "Outlay that is needed, and deadweight", words, drawn.deadweight(analysis), "additionality", {}


def _instruments(analysis: Any) -> Iterator[Drawing]:
    table = analysis.tables["instruments"]
    words = "Each instrument at the least terms that make the plant viable alone: what treasury and buyers pay for it."
    for plant in dict.fromkeys(table[table["viable"].astype(bool)]["plant"]):
        yield f"{plant}: who pays", words, drawn.instruments(analysis, plant), "instruments", {"plant": plant}


def _stress(analysis: Any) -> Iterator[Drawing]:
    words = "Left of zero lie futures in which the plan costs more than no new award."
    yield "What the plan saves in fresh futures", words, drawn.savings_in_fresh_futures(analysis), "fresh", {}


_FIGURES: dict[str, Callable[[Any], Iterator[Drawing]]] = {
    "additionality": _additionality,
    "alternatives": _alternatives,
    "breakeven": _break_even,
    "frontier": _frontier,
    "instruments": _instruments,
    "prices": _prices,
    "regret": _regret,
    "sensitivity": _sensitivity,
    "stress": _stress,
}
