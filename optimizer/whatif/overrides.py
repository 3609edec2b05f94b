"""Overrides: ``path=value`` assignments that change a case."""

from __future__ import annotations

from collections.abc import Iterable

from optimizer.data import Case
from optimizer.errors import SettingError


def parse_assignment(text: str) -> tuple[str, str]:
    """Path and value text of an assignment.

    >>> parse_assignment("programmes.dod_equity.budget_musd = 600")
    ('programmes.dod_equity.budget_musd', '600')
    """
    path, sign, value = text.partition("=")
    if not sign or not path.strip() or not value.strip():
        raise SettingError(f"'{text}' is not an assignment. Write PATH=VALUE, e.g. scenarios.paths=64.")
    return path.strip(), value.strip()


def apply(case: Case, assignments: Iterable[str]) -> Case:
    """The case with every assignment made, in order. Raises ``SettingError`` or ``CaseError`` at the first refused."""
    for assignment in assignments:
        path, value = parse_assignment(assignment)
        case = case.set(path, value)
    return case
