"""What a column and a table are: the vocabulary in which the whole input format is declared.

The declarations in the sibling files feed reading, checking, blank templates and the column reference, so a
column is described once and in one place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "number", "integer", "flag", "choice", "reference", "list", "period"]
"""How a cell is read.

``text``       any characters.
``number``     a finite decimal number.
``integer``    a whole number (years and counts).
``flag``       ``yes`` or ``no``.
``choice``     one word of ``Column.choices``.
``reference``  a key of the table ``Column.refers_to``.
``list``       words separated by ``;``. With ``refers_to`` each is a key of that table; with ``items="integer"`` each
               is a whole number.
``period``     a month, ``YYYY-MM``.
"""


@dataclass(frozen=True)
class Column:
    """One column of one table.

    ``words`` says what the figure means, in a sentence an analyst understands. ``unit`` is the unit in plain text
    ("" for none). ``default`` is what a blank cell means; ``required`` columns have no default and a blank is an
    error. ``allows`` lists the words that may stand where a value would: ``none`` for a limit that is deliberately
    absent, ``any`` for a pattern that matches everything. A policy limit is never left blank: it is a figure or
    the word ``none``. ``ranged`` columns have two optional companions, ``<name>_low`` and ``<name>_high``.
    """

    name: str
    kind: Kind
    words: str
    unit: str = ""
    required: bool = True
    default: float | int | str | bool | tuple[str, ...] | None = None
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    refers_to: str = ""
    items: Literal["text", "integer"] = "text"
    allows: tuple[str, ...] = ()
    ranged: bool = False


@dataclass(frozen=True)
class Table:
    """One table: its name (also the file name without ``.csv``), what it holds, its key and its columns.

    ``required`` tables must exist and have at least one row; the others may be absent, which means no rows.
    """

    name: str
    words: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    required: bool = False

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """Declared columns with the companions of ranged ones, and ``source`` and ``grade`` at the end.

        >>> from optimizer.data.schema import TABLES
        >>> [c.name for c in TABLES["ramps"].all_columns]
        ['ramp', 'operating_year', 'share', 'source', 'grade']
        """
        out: list[Column] = []
        for column in self.columns:
            out.append(column)
            if column.ranged:
                out.extend(_companions(column))
        out.extend(EVIDENCE_COLUMNS if self.name != "sources" else ())
        return tuple(out)


GRADES = ("A", "B", "B-", "C", "computed", "judgement")

EVIDENCE_COLUMNS = (
    Column("source", "list", "Where the row's figures come from: keys of sources.csv.", refers_to="sources"),
    Column(
        "grade",
        "choice",
        "How well the row is supported: A primary text or data; B secondary source; B- second-hand; C recalled, an "
        "assumption; computed from sourced rows; judgement by the authors of the case.",
        choices=GRADES,
    ),
)


def _companions(column: Column) -> tuple[Column, Column]:
    low, high = (
        Column(
            f"{column.name}_{end}",
            column.kind,
            f"{word} plausible value of {column.name}, for sensitivity analysis.",
            unit=column.unit,
            required=False,
            minimum=column.minimum,
            maximum=column.maximum,
        )
        for end, word in (("low", "Lowest"), ("high", "Highest"))
    )
    return low, high
