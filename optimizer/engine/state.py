"""State of a search by cutting planes: the problem, the best plan and bound so far, and the trace."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from optimizer.engine.form import StandardForm
from optimizer.engine.highs import Options
from optimizer.engine.master import Master
from optimizer.engine.oracles.cuts import Oracle, Reply
from optimizer.engine.oracles.supply import SupplyOracle
from optimizer.engine.progress import Listener, Progress, relative_gap
from optimizer.terms.finance import cvar

FloatArray = NDArray[np.float64]

ABSOLUTE_GAP = 1e-6
"""Gap in musd that is always small enough: a plan may cost nothing."""


@dataclass(frozen=True)
class TailLimit:
    """A limit on the mean cost of the worst futures: the upper side of ``row``.

    What goes beyond it, the value of ``column``, costs ``price`` musd per musd, so that every point has a cost.
    """

    row: int
    column: int
    price: float


@dataclass(frozen=True)
class CutProblem:
    """Minimise ``award_cost @ x + offset + Σ π v(x) + tail_weight × CVaR_α[v(x)]`` over the master ``form``.

    v are the values of the ``supply`` oracle's functions, of ``probability`` π. ``tails`` are all other oracles.
    ``sample`` is the same problem with few of its futures, to find a place to begin. ``tail_limit`` limits that CVaR.
    """

    form: StandardForm
    tails: tuple[Oracle, ...]
    supply: SupplyOracle
    award_cost: FloatArray
    probability: FloatArray
    tail_weight: float = 0.0
    tail_alpha: float = 0.0
    sample: CutProblem | None = None
    tail_limit: TailLimit | None = None

    def beyond(self, values: FloatArray) -> float:
        """By how much the tail of supply costs goes beyond its limit, musd."""
        if self.tail_limit is None:
            return 0.0
        limit = float(self.form.row_upper[self.tail_limit.row])
        return max(float(cvar(values, self.probability, self.tail_alpha)) - limit, 0.0)

    def cost(self, x: FloatArray, values: FloatArray) -> float:
        """True cost of a point whose supply costs ``values``, musd."""
        if not np.all(np.isfinite(values)):
            return float("inf")
        total = float(self.award_cost @ x) + self.form.offset + float(self.probability @ values)
        if self.tail_weight > 0.0:
            total += self.tail_weight * float(cvar(values, self.probability, self.tail_alpha))
        if self.tail_limit is not None:
            total += self.tail_limit.price * self.beyond(values)
        return total


@dataclass(frozen=True)
class Step:
    """One line of the trace: phase, iteration, bound and incumbent (musd, None if there is none), cuts, seconds."""

    phase: str
    iteration: int
    bound: float
    incumbent: float | None
    cuts: int
    seconds: float


@dataclass
class Search:
    """State of a search: the master with its cuts, the best plan and its true cost, the best bound, and the trace.

    ``certified`` is the part of the bound that weak duality proves: all of it without whole columns, else the LP's.
    ``best`` and ``bound`` may be given from an earlier search; ``start`` is a plan of one whose cost is to be asked.
    """

    problem: CutProblem
    master: Master
    options: Options
    listener: Listener | None = None
    best: FloatArray | None = None
    best_cost: float = float("inf")
    bound: float = -float("inf")
    certified: float = -float("inf")
    trace: list[Step] = field(default_factory=list)
    termination: str = ""
    start: FloatArray | None = None
    began: float = field(default_factory=time.monotonic)

    @property
    def deadline(self) -> float:
        """Moment at which time is up."""
        return self.began + self.options.time_limit

    @property
    def closed(self) -> bool:
        """Whether bound and best plan are within the gap."""
        if self.best is None:
            return False
        return self.best_cost - self.bound <= max(ABSOLUTE_GAP, self.options.gap * abs(self.best_cost))

    def ask(self, x: FloatArray) -> Reply:
        """Supply at a point; its cuts are added."""
        if time.monotonic() > self.deadline:
            raise TimeoutError
        reply = self.problem.supply.ask(x)
        self.master.add(reply.cuts, x)
        return reply

    def take(self, x: FloatArray, cost: float) -> None:
        """Keep a plan if it is the best so far."""
        if cost < self.best_cost:
            self.best, self.best_cost = x.copy(), cost

    def note(self, phase: str) -> None:
        """Add a line to the trace and tell the listener."""
        known = self.best is not None
        seconds = time.monotonic() - self.began
        incumbent = self.best_cost if known else None
        self.trace.append(Step(phase, len(self.trace), self.bound, incumbent, self.master.cuts, seconds))
        if self.listener is not None:
            bound = self.bound if np.isfinite(self.bound) else None
            gap = relative_gap(self.best_cost, self.bound) if known and bound is not None else None
            self.listener(Progress(phase, incumbent, bound, gap, seconds, len(self.trace), self.master.cuts))
