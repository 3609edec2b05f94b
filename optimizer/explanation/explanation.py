"""``explain``: why there is no plan and what would make one possible, or why the plan leaves out what it leaves out."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from optimizer.data import Case
from optimizer.display import Public, counted
from optimizer.engine import Listener, Options
from optimizer.engine.progress import Progress
from optimizer.engine.variations.forced import ForcedPlans
from optimizer.errors import NoPlanError, SolverError
from optimizer.explanation.conflict import Conflict, Conflicts, UnconfirmedError, find_conflicts, limit_name
from optimizer.explanation.elastic import ElasticCase
from optimizer.explanation.instruments import UnusedInstruments
from optimizer.explanation.notebook import explanation_html
from optimizer.explanation.repairs import Repair, find_repairs, repairs_table
from optimizer.explanation.sanity import SanityFinding, impossible_offers, plain_contradictions
from optimizer.explanation.why_not import WhyNot
from optimizer.instance import Instance, check_finite, compile_instance
from optimizer.live import LiveCase
from optimizer.scenarios import draw

TIME_LIMIT = 300.0
FINER = 0.2
"""Share of the case's gap to which plans are found when they are compared with each other."""
ONE_SOLVE = 60.0
"""Longest that one of many solves may take, seconds."""


@dataclass(frozen=True, repr=False)
class Explanation(metaclass=Public):
    """What ``explain`` found out about the case ``case_name``.

    ``plan_exists``: then ``why_not`` has a row for every candidate that is not in the plan and ``instruments`` one for
    everything on offer that it does not use; ``objective_musd`` and ``bound_musd`` are the plan's. Otherwise
    ``conflicts`` are sets of limits that cannot all hold, each irreducible, and ``repairs`` the smallest changes found,
    cheapest plan first, each proved by solving the changed case. ``sanity`` is what shows without any solve; ``notes``
    say what was not finished. Columns carry their units.
    """

    case_name: str
    plan_exists: bool
    sanity: tuple[SanityFinding, ...]
    objective_musd: float | None = None
    bound_musd: float | None = None
    conflicts: tuple[Conflict, ...] = ()
    repairs: pd.DataFrame = field(default_factory=lambda: repairs_table(()))
    why_not: pd.DataFrame = field(default_factory=pd.DataFrame)
    instruments: pd.DataFrame = field(default_factory=pd.DataFrame)
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """All of it as plain numbers, strings, lists and dicts; absent values are None."""
        return {
            "case": self.case_name,
            "plan_exists": self.plan_exists,
            "objective_musd": self.objective_musd,
            "bound_musd": self.bound_musd,
            "sanity": [{"problem": f.words, "cells": [str(c) for c in f.cells]} for f in self.sanity],
            "conflicts": [
                [
                    {"limit": limit_name(m), "words": m.words, "cells": [str(c) for c in m.cells]}
                    for m in conflict.limits
                ]
                for conflict in self.conflicts
            ],
            "repairs": _records(self.repairs),
            "why_not": _records(self.why_not),
            "instruments": _records(self.instruments),
            "notes": list(self.notes),
        }

    def __repr__(self) -> str:
        """Whether there is a plan, and how much was found."""
        if self.plan_exists:
            left_out = f"{counted(len(self.why_not), 'candidate')} and {counted(len(self.instruments), 'instrument')}"
            found = f"a plan exists; why it leaves out {left_out}"
        else:
            repairs = counted(self.repairs["repair"].nunique(), "repair")
            found = f"no plan exists; {counted(len(self.conflicts), 'conflict')}, {repairs}"
        return f"<Explanation {self.case_name}: {found}>"

    def _repr_html_(self) -> str:
        return explanation_html(self)


def sanity_findings(case: Case) -> tuple[SanityFinding, ...]:
    """What contradicts itself in a case before any solve; prices are drawn, because pots are scored on them."""
    return _sanity(case, compile_instance(case, draw(case)))


