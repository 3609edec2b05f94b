"""One question after another on the same case, each search starting from where the last one ended."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyomo.common.log import LoggingIntercept

from optimizer.api import run_facts, verified
from optimizer.data import Case
from optimizer.data.schema import TABLES
from optimizer.display import Public, bullets, counted, details, page, paragraph
from optimizer.engine import (
    Answers,
    Decomposed,
    Listener,
    Master,
    Options,
    RebuildReason,
    Search,
    Solved,
    decompose,
    differ_in_pots_only,
    finished,
    found_again,
    pot_sizes,
    resized,
    revised,
    search,
)
from optimizer.errors import NoPlanError
from optimizer.instance import Instance, check_finite, compile_instance, programme_numbers, without_awards
from optimizer.results import Solution, build_solution
from optimizer.scenarios import Draws, draw

NOT_DRAWN = ("programmes", "eligibility", "contracts", "support", "targets", "stockpiles")
"""Tables that no price path and no future depends on."""
POT_SIZES = tuple(f"{name}{end}" for name in ("budget_musd", "yearly_cap_musd") for end in ("", "_low", "_high"))
"""Columns of programmes that set limits and nothing else."""


@dataclass
class _State:
    """What is kept of one line of questions (with new awards, or without any)."""

    parts: Decomposed
    master: Master
    answers: Answers


class LiveCase(metaclass=Public):
    """A case that answers what-ifs fast: scenarios, compiled models, bases, valid cuts and plans are kept.

    >>> from optimizer import LiveCase, read_case
    >>> live = LiveCase(read_case("mp-materials").set("scenarios.paths", 16).set("scenarios.futures", 3))
    >>> first = live.solve()
    >>> smaller = live.solve(live.case.set("programmes.nds.budget_musd", 50))
    >>> live.rebuilt
    ()
    >>> smaller.objective_musd >= first.objective_musd * (1 - 1e-3)
    True

    ``case`` is the last one solved. ``rebuilt`` says what the last solve could not take over, and why. Every answer is
    that of a solve from nothing, to within the gap: cuts, plans and bounds are kept only where they are valid for the
    new numbers. If nothing but the sizes of pots changes, all cuts are, plans that fit the pots are, and a bound is if
    no pot has become larger: ask for the largest pots first.
    """

    def __init__(self, case: Case) -> None:
        self.case = case
        self.rebuilt: tuple[RebuildReason, ...] = ()
        self._draws: Draws | None = None
        self._instance: Instance | None = None
        self._plan: _State | None = None
        self._without: _State | None = None
        self._bare: tuple[Instance, Instance] | None = None

    def solve(
        self,
        case: Case | None = None,
        *,
        gap: float | None = None,
        time_limit: float | None = None,
        baseline: bool = True,
        verify: bool = False,
        progress: Listener | None = None,
    ) -> Solution:
        """Solve ``case`` (the last one, if not given); ``gap`` and ``time_limit`` in seconds replace its settings.

        ``baseline`` also solves without new awards, for the comparison; ``verify`` also works the plan out again, as
        the function ``solve`` does, which may take longer than the answer. Raises what ``solve`` raises; what was kept
        before an error is used again. ``progress`` is called with a report now and then, as by ``solve``.
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
            self._plan, solved, reasons = _searched(self._plan, instance, options, progress)
            self.rebuilt = tuple(reasons)
            other = None
            if baseline and solved.termination != "interrupted":
                try:
                    self._without, other, _ = _searched(self._without, self._bare_instance(instance), options, None)
                except NoPlanError:
                    other = None
        if (options.gap, options.time_limit) != (settings.gap, settings.time_limit_s):
            asked = settings.model_copy(update={"gap": options.gap, "time_limit_s": options.time_limit})
            case = replace(case, settings=case.settings.model_copy(update={"solve": asked}))
        seconds = time.monotonic() - began
        solution = build_solution(case, draws, instance, solved, other, seconds, run_facts(case, "cuts"))
        return verified(case, solution, draws) if verify else solution

    def __repr__(self) -> str:
        """The case, and whether anything is kept for the next question."""
        return f"<LiveCase {self.case.name}: {self._kept()}>"

    def _repr_html_(self) -> str:
        rebuilt = [f"{reason.part} built anew: {reason.because}" for reason in self.rebuilt]
        return page(
            f"{self.case.settings.case.title}: live",
            paragraph(f"{self.case.name}, {self._kept()}."),
            bullets(rebuilt),
            paragraph("live.solve(live.case.set(PATH, VALUE)) answers a what-if from where this ended.", quiet=True),
            details("Case", self.case._repr_html_()),
        )

    def _kept(self) -> str:
        if self._plan is None:
            return "nothing solved yet"
        plans = counted(len(self._plan.answers.plans), "plan")
        taken = f"built anew: {', '.join(reason.part for reason in self.rebuilt)}" if self.rebuilt else "all taken over"
        return f"{plans} kept; at the last solve {taken}"

    def _bare_instance(self, instance: Instance) -> Instance:
        """The instance without new awards: made of the last one, if only pots differ, so that its answer is known."""
        bare = without_awards(instance)
        if self._bare is not None and differ_in_pots_only(self._bare[0], instance):
            kept = self._bare[1]
            bare = replace(kept, awards=replace(kept.awards, programmes=bare.awards.programmes))
        self._bare = instance, bare
        return bare

    def _numbers(self, case: Case) -> tuple[Draws, Instance]:
        """Scenarios and numbers of a case; taken over as far as nothing they depend on has changed."""
        draws, instance = self._draws, self._instance
        if draws is None or instance is None:
            draws = draw(case)
            instance = compile_instance(case, draws)
        elif case != self.case:
            changed = [table for table in TABLES if case.rows(table) != self.case.rows(table)]
            same_settings = _drawn_settings(case) == _drawn_settings(self.case)
            if same_settings and set(changed) <= {"programmes"} and _only_pot_sizes(self.case, case):
                awards = replace(instance.awards, programmes=programme_numbers(case.in_key_order()))
                instance = replace(instance, awards=awards)
            else:
                if not same_settings or not set(changed) <= set(NOT_DRAWN):
                    draws = draw(case)
                instance = compile_instance(case, draws)
        # Case, draws and numbers belong together: all are kept or, if an error has come before here, none.
        self.case, self._draws, self._instance = case, draws, instance
        return draws, instance


