"""The tables of a page: each is embedded once, and every number in words is a cell of one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

import pandas as pd
from markupsafe import Markup

from optimizer.report.html.columns import PLAIN, Shown, heading, shown, text


@dataclass(frozen=True)
class Sheet:
    """One table: its name, title, columns with how they are shown, and rows of plain values.

    ``printed`` are the columns that stand on the page, by position; all are in the data. ``unit_at`` is the position of
    the column that holds each row's own unit, None if the table has none.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    heads: tuple[str, ...]
    how: tuple[Shown, ...]
    rows: tuple[tuple[Any, ...], ...]
    printed: tuple[int, ...]
    unit_at: int | None = None

    def text(self, row: int, column: int) -> str:
        """A cell as it is printed."""
        unit = "" if self.unit_at is None else str(self.rows[row][self.unit_at])
        return text(self.rows[row][column], self.how[column], unit)

    def is_number(self, column: int) -> bool:
        """Whether a column holds numbers, which stand to the right."""
        kinds = {type(row[column]) for row in self.rows if row[column] is not None}
        return bool(kinds) and kinds <= {int, float}

    def data(self) -> dict[str, Any]:
        """What is embedded."""
        return {
            "title": self.title,
            "columns": list(self.columns),
            "heads": list(self.heads),
            "how": [_notation(how) for how in self.how],
            "printed": list(self.printed),
            "unitAt": self.unit_at,
            "rows": [list(row) for row in self.rows],
        }


def _notation(how: Shown) -> dict[str, Any]:
    if how.by_row:
        return {"byRow": True, "points": how.points}
    return {"decimals": how.decimals, "percent": how.percent, "plain": how.plain}


@dataclass
class Sheets:
    """The tables of one page, by name, in the order they were added."""

    by_name: dict[str, Sheet] = field(default_factory=dict)

    def add(
        self,
        name: str,
        title: str,
        frame: pd.DataFrame,
        printed: Mapping[str, str] | Sequence[str] | None = None,
        *,
        only_row_units: bool = False,
    ) -> Sheet:
        """Add a table. ``printed`` are the columns that stand on the page (with their heads, if it is a mapping); all,
        if it is not given. ``only_row_units``: all that follows ``unit`` is in it, whatever the columns are called."""
        columns = tuple(str(column) for column in frame.columns)
        wanted = columns if printed is None else tuple(column for column in printed if column in columns)
        heads = printed if isinstance(printed, Mapping) else {}
        unit_at = columns.index("unit") if "unit" in columns else None
        rows = tuple(zip(*(_plain(frame.iloc[:, at]) for at in range(len(columns))), strict=True))
        by_row = [unit_at is not None and at > unit_at and only_row_units for at in range(len(columns))]
        if unit_at is not None and not only_row_units:
            # A row's unit is that of what follows it, up to the first column that states one of its own.
            for at in takewhile(lambda at: shown(columns[at]) is PLAIN, range(unit_at + 1, len(columns))):
                by_row[at] = True
        sheet = Sheet(
            name=name,
            title=title,
            columns=columns,
            heads=tuple(heads.get(column, heading(column)) for column in columns),
            how=tuple(shown(column, by_row=own) for column, own in zip(columns, by_row, strict=True)),
            rows=rows,
            printed=tuple(columns.index(column) for column in wanted),
            unit_at=unit_at,
        )
        self.by_name[name] = sheet
        return sheet

    def number(self, name: str, row: int, column: str, *, how: Shown | None = None) -> Markup:
        """A cell as it stands in a sentence, with where it is from, so that it can be traced."""
        sheet = self.by_name[name]
        at = sheet.columns.index(column)
        value = sheet.rows[row][at]
        words = sheet.text(row, at) if how is None else text(value, how)
        return Markup('<data value="{}" data-table="{}" data-row="{}" data-column="{}">{}</data>').format(
            "" if value is None else value, name, row, column, words
        )

    def row_of(self, name: str, **key: Any) -> int | None:
        """Position of the first row with these cells; None if there is none."""
        sheet = self.by_name[name]
        at = {sheet.columns.index(column): value for column, value in key.items()}
        return next(
            (i for i, row in enumerate(sheet.rows) if all(row[column] == value for column, value in at.items())), None
        )

    def data(self) -> dict[str, Any]:
        """All tables, as embedded."""
        return {name: sheet.data() for name, sheet in self.by_name.items()}


def _plain(column: pd.Series[Any]) -> list[Any]:
    """Values as JSON has them: whole numbers as such, so that tables from files and from memory are one."""
    return [_value(value) for value in column.tolist()]


def _value(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    if value is None or value is pd.NA or isinstance(value, bool | str):
        return None if value is pd.NA else value
    if isinstance(value, int | float):
        if not math.isfinite(value):
            return None
        return int(value) if float(value).is_integer() and abs(value) < 1e15 else float(value)
    return str(value)
