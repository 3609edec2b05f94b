"""From an instance to its cut problem, and from the plan found back to decisions."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyomo.common.log import LoggingIntercept

from models.assemble import master_form
from models.budgets import outlay_table
from models.template import Template, supply_template
from models.viability import loss_table
from optimizer.engine.compiled import standard_form
from optimizer.engine.cutting_planes import search
from optimizer.engine.extensive import TOLERANCE, Solved, best_proof, no_plan
from optimizer.engine.form import check_point
from optimizer.engine.highs import Options, RawSolution
from optimizer.engine.master import Master
from optimizer.engine.oracles.cuts import Oracle
from optimizer.engine.oracles.futures import FutureLps, FutureReply, SupplyArrays
from optimizer.engine.oracles.supply import Futures, SupplyOracle
from optimizer.engine.oracles.tails import TailOracle
from optimizer.engine.oracles.workers import WorkerPool
from optimizer.engine.parametric import ParametricForm, parametric_form, supply_arrays
from optimizer.engine.progress import Listener, Progress
from optimizer.engine.sample import with_sample
from optimizer.engine.state import CutProblem, Search
from optimizer.engine.values import AWARDS, RECOURSE, ZERO, Outcome, Values, read_values
from optimizer.errors import SolverError
from optimizer.instance import Instance, check_finite
from optimizer.terms.finance import cvar

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Decomposed:
    """An instance taken apart: the cut problem, the master's Pyomo model, and the supply template with its form."""

    instance: Instance
    problem: CutProblem
    model: Any
    template: Template
    supply: ParametricForm
    arrays: SupplyArrays
    futures: FutureLps


Elsewhere = Callable[[SupplyArrays, FloatArray], AbstractContextManager[Futures]]
"""From the arrays of supply and the data of all futures to whoever solves them, for as long as they are needed."""


def solve_cuts(
    instance: Instance,
    options: Options,
    listener: Listener | None = None,
    workers: int = 1,
    elsewhere: Elsewhere | None = None,
) -> Solved:
    """Solve by cutting planes; see :func:`solve_extensive` for what it returns and raises.

    ``workers`` processes solve the futures, or whoever ``elsewhere`` gives; the answer does not depend on how many.
    """
    with LoggingIntercept(module="pyomo"):
        began = time.monotonic()
        check_finite(instance)
        if listener is not None:
            listener(Progress("building the model", None, None, None, 0.0))
        parts = decompose(instance)
        if workers > 1 and elsewhere is None:
            elsewhere = partial(WorkerPool, workers=workers)
        with _moved(parts, elsewhere) as parts:
            return _searched(parts, options, listener, began)


def _searched(parts: Decomposed, options: Options, listener: Listener | None, began: float) -> Solved:
    left = max(options.time_limit - (time.monotonic() - began), 1.0)
    master = Master(parts.problem.form, parts.problem.tails)
    run = Search(parts.problem, master, replace(options, time_limit=left), listener)
    search(run)
    return finished(parts, run, began)


@contextmanager
def _moved(parts: Decomposed, elsewhere: Elsewhere | None) -> Iterator[Decomposed]:
    """The same problem, its futures solved elsewhere.

    Not if there is but one future, nor if supply does not depend on what is decided: one question is not worth a start.
    """
    form, places = parts.problem.form, parts.problem.supply.places
    decided = bool(np.any(form.upper[places] > form.lower[places]))
    if elsewhere is None or len(parts.template.values) <= 1 or not decided:
        yield parts
        return
    oracle = parts.problem.supply
    with elsewhere(parts.arrays, parts.template.values) as pool:
        moved = SupplyOracle(oracle.columns, oracle.places, pool)
        yield replace(parts, problem=replace(parts.problem, supply=moved))


