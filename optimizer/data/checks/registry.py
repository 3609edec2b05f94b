"""How a check is declared: a name, a severity, one sentence, and the tables it needs to be sound."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from optimizer.data.cells import cell_text
from optimizer.data.inputs import Inputs
from optimizer.data.row import Row
from optimizer.data.rules import shown
from optimizer.data.schema import TABLES
from optimizer.errors import Fault

Severity = Literal["error", "warning"]
SETTINGS = "case.toml"


@dataclass(frozen=True)
class Finding:
    """What a check found: where (``row`` None for the table as a whole), the problem and the remedy."""

    table: str
    row: Row | None
    column: str
    problem: str
    remedy: str


CheckFunction = Callable[[Inputs], Iterable[Finding]]


@dataclass(frozen=True)
class Check:
    """One check across rows or tables. ``needs`` are the tables without which it cannot judge."""

    name: str
    severity: Severity
    sentence: str
    needs: tuple[str, ...]
    function: CheckFunction


CHECKS: dict[str, Check] = {}
"""All checks by name, in the order in which they are declared."""


def check(
    name: str, sentence: str, *, needs: tuple[str, ...], severity: Severity = "error"
) -> Callable[[CheckFunction], CheckFunction]:
    """Declare a check. ``needs`` names tables, and ``case.toml`` if settings are read."""
    unknown = [table for table in needs if table != SETTINGS and table not in TABLES]
    if unknown or name in CHECKS:
        raise ValueError(f"check {name!r} is declared twice or needs unknown tables {unknown}")

    def register(function: CheckFunction) -> CheckFunction:
        CHECKS[name] = Check(name, severity, sentence, needs, function)
        return function

    return register


def run_checks(inputs: Inputs, faulty: frozenset[str]) -> Iterator[Fault]:
    """Faults of all checks whose tables are sound."""
    for one in CHECKS.values():
        if faulty.isdisjoint(one.needs):
            for finding in one.function(inputs):
                yield _fault(one, finding)


def _fault(one: Check, finding: Finding) -> Fault:
    row, value = 0, ""
    if finding.row is not None:
        row = finding.row.row_number
        value = _value_text(finding.table, finding.column, finding.row)
    return Fault(
        finding.table, row, finding.column, shown(value), finding.problem, finding.remedy, one.name, one.severity
    )


def _value_text(table: str, name: str, row: Row) -> str:
    column: Any = next((column for column in TABLES[table].all_columns if column.name == name), None)
    if column is None:
        return ""
    value = row[name]
    return f"{value:g}" if isinstance(value, float) else cell_text(column, value)
