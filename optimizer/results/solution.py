"""What a solve returns: why it stopped, how good the plan is, and tidy tables."""

from __future__ import annotations

import html
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from optimizer.results.store import write_tables

JSON_TABLES = ("programmes", "stockpile", "supply", "shortfall", "comparison", "private_entry", "candidates")


@dataclass(frozen=True)
class Solution:
    """A plan and everything said about it.

    ``termination`` says why the search stopped: gap_reached, time_limit or interrupted. ``objective_musd`` is the
    weighted cost of the plan, ``bound_musd`` a lower bound on the cost of any plan, ``gap`` their relative distance.
    ``report`` is the trace of the search, one row per iteration of the cutting-plane method: phase, iteration,
    bound_musd, incumbent_musd, gap, cuts, seconds.
    ``breakdown`` maps each term to its weighted share of the objective (musd) and sums to it. ``tables`` holds the
    tidy tables named in ``optimizer.results``; ``run`` the sizes, seed and versions behind the numbers.
    """

    case_name: str
    title: str
    termination: str
    objective_musd: float
    bound_musd: float
    gap: float
    seconds: float
    breakdown: dict[str, float]
    tables: dict[str, pd.DataFrame]
    sources: dict[str, int]
    run: dict[str, Any] = field(default_factory=dict)
    report: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def interrupted(self) -> bool:
        """Whether the search was stopped from outside; the plan is the best found until then."""
        return self.termination == "interrupted"

    def to_json(self) -> dict[str, Any]:
        """The solution as one object of plain numbers, strings, lists and dicts; absent values are None."""
        out: dict[str, Any] = {
            "case": self.case_name,
            "termination": self.termination,
            "objective_musd": self.objective_musd,
            "bound_musd": self.bound_musd if math.isfinite(self.bound_musd) else None,
            "gap": self.gap if math.isfinite(self.gap) else None,
            "seconds": self.seconds,
            "breakdown": self.breakdown,
            "awards": [_award(row) for row in _records(self.tables["awards"])],
        }
        for name in JSON_TABLES:
            if name in self.tables:
                out[name] = _records(self.tables[name])
        out["sources"] = self.sources
        out["run"] = self.run
        return out

    def write(self, folder: str | Path) -> None:
        """Write ``solution.json`` and every table (CSV and Parquet) into a folder. Raises OutputError."""
        write_tables(Path(folder), self.tables, self.to_json())

    def _repr_html_(self) -> str:
        awards = self.tables["awards"][
            [
                "plant",
                "start_year",
                "route",
                "contract",
                "strike_usd_per_kg",
                "volume_t_per_year",
                "grant_musd",
                "equity_musd",
                "loan_musd",
            ]
        ]
        return (
            f"<h4>{html.escape(self.title)}</h4><p>{self.objective_musd:,.1f} musd, no plan below "
            f"{self.bound_musd:,.1f} musd (gap {self.gap:.3%}; {html.escape(self.termination.replace('_', ' '))})</p>"
            + awards.to_html(index=False, float_format=lambda x: f"{x:,.1f}", na_rep="")
        )


def _award(row: dict[str, Any]) -> dict[str, Any]:
    amounts = {}
    for part in (row.pop("programmes") or "").split("; "):
        name, _, amount = part.rpartition(" ")
        if name:
            amounts[name] = float(amount)
    return {**row, "programme_amounts_musd": amounts}


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    plain = frame.astype(object).where(frame.notna(), None)
    return [{str(k): _plain(v) for k, v in row.items()} for row in plain.to_dict(orient="records")]


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value
