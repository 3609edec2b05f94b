"""Evidence: sources and grades that fit each other."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.data.checks.registry import Finding, check
from optimizer.data.inputs import Inputs
from optimizer.data.references import JUDGEMENT
from optimizer.data.schema import TABLES


@check(
    "judgement-grade",
    "A row is graded judgement if and only if judgement is among its sources.",
    needs=(),
    severity="warning",
)
def judgement_grade(inputs: Inputs) -> Iterator[Finding]:
    """A judgement dressed as a source, or a source graded as a judgement, misleads readers."""
    for table in TABLES:
        if table == "sources":
            continue
        for row in inputs.rows(table):
            if row.grade == JUDGEMENT and JUDGEMENT not in row.source:
                yield Finding(
                    table, row, "grade", "needs judgement among the sources", "Add it, or give another grade."
                )
            if row.grade != JUDGEMENT and JUDGEMENT in row.source:
                yield Finding(table, row, "grade", "is given to a row that rests on judgement", "Give judgement.")
