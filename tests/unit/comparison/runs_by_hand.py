"""Runs written down by hand on the small case: no solver has seen them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from optimizer.comparison.subject import COLUMNS
from optimizer.data import Case
from optimizer.results import Solution
from tests.small_case import small_case


def award(plant: str, **values: Any) -> dict[str, Any]:
    """A row of awards: a supported plant from 2028 without a contract."""
    row = dict.fromkeys(COLUMNS["awards"].split())
    money = {name: 0.0 for name in row if name.endswith("_musd")}
    return {**row, **money, "plant": plant, "start_year": 2028, "route": "supported", "capex_musd": 300.0, **values}


FLOOR = {
    "contract": "oxide_floor",
    "instrument": "floor",
    "programme": "us_pot",
    "strike_usd_per_kg": 90.0,
    "volume_t_per_year": 1000.0,
    "tenor_years": 10.0,
    "upside_share": 0.3,
    "expected_payment_musd": 40.0,
    "p95_payment_musd": 120.0,
    "worst_payment_musd": 200.0,
}


def tables(**given: list[dict[str, Any]]) -> dict[str, pd.DataFrame]:
    """Result tables: costs of 900 and an outlay of 50 at a weight of 0.2, a covered share of 80 % in 2026 and 60 % in
    2027, civil demand unmet by 100 t of 4,000 t in embargoes, no stock."""
    rows: dict[str, list[dict[str, Any]]] = {
        "awards": [award("us_oxide", **FLOOR)],
        "financing": [],
        "programmes": [pot()],
        "breakdown": [term("imports", 900.0), term("net_outlay", 50.0, 0.2)],
        "stockpile": [
            {"stockpile": "magnet_stock", "material": "magnet", "year": year, "purchase_t": 0.0, "cost_musd": 0.0,
             "stock_t": 0.0}
            for year in (2026, 2027)
        ],
        "supply": supply({2026: (80.0, 20.0), 2027: (180.0, 120.0)}),
        "shortfall": [
            {"plan": "with", "condition": "embargo", "segment": "civil", "material": "magnet", "year": year,
             "demand_t": 2000.0, "shortfall_t": 50.0}
            for year in (2026, 2027)
        ],
        "supply_costs": [
            {"future": "calm", "term": "imports", "musd": 800.0},
            {"future": "ban", "term": "imports", "musd": 700.0},
            {"future": "ban", "term": "shortage", "musd": 300.0},
        ],
        "unmet": [
            {"future": "ban", "segment": "civil", "material": "magnet", "t_per_year": 60.0},
            {"future": "ban", "segment": "civil", "material": "magnet", "t_per_year": 70.0},
        ],
        **given,
    }  # fmt: skip
    return {name: pd.DataFrame(rows[name], columns=columns.split()) for name, columns in COLUMNS.items()}


def pot(**values: float) -> dict[str, Any]:
    """The row of the pot."""
    figures = {"budget_musd": 400.0, "scored_musd": 60.0, "left_musd": 340.0, "expected_musd": 50.0, "p95_musd": 120.0}
    return {"programme": "us_pot", **figures, "worst_musd": 200.0, "expected_net_musd": 50.0, **values}


def term(name: str, amount: float, weight: float = 1.0) -> dict[str, Any]:
    """A term of the objective."""
    return {"term": name, "weight": weight, "unweighted_musd": amount, "musd": weight * amount}


def supply(tonnes: dict[int, tuple[float, float]]) -> list[dict[str, Any]]:
    """Magnets in calm years, tonnes from china and from the us; china alone without the plan."""
    return [
        {"plan": plan, "condition": "calm", "material": "magnet", "year": year, "origin": origin, "supply_t": amount}
        for year, (china, us) in tonnes.items()
        for plan, origin, amount in (("with", "china", china), ("with", "us", us), ("without", "china", china + us))
    ]


def run(
    objective: float = 910.0, bound: float = 900.0, case: Case | None = None, **given: list[dict[str, Any]]
) -> Solution:
    """A solution that holds these tables and nothing else."""
    return Solution(
        case_name="small",
        title="",
        termination="gap_reached",
        objective_musd=objective,
        bound_musd=bound,
        gap=(objective - bound) / objective,
        seconds=1.0,
        breakdown={},
        tables=tables(**given),
        sources={},
        case=case or small_case(),
    )
