"""One question after another on the same case, each search starting from where the last one ended."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyomo.common.log import LoggingIntercept

from optimizer.api import run_facts
from optimizer.data import Case
from optimizer.data.schema import TABLES
from optimizer.engine import (
    Decomposed,
    Listener,
    Master,
    Options,
    RebuildReason,
    Search,
    Solved,
    decompose,
    finished,
    revised,
    search,
)
from optimizer.errors import NoPlanError
from optimizer.instance import Instance, check_finite, compile_instance, programme_numbers, without_awards
from optimizer.results import Solution, build_solution
from optimizer.scenarios import Draws, draw

NOT_DRAWN = ("programmes", "eligibility", "contracts", "support", "targets", "stockpiles")
"""Tables that no price path and no future depends on."""
POT_SIZES = ("budget_musd", "yearly_cap_musd")
"""Columns of programmes that set limits and nothing else."""


@dataclass
class _State:
    """What is kept of one line of questions (with new awards, or without any): ``case`` is the last one answered."""

    case: Case
    parts: Decomposed
    master: Master
    best: NDArray[np.float64] | None
    bound: float


class LiveCase:
    """A case that answers what-ifs fast: scenarios, compiled models, bases and valid cuts are kept between solves.

    >>> from optimizer import LiveCase, read_case
    >>> live = LiveCase(read_case("mp-materials").set("scenarios.paths", 16).set("scenarios.futures", 3))
    >>> first = live.solve()
    >>> smaller = live.solve(live.case.set("programmes.nds.budget_musd", 50))
    >>> live.rebuilt
    ()
    >>> smaller.objective_musd >= first.objective_musd * (1 - 1e-3)
    True

    ``case`` is the last one solved. ``rebuilt`` says what the last solve could not take over, and why. Every answer is
    that of a solve from nothing, to within the gap: cuts are kept only where they are valid for the new numbers.
    """

    def __init__(self, case: Case) -> None:
        self.case = case
        self.rebuilt: tuple[RebuildReason, ...] = ()
        self._draws: Draws | None = None
        self._instance: Instance | None = None
        self._plan: _State | None = None
        self._without: _State | None = None

    def solve(
        self,
        case: Case | None = None,
        *,
        gap: float | None = None,
        time_limit: float | None = None,
        baseline: bool = True,
        progress: Listener | None = None,
    ) -> Solution:
        """Solve ``case`` (the last one, if not given); ``gap`` and ``time_limit`` in seconds replace its settings.

        ``baseline`` also solves without new awards, for the comparison. Raises what ``solve`` raises; what was kept
        before an error is used again.
        """
        began = time.monotonic()
        case = self.case if case is None else case
        with LoggingIntercept(module="pyomo"):
            draws, instance = self._numbers(case)
            settings = case.settings.solve
            options = Options(
                gap=settings.gap if gap is None else gap,
                time_limit=settings.time_limit_s if time_limit is None else time_limit,
                seed=case.settings.scenarios.seed,
            )
            self._plan, solved, reasons = _searched(self._plan, case, instance, options, progress)
            self.rebuilt = tuple(reasons)
            other = None
            if baseline and solved.termination != "interrupted":
                try:
                    self._without, other, _ = _searched(self._without, case, without_awards(instance), options, None)
                except NoPlanError:
                    other = None
        self.case = case
        return build_solution(case, draws, instance, solved, other, time.monotonic() - began, run_facts(case, "cuts"))

    def _numbers(self, case: Case) -> tuple[Draws, Instance]:
        """Scenarios and numbers of a case; taken over as far as nothing they depend on has changed."""
        if self._draws is None or self._instance is None:
            self._draws = draw(case)
            self._instance = compile_instance(case, self._draws)
        elif case != self.case:
            changed = _changed(self.case, case)
            same_settings = _drawn_settings(case) == _drawn_settings(self.case)
            if same_settings and changed == ["programmes"] and _only_pot_sizes(self.case, case):
                awards = replace(self._instance.awards, programmes=programme_numbers(case.in_key_order()))
                self._instance = replace(self._instance, awards=awards)
            else:
                if not same_settings or not set(changed) <= set(NOT_DRAWN):
                    self._draws = draw(case)
                self._instance = compile_instance(case, self._draws)
        self.case = case
        return self._draws, self._instance


def _searched(
    state: _State | None, case: Case, instance: Instance, options: Options, progress: Listener | None
) -> tuple[_State, Solved, list[RebuildReason]]:
    began = time.monotonic()
    check_finite(instance)
    reasons: list[RebuildReason] = []
    if state is None:
        parts = decompose(instance)
        master, start = Master(parts.problem.form, parts.problem.tails), None
    else:
        parts, master, reasons = revised(state.parts, state.master, instance)
        start = state.best if len(master.form.cost) == len(state.master.form.cost) else None
    run = Search(parts.problem, master, options, progress, start=start)
    if state is not None and _tightened(state.case, case):
        # A plan within smaller pots is one within the larger, so the old bound on its cost still holds.
        run.bound = state.bound
    search(run)
    best = run.best if run.best is not None else start
    return _State(case, parts, master, best, run.bound), finished(parts, run, began), reasons


def _changed(old: Case, new: Case) -> list[str]:
    return [table for table in TABLES if new.rows(table) != old.rows(table)]


def _tightened(old: Case, new: Case) -> bool:
    """Whether nothing differs but that some pots are smaller."""
    if _drawn_settings(old) != _drawn_settings(new) or not set(_changed(old, new)) <= {"programmes"}:
        return False
    return _only_pot_sizes(old, new) and _no_pot_larger(old, new)


def _drawn_settings(case: Case) -> dict[str, Any]:
    return case.settings.model_dump(exclude={"case", "solve"})


def _only_pot_sizes(old: Case, new: Case) -> bool:
    columns = [column.name for column in TABLES["programmes"].all_columns if column.name not in POT_SIZES]

    def rest(case: Case) -> list[list[Any]]:
        return [[row[name] for name in columns] for row in case.rows("programmes")]

    return rest(old) == rest(new)


def _no_pot_larger(old: Case, new: Case) -> bool:
    def sizes(case: Case) -> list[float]:
        return [
            float("inf") if row[name] is None else row[name] for row in case.rows("programmes") for name in POT_SIZES
        ]

    return all(after <= before for before, after in zip(sizes(old), sizes(new), strict=True))
