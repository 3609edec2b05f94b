"""A case written as a workbook reads back as the same case, and Excel would show what the case says."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from optimizer.data import Case, bundled_cases, read_case, write_template
from optimizer.data.guide.steps import other_columns, usual_columns
from optimizer.data.schema import TABLES
from optimizer.data.workbook.settings_sheet import setting_fields
from optimizer.errors import CaseError, OutputError
from tests.small_case import small_case, small_settings, small_tables
from tests.unit.data.broken import EVERY_TABLE, edited


@pytest.mark.parametrize("name", sorted(bundled_cases()))
def test_bundled_cases_survive(name: str, tmp_path: Path) -> None:
    case = read_case(name)
    case.write(tmp_path / "case.xlsx")
    again = read_case(tmp_path / "case.xlsx")
    assert again == case
    again.write(tmp_path / "folder")
    assert read_case(tmp_path / "folder") == case


def test_every_table_and_every_setting_survive(tmp_path: Path) -> None:
    settings, tables = edited(*EVERY_TABLE)
    settings["objective"] = {"weights": {"outlay": 0.1 + 0.2}, "tail_alpha": 0.5}
    settings["viability"] = {"private_entry": False, "lender_deck": ""}
    case = Case.from_tables(settings, tables)
    case.write(tmp_path / "case.xlsx")
    assert read_case(tmp_path / "case.xlsx") == case
    assert all(case.rows(name) for name in TABLES)


def test_numbers_keep_all_their_digits(tmp_path: Path) -> None:
    numbers = [0.1 + 0.2, 1 / 3, 5e-324, 1234.123456789, 1e-7, 1e4]
    tables = small_tables()
    tables["demand"] = [
        {**tables["demand"][1], "segment": f"s{at}", "base_t_per_year": number} for at, number in enumerate(numbers)
    ]
    small_case(tables=tables).write(tmp_path / "case.xlsx")
    assert [row.base_t_per_year for row in read_case(tmp_path / "case.xlsx").rows("demand")] == numbers
    # openpyxl reads the same figures, as figures.
    rows = list(load_workbook(tmp_path / "case.xlsx")["demand"].iter_rows(values_only=True))
    at = rows[0].index("base_t_per_year")
    assert [row[at] for row in rows[1:]] == numbers


TEXTS = ["=1+1", "+1", "-1", "@x", "'quoted", "_x0041_", "x_x005F_", "2026", "2026-03-01", "1e5", "TRUE", "<&>\"'",
         "\u200bé💰", "a  b", "\ufffe", "#N/A", "a" * 10_000]  # fmt: skip


def test_texts_stay_texts(tmp_path: Path) -> None:
    tables = small_tables()
    tables["sources"] = [{**tables["sources"][0], "source": f"s{at}", "title": text} for at, text in enumerate(TEXTS)]
    case = small_case(tables=tables)
    case.write(tmp_path / "case.xlsx")
    assert read_case(tmp_path / "case.xlsx") == case
    cells = load_workbook(tmp_path / "case.xlsx")["sources"]["B"][1:]
    for cell, text in zip(cells, TEXTS, strict=True):
        assert cell.data_type == "s", text
        assert bool(cell.quotePrefix) == text.startswith(("=", "+", "-", "@", "'")), text


TITLES = ["", "  two  spaces  ", "line\nline\r\nline", "a\tb\x07c", "=x"]


@pytest.mark.parametrize("at", range(0, len(TITLES), 2))
def test_titles_survive_as_they_are(at: int, tmp_path: Path) -> None:
    settings = small_settings()
    settings["case"] |= {"title": TITLES[at], "question": TITLES[at - 1]}
    case = Case.from_tables(settings, small_tables())
    case.write(tmp_path / "case.xlsx")
    assert read_case(tmp_path / "case.xlsx").settings == case.settings


def test_text_too_long_for_excel_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    settings = small_settings()
    settings["case"]["title"] = "x" * 32_768
    with pytest.raises(OutputError, match=r"settings, B3.*32,768 characters.*32,767"):
        Case.from_tables(settings, small_tables()).write(tmp_path / "case.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_equal_cases_make_equal_files_and_none_is_overwritten(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        small_case().write(tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    with pytest.raises(OutputError, match=r"a\.xlsx exists"):
        small_case().write(tmp_path / "a.xlsx")
    with pytest.raises(OutputError, match="no folder"):
        small_case().write(tmp_path / "absent" / "a.xlsx")


@pytest.fixture(name="template", scope="module")
def fixture_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A blank workbook."""
    return write_template(tmp_path_factory.mktemp("template") / "new.xlsx")


