"""The verifier rejects a plan with any one number nudged: of the result tables, of the summary, or of the case.

A nudge is a thousandth of the number or the least that a reader would see, whichever is more, and up to three times
that; whole numbers such as years move by one, and flags flip. ``VERIFIER_SEED`` in the environment gives other nudges.
"""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest

from optimizer.data import Case
from optimizer.data.schema import TABLES
from optimizer.errors import CaseError
from optimizer.verification import Certificate, verify
from tests.unit.verification.rich_case import rich_case, rich_draws, rich_solution

SEED = int(os.environ.get("VERIFIER_SEED", "1"))
LEAST_CAUGHT = 0.999
WHOLE = ("year", "start_year", "tenor_years", "step")
SHARES = ("share", "share_met", "probability", "disrupted_share", "before", "after", "upside_share", "weight", "gap")
SUMMARY = ("objective_musd", "bound_musd", "gap")


@dataclass(frozen=True)
class Cell:
    """One number: of a table of results, or of the summary (``table`` summary or breakdown, ``row`` 0)."""

    table: str
    column: str
    row: int
    value: Any


def cells() -> list[Cell]:
    """Every number and flag that is not blank."""
    found = []
    for name, frame in rich_solution().tables.items():
        for column in frame.columns:
            for row, value in enumerate(frame[column]):
                if isinstance(value, bool | np.bool_) or (
                    isinstance(value, int | float | np.number) and value == value
                ):
                    found.append(Cell(name, column, row, value))
    stated = rich_solution().stated()
    found += [Cell("summary", name, 0, stated[name]) for name in SUMMARY]
    return found + [Cell("summary breakdown", term, 0, musd) for term, musd in stated["breakdown"].items()]


def least_visible(cell: Cell) -> float:
    """Least change that matters to a reader: 0.1 t, 0.01 musd or USD/kg, a thousandth of a share."""
    if cell.column in SHARES or cell.table == "comparison":
        return 1e-3
    return 0.01 if "musd" in cell.column or "usd" in cell.column or "summary" in cell.table else 0.1


def nudged(cell: Cell, draws: np.random.Generator) -> Any:
    """Another value of a cell."""
    if isinstance(cell.value, bool | np.bool_):
        return not cell.value
    sign = draws.choice([-1.0, 1.0])
    if cell.column in WHOLE:
        return cell.value + sign
    return cell.value + sign * draws.uniform(1.0, 3.0) * max(1e-3 * abs(cell.value), least_visible(cell))


def with_cell(cell: Cell, value: Any) -> tuple[dict[str, pd.DataFrame], Mapping[str, Any]]:
    """Tables and summary of the plan with one other value."""
    solution = rich_solution()
    tables, stated = dict(solution.tables), solution.stated()
    if cell.table == "summary":
        stated[cell.column] = value
    elif cell.table == "summary breakdown":
        stated["breakdown"] = {**stated["breakdown"], cell.column: value}
    else:
        frame = tables[cell.table].copy()
        column = frame[cell.column].astype(object)
        column.iloc[cell.row] = value
        frame[cell.column] = column.infer_objects()
        tables[cell.table] = frame
    return tables, stated


def certificate_of(tables: Mapping[str, pd.DataFrame], stated: Mapping[str, Any]) -> Certificate:
    return verify(rich_case(), tables, stated, draws=rich_draws())


def sample(count: int) -> list[Cell]:
    """Cells in turn from every column, so that short columns are tried as often as long ones."""
    draws = np.random.default_rng(SEED)
    by_column: dict[tuple[str, str], list[Cell]] = {}
    for cell in cells():
        by_column.setdefault((cell.table, cell.column), []).append(cell)
    columns = list(by_column.values())
    return [columns[i % len(columns)][draws.integers(len(columns[i % len(columns)]))] for i in range(count)]


def test_every_table_has_numbers_to_nudge_and_the_plan_itself_holds() -> None:
    tables = rich_solution().tables
    assert {cell.table for cell in cells()} == {*tables, "summary", "summary breakdown"}
    certificate = certificate_of(tables, rich_solution().stated())
    assert certificate.failures == ()


