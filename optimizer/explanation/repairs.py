"""The smallest changes that make a plan possible: found by bisection on the elastic form, proved by a solve."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from optimizer.data import Case
from optimizer.errors import CaseError, NoPlanError
from optimizer.explanation.conflict import Conflicts, limit_name
from optimizer.explanation.elastic import ElasticCase
from optimizer.explanation.input_cells import InputCell, plain_number
from optimizer.explanation.levers import Lever
from optimizer.explanation.policy_limits import PolicyLimit

FINENESS = 200
"""A change is found to one step, or to one part in this many if that is coarser."""
COMBINATIONS = 4
"""Combinations of changes tried where no single one is enough."""
NUDGES = 3
"""Steps that a change may grow by if the full solve finds the smallest one too small."""

PlanCost = Callable[[Case], tuple[float, float]]
"""Cost of the plan of a case and the bound on it, musd; raises NoPlanError."""


@dataclass(frozen=True)
class Change:
    """One figure moved from what it is to ``value``, some steps of its ``lever`` away."""

    limit: PolicyLimit
    lever: Lever
    steps: int

    @property
    def cell(self) -> InputCell:
        """The cell to change."""
        return self.lever.cell

    @property
    def value(self) -> str:
        """The new value as it is typed."""
        new = self.lever.value(self.steps)
        if isinstance(new, bool):
            return "yes" if new else "no"
        return ";".join(map(str, new)) if isinstance(new, tuple) else plain_number(float(new))

    @property
    def assignment(self) -> str:
        """The change as an argument of ``--set``."""
        return f"{self.cell.path}={self.value}"

    def applied(self, case: Case) -> Case:
        """The case with the change made."""
        return case.set(self.cell.path, self.value)


@dataclass(frozen=True)
class Repair:
    """Changes that together make a plan possible, its cost and the bound on it (musd): the repaired case was solved."""

    changes: tuple[Change, ...]
    cost_musd: float
    bound_musd: float

    def applied(self, case: Case) -> Case:
        """The repaired case."""
        for change in self.changes:
            case = change.applied(case)
        return case


REPAIR_COLUMNS = ("repair", "limit", "change", "from", "to", "unit", "file", "row", "column", "plan_cost_musd", "set")


def repairs_table(repairs: Sequence[Repair]) -> pd.DataFrame:
    """One row per changed cell; ``repair`` numbers the repairs from the cheapest plan up."""
    rows = []
    for number, repair in enumerate(repairs, start=1):
        for change in repair.changes:
            cell = change.cell
            limit = limit_name(change.limit)
            moved = (_difference(cell.value, change.value), cell.value, change.value, cell.unit)
            where = (f"{cell.table}.csv", cell.row, cell.column)
            rows.append((number, limit, *moved, *where, repair.cost_musd, change.assignment))
    return pd.DataFrame(rows, columns=list(REPAIR_COLUMNS))


def _difference(old: str, new: str) -> str:
    """How far a figure moves, with its sign; blank for lists.

    >>> _difference("500", "570"), _difference("1.0", "0.98"), _difference("2028;2029", "2026;2028;2029")
    ('+70', '-0.02', '')
    """
    try:
        difference = float(new) - float(old)
    except ValueError:
        return ""
    return ("+" if difference > 0 else "") + plain_number(difference)


def find_repairs(elastic: ElasticCase, conflicts: Conflicts, plan_cost: PlanCost) -> Iterator[Repair]:
    """Repairs as they are found: single changes, then combinations.

    Three changes at once are tried only while nothing smaller is known that keeps every target.

    Raises TimeoutError at the deadline of ``elastic``; those found before have been handed out.
    """
    keeps_targets, combined = False, 0
    for limits in conflicts.corrections:
        if (len(limits) > 1 and combined >= COMBINATIONS) or (len(limits) > 2 and keeps_targets):
            continue
        for levers in itertools.product(*(limit.levers for limit in limits)):
            changes = _smallest(
                elastic, [Change(m, lever, lever.steps) for m, lever in zip(limits, levers, strict=True)]
            )
            repair = None if changes is None else _proved(elastic.case, changes, plan_cost)
            if repair is not None:
                keeps_targets |= not any(limit.kind.startswith("hard ") for limit in limits)
                combined += len(limits) > 1
                yield repair


def _smallest(elastic: ElasticCase, changes: list[Change]) -> tuple[Change, ...] | None:
    """The changes, each in turn made as small as the others allow; None if even the loosest are not enough."""
    for place in range(len(changes)):

        def enough(steps: int, place: int = place) -> bool:
            case = elastic.case
            try:
                for i, change in enumerate(changes):
                    case = (replace(change, steps=steps) if i == place else change).applied(case)
                return elastic.feasible(case)
            except CaseError:
                return False

        steps = smallest_step(enough, changes[place].lever.steps)
        if steps is None:
            return None
        changes[place] = replace(changes[place], steps=steps)
    return tuple(changes)


def smallest_step(enough: Callable[[int], bool], most: int) -> int | None:
    """Fewest steps that are enough, to one part in ``FINENESS``; None if even ``most`` are not.

    >>> smallest_step(lambda n: n >= 37, 1000), smallest_step(lambda n: n >= 37, 20)
    (37, None)
    """
    if most < 1 or not enough(most):
        return None
    low, high = 0, 1
    while high < most and not enough(high):
        low, high = high, 2 * high
    high = min(high, most)
    while high - low > max(1, high // FINENESS):
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _proved(case: Case, changes: tuple[Change, ...], plan_cost: PlanCost) -> Repair | None:
    """The changes with the cost of the plan they make possible; None if a solve does not find one."""
    for _ in range(NUDGES):
        try:
            cost, bound = plan_cost(Repair(changes, 0.0, 0.0).applied(case))
            return Repair(changes, cost, bound)
        except NoPlanError as error:
            if not error.infeasible:
                return None
            changes = tuple(replace(c, steps=min(c.steps + 1, c.lever.steps)) for c in changes)
    return None
