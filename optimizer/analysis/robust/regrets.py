"""``regret``: every plan in every state of the world, and the plan whose largest regret is least."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from optimizer.analysis.answer import Analysis, Solves
from optimizer.analysis.robust.clock import Clock
from optimizer.analysis.robust.matrix import Regrets, least_largest, regrets
from optimizer.analysis.robust.plans import Plan, awards_of
from optimizer.analysis.robust.regret_words import findings, plans_table, states_table, tidy_table, views, wide_table
from optimizer.analysis.robust.states import BASE, states_of
from optimizer.analysis.robust.worlds import Cell, World, cell, world_of
from optimizer.api import run_facts
from optimizer.data import Case
from optimizer.engine import Listener, Options, Solved, relative_gap, solve_cuts
from optimizer.engine.variations.fixed import awards_at, signed_point
from optimizer.engine.variations.forced import ForcedPlans
from optimizer.engine.variations.minimax import LeastRegret, least_regret, seen_from
from optimizer.errors import NoPlanError
from optimizer.whatif import apply
from optimizer.whatif.named import WhatIf

TIME_LIMIT = 270.0
"""Default limit in seconds."""
SHARE_FOR_STATES = 0.6
"""Share of the time that the best plans of all states may take together."""
LEAST_SECONDS = 2.0
"""Time below which no further search is begun."""
MINIMAX = "least-regret"
NO_AWARDS = "no-new-awards"


@dataclass
class Found:
    """What is known so far: worlds by name, their best plans, plans and cells, and the plan of least regret."""

    states: tuple[WhatIf, ...]
    worlds: dict[str, World] = field(default_factory=dict)
    best: dict[str, Solved] = field(default_factory=dict)
    plans: dict[str, Plan] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    cells: dict[tuple[str, str], Cell] = field(default_factory=dict)
    least: LeastRegret | None = None
    without_plan: list[str] = field(default_factory=list)
    interrupted: bool = False

    def regrets(self) -> Regrets:
        """Regrets of all plans (rows) in all states (columns)."""
        costs = [[self.cells[plan, state].cost.total for state in self.worlds] for plan in self.plans]
        best = [self.best[state].objective if state in self.best else math.inf for state in self.worlds]
        return regrets(np.array(costs), np.array(best))

    def choice(self) -> str | None:
        """The plan of least largest regret; None if none can be carried out in every state."""
        at = least_largest(self.regrets())
        return None if at is None else list(self.plans)[at]


def regret(
    case: Case,
    *,
    states: str | Path | Sequence[WhatIf] | None = None,
    time_limit: float = TIME_LIMIT,
    progress: Listener | None = None,
) -> Analysis:
    """What each plan costs beyond the cheapest one in each state of the world, and the plan that regrets least.

    ``states`` is a TOML file of named what-ifs (each is a state), a sequence of them, or ``auto`` (default): no
    disruption, all disruptions likelier, the largest one early and certain, long-run prices, demand and capital cost at
    the ends of the ranges that the rows state. The case as it is comes first. Every plan is one that sponsors and pots
    allow in the case as it is, for that is when it is signed: the best one there, no new awards, the best one of each
    other state (with the terms that sponsors ask for in the case as it is, where they refuse those of the state), and
    the one whose largest regret is least (L. J. Savage, 1951). That one is searched among all such plans, with the
    futures of all states (``optimizer.engine.variations.minimax``). Regret is measured from the cheaper of the best
    plan that who knows the state would make, and the cheapest plan in the matrix: it is never below zero.

    A plan stands as signed: the same plants, contracts at the same strikes and tonnes, grants, stakes, loans and stock.
    In each state its payments and costs are those of the state's price paths, and supply is solved again in the state's
    futures. Plants that enter unaided follow the state. Sponsors and pots are not asked again; columns say which
    sponsors would no longer agree and what pots are short of. Where an award does not exist in a state, or a hard
    target is missed, the plan cannot be carried out: its cost is blank and it is out of the choice.

    Tables: ``regret`` (plan, state, cost_musd, regret_musd, possible, why_not, refusing_sponsors,
    sponsors_expected_loss_musd, pots_short_musd), ``plans`` (plan, made_for, signable, largest_regret_musd,
    in_state, cost_as_it_is_musd, extra_as_it_is_musd, awards), ``states`` (state, supposes, changes, best_musd,
    bound_musd, best_gap_musd, cheapest_plan, cheapest_musd) and ``matrix`` (plan and one column per state, musd).
    Regret is never below zero by construction: the cheapest plan known in a state has none. A better plan could exist
    there, by no more than ``best_gap_musd`` below that state's own best.

    ``progress`` is called with a report now and then: stage, best cost, bound, gap, seconds.
    ``time_limit`` in seconds; at its end, or after Ctrl-C, what is known by then is returned. Raises what ``solve``
    raises for the case as it is, and SettingError for states that cannot be read or made.
    """
    clock, solves = Clock(time_limit, progress), Solves()
    found = Found(states_of(case, states))
    cases = {state.name: apply(case, state.changes) for state in found.states}
    base = _base(found, cases[BASE], clock, solves)
    try:
        _other_states(found, cases, clock, solves)
        points = _candidates(found, base, clock)
        _least(found, base, points, clock, solves)
    except KeyboardInterrupt:
        found.interrupted = True
    _complete(found)
    tables = {
        "regret": tidy_table(found),
        "plans": plans_table(found),
        "states": states_table(found),
        "matrix": wide_table(found),
    }
    return Analysis(
        verb="regret",
        case_name=case.name,
        title=case.settings.case.title,
        findings=findings(found),
        tables=tables,
        views=views(tables),
        solves=solves.frame(),
        run=run_facts(case, "cuts") | {"states": [state.name for state in found.states]},
        seconds=clock.seconds,
        interrupted=found.interrupted,
        case=case,
    )


def _options(world: World, seconds: float, stage: str) -> Options:
    settings = world.case.settings
    limit = min(max(seconds, LEAST_SECONDS), settings.solve.time_limit_s)
    return Options(gap=settings.solve.gap, time_limit=limit, seed=settings.scenarios.seed, stage=stage)


def _base(found: Found, case: Case, clock: Clock, solves: Solves) -> ForcedPlans:
    clock.tell("the best plan of the case as it is")
    world = world_of(BASE, case)
    base = ForcedPlans(world.instance, _options(world, SHARE_FOR_STATES * clock.left, "the case as it is"))
    solves.add("best plan of the case as it is", base.best)
    found.worlds[BASE], found.best[BASE] = world, base.best
    found.plans[BASE] = Plan(BASE, "best for the case as it is", awards_of(base.best.outcome.awards, world.entrants))
    found.plans[NO_AWARDS] = Plan(NO_AWARDS, "nothing is awarded", awards_of({}, {}))
    return base


def _other_states(found: Found, cases: dict[str, Case], clock: Clock, solves: Solves) -> None:
    """The best plan of each state; states that time does not reach are left out."""
    until = SHARE_FOR_STATES * clock.limit
    others = [state for state in found.states if state.name != BASE]
    for position, state in enumerate(others):
        left = until - clock.seconds
        if left < LEAST_SECONDS:
            return
        clock.tell(f"the best plan if {state.name} ({position + 1} of {len(others)})")
        world = world_of(state.name, cases[state.name])
        found.worlds[state.name] = world
        try:
            best = solve_cuts(world.instance, _options(world, left / (len(others) - position), state.name))
        except NoPlanError:
            found.without_plan.append(state.name)
            continue
        solves.add(f"best plan if {state.name}", best)
        found.best[state.name] = best
        if best.termination == "interrupted":
            raise KeyboardInterrupt


def _candidates(found: Found, base: ForcedPlans, clock: Clock) -> list[NDArray[np.float64]]:
    """Every plan in every state; points of the base's master at which they stand."""
    points = []
    for state in found.states:
        if state.name in found.best and state.name != BASE:
            plan = _as_signed(found, base, state)
            if plan is None:
                found.refused.append(state.name)
            elif any(plan.awards.values()):
                found.plans[state.name] = plan
    for name, plan in found.plans.items():
        clock.tell(f"plan {name} in every state")
        points.append(signed_point(base.parts, base.run.master, plan.awards))
        for state_name, world in found.worlds.items():
            found.cells[name, state_name] = cell(world, plan.awards)
    return [point for point in points if point is not None]


