"""Which uncertain inputs move the cost of the plan, and which move the plan."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from optimizer.analysis.answer import Analysis, Solves
from optimizer.analysis.uncertain_inputs import tables
from optimizer.analysis.uncertain_inputs.desk import Answer, Crew, Desk, Question, crew
from optimizer.analysis.uncertain_inputs.findings import findings
from optimizer.analysis.uncertain_inputs.inputs import Spread, uncertain_inputs
from optimizer.analysis.uncertain_inputs.stored import StoredRuns
from optimizer.analysis.uncertain_inputs.study import Study
from optimizer.analysis.uncertain_inputs.switches import Switch, find_switches
from optimizer.api import run_facts
from optimizer.data import Case
from optimizer.engine import Listener, Options, Progress, relative_gap
from optimizer.errors import SettingError

TIME_LIMIT = 270.0
LARGEST, SAMPLES, SWITCHES, STEPS = 12, 64, 4, 4
SCREENED, SAMPLED, SOLVED = 0.45, 0.65, 0.85
"""Shares of the time limit by which the plan at all ends, the sample, and the best plans must be had."""
LONGEST_SOLVE = 60.0
"""Seconds for one best plan, unless the case allows less."""
TOLD_EVERY = 5.0


def sensitivity(
    case: Case,
    *,
    largest: int | None = LARGEST,
    samples: int = SAMPLES,
    spread: Spread = "triangular",
    switches: int = SWITCHES,
    steps: int = STEPS,
    group: bool = False,
    workers: int = 1,
    runs: str | Path | None = None,
    gap: float | None = None,
    time_limit: float = TIME_LIMIT,
    progress: Listener | None = None,
) -> Analysis:
    """Move every figure that the case states as a range, and say what moves cost, what moves the plan, and where.

    Inputs are the figures with a ``_low`` or ``_high`` beside them. In turn:

    1. The plan as it is, with each input at its low and its high end and all others at their best value: awards and
       plants stay, supply is solved again. It is also said whose sponsor, lender or pot no longer agrees, and what the
       rest costs if those sponsors do not build.
    2. The best plan at both ends of the ``largest`` inputs (None: all of them), by the change found in 1.
    3. ``samples`` runs of the plan as it is with all inputs moved at once, drawn from a ``triangular`` spread (the best
       value is the likeliest) or a ``uniform`` one: a judgement, for the case states ends only. First-order Sobol
       indices come from these and from 1 (method and sources: ``uncertain_inputs.indices``).
    4. Where the plan certainly changes: the value at which a plant enters or leaves, by bisection into ``2 ** steps``
       parts, for at most ``switches`` ends.

    With ``group`` all rows of a column move together. ``workers`` processes answer; the answer does not depend on how
    many. With ``runs``, a folder, best plans are solved through the store of runs (as in ``run_batch``): what is done
    there is not done again, and the time limit does not cut them off. ``gap`` replaces the case's. ``time_limit`` in
    seconds; what is not done by then is left out, and said.

    ``progress`` is called with a report now and then: stage, best cost, bound, gap, seconds.

    Tables, money in musd as changes of the weighted cost against the plan at the best values:

    - ``tornado``: one row per input. ``kept_low_musd`` and ``kept_high_musd`` with the plan as it is, ``left_*`` if
      sponsors then answer (``broken_*`` says who), ``answered_*`` with the best plan there. ``redrawn``: scenarios are
      drawn again, from the same random numbers; ``choosing_musd`` is then what of a bar may be the choice of other
      futures. ``change_low`` and ``change_high`` are the what-ifs that ``solve --set`` takes.
    - ``answers``: one row per best plan: cost, bound, ``regret_least_musd`` to ``regret_most_musd`` (what keeping the
      plan costs there), verdict, and the plants and terms in which it differs.
    - ``evidence``: inputs solved again: whether ``plants`` or only ``terms`` of awards change for certain, regret,
      grade; ``worth_knowing_musd`` is the expected regret under the
      spread if it grows evenly towards the ends.
    - ``switches``: where plants enter or leave, between ``holds_to`` and ``gone_at``, and where the gap cannot tell.
    - ``indices`` of cost, outlay and shortage; ``spread`` of these in the sample; ``breaks``: who no longer agrees in
      which share of the sample.

    Raises SettingError for a bad argument or a case without ranges, NoPlanError if there is no plan at the best values,
    and what ``solve`` raises.
    """
    began = time.monotonic()
    if (largest is not None and largest < 0) or samples < 0 or switches < 0 or steps < 0 or workers < 1:
        raise SettingError("largest, samples, switches and steps are at least 0 and workers at least 1.")
    if spread not in ("triangular", "uniform"):
        raise SettingError(f"spread '{spread}' is unknown. Use triangular or uniform.")
    inputs = uncertain_inputs(case, group=group)
    if not inputs:
        raise SettingError(f"{case.name} states no figure as a range: no column has a _low or _high beside it.")
    settings = case.settings.solve
    limit = min(settings.time_limit_s, LONGEST_SOLVE)
    options = Options(
        gap=settings.gap if gap is None else gap,
        time_limit=min(time_limit, settings.time_limit_s),
        seed=case.settings.scenarios.seed,
        stage="searching for the best plan",
    )
    told = _Told(progress, began)
    told("solving the case at its best values", 0, 0, now=True)
    desk = Desk(case, options, progress)
    solved = desk.begun.solved
    study = Study(inputs, desk.kept.base, solved.objective, solved.bound, desk.plan, spread)
    solves = Solves()
    solves.add("best values", solved)
    found: list[Switch] = []
    with crew(desk, replace(options, time_limit=limit), workers) as people:
        study.screen(people, began + SCREENED * time_limit, told)
        if samples:
            seed = case.settings.scenarios.seed
            study.draw_sample(people, samples, seed, began + SAMPLED * time_limit, told)
        ask = _Asker(people, began + SOLVED * time_limit, told, solves)
        if runs is not None:
            ask.stored = StoredRuns(case, Path(runs), options.gap, workers, told)
        ranked = study.ranked()
        chosen = [place for place in ranked if study.effect(place) > 0.0][:largest]
        study.answer(ask, chosen, limit)
        ask.until = began + time_limit
        study.nudge(people, chosen, ask.until)
        if not ask.interrupted:
            found = find_switches(study, ask, people, switches, steps, limit, ask.until, told)
        interrupted = ask.interrupted
    shown = tables.all_tables(study, found)
    return Analysis(
        verb="sensitivity",
        case_name=case.name,
        title=case.settings.case.title,
        findings=tuple(findings(study, found, shown, asked=len(chosen), samples=samples)),
        tables=shown,
        views=tables.views(shown),
        solves=solves.frame(),
        run=run_facts(case, "cuts") | {"gap": options.gap, "spread": spread, "samples": len(study.sampled)},
        seconds=time.monotonic() - began,
        interrupted=interrupted,
        case=case,
    )


class _Told:
    """Tells a listener how far the analysis is, but not too often."""

    def __init__(self, listener: Listener | None, began: float) -> None:
        self._listener, self._began, self._next = listener, began, 0.0

    def __call__(self, stage: str, done: int, of: int, *, now: bool = False) -> None:
        moment = time.monotonic()
        if self._listener is None or (moment < self._next and not now):
            return
        self._next = moment + TOLD_EVERY
        words = f"{stage}: {done:,} of {of:,}" if of else stage
        self._listener(Progress(words, None, None, None, moment - self._began))


class _Asker:
    """Asks for best plans, here or through the store of runs, and keeps what is said of every solve."""

    def __init__(self, people: Crew, until: float, told: _Told, solves: Solves) -> None:
        self.people, self.until, self.told, self._solves = people, until, told, solves
        self.stored: StoredRuns | None = None

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C has stopped it."""
        return self.people.interrupted or (self.stored is not None and self.stored.interrupted)

    def __call__(self, asked: Sequence[tuple[str, Question]]) -> dict[int, Answer]:
        if self.interrupted:
            return {}
        if self.stored is not None:
            found = self.stored(asked)
        else:
            stage = "best plans at other values"
            questions = [question for _, question in asked]
            had = self.people.ask(questions, self.until, lambda done, of: self.told(stage, done, of))
            found = {place: answer for place, answer in had.items() if isinstance(answer, Answer)}
        for place in sorted(found):
            answer = found[place]
            if answer.plan is not None:
                gap = relative_gap(answer.objective, answer.bound)
                row = (asked[place][0], answer.objective, answer.bound, gap, answer.termination, answer.seconds)
                self._solves.rows.append(row)
        return found
