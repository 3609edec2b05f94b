"""Analyses of a case: each a function, a command and a tidy table, with the gap of every solve it rests on."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optimizer.analysis.additional.additionality import additionality
    from optimizer.analysis.answer import Analysis, Solves, View, read_analysis
    from optimizer.analysis.break_even.break_even import breakeven
    from optimizer.analysis.frontiers.analysis import frontier
    from optimizer.analysis.instrument_choice.comparison import instruments
    from optimizer.analysis.marginal.analysis import shadow_prices
    from optimizer.analysis.near_optimal.alternatives import alternatives
    from optimizer.analysis.robust.informed import information_value
    from optimizer.analysis.robust.regrets import regret
    from optimizer.analysis.robust.stressed import stress
    from optimizer.analysis.uncertain_inputs.sensitivity import sensitivity

_HOME = {
    "Analysis": "optimizer.analysis.answer",
    "Solves": "optimizer.analysis.answer",
    "View": "optimizer.analysis.answer",
    "additionality": "optimizer.analysis.additional.additionality",
    "alternatives": "optimizer.analysis.near_optimal.alternatives",
    "breakeven": "optimizer.analysis.break_even.break_even",
    "frontier": "optimizer.analysis.frontiers.analysis",
    "information_value": "optimizer.analysis.robust.informed",
    "instruments": "optimizer.analysis.instrument_choice.comparison",
    "read_analysis": "optimizer.analysis.answer",
    "regret": "optimizer.analysis.robust.regrets",
    "sensitivity": "optimizer.analysis.uncertain_inputs.sensitivity",
    "shadow_prices": "optimizer.analysis.marginal.analysis",
    "stress": "optimizer.analysis.robust.stressed",
}
"""Public name → module, loaded when first asked for."""

__all__ = [
    "Analysis",
    "Solves",
    "View",
    "additionality",
    "alternatives",
    "breakeven",
    "frontier",
    "information_value",
    "instruments",
    "read_analysis",
    "regret",
    "sensitivity",
    "shadow_prices",
    "stress",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'optimizer.analysis' has no attribute '{name}'")
    return getattr(import_module(_HOME[name]), name)
