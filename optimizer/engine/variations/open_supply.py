"""Supply under awards that stay as they are, in one set of futures after another, each with numbers of its own.

The supply layer is compiled once with all numbers left open that a case may state as a range (see
``models.template.open_template``); a question is then a vector of data, and its LPs start from the bases of the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyomo.common.log import LoggingIntercept
from scipy.sparse import csc_array

from models.template import open_template, open_values
from optimizer.engine.form import StandardForm
from optimizer.engine.highs import WarmLp
from optimizer.engine.parametric import parametric_form
from optimizer.errors import SolverError
from optimizer.instance import Instance

FloatArray = NDArray[np.float64]

ROOM = 10.0
"""Bounds that no flow can reach are set this much wider: a later question may have larger flows."""
REPORTED = ("total", "cost_shortage", "cost_payment_not_due")
TOLERANCE = 1e-8


@dataclass(frozen=True)
class SupplyCosts:
    """Present values by future, shape (futures,), musd: weighted ``total`` (infinite where a hard target cannot be
    met), and of it, not weighted, ``shortage`` and what ``payment_not_due`` takes off public outlay."""

    total: FloatArray
    shortage: FloatArray
    payment_not_due: FloatArray


class OpenSupply:
    """Supply of one structure, asked again and again with other numbers."""

    def __init__(self, instance: Instance) -> None:
        with LoggingIntercept(module="pyomo"):
            structure = instance.structure
            wide = {name: ROOM * value for name, value in structure.stock_capacity.items()}
            unlimited = structure.volume_bound * len(structure.years)
            roomy = replace(
                structure,
                volume_bound=ROOM * structure.volume_bound,
                stock_capacity={
                    name: wide[name] if value >= unlimited else value
                    for name, value in structure.stock_capacity.items()
                },
            )
            self._template = open_template(instance.awards, roomy, instance.futures)
            template = self._template
            self._form = parametric_form(template.model, template.data, template.block.limits, products=True)
        place = {id(column): name for name, column in template.award_columns.items()}
        names = [place.get(id(column)) for column in self._form.columns]
        self._supply = np.array([i for i, name in enumerate(names) if name is None], dtype=np.int64)
        self._awards = np.array([i for i, name in enumerate(names) if name is not None], dtype=np.int64)
        self._award_names = [name for name in names if name is not None]
        self._columns = tuple(self._form.columns[i] for i in self._supply)
        self._bases: list[Any] = []
        self._lp: tuple[WarmLp, FloatArray] | None = None

    def costs(self, instance: Instance, awards: Mapping[tuple[str, Any], float]) -> SupplyCosts | None:
        """Cost of supply in every future of an instance under ``awards``, (name, index) → value in kt or shares.

        None if the instance has numbers for which this structure has no place: ask a new ``OpenSupply`` then. Raises
        SolverError if HiGHS fails.
        """
        values = open_values(self._template, instance.structure, instance.futures)
        if values is None:
            return None
        x = np.array([awards.get(name, 0.0) for name in self._award_names])
        found = [self._future(w, self._form.with_products(data), x) for w, data in enumerate(values)]
        return SupplyCosts(*(np.array(part) for part in zip(*found, strict=True)))

    def _future(self, w: int, data: FloatArray, x: FloatArray) -> tuple[float, float, float]:
        form, supply = self._form, self._supply
        matrix = form.matrix(data)
        side = form.rhs.at(data) - matrix[:, self._awards] @ x
        low, high = np.where(form.sense == 1, -np.inf, side), np.where(form.sense == -1, np.inf, side)
        parts = {name: (part[0].at(data), float(part[1].at(data)[0])) for name, part in form.objectives.items()}
        cost, _ = parts["total"]
        recourse = csc_array(matrix[:, supply])
        recourse.eliminate_zeros()
        upper = np.maximum(form.upper.at(data)[supply], form.lower[supply])
        lp = self._loaded(recourse, cost[supply], low, high, form.lower[supply], upper)
        start = self._bases[w] if w < len(self._bases) else self._bases[-1] if self._bases else None
        point = lp.solve(start)
        if point.status == "infeasible":
            return float("inf"), float("nan"), float("nan")
        if point.status != "solved":
            raise SolverError("HiGHS failed on the supply of a future.")
        if w >= len(self._bases):
            self._bases.append(point.basis)
        y = np.clip(point.values, form.lower[supply], upper)
        found = []
        for name in REPORTED:
            own, rest = parts.get(name, (np.zeros(len(cost)), 0.0))
            found.append(float(own[supply] @ y) + float(own[self._awards] @ x) + rest)
        return found[0], found[1], found[2]

    def _loaded(
        self,
        recourse: csc_array,
        cost: FloatArray,
        low: FloatArray,
        high: FloatArray,
        lower: FloatArray,
        upper: FloatArray,
    ) -> WarmLp:
        entries = np.concatenate([recourse.data, recourse.indices, recourse.indptr])
        if self._lp is None or not np.array_equal(self._lp[1], entries):
            whole = np.zeros(len(cost), dtype=bool)
            names = self._form.row_names
            form = StandardForm(cost, 0.0, recourse, low, high, lower, upper, whole, self._columns, names)
            self._lp = WarmLp(form, tolerance=TOLERANCE), entries
        else:
            lp = self._lp[0]
            lp.set_costs(cost)
            lp.set_bounds(lower, upper)
            lp.set_sides(low, high)
        return self._lp[0]


def award_values(awards: Mapping[str, Mapping[tuple[Any, ...], float]]) -> dict[tuple[str, Any], float]:
    """Awards as plain values by (name, index), for :meth:`OpenSupply.costs`.

    >>> award_values({"build": {("mine", 2030): 1.0}, "grant": {("mine", 2030, "pot"): 5.0}})
    {('build', ('mine', 2030)): 1.0}
    """
    return {
        (name, index): value
        for name in ("build", "volume", "purchase_rate")
        for index, value in awards.get(name, {}).items()
    }
