"""Solving: from an instance to a plan with its bound."""

from optimizer.engine.answers import Answers
from optimizer.engine.cutting_planes import search
from optimizer.engine.decomposed import Decomposed, decompose, finished, solve_cuts
from optimizer.engine.extensive import Solved, export_extensive, solve_extensive
from optimizer.engine.highs import Options
from optimizer.engine.master import Master
from optimizer.engine.progress import Listener, Progress, relative_gap
from optimizer.engine.revise import RebuildReason, differ_in_pots_only, pot_sizes, resized, revised
from optimizer.engine.state import Search, Step
from optimizer.engine.values import Outcome

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
    "pot_sizes",
    "relative_gap",
    "resized",
    "revised",
    "search",
    "solve_cuts",
    "solve_extensive",
]
