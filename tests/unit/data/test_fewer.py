"""A case with fewer candidates."""

from __future__ import annotations

import pytest

from optimizer.data import Case, read_case
from optimizer.data.fewer import only_candidates
from optimizer.data.schema import TABLES
from optimizer.errors import SettingError
from tests.small_case import small_settings, small_tables


def test_only_what_belongs_to_the_candidates_left_out_goes() -> None:
    case = read_case("mp-materials")
    fewer = only_candidates(case, ["mountain-pass-ndpr", "independence-expansion"])
    operating = [row.plant for row in case.rows("plants") if row.status == "operating"]
    kept = {*operating, "mountain-pass-ndpr", "independence-expansion"}
    required = {row.requires for row in case.rows("plants") if row.plant in kept} - {None}
    kept |= required
    assert {row.plant for row in fewer.rows("plants")} == kept
    for name in ("recipes", "contracts", "support"):
        assert list(fewer.rows(name)) == [row for row in case.rows(name) if row.plant in kept]
    assert list(fewer.rows("eligibility")) == [row for row in case.rows("eligibility") if row.plant in {*kept, "any"}]
    with_plants = {name for name, table in TABLES.items() if any(one.refers_to == "plants" for one in table.columns)}
    assert all(fewer.rows(name) == case.rows(name) for name in TABLES if name not in with_plants)
    assert fewer.settings == case.settings


def test_what_a_candidate_requires_stays_with_it() -> None:
    tables = small_tables()
    tables["plants"][1]["requires"] = "us_oxide"
    case = Case.from_tables(small_settings(), tables)
    assert {row.plant for row in only_candidates(case, ["us_magnet"]).rows("plants")} == {"us_oxide", "us_magnet"}
    assert {row.plant for row in only_candidates(case, ["us_oxide", "us_magnet"]).rows("plants")} == {
        "us_oxide", "us_magnet",
    }  # fmt: skip


def test_an_unknown_candidate_is_named_with_the_nearest() -> None:
    with pytest.raises(SettingError, match=r"--candidate ten-y: .* Did you mean 'ten-x'"):
        only_candidates(read_case("mp-materials"), ["ten-y"])
    with pytest.raises(SettingError, match="no such candidate"):
        only_candidates(read_case("mp-materials"), ["mountain-pass-mine"])
