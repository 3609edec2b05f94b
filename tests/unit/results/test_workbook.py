"""The workbook of results: what stands on its first sheet, and that nothing in it becomes a formula."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from optimizer import read_case, solve
from optimizer.errors import OutputError
from optimizer.results import Solution
from optimizer.results.workbook import header_words, results_bytes
from tests.small_case import small_case


@pytest.fixture(name="solution", scope="module")
def fixture_solution() -> Solution:
    return solve(small_case(), paths=4, futures=2)


def test_first_sheet_has_plan_gap_and_bound(solution: Solution, tmp_path: Path) -> None:
    solution.write_workbook(tmp_path / "plan.xlsx")
    book = load_workbook(tmp_path / "plan.xlsx")
    assert book.sheetnames[0] == "plan"
    sheet = book["plan"]
    facts = {row[0].value: row[1] for row in sheet.iter_rows(max_row=20)}
    assert sheet["A1"].value == "Two plants, one embargo"
    assert facts["the plan is"].value == "the best plan to within the gap"
    assert facts["objective: weighted cost of the plan"].value == solution.objective_musd
    assert facts["bound: no plan costs less"].value == solution.bound_musd
    assert facts["gap: how far the plan may be from the best"].value == solution.gap
    assert facts["gap: how far the plan may be from the best"].number_format == "0.000%"
    assert "verified" in facts["worked out again"].value


def test_every_table_is_there_with_units_and_all_digits(solution: Solution, tmp_path: Path) -> None:
    solution.write_workbook(tmp_path / "plan.xlsx")
    book = load_workbook(tmp_path / "plan.xlsx")
    assert book.sheetnames[1:] == [name for name, frame in solution.tables.items() if not frame.empty]
    for name, frame in solution.tables.items():
        if frame.empty:
            continue
        rows = list(book[name].iter_rows(values_only=True))
        assert list(rows[0]) == [header_words(column) for column in frame.columns]
        assert len(rows) == len(frame) + 1
        for position, column in enumerate(frame.columns):
            if pd.api.types.is_float_dtype(frame[column]):
                written = pd.Series([row[position] for row in rows[1:]], dtype=float)
                pd.testing.assert_series_equal(
                    written, frame[column], check_names=False, check_index=False, check_exact=True
                )
    assert {cell.number_format for cell in book["breakdown"]["E"][1:]} == {"#,##0.0"}


def test_texts_never_become_formulas(solution: Solution, tmp_path: Path) -> None:
    evil = '=HYPERLINK("x")'
    measures = solution.tables["comparison"].copy()
    measures["measure"] = evil
    spoilt = replace(solution, title="@SUM(A1)", tables={**solution.tables, "comparison": measures})
    spoilt.write_workbook(tmp_path / "p.xlsx")
    book = load_workbook(tmp_path / "p.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f"]
    found = [cell for cell in cells if cell.value == evil]
    assert found
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in found)


def test_unknown_bound_and_equal_bytes(solution: Solution) -> None:
    stopped = replace(solution, termination="time_limit", bound_musd=float("-inf"), gap=float("inf"))
    assert results_bytes(stopped) == results_bytes(replace(stopped, seconds=99.0))
    assert results_bytes(stopped) != results_bytes(solution)


def test_it_is_never_overwritten_and_has_the_right_name(solution: Solution, tmp_path: Path) -> None:
    (tmp_path / "plan.xlsx").write_text("mine")
    with pytest.raises(OutputError, match="exists"):
        solution.write_workbook(tmp_path / "plan.xlsx")
    assert (tmp_path / "plan.xlsx").read_text() == "mine"
    with pytest.raises(OutputError, match=r"ends in \.xlsx"):
        solution.write_workbook(tmp_path / "plan.xls")


def test_a_case_read_from_a_workbook_gives_the_same_plan(solution: Solution, tmp_path: Path) -> None:
    small_case().write(tmp_path / "case.xlsx")
    again = solve(read_case(tmp_path / "case.xlsx"), paths=4, futures=2)
    assert again.objective_musd == solution.objective_musd