def _sanity(case: Case, instance: Instance) -> tuple[SanityFinding, ...]:
    return (*plain_contradictions(case), *impossible_offers(case, instance))


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    plain = frame.astype(object).where(frame.notna(), None)
    return [{str(k): v.item() if hasattr(v, "item") else v for k, v in row.items()} for row in plain.to_dict("records")]


def explain(case: Case, *, time_limit: float = TIME_LIMIT, progress: Listener | None = None) -> Explanation:
    """Say why a case has no plan and what repairs it, or why its plan leaves out what it leaves out.

    ``progress`` is called with a report now and then: stage, best cost, bound, gap, seconds.
    ``time_limit`` in seconds is for all of it: what is known by then is returned, with a note. Raises what ``solve``
    raises for bad inputs, and NoPlanError if not even one plan, or the proof that there is none, was found in time.
    """
    began = time.monotonic()
    deadline = began + time_limit

    def tell(stage: str) -> None:
        if progress is not None:
            progress(Progress(stage, None, None, None, time.monotonic() - began))

    tell("looking for plain contradictions")
    draws = draw(case)
    instance = compile_instance(case, draws)
    check_finite(instance)
    sanity = _sanity(case, instance)
    tell("searching for the best plan")
    limit = min(time_limit, case.settings.solve.time_limit_s)
    options = Options(gap=FINER * case.settings.solve.gap, time_limit=limit, seed=case.settings.scenarios.seed)
    try:
        plans = ForcedPlans(instance, options, deadline)
    except NoPlanError as error:
        if not error.infeasible:
            raise
        return _no_plan(case, sanity, deadline, tell)
    plans.options = Options(gap=options.gap, time_limit=min(limit, ONE_SOLVE), seed=options.seed)
    why, unused = WhyNot(case.in_key_order(), draws, plans), UnusedInstruments(case, plans)
    notes = []
    tell("asking what every other candidate would cost")
    try:
        why.ask_all()
        tell("asking what every other instrument would cost")
        unused.ask_all()
    except TimeoutError:
        notes.append(f"{time_limit:g} s were not enough to ask about every candidate and instrument.")
    return Explanation(
        case.name, True, sanity, plans.best.objective, plans.best.bound,
        why_not=why.table(), instruments=unused.table(), notes=tuple(notes),
    )  # fmt: skip


def _no_plan(case: Case, sanity: Sequence[SanityFinding], deadline: float, tell: Callable[[str], None]) -> Explanation:
    elastic, conflicts = ElasticCase(case, deadline), Conflicts()
    live, repairs, notes = LiveCase(case), list[Repair](), list[str]()

    def plan_cost(repaired: Case) -> tuple[float, float]:
        left = deadline - time.monotonic()
        if left <= 0.0:
            raise TimeoutError
        solution = live.solve(repaired, time_limit=min(left, ONE_SOLVE), baseline=False)
        return solution.objective_musd, solution.bound_musd

    try:
        tell("looking for what conflicts")
        find_conflicts(elastic, conflicts)
        if not conflicts.conflicts:
            raise SolverError(
                "the search called the case infeasible, and its elastic form finds a plan. Please report this case."
            )
        if not conflicts.complete:
            notes.append("There may be further conflicts, and other repairs, than those listed.")
        tell("looking for the smallest repairs")
        for repair in find_repairs(elastic, conflicts, plan_cost):
            repairs.append(repair)
    except UnconfirmedError as error:
        notes.append(f"The search for conflicts ended early: {error}")
    except TimeoutError:
        notes.append("Time was up before every conflict and repair was looked at; more time may find more.")
    repairs.sort(key=lambda repair: repair.cost_musd)
    return Explanation(
        case.name, False, tuple(sanity), conflicts=tuple(conflicts.conflicts), repairs=repairs_table(repairs),
        notes=tuple(notes),
    )  # fmt: skip


def first_conflict(case: Case, seconds: float) -> Conflict | None:
    """One conflict of a case without a plan, if it is found in so many seconds."""
    found = Conflicts()
    with suppress(TimeoutError, SolverError):
        find_conflicts(ElasticCase(case, time.monotonic() + seconds), found, first_only=True)
    return found.conflicts[0] if found.conflicts else None