def decompose(instance: Instance, kept: Decomposed | None = None) -> Decomposed:
    """Build master and template once each; ``kept`` has supply parts to use again."""
    probability = {future.name: future.probability for future in instance.futures}
    model = master_form(instance.awards, probability, instance.tail_alpha)
    template = kept.template if kept else supply_template(instance.awards, instance.structure, instance.futures)
    names = list(template.award_columns)
    linked = [getattr(model, name)[index] for name, index in names]
    form = standard_form(model, also=[*linked, *model.supply_cost.values(), *tail_columns(model)])
    position = {id(column): i for i, column in enumerate(form.columns)}
    supply = kept.supply if kept else parametric_form(template.model, template.data, template.block.limits)
    arrays = kept.arrays if kept else supply_arrays(supply, [template.award_columns[name] for name in names])
    futures = kept.futures if kept else FutureLps(arrays, template.values)
    oracle = SupplyOracle(
        np.array([position[id(model.supply_cost[w])] for w in probability]),
        np.array([position[id(column)] for column in linked], dtype=np.int64),
        futures,
    )
    award_cost = form.cost.copy()
    award_cost[oracle.columns] = 0.0
    if model.component("supply_tail") is not None:
        tail = [model.supply_tail.value_at_risk, *model.supply_tail.excess.values()]
        award_cost[[position[id(x)] for x in tail]] = 0.0
    whole = CutProblem(
        form=form,
        tails=tuple(tail_oracles(model, position)),
        supply=oracle,
        award_cost=award_cost,
        probability=np.array(list(probability.values())),
        tail_weight=instance.awards.weights["tail"],
        tail_alpha=instance.tail_alpha,
    )
    problem = with_sample(whole, arrays, template.values)
    return Decomposed(instance, problem, model, template, supply, arrays, futures)


def tail_columns(model: Any) -> list[Any]:
    """Columns of a master model that stand for a tail."""
    return [
        *(block.cvar for block in model.downside.values()),
        *(block.cvar for block in model.exposure.values()),
        *(block.worst for block in model.worst_exposure.values()),
    ]


def tail_oracles(model: Any, position: dict[int, int]) -> list[Oracle]:
    """One oracle for each tail of a master model; ``position`` maps the id of a column to its place in the form."""
    numbers = model.numbers
    weight = numbers.path_weight
    out: list[Oracle] = []

    def add(column: Any, table: FloatArray, variables: list[Any], alpha: float | None) -> None:
        known = [i for i, x in enumerate(variables) if id(x) in position]
        places = np.array([position[id(variables[i])] for i in known], dtype=np.int64)
        out.append(TailOracle(position[id(column)], places, table[known], weight, alpha))

    for p in model.JUDGED_PLANT:
        add(model.downside[p].cvar, *loss_table(model, p), numbers.sponsor_alpha)
    for g, block in model.exposure.items():
        add(block.cvar, *outlay_table(model, g), numbers.programmes.alpha[g])
    for g, block in model.worst_exposure.items():
        add(block.worst, *outlay_table(model, g), None)
    return out


def finished(parts: Decomposed, run: Search, began: float) -> Solved:
    """The best plan of a search, checked against every row of awards and supply. Raises NoPlanError without one.

    The search keeps the plan with every tail and cost at its exact value.
    """
    if run.best is None:
        if run.termination == "interrupted":
            raise KeyboardInterrupt
        raise no_plan(RawSolution(run.termination, None, None, run.bound, 0.0))
    problem = parts.problem
    replies = problem.supply.replies(run.best)
    costs = np.array([reply.value for reply in replies])
    x = with_true_values(parts, run.best, costs)
    violation = max(check_point(problem.form, x), *(reply.violation for reply in replies))
    if violation > TOLERANCE:
        raise SolverError(f"the plan breaks a constraint by {violation:.2g} of its size; it is not reported.")
    objective = problem.cost(x, costs)
    run.best, run.best_cost = x, objective
    outcome = outcome_at(parts, x, replies, costs)
    bound, origin = best_proof(min(run.bound, objective), run.certified, problem.form)
    seconds, trace = time.monotonic() - began, tuple(run.trace)
    return Solved(outcome, run.termination, objective, bound, seconds, violation, trace, run.certified, origin)


def found_again(parts: Decomposed, run: Search, known: Solved, began: float) -> Solved:
    """A plan that is known to be one here too, with what this search says of it."""
    bound, origin = best_proof(min(run.bound, known.objective), run.certified, parts.problem.form)
    seconds, trace = time.monotonic() - began, tuple(run.trace)
    return replace(
        known,
        termination=run.termination,
        bound=bound,
        seconds=seconds,
        trace=trace,
        certified=run.certified,
        bound_from=origin,
    )