@pytest.mark.parametrize(
    "count", [pytest.param(150, id="quick"), pytest.param(10_000, id="many", marks=pytest.mark.slow)]
)
def test_a_nudged_result_is_caught(count: int) -> None:
    draws = np.random.default_rng(SEED + 1)
    missed: Counter[tuple[str, str]] = Counter()
    for cell in sample(count):
        if certificate_of(*with_cell(cell, nudged(cell, draws))).passed:
            missed[cell.table, cell.column] += 1
    assert sum(missed.values()) <= (1.0 - LEAST_CAUGHT) * count, missed


# --- Inputs -----------------------------------------------------------------------------------------------------------

ENTERING: dict[str, tuple[str, ...]] = {
    "plants": ("capacity_t_per_year", "availability", "capex_musd", "build_years", "life_years", "opex_usd_per_kg",
               "fixed_opex_musd_per_year", "other_revenue_usd_per_kg", "hurdle_rate", "tax_rate"),
    "recipes": ("t_per_t",),
    "ramps": ("share",),
    "opex_steps": ("opex_usd_per_kg",),
    "collection": ("cost_usd_per_kg", "lag_years"),
    "suppliers": ("price_factor", "price_adder_usd_per_kg"),
    "demand": ("base_t_per_year", "growth_per_year", "shortage_cost_usd_per_kg", "compliant_from_year"),
    "lanes": ("freight_usd_per_kg", "growth_per_year"),
    "border_measures": ("tariff_rate", "pass_through"),
    "price_series": ("start_usd_per_kg", "long_run_usd_per_kg", "volatility_per_year", "half_life_years",
                     "autocorrelation", "adder_usd_per_kg"),
    "price_links": ("factor",),
    "disruptions": ("hazard_per_year", "duration_years_min", "duration_years_max", "depth", "price_factor",
                    "first_year", "last_year"),
    "programmes": ("budget_musd", "loan_subsidy_rate", "equity_score_share"),
    "contracts": ("share_max", "tenor_years", "upside_share", "upside_threshold_usd_per_kg", "indexation_rate",
                  "settlement_lag_years"),
    "support": ("rate", "tenor_years"),
    "stockpiles": ("opening_t", "holding_cost_usd_per_kg_year", "loss_per_year", "residual_value_share",
                   "purchase_premium"),
    "targets": ("price_usd_per_kg", "first_year", "last_year"),
}  # fmt: skip
"""Columns that price or convert something: any change of a cell that is used shows in the plan."""

IDLE = {
    ("plants", "us_oxide", "opex_usd_per_kg"): "its steps of cost count instead",
    ("plants", "us_running", "opex_usd_per_kg"): "dearer than its product, it makes nothing",
    ("plants", "us_running", "other_revenue_usd_per_kg"): "it makes nothing",
    ("plants", "us_running", "build_years"): "it was built long ago",
    ("price_series", "magnet_price", "half_life_years"): "a linked series follows those it is made of",
    ("programmes", "us_second", "loan_subsidy_rate"): "it gives no loan",
    ("programmes", "us_second", "equity_score_share"): "it gives no equity",
    ("contracts", "running_floor", "tenor_years"): "the plant's life ends first",
    ("support", "us_oxide/debt/none", "rate"): "the lender's deck leaves it no cash to borrow on",
    ("support", "us_oxide/debt/none", "tenor_years"): "the lender's deck leaves it no cash to borrow on",
    ("support", "us_oxide/loan/us_pot", "rate"): "it gets no loan",
    ("support", "us_oxide/loan/us_pot", "tenor_years"): "it gets no loan",
}
"""Cells of these columns that nothing in the plan uses, and why."""

