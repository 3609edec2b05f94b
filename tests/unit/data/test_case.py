"""The case as a value: look-up, equality, freezing, replacing, writing."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from optimizer.data import Case, Row, read_case
from optimizer.data.schema import TABLES
from optimizer.errors import CaseError, OutputError
from tests.small_case import small_case, small_settings, small_tables


@pytest.fixture(name="case")
def fixture_case() -> Case:
    return small_case()


def test_values_have_their_types(case: Case) -> None:
    plant = case.row("plants", "us_oxide")
    assert plant.start_years == (2027, 2028)
    assert plant.capex_musd == 300.0
    assert plant.reserve_t is None
    assert plant.compliant is True
    assert plant.availability == 1.0, "blank means the default"
    assert plant.opex_usd_per_kg_low is None, "companions that are not stated are None"
    assert case.row("contracts", "oxide_floor").upside_threshold_usd_per_kg == "strike"
    assert case.row("eligibility", "us_pot", "grant", "us", "any", "any").plant == "any"
    assert case.row("support", "us_oxide", "debt", None).programme is None
    assert case.rows("targets") == ()


def test_absent_rows_are_case_errors_that_name_the_nearest(case: Case) -> None:
    with pytest.raises(CaseError, match="Did you mean 'us_oxide'"):
        case.row("plants", "us_oxid")
    with pytest.raises(CaseError, match="Did you mean 'plants'"):
        case.rows("plant")


def test_nothing_can_be_changed(case: Case) -> None:
    row: Any = case.row("plants", "us_oxide")
    with pytest.raises(AttributeError):
        row.capex_musd = 1.0
    with pytest.raises(AttributeError):
        del row.capex_musd
    with pytest.raises(TypeError):
        row["capex_musd"] = 1.0
    with pytest.raises(AttributeError, match="no column"):
        _ = row.capex
    with pytest.raises(AttributeError):
        case.settings = case.settings  # type: ignore[misc]
    frame = case.tables["plants"]
    frame.loc[0, "capex_musd"] = 1.0
    assert case.row("plants", "us_oxide").capex_musd == 300.0


def test_copies_are_equal(case: Case) -> None:
    assert pickle.loads(pickle.dumps(case)) == case
    assert copy.deepcopy(case) == case
    assert case != case.set("plants.us_oxide.capex_musd", 301)


def test_written_case_reads_back_equal(case: Case, tmp_path: Path) -> None:
    awkward = case.set("regions.us.name", 'A "quoted", name; with = @signs').set("case.title", 'Tab\tand "quote" \\ é')
    awkward = awkward.set("plants.us_oxide.capex_musd", 0.1 + 0.2).set("objective.weights.tail", 1e-7)
    awkward.write(tmp_path / "new")
    assert read_case(tmp_path / "new") == awkward


def test_writing_never_overwrites(case: Case, tmp_path: Path) -> None:
    (tmp_path / "ramps.csv").write_text("mine")
    with pytest.raises(OutputError, match=r"already has ramps\.csv"):
        case.write(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["ramps.csv"]
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot write"):
        case.write(tmp_path / "file" / "below")


def test_tables_are_frames_with_every_column_that_make_the_case_again(case: Case) -> None:
    frames = case.tables
    assert set(frames) == set(TABLES)
    assert list(frames["ramps"]) == ["ramp", "operating_year", "share", "source", "grade"]
    assert frames["ramps"]["share"].dtype == np.float64
    assert frames["targets"].empty
    assert case.replace(tables=frames) == case
    assert Case.from_tables(case.settings, frames) == case


def test_replace_accepts_rows_and_numbers_them_from_two(case: Case) -> None:
    rows = small_tables()["ramps"]
    rows[1]["share"] = 1.5
    with pytest.raises(CaseError) as caught:
        case.replace(tables={"ramps": rows})
    [fault] = caught.value.faults
    assert (fault.table, fault.row, fault.column) == ("ramps", 3, "share")


def test_replace_checks_the_tables_that_stay(case: Case) -> None:
    with pytest.raises(CaseError) as caught:
        case.replace(tables={"programmes": []})
    assert {fault.table for fault in caught.value.faults} == {"eligibility", "contracts", "support", "stockpiles"}


def test_frames_with_missing_values_are_blank_cells(case: Case) -> None:
    frame = case.tables["demand"]
    more = pd.concat([frame, pd.DataFrame([{**frame.iloc[1], "segment": "wind", "growth_per_year": np.nan}])])
    with pytest.raises(CaseError, match=r"demand.csv row 4, growth_per_year: 'nan' is blank"):
        case.replace(tables={"demand": more})


def test_replace_settings_and_name(case: Case) -> None:
    settings = small_settings()
    settings["scenarios"]["paths"] = 32
    assert case.replace(settings=settings, name="other").settings.scenarios.paths == 32
    assert case.replace(name="other").name == "other"
    with pytest.raises(CaseError, match=r"case.toml, case.name"):
        case.replace(name="no spaces allowed")


@pytest.mark.parametrize("data", [["not a row"], [{"ramp": {}}], [{}]])
def test_rows_that_are_no_rows(case: Case, data: list[Any]) -> None:
    with pytest.raises(CaseError):
        case.replace(tables={"ramps": data})


def test_unknown_table_in_memory() -> None:
    with pytest.raises(CaseError, match="Did you mean 'ramps'"):
        Case.from_tables(small_settings(), {**small_tables(), "ramp": []})


def test_grade_mix_counts_every_row_but_sources(case: Case) -> None:
    rows = sum(len(rows) for table, rows in small_tables().items() if table != "sources")
    assert case.grade_mix() == {"A": 0, "B": 0, "B-": 0, "C": 0, "computed": 0, "judgement": rows}


def test_no_column_is_hidden_by_an_attribute_of_rows() -> None:
    columns = {column.name for table in TABLES.values() for column in table.all_columns}
    assert columns.isdisjoint(type.__dir__(Row))
    assert columns >= set(dir(small_case().row("plants", "us_oxide"))) - set(type.__dir__(Row))


def test_html_is_escaped(case: Case) -> None:
    html = case.set("case.title", "<script>")._repr_html_()
    assert "&lt;script&gt;" in html
    assert "<script>" not in html