def test_template_holds_every_table_column_and_setting(template: Path) -> None:
    book = load_workbook(template)
    assert book.sheetnames == ["notes - start here", "settings", *TABLES, "columns"]
    for name, table in TABLES.items():
        header = list(book[name][1])
        columns = (*usual_columns(table), *other_columns(table))
        assert [cell.value for cell in header] == [column.name for column in columns]
        assert all(column.words in cell.comment.text for cell, column in zip(header, columns, strict=True))
        assert all(
            f"Unit: {column.unit}" in cell.comment.text
            for cell, column in zip(header, columns, strict=True)
            if column.unit
        )
    stated = [row[0] for row in book["settings"].iter_rows(min_row=2, values_only=True)]
    assert stated == [path for path, _ in setting_fields()]
    listed = {(row[0], row[1]) for row in book["columns"].iter_rows(min_row=2, values_only=True)}
    assert listed == {(name, column.name) for name, table in TABLES.items() for column in table.all_columns}


def test_template_has_drop_downs_from_the_schema(template: Path) -> None:
    book = load_workbook(template)
    rules = {
        (sheet, str(rule.sqref).split(":")[0].rstrip("2")): (rule.type, rule.formula1, rule.errorStyle)
        for sheet in ("regions", "materials", "plants")
        for rule in book[sheet].data_validations.dataValidation
    }
    letters = {
        sheet: {cell.value: cell.column_letter for cell in book[sheet][1]}
        for sheet in ("regions", "materials", "plants")
    }
    assert rules["regions", letters["regions"]["covered"]] == ("list", '"yes,no"', "stop")
    assert rules["plants", letters["plants"]["region"]] == ("list", "regions!$A$2:$A$1000", "stop")
    assert rules["plants", letters["plants"]["capex_musd"]][0] == "decimal"
    stages = next(column.choices for column in TABLES["materials"].columns if column.name == "stage")
    assert rules["materials", letters["materials"]["stage"]] == ("list", f'"{",".join(stages)}"', "stop")


def test_messages_are_as_short_as_excel_demands(template: Path) -> None:
    """A title of more than 32 characters, a message or a list of more than 255, and Excel calls the file damaged."""
    rules = [rule for sheet in load_workbook(template) for rule in sheet.data_validations.dataValidation]
    assert len(rules) > 100
    for rule in rules:
        assert len(rule.errorTitle or "") <= 32
        assert len(rule.error or "") <= 255
        assert len(rule.formula1) <= 255


def test_template_is_only_short_of_rows(template: Path) -> None:
    with pytest.raises(CaseError) as caught:
        read_case(template)
    required = {name for name, table in TABLES.items() if table.required}
    assert {(fault.table, fault.check) for fault in caught.value.faults} == {(n, "missing-table") for n in required}
    with pytest.raises(OutputError, match=r"new\.xlsx exists"):
        write_template(template)


def test_template_filled_in_with_excel_s_own_types_is_the_case(template: Path, tmp_path: Path) -> None:
    """Numbers typed into text columns, true and false for yes and no, whole numbers with decimals."""
    book = load_workbook(template)
    for path, value in {
        "case.name": "small", "case.title": "Two plants, one embargo",
        "case.question": "Is the magnet chain worth its support?",
        "case.price_year": 2026.0, "horizon.first_year": 2026, "horizon.last_year": 2035, "rates.social": 0.03,
        "rates.public": 0.02, "scenarios.seed": 1, "scenarios.paths": 16, "scenarios.futures": 4,
    }.items():  # fmt: skip
        row = next(row for row in book["settings"].iter_rows(min_row=2) if row[0].value == path)
        row[1].value = value
    for name, rows in small_tables().items():
        header = [cell.value for cell in book[name][1]]
        for record in rows:
            cells = [record.get(column) if column in record else "" for column in header]
            cells = ["none" if cell is None else cell for cell in cells]
            cells = [cell[0] if isinstance(cell, tuple) and len(cell) == 1 else cell for cell in cells]
            book[name].append([";".join(map(str, cell)) if isinstance(cell, tuple) else cell for cell in cells])
    book.save(tmp_path / "filled.xlsx")
    assert read_case(tmp_path / "filled.xlsx") == small_case()
