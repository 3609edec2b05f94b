"""Tables by name that say in a notebook which there are, what each holds and how many rows it has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from optimizer.display.columns import Notation
from optimizer.display.html import MOST_ROWS, counted, details, page, paragraph, table

if TYPE_CHECKING:
    import pandas as pd

PREVIEWED = 8
"""Rows of each table in the overview of all."""


def frame_html(
    frame: pd.DataFrame,
    columns: Mapping[str, str] | None = None,
    *,
    notations: Mapping[str, Notation] | None = None,
    most: int = MOST_ROWS,
) -> str:
    """A data frame as a table, with ``columns`` (name → head) of it, or all."""
    names = [str(name) for name in frame.columns] if columns is None else [n for n in columns if n in frame.columns]
    part = frame if columns is None else frame[names]
    rows = list(part.astype(object).itertuples(index=False, name=None))
    return table(names, rows, heads=columns, notations=notations, most=most)


class TableView:
    """One table as a notebook shows it: with units, and rounded; ``frame`` is the table itself."""

    def __init__(self, name: str, frame: pd.DataFrame, about: str = "", rows: int = MOST_ROWS) -> None:
        self.name, self.frame, self.about, self.rows = name, frame, about, rows

    def __repr__(self) -> str:
        """The frame as pandas prints it, under its name."""
        return f"{self.name}: {self.about}\n{self.frame.head(self.rows)!r}"

    def _repr_html_(self) -> str:
        size = paragraph(counted(len(self.frame), "row"), quiet=True)
        return page(self.name, paragraph(self.about), size, frame_html(self.frame, most=self.rows))


class Tables(dict[str, "pd.DataFrame"]):
    """Tables by name: a dictionary of plain data frames, units in the names of their columns.

    Shown in a notebook it lists what there is, with the first rows of each table. ``tables.show("supply")`` shows one
    with units and rounded figures; ``tables["supply"]`` is the frame with every digit.
    """

    def __init__(self, tables: Mapping[str, pd.DataFrame], about: Mapping[str, str] | None = None) -> None:
        super().__init__(tables)
        self.about: dict[str, str] = dict(about or {})

    def show(self, name: str, rows: int = MOST_ROWS) -> TableView:
        """One table for the eye, at most ``rows`` rows of it. KeyError for a name that is none of the tables."""
        return TableView(name, self[name], self.about.get(name, ""), rows)

    def __reduce__(self) -> tuple[Any, ...]:
        return Tables, (dict(self), self.about)

    def __repr__(self) -> str:
        """A line per table: its name, number of rows, and what it holds."""
        width = max(map(len, self), default=0)
        lines = [f"  {name:<{width}}  {len(rows):>7,} rows  {self.about.get(name, '')}" for name, rows in self.items()]
        return "\n".join(line.rstrip() for line in (counted(len(self), "table"), *lines))

    def _repr_html_(self) -> str:
        parts = []
        for name, frame in self.items():
            about = self.about.get(name, "")
            line = f"{name} · {counted(len(frame), 'row')}" + (f" · {about}" if about else "")
            parts.append(details(line, frame_html(frame, most=PREVIEWED)))
        return page(counted(len(self), "table"), *parts)
