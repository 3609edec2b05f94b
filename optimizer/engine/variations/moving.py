"""One problem asked again and again while limits of some rows move: pots, yearly caps, a limit on a measure."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from pyomo.common.log import LoggingIntercept

from optimizer.engine.answers import Answers
from optimizer.engine.cutting_planes import search
from optimizer.engine.decomposed import Decomposed, finished, found_again
from optimizer.engine.extensive import Solved
from optimizer.engine.form import StandardForm
from optimizer.engine.highs import Options
from optimizer.engine.master import Master
from optimizer.engine.progress import Listener
from optimizer.engine.state import Search
from optimizer.errors import SolverError

FloatArray = NDArray[np.float64]


def with_upper_sides(form: StandardForm, sides: Mapping[str, float]) -> StandardForm:
    """The form with other right-hand sides of the rows named, each of them an upper limit."""
    upper = form.row_upper.copy()
    for i, name in enumerate(form.row_names):
        if name in sides:
            upper[i] = sides[name]
    return replace(form, row_upper=upper)


class MovingPlans:
    """Best plans of one problem for other upper limits of the ``moving`` rows (by name).

    All cuts stay; a plan stays where it keeps to the limits, a bound where no limit is wider than those it was proved
    for: ask for the widest limits first. ``x`` is the last plan found, by column of the master.
    """

    def __init__(self, parts: Decomposed, moving: Sequence[str], master: Master | None = None) -> None:
        self.parts, self.moving = parts, tuple(moving)
        self.master = master if master is not None else Master(parts.problem.form, parts.problem.tails)
        self.answers = Answers()
        self.x: FloatArray | None = None

    @property
    def sizes(self) -> dict[str, float]:
        """Present limits of the moving rows."""
        upper = dict(zip(self.parts.problem.form.row_names, self.parts.problem.form.row_upper.tolist(), strict=True))
        return {name: upper[name] for name in self.moving}

    @property
    def last(self) -> FloatArray:
        """The last plan found. Raises SolverError before there is one."""
        if self.x is None:
            raise SolverError("there is no plan yet.")
        return self.x

    def move(self, sizes: Mapping[str, float]) -> None:
        """Set limits of moving rows; those not named stay."""
        form = with_upper_sides(self.parts.problem.form, sizes)
        self.master.resize(form)
        self.parts = replace(self.parts, problem=replace(self.parts.problem, form=form))

    def solve(self, options: Options, listener: Listener | None = None) -> Solved:
        """The best plan for the present limits. Without one: NoPlanError, or KeyboardInterrupt on Ctrl-C."""
        began = time.monotonic()
        sizes = np.array(list(self.sizes.values()))
        with LoggingIntercept(module="pyomo"):
            run = Search(self.parts.problem, self.master, options, listener)
            run.bound, run.certified = self.answers.bound(sizes)
            known = self.answers.plan(self.parts.problem.form)
            if known is None:
                run.start = self.x
            else:
                run.best, run.best_cost = known.x, known.solved.objective
            search(run)
            if np.isfinite(run.bound):
                self.answers.add_bound(sizes, run.bound, run.certified)
            if known is not None and run.best is known.x:
                solved = found_again(self.parts, run, known.solved, began)
            else:
                solved = finished(self.parts, run, began)
                if run.best is not None:
                    self.answers.add_plan(run.best, solved)
        self.x = run.best
        return solved
