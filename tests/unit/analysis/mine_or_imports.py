"""A mine or imports: a case whose costs are sums on a scrap of paper.

The us needs 1 kt of oxide in each of 2026 to 2029. China sells it at 30 USD/kg (0.6 of a price of 50 that never moves)
and freight is f = 10, so a year of imports costs 30 + f = 40 musd. A mine may start in 2027 and then makes 1 kt a year
until 2029 at 20 USD/kg, for a capex of C = 50 musd. Nothing is discounted. So, in musd,

    with the mine      (30 + f) + 3 × 20 + C = 150
    without it         4 × (30 + f)          = 160

The sponsor earns 3 × (50 − 20) − C = 90 − C at a hurdle rate of nothing, so it builds for any C up to 90.
Ranges: C from 40 to 80, f from 6 to 14, and the sponsor's loss limit, on which no cost depends.
"""

from __future__ import annotations

from typing import Any

from optimizer.data import Case

JUDGED = {"source": "judgement", "grade": "judgement"}
SOURCED = {"source": "manual", "grade": "B"}


def settings() -> dict[str, Any]:
    """Settings: no discounting, no spread of prices, plans found to a ten-thousandth of a musd."""
    return {
        "case": {"name": "mine-or-imports", "title": "A mine or imports", "question": "Which?", "price_year": 2026},
        "horizon": {"first_year": 2026, "last_year": 2029},
        "rates": {"social": 0.0, "public": 0.0},
        "viability": {"private_entry": False},
        "scenarios": {"seed": 1, "paths": 4, "futures": 1},
        "solve": {"gap": 1e-6},
    }


def tables(**mine: Any) -> dict[str, list[dict[str, Any]]]:
    """Tables; ``mine`` replaces cells of the mine."""
    return {
        "regions": [
            {"region": "us", "name": "United States", "covered": False, "bloc": "allied", **JUDGED},
            {"region": "china", "name": "China", "covered": True, "bloc": "covered", **JUDGED},
        ],
        "materials": [
            {
                "material": "oxide", "name": "Oxide", "stage": "separated", "basis": "t oxide",
                "price_series": "oxide_price", "origin_tracked": False, **JUDGED,
            }
        ],
        "plants": [
            {
                "plant": "mine", "name": "Mine", "region": "us", "stage": "separated", "product": "oxide",
                "status": "candidate", "capacity_t_per_year": 1000.0, "capex_musd": 50.0, "capex_musd_low": 40.0,
                "capex_musd_high": 80.0, "build_years": 1, "start_years": (2027,), "life_years": 3, "ramp": "at_once",
                "opex_usd_per_kg": 20.0, "reserve_t": None, "compliant": True, "hurdle_rate": 0.0,
                "loss_limit_share": 0.5, "loss_limit_share_low": 0.4, "loss_limit_share_high": 0.6, **JUDGED, **mine,
            }
        ],
        "ramps": [{"ramp": "at_once", "operating_year": 1, "share": 1.0, **JUDGED}],
        "suppliers": [
            {
                "supplier": "china_oxide", "step": 1, "region": "china", "material": "oxide",
                "quantity_t_per_year": 5000.0, "price_factor": 0.6, **JUDGED,
            }
        ],
        "demand": [
            {
                "region": "us", "segment": "civil", "material": "oxide", "base_t_per_year": 1000.0,
                "growth_per_year": 0.0, "shortage_cost_usd_per_kg": 500.0, "accepts": "any",
                "compliant_from_year": None, **JUDGED,
            }
        ],
        "lanes": [
            {
                "from_region": "china", "to_region": "us", "material": "oxide", "freight_usd_per_kg": 10.0,
                "freight_usd_per_kg_low": 6.0, "freight_usd_per_kg_high": 14.0, "capacity_t_per_year": 5000.0,
                **SOURCED,
            }
        ],
        "price_series": [
            {
                "series": "oxide_price", "name": "Oxide", "kind": "process", "start_usd_per_kg": 50.0,
                "long_run_usd_per_kg": 50.0, "volatility_per_year": 0.0, **JUDGED,
            }
        ],
        "sources": [{"source": "manual", "title": "A manual", "address": "", "date": "2026", "note": ""}],
    }  # fmt: skip


def mine_or_imports(**mine: Any) -> Case:
    """The case; ``mine`` replaces cells of the mine."""
    return Case.from_tables(settings(), tables(**mine))
