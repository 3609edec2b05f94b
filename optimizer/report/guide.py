"""What to fill in next, and what the columns of a table mean, for the terminal."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TextIO

import pandas as pd
from rich.console import RenderableType
from rich.table import Table as Grid
from rich.text import Text

from optimizer.data.guide.example import TABLE_TEXTS, example_rows
from optimizer.data.guide.progress import Progress
from optimizer.data.guide.steps import Step, other_columns, usual_columns
from optimizer.data.schema import TABLES, Column, Table
from optimizer.data.template import allowed_values, column_default
from optimizer.report.console import in_encoding, show

EVIDENCE = 2
"""The last columns of every table, source and grade: explained once."""


def print_progress(
    progress: Progress, place: str, *, workbook: bool, can_solve: bool = False, file: TextIO | None = None
) -> None:
    """Print what is filled in and what comes next, with an example. ``place`` is what the user calls the case."""
    step = progress.next
    if progress.placeholders:
        where = "sheet settings" if workbook else "case.toml"
        _line(f"\nStill as in the template: {', '.join(progress.placeholders)} ({where})", file)
    if step is None:
        _line(f"Next: optimizer solve {place}", file)
        return
    left = [one for one in progress.to_come if one.if_empty]
    if left:
        _line("\nStill empty, and what that means", file)
        for one in left:
            _line(f"  {one.table:12} {one.if_empty}", file)
    _line("", file)
    show(Text(_headline(progress, step, workbook)), file)
    usual = usual_columns(TABLES[step.table])
    show(_columns(TABLES[step.table], usual if not progress.done else usual[:-EVIDENCE]), file)
    if not workbook:
        header, *lines = TABLE_TEXTS[step.table].splitlines()
        has_header = (Path(place) / f"{step.table}.csv").is_file()
        shown = lines if has_header else [header, *lines]
        where = "below the header of the file" if has_header else "as the file, which is not there"
        _line(f"For example, {where}:\n" + "\n".join(f"  {line}" for line in shown), file)
    others = _more_columns(TABLES[step.table])
    if others:
        show(Text(f"More columns, if wanted: {others}"), file)
    _line(f"Then again: optimizer check {place}", file)
    if can_solve:
        _line(f"Or, if what is empty is to stay so: optimizer solve {place}", file)


def _headline(progress: Progress, step: Step, workbook: bool) -> str:
    at, total = len(progress.done) + 1, len(progress.done) + len(progress.to_come)
    name = f"sheet {step.table}" if workbook else f"{step.table}.csv"
    return f"Next ({at} of {total}): {name}. {TABLES[step.table].words}"


def _line(text: str, file: TextIO | None) -> None:
    """Print a line as it is, however long, so that it can be copied."""
    stream = sys.stdout if file is None else file
    print(in_encoding(text, stream.encoding or "utf-8"), file=stream)


def _more_columns(table: Table) -> str:
    more = [column.name for column in other_columns(table) if column in table.columns]
    ranges = [column.name for column in table.columns if column.ranged]
    if ranges:
        more.append(f"and, for a plausible range, _low and _high of {', '.join(ranges)}")
    return ", ".join(more)


def print_columns(name: str, file: TextIO | None = None) -> None:
    """Print every column of a table: what it means, what is allowed, what a blank cell means, and an example."""
    table = TABLES[name]
    needed = "every case has it" if table.required else "may be left out"
    show(Text(f"{name}: {table.words}\nKey: {', '.join(table.key)}; {needed}\n"), file)
    show(_columns(table, table.all_columns), file)


def column_frame(name: str) -> pd.DataFrame:
    """Every column of a table as rows: name, kind, unit, what is allowed, what a blank cell means, example, meaning."""
    example = next(iter(example_rows(name)), {})
    return pd.DataFrame(
        {
            "table": name,
            "column": column.name,
            "kind": column.kind,
            "unit": column.unit,
            "allowed": allowed_values(column).replace("`", ""),
            "required": column.required,
            "default": column_default(column).replace("`", ""),
            "example": example.get(column.name, ""),
            "meaning": column.words,
        }
        for column in TABLES[name].all_columns
    )


def _columns(table: Table, columns: tuple[Column, ...]) -> RenderableType:
    example = next(iter(example_rows(table.name)), {})
    grid = Grid.grid(padding=(0, 2))
    grid.add_row("", Text("column"), Text("for example"), Text("meaning"))
    for column in columns:
        grid.add_row("", Text(column.name), Text(example.get(column.name, "")), Text(column_words(column)))
    return grid


def column_words(column: Column) -> str:
    """What a column means, its unit, what it allows and what a blank cell means, in one sentence or two.

    >>> column_words(TABLES["ramps"].columns[2])
    'Share of nameplate. [share; 0 to 1]'
    >>> column_words(TABLES["plants"].columns[8])
    'Share of nameplate reached after ramp-up. [share; 0.01 to 1; blank: 1]'
    """
    allowed = "yes or no" if column.kind == "flag" else allowed_values(column).replace("`", "")
    blank = "" if column.required else f"blank: {column_default(column).replace('`', '')}"
    facts = "; ".join(part for part in (column.unit, allowed, blank.replace("blank: blank", "may be blank")) if part)
    return f"{column.words} [{facts}]" if facts else column.words
