"""``information_value``: what it is worth to know the future, and what it costs to plan for one future alone."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from optimizer.analysis.answer import Analysis, Solves, View
from optimizer.analysis.robust.clock import Clock
from optimizer.analysis.robust.plans import awards_of, words
from optimizer.api import run_facts
from optimizer.data import Case
from optimizer.engine import Listener, Options, relative_gap
from optimizer.engine.variations.forced import ForcedPlans
from optimizer.engine.variations.known_future import KnownFuture, KnownFutures
from optimizer.errors import NoPlanError
from optimizer.instance import check_finite, compile_instance
from optimizer.scenarios import draw

FloatArray = NDArray[np.float64]

TIME_LIMIT = 270.0
"""Default limit in seconds."""
SHARE_FOR_PLAN = 0.4
"""Share of the time that the best plan for all futures may take."""
LEAST_SECONDS = 1.0
CALM, MEAN = "calm future alone", "mean of all futures"


@dataclass(frozen=True)
class Bracket:
    """A value that lies between ``least`` and ``most``; ``value`` is that of the plans found (musd)."""

    value: float
    least: float
    most: float


def perfect_information(
    plan: float, plan_bound: float, known: FloatArray, known_bound: FloatArray, probability: FloatArray
) -> Bracket:
    """Expected value of perfect information: RP − WS, from costs of plans found and their bounds.

    Knowing is never worth less than nothing. Two futures of 0.5: the plan costs 10, plans for each 4 and 12, all
    proved.

    >>> half = np.array([0.5, 0.5])
    >>> perfect_information(10.0, 10.0, np.array([4.0, 12.0]), np.array([4.0, 12.0]), half)
    Bracket(value=2.0, least=2.0, most=2.0)
    >>> perfect_information(10.0, 9.0, np.array([4.0, 12.0]), np.array([3.0, 11.0]), half)
    Bracket(value=2.0, least=1.0, most=3.0)
    """
    seen, least = float(probability @ known), float(probability @ known_bound)
    value, most = max(plan - seen, 0.0), max(plan - least, 0.0)
    return Bracket(value, min(max(plan_bound - seen, 0.0), value), most)


def stochastic_solution(plan: float, plan_bound: float, simple: float) -> Bracket:
    """Value of the stochastic solution: EEV − RP, with ``simple`` the cost in all futures of a plan made for one.

    >>> stochastic_solution(10.0, 9.0, 13.0)
    Bracket(value=3.0, least=3.0, most=4.0)
    """
    value = max(simple - plan, 0.0)
    return Bracket(value, value, max(simple - plan_bound, value))


def information_value(case: Case, *, time_limit: float = TIME_LIMIT, progress: Listener | None = None) -> Analysis:
    """What perfect knowledge of the future of supply would save (EVPI), and what planning for one future loses (VSS).

    RP is the best plan for all futures. WS is the mean over futures of the best plan made for each alone, as if it were
    known which one comes; EVPI = RP − WS. EEV is the mean cost over all futures of a plan made for one: for the mean of
    all their numbers (prices, demand, capacity, what lanes carry, each weighted by probability), and for the calm
    future; VSS = EEV − RP. Source: J. R. Birge and F. Louveaux, Introduction to Stochastic Programming, chapter 4. What
    is known or not is the future of supply: sponsors, lenders and pots look at all price paths in every plan.

    Each value has a bracket made of bounds: EVPI lies between RP's bound less WS's plans, and RP's plan less WS's
    bounds; VSS between the distance of both plans, and that of EEV to RP's bound. Neither is ever below zero.
    The tail of supply over the futures has no meaning for one future: if the case gives it a weight, it is taken as 0.

    Tables: ``information`` (measure, plan, value_musd, least_musd, most_musd, meaning), ``futures`` (future,
    probability_share, known_musd, bound_musd, plan_musd, regret_musd, awards) and ``single_plans`` (made_for, own_musd,
    expected_musd, vss_musd, awards).

    ``progress`` is called with a report now and then: stage, best cost, bound, gap, seconds.
    ``time_limit`` in seconds; at its end, or after Ctrl-C, the futures known by then are returned, and EVPI only if all
    are. Raises what ``solve`` raises.
    """
    clock, solves = Clock(time_limit, progress), Solves()
    neutral, findings = _risk_neutral(case)
    draws = draw(neutral)
    instance = compile_instance(neutral, draws)
    check_finite(instance)
    clock.tell("the best plan for all futures")
    base = ForcedPlans(instance, _options(neutral, SHARE_FOR_PLAN * clock.left))
    solves.add("best plan for all futures", base.best)
    work = _Work(KnownFutures(base.parts, base.run), base, neutral, clock, solves)
    work.ask_all()
    tables = {"information": work.table(), "futures": work.futures(), "single_plans": work.single_plans()}
    return Analysis(
        verb="information",
        case_name=case.name,
        title=case.settings.case.title,
        findings=(*work.findings(), *findings),
        tables=tables,
        views=VIEWS,
        solves=solves.frame(),
        run=run_facts(neutral, "cuts"),
        seconds=clock.seconds,
        interrupted=work.interrupted,
        case=case,
    )


VIEWS = (
    View(
        "Value of knowing, and of planning for all futures (bracket from bounds)",
        "information",
        {"measure": "measure", "plan": "plan", "value_musd": "musd", "least_musd": "at least", "most_musd": "at most"},
    ),
    View(
        "Each future: the best plan if it were known, and the plan for all of them",
        "futures",
        {
            "future": "future",
            "probability_share": "probability",
            "known_musd": "known\nmusd",
            "plan_musd": "plan for all\nmusd",
            "regret_musd": "distance\nmusd",
        },
    ),
    View(
        "Plans made for one future, in all futures",
        "single_plans",
        {"made_for": "made for", "own_musd": "cost there\nmusd", "expected_musd": "in all\nmusd", "awards": "awards"},
    ),
)


def _options(case: Case, seconds: float) -> Options:
    settings = case.settings
    limit = min(max(seconds, LEAST_SECONDS), settings.solve.time_limit_s)
    return Options(gap=settings.solve.gap, time_limit=limit, seed=settings.scenarios.seed)


def _risk_neutral(case: Case) -> tuple[Case, tuple[str, ...]]:
    weight = case.settings.objective.effective_weights.tail
    if weight == 0.0:
        return case, ()
    said = f"The case weighs the tail of supply by {weight:g}; here it counts as 0, for one future has no tail."
    return case.set("objective.weights.tail", 0.0), (said,)


class _Work:
    """What is asked, in the order of its use: plans for one future, then each future known."""

    def __init__(self, known: KnownFutures, base: ForcedPlans, case: Case, clock: Clock, solves: Solves) -> None:
        self._known, self._case, self._clock, self._solves = known, case, clock, solves
        self._names = [future.name for future in base.parts.instance.futures]
        self._entrants = base.parts.instance.awards.plants.private_entry
        self._probability = base.parts.problem.probability
        self._costs = known.costs(base.run.best) if base.run.best is not None else np.zeros(0)
        self._plan, self._bound = base.best.objective, base.best.bound
        self._found: dict[int, KnownFuture] = {}
        self._mean: KnownFuture | None = None
        self.interrupted = False

    def ask_all(self) -> None:
        """Until all is known, time is up or Ctrl-C comes."""
        order = list(np.argsort(-self._probability, kind="stable"))
        calm = self._names.index("calm") if "calm" in self._names else None
        if calm is not None:
            order = [calm, *(w for w in order if w != calm)]
        try:
            self._clock.tell("the plan for the mean of all futures")
            self._mean = self._asked(None, len(order) + 1)
            for position, w in enumerate(order):
                self._clock.tell(f"if {self._names[w]} were known ({position + 1} of {len(order)})")
                found = self._asked(int(w), len(order) - position)
                if found is not None:
                    self._found[int(w)] = found
        except KeyboardInterrupt:
            self.interrupted = True
        self._improve()

    def _asked(self, future: int | None, waiting: int) -> KnownFuture | None:
        left = self._clock.left
        if left < LEAST_SECONDS:
            return None
        # What one future does not use of its share, the others may.
        options = _options(self._case, 2.0 * left / (waiting + 1))
        try:
            found = self._known.of_mean(options) if future is None else self._known.of(future, options)
        except NoPlanError:
            return None
        name = "the mean of all futures" if future is None else self._names[future]
        gap = relative_gap(found.objective, found.bound)
        row = (f"best plan for {name} alone", found.objective, found.bound, gap, found.termination, found.seconds)
        self._solves.rows.append(row)
        if found.termination == "interrupted":
            raise KeyboardInterrupt
        return found

    def _improve(self) -> None:
        """The best plan for all futures is no dearer than any plan made for one."""
        for found in [*self._found.values(), *([self._mean] if self._mean is not None else [])]:
            expected = float(self._probability @ found.costs)
            if expected < self._plan:
                self._plan, self._costs = expected, found.costs

    def evpi(self) -> Bracket | None:
        """None unless every future is known."""
        if len(self._found) < len(self._names):
            return None
        known = np.array([self._found[w].objective for w in range(len(self._names))])
        bound = np.array([self._found[w].bound for w in range(len(self._names))])
        # The plan for all futures is one for each of them.
        known = np.minimum(known, self._costs)
        return perfect_information(self._plan, self._bound, known, np.minimum(bound, known), self._probability)

    def _simple(self) -> dict[str, KnownFuture]:
        calm = self._found.get(self._names.index("calm")) if "calm" in self._names else None
        return {name: found for name, found in ((MEAN, self._mean), (CALM, calm)) if found is not None}

    def _vss(self, found: KnownFuture) -> Bracket:
        return stochastic_solution(self._plan, self._bound, float(self._probability @ found.costs))

    def table(self) -> pd.DataFrame:
        """EVPI and VSS with their brackets."""
        rows = []
        evpi = self.evpi()
        if evpi is not None:
            meaning = "what knowing the future of supply beforehand would save"
            rows.append(("EVPI", "each future known", evpi, meaning))
        for name, found in self._simple().items():
            rows.append(("VSS", name, self._vss(found), "what planning for that loses against planning for all"))
        table = [(measure, plan, one.value, one.least, one.most, meaning) for measure, plan, one, meaning in rows]
        columns = ["measure", "plan", "value_musd", "least_musd", "most_musd", "meaning"]
        return pd.DataFrame(table, columns=columns).replace(math.inf, math.nan)

    def futures(self) -> pd.DataFrame:
        """One row per future that is known."""
        rows = [
            {
                "future": self._names[w],
                "probability_share": float(self._probability[w]),
                "known_musd": min(found.objective, float(self._costs[w])),
                "bound_musd": found.bound,
                "plan_musd": float(self._costs[w]),
                "regret_musd": max(float(self._costs[w]) - found.objective, 0.0),
                "awards": words(awards_of(found.awards, self._entrants)),
            }
            for w, found in sorted(self._found.items())
        ]
        columns = ["future", "probability_share", "known_musd", "bound_musd", "plan_musd", "regret_musd", "awards"]
        return pd.DataFrame(rows, columns=columns)

    def single_plans(self) -> pd.DataFrame:
        """Plans made for one future and what they cost in all."""
        rows = [
            {
                "made_for": name,
                "own_musd": found.objective,
                "expected_musd": float(self._probability @ found.costs),
                "vss_musd": self._vss(found).value,
                "awards": words(awards_of(found.awards, self._entrants)),
            }
            for name, found in self._simple().items()
        ]
        columns = ["made_for", "own_musd", "expected_musd", "vss_musd", "awards"]
        return pd.DataFrame(rows, columns=columns).replace(math.inf, math.nan)

    def findings(self) -> tuple[str, ...]:
        """What the tables say."""
        out = []
        evpi = self.evpi()
        if evpi is None:
            out.append(
                f"Time ran out or a plan was missing: {len(self._found)} of {len(self._names)} futures are known, so "
                "the value of perfect information is not."
            )
        else:
            out.append(
                f"Knowing the future of supply before the awards are made would save {evpi.value:,.0f} musd in "
                f"expectation ({evpi.least:,.0f} to {evpi.most:,.0f}): no forecast is worth more."
            )
        for name, found in self._simple().items():
            vss = self._vss(found)
            what = "Planning for the mean of all futures" if name == MEAN else "Planning for calm years alone"
            if not math.isfinite(vss.value):
                out.append(f"{what} gives a plan that misses a hard target in some future.")
            elif vss.least > 0.0:
                out.append(
                    f"{what} instead of for all futures loses {vss.value:,.0f} musd in expectation (at most "
                    f"{vss.most:,.0f}); that plan awards {words(awards_of(found.awards, self._entrants))}."
                )
            else:
                out.append(
                    f"{what} loses at most {vss.most:,.0f} musd in expectation, and perhaps nothing: that planning for "
                    "all futures pays is no finding."
                )
        return tuple(out)
