"""Solving: from an instance to a plan with its bound."""

from optimizer.engine.cutting_planes import Step
from optimizer.engine.decomposed import solve_cuts
from optimizer.engine.extensive import Solved, export_extensive, solve_extensive
from optimizer.engine.highs import Options
from optimizer.engine.progress import Listener, Progress, relative_gap
from optimizer.engine.values import Outcome

__all__ = [
    "Listener",
    "Options",
    "Outcome",
    "Progress",
    "Solved",
    "Step",
    "export_extensive",
    "relative_gap",
    "solve_cuts",
    "solve_extensive",
]
