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


def open_template(awards: AwardNumbers, structure: SupplyStructure, futures: Sequence[FutureNumbers]) -> Template:
    """The supply layer with every number left open that a case may state as a range, whether futures share it or not.

    For one question after another with other numbers; ``values`` are those of ``futures``. Raises ValueError if the
    structures of the futures differ.
    """
    model = pyo.ConcreteModel(name="open future")
    award, columns = _own_award_columns(model, awards)
    shared = _shared(structure)
    keys = [(name, key) for name, table in _open_tables(structure, futures).items() for key in table]
    keys += [(name, key) for name, table in shared.items() for key in table]
    model.data = pyo.Var(range(len(keys)), bounds=(0.0, LARGEST_VOLUME))
    placeholder = {key: model.data[i] for i, key in enumerate(keys)}
    open_to = {name: {key: placeholder[name, key] for key in table} for name, table in shared.items()}
    model.supply = pyo.Block()
    add_future(model.supply, _with_shared(structure, open_to), _as_template(futures, placeholder), award)
    for name in [c.local_name for c in model.supply.component_objects(pyo.Expression, descend_into=False)]:
        if name.startswith("cost_"):
            setattr(model, name, pyo.Objective(expr=getattr(model.supply, name)))
    model.total = pyo.Objective(expr=model.supply.supply_cost)
    data = tuple(model.data[i] for i in model.data)
    template = Template(model, model.supply, data, tuple(keys), np.zeros((0, len(keys))), columns)
    values = open_values(template, structure, futures)
    if values is None:
        raise ValueError("futures have numbers that the template does not know")
    return replace(template, values=values)


def open_values(
    template: Template, structure: SupplyStructure, futures: Sequence[FutureNumbers]
) -> FloatArray | None:
    """Numbers of an open template, shape (futures, placeholders); None if there are some it has no place for.

    What cannot be stated as a range is taken to be the same.
    """
    shared = {(name, key): value for name, table in _shared(structure).items() for key, value in table.items()}
    known = set(template.keys)
    rows: list[list[float]] = []
    for future in futures:
        own = {(name, key): value for name, table in _tables(future).items() for key, value in table.items()} | shared
        if any(key not in known and value != 0.0 for key, value in own.items()):
            return None
        rows.append([float(own.get(key, 0.0)) for key in template.keys])
    return np.array(rows, dtype=float).reshape(len(futures), len(template.keys))


def _open_tables(structure: SupplyStructure, futures: Sequence[FutureNumbers]) -> dict[str, dict[Any, None]]:
    """Field of a future → keys: those of all futures, and every year of whatever has one."""
    tables = [_tables(future) for future in futures]
    out: dict[str, dict[Any, None]] = {}
    for name in tables[0]:
        keys = dict.fromkeys(key for table in tables for key in table[name])
        if name in ALWAYS_STATED and not all(key in table[name] for table in tables for key in keys):
            raise ValueError(f"{name} is stated in some futures and not in others")
        if name in ("capacity", "build_capacity", "tariff", "contract_delivery"):
            keys = dict.fromkeys((*key[:-1], year) for key in keys for year in structure.years)
        out[name] = keys
    return out


def _shared(structure: SupplyStructure) -> dict[str, dict[Any, float]]:
    """Numbers of the structure that a case may state as a range, by field and key."""
    return {
        "freight": dict(structure.freight),
        "shortage_cost": dict(structure.shortage_cost),
        "stock_opening": dict(structure.stock_opening),
        "stock_holding_cost": dict(structure.stock_holding_cost),
        "stock_unbought_cost": dict(structure.stock_unbought_cost),
        "cost_steps": {(p, j): cost for p, steps in structure.cost_steps.items() for j, (_, cost) in enumerate(steps)},
        "inputs": {(p, m): amount for p, used in structure.inputs.items() for m, amount in used.items()},
        "outputs": {(p, m): amount for p, made in structure.outputs.items() for m, amount in made.items()},
        "collection": {key: row[0] for key, row in structure.collection.items()},
        "share_limits": {name: limit.level for name, limit in structure.share_limits.items()},
        "service_levels": {name: level.level for name, level in structure.service_levels.items()},
    }


def _with_shared(structure: SupplyStructure, values: dict[str, dict[Any, Any]]) -> SupplyStructure:
    """The structure with other values (or placeholders) in the fields of :func:`_shared`."""
    return replace(
        structure,
        freight=values["freight"],
        shortage_cost=values["shortage_cost"],
        stock_opening=values["stock_opening"],
        stock_holding_cost=values["stock_holding_cost"],
        stock_unbought_cost=values["stock_unbought_cost"],
        cost_steps={
            p: tuple((share, values["cost_steps"][p, j]) for j, (share, _) in enumerate(steps))
            for p, steps in structure.cost_steps.items()
        },
        inputs={p: {m: values["inputs"][p, m] for m in used} for p, used in structure.inputs.items()},
        outputs={p: {m: values["outputs"][p, m] for m in made} for p, made in structure.outputs.items()},
        collection={key: (values["collection"][key], *row[1:]) for key, row in structure.collection.items()},
        share_limits={
            n: replace(limit, level=values["share_limits"][n]) for n, limit in structure.share_limits.items()
        },
        service_levels={
            n: replace(level, level=values["service_levels"][n]) for n, level in structure.service_levels.items()
        },
    )


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
