"""Batches in the terminal: what is to be run, and what came of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from optimizer.report.console import show
from optimizer.report.notation import figure, share
from optimizer.report.sparkline import group_size, sparkline

SHOWN = 40
"""Rows of a table; the rest is counted. ``collect`` has them all."""
REASONS = 5
"""Runs without a plan of which it is said why."""
FEWEST = 3
"""Costs that make a line."""
AS_IT_IS = "as it is"


def print_plan(labels: Sequence[str], done: int, workers: int, seconds: tuple[float, float], basis: str) -> None:
    """What a batch would run: how many, how many are done already, how long the rest may take, and what says so."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("run", overflow="fold")
    for label in labels[:SHOWN]:
        table.add_row(label or AS_IT_IS)
    parts: list[RenderableType] = [table, *_more(len(labels), "")]
    left = len(labels) - done
    parts.append(Text(f"{len(labels):,} runs, {done:,} done already, {left:,} to do with {workers} process(es)"))
    if left:
        parts.append(Text(f"{duration(*seconds)}, {basis}"))
    show(Group(*parts))


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
    show(table)


def print_batch(rows: Sequence[Mapping[str, Any]], counts: Mapping[str, int]) -> None:
    """Runs of a batch with their cost and gap, and how many ended how; a line of costs if one figure varied."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for head, side in (
        ("run", "left"), ("", "left"), ("status", "left"), ("cost\nmusd", "right"), ("bound\nmusd", "right"),
        ("gap", "right"), ("time\ns", "right"),
    ):  # fmt: skip
        table.add_column(head, justify=side, overflow="fold", vertical="bottom")  # type: ignore[arg-type]
    for row in rows[:SHOWN]:
        table.add_row(
            row["id"][:8],
            row["label"] or AS_IT_IS,
            row["status"],
            figure(row["objective_musd"]),
            figure(row["bound_musd"]),
            share(row["gap"], 2),
            figure(row["seconds"]),
        )
    parts: list[RenderableType] = [table, *_more(len(rows), "")]
    parts.append(Text(", ".join(f"{count:,} {status}" for status, count in sorted(counts.items()))))
    line = cost_line(rows)
    parts += [Text(line)] if line else []
    failed = [row for row in rows if row["message"]]
    parts += [Text(f"{row['id'][:8]} {row['label']}: {row['message'].splitlines()[0]}") for row in failed[:REASONS]]
    parts += _more(len(failed), " reasons: see collect", REASONS)
    show(Group(*parts))


def cost_line(rows: Sequence[Mapping[str, Any]]) -> str:
    """Cost by the only figure that varied, if at least three runs have a plan; else nothing.

    >>> runs = [{"columns": {"pot": pot}, "objective_musd": cost} for pot, cost in (("2", 9.0), ("4", 8.0), ("6", 7.5))]
    >>> cost_line(runs)
    'cost by pot, 2 to 6 (a mark a run): █▃▁ 7.5 to 9.0 musd'
    >>> cost_line(runs[:2])
    ''
    """
    known = [row for row in rows if row["objective_musd"] is not None]
    names = {name for row in known for name in row["columns"]}
    if len(known) < FEWEST or len(names) != 1:
        return ""
    (name,) = names
    try:
        pairs = sorted((float(row["columns"][name]), float(row["objective_musd"])) for row in known)
    except (KeyError, ValueError):
        return ""
    values, costs = zip(*pairs, strict=True)
    least, most = min(costs), max(costs)
    size = group_size(len(pairs))
    each = "a mark a run" if size == 1 else f"a mark for {size} runs"
    line = f"{sparkline(costs, least, most)} {figure(least)} to {figure(most)} musd"
    return f"cost by {name}, {values[0]:g} to {values[-1]:g} ({each}): {line}"


def _more(count: int, words: str, shown: int = SHOWN) -> list[RenderableType]:
    return [Text(f"… and {count - shown:,} more{words}")] if count > shown else []
