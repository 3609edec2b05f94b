"""Solving: from an instance to a plan with its bound."""

from optimizer.engine.extensive import Solved, solve_extensive
from optimizer.engine.highs import Options
from optimizer.engine.progress import Listener, Progress, relative_gap
from optimizer.engine.values import Outcome

__all__ = ["Listener", "Options", "Outcome", "Progress", "Solved", "relative_gap", "solve_extensive"]
