"""Decisions and recourse read off a solved model: plain dictionaries, no solver, no Pyomo afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyomo.environ as pyo

Values = dict[tuple[Any, ...], float]

AWARDS = (
    "build",
    "signed",
    "volume",
    "grant",
    "equity",
    "loan",
    "debt",
    "purchase_rate",
    "contract_score",
    "cover_missed",
)
RECOURSE = (
    "produce",
    "produce_step",
    "buy",
    "flow",
    "downgrade",
    "unmet",
    "collect",
    "level",
    "release",
    "unbought",
    "offtake",
    "shortfall",
    "below_minimum",
    "share_missed",
    "service_missed",
)
ZERO = 1e-9


@dataclass(frozen=True)
class Outcome:
    """Decisions of one plan, its recourse in each future, and the cost terms they add up from.

    ``awards`` and ``recourse[future]`` map variable name → index → value (kt, musd, kt/yr), without zeros.
    ``award_costs`` and ``supply_costs[future]`` map cost term → musd, not weighted.
    """

    awards: dict[str, Values]
    recourse: dict[str, dict[str, Values]]
    award_costs: dict[str, float]
    supply_costs: dict[str, dict[str, float]]
    supply_tail: float


def read_outcome(model: Any) -> Outcome:
    """Values of a solved extensive form."""
    futures = list(model.FUTURE)
    tail = pyo.value(model.supply_tail.cvar) if model.component("supply_tail") is not None else 0.0
    return Outcome(
        awards={name: read_values(model, name) for name in AWARDS},
        recourse={w: {name: read_values(model.future[w], name) for name in RECOURSE} for w in futures},
        award_costs={
            "capex_annuities": float(pyo.value(model.capex_annuities)),
            "net_outlay": float(pyo.value(model.net_outlay)),
            "cover_miss_cost": float(pyo.value(model.cover_miss_cost)),
        },
        supply_costs={w: _costs(model.future[w]) for w in futures},
        supply_tail=float(tail),
    )


def read_values(block: Any, name: str) -> Values:
    """Values of one variable of a solved model by index, without zeros."""
    component = block.component(name)
    out: Values = {}
    for index, variable in component.items():
        value = variable.value
        if value is not None and abs(value) > ZERO:
            out[index if isinstance(index, tuple) else (index,)] = float(value)
    return out


def _costs(block: Any) -> dict[str, float]:
    return {
        component.local_name.removeprefix("cost_"): float(pyo.value(component))
        for component in block.component_objects(pyo.Expression)
        if component.local_name.startswith("cost_")
    }
