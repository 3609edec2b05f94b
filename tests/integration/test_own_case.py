"""The walk of the README from blank tables to a plan, followed to the letter, as CSV files and in Excel."""

from __future__ import annotations

import csv
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from optimizer import read_case, solve
from optimizer.cli import main
from optimizer.data.guide.example import TABLE_TEXTS
from tests.documentation.pages import ROOT, Block, blocks_in

PROGRAM = ".venv/bin/optimizer "
TYPED = re.compile(r"echo (?P<row>'.+') >> my-case/(?P<table>\w+)\.csv")
Captured = pytest.CaptureFixture[str]


@pytest.fixture(name="walk", scope="module")
def fixture_walk() -> list[Block]:
    """The blocks of the walk."""
    page = (ROOT / "README.md").read_text("utf-8")
    walk = page.split("<!-- own case -->\n")[1].split("<!-- end of own case -->")[0]
    return list(blocks_in(walk, "README.md"))


def lines_of(walk: list[Block]) -> list[str]:
    return [line for block in walk if block.language == "bash" for line in block.text.splitlines()]


def typed_rows(walk: list[Block]) -> dict[str, list[str]]:
    """Table → its rows, as they are typed."""
    rows: dict[str, list[str]] = {}
    for line in lines_of(walk):
        found = TYPED.fullmatch(line)
        if found:
            rows.setdefault(found["table"], []).extend(shlex.split(found["row"]))
    return rows


def run(line: str, folder: Path, capsys: Captured) -> str:
    """What a line of a block prints; commands of this program run in this process."""
    if not line.startswith(PROGRAM):
        subprocess.run(["bash", "-ec", line], cwd=folder, check=True)
        return ""
    assert main(shlex.split(line.removeprefix(PROGRAM))) == 0, line
    return capsys.readouterr().out


def assert_is_the_plan(solution: Any) -> None:
    """Both plants are backed, each at the lowest strike on its menu at which its sponsor would build.

    A sponsor asks for 12 % a year over 15 years: 1 musd a year is worth a = (1 − 1.12^-15) / 0.12 = 6.8109 musd at the
    time of the investment, a year before the start.

    Oxide: 1,600 t/yr, 160 musd, 50 USD/kg to run, no inputs. All of its output is paid the strike K, whatever the
    price: 1.6 · (K − 50) · a ≥ 160 asks for K ≥ 50 + 14.68 = 64.68; on the menu 60, 65, 70 … that is 65. Discounted a
    year to 2026 its net present value is (1.6 · 15 · a − 160) / 1.12 = 3.09 musd, on every path.

    Magnets: 4,000 t/yr, 200 musd, 25 USD/kg to run and 0.4 kg of oxide, whose price has the median 60 and a mean m that
    is higher: at least 24 USD/kg. At 55 the expected net present value is at most (4 · (55 − 49) · a − 200) / 1.12,
    below 0. At 65 it is (4 · (65 − 25 − 0.4 · m) · a − 200) / 1.12, more than the over-compensation cap of half its
    capital, 100 / 1.12, as long as m < 72; m is 60 · exp(σ² / 2), and log prices that swing by 0.15 a year and halve
    their way back in two years deviate by σ = 0.15 / √(2 · ln 2 / 2) = 0.18, so m < 62. That leaves 60, if the bad tail
    there is not worse than minus half its capital.

    Why at all: magnets come from China in the calm, and cheaper; in an embargo, which withholds all of them, a kg of
    demand not met costs 400 USD. The chain costs 50 · 0.4 + 25 and freight, under 46 USD/kg, and its capital 160 + 200
    musd; a year of embargo costs 5,000 t · 400 USD/kg = 2,000 musd, and one begins in 15 % of the years.
    """
    awards = solution.tables["awards"].set_index("plant")
    assert sorted(awards.index) == ["au-separation", "us-magnets"]
    assert awards["instrument"].tolist() == ["cfd", "cfd"]
    assert awards["strike_usd_per_kg"].to_dict() == {"au-separation": 65.0, "us-magnets": 60.0}
    assert awards["volume_t_per_year"].to_dict() == {"au-separation": 1600.0, "us-magnets": 4000.0}
    annuity = (1 - 1.12**-15) / 0.12
    worth = (1.6 * 15 * annuity - 160) / 1.12
    assert awards.at["au-separation", "expected_npv_musd"] == pytest.approx(worth, abs=1e-6)
    assert awards.at["au-separation", "tail_npv_musd"] == pytest.approx(worth, abs=1e-6)
    assert awards.at["us-magnets", "tail_npv_musd"] > -0.5 * 200 / 1.12
    assert solution.tables["private_entry"].empty


def test_the_walk_of_the_readme_ends_in_the_plan_it_shows(
    walk: list[Block], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.chdir(tmp_path)
    printed = ""
    for block in walk:
        if block.language == "bash":
            printed = "".join(run(line, tmp_path, capsys) for line in block.text.splitlines())
            continue
        at = 0
        for line in block.text.splitlines():
            at = printed.find(line, at)
            assert at >= 0, f"not printed, or not in this order: {line}\n{printed}"
    assert_is_the_plan(solve(read_case(tmp_path / "my-case")))


def test_the_same_rows_typed_into_the_blank_workbook_are_the_same_case(
    walk: list[Block], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    """In the order of the walk; on the way ``check`` asks for the sheet that is filled in next."""
    monkeypatch.chdir(tmp_path)
    assert main(["template", "my-case.xlsx"]) == 0
    book = load_workbook("my-case.xlsx")
    for number, (table, rows) in enumerate(typed_rows(walk).items()):
        if number in (0, 5, 6):
            book.save("my-case.xlsx")
            capsys.readouterr()
            assert main(["check", "my-case.xlsx"]) == (2 if number < 6 else 0)
            assert f" of {6 if number < 6 else 13}): sheet {table}." in capsys.readouterr().out
        type_into(book[table], rows)
    book.save("my-case.xlsx")
    assert main(["check", "my-case.xlsx"]) == 0
    assert "Next: optimizer solve my-case.xlsx" in capsys.readouterr().out
    main(["template", "my-case", "--example"])
    case = read_case("my-case.xlsx")
    assert {name: list(case.rows(name)) for name in TABLE_TEXTS} == {
        name: list(read_case("my-case").rows(name)) for name in TABLE_TEXTS
    }
    assert_is_the_plan(solve(case))


def type_into(sheet: Any, rows: list[str]) -> None:
    """Rows into the first columns of a sheet, below its header; what is typed as digits becomes a number."""
    for number, cells in enumerate(csv.reader(rows), start=2):
        for column, text in enumerate(cells, start=1):
            is_number = re.fullmatch(r"-?\d+(\.\d+)?", text) is not None
            sheet.cell(number, column).value = float(text) if is_number else text


def test_the_rows_of_the_walk_are_those_that_check_shows(walk: list[Block]) -> None:
    assert typed_rows(walk) == {name: text.splitlines()[1:] for name, text in TABLE_TEXTS.items()}


@pytest.mark.parametrize("contract", ["oxide-cfd", "magnet-cfd"])
def test_neither_plant_is_worth_its_support_without_the_other(contract: str, tmp_path: Path) -> None:
    """The magnet plant has no other oxide, and nobody else needs oxide; and no sponsor builds without a contract."""
    main(["template", str(tmp_path / "case"), "--example"])
    case = read_case(tmp_path / "case")
    contracts = [dict(row) for row in case.rows("contracts") if row.contract != contract]
    assert solve(case.replace(tables={"contracts": contracts})).tables["awards"].empty
