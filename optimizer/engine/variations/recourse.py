"""What limits of supply are worth at given awards: duals of every future, and what moves either way cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray

from optimizer.engine.decomposed import Decomposed
from optimizer.terms.finance import tail_weights

FloatArray = NDArray[np.float64]
AT_LEAST = ("material_balance", "minimum_run")
"""Constraints that are lower limits; a compiled row may stand the other way round."""
CAPACITY = ("capacity_limit", "cost_step_limit", "lane_limit")
"""Constraints whose right-hand side is what there is of something."""
NONE = 1e-9
"""Capacity, kt/yr, that counts as none."""
Name = tuple[str, tuple[Any, ...]]
"""Constraint or variable of supply → its index: ``("lane_limit", ("china", "us", "magnet", 2030))``."""


@dataclass(frozen=True)
class Lever:
    """A figure of supply that moves: by how much right-hand sides of ``rows`` and upper bounds of ``columns`` then do.

    Per unit of the figure. Rows and columns that the problem does not have are left out.
    """

    rows: Mapping[Name, float] = field(default_factory=dict)
    columns: Mapping[Name, float] = field(default_factory=dict)


class SupplyPrices:
    """Duals of every future at one point of the master, each of the future's own cost (musd, present value).

    ``weight`` is the weight of each future in the objective: its probability, and what it has in the tail.
    """

    def __init__(self, parts: Decomposed, x: FloatArray) -> None:
        problem = parts.problem
        self._futures = parts.futures
        self._x = np.ascontiguousarray(x[problem.supply.places])
        costs = np.array([reply.value for reply in self._futures.ask(self._x)])
        self.weight = problem.probability.copy()
        if problem.tail_weight > 0.0:
            self.weight += problem.tail_weight * tail_weights(costs, problem.probability, problem.tail_alpha)
        self._row, self._column = _places(parts)
        self._turned = {
            name: -1.0 if parts.arrays.sense[i] == (1 if name[0] in AT_LEAST else -1) else 1.0
            for name, i in self._row.items()
        }
        # Rows that limit from above what is used, as they stand compiled: at most, or at least with the signs turned.
        capped = np.zeros(len(parts.arrays.sense), dtype=bool)
        capped[[i for name, i in self._row.items() if name[0] in CAPACITY]] = True
        self._most, self._least = capped & (parts.arrays.sense > 0), capped & (parts.arrays.sense < 0)
        self._sides = [self._futures.sides(w, self._x) for w in range(len(costs))]
        points = [self._futures.point(w, self._x) for w in range(len(costs))]
        self._costs = np.array([point.objective for point in points])
        self._duals = np.array([point.duals for point in points])
        arrays = parts.arrays
        priced = np.array([arrays.cost.at(data) for data in self._futures.data])
        spare = priced - (arrays.recourse.T @ self._duals.T).T
        uppers = np.array([arrays.upper.at(data) for data in self._futures.data])
        self._values = np.array([point.values for point in points])
        at_upper = self._values >= uppers - 1e-9
        self._reduced = np.where(at_upper, np.minimum(spare, 0.0), 0.0)

    def known(self, name: Name) -> bool:
        """Whether there is such a row."""
        return name in self._row

    def by_future(self, lever: Lever) -> FloatArray:
        """Change of each future's cost per unit of the figure, musd: one of the slopes, where there are two."""
        out = np.zeros(len(self.weight))
        for name, amount in lever.rows.items():
            if name in self._row:
                out += self._turned[name] * amount * self._duals[:, self._row[name]]
        for name, amount in lever.columns.items():
            if name in self._column:
                out += amount * self._reduced[:, self._column[name]]
        return out

    def values(self, name: Name) -> FloatArray:
        """A column in each future; zeros if there is no such column."""
        return self._values[:, self._column[name]] if name in self._column else np.zeros(len(self.weight))

    def moved(self, lever: Lever, step: float, *, only_where_some: bool = False) -> float:
        """Change of the objective if the figure moves by ``step``, musd; infinite if a future then has no supply.

        Limits of what may be used do not fall below nothing; with ``only_where_some``, those of nothing stay.
        """
        shift, uppers = np.zeros(self._duals.shape[1]), np.zeros(self._reduced.shape[1])
        for name, amount in lever.rows.items():
            if name in self._row:
                shift[self._row[name]] += self._turned[name] * step * amount
        for name, amount in lever.columns.items():
            if name in self._column:
                uppers[self._column[name]] += step * amount
        total = 0.0
        for w, weight in enumerate(self.weight):
            # What is not there cannot become less: capacity before a start, a route that is closed.
            low, high = np.minimum(self._sides[w], 0.0), np.maximum(self._sides[w], 0.0)
            moved = np.clip(
                self._sides[w] + shift, np.where(self._most, low, -np.inf), np.where(self._least, high, np.inf)
            )
            sides = moved - self._sides[w]
            if only_where_some:
                sides[(self._most | self._least) & (np.abs(self._sides[w]) <= NONE)] = 0.0
            point = self._futures.point(w, self._x, sides=sides, uppers=uppers)
            if point.status == "infeasible":
                return np.inf
            total += float(weight) * (point.objective - float(self._costs[w]))
        return total


def _places(parts: Decomposed) -> tuple[dict[Name, int], dict[Name, int]]:
    """Names of the rows and of the supply columns of a future → their places in its arrays."""
    block = parts.template.block
    row_of = {name: i for i, name in enumerate(parts.supply.row_names)}
    rows = {
        (component.local_name, _index(index)): row_of[data.name]
        for component in block.component_objects(pyo.Constraint, descend_into=False)
        for index, data in component.items()
        if data.name in row_of
    }
    own = {id(column) for column in parts.template.award_columns.values()}
    kept = [column for column in parts.supply.columns if id(column) not in own]
    columns = {(c.parent_component().local_name, _index(c.index())): j for j, c in enumerate(kept)}
    return rows, columns


def _index(index: Any) -> tuple[Any, ...]:
    return index if isinstance(index, tuple) else (index,)


def together(levers: Sequence[Lever]) -> Lever:
    """Several figures that move as one.

    >>> a = Lever({("row", (1,)): 1.0}, {("column", (1,)): 2.0})
    >>> together([a, a]).rows[("row", (1,))]
    2.0
    """
    rows: dict[Name, float] = {}
    columns: dict[Name, float] = {}
    for lever in levers:
        for name, amount in lever.rows.items():
            rows[name] = rows.get(name, 0.0) + amount
        for name, amount in lever.columns.items():
            columns[name] = columns.get(name, 0.0) + amount
    return Lever(rows, columns)
