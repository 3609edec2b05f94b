"""A small case in whose plan everything happens: every table of its results has rows, so every check has work to do."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from optimizer import Solution, solve
from optimizer.data import Case
from optimizer.scenarios import Draws, draw
from tests.small_case import small_settings, small_tables

EVIDENCE = {"source": "judgement", "grade": "judgement"}


def rich_tables() -> dict[str, list[dict[str, Any]]]:
    """The small case with cheaper plants, a running one, scrap, joint products, steps of cost, a reserve, targets of
    every kind, a purchase contract, equity, tariffs, delays and outages."""
    tables = small_tables()
    oxide, magnet = tables["plants"]
    blank = {"capex_musd_low": None, "capex_musd_high": None}
    oxide |= {
        "capex_musd": 330.0,
        "reserve_t": 9_000.0,
        "tax_rate": 0.2,
        "hurdle_rate": 0.1,
        "fixed_opex_musd_per_year": 1.0,
    }
    magnet |= {
        "capex_musd": 260.0,
        "requires": "us_oxide",
        "profit_cap_share": 0.8,
        "merchant_share": 0.6,
        "tax_rate": 0.1,
    }
    magnet |= {"delay_probability": 0.4, "delay_years": 1, "outage_probability": 0.3, "outage_share": 0.5}
    for row in (oxide, magnet):
        row |= blank
    running = {**oxide, "plant": "us_running", "name": "Old oxide plant", "status": "operating", "start_years": (2020,)}
    running |= {"reserve_t": None, "capex_musd": 0.0, "capacity_t_per_year": 300.0, "opex_usd_per_kg": 85.0}
    running |= {"min_run_share": 0.5, "below_minimum_cost_usd_per_kg": 2.0, "fixed_opex_musd_per_year": 3.0}
    unaided = {**magnet, "plant": "us_recycler", "name": "Magnets from scrap", "requires": None, "capex_musd": 20.0}
    unaided |= {"capacity_t_per_year": 400.0, "opex_usd_per_kg": 12.0, "start_years": (2027, 2028)}
    tables["plants"] += [running, unaided]
    tables["opex_steps"] = [
        {"plant": "us_oxide", "step": 1, "capacity_share": 0.5, "opex_usd_per_kg": 35.0, **EVIDENCE},
        {"plant": "us_oxide", "step": 2, "capacity_share": 0.5, "opex_usd_per_kg": 45.0, **EVIDENCE},
    ]
    scrap = {**tables["materials"][1], "material": "scrap", "name": "Scrap", "price_series": None, "stage": "scrap"}
    tables["materials"].append({**scrap, "origin_tracked": False})
    tables["recipes"] += [
        {"plant": "us_recycler", "material": "scrap", "role": "input", "t_per_t": 1.1, **EVIDENCE},
        {"plant": "us_magnet", "material": "scrap", "role": "output", "t_per_t": 0.1, **EVIDENCE},
    ]
    tables["collection"] = [
        {
            "region": "us",
            "scrap_material": "scrap",
            "from_material": "magnet",
            "collection_rate": 0.1,
            "lag_years": 2,
            "past_use_t_per_year": 900.0,
            "cost_usd_per_kg": 2.0,
            **EVIDENCE,
        }
    ]
    target = {"region": "us", "material": "magnet", "first_year": 2028, "last_year": 2030, "origin": None, **EVIDENCE}
    target |= {"mode": "priced", "price_usd_per_kg": 60.0, "segment": "any"}
    tables["targets"] = [
        {**target, "target": "diversify", "kind": "share_limit", "origin": "china", "level": 0.2},
        {**target, "target": "serve", "kind": "service_level", "level": 0.999},
        {**target, "target": "cover", "kind": "days_of_cover", "level": 90.0},
    ]
    tables["border_measures"] = [
        {
            "measure": "magnet_tariff",
            "kind": "tariff",
            "region": "us",
            "origin": "china",
            "material": "magnet",
            "tariff_rate": 0.1,
            "first_year": 2026,
            "last_year": None,
            "pass_through": 0.5,
            **EVIDENCE,
        }
    ]
    pot = tables["programmes"][0]
    pot |= {"yearly_cap_musd": 150.0}
    second = {
        **pot,
        "programme": "us_second",
        "contract_scoring": "worst",
        "yearly_cap_musd": None,
        "budget_musd": 900.0,
    }
    tables["programmes"].append(second)
    eligible = tables["eligibility"][2]
    tables["eligibility"] += [{**eligible, "programme": "us_second"}, {**eligible, "instrument": "equity"}]
    tables["eligibility"].append({**eligible, "programme": "us_second", "instrument": "stockpile"})
    floor, cfd = tables["contracts"]
    floor |= {"settlement_lag_years": 0.25, "indexation_rate": -0.02, "upside_threshold_usd_per_kg": 105.0}
    tables["contracts"] += [
        {**floor, "contract": "running_floor", "plant": "us_running", "programme": "us_second", "averaging": "yearly"},
        {
            **cfd,
            "contract": "magnet_purchase",
            "form": "purchase",
            "programme": "us_second",
            "stockpile": "magnet_stock",
            "share_min": 0.02,
            "share_max": 0.1,
            "take_or_pay_share": 0.6,
        },
    ]
    cfd |= {"share_min": 0.5, "share_max": 0.8}
    grant = tables["support"][2]
    tables["support"].append({**grant, "instrument": "equity", "max_musd": 40.0, "equity_form": "common"})
    loan = {**grant, "instrument": "loan", "max_musd": 20.0, "rate": 0.02, "tenor_years": 12}
    tables["support"].append(loan)
    tables["lanes"][0] |= {"capacity_t_per_year": 9_000.0}
    stock = tables["stockpiles"][0]
    stock |= {"opening_t": 60.0, "loss_per_year": 0.02, "release_max_share": 0.9, "stream": "compliant"}
    stock |= {"max_purchase_t_per_year": 60.0, "programme": "us_second"}
    return tables


@lru_cache
def rich_case() -> Case:
    """The case."""
    settings = small_settings()
    settings["scenarios"] = {"seed": 5, "paths": 12, "futures": 3, "demand_spread": 0.01}
    settings["objective"] = {"weights": {"tail": 0.2, "tariff": 0.1}, "tail_alpha": 0.6}
    return Case.from_tables(settings, rich_tables())


@lru_cache
def rich_solution() -> Solution:
    """Its plan, not verified yet."""
    return solve(rich_case(), verify=False)


@lru_cache
def rich_draws() -> Draws:
    """Its scenarios."""
    return draw(rich_case())
