"""A plan that must contain, or must do without, something: what it costs beside the best plan."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from pyomo.common.log import LoggingIntercept

from optimizer.engine.cutting_planes import search
from optimizer.engine.decomposed import Decomposed, decompose, finished
from optimizer.engine.highs import Options
from optimizer.engine.master import Master
from optimizer.engine.oracles.cuts import Cut
from optimizer.engine.revise import revised
from optimizer.engine.state import Search
from optimizer.engine.values import Outcome
from optimizer.errors import SolverError
from optimizer.instance import Instance

NO_LIMIT = 1e6
"""Size of a pot that limits nothing, musd."""


@dataclass(frozen=True)
class ForcedPlan:
    """The cheapest plan found with something forced: its extra cost is between ``least`` and ``most`` musd.

    ``most`` is the distance of the two plans and the gap of the best one; ``least`` that of the two bounds.
    """

    cost: float
    least: float
    most: float
    outcome: Outcome


class ForcedPlans:
    """The best plan of an instance, and plans in which something is forced; every cut is kept.

    Raises NoPlanError if the instance has no plan. ``deadline`` is a moment of ``time.monotonic``.
    """

    def __init__(self, instance: Instance, options: Options, deadline: float = float("inf")) -> None:
        self.options, self.deadline = options, deadline
        with LoggingIntercept(module="pyomo"):
            self.parts = decompose(instance)
            began = time.monotonic()
            self.run = Search(self.parts.problem, Master(self.parts.problem.form, self.parts.problem.tails), options)
            search(self.run)
            if self.run.termination == "interrupted":
                raise KeyboardInterrupt
            self.best = finished(self.parts, self.run, began)
            self.used = self._used()
            self._position = {id(column): i for i, column in enumerate(self.parts.problem.form.columns)}
            self._without_pots: tuple[Decomposed, Master] | None = None

    def _used(self) -> dict[str, float]:
        """What the best plan uses up of each pot, musd."""
        form = self.parts.problem.form
        x = np.array([float(column.value or 0.0) for column in form.columns])
        head, activity = "pot_not_exceeded[", form.matrix @ x
        rows = {name: i for i, name in enumerate(form.row_names) if name.startswith(head)}
        return {name[len(head) : -1]: float(activity[i]) for name, i in rows.items()}

    def places(self, name: str, keys: Iterable[Any]) -> list[int]:
        """Positions of award columns, e.g. of ``build`` at ``("mine", 2028)``; those that play no part are left out."""
        component = getattr(self.parts.model, name)
        return [self._position[id(component[key])] for key in keys if id(component[key]) in self._position]

    def at_least(self, amount: float, places: Sequence[int]) -> ForcedPlan | None:
        """The best plan in which the columns sum to at least ``amount`` (in their own unit); None if there is none."""
        return self._forced(Cut(None, amount, np.array(places, dtype=np.int64), -np.ones(len(places))))

    def none_of(self, places: Sequence[int]) -> ForcedPlan | None:
        """The best plan in which all these columns are zero; None if there is none."""
        return self._forced(Cut(None, 0.0, np.array(places, dtype=np.int64), np.ones(len(places))))

    def _forced(self, cut: Cut) -> ForcedPlan | None:
        left = self.deadline - time.monotonic()
        if left <= 0.0:
            raise TimeoutError
        master = Master(self.parts.problem.form, self.parts.problem.tails)
        master.keep([*self.run.master.pool, cut])
        began = time.monotonic()
        options = replace(self.options, time_limit=min(left, self.options.time_limit))
        with LoggingIntercept(module="pyomo"):
            run = Search(self.parts.problem, master, options)
            # Whatever is forced, no plan is cheaper than the bound on all plans.
            run.bound = self.run.bound
            search(run)
            if run.termination == "interrupted":
                raise KeyboardInterrupt
            if run.best is None:
                if run.termination == "infeasible":
                    return None
                raise TimeoutError
            found = finished(self.parts, run, began)
        best = self.best
        least = max(found.bound, best.bound) - best.objective
        return ForcedPlan(found.objective, least, found.objective - best.bound, found.outcome)

    def least_use(self, places: Sequence[int], pot: str) -> float | None:
        """What a plan with one of these columns uses at least of a pot of any size, musd; None if none is viable.

        All other pots are as they are; yearly caps, supply and its targets play no part.
        """
        parts, kept = self._unlimited()
        form, own = parts.problem.form, self.parts.problem.form
        row_of = {name: i for i, name in enumerate(form.row_names)}
        own_row = {name: i for i, name in enumerate(own.row_names)}
        sides = form.row_upper.copy()
        for name, i in row_of.items():
            if name.startswith("pot_not_exceeded[") and name != f"pot_not_exceeded[{pot}]":
                sides[i] = own.row_upper[own_row[name]]
        use = form.matrix[[row_of[f"pot_not_exceeded[{pot}]"]], :].toarray()[0]
        master = Master(replace(form, cost=use, offset=0.0, row_upper=sides), parts.problem.tails)
        tails = {int(column) for oracle in parts.problem.tails for column in oracle.columns}
        cut = Cut(None, 1.0, np.array(places, dtype=np.int64), -np.ones(len(places)))
        master.keep([*(c for c in kept.pool if c.column in tails), cut])
        left = self.deadline - time.monotonic()
        if left <= 0.0:
            raise TimeoutError
        with LoggingIntercept(module="pyomo"):
            options, until = Options(gap=1e-4, time_limit=30.0), time.monotonic() + min(left, 60.0)
            point = master.whole_with_tails(options, form.lower, form.upper, until)
        return None if point is None else float(use @ point.x)

    def _unlimited(self) -> tuple[Decomposed, Master]:
        if self._without_pots is None:
            instance = self.parts.instance
            programmes = instance.awards.programmes
            free = replace(
                programmes,
                budget=dict.fromkeys(programmes.budget, NO_LIMIT),
                yearly_cap=dict.fromkeys(programmes.yearly_cap),
            )
            with LoggingIntercept(module="pyomo"):
                parts, master, _ = revised(
                    self.parts, self.run.master, replace(instance, awards=replace(instance.awards, programmes=free))
                )
            if [c.name for c in parts.problem.form.columns] != [c.name for c in self.parts.problem.form.columns]:
                raise SolverError("the awards without limits on pots have other columns.")
            self._without_pots = parts, master
        return self._without_pots
