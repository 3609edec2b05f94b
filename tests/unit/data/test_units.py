"""Slips of unit in the small case, each as a user would make it: a warning in plain words, at the right place."""

from __future__ import annotations

import pytest

from optimizer.data import Case
from optimizer.errors import CaseError
from tests.small_case import small_settings, small_tables

PRICES = ("price_series", ("start_usd_per_kg", "long_run_usd_per_kg", "adder_usd_per_kg"))
STRIKES = ("contracts", ("strike_min_usd_per_kg", "strike_max_usd_per_kg", "strike_tick_usd_per_kg"))
SLIPS = {
    "prices per tonne": (*PRICES, 1e3),
    "operating cost per tonne": ("plants", ("opex_usd_per_kg",), 1e3),
    "investment in thousand USD": ("plants", ("capex_musd", "capex_musd_low", "capex_musd_high"), 1e3),
    "investment in USD": ("plants", ("capex_musd", "capex_musd_low", "capex_musd_high"), 1e6),
    "capacity in kilotonnes": ("plants", ("capacity_t_per_year",), 1e-3),
    "strikes per tonne": (*STRIKES, 1e3),
    "freight per tonne": ("lanes", ("freight_usd_per_kg",), 1e3),
    "shortage cost per tonne": ("demand", ("shortage_cost_usd_per_kg",), 1e3),
    "demand in kilotonnes": ("demand", ("base_t_per_year",), 1e-3),
    "demand in kilograms": ("demand", ("base_t_per_year",), 1e3),
    "demand growth in percent": ("demand", ("growth_per_year",), 100.0),
    "pot in thousand USD": ("programmes", ("budget_musd",), 1e3),
    "pot in USD": ("programmes", ("budget_musd",), 1e6),
    "grant in thousand USD": ("support", ("max_musd",), 1e3),
    "share of investment in percent": ("support", ("max_share_of_capex",), 100.0),
    "upside share in percent": ("contracts", ("upside_share",), 100.0),
    "depth in percent": ("disruptions", ("depth",), 100.0),
}


@pytest.mark.parametrize("slip", sorted(SLIPS))
def test_a_slip_of_unit_is_noticed(slip: str) -> None:
    table, columns, factor = SLIPS[slip]
    tables = small_tables()
    for row in tables[table]:
        for column in columns:
            if isinstance(row.get(column), float):
                row[column] *= factor
    try:
        found = Case.from_tables(small_settings(), tables).warnings
    except CaseError as error:
        found = error.faults
    # A price that is wrong shows where it is compared: with the cost of the plants, a strike, a shortage cost.
    places = {table} if table != "price_series" else {"materials", "demand", "price_series", "contracts"}
    named = [fault for fault in found if fault.table in places]
    assert named, [str(fault) for fault in found]
    assert all(fault.problem and fault.remedy for fault in named)
