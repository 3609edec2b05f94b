"""An analysis in the terminal: findings, then its tables, at most 100 columns wide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TextIO

import pandas as pd
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from optimizer.report.console import show
from optimizer.report.grid import FigureHead, Head, new_table
from optimizer.report.notation import figure, share, word, year


class ReportedView(Protocol):
    """What the report reads of a view: some columns of a table under short heads."""

    title: str
    table: str
    columns: Mapping[str, str]
    rows: int


class ReportedAnalysis(Protocol):
    """What the report reads of an analysis."""

    verb: str
    case_name: str
    title: str
    findings: Sequence[str]
    tables: dict[str, pd.DataFrame]
    views: Sequence[Any]
    solves: pd.DataFrame
    run: dict[str, Any]
    seconds: float
    interrupted: bool


def print_analysis(analysis: Any, file: TextIO | None = None) -> None:
    """Print an analysis; on stdout unless another file is given."""
    show(analysis_view(analysis), file)


def analysis_view(analysis: ReportedAnalysis) -> RenderableType:
    """Findings, tables, and the gaps they rest on, one below the other."""
    parts: list[RenderableType] = [Text(f"{analysis.title}: {analysis.verb}", style="bold")]
    if analysis.interrupted:
        parts.append(Text("stopped before the end: what is shown is what was known by then"))
    parts += [Padding(Text(f"- {words}"), (0, 0, 0, 2)) for words in analysis.findings]
    for view in analysis.views:
        frame = analysis.tables[view.table]
        if not frame.empty:
            parts += [Text(), Text(view.title, style="bold"), table_view(frame, view)]
            if len(frame) > view.rows:
                parts.append(Text(f"… and {len(frame) - view.rows:,} more rows (--csv or --out has them)"))
    parts += [Text(), Text(rests_on(analysis))]
    return Group(*parts)


def rests_on(analysis: ReportedAnalysis) -> str:
    """The solves behind the answer in one sentence."""
    solves, sizes = analysis.solves, analysis.run
    drawn = f"{sizes['paths']:,} price paths, {sizes['futures']:,} futures, seed {sizes['seed']}" if sizes else ""
    if solves.empty:
        return f"No search was needed; {drawn}; {analysis.seconds:,.0f} s"
    short = solves[~solves["termination"].isin(("gap_reached", "infeasible"))]
    ends = f"; {'it' if len(solves) == 1 else f'{len(short):,} of them'} stopped early" if len(short) else ""
    widest = share(float(solves["gap"].max()), 2)
    counted = "1 solve," if len(solves) == 1 else f"{len(solves):,} solves, each"
    basis = f"Rests on {counted} within {widest} of its bound{ends}"
    return f"{basis}; {drawn}; {analysis.seconds:,.0f} s"


def table_view(frame: pd.DataFrame, view: ReportedView) -> RenderableType:
    """The columns of a view; the kind of each figure is read from the end of the column's name."""
    heads = []
    for name, head in view.columns.items():
        figures = pd.api.types.is_numeric_dtype(frame[name]) and not pd.api.types.is_bool_dtype(frame[name])
        heads.append(FigureHead(head) if figures else Head(head))
    rows = frame[list(view.columns)].head(view.rows).astype(object).itertuples(index=False)
    return new_table(heads, [[cell(name, v) for name, v in zip(view.columns, row, strict=True)] for row in rows])


def cell(column: str, value: Any) -> str:
    """One cell as text; how many decimals depends on the unit that the column's name ends in.

    >>> cell("strike_usd_per_kg", 93.214), cell("npv_musd", 1234.56), cell("start_year", 2030.0), cell("x_share", 0.5)
    ('93.21', '1,234.6', '2030', '50.0 %')
    >>> cell("supply_t", 1234.5), cell("viable", True), cell("plant", None), cell("plans", 3)
    ('1,234', 'yes', '–', '3')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) or value is None:
        return word(value)
    for ending, shown in _SHOWN.items():
        if column == ending.removeprefix("_") or column.endswith(ending):
            return str(shown(value))
    return figure(value, 0 if isinstance(value, int) else 2)


_SHOWN: dict[str, Any] = {
    "_t_per_year": lambda value: figure(value, 0),
    "_year": year,
    "_usd_per_kg": lambda value: figure(value, 2),
    "_per_next_musd": lambda value: figure(value, 2),
    "_per_last_musd": lambda value: figure(value, 2),
    "_musd": lambda value: figure(value, 1),
    "_t": lambda value: figure(value, 0),
    "_share": share,
    "gap": lambda value: share(value, 2),
    "_years": lambda value: figure(value, 0),
    "_seconds": lambda value: figure(value, 1),
}
