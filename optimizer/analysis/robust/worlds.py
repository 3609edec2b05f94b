"""One state of the world, ready to be asked: its best plan, and what any other plan costs in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from optimizer.analysis.robust.plans import as_outcome
from optimizer.data import Case
from optimizer.engine.values import Values
from optimizer.engine.variations.fixed import FixedAwards, FixedCost
from optimizer.instance import Instance, compile_instance
from optimizer.results.awards import sponsor_npv
from optimizer.results.pots import programmes_table
from optimizer.scenarios import Draws, draw
from optimizer.terms.finance import lower_tail_mean

NOTICED = 0.1
"""musd from which a shortfall of a sponsor or a pot is reported."""


@dataclass(frozen=True)
class World:
    """A state's case, draws and numbers, and the same numbers with everything on offer (``fixed``)."""

    name: str
    case: Case
    draws: Draws
    instance: Instance
    fixed: FixedAwards

    @property
    def entrants(self) -> dict[str, int]:
        """Plants that enter unaided in this state, with start years."""
        return dict(self.instance.awards.plants.private_entry)


def world_of(name: str, case: Case) -> World:
    """Draw and compile a state. Raises CaseError or ModelError as a solve of it would."""
    draws = draw(case)
    instance = compile_instance(case, draws)
    everything = instance
    if instance.awards.plants.private_entry:
        everything = compile_instance(case.set("viability.private_entry", False), draws)
    return World(name, case, draws, instance, FixedAwards(everything, instance.awards.plants.private_entry))


@dataclass(frozen=True)
class Cell:
    """What a plan costs in a state, and who falls short there: plants whose sponsors would no longer agree, what their
    expected losses add up to, and what pots are short of for all that is promised (musd)."""

    cost: FixedCost
    refusing: tuple[str, ...]
    expected_loss: float
    overdraft: float


def cell(world: World, awards: Mapping[str, Values]) -> Cell:
    """A plan in a state. It stands as signed: sponsors and pots are not asked again, only looked at."""
    cost = world.fixed.cost(awards)
    instance, outcome = world.fixed.instance, as_outcome(awards)
    numbers = instance.awards
    refusing, loss = [], 0.0
    unknown = world.fixed.missing(awards)
    for option in () if unknown else sorted(outcome.awards["build"]):
        plant = str(option[0])
        npv = sponsor_npv(instance, outcome, plant)
        expected = float(numbers.path_weight @ npv)
        tail = float(lower_tail_mean(npv, numbers.path_weight, numbers.sponsor_alpha))
        limit = -numbers.plants.loss_limit[plant] * _own_money(instance, outcome.awards, option)
        loss += max(0.0, -expected)
        if expected < -NOTICED or tail < limit - NOTICED:
            refusing.append(plant)
    overdraft = 0.0
    if not unknown and numbers.programmes.budget:
        left = programmes_table(world.case.in_key_order(), instance, outcome)["left_musd"].to_numpy(float)
        overdraft = float(np.maximum(-left, 0.0).sum())
    return Cell(cost, tuple(refusing), loss if loss > NOTICED else 0.0, overdraft if overdraft > NOTICED else 0.0)


def _own_money(instance: Instance, awards: Mapping[str, Values], option: tuple[object, ...]) -> float:
    """Present value at the hurdle rate of what the sponsor itself puts in, musd."""
    plants = instance.awards.plants
    key = (str(option[0]), int(str(option[1])))
    others = awards["debt"].get(key, 0.0)
    for kind in ("grant", "equity", "loan"):
        others += sum(amount for index, amount in awards[kind].items() if index[:2] == key)
    return plants.spend_factor[key] * (plants.capex[key] - others)
