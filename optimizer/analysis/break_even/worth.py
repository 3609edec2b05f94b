"""What each candidate is worth to the public, and the strikes at which a contract uses that up or exhausts its pot."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.analysis.answer import Solves
from optimizer.analysis.break_even.needs import Need
from optimizer.analysis.least import CENT, HIGHEST
from optimizer.engine import Solved
from optimizer.engine.variations.forced import ForcedPlans
from optimizer.engine.variations.unaided import PlantPlans
from optimizer.terms.finance import cvar

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Worth:
    """What a plant saves if it is simply there, without support: musd of the objective, within a bracket from bounds.

    ``given_cost`` and ``given_bound`` are of the best plan with it, musd; ``start_year`` is when it starts there.
    """

    value: float
    least: float
    most: float
    given_cost: float
    given_bound: float
    start_year: int


class Worths:
    """Asks the search what plants are worth. Raises TimeoutError at the deadline of the plans."""

    def __init__(self, plans: ForcedPlans, solves: Solves, tell: Callable[[str], None]) -> None:
        self.plans, self.ask = plans, PlantPlans(plans)
        self._solves, self._tell = solves, tell
        awards = plans.best.outcome.awards
        self.built = {option[0] for option, value in awards["build"].items() if value > 0.5}
        self.signed = {offer[0]: offer[2] for offer, value in awards["signed"].items() if value > 0.5}

    def of(self, plant: str) -> Worth | None:
        """What one plant is worth; None if no plan can do with it, or none without it."""
        given = self._kept(f"{plant} given, without support", self.ask.given(plant))
        if given is None:
            return None
        without: Solved | None = self.plans.best
        if plant in self.built:
            without = self._kept(f"without {plant}", self.ask.without(plant))
        if without is None:
            return None
        start = next(o[1] for o, value in given.outcome.awards["build"].items() if o[0] == plant and value > 0.5)
        return Worth(
            without.objective - given.objective,
            without.bound - given.objective,
            without.objective - given.bound,
            given.objective,
            given.bound,
            start,
        )

    def below(self, plant: str, contract: str, strike: float) -> bool | None:
        """Whether the plant is in the best plan that signs its contract only under a strike; None if there is none."""
        found = self._kept(f"{contract} below {strike:g} USD/kg", self.ask.below(contract, strike))
        if found is None:
            return None
        return any(o[0] == plant and value > 0.5 for o, value in found.outcome.awards["build"].items())

    def _kept(self, question: str, solved: Solved | None) -> Solved | None:
        self._tell(question)
        if solved is not None:
            self._solves.add(question, solved)
        return solved


def worth_strike(need: Need, value: float, outlay_weight: float) -> float:
    """The highest strike, USD/kg to the cent, at which a contract costs the public no more than ``value`` musd.

    Its cost is its expected net outlay at the marginal cost of public funds. Not a number if even a strike of nothing
    costs more, or if outlay has no weight; ten times the top of the menu at most.
    """
    if outlay_weight <= 0.0:
        return math.nan
    weight = need.alone.outlook.paths.weight
    return _highest(need, lambda strike: float(weight @ _outlay(need, strike)), value / outlay_weight)


def pot_strike(need: Need, left: float, scoring: str, alpha: float) -> float:
    """The highest strike, USD/kg to the cent, whose score fits into ``left`` musd of a pot; not a number if none."""

    def score(strike: float) -> float:
        outlay, weight = _outlay(need, strike), need.alone.outlook.paths.weight
        if scoring == "worst":
            return float(np.max(outlay))
        if scoring == "cvar":
            return float(cvar(outlay, weight, alpha))
        return float(weight @ outlay)

    return _highest(need, lambda strike: max(score(strike), 0.0), left)


def _outlay(need: Need, strike: float) -> FloatArray:
    outlay: FloatArray = need.alone.payoff(need.terms.at(strike))[1]
    return outlay


def _highest(need: Need, cost: Callable[[float], float], most: float) -> float:
    """The highest strike whose cost, which rises with it, is at most ``most``."""
    low, high = 0, int(HIGHEST * need.row.strike_max_usd_per_kg / CENT)
    if cost(0.0) > most:
        return math.nan
    if cost(high * CENT) <= most:
        return high * CENT
    while high - low > 1:
        middle = (low + high) // 2
        if cost(middle * CENT) <= most:
            low = middle
        else:
            high = middle
    return low * CENT
