"""The best plan of an instance, and the best plans of others that differ from it in some numbers."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from pyomo.common.log import LoggingIntercept

from optimizer.engine.cutting_planes import search
from optimizer.engine.decomposed import decompose, finished
from optimizer.engine.extensive import Solved
from optimizer.engine.highs import Options
from optimizer.engine.master import Master
from optimizer.engine.oracles.cuts import Cut
from optimizer.engine.progress import Listener
from optimizer.engine.revise import revised
from optimizer.engine.state import Search
from optimizer.errors import SolverError
from optimizer.instance import Instance, check_finite


@dataclass(frozen=True)
class Begun:
    """What a first search leaves for others, in this process or another: its answer, its plan as columns, its cuts."""

    solved: Solved
    x: NDArray[np.float64]
    cuts: tuple[Cut, ...]


class Replans:
    """The best plan of an instance, and answers to other instances that each begin from it.

    Every question starts from the first plan and from the cuts that still hold, never from the question before: so the
    first plan is kept wherever the search finds none that is cheaper, and answers do not depend on the order asked.
    ``begun`` is what a search of the very same instance has left; without it the search is made.

    Raises NoPlanError if the instance has no plan, KeyboardInterrupt if the search is interrupted.
    """

    def __init__(
        self, instance: Instance, options: Options, listener: Listener | None = None, begun: Begun | None = None
    ) -> None:
        self._options = options
        with LoggingIntercept(module="pyomo"):
            check_finite(instance)
            began = time.monotonic()
            self._parts = decompose(instance)
            self._master = Master(self._parts.problem.form, self._parts.problem.tails)
            if begun is None:
                run = Search(self._parts.problem, self._master, options, listener)
                search(run)
                if run.termination == "interrupted":
                    raise KeyboardInterrupt
                solved = finished(self._parts, run, began)
                if run.best is None:
                    raise SolverError("the search ended without a plan.")
                begun = Begun(solved, run.best, tuple(self._master.pool))
            else:
                self._master.keep(list(begun.cuts))
            self.begun = begun

    def at(self, instance: Instance, time_limit: float) -> Solved:
        """The best plan of another instance, within ``time_limit`` seconds. Raises what the constructor raises."""
        with LoggingIntercept(module="pyomo"):
            check_finite(instance)
            began = time.monotonic()
            parts, master, _ = revised(self._parts, self._master, instance)
            run = Search(parts.problem, master, replace(self._options, time_limit=time_limit))
            names = [column.name for column in parts.problem.form.columns]
            if names == [column.name for column in self._parts.problem.form.columns]:
                run.start = self.begun.x
            search(run)
            if run.termination == "interrupted":
                raise KeyboardInterrupt
            return finished(parts, run, began)
