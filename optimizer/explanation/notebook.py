"""An explanation as a notebook shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimizer.display import bullets, details, frame_html, heading, page, paragraph
from optimizer.engine import relative_gap

if TYPE_CHECKING:
    import pandas as pd

    from optimizer.explanation.explanation import Explanation


def explanation_html(found: Explanation) -> str:
    """Whether there is a plan, and then why it leaves out what it leaves out; else what conflicts and what mends it."""
    parts = [bullets(found.notes)]
    if found.sanity:
        parts += [heading("What shows without any solve"), bullets(map(str, found.sanity))]
    if found.plan_exists:
        title = f"{found.case_name}: a plan exists"
        if found.objective_musd is not None and found.bound_musd is not None:
            cost = f"It costs {found.objective_musd:,.1f} musd as weighted, and no plan costs less than"
            gap = relative_gap(found.objective_musd, found.bound_musd)
            parts.insert(0, paragraph(f"{cost} {found.bound_musd:,.1f} musd (gap {gap:.3%})."))
        parts += _section("Candidates that it leaves out, or that need no support", found.why_not)
        parts += _section("Instruments on offer that it does not use", found.instruments)
    else:
        title = f"{found.case_name}: no plan exists"
        for number, conflict in enumerate(found.conflicts, start=1):
            parts.append(heading(f"Conflict {number}: these limits cannot all hold"))
            parts.append(bullets(limit.words for limit in conflict.limits))
            cells = (str(cell) for limit in conflict.limits for cell in limit.cells)
            parts.append(details("Input cells", bullets(cells)))
        parts += _section("Smallest changes that make a plan possible, cheapest plan first", found.repairs)
    return page(title, *parts)


def _section(title: str, frame: pd.DataFrame) -> list[str]:
    return [] if frame.empty else [heading(title), frame_html(frame)]
