"""What earlier searches of the same case have found and proved, where nothing but the sizes of pots differed."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from optimizer.engine.extensive import TOLERANCE, Solved
from optimizer.engine.form import StandardForm, check_point

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class KnownPlan:
    """A plan as columns of the master, and as it was reported."""

    x: FloatArray
    solved: Solved


@dataclass
class Answers:
    """Plans found, and what was proved for pots of which sizes: (sizes, bound, part of it certified), musd."""

    plans: list[KnownPlan] = field(default_factory=list)
    bounds: list[tuple[FloatArray, float, float]] = field(default_factory=list)

    def add_plan(self, x: FloatArray, solved: Solved) -> None:
        """Keep a plan."""
        self.plans.append(KnownPlan(x, solved))

    def add_bound(self, sizes: FloatArray, bound: float, certified: float) -> None:
        """Keep a bound, and the part of it that is certified, which hold for pots of these ``sizes``."""
        self.bounds.append((sizes, bound, certified))

    def bound(self, sizes: FloatArray) -> tuple[float, float]:
        """The best known bound and the best certified. A plan within smaller pots is one within larger: what bounds
        these bounds those.

        >>> known = Answers(bounds=[(np.array([400.0, 30.0]), 7.0, 6.0), (np.array([200.0, 30.0]), 9.0, 5.0)])
        >>> known.bound(np.array([300.0, 10.0])), known.bound(np.array([200.0, 40.0]))
        ((7.0, 6.0), (-inf, -inf))
        """
        valid = [(bound, certified) for looser, bound, certified in self.bounds if np.all(sizes <= looser)]
        bounds, certified = zip(*valid, strict=True) if valid else ((-np.inf,), (-np.inf,))
        return max(bounds), max(certified)

    def plan(self, form: StandardForm) -> KnownPlan | None:
        """The cheapest known plan that keeps to every row of ``form``."""
        for known in sorted(self.plans, key=lambda known: known.solved.objective):
            if check_point(form, known.x) <= TOLERANCE:
                return known
        return None
