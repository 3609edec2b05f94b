"""Commands that take and make workbooks."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from optimizer.batch.asked import read_batch
from optimizer.cli import main
from optimizer.data import read_case
from optimizer.errors import SettingError
from optimizer.explanation.input_cells import input_cell
from tests.small_case import small_case, write_small_case
from tests.unit.data.workbook.edited import changed, set_cell

Captured = pytest.CaptureFixture[str]


def test_convert_there_and_back(tmp_path: Path, capsys: Captured) -> None:
    folder, book, back = write_small_case(tmp_path / "case"), tmp_path / "case.xlsx", tmp_path / "back"
    assert main(["convert", str(folder), str(book)]) == 0
    assert main(["check", str(book)]) == 0
    assert main(["convert", str(book), str(back), "--set", "programmes.us_pot.budget_musd=400"]) == 0
    assert read_case(book) == small_case()
    assert read_case(back) == small_case().set("programmes.us_pot.budget_musd", 400)
    assert main(["convert", str(folder), str(book)]) == 74
    assert "case.xlsx exists. Files are never overwritten" in capsys.readouterr().err
    assert main(["convert", str(folder), str(tmp_path / "case.xls")]) == 2
    assert "workbooks are written as .xlsx" in capsys.readouterr().err


def test_init_into_a_workbook(tmp_path: Path) -> None:
    assert main(["init", str(tmp_path / "mine.xlsx"), "--case", "mp-materials"]) == 0
    assert read_case(tmp_path / "mine.xlsx") == read_case("mp-materials")
    assert main(["init", str(tmp_path / "mine.xlsx")]) == 74
    assert main(["init", str(tmp_path / "new.xlsx"), "--case", "mp-material"]) == 2


def test_template_and_faults_by_cell(tmp_path: Path, capsys: Captured) -> None:
    assert main(["template", str(tmp_path / "new.xlsx")]) == 0
    assert "its sheet columns explains every column" in capsys.readouterr().out
    small_case().write(tmp_path / "case.xlsx")
    changed(tmp_path / "case.xlsx", set_cell("ramps", "C2", "half"))
    assert main(["check", str(tmp_path / "case.xlsx")]) == 2
    assert "ramps!C2, share: 'half' is not a number." in capsys.readouterr().err


def test_solve_from_a_workbook_into_a_workbook(tmp_path: Path, capsys: Captured) -> None:
    small_case().write(tmp_path / "case.xlsx")
    command = ["solve", str(tmp_path / "case.xlsx"), "--paths", "4", "--futures", "2"]
    plan, run = tmp_path / "plan.xlsx", tmp_path / "run"
    assert main([*command, "--workbook", str(plan), "--out", str(run)]) == 0
    assert load_workbook(plan).sheetnames[0] == "plan"
    assert "plan.xlsx" in capsys.readouterr().err
    assert main(["verify", str(run)]) == 0
    # It is refused before anything is solved.
    assert main([*command, "--workbook", str(plan)]) == 74
    assert main([*command, "--workbook", str(tmp_path / "plan.csv")]) == 74
    assert capsys.readouterr().err.count("optimizer: ") == 2


def test_explanations_name_the_sheet(tmp_path: Path) -> None:
    small_case().write(tmp_path / "case.xlsx")
    cell = input_cell(read_case(tmp_path / "case.xlsx"), "programmes", ("us_pot",), "budget_musd")
    assert str(cell) == "sheet programmes row 2, budget_musd: 500 musd"


def list_of_runs(path: Path, rows: list[list[object]]) -> Path:
    """A workbook with a list of runs on its second sheet, after notes."""
    book = Workbook()
    book.active.title = "notes"
    book.create_sheet("runs")
    for row in rows:
        book["runs"].append(row)
    book.save(path)
    return path


def test_a_list_of_runs_may_be_a_sheet(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["run", "programmes.us_pot.budget_musd", "scenarios.seed"],
        ["small pot", 200.5, None],
        [None, None, None],
        ["other draws", None, 2],
    ]
    batch = read_batch(list_of_runs(tmp_path / "runs.xlsx", rows))
    assert [(run.label, run.changes) for run in batch.asked] == [
        ("small pot", ("programmes.us_pot.budget_musd = 200.5",)),
        ("other draws", ("scenarios.seed = 2",)),
    ]


@pytest.mark.parametrize(
    ("cell", "words"),
    [("=1+1", r"runs!B2: is a formula without"), ("#N/A", r"runs!B2: holds the error #N/A")],
)
def test_cells_of_a_list_that_hold_nothing(cell: str, words: str, tmp_path: Path) -> None:
    path = list_of_runs(tmp_path / "runs.xlsx", [["run", "scenarios.seed"], ["one", cell]])
    with pytest.raises(SettingError, match=words):
        read_batch(path)
    (tmp_path / "none.xlsx").write_bytes(b"run,scenarios.seed\n")
    with pytest.raises(SettingError, match="is not an Excel workbook"):
        read_batch(tmp_path / "none.xlsx")
