"""Values of an input at which a plant enters or leaves the plan, by bisection; every probe is a search."""

from __future__ import annotations

import math
from dataclasses import dataclass

from optimizer.analysis.uncertain_inputs.desk import Answer, Crew, Question
from optimizer.analysis.uncertain_inputs.inputs import End
from optimizer.analysis.uncertain_inputs.kept import Kept
from optimizer.analysis.uncertain_inputs.study import Key, Solver, Study, Tell, touched

GAP_REACHED = "gap_reached"
"""A probe that stopped before tells nothing of where a plant belongs."""
PLANTS = 3
"""Plants looked at for one end of one input."""


@dataclass(frozen=True)
class Switch:
    """A plant that enters or leaves as an input goes from its best value to one end.

    In the best plans found it is as in the plan up to ``holds_to`` and no longer at ``gone_at``. ``blurred_from`` is
    the value from which on, ``blurred_to`` that up to which, the gap cannot tell whether the plan with or without it is
    cheaper, if the advantage grows evenly; nan where sponsors walk away. ``told``: at ``gone_at`` the plan kept cannot
    stay, or costs more than the other by more than its own gap; None if that was not asked. ``probes`` is the number of
    searches that tell.
    """

    place: int
    end: End
    plant: str
    enters: bool
    holds_to: float
    gone_at: float
    blurred_from: float
    blurred_to: float
    told: bool | None
    probes: int


def wanted(study: Study, most: int) -> list[tuple[Key, list[str]]]:
    """Ends at which the decision certainly moves and plants differ, dearest first, with those plants."""
    found = []
    for key in study.answers:
        regret, other = study.regret(key), study.other(key)
        if regret is None or other is None or regret.moves != "plants":
            continue
        plants = [*other.leaving, *other.entering][:PLANTS]
        if plants and len(study.inputs[key[0]].ranges) == 1:
            found.append((regret.least, key, plants))
    return [(key, plants) for _, key, plants in sorted(found, key=lambda one: (-one[0], one[1]))[:most]]


def find_switches(
    study: Study, solve: Solver, crew: Crew, most: int, steps: int, limit: float, until: float, tell: Tell
) -> list[Switch]:
    """Bisect the way to each end wanted into ``2 ** steps`` parts; all ends are probed side by side.

    What was not probed in time is left out.
    """
    tasks = wanted(study, most)
    probed: dict[tuple[Key, float], Answer] = {(key, 1.0): study.answers[key] for key, _ in tasks}
    brackets = {(key, plant): (0.0, 1.0) for key, plants in tasks for plant in plants}
    for step in range(steps):
        middles = {task: sum(ends) / 2.0 for task, ends in brackets.items()}
        missing = sorted({(key, share) for (key, _), share in middles.items()} - set(probed))
        asked = []
        for (place, end), share in missing:
            one = study.inputs[place]
            label = f"{one.name} {share:.4g} of the way to {end}"
            asked.append((label, Question(one.towards(end, share), touched(one), limit)))
        for at, answer in solve(asked).items():
            probed[missing[at]] = answer
        for (key, plant), share in middles.items():
            probe = probed.get((key, share))
            if probe is None or probe.plan is None or probe.termination != GAP_REACHED:
                continue
            low, high = brackets[key, plant]
            same = (plant in probe.plan.builds) == (plant in study.plan.builds)
            brackets[key, plant] = (share, high) if same else (low, share)
        tell("values at which plants switch", step + 1, steps)
    told = _told(study, crew, probed, {(key, ends[1]) for (key, _), ends in brackets.items()}, until)
    return [
        _switch(study, key, plant, ends, told.get((key, ends[1])), sum(one == key for one, _ in probed))
        for (key, plant), ends in brackets.items()
        if ends != (0.0, 1.0) or steps == 0
    ]


def _told(
    study: Study, crew: Crew, probed: dict[tuple[Key, float], Answer], places: set[tuple[Key, float]], until: float
) -> dict[tuple[Key, float], bool]:
    """Whether the plan kept certainly is not the best one at these shares of the way."""
    asked = sorted(places)
    questions = [
        Question(study.inputs[key[0]].towards(key[1], share), touched(study.inputs[key[0]])) for key, share in asked
    ]
    found = crew.ask(questions, until, lambda done, of: None)
    return {
        asked[at]: bool(kept.stuck) or kept.left_cost - probed[asked[at]].objective > study.gap_musd
        for at, kept in found.items()
        if isinstance(kept, Kept)
    }


def _switch(study: Study, key: Key, plant: str, ends: tuple[float, float], told: bool | None, probes: int) -> Switch:
    place, end = key
    one = study.inputs[place].ranges[0]

    def value(share: float) -> float:
        return one.best + share * (one.end(end) - one.best)

    blur = (math.nan, math.nan)
    regret, kept = study.regret(key), study.kept[key]
    if regret is not None and not kept.broken and regret.least > 0.0:
        # The advantage of the other plan grows from nothing at the switch to what it is at the end.
        middle = sum(ends) / 2.0
        width = study.gap_musd * (1.0 - middle) / regret.least
        blur = value(max(ends[0] - width, 0.0)), value(min(ends[1] + width, 1.0))
    enters = plant not in study.plan.builds
    return Switch(place, end, plant, enters, value(ends[0]), value(ends[1]), *blur, told, probes)
