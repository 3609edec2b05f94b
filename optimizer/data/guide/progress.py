"""How far a case is filled in, and which table comes next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from optimizer.data.case import Case
from optimizer.data.guide.steps import STEPS, Step
from optimizer.data.template import PLACEHOLDERS
from optimizer.errors import Fault

EMPTY = "missing-table"
"""The check that finds a required table without rows."""


@dataclass(frozen=True)
class Progress:
    """Steps done and steps to come, in order, and settings that still are those of the template."""

    done: tuple[Step, ...]
    to_come: tuple[Step, ...]
    placeholders: tuple[str, ...] = ()

    @property
    def next(self) -> Step | None:
        """The step to take now."""
        return self.to_come[0] if self.to_come else None

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to say."""
        return not self.to_come and not self.placeholders


def is_empty(fault: Fault) -> bool:
    """Whether a fault only says that a required table has no rows yet."""
    return fault.check == EMPTY


def progress_of_faults(faults: Iterable[Fault]) -> Progress:
    """The progress of a case that cannot be read: which of the tables that every case has are still without rows."""
    blank = {fault.table for fault in faults if is_empty(fault)}
    needed = [step for step in STEPS if step.is_needed]
    return _progress(needed, blank)


def progress_of_case(case: Case) -> Progress:
    """The progress of a case without faults: what it leaves empty, and settings left as the template has them."""
    info = case.settings.case.model_dump()
    placeholders = tuple(path for path, words in PLACEHOLDERS.items() if info[path.split(".")[1]] == words)
    blank = {step.table for step in STEPS if not case.rows(step.table)}
    found = _progress(STEPS, blank)
    return Progress(found.done, found.to_come, placeholders)


def _progress(steps: Sequence[Step], blank: set[str]) -> Progress:
    return Progress(
        tuple(step for step in steps if step.table not in blank), tuple(step for step in steps if step.table in blank)
    )
