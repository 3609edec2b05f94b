"""A made-up solution with every table the terminal report reads."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

SITUATIONS = [(condition, plan) for condition in ("calm", "embargo") for plan in ("with", "without")]


def small_tables() -> dict[str, pd.DataFrame]:
    """One floor contract on an oxide plant, one magnet plant on equity alone, one stockpile."""
    blank = {"contract": "", "instrument": "", "programme": "", "strike_usd_per_kg": None, "volume_t_per_year": None}
    blank |= {"tenor_years": None, "upside_share": None, "expected_payment_musd": 0.0, "p95_payment_musd": 0.0}
    blank |= {"worst_payment_musd": 0.0}
    awards = [
        {
            "plant": "oxide-west", "region": "us", "stage": "separation", "start_year": 2028,
            "contract": "oxide-floor", "instrument": "floor", "strike_usd_per_kg": 110.0, "volume_t_per_year": 6075.0,
            "tenor_years": 10, "upside_share": 0.3, "grant_musd": 0.0, "equity_musd": 400.0, "loan_musd": 150.0,
            "debt_musd": 1234.5, "programmes": "equity-pot 400.0; loan-pot 150.0", "route": "supported",
            "programme": "floor-pot", "capex_musd": 2000.0, "sponsor_musd": 215.5, "expected_npv_musd": 61.25,
            "tail_npv_musd": -107.75, "expected_payment_musd": 812.3, "p95_payment_musd": 1999.9,
            "worst_payment_musd": 3456.7,
        },
        {
            "plant": "magnet-[east]", "region": "japan", "stage": "magnet", "start_year": 2030, **blank,
            "grant_musd": 0.0, "equity_musd": 0.0, "loan_musd": 0.0, "debt_musd": 0.0, "programmes": "",
            "route": "private", "capex_musd": 80.0, "sponsor_musd": 80.0, "expected_npv_musd": 5.0,
            "tail_npv_musd": -9.0,
        },
    ]  # fmt: skip
    tonnes = {"china": (90.0, 99.0, 20.0, 30.0), "us": (9.0, 0.5, 60.0, 0.5), "japan": (1.0, 0.5, 1.0, 0.5)}
    supply = [
        {"material": "magnet", "year": year, "condition": condition, "plan": plan, "origin": origin, "supply_t": t}
        for year in (2029, 2030)
        for origin, amounts in tonnes.items()
        for (condition, plan), t in zip(SITUATIONS, amounts, strict=True)
    ]
    shortfall = [
        {"material": "magnet", "year": year, "condition": condition, "plan": plan, "segment": "defence",
         "demand_t": 200.0, "shortfall_t": missing}
        for year in (2029, 2030)
        for (condition, plan), missing in zip(SITUATIONS, (0.0, 0.0, 5.0, 50.0), strict=True)
    ]  # fmt: skip
    return {
        "awards": pd.DataFrame(awards),
        "private_entry": pd.DataFrame({"plant": ["recycler"]}),
        "programmes": pd.DataFrame(
            [["equity-pot", 400.0, 400.0, 400.0, 400.0, 400.0], ["floor-pot", 2600.0, 2100.4, 812.3, 1999.9, 3456.7]],
            columns=["programme", "budget_musd", "scored_musd", "expected_musd", "p95_musd", "worst_musd"],
        ),
        "stockpile": pd.DataFrame(
            [["nds", "magnet", 2026, 0.0, 100.0], ["nds", "magnet", 2027, 700.0, 800.0],
             ["nds", "magnet", 2028, 700.0, 1500.0]],
            columns=["stockpile", "material", "year", "purchase_t", "stock_t"],
        ),
        "supply": pd.DataFrame(supply),
        "shortfall": pd.DataFrame(shortfall),
        "comparison": pd.DataFrame(
            [["expected shortage cost", "musd", 900.0, 250.0], ["oxide from covered countries", "share", 0.75, 0.5]],
            columns=["measure", "unit", "without_plan", "with_plan"],
        ),
        "breakdown": pd.DataFrame({"term": ["capex", "imports", "shortage"], "musd": [1000.0, 11000.25, 345.25]}),
    }  # fmt: skip


@dataclass
class SmallSolution:
    """Stands where a solution would."""

    case_name: str = "small"
    title: str = "Two plants, one embargo"
    sources: dict[str, int] = field(default_factory=lambda: {"judgement": 4, "A": 3})
    termination: str = "gap_reached"
    objective_musd: float = 12345.5
    bound_musd: float | None = 12339.25
    gap: float | None = 0.000506
    seconds: float = 12.34
    interrupted: bool = False
    certificate: Any = None
    case: Any = None
    run: dict[str, Any] = field(
        default_factory=lambda: {"bound_from": "HiGHS (not certified)", "bound_certified_musd": 12001.5}
    )
    tables: dict[str, pd.DataFrame] = field(default_factory=small_tables)

    @property
    def breakdown(self) -> dict[str, float]:
        """Term to musd."""
        return dict(zip(self.tables["breakdown"]["term"], self.tables["breakdown"]["musd"], strict=True))

    def to_json(self) -> dict[str, Any]:
        """A plain object."""
        return {"case": self.case_name, "objective_musd": self.objective_musd, "breakdown": self.breakdown}

    def write(self, folder: Path) -> None:
        """One file."""
        folder.mkdir(parents=True)
        (folder / "solution.json").write_text(json.dumps(self.to_json()))
