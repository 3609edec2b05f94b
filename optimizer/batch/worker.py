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
from optimizer.results.store import replace_folder
from optimizer.whatif import apply

RECYCLED_AFTER = 200
"""Runs after which a live case is begun anew, so that what it keeps does not grow for ever."""


@dataclass
class Solver:
    """Solves runs of one case. Between runs, what stays valid is kept."""

    case: Case
    options: SolveOptions
    _live: LiveCase | None = None
    _asked: int = 0

    def outcome(self, run: Run, folder: Path, *, cold: bool = False) -> Outcome:
        """Solve one run and write it into ``folder``/id; how it ended."""
        outcome, files = self.solved(run, cold=cold)
        if files is not None:
            try:
                replace_folder(folder / run.id, files)
            except OptimizerError as error:
                return Outcome("failed", seconds=outcome.seconds, warm=outcome.warm, message=str(error))
        return outcome

    def solved(self, run: Run, *, cold: bool = False) -> tuple[Outcome, dict[str, bytes] | None]:
        """Solve one run: how it ended, and the files of its folder if there is a plan. ``cold`` keeps nothing."""
        began = time.monotonic()
        warm = False

        def ended(status: str, error: Exception | str) -> tuple[Outcome, None]:
            return Outcome(status, seconds=time.monotonic() - began, warm=warm, message=str(error)), None

        try:
            case = apply(self.case, run.changes)
            if self.options.cold or cold:
                solution = solve(case, gap=self.options.gap, time_limit=self.options.time_limit, method="cuts")
            else:
                if self._live is None or self._asked >= RECYCLED_AFTER:
                    self._live, self._asked = LiveCase(case), 0
                warm, self._asked = self._asked > 0, self._asked + 1
                solution = self._live.solve(case, gap=self.options.gap, time_limit=self.options.time_limit, verify=True)
            seconds = time.monotonic() - began
            # Half of what making a small plan's files takes is CSV: ``runs export`` writes that.
            files = solution.folder_files(as_csv=False)
        except (CaseError, SettingError, ModelError) as error:
            return ended("refused", error)
        except NoPlanError as error:
            return ended("infeasible" if error.infeasible else "no plan", error)
        except OptimizerError as error:
            return ended("failed", error)
        except Exception as error:
            # A bug costs this run and none of the others.
            self._live = None
            return ended("failed", " ".join(f"{type(error).__name__}: {error}".split()))
        figures = (solution.termination, solution.objective_musd, solution.bound_musd, solution.gap)
        return Outcome(DONE, *figures, seconds, warm), files


def work(line: Connection, case: Case, folder: Path, options: SolveOptions) -> None:
    """Take (run, cold) from ``line`` and send (id, outcome) back, until it is closed."""
    # Ctrl-C reaches every process of the terminal; the parent alone decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    solver = Solver(case, options)
    with suppress(EOFError, OSError):
        while True:
            run, cold = line.recv()
            line.send((run.id, solver.outcome(run, folder, cold=cold)))
