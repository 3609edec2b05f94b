"""A case as a notebook shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimizer.data.schema import TABLES
from optimizer.display import bullets, counted, details, facts, page, paragraph
from optimizer.display.models import values_table

if TYPE_CHECKING:
    from optimizer.data.case import Case


def case_html(case: Case) -> str:
    """Title and question, sizes, how good its evidence is, warnings; tables and settings fold away."""
    info, horizon, scenarios = case.settings.case, case.settings.horizon, case.settings.scenarios
    grades = ", ".join(f"{grade}: {count:,}" for grade, count in case.grade_mix().items() if count)
    held = {name: rows for name in TABLES if (rows := case.rows(name))}
    sizes = [
        ("case", info.name),
        ("years", f"{horizon.first_year} to {horizon.last_year}"),
        ("money", f"musd of {info.price_year}, real"),
        ("perspective", case.settings.objective.perspective),
        ("scenarios", f"{scenarios.paths:,} price paths, {scenarios.futures:,} futures"),
        ("inputs", f"{sum(map(len, held.values())):,} rows in {len(held)} tables"),
    ]
    tables = (f"{name}, {counted(len(rows), 'row')}: {TABLES[name].words}" for name, rows in held.items())
    return page(
        info.title,
        paragraph(info.question),
        facts(sizes),
        paragraph(f"Rows by grade of evidence: {grades}", quiet=True),
        details(counted(len(case.warnings), "warning"), bullets(map(str, case.warnings)), opened=True),
        details("Tables", bullets(tables)),
        details("Settings", values_table(case.settings)),
    )
