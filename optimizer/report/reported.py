"""What the reports read of a solution, so that anything of that shape can be reported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import pandas as pd

from optimizer.data import Case


class Certified(Protocol):
    """What the report reads of a certificate."""

    @property
    def line(self) -> str:
        """The certificate in one line."""


class ReportedSolution(Protocol):
    """What the report reads of a solution."""

    @property
    def case_name(self) -> str:
        """Name of the case."""

    @property
    def title(self) -> str:
        """Title of the case."""

    @property
    def termination(self) -> str:
        """Why the search stopped."""

    @property
    def objective_musd(self) -> float:
        """Objective of the plan, musd."""

    @property
    def bound_musd(self) -> float | None:
        """No plan can be better than this, musd."""

    @property
    def gap(self) -> float | None:
        """Relative distance of objective and bound."""

    @property
    def seconds(self) -> float:
        """Time taken."""

    @property
    def run(self) -> Mapping[str, Any]:
        """Sizes, seed and versions behind the numbers, and where the bound comes from."""

    @property
    def sources(self) -> Mapping[str, int]:
        """Grade of evidence to number of input rows."""

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """Results as tidy tables."""

    @property
    def case(self) -> Case | None:
        """The case that was solved, if it is known."""

    @property
    def certificate(self) -> Certified | None:
        """What came of working the plan out again."""
