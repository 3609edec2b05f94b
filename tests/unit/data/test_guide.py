"""The order of filling in, and the example that templates and ``check`` show."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from optimizer.data import Case, read_case, write_template
from optimizer.data.guide.example import TABLE_TEXTS
from optimizer.data.guide.progress import progress_of_case, progress_of_faults
from optimizer.data.guide.steps import OTHERS, STEPS, other_columns, usual_columns
from optimizer.data.schema import TABLES
from optimizer.errors import CaseError
from tests.small_case import small_settings, small_tables

NEEDED = ["regions", "price_series", "materials", "ramps", "plants", "demand"]
ORDER = [*NEEDED, "suppliers", "lanes", "recipes", "disruptions", "programmes", "eligibility", "contracts"]


@pytest.fixture(name="example", scope="module")
def fixture_example(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The example as the template writes it."""
    return read_case(write_template(tmp_path_factory.mktemp("example") / "case", example=True))


def rows_of(table: str) -> str:
    """Its rows in the example, as they are typed below the header."""
    return TABLE_TEXTS[table].split("\n", 1)[1]


def test_steps_are_every_table_of_the_example_and_every_required_one_and_come_before_the_others() -> None:
    assert [step.table for step in STEPS] == list(TABLE_TEXTS) == ORDER
    assert [step.table for step in STEPS if step.is_needed] == NEEDED
    assert {*ORDER, *OTHERS} == set(TABLES)
    assert not any(TABLES[name].required for name in OTHERS)
    assert all(bool(step.if_empty) != step.is_needed for step in STEPS)


def test_filling_in_step_by_step_never_meets_a_fault_and_is_told_the_next_step(tmp_path: Path) -> None:
    """As each step refers only to earlier ones, nothing is wrong on the way; after six steps there is a case."""
    folder = write_template(tmp_path / "case")
    for at, name in enumerate(ORDER):
        if at < len(NEEDED):
            with pytest.raises(CaseError) as caught:
                read_case(folder)
            assert {fault.check for fault in caught.value.faults} == {"missing-table"}
            progress = progress_of_faults(caught.value.faults)
            left = NEEDED[at:]
        else:
            case = read_case(folder)
            # A pot has no use before the contracts that it pays.
            unused = name in ("eligibility", "contracts")
            assert [fault.check for fault in case.warnings] == ["programme-without-use"] * unused
            progress = progress_of_case(case)
            left = ORDER[at:]
        assert [step.table for step in progress.to_come] == left
        assert [step.table for step in progress.done] == ORDER[:at]
        assert progress.next is not None
        assert progress.next.table == name
        with (folder / f"{name}.csv").open("a") as file:
            file.write(rows_of(name))
    progress = progress_of_case(read_case(folder))
    assert progress.next is None
    assert progress.placeholders == ("case.title", "case.question")


def test_a_whole_case_has_nothing_to_come(example: Case) -> None:
    assert example.warnings == ()
    assert progress_of_case(example).is_complete
    assert progress_of_case(read_case("mp-materials")).is_complete


def test_a_case_without_lanes_and_contracts_is_told_what_that_means() -> None:
    tables = {name: rows for name, rows in small_tables().items() if name not in ("suppliers", "lanes", "disruptions")}
    progress = progress_of_case(Case.from_tables(small_settings(), tables))
    assert [(step.table, step.if_empty) for step in progress.to_come] == [
        ("suppliers", "nothing can be bought but what plants of the case make"),
        ("lanes", "nothing moves between regions"),
        ("disruptions", "no embargo ever begins: every future is calm"),
    ]


def test_example_is_all_judgement(example: Case) -> None:
    assert {grade for grade, count in example.grade_mix().items() if count} == {"judgement"}


@pytest.mark.parametrize("name", TABLES)
def test_usual_columns_hold_all_required_ones_and_stand_in_the_order_of_the_schema(name: str) -> None:
    table = TABLES[name]
    usual, other = usual_columns(table), other_columns(table)
    assert not any(column.required for column in other)
    assert {*usual, *other} == set(table.all_columns)
    assert sorted(usual, key=table.all_columns.index) == list(usual)
    if name in TABLE_TEXTS:
        assert TABLE_TEXTS[name].splitlines()[0] == ",".join(column.name for column in usual)


def test_a_column_that_the_template_leaves_out_may_be_added_anywhere(tmp_path: Path) -> None:
    folder = write_template(tmp_path / "case", example=True)
    lines = (folder / "plants.csv").read_text().splitlines()
    widened = [f"hurdle_rate,{lines[0]}", *(f"0.1,{line}" for line in lines[1:])]
    (folder / "plants.csv").write_text("\n".join(widened))
    assert [row.hurdle_rate for row in read_case(folder).rows("plants")] == [0.1, 0.1]


def test_example_workbook_is_the_example_folder(example: Case, tmp_path: Path) -> None:
    workbook = read_case(write_template(tmp_path / "case.xlsx", example=True))
    assert workbook == example
    assert workbook.name == "case"


@pytest.mark.parametrize(("folder", "name"), [("two-plants", "two-plants"), ("Two plants", "my-case")])
def test_a_case_is_called_as_its_folder_if_that_can_be_a_name(folder: str, name: str, tmp_path: Path) -> None:
    assert read_case(write_template(tmp_path / folder, example=True)).name == name


def test_first_sheet_lists_the_steps_and_counts_their_rows(tmp_path: Path) -> None:
    book = load_workbook(write_template(tmp_path / "new.xlsx"))
    sheet = book.worksheets[0]
    assert book.active is sheet
    assert sheet.title.startswith("notes")
    listed = [row for row in sheet.iter_rows(min_row=4, values_only=True) if row[1] is not None]
    assert [(row[0], row[1]) for row in listed[: len(ORDER) + 1]] == list(enumerate(["settings", *ORDER], start=1))
    assert {row[1] for row in listed[len(ORDER) + 1 :]} == set(OTHERS)
    for row in listed[1:]:
        assert row[2] == f"=COUNTA('{row[1]}'!$A$2:$A$2000)"
    empty = {row[1]: row[4] for row in listed}
    assert {name for name, words in empty.items() if words == "cannot be left empty"} == {"settings", *NEEDED}
    formulas = {
        page.title: [cell.coordinate for line in page.iter_rows() for cell in line if cell.data_type == "f"]
        for page in book.worksheets
    }
    assert {title for title, found in formulas.items() if found} == {sheet.title}


def test_help_at_a_column_has_the_example(tmp_path: Path) -> None:
    book = load_workbook(write_template(tmp_path / "new.xlsx"))
    notes = {cell.value: cell.comment.text for cell in book["plants"][1]}
    assert "For example: 160" in notes["capex_musd"]
    assert "For example" not in notes["hurdle_rate"]


def test_a_case_of_judgement_alone_needs_no_sources() -> None:
    tables = {name: rows for name, rows in small_tables().items() if name != "sources"}
    assert Case.from_tables(small_settings(), tables).rows("sources") == ()
    tables["ramps"] = [{**row, "source": "atlas"} for row in tables["ramps"]]
    with pytest.raises(CaseError, match=r"'atlas' is not a key of sources\.csv"):
        Case.from_tables(small_settings(), tables)
