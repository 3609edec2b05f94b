r"""The plan whose largest regret over several states of the world is least.

.. math:: \min_{x \in X} \; t \quad \text{subject to} \quad t \ge C_s(x) - C_s^* \quad \text{for every state } s

X are the plans that sponsors and pots allow in one case; C_s is what such a plan costs in state s, with that state's
prices, outlays and futures, and C_s* the least cost known there. C_s is linear in the awards but for supply in each
future, its tail, and days of cover missed, which are convex: the same cuts serve as in a search for the cheapest plan,
with columns for the futures of all states. Source of the criterion: L. J. Savage, The theory of statistical decision,
Journal of the American Statistical Association 46 (1951); P. Kouvelis and G. Yu, Robust Discrete Optimization and Its
Applications (1997).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from pyomo.common.log import LoggingIntercept
from scipy.sparse import csc_array, csr_array, vstack

from optimizer.engine.cutting_planes import search
from optimizer.engine.decomposed import Decomposed
from optimizer.engine.extensive import TOLERANCE
from optimizer.engine.form import StandardForm, check_point
from optimizer.engine.highs import Options
from optimizer.engine.master import Master
from optimizer.engine.oracles.cuts import Cut, Oracle, Reply
from optimizer.engine.oracles.futures import FutureReply
from optimizer.engine.oracles.supply import SupplyOracle
from optimizer.engine.oracles.tails import TailOracle
from optimizer.engine.progress import Listener
from optimizer.engine.state import CutProblem, Search
from optimizer.engine.values import Values
from optimizer.engine.variations.fixed import COSTLY, FixedAwards, award_places, awards_at
from optimizer.errors import SolverError
from optimizer.terms.finance import cvar

FloatArray = NDArray[np.float64]

COST_BOUND = 1e8
"""Bound on a cost in one state, musd, until cuts bound it."""
NEGLIGIBLE = 1e-6
"""Coefficients of a regret below this (one dollar per dollar-million or per kt) are left out, as elsewhere."""


@dataclass(frozen=True)
class LeastRegret:
    """The plan found: its ``awards`` and largest ``regret``; no plan has a largest regret below ``bound`` (musd)."""

    awards: dict[str, Values]
    regret: float
    bound: float
    termination: str
    seconds: float


@dataclass(frozen=True)
class StateOfWorld:
    """A state seen from the master of another case, whose columns are x.

    Awards there are ``link @ x + fixed``: plants that enter unaided follow the state unless x builds them. ``best`` is
    the least cost known there, musd.
    """

    fixed_awards: FixedAwards
    best: float
    link: csr_array
    fixed: FloatArray
    refused: NDArray[np.int64]

    @property
    def award_cost(self) -> tuple[FloatArray, float]:
        """Cost of the awards as slopes over x and a constant, musd; without days of cover missed."""
        cost = self.fixed_awards.parts.problem.award_cost
        return self.link.T @ cost, float(cost @ self.fixed) + self.fixed_awards.form.offset


def seen_from(base: Decomposed, state: FixedAwards, best: float) -> StateOfWorld:
    """A state as seen from the master of ``base``; ``refused`` are columns of awards that the state does not know."""
    entered = base.instance.awards.plants.private_entry
    entries: dict[tuple[int, int], float] = {}
    fixed = np.zeros(len(state.form.cost))
    refused: list[int] = []
    starts: dict[str, list[int]] = {}
    for (name, index), j in award_places(base).items():
        if name == "build":
            if index[0] in entered:
                continue
            starts.setdefault(str(index[0]), []).append(j)
        if name in COSTLY and not state.knows(name, index):
            refused.append(j)
        i = state.places.get((name, index))
        if name in COSTLY and i is not None:
            entries[i, j] = entries.get((i, j), 0.0) + 1.0
    for option in state.entrants.items():
        i = state.places["build", option]
        fixed[i] = 1.0
        for j in starts.get(option[0], []):
            entries[i, j] = entries.get((i, j), 0.0) - 1.0
    shape = (len(state.form.cost), len(base.problem.form.cost))
    at = np.array([*entries], dtype=np.int64).reshape(-1, 2)
    link = csr_array((np.array([*entries.values()], dtype=float), (at[:, 0], at[:, 1])), shape=shape)
    return StateOfWorld(state, best, link, fixed, np.array(refused, dtype=np.int64))


class _AllFutures:
    """The futures of all states, at award columns of the base."""

    def __init__(self, states: Sequence[StateOfWorld], places: NDArray[np.int64]) -> None:
        self._parts = []
        for state in states:
            oracle = state.fixed_awards.parts.problem.supply
            link = csr_array(csc_array(state.link[oracle.places, :])[:, places])
            self._parts.append((oracle.futures, link, state.fixed[oracle.places]))

    def ask(self, x: FloatArray, *, supply: bool = False) -> list[FutureReply]:
        """One reply per state and future, in order; slopes are those over the columns of the base."""
        out = []
        for futures, link, fixed in self._parts:
            for reply in futures.ask(np.ascontiguousarray(link @ x + fixed), supply=supply):
                constant = reply.constant + float(reply.slopes @ fixed)
                out.append(replace(reply, constant=constant, slopes=link.T @ reply.slopes))
        return out


class _Cover:
    """Price of days of cover missed in one state, as a function of the columns of the base."""

    def __init__(self, column: int, state: StateOfWorld) -> None:
        cover = state.fixed_awards.cover
        self.columns = np.array([column])
        bare = cover.without_misses()
        self._matrix = csr_array(bare @ state.link)
        self._wanted, self._price = cover.wanted - bare @ state.fixed, cover.price
        self._places = np.unique(self._matrix.indices).astype(np.int64)

    def ask(self, x: FloatArray) -> Reply:
        """The price at a point, and the targets missed there as a cut."""
        need = self._wanted - self._matrix @ x[: self._matrix.shape[1]]
        price = np.where(need > 0.0, self._price, 0.0)
        slopes = -(self._matrix.T @ price)[self._places]
        cut = Cut(int(self.columns[0]), float(price @ self._wanted), self._places, slopes)
        return Reply(np.array([float(price @ need)]), [cut])


@dataclass(frozen=True)
class _Regrets(CutProblem):
    """Minimise the largest regret plus ``form.offset``; the supply oracle's functions are state by state."""

    states: tuple[StateOfWorld, ...] = ()
    covers: tuple[_Cover, ...] = ()
    blocks: tuple[slice, ...] = ()

    def cost(self, x: FloatArray, values: FloatArray) -> float:
        """The largest regret of a point, musd, plus the constant of the objective."""
        if not np.all(np.isfinite(values)):
            return float("inf")
        regrets = []
        for state, cover, block in zip(self.states, self.covers, self.blocks, strict=True):
            problem = state.fixed_awards.parts.problem
            slopes, constant = state.award_cost
            total = float(slopes @ x[: len(slopes)]) + constant + float(cover.ask(x).values[0])
            total += float(problem.probability @ values[block])
            if problem.tail_weight > 0.0:
                tail = float(cvar(values[block], problem.probability, problem.tail_alpha))
                total += problem.tail_weight * tail
            regrets.append(total - state.best)
        return max(regrets) + self.form.offset


