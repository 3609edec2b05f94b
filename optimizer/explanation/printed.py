"""An explanation as text and tables for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

import pandas as pd
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from optimizer.explanation.conflict import Conflict
from optimizer.explanation.explanation import Explanation
from optimizer.explanation.sanity import SanityFinding
from optimizer.report.console import show
from optimizer.report.grid import FigureHead, Head, new_table
from optimizer.report.notation import ABSENT, figure, word


def print_explanation(explanation: Explanation, file: TextIO | None = None) -> None:
    """Print an explanation; on stdout unless another file is given."""
    show(_view(explanation), file)


def conflict_lines(conflict: Conflict) -> str:
    """A conflict in plain lines: each limit and the cells behind it."""
    return "\n".join(f"  - {limit}" for limit in conflict.limits)


def _view(explanation: Explanation) -> RenderableType:
    parts: list[RenderableType] = []
    if explanation.plan_exists:
        parts.append(
            Text(
                f"{explanation.case_name}: there is a plan, of {figure(explanation.objective_musd)} musd; no plan "
                f"costs less than {figure(explanation.bound_musd)} musd"
            )
        )
    else:
        parts.append(Text(f"{explanation.case_name}: there is no plan that meets every hard condition"))
    if explanation.sanity:
        parts += [Text(), Text("What shows before any solve", style="bold")]
        for finding in explanation.sanity:
            parts.append(Padding(Text(f"- {finding.words}"), (0, 0, 0, 2)))
            parts.append(Padding(Text("; ".join(map(str, finding.cells))), (0, 0, 0, 6)))
    for number, conflict in enumerate(explanation.conflicts, start=1):
        title = (
            f"Conflict {number}: these cannot all hold; without any one of them, and all other limits lifted, they can"
        )
        parts += [Text(), Text(title, style="bold")]
        for limit in conflict.limits:
            parts.append(Padding(Text(f"- {limit.words}"), (0, 0, 0, 2)))
            parts += [Padding(Text(str(cell)), (0, 0, 0, 6)) for cell in limit.cells]
    if not explanation.plan_exists:
        parts += [Text(), _repairs(explanation.repairs)]
    if not explanation.why_not.empty:
        parts += [Text(), _why_not(explanation.why_not)]
    if not explanation.instruments.empty:
        parts += [Text(), _instruments(explanation.instruments)]
    parts += [Text(f"\nNote: {note}") for note in explanation.notes]
    return Group(*parts)


def _table(words: tuple[str, ...], figures: tuple[str, ...]) -> Table:
    return new_table([*map(Head, words), *map(FigureHead, figures)])


def _repairs(rows: pd.DataFrame) -> RenderableType:
    if rows.empty:
        return Text("No change of up to three figures was found that makes a plan possible.")
    table = _table(("", "change", "cell"), ("plan then\nmusd",))
    last = None
    for row in rows.to_dict("records"):
        first = row["repair"] != last
        last = row["repair"]
        moved = f"{row['from']} → {row['to']} {row['unit']}".rstrip()
        change = f"{row['limit']}: {moved}" + (f" ({row['change']})" if row["change"] else "")
        cell = f"{row['file']} row {row['row']}, {row['column']}"
        number = str(row["repair"]) if first else "and"
        table.add_row(number, change, cell, figure(row["plan_cost_musd"]) if first else "")
    title = "Smallest repairs found, by the cost of the plan they make possible (each was solved)"
    lines = [f"  {' '.join(f'--set {each}' for each in group['set'])}" for _, group in rows.groupby("repair")]
    again = Text("To solve with a repair, in the same order:\n" + "\n".join(lines))
    return Group(Text(title, style="bold"), table, Text(), again)


def _why_not(rows: pd.DataFrame) -> RenderableType:
    table = _table(("candidate", "why not", "what would change it"), ("extra cost\nmusd",))
    for row in rows.to_dict("records"):
        reason = Text.assemble((word(row["verdict"]), "bold"), f": {row['reason']}")
        table.add_row(word(row["plant"]), reason, word(row["what_would_change_it"]), figure(row["extra_cost_musd"]))
        table.add_section()
    return Group(Text("Candidates that are not in the plan, or need no support", style="bold"), table)


def _instruments(rows: pd.DataFrame) -> RenderableType:
    table = _table(("instrument", "pot", "why it is not used"), ("extra cost\nmusd", "from\nmusd", "to\nmusd"))
    idle = rows["reason"].str.endswith((" is not built", " is offered no support"))
    for row in rows[~idle].to_dict("records"):
        figures = [row[name] for name in ("extra_cost_musd", "extra_cost_least_musd", "extra_cost_most_musd")]
        table.add_row(word(row["instrument"]), word(row["pot"]), word(row["reason"]), *map(figure, figures))
    title = f"On offer and not used ({ABSENT}: nothing to compare); extra cost lies between from and to"
    shown: list[RenderableType] = [Text(title, style="bold"), table] if not idle.all() else []
    if idle.any():
        names = ", ".join(rows.loc[idle, "instrument"])
        shown.append(Text(f"On offer to plants that are not built, or need no support: {names}"))
    return Group(*shown)


def short_refusal(findings: Sequence[SanityFinding], conflict: Conflict | None, command: str) -> str:
    """What to add to the message that there is no plan: what shows at once, what conflicts, where to read on."""
    lines = [f"  - {finding}" for finding in findings if finding.blocks]
    if lines:
        lines.insert(0, "What shows before any solve:")
    if conflict is not None:
        lines.append("These cannot all hold:" if len(conflict.limits) > 1 else "This cannot hold:")
        lines.append(conflict_lines(conflict))
    return "\n".join([*lines, f"For all conflicts and the smallest repairs: {command}"])
