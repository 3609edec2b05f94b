"""The only folder that talks to HiGHS: load with every status checked, solve, read back, never trust."""

from optimizer.engine.highs.export import export
from optimizer.engine.highs.load import TESTED_VERSION, Options, seconds_in_highs, version
from optimizer.engine.highs.mip import RawSolution, solve_form
from optimizer.engine.highs.warm import LpPoint, WarmLp

__all__ = [
    "TESTED_VERSION",
    "LpPoint",
    "Options",
    "RawSolution",
    "WarmLp",
    "export",
    "seconds_in_highs",
    "solve_form",
    "version",
]