def _as_signed(found: Found, base: ForcedPlans, state: WhatIf) -> Plan | None:
    """The best plan of a state as it can be signed in the case as it is; None if it cannot.

    Where sponsors or pots refuse its terms, its plants and stock are kept and the terms are those they would agree to.
    """
    awards = awards_of(found.best[state.name].outcome.awards, found.worlds[state.name].entrants)
    if signed_point(base.parts, base.run.master, awards) is not None:
        return Plan(state.name, f"best if {state.name}", awards)
    for held in (("build", "purchase_rate"), ("build",)):
        point = signed_point(base.parts, base.run.master, awards, only=held)
        if point is not None:
            kept = "plants and stock" if len(held) > 1 else "plants"
            title = f"{kept} of the best plan if {state.name}, terms of the case as it is"
            return Plan(state.name, title, awards_of(awards_at(base.parts, point), {}))
    return None


def _least(found: Found, base: ForcedPlans, points: list[NDArray[np.float64]], clock: Clock, solves: Solves) -> None:
    """Search for the plan of least regret, from every plan known."""
    least = found.regrets().least
    if clock.left < LEAST_SECONDS or len(found.worlds) < 2 or not np.all(np.isfinite(least)):
        return
    clock.tell("the plan of least regret")
    seen = [
        seen_from(base.parts, world.fixed, float(cost))
        for world, cost in zip(found.worlds.values(), least, strict=True)
    ]
    found.least = least_regret(
        base.parts,
        seen,
        _options(found.worlds[BASE], clock.left, "the plan of least regret"),
        near=base.best.objective,
        kept=base.run.master.pool,
        starts=points,
        listener=clock.listener,
    )
    if found.least is None:
        return
    near, said = base.best.objective, found.least
    question = "plan of least regret: cost of the case as it is plus its largest regret"
    objective, bound = near + said.regret, near + said.bound
    gap = relative_gap(objective, bound)
    solves.rows.append((question, objective, bound, gap, said.termination, said.seconds))
    found.plans[MINIMAX] = Plan(MINIMAX, "its largest regret is least", awards_of(said.awards, {}))
    for state, world in found.worlds.items():
        found.cells[MINIMAX, state] = cell(world, found.plans[MINIMAX].awards)
    if said.termination == "interrupted":
        found.interrupted = True


def _complete(found: Found) -> None:
    """Leave out plans that were not looked at in every state: Ctrl-C came before."""
    for name in list(found.plans):
        if any((name, state) not in found.cells for state in found.worlds):
            if name == BASE:
                for state, world in found.worlds.items():
                    found.cells[name, state] = cell(world, found.plans[name].awards)
            else:
                del found.plans[name]
