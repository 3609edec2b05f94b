"""How every printed table looks: words to the left, figures to the right, heads at the bottom, cells at the top."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from rich import box
from rich.table import Table

from optimizer.report.console import WIDTH

GAP = 3
"""Blank columns between two columns."""
PROSE = 24
"""Columns that a sentence needs; names beside it are kept whole only if this is left for each."""


class Head(str):
    """The head of a column of words; a line break where it may wrap."""

    side: Literal["left", "right"] = "left"


class FigureHead(Head):
    """The head of a column of figures, which are never broken."""

    side = "right"


class LineHead(Head):
    """The head of a column of marks, which are never broken."""


def new_table(heads: Sequence[Head], cells: Sequence[Sequence[str]] = ()) -> Table:
    """A table with these heads; further rows can be added.

    If ``cells`` (row by row) are given, names without a blank in them stay whole, as long as sentences beside them are
    left ``PROSE`` columns.
    """
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    lines = max((head.count("\n") for head in heads), default=0)
    whole = _whole(heads, cells)
    for index, head in enumerate(heads):
        shown = "\n" * (lines - head.count("\n")) + head
        kept = isinstance(head, FigureHead | LineHead) or index in whole
        table.add_column(shown, justify=head.side, no_wrap=kept, overflow="fold" if not kept else "ellipsis")
    for row in cells:
        table.add_row(*row)
    return table


def _whole(heads: Sequence[Head], cells: Sequence[Sequence[str]]) -> set[int]:
    """Columns of names that can stay whole in ``WIDTH`` columns."""
    columns = [[row[index] for row in cells] for index in range(len(heads))]
    names, used, prose = set(), 0, 0
    for index, (head, column) in enumerate(zip(heads, columns, strict=True)):
        longest = max(len(word) for text in (head, *column) for word in text.split("\n"))
        if not column or (type(head) is Head and any(" " in text for text in column)):
            prose += 1
            continue
        used += longest
        if type(head) is Head:
            names.add(index)
    return names if used + GAP * (len(heads) - 1) + PROSE * prose <= WIDTH else set()
