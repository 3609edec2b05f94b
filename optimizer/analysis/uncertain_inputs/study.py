"""The questions of a sensitivity analysis and their answers, in the order in which they are asked."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from optimizer.analysis.uncertain_inputs.depends import Touched, redrawn
from optimizer.analysis.uncertain_inputs.desk import Answer, Crew, Question
from optimizer.analysis.uncertain_inputs.indices import quantile_sample
from optimizer.analysis.uncertain_inputs.inputs import ENDS, End, Spread, Uncertain
from optimizer.analysis.uncertain_inputs.kept import Kept
from optimizer.analysis.uncertain_inputs.plans import SAME, Difference, Plan, difference

FloatArray = NDArray[np.float64]
Key = tuple[int, End]
"""(place of the input, end)."""
Solver = Callable[[Sequence[tuple[str, Question]]], dict[int, Answer]]
"""Best plans for questions with labels, by position; those that were not had are missing."""
Tell = Callable[[str, int, int], None]
"""Is told a stage, how many questions are answered, and of how many."""

NUDGE = 0.1
"""Share of the way to an end at which an input that draws scenarios anew is asked once more."""


def touched(one: Uncertain) -> Touched:
    """The figures that an input stands for."""
    return frozenset({(one.table, one.column)})


Moves = Literal["plants", "terms", "nothing"]


@dataclass(frozen=True)
class Regret:
    """What keeping the plan costs at one end, between ``least`` and ``most`` musd, and the verdict in words.

    ``moves`` says what of the decision is certainly another there: ``plants``, only ``terms``, or ``nothing``.
    """

    least: float
    most: float
    verdict: str
    moves: Moves


@dataclass
class Study:
    """What is known so far. ``kept`` and ``answers`` are by input and end.

    ``sampled`` are the runs with the inputs at the places ``moved`` at ``quantiles``, shape (runs, inputs moved).
    """

    inputs: list[Uncertain]
    base: Kept
    objective: float
    bound: float
    plan: Plan
    spread: Spread
    kept: dict[Key, Kept] = field(default_factory=dict)
    refused: dict[Key, str] = field(default_factory=dict)
    nudged: dict[Key, float] = field(default_factory=dict)
    answers: dict[Key, Answer] = field(default_factory=dict)
    quantiles: FloatArray = field(default_factory=lambda: np.zeros((0, 0)))
    sampled: list[Kept] = field(default_factory=list)
    moved: list[int] = field(default_factory=list)
    sample_failed: int = 0

    @property
    def gap_musd(self) -> float:
        """How far the plan may be from the best one at the best values, musd."""
        return self.objective - self.bound

    def change(self, key: Key, *, left: bool = False) -> float:
        """Change of the cost at one end with the plan kept (``left``: as sponsors then answer); nan if not known."""
        kept = self.kept.get(key)
        if kept is None:
            return math.nan
        return (kept.left_cost if left else kept.cost) - self.base.cost

    def screen(self, crew: Crew, until: float, tell: Tell) -> None:
        """Ask for the kept plan at both ends of every input."""
        keys: list[Key] = [(place, end) for place in self._in_turn() for end in ENDS]
        keys = [key for key in keys if self._varies(key)]
        questions = [Question(self._changes(key), touched(self.inputs[key[0]])) for key in keys]
        found = crew.ask(questions, until, lambda done, of: tell("plan as it is, each input at its ends", done, of))
        for place, answer in found.items():
            if isinstance(answer, Kept):
                self.kept[keys[place]] = answer
            else:
                self.refused[keys[place]] = answer.error
        for place in range(len(self.inputs)):
            for end in ENDS:
                if not self._varies((place, end)):
                    self.kept[place, end] = self.base

    def _in_turn(self) -> list[int]:
        """Places of the inputs, one of every column in turn: if time runs out, each kind has had its share."""
        turns: Counter[tuple[str, str]] = Counter()
        order = []
        for place, one in enumerate(self.inputs):
            order.append((turns[one.table, one.column], place))
            turns[one.table, one.column] += 1
        return [place for _, place in sorted(order)]

    def _varies(self, key: Key) -> bool:
        return any(one.end(key[1]) != one.best for one in self.inputs[key[0]].ranges)

    def _changes(self, key: Key) -> tuple[str, ...]:
        return self.inputs[key[0]].at_end(key[1])

    def asks(self, key: Key) -> bool:
        """Whether there is a case at this end that differs from the best values."""
        return self._varies(key) and key not in self.refused

    def nudge(self, crew: Crew, places: Sequence[int], until: float) -> None:
        """Ask again a tenth of the way to each end, where scenarios are drawn anew: what jumps is noise."""
        keys = [
            (place, end)
            for place in places
            for end in ENDS
            if redrawn(touched(self.inputs[place])) and self._varies((place, end)) and (place, end) in self.kept
        ]
        questions = [Question(self.inputs[p].towards(end, NUDGE), touched(self.inputs[p])) for p, end in keys]
        for place, answer in crew.ask(questions, until, lambda done, of: None).items():
            if isinstance(answer, Kept) and math.isfinite(answer.cost):
                jump = answer.cost - self.base.cost - NUDGE * self.change(keys[place])
                self.nudged[keys[place]] = abs(jump)

    def draw_sample(self, crew: Crew, runs: int, seed: int, until: float, tell: Tell) -> None:
        """Ask for the kept plan with all inputs moved at once whose ends are both known; others stay at their best."""
        count = len(self.inputs)
        self.moved = [place for place in range(count) if all((place, end) in self.kept for end in ENDS)]
        quantiles = quantile_sample(runs, len(self.moved), seed)
        moved = [self.inputs[place] for place in self.moved]
        everything = frozenset(one for each in moved for one in touched(each))
        questions = [
            Question(
                tuple(
                    change
                    for one, share in zip(moved, row, strict=True)
                    for change in one.at_quantile(float(share), self.spread)
                ),
                everything,
            )
            for row in quantiles
        ]
        found = crew.ask(questions, until, lambda done, of: tell("plan as it is, all inputs moved at once", done, of))
        good = [place for place in sorted(found) if isinstance(found[place], Kept)]
        good = [place for place in good if math.isfinite(found[place].cost)]  # type: ignore[union-attr]
        self.quantiles = quantiles[good]
        self.sampled = [found[place] for place in good]  # type: ignore[misc]
        self.sample_failed = len(found) - len(good)

    def ranked(self) -> list[int]:
        """Places of the inputs, largest effect first: on the plan kept, or on what sponsors leave of it."""
        return sorted(range(len(self.inputs)), key=lambda place: -self.effect(place))

    def effect(self, place: int) -> float:
        """Largest change of cost at an end, musd, with the plan kept or as sponsors then answer."""
        changes = [abs(self.change((place, end), left=left)) for end in ENDS for left in (False, True)]
        return max((one for one in changes if not math.isnan(one)), default=0.0)

    def answer(self, solve: Solver, places: Sequence[int], limit: float) -> None:
        """Ask for the best plan at both ends of some inputs."""
        keys: list[Key] = [(place, end) for place in places for end in ENDS if self.asks((place, end))]
        asked = [
            (f"{self.inputs[p].name} {end}", Question(self._changes((p, end)), touched(self.inputs[p]), limit))
            for p, end in keys
        ]
        self.answers |= {keys[place]: answer for place, answer in sorted(solve(asked).items())}

    def other(self, key: Key) -> Difference | None:
        """How the best plan at one end differs from the plan; None if it is not known."""
        answer = self.answers.get(key)
        return None if answer is None or answer.plan is None else difference(self.plan, answer.plan)

    def regret(self, key: Key) -> Regret | None:
        """What it costs at one end to have kept the plan; None if it was not asked."""
        answer, kept = self.answers.get(key), self.kept.get(key)
        if answer is None or kept is None:
            return None
        if answer.plan is None:
            return Regret(math.nan, math.nan, answer.error, "nothing")
        least, most = kept.left_cost - answer.objective, kept.left_cost - answer.bound
        least, most = max(least, 0.0), max(most, 0.0)
        other = difference(self.plan, answer.plan)
        moves: Moves = "plants" if other.leaving or other.entering else "terms"
        if kept.stuck:
            return Regret(least, most, f"cannot stay: {kept.stuck[0]}", moves)
        if least > self.gap_musd:
            return Regret(least, most, "another plan is cheaper", moves)
        same = other.words == SAME
        return Regret(least, most, "stays" if same else "may stay: the gaps cannot tell", "nothing")
