"""The integer truth beside the price: plans chosen anew for pots that are a step larger or smaller."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from optimizer.analysis.marginal.pots import limit_of
from optimizer.engine import Solved
from optimizer.engine.variations.moving import MovingPlans
from optimizer.errors import NoPlanError

STEP = 0.1
"""Step of each limit, as a share of it, if none is given."""
SURE = 1e-6
"""musd by which costs must differ to differ."""
COLUMNS = (
    "programme",
    "limit",
    "year",
    "step_musd",
    "size_musd",
    "price_says_musd",
    "kept_saves_musd",
    "plan_saves_musd",
    "least_saved_musd",
    "most_saved_musd",
    "finding",
    "plants_in",
    "plants_out",
)


@dataclass
class ExactSteps:
    """Solves the whole problem for one limit after another; ``rows`` are kept as they are found.

    ``kept`` says what the plan with its yes-or-no decisions kept saves at another limit, musd; None if it is not to be
    had there.
    """

    plans: MovingPlans
    best: Solved
    sizes: dict[str, float]
    prices: dict[str, tuple[float, float]]
    step: float | None
    solve: Callable[[str], Solved]
    kept: Callable[[str, float], float | None]
    rows: list[dict[str, Any]] = field(default_factory=list)

    def ask_all(self) -> Iterator[None]:
        """Fill ``rows``, one at a time; the widest limits first, whose bounds hold for all narrower ones.

        Raises TimeoutError when time is up.
        """
        wide = {row: size + self._step(row) for row, size in self.sizes.items()}
        with suppress(NoPlanError):
            self._at(wide, "all limits a step larger")
        for row in self.sizes:
            self._ask(row, 1.0)
            yield
        for row in self.sizes:
            self._ask(row, -1.0)
            yield

    def _step(self, row: str) -> float:
        return self.step if self.step is not None else max(STEP * self.sizes[row], 1.0)

    def _at(self, sizes: dict[str, float], question: str) -> Solved:
        self.plans.move(self.sizes | sizes)
        try:
            return self.solve(question)
        finally:
            self.plans.move(self.sizes)

    def _ask(self, row: str, sign: float) -> None:
        programme, limit, year = limit_of(row)
        step = sign * min(self._step(row), self.sizes[row] if sign < 0.0 else float("inf"))
        if step == 0.0:
            return
        more, less = self.prices[row]
        words: dict[str, Any] = {
            "programme": programme,
            "limit": limit,
            "year": year,
            "step_musd": step,
            "size_musd": self.sizes[row] + step,
            "kept_saves_musd": self.kept(row, self.sizes[row] + step),
            "price_says_musd": (more if sign > 0.0 else less) * step,
        }
        try:
            found = self._at({row: self.sizes[row] + step}, f"{programme} {limit} {step:+,.1f} musd")
        except NoPlanError as error:
            if not error.infeasible:
                raise TimeoutError from error
            self.rows.append(words | {"finding": "no plan exists"})
            return
        least, most = self.best.bound - found.objective, self.best.objective - found.bound
        # Whatever the gaps leave open: more money never costs anything, and less never saves.
        least, most = (max(least, 0.0), max(most, 0.0)) if sign > 0.0 else (min(least, 0.0), min(most, 0.0))
        before, after = built(self.best), built(found)
        same = least <= SURE and most >= -SURE
        self.rows.append(
            words
            | {
                "plan_saves_musd": self.best.objective - found.objective,
                "least_saved_musd": least,
                "most_saved_musd": most,
                "finding": "no finding: within the gaps" if same else "saves" if sign > 0.0 else "costs",
                "plants_in": "; ".join(sorted(after - before)),
                "plants_out": "; ".join(sorted(before - after)),
            }
        )

    def table(self) -> pd.DataFrame:
        """One row per limit and direction. ``least`` and ``most`` bound what the best plans save."""
        frame = pd.DataFrame(self.rows, columns=list(COLUMNS))
        frame["year"] = pd.Series([row["year"] for row in self.rows], dtype=object)
        return frame


def built(solved: Solved) -> set[str]:
    """Plants that a plan builds."""
    return {str(option[0]) for option, value in solved.outcome.awards["build"].items() if value > 0.5}