def with_true_values(parts: Decomposed, best: FloatArray, costs: FloatArray) -> FloatArray:
    """The plan with every tail and cost of supply at its exact value, so that each row can be checked."""
    problem, model = parts.problem, parts.model
    x = best.copy()
    for oracle in problem.tails:
        x[oracle.columns] = oracle.ask(best).values
    x[problem.supply.columns] = costs
    if model.component("supply_tail") is not None:
        position = {id(column): i for i, column in enumerate(problem.form.columns)}
        order = np.argsort(costs, kind="stable")
        reached = np.cumsum(problem.probability[order]) >= problem.tail_alpha - 1e-12
        at_risk = float(costs[order[int(np.argmax(reached))]])
        x[position[id(model.supply_tail.value_at_risk)]] = at_risk
        for name, cost in zip(model.FUTURE, costs, strict=True):
            x[position[id(model.supply_tail.excess[name])]] = max(cost - at_risk, 0.0)
    if problem.tail_limit is not None:
        x[problem.tail_limit.column] = problem.beyond(costs)
    return x


def outcome_at(parts: Decomposed, x: FloatArray, replies: Any, costs: FloatArray) -> Outcome:
    """Decisions, recourse and cost terms at a point of the master, from the replies of all futures there."""
    model, form = parts.model, parts.problem.form
    for column, value in zip(form.columns, x.tolist(), strict=True):
        column.set_value(value, skip_validation=True)
    names = list(model.FUTURE)
    tail = 0.0
    if parts.problem.tail_weight > 0.0:
        tail = float(cvar(costs, parts.problem.probability, parts.problem.tail_alpha))
    reader = _SupplyReader(parts)
    awards = x[parts.problem.supply.places]
    return Outcome(
        awards={name: read_values(model, name) for name in AWARDS},
        recourse={w: reader.recourse(i, reply) for i, (w, reply) in enumerate(zip(names, replies, strict=True))},
        award_costs={
            "capex_annuities": float(model.capex_annuities()),
            "net_outlay": _number(model.net_outlay),
            "cover_miss_cost": _number(model.cover_miss_cost),
        },
        supply_costs={
            w: reader.costs(i, reply, awards) for i, (w, reply) in enumerate(zip(names, replies, strict=True))
        },
        supply_tail=tail,
    )


def _supply(reply: FutureReply) -> FloatArray:
    if reply.supply is None:
        raise SolverError("the supply of a future was not kept.")
    return reply.supply


def _number(expression: Any) -> float:
    return float(expression())


class _SupplyReader:
    """Names of the columns and cost terms of a future, read off the template once."""

    def __init__(self, parts: Decomposed) -> None:
        self._data = parts.template.values
        structure = parts.instance.structure
        self._calm = [future.calm for future in parts.instance.futures]
        targets: dict[str, Any] = {"share_missed": structure.share_limits, "service_missed": structure.service_levels}
        self._only_calm = {(v, n) for v, table in targets.items() for n, t in table.items() if t.calm_only}
        own = {id(column) for column in parts.template.award_columns.values()}
        self._supply = np.array([id(column) not in own for column in parts.supply.columns])
        place = {id(parts.template.award_columns[name]): i for i, name in enumerate(parts.template.award_columns)}
        self._own = np.flatnonzero(~self._supply)
        self._award_of = np.array([place[id(parts.supply.columns[j])] for j in self._own], dtype=np.int64)
        self._names = [
            (column.parent_component().local_name, column.index())
            for column, kept in zip(parts.supply.columns, self._supply, strict=True)
            if kept
        ]
        self._terms = {
            name.removeprefix("cost_"): term
            for name, term in parts.supply.objectives.items()
            if name.startswith("cost_")
        }

    def recourse(self, future: int, reply: FutureReply) -> dict[str, Values]:
        """Values of one future by variable and index, without zeros."""
        out: dict[str, Values] = {name: {} for name in RECOURSE}
        values = _supply(reply)
        for j in np.flatnonzero(np.abs(values) > ZERO):
            name, index = self._names[j]
            key = index if isinstance(index, tuple) else (index,)
            if (name, key[0]) in self._only_calm and not self._calm[future]:
                continue
            if name in out:
                out[name][key] = float(values[j])
        return out

    def costs(self, future: int, reply: FutureReply, awards: FloatArray) -> dict[str, float]:
        """Cost terms of one future, musd, not weighted."""
        y = np.zeros(len(self._supply))
        y[self._supply] = _supply(reply)
        y[self._own] = awards[self._award_of]
        data = self._data[future]
        return {name: float(cost.at(data) @ y + offset.at(data)[0]) for name, (cost, offset) in self._terms.items()}
