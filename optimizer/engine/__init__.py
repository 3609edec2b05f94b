"""Solving: from an instance to a plan with its bound."""

from optimizer.engine.cutting_planes import Search, Step, search
from optimizer.engine.decomposed import Decomposed, decompose, finished, solve_cuts
from optimizer.engine.extensive import Solved, export_extensive, solve_extensive
from optimizer.engine.highs import Options
from optimizer.engine.master import Master
from optimizer.engine.progress import Listener, Progress, relative_gap
from optimizer.engine.revise import RebuildReason, revised
from optimizer.engine.values import Outcome

__all__ = [
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
    "export_extensive",
    "finished",
    "relative_gap",
    "revised",
    "search",
    "solve_cuts",
    "solve_extensive",
]