def least_regret(
    base: Decomposed,
    states: Sequence[StateOfWorld],
    options: Options,
    *,
    near: float,
    kept: Sequence[Cut] = (),
    starts: Sequence[FloatArray] = (),
    listener: Listener | None = None,
) -> LeastRegret | None:
    """The plan of ``base`` whose largest regret is least; None if none was found in time.

    ``near`` is the cost beside which gaps count as small, musd: that of the best plan of the base. ``kept`` are cuts of
    the tails of ``base``, ``starts`` plans of it from which to begin. Raises KeyboardInterrupt.
    """
    began = time.monotonic()
    with LoggingIntercept(module="pyomo"):
        problem = _problem(base, states, near)
        master = Master(problem.form, problem.tails)
        tails = {int(column) for oracle in base.problem.tails for column in oracle.columns}
        master.keep([cut for cut in kept if cut.column in tails])
        best_cost = np.inf
        run = Search(problem, master, options, listener)
        for x in starts:
            wide = np.append(x, np.zeros(len(problem.form.cost) - len(x)))
            reply = problem.supply.ask(wide)
            master.keep(reply.cuts)
            cost = problem.cost(wide, reply.values)
            if cost < best_cost:
                run.start, best_cost = wide, cost
        search(run)
        if run.best is None:
            if run.termination == "interrupted":
                raise KeyboardInterrupt
            return None
        if check_point(problem.form, run.best) > TOLERANCE:
            raise SolverError("the plan of least regret breaks a constraint; it is not reported.")
        awards = awards_at(base, run.best)
    bound = min(run.bound, run.best_cost) - near
    return LeastRegret(awards, run.best_cost - near, bound, run.termination, time.monotonic() - began)


