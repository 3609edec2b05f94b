"""Every check: silent on valid cases, and naming file, row and column when its rule is broken."""

from __future__ import annotations

import pytest

from optimizer.data import Case
from optimizer.data.checks import CHECKS, catalogue
from optimizer.errors import CaseError, Fault
from tests.small_case import small_case, small_tables
from tests.unit.data.broken import (
    BREAKS,
    EVERY_TABLE,
    TARGET,
    TARIFF,
    Edit,
    add,
    correlation,
    edit,
    edited,
)

SCRAP = {"material": "scrap", "name": "Scrap", "stage": "scrap", "basis": "t scrap", "price_series": "oxide_price",
         "origin_tracked": False}  # fmt: skip


def faults(*edits: Edit) -> tuple[Fault, ...]:
    """Errors if there are any, else warnings."""
    try:
        return Case.from_tables(*edited(*edits)).warnings
    except CaseError as error:
        return error.faults


def test_small_case_has_no_fault() -> None:
    assert small_case().warnings == ()


def test_a_case_that_uses_every_table_has_no_fault() -> None:
    """A check that fires on sound inputs is as bad as one that does not fire."""
    assert faults(*EVERY_TABLE) == ()


@pytest.mark.parametrize("name", sorted(BREAKS))
def test_broken_rule_is_named_with_its_place(name: str) -> None:
    edits, place = BREAKS[name]
    found = [fault for fault in faults(*edits) if fault.check == name]
    assert [(fault.table, fault.row, fault.column) for fault in found][:1] == [place]
    assert all(fault.severity == CHECKS[name].severity for fault in found)
    assert all(fault.problem and fault.remedy for fault in found)


def test_every_check_has_a_break() -> None:
    assert set(BREAKS) == set(CHECKS)


def test_names_are_unique_and_kebab_case() -> None:
    names = [name for name, _, _ in catalogue()]
    assert len(names) == len(set(names))
    assert all(name == name.lower() and " " not in name and "_" not in name for name in names)


def test_missing_eligibility_names_the_row_to_add() -> None:
    edits, _ = BREAKS["contract-eligible"]
    [fault] = faults(*edits)
    assert fault.remedy == "Add to eligibility.csv: us_pot,contract,us,separated,us_oxide, and its source and grade."


def test_a_missing_lane_is_named_if_somebody_has_the_material() -> None:
    [fault] = faults(*BREAKS["demand-route"][0])
    assert fault.remedy == (
        "china, us have it: add to lanes.csv a lane china,japan,magnet, or a maker of magnet in japan."
    )
    recipe = add("recipes", plant="us_magnet", material="scrap", role="input", t_per_t=1)
    [fault] = faults(add("materials", **SCRAP), recipe)
    assert fault.remedy == "Nobody has it: add a plant, supplier or collection of scrap, in us or with a lane to it."


def test_strike_menu_message_names_the_minimum() -> None:
    [fault] = faults(edit("contracts", 0, strike_max_usd_per_kg=50))
    assert str(fault) == (
        "contracts.csv row 2, strike_max_usd_per_kg: '50' is below strike_min_usd_per_kg 60 for 'oxide_floor'. "
        "Give a maximum of at least 60, or lower the minimum."
    )


@pytest.mark.parametrize(
    ("edits", "check", "column"),
    [
        ((edit("contracts", 0, strike_tick_usd_per_kg=0.1),), "strike-menu", "strike_tick_usd_per_kg"),
        ((edit("contracts", 1, upside_share=0.2),), "upside-terms", "upside_share"),
        ((edit("contracts", 0, upside_cap_musd_per_year=5, share_min=0.5),), "upside-terms",
         "upside_cap_musd_per_year"),
        ((edit("contracts", 1, upside_from_year=2030),), "upside-terms", "upside_from_year"),
        ((edit("contracts", 1, stockpile="magnet_stock"),), "purchase-stockpile", "stockpile"),
        ((edit("contracts", 1, form="purchase"),), "purchase-stockpile", "stockpile"),
        ((edit("contracts", 1, collar_width_usd_per_kg=5),), "collar-width", "collar_width_usd_per_kg"),
        ((edit("support", 2, programme=None),), "support-programme", "programme"),
        ((edit("support", 2, tenor_years=5),), "support-tenor", "tenor_years"),
        ((edit("support", 3, tenor_years=16),), "support-tenor", "tenor_years"),
        ((edit("support", 3, equity_form="preferred"),), "support-terms", "equity_form"),
        ((add("border_measures", **{**TARIFF, "kind": "price_floor", "origin": "any"}),), "border-measure-terms",
         "tariff_rate"),
        ((add("targets", **{**TARGET, "price_usd_per_kg": 0}),), "target-terms", "price_usd_per_kg"),
        ((add("targets", **{**TARGET, "origin": None}),), "target-terms", "origin"),
        ((edit("price_series", 1, long_run_usd_per_kg=48),), "series-levels", "long_run_usd_per_kg"),
        ((edit("price_links", 0, series="oxide_price"),), "linked-series", "kind"),
        ((edit("demand", 1, compliant_from_year=2027),), "demand-stream", "compliant_from_year"),
        ((correlation("oxide_price", "magnet_price", 0.5),), "correlation-pairs", "series_b"),
        ((correlation("oxide_price", "oxide_price", 1.0),), "correlation-pairs", "series_b"),
        ((edit("stockpiles", 0, tranches=(2029, 2026)),), "stockpile-tranches", "tranches"),
        ((edit("eligibility", 3, instrument="equity"),), "stockpile-programme", "programme"),
    ],
)  # fmt: skip
def test_further_ways_of_breaking_a_rule(edits: tuple[Edit, ...], check: str, column: str) -> None:
    assert (check, column) in {(fault.check, fault.column) for fault in faults(*edits)}


def test_requirements_in_a_longer_circle() -> None:
    found = faults(edit("plants", 0, requires="us_magnet"), edit("plants", 1, requires="us_oxide"))
    assert [fault.row for fault in found] == [2, 3]
    assert "us_oxide → us_magnet → us_oxide" in found[0].problem


def test_material_is_not_sent_on_by_a_region_that_only_imports_it() -> None:
    """China sells magnets to the us; the us sells none on unless it makes them."""
    found = faults(
        edit("plants", 1, region="china", compliant=False),
        add("recipes", plant="us_magnet", material="magnet", role="input", t_per_t=0),
        add("regions", region="japan", name="Japan", covered=False, bloc="allied"),
        add("demand", **{**small_tables()["demand"][1], "region": "japan"}),
        add("lanes", from_region="us", to_region="japan", material="magnet", freight_usd_per_kg=1,
            capacity_t_per_year=100),
    )  # fmt: skip
    assert ("demand-route", 4) in {(fault.check, fault.row) for fault in found}


def test_checks_wait_for_sound_tables() -> None:
    """A faulty cell is reported alone: the checks that would stumble over its table do not guess."""
    [fault] = faults(edit("plants", 0, capacity_t_per_year="many"))
    assert (fault.check, fault.table, fault.row, fault.column) == ("number-cell", "plants", 2, "capacity_t_per_year")


def test_a_stockpile_that_may_buy_nothing_has_no_tranches() -> None:
    nothing = edit("stockpiles", 0, tranches="", max_purchase_t_per_year=0, opening_t=100)
    assert faults(nothing) == ()
