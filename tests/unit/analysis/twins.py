"""A case whose near-optimal plans are known by hand: two plants that are alike, and one that nothing can replace.

Money in musd, mass in kt, nothing is discounted (all rates 0). Horizon 2026 to 2029; the plants run from 2027, three
years of it, and live for ten, so that three tenths of their capital count.

- Magnets: 1 kt a year is wanted in the us. From china they cost 100 a year. ``twin_us`` and ``twin_japan`` (1 kt a
  year, capital 100, 50 a year at full output, nothing to ship) are the same but for their names and regions. One twin:
  100 (imports of 2026) + 3 × 50 + 0.3 × 100 = 280. None: 4 × 100 = 400. Both: 280 + 30 = 310.
- Metal: 0.1 kt a year, sold by nobody. A shortage costs 0.1 × 200 = 20 in 2026; from 2027 all must be served.
  ``smelter`` (capital 50, 0.1 × 10 = 1 a year): 20 + 0.3 × 50 + 3 × 1 = 38. Without it there is no plan.

The best plan is smelter and one twin, at 318; with both twins 348 (9.4 % more); with none 438 (37.7 % more). No plant
needs support: prices are 100 and 500 USD/kg in every year.
"""

from __future__ import annotations

from typing import Any

from optimizer.data import Case
from tests.small_case import small_settings, small_tables

BEST, BOTH = 318.0, 348.0
_EVIDENCE = {"source": "judgement", "grade": "judgement"}


def twins(*, metal_served: bool = True, metal_shortage: float = 200.0, china_price_factor: float = 1.0) -> Case:
    """The case of the twins; ``metal_served`` keeps the hard target, ``metal_shortage`` in USD/kg.

    Imports cost ``china_price_factor`` times the reference price.
    """
    settings = small_settings()
    settings["case"] |= {"name": "twins", "title": "Two alike and one apart"}
    settings["horizon"] = {"first_year": 2026, "last_year": 2029}
    settings["rates"] = {"social": 0.0, "public": 0.0}
    settings["scenarios"] = {"seed": 1, "paths": 2, "futures": 1}
    settings["viability"] = {"private_entry": False}
    settings["solve"] = {"gap": 1e-6}
    kept = {"materials", "sources"}
    tables: dict[str, list[dict[str, Any]]] = {name: rows for name, rows in small_tables().items() if name in kept}
    for row, name in zip(tables["materials"], ("metal", "magnet"), strict=True):
        row |= {"material": name, "price_series": f"{name}_price", "origin_tracked": False}
    tables["regions"] = [
        {"region": "us", "name": "United States", "covered": False, "bloc": "allied"},
        {"region": "japan", "name": "Japan", "covered": False, "bloc": "allied"},
        {"region": "china", "name": "China", "covered": True, "bloc": "covered"},
    ]
    tables["plants"] = [
        _plant("twin_us", "us", "magnet", 1000.0, 100.0, 50.0),
        _plant("twin_japan", "japan", "magnet", 1000.0, 100.0, 50.0),
        _plant("smelter", "us", "metal", 100.0, 50.0, 10.0),
    ]
    tables["ramps"] = [{"ramp": "at_once", "operating_year": 1, "share": 1.0}]
    tables["suppliers"] = [
        {
            "supplier": "china_magnets",
            "step": 1,
            "region": "china",
            "material": "magnet",
            "quantity_t_per_year": 5000.0,
            "price_factor": china_price_factor,
        }
    ]
    tables["demand"] = [_demand("magnet", 1000.0, 300.0), _demand("metal", 100.0, metal_shortage)]
    tables["lanes"] = [
        {
            "from_region": origin,
            "to_region": "us",
            "material": "magnet",
            "freight_usd_per_kg": 0.0,
            "capacity_t_per_year": 5000.0,
        }
        for origin in ("china", "japan")
    ]
    tables["price_series"] = [_price("magnet_price", 100.0), _price("metal_price", 500.0)]
    tables["targets"] = [
        {
            "target": "metal_served",
            "kind": "service_level",
            "region": "us",
            "material": "metal",
            "origin": None,
            "segment": "civil",
            "futures": "all",
            "first_year": 2027,
            "last_year": 2029,
            "level": 1.0,
            "mode": "hard",
            "price_usd_per_kg": None,
        }
    ]
    if not metal_served:
        del tables["targets"]
    for name, rows in tables.items():
        for row in rows:
            row.update({} if name == "sources" else _EVIDENCE)
    return Case.from_tables(settings, tables)


def _plant(name: str, region: str, product: str, capacity: float, capex: float, opex: float) -> dict[str, Any]:
    return {
        "plant": name,
        "name": name,
        "region": region,
        "stage": "magnet" if product == "magnet" else "metal",
        "product": product,
        "status": "candidate",
        "capacity_t_per_year": capacity,
        "capex_musd": capex,
        "build_years": 1,
        "start_years": (2027,),
        "life_years": 10,
        "ramp": "at_once",
        "opex_usd_per_kg": opex,
        "reserve_t": None,
        "compliant": True,
        "tax_rate": 0.0,
    }


def _demand(material: str, tonnes: float, shortage: float) -> dict[str, Any]:
    return {
        "region": "us",
        "segment": "civil",
        "material": material,
        "base_t_per_year": tonnes,
        "growth_per_year": 0.0,
        "shortage_cost_usd_per_kg": shortage,
        "accepts": "any",
        "compliant_from_year": None,
    }


def _price(series: str, level: float) -> dict[str, Any]:
    return {
        "series": series,
        "name": series,
        "kind": "process",
        "start_usd_per_kg": level,
        "long_run_usd_per_kg": level,
        "volatility_per_year": 0.0,
        "half_life_years": 1.0,
        "autocorrelation": 0.0,
    }
