"""One future that stands for all: what differs between futures is data, and the model is built once.

Source of the idea: ``pyomo.repn.plugins.parameterized_standard_form``, which compiles a model with some of its
variables treated as data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray

from models.assemble import AwardColumns, add_future
from models.award_numbers import AwardNumbers
from models.supply_numbers import FutureNumbers, SupplyStructure

FloatArray = NDArray[np.float64]

ALWAYS_STATED = ("lane_capacity",)
"""Fields whose keys decide which rows there are: a future without one of the others' keys has another structure."""
LARGEST_VOLUME = 1e9


@dataclass(frozen=True)
class Template:
    """A Pyomo model of one future on its own columns for the awards, and the data of every future.

    ``data`` are the placeholders (Pyomo variables) and ``values`` their numbers, shape (futures, placeholders).
    ``award_columns`` maps (name, index) to the model's own copies of the award columns; ``keys`` name placeholders.
    """

    model: Any
    block: Any
    data: tuple[Any, ...]
    keys: tuple[tuple[str, Any], ...]
    values: FloatArray
    award_columns: dict[tuple[str, Any], Any]


def supply_template(awards: AwardNumbers, structure: SupplyStructure, futures: Sequence[FutureNumbers]) -> Template:
    """The supply layer of all ``futures`` as one model. Raises ValueError if their structures differ."""
    model = pyo.ConcreteModel(name="future")
    award, columns = _own_award_columns(model, awards)
    varying, values = _varying(futures)
    model.data = pyo.Var(range(len(varying)), bounds=(0.0, LARGEST_VOLUME))
    placeholder = {key: model.data[i] for i, key in enumerate(varying)}
    model.supply = pyo.Block()
    add_future(model.supply, structure, _as_template(futures, placeholder), award)
    for name in [c.local_name for c in model.supply.component_objects(pyo.Expression, descend_into=False)]:
        if name.startswith("cost_"):
            setattr(model, name, pyo.Objective(expr=getattr(model.supply, name)))
    model.total = pyo.Objective(expr=model.supply.supply_cost)
    return Template(model, model.supply, tuple(model.data[i] for i in model.data), tuple(varying), values, columns)


def _own_award_columns(model: Any, numbers: AwardNumbers) -> tuple[AwardColumns, dict[tuple[str, Any], Any]]:
    """Continuous copies of the columns in which supply meets the awards: the template needs no award layer."""
    contracts, stock = numbers.contracts, numbers.stock
    offers = tuple(o for o in contracts.offers if o[0] in contracts.purchase_into)
    starts: dict[str, tuple[int, ...]] = {}
    for p, y in numbers.build_options:
        starts[p] = (*starts.get(p, ()), y)
    model.BUILD_OPTION = pyo.Set(initialize=numbers.build_options, dimen=2)
    model.build = pyo.Var(model.BUILD_OPTION, bounds=(0.0, 1.0))
    model.OFFER = pyo.Set(initialize=offers, dimen=3)
    model.volume = pyo.Var(
        model.OFFER, bounds=lambda _, c, y, k: (0.0, contracts.share_max[c] * contracts.output[c, y])
    )
    model.TRANCHE = pyo.Set(initialize=stock.tranches, dimen=2)
    model.purchase_rate = pyo.Var(model.TRANCHE, bounds=lambda _, m, first: (0.0, stock.rate_limit[m]))
    columns = {
        (name, index): variable
        for name in ("build", "volume", "purchase_rate")
        for index, variable in getattr(model, name).items()
    }
    award = AwardColumns(model.build, model.volume, model.purchase_rate, starts, dict(stock.tranche_of), offers)
    return award, columns


def _tables(future: FutureNumbers) -> dict[str, dict[Any, Any]]:
    named = {f.name: getattr(future, f.name) for f in fields(future)}
    return {name: table for name, table in named.items() if isinstance(table, dict)} | {"calm": {(): future.calm}}


def _varying(futures: Sequence[FutureNumbers]) -> tuple[list[tuple[str, Any]], FloatArray]:
    """Keys whose values differ between futures, and their values, shape (futures, keys). Absent means zero."""
    tables = [_tables(future) for future in futures]
    keys: list[tuple[str, Any]] = []
    columns: list[list[float]] = []
    for name in tables[0]:
        union = dict.fromkeys(key for table in tables for key in table[name])
        for key in union:
            if name in ALWAYS_STATED and not all(key in table[name] for table in tables):
                raise ValueError(f"{name} {key} is stated in some futures and not in others")
            column = [float(table[name].get(key, 0.0)) for table in tables]
            if max(column) != min(column):
                keys.append((name, key))
                columns.append(column)
    return keys, np.array(columns, dtype=float).reshape(len(keys), len(futures)).T


def _as_template(futures: Sequence[FutureNumbers], placeholder: dict[tuple[str, Any], Any]) -> FutureNumbers:
    """The first future, with placeholders where futures differ."""
    first = futures[0]
    changed: dict[str, Any] = {}
    for name, table in _tables(first).items():
        own = {key: placeholder.get((name, key), value) for key, value in table.items()}
        own |= {key: variable for (field, key), variable in placeholder.items() if field == name}
        changed[name] = own
    calm = changed.pop("calm")[()]
    return replace(first, name="template", calm=calm, **changed)


def new_values(template: Template, futures: Sequence[FutureNumbers]) -> FloatArray | None:
    """Numbers of other futures for the same placeholders; None if a number differs that is no placeholder."""
    tables = [_tables(future) for future in futures]
    varying = set(template.keys)
    old = _tables(template.block.future)
    for table in tables:
        for name, own in table.items():
            before = old[name]
            if any((name, key) not in varying and float(own[key]) != before.get(key, 0.0) for key in own):
                return None
            if any((name, key) not in varying and key not in own and before[key] != 0.0 for key in before):
                return None
    if len(futures) != len(template.values):
        return None
    values = [[float(table[name].get(key, 0.0)) for name, key in template.keys] for table in tables]
    return np.array(values, dtype=float).reshape(len(futures), len(template.keys))
