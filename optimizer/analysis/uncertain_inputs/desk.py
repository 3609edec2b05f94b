"""Whoever answers the questions of this analysis: in this process, in several, or through the store of runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from optimizer.analysis.processes import dismiss, started
from optimizer.analysis.uncertain_inputs.depends import Touched, redrawn
from optimizer.analysis.uncertain_inputs.kept import Kept, KeptPlan
from optimizer.analysis.uncertain_inputs.plans import Plan, plan_of
from optimizer.data import Case
from optimizer.engine import Listener, Options
from optimizer.engine.variations.replan import Begun, Replans
from optimizer.errors import CaseError, ModelError, NoPlanError, SettingError, SolverError
from optimizer.instance import compile_instance
from optimizer.scenarios import draw
from optimizer.whatif import apply

LEAST_SECONDS = 5.0
"""With less time left no search is begun."""
REFUSED = (CaseError, SettingError, ModelError, SolverError)


@dataclass(frozen=True)
class Answer:
    """The best plan at other values: cost and bound in musd, or in ``error`` why there is none."""

    objective: float = float("nan")
    bound: float = float("nan")
    termination: str = ""
    seconds: float = 0.0
    plan: Plan | None = None
    error: str = ""


@dataclass(frozen=True)
class Question:
    """Changes to the case and the figures they touch. ``limit``, in seconds, asks for the best plan."""

    changes: tuple[str, ...]
    touched: Touched | None
    limit: float | None = None


class Desk:
    """Answers one question after another; every answer depends on its question alone."""

    def __init__(self, case: Case, options: Options, listener: Listener | None = None, begun: Begun | None = None):
        self.case = case
        self._draws = draw(case)
        self._instance = compile_instance(case, self._draws)
        self._options, self._replans = options, None if begun else Replans(self._instance, options, listener)
        self.begun: Begun = begun or self._searched.begun
        solved = self.begun.solved
        self.plan = plan_of(self._instance, solved.outcome)
        self.kept = KeptPlan(case, self._draws, self._instance, solved.outcome, solved.objective)

    @property
    def _searched(self) -> Replans:
        if self._replans is None:
            self._replans = Replans(self._instance, self._options, begun=self.begun)
        return self._replans

    def ask(self, question: Question) -> Kept | Answer:
        """The kept plan, or the best one, at the values that a question sets."""
        try:
            case = apply(self.case, question.changes)
            if question.limit is None:
                return self.kept.at(case, question.touched)
            draws = draw(case) if question.touched is None or redrawn(question.touched) else self._draws
            instance = compile_instance(case, draws)
            solved = self._searched.at(instance, question.limit)
        except NoPlanError as error:
            return Answer(error="no plan exists" if error.infeasible else "no plan found in time")
        except REFUSED as error:
            return Answer(error=" ".join(str(error).split()))
        plan = plan_of(instance, solved.outcome)
        return Answer(solved.objective, solved.bound, solved.termination, solved.seconds, plan)


Told = Callable[[int, int], None]


class Crew:
    """A desk here and perhaps more in processes of their own. Ends at a moment of ``time.monotonic``, or at Ctrl-C."""

    def __init__(self, desk: Desk, options: Options, workers: int) -> None:
        self.desk, self.workers = desk, workers
        self._options, self.interrupted = options, False
        self._pool = None if workers == 1 else self._started()

    def _started(self) -> ProcessPoolExecutor:
        return started(self.workers, _open_desk, (self.desk.case, self._options, self.desk.begun))

    def ask(self, questions: Sequence[Question], until: float, told: Told) -> dict[int, Kept | Answer]:
        """Answers by position; those that were not had before ``until`` or Ctrl-C are missing."""
        found: dict[int, Kept | Answer] = {}
        if self.interrupted:
            return found
        answers = self._here(questions, until) if self._pool is None else self._elsewhere(self._pool, questions, until)
        try:
            for place, answer in answers:
                found[place] = answer
                told(len(found), len(questions))
        except KeyboardInterrupt:
            self.interrupted = True
        return found

    def _here(self, questions: Sequence[Question], until: float) -> Iterator[tuple[int, Kept | Answer]]:
        for place, question in enumerate(questions):
            if not _begins(question, until):
                return
            yield place, self.desk.ask(_within(question, until))

    def _elsewhere(
        self, pool: ProcessPoolExecutor, questions: Sequence[Question], until: float
    ) -> Iterator[tuple[int, Kept | Answer]]:
        waiting: dict[Future[Any], int] = {}
        following = 0
        try:
            while waiting or (following < len(questions) and _begins(questions[following], until)):
                while (
                    len(waiting) <= self.workers and following < len(questions) and _begins(questions[following], until)
                ):
                    waiting[pool.submit(_ask, _within(questions[following], until))] = following
                    following += 1
                done, _ = wait(waiting, timeout=1.0, return_when=FIRST_COMPLETED)
                for one in done:
                    yield waiting[one], one.result()
                    del waiting[one]
        except BrokenExecutor:
            # A process has died: what it and the others had not answered is answered here, and so is all that follows.
            self._pool = None
            left = [*waiting.values(), *range(following, len(questions))]
            for place, answer in self._here([questions[place] for place in left], until):
                yield left[place], answer

    def close(self) -> None:
        """Let the other processes go, without waiting for what they do."""
        if self._pool is not None:
            dismiss(self._pool)


def _within(question: Question, until: float) -> Question:
    """The question with no more time than there is left."""
    if question.limit is None:
        return question
    return replace(question, limit=min(question.limit, max(until - time.monotonic(), LEAST_SECONDS)))


def _begins(question: Question, until: float) -> bool:
    """Whether there is time enough to begin with a question."""
    return time.monotonic() + (0.0 if question.limit is None else LEAST_SECONDS) <= until


@contextmanager
def crew(desk: Desk, options: Options, workers: int) -> Iterator[Crew]:
    """A crew for as long as it is needed."""
    found = Crew(desk, options, workers)
    try:
        yield found
    finally:
        found.close()


_desk: list[Desk] = []


def _open_desk(case: Case, options: Options, begun: Begun) -> None:
    _desk[:] = [Desk(case, options, begun=begun)]


def _ask(question: Question) -> Kept | Answer:
    return _desk[0].ask(question)
