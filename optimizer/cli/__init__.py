"""The command line. Each command is one call of the Python API and one printed answer.

Results go to stdout, progress and messages to stderr. Exit codes: 0 done; 2 wrong usage or inputs; 4 infeasible;
5 stopped without a plan; 6 a breakdown does not sum to its total; 70 a bug; 74 results cannot be written;
130 interrupted; 143 stopped by SIGTERM.
"""

from __future__ import annotations

from optimizer.cli.entry import main

__all__ = ["main"]
