"""``optimizer check``: read a case and report every fault."""

from __future__ import annotations

from typing import Annotated

import typer

from optimizer.data import read_case
from optimizer.explanation import sanity_findings
from optimizer.report.terminal import print_fields


def check_command(
    case: Annotated[str, typer.Argument(metavar="CASE", help="Folder or workbook of a case, or a bundled name.")],
) -> None:
    """Read a case and report every fault with file, row, column and remedy.

    Faults make the exit code 2; warnings do not.
    """
    found = read_case(case)
    info = found.settings.case
    sizes = ((name, len(rows)) for name, rows in found.tables.items())
    grades = found.grade_mix().items()
    fields = {
        "title": info.title,
        "question": info.question,
        "horizon": f"{found.settings.horizon.first_year}–{found.settings.horizon.last_year}",
        "price year": str(info.price_year),
        "rows": ", ".join(f"{name} {count}" for name, count in sizes if count),
        "rows by grade": ", ".join(f"{grade} {count}" for grade, count in grades if count),
        "warnings": "\n".join(map(str, found.warnings)) or "none",
        "contradictions": "\n".join(map(str, sanity_findings(found))) or "none that show before a solve",
    }
    print_fields(f"{found.name}: no faults", fields)
