"""Runs side by side for the terminal, at most 100 columns wide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TextIO

import pandas as pd
from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from optimizer.comparison import Comparison
from optimizer.comparison.lines import CHANGE, WITHIN, is_number
from optimizer.report.compare_awards import awards_view
from optimizer.report.console import show
from optimizer.report.notation import ABSENT, figure, is_absent, share, word
from optimizer.report.sparkline import sparkline

MOST_RUNS = 6
"""Runs that fit side by side."""
MOST_INPUTS = 40
"""Inputs listed; the rest is counted."""
LONGEST_HEADER = 11
LONGEST_TEXT = 40
NOT_A_FINDING = "~"
VISIBLE_SHARE = 0.0005
"""Shares nearer than this look the same in print."""


def print_comparison(comparison: Comparison, file: TextIO | None = None) -> None:
    """Print a comparison; on stdout unless another file is given."""
    show(comparison_view(comparison), file)


def comparison_view(comparison: Comparison) -> RenderableType:
    """What is said of the runs, and a table per subject with what differs in it."""
    names = comparison.names[:MOST_RUNS]
    heads = headers(names)
    years = " and ".join(dict.fromkeys(str(year) for year in comparison.tables["runs"]["price_year"]))
    parts: list[RenderableType] = [
        Text(f"{len(comparison.names)} runs side by side; the first is the base", style="bold"),
        Text(f"musd: million USD of {years}, real, present value"),
        Text(),
        _runs(comparison.tables["runs"], heads),
    ]
    if len(comparison.names) > len(names):
        hidden = len(comparison.names) - len(names)
        parts.append(Text(f"{hidden} more run(s) are in --json, --csv and --out; {MOST_RUNS} fit side by side."))
    parts += [Text(), *(Text(f"- {said}") for said in (*comparison.verdicts, *comparison.caveats))]
    view = _View(comparison, names, heads)
    shown = [
        view.inputs(),
        *awards_view(comparison, names, heads),
        view.table("money", "Objective and its terms, weighted", ("term",)),
        view.table("pots", "Pots: outlays as present values over price paths", ("pot", "")),
        view.covered(),
        view.covered_by_year(),
        view.table("unmet_demand", "Share of demand not met, all years", ("material", "segment", ""), decimals=2),
        view.table("worst_future", "The worst future, by cost of supply", ("measure",)),
        view.table("stock", "Stock", ("stockpile", "")),
        view.shadow_prices(),
    ]
    for part in shown:
        if part is not None:
            parts += [Text(), part]
    marks = [column for frame in comparison.tables.values() for column in frame if str(column).startswith(WITHIN)]
    if marks and any(frame[c].eq(True).any() for frame in comparison.tables.values() for c in marks if c in frame):
        parts += [
            Text(),
            Text(
                f"{NOT_A_FINDING} worth no more in the objective than the gap of one of the two plans: not a finding."
            ),
            Text("Figures that carry no weight in the objective (P95, worst, shares, tonnes) are never marked."),
        ]
    return Group(*parts)


def headers(names: Sequence[str]) -> list[str]:
    """Names that are short enough to stand above figures, or numbers instead.

    >>> headers(["mp", "cut"]), headers(["mp", "programmes.dod_equity.budget_musd=600"])
    (['mp', 'cut'], ['run 1', 'run 2'])
    """
    if all(len(name) <= LONGEST_HEADER for name in names):
        return list(names)
    return [f"run {position}" for position in range(1, len(names) + 1)]


def _runs(rows: pd.DataFrame, heads: Sequence[str]) -> RenderableType:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("run", overflow="fold", vertical="bottom")
    for header in ("cost\nmusd", "bound\nmusd", "gap\nmusd", "gap", "change\nmusd", "best plans:\nbetween, musd"):
        table.add_column(header, justify="right", no_wrap=True, vertical="bottom")
    table.add_column("plan", overflow="fold", vertical="bottom")
    for head, row in zip(heads, rows.to_dict(orient="records"), strict=False):
        least, most = row["least_change_musd"], row["most_change_musd"]
        interval = ABSENT if is_absent(least) or is_absent(most) else f"{signed(least)} to {signed(most)}"
        mark = NOT_A_FINDING if row["within_gap"] is True else ""
        table.add_row(
            head,
            figure(row["objective_musd"]),
            figure(row["bound_musd"]),
            figure(row["gap_musd"]),
            share(row["gap"], 3),
            f"{signed(row['change_musd'])}{mark}",
            interval,
            row["status"],
        )
    if list(heads) == list(rows["run"])[: len(heads)]:
        return table
    legend = [f"{head}: {name}" for head, name in zip(heads, rows["run"], strict=False)]
    return Group(*map(Text, legend), Text(), table)


class _View:
    """Tables of a comparison with the runs that are shown."""

    def __init__(self, comparison: Comparison, names: Sequence[str], heads: Sequence[str]) -> None:
        self._comparison, self._names, self._heads = comparison, list(names), list(heads)

    def table(
        self, name: str, title: str, keys: Sequence[str], rows: pd.DataFrame | None = None, decimals: int = 1
    ) -> RenderableType:
        """Rows that differ with their key, unit, value per run, and for two runs the change."""
        differing = self._visible(self._comparison.differing(name), decimals) if rows is None else rows
        if differing.empty:
            return Text(f"{title}: no difference")
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
        with_units = not set(differing["unit"]) <= {"", "share"}
        for header in (*keys, "unit") if with_units else keys:
            table.add_column(header, overflow="fold", vertical="bottom")
        for header in self._heads:
            table.add_column(header, justify="right", overflow="fold", vertical="bottom")
        two = len(self._comparison.names) == 2
        if two:
            table.add_column("change", justify="right", no_wrap=True, vertical="bottom")
        before: list[Any] = []
        for row in differing.to_dict(orient="records"):
            key = [row[column] for column in list(differing.columns)[: len(keys)]]
            shown = [str(part) for part in key]
            if before[:1] == key[:1] and len(key) > 1:
                shown[0] = ""
            before, unit = key, str(row["unit"])
            values = [_value(row[name], unit, decimals) for name in self._names]
            if two:
                values.append(_change(row, self._names[1], unit, decimals) + _mark(row, self._names[1]))
            else:
                values[1:] = [v + _mark(row, n) for v, n in zip(values[1:], self._names[1:], strict=True)]
            if with_units:
                shown.append("" if unit == "share" else unit)
            table.add_row(*shown, *values)
        return Group(Text(title, style="bold"), table)

    def _visible(self, frame: pd.DataFrame, decimals: int) -> pd.DataFrame:
        """Rows that differ as printed, and not only in whether a figure is zero or absent."""
        keep = []
        for row in frame.to_dict(orient="records"):
            values = [row[name] for name in self._names]
            texts = {_value(value, str(row["unit"]), decimals) for value in values}
            keep.append(len(texts) > 1 and any(value not in (None, 0.0) for value in values))
        return frame[keep]

    def inputs(self) -> RenderableType:
        """Settings and cells that differ."""
        rows = self._comparison.tables["inputs"]
        title = "Inputs that differ"
        if rows.empty:
            return Text(f"{title}: none")
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
        for header in ("table", "key", "column", "unit", *self._heads):
            table.add_column(header, overflow="fold")
        changed = list(_input_rows(rows, self._names))
        for keys, values in changed[:MOST_INPUTS]:
            table.add_row(*keys, *values)
        parts: list[RenderableType] = [Text(title, style="bold"), table]
        if len(changed) > MOST_INPUTS:
            parts.append(Text(f"… and {len(changed) - MOST_INPUTS:,} more: see --json, --csv or --out"))
        return Group(*parts)

    def covered(self) -> RenderableType:
        """Shares from covered countries: all years, the year of the largest change, and the last year."""
        rows = self._comparison.tables["covered_origins"]
        picked: list[int] = []
        for _, group in rows.groupby(["material", "condition"], sort=False):
            changes = group.apply(self._largest_change, axis=1)
            if changes.max() < VISIBLE_SHARE:
                continue
            largest = int(changes.iloc[:-1].to_numpy().argmax())
            positions = group.index.tolist()
            picked += sorted({positions[largest], positions[-2], positions[-1]})
        title = "Share of allied supply from covered countries: largest change, last year, and all years"
        return self.table("covered_origins", title, ("material", "", "year"), rows.loc[picked])

    def covered_by_year(self) -> RenderableType | None:
        """The same shares as a line of marks per run, where they differ."""
        rows = self._comparison.tables["covered_origins"]
        yearly = rows[rows["year"].map(is_number)]
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
        for header in ("material", "", "run"):
            table.add_column(header, overflow="fold", vertical="bottom")
        if yearly.empty:
            return None
        years = range(int(yearly["year"].min()), int(yearly["year"].max()) + 1)
        table.add_column(f"{years[0]}–{years[-1]}", no_wrap=True, vertical="bottom")
        table.add_column("lowest", justify="right", no_wrap=True, vertical="bottom")
        table.add_column("highest", justify="right", no_wrap=True, vertical="bottom")
        for (material, condition), group in yearly.groupby(["material", "condition"], sort=False):
            if group.apply(self._largest_change, axis=1).max() < VISIBLE_SHARE:
                continue
            for place, (name, head) in enumerate(zip(self._names, self._heads, strict=True)):
                by_year = {int(row["year"]): row[name] for _, row in group.iterrows() if not is_absent(row[name])}
                line = [by_year.get(year) for year in years]
                ends = (share(min(by_year.values(), default=None)), share(max(by_year.values(), default=None)))
                keys = ("", "") if place else (str(material), str(condition))
                table.add_row(*keys, head, sparkline(line, 0.0, 1.0), *ends)
        title = "Share of allied supply from covered countries by year (a mark a year, from 0 % to 100 %)"
        return Group(Text(title, style="bold"), table) if table.row_count else None

    def _largest_change(self, row: pd.Series[Any]) -> float:
        base, *others = (row[name] for name in self._names)
        return max((abs(other - base) for other in others if is_number(base) and is_number(other)), default=0.0)

    def shadow_prices(self) -> RenderableType | None:
        """Shadow prices, if the runs have them."""
        frame = self._comparison.tables.get("shadow_prices")
        if frame is None:
            return None
        keys = list(frame.columns)[: list(frame.columns).index("unit")]
        return self.table("shadow_prices", "Shadow prices", keys, decimals=3)


def _input_rows(rows: pd.DataFrame, names: Sequence[str]) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """Cells that differ, shortened; a row that some run does not have is one line."""
    for (table, key), cells in rows.groupby(["table", "key"], sort=False):
        missing = [table != "settings" and all(value is None for value in cells[name]) for name in names]
        if any(missing):
            yield (str(table), str(key), "whole row", ""), [ABSENT if gone else "given" for gone in missing]
            continue
        for row in cells.to_dict(orient="records"):
            yield (str(table), str(key), str(row["column"]), str(row["unit"])), [_short(row[name]) for name in names]


def _short(value: Any) -> str:
    text = word(value)
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"


def signed(value: Any, decimals: int = 1) -> str:
    """A difference with its sign.

    >>> signed(1234.56), signed(-0.04), signed(None)
    ('+1,234.6', '0.0', '–')
    """
    text = figure(value, decimals)
    return f"+{text}" if text != ABSENT and float(value) > 0 and text.strip("0.,") else text


def _value(value: Any, unit: str, decimals: int) -> str:
    if is_absent(value):
        return ABSENT
    if not is_number(value) or (unit == "" and float(value).is_integer()):
        return str(int(value)) if is_number(value) else str(value)
    if unit == "share":
        return share(value, decimals)
    return figure(value, 0 if unit.startswith("t") else decimals)


def _change(row: dict[Any, Any], name: str, unit: str, decimals: int) -> str:
    change = row[f"{CHANGE}{name}"]
    if unit == "":
        return ""
    if unit == "share":
        return ABSENT if is_absent(change) else f"{signed(100.0 * change, decimals)} pp"
    return signed(change, 0 if unit.startswith("t") else decimals)


def _mark(row: dict[Any, Any], name: str) -> str:
    return NOT_A_FINDING if row[f"{WITHIN}{name}"] is True else ""
