"""Batches in the terminal: what is to be run, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from optimizer.report.notation import figure

SHOWN = 40
"""Rows of a table; the rest is counted. ``collect`` has them all."""


def print_plan(labels: Sequence[str], done: int, seconds_each: float | None, workers: int) -> None:
    """What a batch would run: how many, how many are done already, and how long the rest may take."""
    console = Console(width=100, highlight=False)
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("run")
    for label in labels[:SHOWN]:
        table.add_row(label or "as it is")
    console.print(table)
    if len(labels) > SHOWN:
        console.print(f"… and {len(labels) - SHOWN:,} more")
    left = len(labels) - done
    console.print(f"{len(labels):,} runs, {done:,} done already, {left:,} to do with {workers} process(es)")
    if seconds_each is not None:
        console.print(f"about {left * seconds_each / workers:,.0f} s, at {seconds_each:,.1f} s for a run of this batch")
    else:
        console.print("how long they take is known once one of them has run")


def print_batch(rows: Sequence[Mapping[str, Any]], counts: Mapping[str, int]) -> None:
    """Runs of a batch with their cost and gap, and how many ended how."""
    console = Console(width=100, highlight=False)
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for head, side in (
        ("run", "left"), ("", "left"), ("status", "left"), ("cost\nmusd", "right"), ("gap", "right"), ("s", "right"),
    ):  # fmt: skip
        table.add_column(head, justify=side, overflow="fold")  # type: ignore[arg-type]
    for row in rows[:SHOWN]:
        gap = "–" if row["gap"] is None else f"{100 * row['gap']:.2f} %"
        cost = "–" if row["objective_musd"] is None else figure(row["objective_musd"], 1)
        seconds = "–" if row["seconds"] is None else f"{row['seconds']:.1f}"
        table.add_row(row["id"][:8], row["label"] or "as it is", row["status"], cost, gap, seconds)
    console.print(table)
    if len(rows) > SHOWN:
        console.print(f"… and {len(rows) - SHOWN:,} more")
    console.print(", ".join(f"{count:,} {status}" for status, count in sorted(counts.items())))
    failed = [row for row in rows if row["message"]]
    for row in failed[:5]:
        console.print(f"{row['id'][:8]} {row['label']}: {row['message'].splitlines()[0]}", soft_wrap=True, markup=False)
    if len(failed) > 5:
        console.print(f"… and {len(failed) - 5:,} more reasons: see collect")
