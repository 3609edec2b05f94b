"""A tiny valid case, as tables, as a folder and as a ``Case``: what most tests start from.

Two regions (us, china), two materials (oxide → magnet, 0.4 t of oxide per t of magnet), one candidate plant for each
in the us, one outside supplier of magnets in china, one pot, one contract per plant, one stock of magnets and one
embargo. Oxide trades at 70 USD/kg in the long run; a magnet at 20 + 0.4 × 70 = 48 USD/kg.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from optimizer.data import Case
from optimizer.data.settings_file import settings_text
from optimizer.settings import Settings

TableRows = dict[str, list[dict[str, Any]]]

_EVIDENCE = {"source": "judgement", "grade": "judgement"}


def small_settings() -> dict[str, Any]:
    """Settings of the small case, as nested plain values."""
    return {
        "case": {
            "name": "small",
            "title": "Two plants, one embargo",
            "question": "Is the magnet chain worth its support?",
            "price_year": 2026,
        },
        "horizon": {"first_year": 2026, "last_year": 2035},
        "rates": {"social": 0.03, "public": 0.02},
        "scenarios": {"seed": 1, "paths": 16, "futures": 4},
    }


def small_tables() -> TableRows:
    """Tables of the small case as rows of typed values; a fresh copy on every call."""
    tables: TableRows = {
        "regions": [
            {"region": "us", "name": "United States", "covered": False, "bloc": "allied"},
            {"region": "china", "name": "China", "covered": True, "bloc": "covered"},
        ],
        "materials": [
            {
                "material": "oxide",
                "name": "NdPr oxide",
                "stage": "separated",
                "basis": "t NdPr oxide contained",
                "price_series": "oxide_price",
                "origin_tracked": True,
            },
            {
                "material": "magnet",
                "name": "NdFeB magnet",
                "stage": "magnet",
                "basis": "t finished magnet",
                "price_series": "magnet_price",
                "origin_tracked": True,
            },
        ],
        "plants": [
            {
                "plant": "us_oxide",
                "name": "Oxide plant",
                "region": "us",
                "stage": "separated",
                "product": "oxide",
                "status": "candidate",
                "capacity_t_per_year": 2000.0,
                "capex_musd": 300.0,
                "capex_musd_low": 250.0,
                "capex_musd_high": 400.0,
                "build_years": 1,
                "start_years": (2027, 2028),
                "life_years": 15,
                "ramp": "two_years",
                "opex_usd_per_kg": 40.0,
                "reserve_t": None,
                "compliant": True,
            },
            {
                "plant": "us_magnet",
                "name": "Magnet plant",
                "region": "us",
                "stage": "magnet",
                "product": "magnet",
                "status": "candidate",
                "capacity_t_per_year": 3000.0,
                "capex_musd": 250.0,
                "capex_musd_low": 200.0,
                "capex_musd_high": 350.0,
                "build_years": 2,
                "start_years": (2028,),
                "life_years": 15,
                "ramp": "two_years",
                "opex_usd_per_kg": 15.0,
                "reserve_t": None,
                "compliant": True,
            },
        ],
        "recipes": [{"plant": "us_magnet", "material": "oxide", "role": "input", "t_per_t": 0.4}],
        "ramps": [
            {"ramp": "two_years", "operating_year": 1, "share": 0.5},
            {"ramp": "two_years", "operating_year": 2, "share": 1.0},
        ],
        "suppliers": [
            {
                "supplier": "china_magnets",
                "step": 1,
                "region": "china",
                "material": "magnet",
                "quantity_t_per_year": 20000.0,
                "growth_per_year": 0.05,
                "price_factor": 1.0,
            },
        ],
        "demand": [
            {
                "region": "us",
                "segment": "defence",
                "material": "magnet",
                "base_t_per_year": 300.0,
                "growth_per_year": 0.02,
                "shortage_cost_usd_per_kg": 2000.0,
                "accepts": "compliant",
                "compliant_from_year": 2027,
            },
            {
                "region": "us",
                "segment": "civil",
                "material": "magnet",
                "base_t_per_year": 4000.0,
                "growth_per_year": 0.05,
                "shortage_cost_usd_per_kg": 300.0,
                "accepts": "any",
                "compliant_from_year": None,
            },
        ],
        "lanes": [
            {
                "from_region": "china",
                "to_region": "us",
                "material": "magnet",
                "freight_usd_per_kg": 1.0,
                "capacity_t_per_year": 6000.0,
                "growth_per_year": 0.05,
            },
        ],
        "price_series": [
            {
                "series": "oxide_price",
                "name": "NdPr oxide, FOB China",
                "kind": "process",
                "start_usd_per_kg": 80.0,
                "long_run_usd_per_kg": 70.0,
                "volatility_per_year": 0.28,
                "half_life_years": 3.0,
                "autocorrelation": 0.35,
            },
            {
                "series": "magnet_price",
                "name": "NdFeB magnet",
                "kind": "linked",
                "start_usd_per_kg": 0.0,
                "long_run_usd_per_kg": 0.0,
                "adder_usd_per_kg": 20.0,
            },
        ],
        "price_links": [{"series": "magnet_price", "linked_series": "oxide_price", "factor": 0.4}],
        "disruptions": [
            {
                "disruption": "embargo",
                "name": "Magnet embargo",
                "origin": "china",
                "destinations": ("us",),
                "materials": ("magnet",),
                "hazard_per_year": 0.15,
                "duration_years_min": 0.5,
                "duration_years_max": 2.0,
                "depth": 0.9,
                "price_factor": 1.5,
                "first_year": 2027,
                "last_year": 2035,
            },
        ],
        "programmes": [
            {
                "programme": "us_pot",
                "name": "United States pot",
                "government": "us",
                "budget_musd": 500.0,
                "contract_scoring": "cvar",
                "scoring_alpha": 0.95,
                "loan_subsidy_rate": 0.2,
                "first_year": 2026,
                "last_year": 2035,
                "yearly_cap_musd": None,
            },
        ],
        "eligibility": [
            {"programme": "us_pot", "instrument": instrument, "region": "us", "stage": "any", "plant": "any"}
            for instrument in ("grant", "loan", "contract", "stockpile")
        ],
        "contracts": [
            {
                "contract": "oxide_floor",
                "plant": "us_oxide",
                "programme": "us_pot",
                "form": "floor",
                "series": "oxide_price",
                "strike_min_usd_per_kg": 60.0,
                "strike_max_usd_per_kg": 100.0,
                "strike_tick_usd_per_kg": 10.0,
                "tenor_years": 10,
                "upside_share": 0.3,
                "offtake": False,
            },
            {
                "contract": "magnet_cfd",
                "plant": "us_magnet",
                "programme": "us_pot",
                "form": "cfd",
                "series": "magnet_price",
                "strike_min_usd_per_kg": 45.0,
                "strike_max_usd_per_kg": 65.0,
                "strike_tick_usd_per_kg": 5.0,
                "tenor_years": 10,
                "offtake": True,
            },
        ],
        "support": [
            {
                "plant": "us_oxide",
                "instrument": "debt",
                "programme": None,
                "max_musd": None,
                "max_share_of_capex": 0.6,
                "rate": 0.06,
                "tenor_years": 10,
            },
            {
                "plant": "us_magnet",
                "instrument": "debt",
                "programme": None,
                "max_musd": None,
                "max_share_of_capex": 0.6,
                "rate": 0.06,
                "tenor_years": 10,
            },
            {
                "plant": "us_magnet",
                "instrument": "grant",
                "programme": "us_pot",
                "max_musd": 100.0,
                "max_share_of_capex": 0.4,
            },
            {
                "plant": "us_oxide",
                "instrument": "loan",
                "programme": "us_pot",
                "max_musd": 150.0,
                "max_share_of_capex": 0.5,
                "rate": 0.02,
                "tenor_years": 12,
            },
        ],
        "stockpiles": [
            {
                "stockpile": "magnet_stock",
                "name": "Magnet stock",
                "region": "us",
                "material": "magnet",
                "programme": "us_pot",
                "opening_t": 0.0,
                "capacity_t": 2000.0,
                "max_purchase_t_per_year": 400.0,
                "tranches": (2026, 2029),
                "holding_cost_usd_per_kg_year": 0.5,
                "release_max_share": 1.0,
            },
        ],
    }
    for rows in tables.values():
        for row in rows:
            row.update(_EVIDENCE)
    tables["sources"] = [{"source": "manual", "title": "A manual", "address": "", "date": "2026", "note": ""}]
    return tables


def small_case(*, tables: Mapping[str, Sequence[Mapping[str, Any]]] | None = None) -> Case:
    """The small case; ``tables`` replaces whole tables."""
    return Case.from_tables(small_settings(), {**small_tables(), **(tables or {})})


def write_small_case(folder: Path, *, tables: Mapping[str, Sequence[Mapping[str, Any]]] | None = None) -> Path:
    """Write the small case as a folder, without any checking, so that broken tables can be written too."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = Settings.model_validate(small_settings())
    (folder / "case.toml").write_text(settings_text(settings), encoding="utf-8")
    for name, rows in {**small_tables(), **(tables or {})}.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            columns = list(dict.fromkeys(column for row in rows for column in row))
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows([[_text(row.get(column, "")) for column in columns] for row in rows])
    return folder


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ";".join(str(item) for item in value)
    return "none" if value is None else str(value)
