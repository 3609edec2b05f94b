"""What changes from year to year: tables with a line of marks per row, each beside its lowest and highest figure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from optimizer.report.grid import FigureHead, Head, LineHead, new_table
from optimizer.report.notation import ABSENT, figure, is_absent
from optimizer.report.sparkline import group_size, sparkline

Series = list[float | None]


def covered_shares(supply: pd.DataFrame, covered: Iterable[str]) -> RenderableType | None:
    """Share of what allied regions use that comes from covered countries, by year: calm and embargo, with the plan and
    without it. None if they supply nothing."""
    years = _years(supply)
    lines = [LineHead(f"{plan}\n{_span(years)}") for plan in ("no plan", "with plan")]
    ends = FigureHead("from – to")
    table = new_table([Head("material"), Head(""), lines[0], ends, lines[1], ends])
    own = supply.assign(covered_t=supply["supply_t"].where(supply["origin"].isin(set(covered)), 0.0))
    keys = ["material", "condition", "plan", "year"]
    sums = own.groupby(keys, sort=True)[["covered_t", "supply_t"]].sum()
    shares = sums["covered_t"] / sums["supply_t"]
    before = ""
    for material, condition in dict.fromkeys(index[:2] for index in shares.index):
        cells = []
        for plan in ("without", "with"):
            line: Series = [shares.get((material, condition, plan, year)) for year in years]
            cells += [sparkline(line, 0.0, 1.0), _range([None if v is None else 100.0 * v for v in line], 0, " %")]
        if shares.loc[material].max() > 0.0:
            table.add_row("" if material == before else str(material), str(condition), *cells)
            before = str(material)
    if not table.row_count:
        return None
    return _titled(f"Share of allied supply from covered countries by year{_scale(years, '0 %', '100 %')}", table)


def yearly_outlays(rows: pd.DataFrame) -> RenderableType | None:
    """What each pot pays in each year: expected, and in the twentieth of price paths in which it pays most."""
    years = _years(rows)
    lowest, highest = FigureHead("lowest\nmusd/yr"), FigureHead("highest\nmusd/yr")
    expected_line, p95_line = (LineHead(f"{name}\n{_span(years)}") for name in ("expected", "P95"))
    table = new_table([Head("pot"), expected_line, lowest, highest, p95_line, highest])
    for pot, group in rows.groupby("programme", sort=True):
        by_year = group.groupby("year")[["expected_musd", "p95_musd"]].sum()
        expected, high = ([float(by_year[name].get(year, 0.0)) for year in years] for name in by_year)
        ends = min(0.0, *expected, *high), max(0.0, *expected, *high)
        if ends[0] < ends[1]:
            lines = [sparkline(values, *ends) for values in (expected, high)]
            table.add_row(str(pot), lines[0], figure(min(expected)), figure(max(expected)), lines[1], figure(max(high)))
    if not table.row_count:
        return None
    title = f"Outlays by year, not discounted{_scale(years, '0 or the least', 'the highest of the pot')}"
    return _titled(title, table)


def stock_line(levels: Sequence[float]) -> str:
    """Stock at the end of each year, from 0 to its own highest; a dash if there never is any."""
    highest = max(levels, default=0.0)
    return sparkline(levels, 0.0, highest) if highest > 0.0 else ABSENT


def year_span(rows: pd.DataFrame) -> str:
    """The years of a table, as they stand above a line of marks."""
    return _span(_years(rows))


def _years(rows: pd.DataFrame) -> list[int]:
    return list(range(int(rows["year"].min()), int(rows["year"].max()) + 1))


def _span(years: Sequence[int]) -> str:
    return f"{years[0]}–{years[-1]}"


def _scale(years: Sequence[int], low: str, high: str) -> str:
    size = group_size(len(years))
    each = "a mark a year" if size == 1 else f"a mark for {size} years"
    return f" ({each}, from {low} to {high})"


def _range(values: Sequence[Any], decimals: int, unit: str) -> str:
    present = [float(value) for value in values if not is_absent(value)]
    if not present:
        return ABSENT
    least, most = figure(min(present), decimals), figure(max(present), decimals)
    return f"{most}{unit}" if least == most else f"{least} – {most}{unit}"


def _titled(title: str, table: Table) -> RenderableType:
    return Group(Text(title, style="bold"), table)