def _searched(
    state: _State | None, instance: Instance, options: Options, progress: Listener | None
) -> tuple[_State, Solved, list[RebuildReason]]:
    began = time.monotonic()
    check_finite(instance.awards.programmes)
    state, reasons, start = _state(state, instance)
    parts, answers, sizes = state.parts, state.answers, pot_sizes(instance)
    run = Search(parts.problem, state.master, options, progress)
    run.bound, run.certified = answers.bound(sizes)
    known = answers.plan(parts.problem.form)
    if known is None:
        run.start = start
    else:
        run.best, run.best_cost = known.x, known.solved.objective
    search(run)
    if known is not None and run.best is known.x:
        solved = found_again(parts, run, known.solved, began)
    else:
        solved = finished(parts, run, began)
        if run.best is not None:
            answers.add_plan(run.best, solved)
    answers.add_bound(sizes, run.bound, run.certified)
    return state, solved, reasons


def _state(state: _State | None, instance: Instance) -> tuple[_State, list[RebuildReason], NDArray[np.float64] | None]:
    """What serves the next question, why other parts were built anew, and a plan to begin from."""
    if state is None:
        check_finite(instance)
        parts = decompose(instance)
        return _State(parts, Master(parts.problem.form, parts.problem.tails), Answers()), [], None
    same = resized(state.parts, state.master, instance)
    if same is not None:
        last = state.answers.plans[-1].x if state.answers.plans else None
        return _State(same, state.master, state.answers), [], last
    check_finite(instance)
    parts, master, reasons = revised(state.parts, state.master, instance)
    fits = state.answers.plans and len(state.answers.plans[-1].x) == len(parts.problem.form.cost)
    return _State(parts, master, Answers()), reasons, state.answers.plans[-1].x if fits else None


def _drawn_settings(case: Case) -> dict[str, Any]:
    return case.settings.model_dump(exclude={"case", "solve"})


def _only_pot_sizes(old: Case, new: Case) -> bool:
    columns = [column.name for column in TABLES["programmes"].all_columns if column.name not in POT_SIZES]

    def rest(case: Case) -> list[list[Any]]:
        return [[row[name] for name in columns] for row in case.rows("programmes")]

    return rest(old) == rest(new)
