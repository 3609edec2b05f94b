"""Solving: from an instance to a plan with its bound."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optimizer.engine.answers import Answers
    from optimizer.engine.cutting_planes import search
    from optimizer.engine.decomposed import Decomposed, decompose, finished, found_again, solve_cuts
    from optimizer.engine.extensive import Solved, export_extensive, solve_extensive
    from optimizer.engine.highs import Options
    from optimizer.engine.master import Master
    from optimizer.engine.progress import Listener, Progress, relative_gap
    from optimizer.engine.revise import RebuildReason, differ_in_pots_only, pot_sizes, resized, revised
    from optimizer.engine.state import Search, Step
    from optimizer.engine.values import Outcome

_HOME = {
    "Answers": "optimizer.engine.answers",
    "Decomposed": "optimizer.engine.decomposed",
    "Listener": "optimizer.engine.progress",
    "Master": "optimizer.engine.master",
    "Options": "optimizer.engine.highs",
    "Outcome": "optimizer.engine.values",
    "Progress": "optimizer.engine.progress",
    "RebuildReason": "optimizer.engine.revise",
    "Search": "optimizer.engine.state",
    "Solved": "optimizer.engine.extensive",
    "Step": "optimizer.engine.state",
    "decompose": "optimizer.engine.decomposed",
    "differ_in_pots_only": "optimizer.engine.revise",
    "export_extensive": "optimizer.engine.extensive",
    "finished": "optimizer.engine.decomposed",
    "found_again": "optimizer.engine.decomposed",
    "pot_sizes": "optimizer.engine.revise",
    "relative_gap": "optimizer.engine.progress",
    "resized": "optimizer.engine.revise",
    "revised": "optimizer.engine.revise",
    "search": "optimizer.engine.cutting_planes",
    "solve_cuts": "optimizer.engine.decomposed",
    "solve_extensive": "optimizer.engine.extensive",
}
"""Public name → module. Loaded when first asked for: a process that solves futures needs neither Pyomo nor pandas."""

__all__ = [
    "Answers",
    "Decomposed",
    "Listener",
    "Master",
    "Options",
    "Outcome",
    "Progress",
    "RebuildReason",
    "Search",
    "Solved",
    "Step",
    "decompose",
    "differ_in_pots_only",
    "export_extensive",
    "finished",
    "found_again",
    "pot_sizes",
    "relative_gap",
    "resized",
    "revised",
    "search",
    "solve_cuts",
    "solve_extensive",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'optimizer.engine' has no attribute '{name}'")
    return getattr(import_module(_HOME[name]), name)
