"""Batches in the terminal: what is to be run, and what came of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from optimizer.report.notation import figure

SHOWN = 40
"""Rows of a table; the rest is counted. ``collect`` has them all."""


def print_plan(labels: Sequence[str], done: int, workers: int, seconds: tuple[float, float], basis: str) -> None:
    """What a batch would run: how many, how many are done already, how long the rest may take, and what says so."""
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
    if left:
        console.print(f"{duration(*seconds)}, {basis}", soft_wrap=True)


def duration(low: float, high: float) -> str:
    """From ``low`` to ``high`` seconds in words.

    >>> duration(100, 350), duration(0.4, 9.2), duration(7000, 90000), duration(182, 183)
    ('roughly 1 to 6 minutes', 'roughly 0 to 10 s', 'roughly 1 to 25 hours', 'about 3 minutes')
    >>> duration(4, 370), duration(0, 0)
    ('roughly 4 s to 7 minutes', 'about 0 s')
    """
    (smaller, least_unit), (size, unit) = _unit(low), _unit(high)
    if low >= size:
        smaller, least_unit = size, unit
    least, most = math.floor(low / smaller), math.ceil(high / size)
    if smaller == size and most - least <= 1:
        return f"about {round((low + high) / 2 / size):,} {unit}"
    return f"roughly {least:,}{'' if smaller == size else f' {least_unit}'} to {most:,} {unit}"


def _unit(seconds: float) -> tuple[float, str]:
    return (1.0, "s") if seconds < 120 else (60.0, "minutes") if seconds < 7200 else (3600.0, "hours")


def print_batches(rows: Sequence[Mapping[str, Any]]) -> None:
    """Batches, each with how many of its runs ended how."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for name in rows[0]:
        table.add_column(str(name), justify="left" if name == "batch" else "right", overflow="fold")
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    Console(width=100, highlight=False).print(table)


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
