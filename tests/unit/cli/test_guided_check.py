"""``check`` on unfinished cases, and what it says of columns; ``template`` and ``init`` with less to do."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pandas as pd
import pytest

from optimizer.cli import main
from optimizer.data import read_case
from optimizer.data.guide.example import TABLE_TEXTS
from optimizer.data.schema import TABLES
from optimizer.report.guide import print_columns

Captured = pytest.CaptureFixture[str]


@pytest.fixture(name="blank")
def fixture_blank(tmp_path: Path, capsys: Captured) -> Path:
    """A blank template."""
    assert main(["template", str(tmp_path / "mine")]) == 0
    capsys.readouterr()
    return tmp_path / "mine"


def type_rows(folder: Path, *names: str) -> None:
    """The rows of the example into some tables."""
    for name in names:
        with (folder / f"{name}.csv").open("a") as file:
            file.write(TABLE_TEXTS[name].split("\n", 1)[1])


def test_a_blank_template_is_not_finished_and_its_first_table_is_asked_for(blank: Path, capsys: Captured) -> None:
    assert main(["check", str(blank)]) == 2
    out, err = capsys.readouterr()
    assert err == f"optimizer: {blank} is not finished: 6 tables that every case has are still empty.\n"
    assert "Next (1 of 6): regions.csv. Countries or blocs between which material moves." in out
    assert "\n  china,China,yes,covered,judgement,judgement\n" in out
    assert f"Then again: optimizer check {blank}\n" in out


def test_long_rows_of_the_example_are_not_broken(blank: Path, capsys: Captured) -> None:
    type_rows(blank, "regions", "price_series", "materials", "ramps")
    main(["check", str(blank)])
    out = capsys.readouterr().out
    assert "Next (5 of 6): plants.csv" in out
    row = TABLE_TEXTS["plants"].splitlines()[1]
    assert len(row) > 100
    assert f"\n  {row}\n" in out
    assert "source" not in [line.split()[0] for line in out.splitlines() if line.strip()]


def test_what_is_wrong_is_said_first_and_what_is_empty_in_one_line(blank: Path, capsys: Captured) -> None:
    type_rows(blank, "regions", "price_series")
    with (blank / "materials.csv").open("a") as file:
        file.write("oxide,NdPr oxide,seperated,t,oxide,no,judgement,judgement\n")
    assert main(["check", str(blank)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    first, fault, rest = err.splitlines()
    assert first == "optimizer: 1 fault(s) in the inputs:"
    assert fault.startswith("materials.csv row 2, stage: 'seperated' is not allowed. Did you mean 'separated'?")
    assert rest == "Still empty besides: plants, ramps, demand."


def test_a_comma_too_few_is_found_by_the_last_cell(blank: Path, capsys: Captured) -> None:
    with (blank / "regions.csv").open("a") as file:
        file.write("us,United States,allied,judgement,judgement\n")
    assert main(["check", str(blank)]) == 2
    assert "has 5 fields where the header has 6. The last one, 'judgement', stands under source." in (
        capsys.readouterr().err
    )


def test_a_case_without_contracts_can_be_solved_and_says_what_it_lacks(blank: Path, capsys: Captured) -> None:
    type_rows(blank, *TABLE_TEXTS)
    (blank / "contracts.csv").unlink()
    (blank / "eligibility.csv").unlink()
    header = TABLE_TEXTS["eligibility"].splitlines()[0]
    assert main(["check", str(blank)]) == 0
    out = capsys.readouterr().out
    assert "\n  contracts    no price support is on offer\n" in out
    assert f"For example, as the file, which is not there:\n  {header}\n  pot,contract," in out
    assert "Still as in the template: case.title, case.question (case.toml)" in out
    assert f"Or, if what is empty is to stay so: optimizer solve {blank}" in out


def test_a_workbook_is_guided_by_sheet_without_lines_of_a_file(tmp_path: Path, capsys: Captured) -> None:
    book = tmp_path / "mine.xlsx"
    assert main(["template", str(book)]) == 0
    assert main(["check", str(book)]) == 2
    out = capsys.readouterr().out
    assert "Next (1 of 6): sheet regions." in out
    assert "below the header of the file" not in out


def test_faults_of_an_unfinished_case_stay_whole_for_other_programs(blank: Path, capsys: Captured) -> None:
    assert main(["check", str(blank), "--json"]) == 2
    found = json.loads(capsys.readouterr().out)["faults"]
    assert [fault["table"] for fault in found] == [name for name, table in TABLES.items() if table.required]


def test_every_column_of_every_table_is_explained(capsys: Captured) -> None:
    for name, table in TABLES.items():
        print_columns(name)
        words = " ".join(capsys.readouterr().out.split())
        assert all(f" {column.name} " in words for column in table.all_columns), name


def test_check_explains_a_table_instead_of_reading_the_case(capsys: Captured) -> None:
    assert main(["check", "nowhere", "--explain", "ramps"]) == 0
    assert "Share of nameplate. [share; 0 to 1]" in capsys.readouterr().out
    assert main(["check", "nowhere", "--explain", "plants.csv", "--csv"]) == 0
    frame = pd.read_csv(io.StringIO(capsys.readouterr().out))
    assert list(frame["column"]) == [column.name for column in TABLES["plants"].all_columns]
    assert main(["check", "nowhere", "--explain", "plant"]) == 2
    assert "--explain plant: there is no such table. Did you mean 'plants'?" in capsys.readouterr().err


def test_a_misspelt_folder_is_named_with_the_nearest(
    blank: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    assert main(["check", str(blank.with_name("mien"))]) == 2
    assert f"Did you mean '{blank}'?" in capsys.readouterr().err
    monkeypatch.chdir(blank.parent)
    assert main(["check", "mien"]) == 2
    assert "Did you mean 'mine'?" in capsys.readouterr().err


def test_template_with_example_is_a_case_as_it_stands(tmp_path: Path, capsys: Captured) -> None:
    assert main(["template", str(tmp_path / "mine"), "--example"]) == 0
    assert main(["check", str(tmp_path / "mine")]) == 0
    assert f"Next: optimizer solve {tmp_path / 'mine'}" in capsys.readouterr().out
    assert {path.stem for path in (tmp_path / "mine").glob("*.csv")} == set(TABLES)


@pytest.mark.parametrize("name", ["fewer", "fewer.xlsx"])
def test_init_with_candidates_copies_those_alone(name: str, tmp_path: Path, capsys: Captured) -> None:
    target = tmp_path / name
    assert main(["init", str(target), "--candidate", "ten-x", "--candidate", "mountain-pass-ndpr"]) == 0
    plants = {row.plant for row in read_case(target).rows("plants") if row.status == "candidate"}
    assert plants == {"ten-x", "mountain-pass-ndpr"}
    capsys.readouterr()
    assert main(["init", str(tmp_path / "other"), "--candidate", "ten-y"]) == 2
    assert "Did you mean 'ten-x'?" in capsys.readouterr().err
    assert not (tmp_path / "other").exists()
