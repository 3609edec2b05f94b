"""What changes would touch, in the terminal."""

from __future__ import annotations

import pandas as pd
from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from optimizer.report.console import show
from optimizer.report.notation import word


def print_changes(touched: pd.DataFrame) -> None:
    """Every cell and setting with its old and its new value (see ``optimizer.whatif.preview``)."""
    if touched.empty:
        show(Text("nothing changes"))
        return
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for head in ("table", "row", "column", "old", "new"):
        table.add_column(head, overflow="fold")
    for row in touched.itertuples():
        table.add_row(*(word(cell) for cell in (row.table, row.key, row.column, row.old, row.new)))
    show(Group(table, Text("1 figure changes" if len(touched) == 1 else f"{len(touched):,} figures change")))
