"""What a page is made from: the run, its certificate, where it came from, and what it is set beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from optimizer.figures.shares import share_table
from optimizer.figures.sourcing import receipts_table, sourcing_table
from optimizer.figures.subject import name_of
from optimizer.report.html.sheets import Sheets

if TYPE_CHECKING:
    from optimizer.comparison import Comparison
    from optimizer.results import Solution
    from optimizer.results.reading import Provenance
    from optimizer.verification import Certificate


@dataclass(frozen=True)
class Material:
    """The run, and the tables that the page will hold."""

    solution: Solution
    certificate: Certificate | None
    provenance: Provenance
    comparison: Comparison | None = None
    analyses: Sequence[Any] = ()
    sheets: Sheets = field(default_factory=Sheets)

    @property
    def case(self) -> Any:
        """The case that was solved."""
        return self.solution.case

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """Result tables."""
        return self.solution.tables

    @cached_property
    def sourcing(self) -> pd.DataFrame:
        """Uses by origin."""
        return sourcing_table(self.solution)

    @cached_property
    def shares(self) -> pd.DataFrame:
        """Shares from covered countries."""
        return share_table(self.solution, receipts_table(self.solution))

    def region(self, key: str) -> str:
        """Name of a region."""
        return name_of(self.case, "regions", key)

    def material(self, key: str) -> str:
        """Name of a material."""
        return name_of(self.case, "materials", key)

    def programme(self, key: str) -> str:
        """Full name of a pot, and its key."""
        return f"{self.case.row('programmes', key).name} ({key})"
