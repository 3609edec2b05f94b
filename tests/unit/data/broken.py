"""The small case, broken one way at a time: for each check one break, and where it must be reported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.small_case import TableRows, small_settings, small_tables

Edit = Callable[[TableRows, dict[str, Any]], None]
Place = tuple[str, int, str]
"""(table, row, column) of the fault."""

EVIDENCE = {"source": "judgement", "grade": "judgement"}


def edit(table: str, position: int, **values: Any) -> Edit:
    """Change cells of one row, counted from 0."""

    def change(tables: TableRows, settings: dict[str, Any]) -> None:
        tables[table][position].update(values)

    return change


def add(table: str, **values: Any) -> Edit:
    """Append a row."""

    def change(tables: TableRows, settings: dict[str, Any]) -> None:
        tables.setdefault(table, []).append({**EVIDENCE, **values})

    return change


def remove(table: str, position: int) -> Edit:
    """Remove one row, counted from 0."""

    def change(tables: TableRows, settings: dict[str, Any]) -> None:
        del tables[table][position]

    return change


def drop(table: str) -> Edit:
    """Remove a table."""

    def change(tables: TableRows, settings: dict[str, Any]) -> None:
        del tables[table]

    return change


def setting(section: str, **values: Any) -> Edit:
    """Change settings of one section."""

    def change(tables: TableRows, settings: dict[str, Any]) -> None:
        settings.setdefault(section, {}).update(values)

    return change


def edited(*edits: Edit) -> tuple[dict[str, Any], Mapping[str, list[dict[str, Any]]]]:
    """Settings and tables of the small case after the edits."""
    tables, settings = small_tables(), small_settings()
    for change in edits:
        change(tables, settings)
    return settings, tables


PURCHASE = {"form": "purchase", "stockpile": "magnet_stock"}
OPERATING = {"status": "operating", "capex_musd": 0, "capex_musd_low": "", "capex_musd_high": "",
             "start_years": (2020,), "build_years": 0}
JAPAN = add("regions", region="japan", name="Japan", covered=False, bloc="allied")
REGIME = {"hazard_per_year": 0.1, "duration_years_min": 1, "duration_years_max": 2, "level_factor": 0.4,
          "first_year": 2026}
TARIFF = {"measure": "duty", "kind": "tariff", "region": "us", "origin": "china", "material": "magnet",
          "tariff_rate": 0.25, "first_year": 2026, "last_year": None}
TARGET = {"target": "cap", "kind": "share_limit", "region": "us", "material": "magnet", "origin": "china",
          "first_year": 2030, "last_year": 2035, "level": 0.65, "mode": "priced", "price_usd_per_kg": 10}
SCRAP = (
    add("materials", material="scrap", name="Magnet scrap", stage="scrap", basis="t scrap", price_series=None,
        origin_tracked=False),
    add("collection", region="us", scrap_material="scrap", from_material="magnet", collection_rate=0.1, lag_years=5,
        past_use_t_per_year=3000, cost_usd_per_kg=2),
)
SECOND_PROCESS = add("price_series", series="heavy_price", name="Dy oxide", kind="process", start_usd_per_kg=300,
                     long_run_usd_per_kg=300, volatility_per_year=0.3)
THIRD_PROCESS = add("price_series", series="other_price", name="Tb oxide", kind="process", start_usd_per_kg=900,
                    long_run_usd_per_kg=900, volatility_per_year=0.3)
BASIS = add("price_series", series="premium", name="Premium outside China", kind="basis", start_usd_per_kg=1.1,
            long_run_usd_per_kg=1.05, volatility_per_year=0.1)


def correlation(a: str, b: str, value: float) -> Edit:
    """Append a correlation."""
    return add("price_correlations", series_a=a, series_b=b, correlation=value)


RECYCLER = {**small_tables()["plants"][1], **OPERATING, "plant": "recycler", "name": "Recycler"}
EVERY_TABLE: tuple[Edit, ...] = (
    *SCRAP,
    SECOND_PROCESS,
    BASIS,
    edit("plants", 0, basis_series="premium", requires=None, delay_probability=0.2, delay_years=1),
    add("plants", **RECYCLER),
    add("recipes", plant="recycler", material="scrap", role="input", t_per_t=1.2),
    add("opex_steps", plant="us_oxide", step=1, capacity_share=0.25, opex_usd_per_kg=30),
    add("opex_steps", plant="us_oxide", step=2, capacity_share=0.75, opex_usd_per_kg=45),
    correlation("oxide_price", "heavy_price", 0.5),
    correlation("oxide_price", "premium", -0.2),
    add("price_regimes", regime="dumping", series="oxide_price", **REGIME),
    add("price_regimes", regime="dumping", series="heavy_price", **REGIME),
    add("price_history", series="oxide_price", period="2026-01", usd_per_kg=80),
    add("price_decks", deck="bank", series="oxide_price", year=2026, usd_per_kg=60),
    setting("viability", lender_deck="bank"),
    add("border_measures", **TARIFF),
    add("border_measures", **{**TARIFF, "measure": "floor", "kind": "price_floor", "origin": "any",
                              "tariff_rate": 0, "floor_usd_per_kg": 40}),
    add("targets", **TARGET),
    add("targets", **{**TARGET, "target": "cover", "kind": "days_of_cover", "origin": None, "level": 30}),
    add("targets", **{**TARGET, "target": "service", "kind": "service_level", "origin": None, "level": 0.95,
                      "segment": "defence", "mode": "hard", "price_usd_per_kg": 0}),
    edit("contracts", 0, upside_threshold_usd_per_kg=120, upside_cap_musd_per_year=10, upside_from_year=2029),
    edit("contracts", 1, **PURCHASE, take_or_pay_share=0.5),
)
"""Edits that give the small case rows in every table, all sound."""

BREAKS: dict[str, tuple[tuple[Edit, ...], Place]] = {
    "start-years": ((edit("plants", 0, start_years=(2028, 2027)),), ("plants", 2, "start_years")),
    "start-in-horizon": ((edit("plants", 1, start_years=(2025,)),), ("plants", 3, "start_years")),
    "late-start-years": ((edit("plants", 0, start_years=(2027, 2040)),), ("plants", 2, "start_years")),
    "closed-before-horizon": (
        (add("plants", **{**small_tables()["plants"][0], **OPERATING, "plant": "old", "start_years": (2000,)}),),
        ("plants", 4, "life_years")),
    "operating-without-capex": (
        (edit("plants", 0, status="operating", start_years=(2020,)),), ("plants", 2, "capex_musd")),
    "compliant-in-covered-region": ((edit("plants", 1, region="china"),), ("plants", 3, "compliant")),
    "plant-stage": ((edit("plants", 0, stage="metal"),), ("plants", 2, "stage")),
    "plant-requires": ((edit("plants", 0, requires="us_oxide"),), ("plants", 2, "requires")),
    "probability-without-effect": ((edit("plants", 1, delay_probability=0.3),), ("plants", 3, "delay_probability")),
    "ramp-years": ((edit("ramps", 1, operating_year=3),), ("ramps", 3, "operating_year")),
    "opex-step-numbers": (
        (add("opex_steps", plant="us_oxide", step=2, capacity_share=1, opex_usd_per_kg=30),),
        ("opex_steps", 2, "step")),
    "opex-step-shares": (
        (add("opex_steps", plant="us_oxide", step=1, capacity_share=0.9, opex_usd_per_kg=30),),
        ("opex_steps", 2, "capacity_share")),
    "opex-step-order": (
        (add("opex_steps", plant="us_oxide", step=1, capacity_share=0.5, opex_usd_per_kg=30),
         add("opex_steps", plant="us_oxide", step=2, capacity_share=0.5, opex_usd_per_kg=20)),
        ("opex_steps", 3, "opex_usd_per_kg")),
    "recipe-main-product": (
        (add("recipes", plant="us_oxide", material="oxide", role="output", t_per_t=1),), ("recipes", 3, "material")),
    "recipe-input-route": (
        (JAPAN, edit("plants", 1, region="japan")), ("recipes", 2, "material")),
    "demand-route": ((JAPAN, edit("demand", 1, region="japan")), ("demand", 3, "material")),
    "demand-stream": ((edit("materials", 1, origin_tracked=False),), ("demand", 2, "accepts")),
    "demand-compliant-source": ((edit("plants", 1, compliant=False),), ("demand", 2, "accepts")),
    "lane-ends": ((edit("lanes", 0, to_region="china"),), ("lanes", 2, "to_region")),
    "lane-carries-something": (
        (add("lanes", from_region="china", to_region="us", material="oxide", freight_usd_per_kg=1,
             capacity_t_per_year=10),), ("lanes", 3, "from_region")),
    "supplier-steps": ((edit("suppliers", 0, step=2),), ("suppliers", 2, "step")),
    "collection-materials": (
        (add("collection", region="us", scrap_material="magnet", from_material="magnet", collection_rate=0.1,
             lag_years=5, past_use_t_per_year=3000, cost_usd_per_kg=2),), ("collection", 2, "scrap_material")),
    "collection-used": (SCRAP, ("collection", 2, "scrap_material")),
    "linked-series": ((edit("price_links", 0, linked_series="magnet_price"),), ("price_links", 2, "linked_series")),
    "series-levels": ((edit("price_series", 0, start_usd_per_kg=0),), ("price_series", 2, "start_usd_per_kg")),
    "series-use": ((edit("plants", 0, basis_series="oxide_price"),), ("plants", 2, "basis_series")),
    "traded-without-price": ((edit("materials", 0, price_series=None),), ("plants", 2, "product")),
    "correlation-pairs": (
        (SECOND_PROCESS, correlation("oxide_price", "heavy_price", 0.5),
         correlation("heavy_price", "oxide_price", 0.5)), ("price_correlations", 3, "series_b")),
    "correlations-consistent": (
        (SECOND_PROCESS, THIRD_PROCESS, correlation("oxide_price", "heavy_price", 0.9),
         correlation("heavy_price", "other_price", 0.9), correlation("oxide_price", "other_price", -0.9)),
        ("price_correlations", 0, "correlation")),
    "regime-rows": (
        (SECOND_PROCESS, add("price_regimes", regime="dumping", series="oxide_price", **REGIME),
         add("price_regimes", regime="dumping", series="heavy_price", **{**REGIME, "hazard_per_year": 0.2})),
        ("price_regimes", 3, "hazard_per_year")),
    "regime-durations": (
        (add("price_regimes", regime="dumping", series="oxide_price", **{**REGIME, "duration_years_min": 3}),),
        ("price_regimes", 2, "duration_years_min")),
    "lender-deck": ((setting("viability", lender_deck="bank"),), ("case.toml", 0, "viability.lender_deck")),
    "disruption-years": ((edit("disruptions", 0, last_year=2026),), ("disruptions", 2, "first_year")),
    "disruption-lanes": ((edit("disruptions", 0, materials=("oxide",)),), ("disruptions", 2, "origin")),
    "disruption-lane-capacity": ((edit("lanes", 0, capacity_t_per_year=None),), ("lanes", 2, "capacity_t_per_year")),
    "disruption-named-without-lane": (
        (edit("disruptions", 0, materials=("magnet", "oxide")),), ("disruptions", 2, "materials")),
    "disruption-in-horizon": (
        (edit("disruptions", 0, first_year=2050, last_year=2060),), ("disruptions", 2, "first_year")),
    "border-measure-terms": (
        (add("border_measures", **{**TARIFF, "tariff_rate": 0}),), ("border_measures", 2, "tariff_rate")),
    "border-measure-years": (
        (add("border_measures", **{**TARIFF, "last_year": 2025}),), ("border_measures", 2, "first_year")),
    "programme-years": ((edit("programmes", 0, last_year=2025),), ("programmes", 2, "first_year")),
    "committed-money": ((edit("programmes", 0, committed_musd=300),), ("programmes", 2, "committed_musd")),
    "programme-in-horizon": (
        (edit("programmes", 0, first_year=2050, last_year=2060),), ("programmes", 2, "first_year")),
    "programme-without-use": (
        (add("programmes", **{**small_tables()["programmes"][0], "programme": "idle"}),),
        ("programmes", 3, "budget_musd")),
    "eligibility-plant": (
        (add("eligibility", programme="us_pot", instrument="grant", region="china", stage="any", plant="us_oxide"),),
        ("eligibility", 6, "region")),
    "eligibility-without-match": (
        (add("eligibility", programme="us_pot", instrument="grant", region="us", stage="mined", plant="any"),),
        ("eligibility", 6, "region")),
    "support-in-programme-years": (
        (edit("programmes", 0, first_year=2028), edit("plants", 0, start_years=(2027,))),
        ("contracts", 2, "programme")),
    "strike-menu": (
        (edit("contracts", 0, strike_tick_usd_per_kg=15),), ("contracts", 2, "strike_tick_usd_per_kg")),
    "contract-shares": ((edit("contracts", 1, share_max=0.5, share_min=0.6),), ("contracts", 3, "share_min")),
    "upside-terms": (
        (edit("contracts", 0, upside_threshold_usd_per_kg=90),), ("contracts", 2, "upside_threshold_usd_per_kg")),
    "committed-contract": (
        (edit("contracts", 0, committed=True), edit("programmes", 0, last_year=2026)), ("contracts", 2, "committed")),
    "collar-width": ((edit("contracts", 1, form="collar"),), ("contracts", 3, "collar_width_usd_per_kg")),
    "purchase-stockpile": (
        (edit("contracts", 0, **PURCHASE, upside_share=0),), ("contracts", 2, "stockpile")),
    "purchase-reach": (
        (JAPAN, edit("contracts", 1, **PURCHASE), edit("stockpiles", 0, region="japan"),
         add("eligibility", programme="us_pot", instrument="stockpile", region="japan", stage="any", plant="any")),
        ("contracts", 3, "stockpile")),
    "contract-tenor": ((edit("contracts", 1, tenor_years=20),), ("contracts", 3, "tenor_years")),
    "contract-eligible": ((edit("eligibility", 2, stage="magnet"),), ("contracts", 2, "programme")),
    "support-candidate": ((edit("plants", 0, **OPERATING),), ("support", 2, "plant")),
    "support-programme": ((edit("support", 0, programme="us_pot"),), ("support", 2, "programme")),
    "support-eligible": ((edit("eligibility", 0, stage="separated"),), ("support", 4, "programme")),
    "support-lender": ((remove("support", 0),), ("support", 4, "instrument")),
    "support-tenor": ((edit("support", 0, tenor_years=0),), ("support", 2, "tenor_years")),
    "support-terms": ((edit("support", 2, rate=0.05),), ("support", 4, "rate")),
    "support-rates": ((edit("support", 1, rate=0.0),), ("support", 3, "rate")),
    "stockpile-tranches": ((edit("stockpiles", 0, tranches=(2026, 2036)),), ("stockpiles", 2, "tranches")),
    "stockpile-capacity": ((edit("stockpiles", 0, opening_t=3000),), ("stockpiles", 2, "opening_t")),
    "stockpile-programme": (
        (edit("stockpiles", 0, programme=None),), ("stockpiles", 2, "max_purchase_t_per_year")),
    "stockpile-stream": (
        (edit("stockpiles", 0, stream="compliant"), edit("materials", 1, origin_tracked=False),
         edit("demand", 0, accepts="any", compliant_from_year=None)), ("stockpiles", 2, "stream")),
    "stockpile-release": ((drop("disruptions"),), ("stockpiles", 2, "release_rule")),
    "stockpile-in-programme-years": (
        (edit("stockpiles", 0, tranches=(2031,)), edit("programmes", 0, last_year=2030)),
        ("stockpiles", 2, "tranches")),
    "target-terms": ((add("targets", **{**TARGET, "level": 65}),), ("targets", 2, "level")),
    "target-years": ((add("targets", **{**TARGET, "last_year": 2029}),), ("targets", 2, "first_year")),
    "target-segment": (
        (add("targets", **{**TARGET, "kind": "service_level", "origin": None, "segment": "defense"}),),
        ("targets", 2, "segment")),
    "target-stockpile": (
        (add("targets", **{**TARGET, "kind": "days_of_cover", "origin": None, "material": "oxide", "level": 30}),),
        ("targets", 2, "material")),
    "opex-unit": ((edit("plants", 0, opex_usd_per_kg=40000),), ("plants", 2, "opex_usd_per_kg")),
    "strike-unit": (
        (edit("contracts", 1, strike_min_usd_per_kg=45000, strike_max_usd_per_kg=65000,
              strike_tick_usd_per_kg=5000),), ("contracts", 3, "strike_max_usd_per_kg")),
    "capex-unit": ((edit("plants", 0, capacity_t_per_year=2),), ("plants", 2, "capex_musd")),
    "shortage-below-price": (
        (edit("demand", 1, shortage_cost_usd_per_kg=0.3),), ("demand", 3, "shortage_cost_usd_per_kg")),
    "price-unit": ((edit("price_series", 0, start_usd_per_kg=80000),), ("price_series", 2, "start_usd_per_kg")),
    "freight-unit": ((edit("lanes", 0, freight_usd_per_kg=1000),), ("lanes", 2, "freight_usd_per_kg")),
    "shortage-unit": (
        (edit("demand", 1, shortage_cost_usd_per_kg=300000),), ("demand", 3, "shortage_cost_usd_per_kg")),
    "mass-unit": (
        (edit("demand", 0, base_t_per_year=0.3), edit("demand", 1, base_t_per_year=4)),
        ("demand", 2, "base_t_per_year")),
    "money-unit": ((edit("programmes", 0, budget_musd=500000),), ("programmes", 2, "budget_musd")),
    "percent-for-share": (
        (add("border_measures", **{**TARIFF, "tariff_rate": 2.5}),), ("border_measures", 2, "tariff_rate")),
    "judgement-grade": ((edit("demand", 1, source="manual"),), ("demand", 3, "grade")),
}
"""Check → (edits, the one place it must name)."""