class _Columns:
    """Further columns, counted from the end of the base's."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.names: list[str] = []
        self.lower: list[float] = []

    def add(self, name: str, lower: float = -COST_BOUND) -> int:
        self.names.append(name)
        self.lower.append(lower)
        return self.first + len(self.names) - 1


@dataclass(frozen=True)
class _Named:
    name: str


def _problem(base: Decomposed, states: Sequence[StateOfWorld], near: float) -> _Regrets:
    form = base.problem.form
    new = _Columns(len(form.cost))
    tails: list[Oracle] = list(base.problem.tails)
    covers: list[_Cover] = []
    rows: list[dict[int, float]] = []
    sides: list[float] = []
    supply: list[int] = []
    blocks: list[slice] = []
    largest = new.add("largest regret")
    for number, state in enumerate(states):
        problem = state.fixed_awards.parts.problem
        own = [new.add(f"supply of state {number}, future {w}") for w in range(len(problem.probability))]
        cover = _Cover(new.add(f"cover missed in state {number}", 0.0), state)
        slopes, constant = state.award_cost
        row = {int(j): -float(slopes[j]) for j in np.flatnonzero(np.abs(slopes) > NEGLIGIBLE)}
        row |= {j: -float(p) for j, p in zip(own, problem.probability, strict=True) if p > NEGLIGIBLE}
        row |= {largest: 1.0, int(cover.columns[0]): -1.0}
        if problem.tail_weight > 0.0:
            column = new.add(f"supply tail of state {number}")
            row[column] = -problem.tail_weight
            table, places = np.eye(len(own)), np.array(own, dtype=np.int64)
            tails.append(TailOracle(column, places, table, problem.probability, problem.tail_alpha))
        tails.append(cover)
        covers.append(cover)
        rows.append(row)
        sides.append(constant - state.best)
        blocks.append(slice(len(supply), len(supply) + len(own)))
        supply.extend(own)
    oracle = SupplyOracle(
        np.array(supply, dtype=np.int64),
        base.problem.supply.places,
        _AllFutures(states, base.problem.supply.places),
    )
    wide = _widened(form, new, rows, sides, [int(j) for state in states for j in state.refused])
    return _Regrets(
        form=replace(wide, offset=near),
        tails=tuple(tails),
        supply=oracle,
        award_cost=np.zeros(len(wide.cost)),
        probability=np.zeros(len(supply)),
        states=tuple(states),
        covers=tuple(covers),
        blocks=tuple(blocks),
    )


def _widened(
    form: StandardForm, new: _Columns, rows: list[dict[int, float]], sides: list[float], refused: list[int]
) -> StandardForm:
    """The form with further columns and rows, minimising the first of them; awards ``refused`` are not made."""
    more = len(new.names)
    count = len(form.cost) + more
    at = [(i, j, value) for i, row in enumerate(rows) for j, value in row.items()]
    extra = csr_array(([v for _, _, v in at], ([i for i, _, _ in at], [j for _, j, _ in at])), shape=(len(rows), count))
    old = form.matrix.tocoo()
    wide = csr_array((old.data, (old.row, old.col)), shape=(form.matrix.shape[0], count))
    cost = np.zeros(count)
    cost[new.first] = 1.0
    upper = np.append(form.upper, np.full(more, COST_BOUND))
    upper[refused] = np.maximum(form.lower[refused], 0.0)
    return StandardForm(
        cost=cost,
        offset=0.0,
        matrix=csc_array(vstack([wide, extra], format="csc")),
        row_lower=np.append(form.row_lower, sides),
        row_upper=np.append(form.row_upper, np.full(len(rows), np.inf)),
        lower=np.append(form.lower, new.lower),
        upper=upper,
        whole=np.append(form.whole, np.zeros(more, dtype=bool)),
        columns=(*form.columns, *(_Named(name) for name in new.names)),
        row_names=(*form.row_names, *(f"regret in state {i}" for i in range(len(rows)))),
    )
