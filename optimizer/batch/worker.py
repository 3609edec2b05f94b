"""A process that solves runs one after another, and says how each ended."""

from __future__ import annotations

import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from optimizer.api import solve
from optimizer.batch.ledger import DONE, Outcome
from optimizer.batch.runs import Run, SolveOptions
from optimizer.data import Case
from optimizer.errors import CaseError, ModelError, NoPlanError, OptimizerError, SettingError
from optimizer.live import LiveCase
from optimizer.whatif import apply

RECYCLED_AFTER = 200
"""Runs after which a live case is begun anew, so that what it keeps does not grow for ever."""


@dataclass
class Solver:
    """Solves runs of one case and writes each into ``folder``/id. Between runs, what stays valid is kept."""

    case: Case
    folder: Path
    options: SolveOptions
    _live: LiveCase | None = None
    _asked: int = 0

    def outcome(self, run: Run, *, cold: bool = False) -> Outcome:
        """Solve one run and write it; how it ended. ``cold`` keeps nothing from the runs before."""
        began = time.monotonic()
        warm = False
        try:
            case = apply(self.case, run.changes)
            if self.options.cold or cold:
                solution = solve(case, gap=self.options.gap, time_limit=self.options.time_limit, method="cuts")
            else:
                if self._live is None or self._asked >= RECYCLED_AFTER:
                    self._live, self._asked = LiveCase(case), 0
                warm, self._asked = self._asked > 0, self._asked + 1
                solution = self._live.solve(case, gap=self.options.gap, time_limit=self.options.time_limit)
            solution.write(self.folder / run.id)
        except (CaseError, SettingError, ModelError) as error:
            return Outcome("refused", seconds=time.monotonic() - began, message=str(error))
        except NoPlanError as error:
            status = "infeasible" if error.infeasible else "no plan"
            return Outcome(status, seconds=time.monotonic() - began, warm=warm, message=str(error))
        except OptimizerError as error:
            return Outcome("failed", seconds=time.monotonic() - began, warm=warm, message=str(error))
        except Exception as error:
            # A bug costs this run and none of the others.
            self._live = None
            words = " ".join(f"{type(error).__name__}: {error}".split())
            return Outcome("failed", seconds=time.monotonic() - began, warm=warm, message=words)
        return Outcome(
            DONE,
            solution.termination,
            solution.objective_musd,
            solution.bound_musd,
            solution.gap,
            time.monotonic() - began,
            warm,
        )


def work(line: Connection, case: Case, folder: Path, options: SolveOptions) -> None:
    """Take (run, cold) from ``line`` and send (id, outcome) back, until it is closed."""
    # Ctrl-C reaches every process of the terminal; the parent alone decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    solver = Solver(case, folder, options)
    with suppress(EOFError, OSError):
        while True:
            run, cold = line.recv()
            line.send((run.id, solver.outcome(run, cold=cold)))