BINDING = {
    ("lanes", "china/us/magnet", "capacity_t_per_year"): 0.999,
    ("collection", "us/scrap/magnet", "collection_rate"): 0.99,
    ("collection", "us/scrap/magnet", "past_use_t_per_year"): 0.999,
    ("plants", "us_oxide", "reserve_t"): 0.999,
    ("stockpiles", "magnet_stock", "max_purchase_t_per_year"): 0.999,
    ("stockpiles", "magnet_stock", "release_max_share"): 0.999,
    ("contracts", "magnet_purchase", "take_or_pay_share"): 1.01,
    ("support", "us_magnet/loan/us_pot", "max_musd"): 0.999,
    ("support", "us_magnet/debt/none", "debt_service_cover"): 1.001,
    ("targets", "diversify", "level"): 0.999,
    ("targets", "cover", "level"): 1.001,
}
"""Limits at which the plan stands, and the factor that tightens each."""

SETTINGS = {
    "rates.social": 0.031,
    "rates.public": 0.021,
    "viability.alpha": 0.5,
    "viability.lender_quantile": 0.3,
    "viability.loss_limit_scale": 1.001,
    "viability.private_entry": False,
    "objective.weights.resource": 1.001,
    "objective.weights.shortage": 1.001,
    "objective.weights.outlay": 0.201,
    "objective.weights.tail": 0.201,
    "objective.weights.tariff": 0.101,
    "objective.tail_alpha": 0.1,
    "scenarios.seed": 6,
    "scenarios.paths": 13,
    "scenarios.futures": 2,
    "scenarios.demand_spread": 0.011,
    "scenarios.hazard_scale": 1.01,
    "horizon.last_year": 2034,
}


def passes(case: Case) -> bool:
    return verify(case, rich_solution().tables, rich_solution().stated()).passed


def other_cases(table: str, key: str, column: str) -> list[Case]:
    """The case with one cell a little higher and a little lower, as far as such a case is valid."""
    value = rich_case().row(table, *key_of(table, key))[column]
    step = (
        1 if column in WHOLE or column.endswith(("years", "year")) else max(2e-3 * abs(value), 2e-3 * (abs(value) <= 1))
    )
    found = []
    for other in (value + step, value - step):
        with contextlib.suppress(CaseError):
            found.append(rich_case().set(f"{table}.{key}.{column}", other))
    return found


def key_of(table: str, key: str) -> list[Any]:
    words = [None if word == "none" else word for word in key.split("/")]
    kinds = {column.name: column.kind for column in TABLES[table].all_columns}
    return [
        int(word) if word is not None and kinds[name] == "integer" else word
        for name, word in zip(TABLES[table].key, words, strict=True)
    ]


def entering_cells() -> list[tuple[str, str, str]]:
    out = []
    for table, columns in ENTERING.items():
        for row in rich_case().rows(table):
            key = "/".join("none" if row[part] is None else str(row[part]) for part in TABLES[table].key)
            numbers = [c for c in columns if isinstance(row[c], int | float) and (table, key, c) not in IDLE]
            out += [(table, key, column) for column in numbers]
    return out


@pytest.mark.parametrize("count", [pytest.param(12, id="quick"), pytest.param(None, id="all", marks=pytest.mark.slow)])
def test_a_nudged_input_is_caught(count: int | None) -> None:
    chosen = entering_cells()
    if count is not None:
        chosen = [chosen[i] for i in np.random.default_rng(SEED).choice(len(chosen), count, replace=False)]
    missed = [(*cell, str(case)) for cell in chosen for case in other_cases(*cell) if passes(case)]
    assert missed == []


@pytest.mark.parametrize("cell", BINDING, ids=lambda cell: f"{cell[0]}-{cell[2]}")
def test_a_limit_that_binds_is_caught_when_it_is_tightened(cell: tuple[str, str, str]) -> None:
    table, key, column = cell
    value = rich_case().row(table, *key_of(table, key))[column]
    assert not passes(rich_case().set(f"{table}.{key}.{column}", value * BINDING[cell]))


@pytest.mark.parametrize("setting", SETTINGS)
def test_another_setting_is_caught(setting: str) -> None:
    assert not passes(rich_case().set(setting, SETTINGS[setting]))


@pytest.mark.slow
@pytest.mark.parametrize("cell", IDLE, ids="-".join)
def test_idle_cells_are_idle(cell: tuple[str, str, str]) -> None:
    assert all(passes(case) for case in other_cases(*cell))
