"""What binds, from tables written down by hand."""

from __future__ import annotations

from typing import Any, cast

import pandas as pd

from optimizer.report.html.binding import binding_table
from optimizer.report.html.material import Material
from optimizer.results.reading import Provenance
from tests.small_case import small_case
from tests.unit.comparison.runs_by_hand import FLOOR, award, pot, run
from tests.unit.figures.flows_by_hand import RunByHand

COVER = {
    "target": "cover", "kind": "days_of_cover", "region": "us", "material": "magnet", "origin": None, "segment": "any",
    "futures": "all", "first_year": 2026, "last_year": 2027, "level": 30.0, "mode": "priced", "price_usd_per_kg": 5.0,
    "source": "judgement", "grade": "judgement",
}  # fmt: skip


def limits(targets: tuple[dict[str, Any], ...] = (COVER,), **given: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Rows by kind, of a plan with a floor at 90 of at most 100 and 60 of 400 musd of the pot used."""
    flows = RunByHand(case=small_case(tables={"targets": list(targets)}))
    tables = {
        **flows.tables,
        **run(awards=[award("us_oxide", **FLOOR)], programmes=[pot()]).tables,
    }
    signed = {"contract": "oxide_floor", "signed": True, "tail_limit_musd": -75.0}
    tables["offers"] = pd.DataFrame([signed, {**signed, "signed": False, "tail_limit_musd": -1.0}])
    tables["awards"]["tail_npv_musd"] = -30.0
    tables["programmes"]["name"] = "Pot"
    tables["yearly_outlays"] = pd.DataFrame(columns=["programme", "year", "expected_musd"])
    tables["target_misses"] = pd.DataFrame(columns=["future", "year", "target", "t_per_year"])
    tables["cover"] = pd.DataFrame(columns=["target", "stockpile", "year", "wanted_t", "missed_t"])
    tables["supply"], tables["shortfall"] = flows.tables["supply"], flows.tables["shortfall"]
    tables |= {name: pd.DataFrame(rows) for name, rows in given.items()}
    flows.tables = tables
    page = Material(cast(Any, flows), None, Provenance())
    return {row["kind"]: row for row in binding_table(page).to_dict(orient="records")}


def test_what_is_left_of_each_limit() -> None:
    found = limits()
    assert {kind: (row["limit"], row["used"], row["left"], row["binds"]) for kind, row in found.items()} == {
        "pot": (400.0, 60.0, 340.0, False),
        "strike cap": (100.0, 90.0, 10.0, False),
        "sponsor's loss limit": (75.0, 30.0, 45.0, False),
    }


def test_a_pot_that_is_used_up_binds_and_stands_first() -> None:
    found = limits(programmes=[{**pot(scored_musd=400.0, left_musd=0.0), "name": "Pot"}])
    assert next(iter(found)) == "pot"
    assert found["pot"]["binds"]


def test_debt_at_its_limit_binds() -> None:
    # At most 60 % of a capex of 300.
    row = {"plant": "us_oxide", "instrument": "debt", "programme": None, "musd": 180.0}
    assert limits(financing=[row])["limit on private debt"]["binds"]


def test_cover_binds_in_its_tightest_year() -> None:
    # 400 t wanted in both years; 500 and 400 t held: nothing beyond in 2027.
    cover = [
        {"target": "cover", "stockpile": "magnet_stock", "year": y, "wanted_t": 400.0, "missed_t": 0.0}
        for y in (2026, 2027)
    ]
    held = [
        {"stockpile": "magnet_stock", "year": year, "purchase_t": 0.0, "stock_t": stock}
        for year, stock in ((2026, 500.0), (2027, 400.0))
    ]
    row = limits(cover=cover, stockpile=held)["target"]
    assert (row["limit"], row["used"], row["left"], row["binds"]) == (400.0, 400.0, 0.0, True)
    assert "2027" in row["item"]


def test_a_target_that_is_missed_says_by_how_much_at_most() -> None:
    served = {**COVER, "target": "served", "kind": "service_level", "segment": "civil", "level": 0.95}
    misses = [{"future": "calm", "year": 2030, "target": "served", "t_per_year": t} for t in (3.0, 9.0)]
    row = limits((served,), target_misses=misses)["target missed"]
    assert (row["limit"], row["used"], row["left"], row["binds"]) == (0.0, 9.0, -9.0, True)


def test_the_largest_share_in_calm_is_held_against_its_limit() -> None:
    # 3,000 of 4,000 t in calm in 2030.
    cap = {**COVER, "target": "cap", "kind": "share_limit", "origin": "china", "futures": "calm", "level": 0.7}
    row = limits(({**cap, "first_year": 2030, "last_year": 2035},))["target"]
    assert (row["limit"], row["used"], row["binds"]) == (0.7, 0.75, True)
