"""The answer of an analysis as a notebook shows it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from optimizer.display import bullets, counted, details, frame_html, heading, page, paragraph

if TYPE_CHECKING:
    from optimizer.analysis.answer import Analysis


def analysis_html(answer: Analysis) -> str:
    """Findings, the tables as they are meant to be seen, and the solves that they rest on."""
    parts = [paragraph(f"{answer.case_name}: {answer.verb}. {_basis(answer)}", quiet=True)]
    if answer.interrupted:
        parts.append(paragraph("Stopped before the end: what is shown is what was known by then."))
    parts.append(bullets(answer.findings))
    for view in answer.views:
        frame = answer.tables[view.table]
        if not frame.empty:
            parts += [heading(view.title), frame_html(frame, view.columns, most=view.rows)]
    tables = answer.tables.items()
    sizes = (f"{name}, {counted(len(frame), 'row')}: {', '.join(map(str, frame.columns))}" for name, frame in tables)
    parts.append(details(counted(len(tables), "table"), bullets(sizes)))
    if len(answer.solves):
        parts.append(details(counted(len(answer.solves), "solve"), frame_html(answer.solves.drop(columns="seconds"))))
    return page(answer.title, *parts)


def _basis(answer: Analysis) -> str:
    """The solves behind the answer and the sizes of its scenarios, in a sentence."""
    count, run = len(answer.solves), answer.run
    if not count:
        basis = "No search was needed"
    else:
        known = math.isfinite(answer.widest_gap)
        basis = f"Rests on {counted(count, 'solve')}" + (f", the widest gap {answer.widest_gap:.3%}" if known else "")
    sizes = (("paths", "price path"), ("futures", "future"))
    drawn = [counted(run[name], thing) for name, thing in sizes if name in run]
    return "; ".join([basis, *drawn]) + ". Money in musd, real."
