"""What Excel makes of cells is read as what was meant, or refused with sheet and cell."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from optimizer.data import read_case
from optimizer.errors import CaseError
from tests.small_case import small_case, small_tables
from tests.unit.data.workbook.edited import changed, column_letter, parts, set_cell, slim, with_cell, written, zipped


@pytest.fixture(name="book")
def fixture_book(tmp_path: Path) -> Path:
    path = tmp_path / "case.xlsx"
    path.write_bytes(slim())
    return path


def said(book: Path) -> list[str]:
    """The faults of a workbook, as printed."""
    with pytest.raises(CaseError) as caught:
        read_case(book)
    return [str(fault) for fault in caught.value.faults]


def insert(sheet: str, **counts: int) -> Callable[[Any], object]:
    def change(book: Any) -> None:
        if "rows" in counts:
            book[sheet].insert_rows(1, counts["rows"])
        if "columns" in counts:
            book[sheet].insert_cols(1, counts["columns"])

    return change


def rename(old: str, new: str) -> Callable[[Any], object]:
    return lambda book: setattr(book[old], "title", new)


HARMLESS: dict[str, Callable[[Any], object]] = {
    "blank rows above": insert("regions", rows=3),
    "blank columns before": insert("regions", columns=2),
    "blank row between": lambda book: book["regions"].insert_rows(3),
    "spaces around": set_cell("regions", "A2", "  us "),
    "no-break space": set_cell("regions", "A2", "us\u00a0"),
    "number as text": set_cell("ramps", "B2", "1"),
    "text of a whole number": set_cell("ramps", "B2", 1.0),
    "true for yes": set_cell("regions", "C3", True),
    "false for no": set_cell("regions", "C2", False),
    "number in a text": set_cell("sources", "D2", 2026),
    "per cent": set_cell("ramps", "C2", 0.5, "0 %"),
    "text in a number's place": set_cell("ramps", "C2", "0.5"),
    "one year in a list": set_cell("plants", "N3", 2028),
    "a sheet of notes": lambda book: book.create_sheet("Notes of mine").append(["=1+1", "anything"]),
    "another order of sheets": lambda book: book.move_sheet("regions", 5),
    "styled blank cells below": set_cell("regions", "A900", None, "0.00"),
    "spaces below": set_cell("regions", "B900", "   "),
    "no columns sheet": lambda book: book.remove(book["columns"]),
    "dates from 1904": lambda book: setattr(book, "epoch", datetime(1904, 1, 1)),
}


@pytest.mark.parametrize("way", HARMLESS)
def test_what_changes_nothing(way: str, book: Path) -> None:
    if way == "one year in a list":
        assert column_letter(book, "plants", "start_years") == "N"
    assert read_case(changed(book, HARMLESS[way])) == small_case()


FAULTS: dict[str, tuple[Callable[[Any], object], str]] = {
    "not a number": (set_cell("ramps", "C2", "half"), "ramps!C2, share: 'half' is not a number. Write digits"),
    "below blank rows": (
        lambda book: (set_cell("ramps", "C2", "half")(book), insert("ramps", rows=2, columns=1)(book)),
        "ramps!D4, share: 'half' is not a number.",
    ),
    "error": (set_cell("ramps", "C2", "#N/A"), "ramps!C2, share: holds the error #N/A. Write a value"),
    "formula": (set_cell("ramps", "C2", "=1/2"), "ramps!C2, share: is a formula without a stored result. Open"),
    "date for a number": (
        set_cell("ramps", "C2", datetime(2026, 5, 3)),
        "ramps!C2, share: is the date 2026-05-03. Format the cell",
    ),
    "date for a year": (
        set_cell("programmes", "I2", 2026, "yyyy"),
        "programmes!I2, first_year: is the date 1905-07-18. Format the cell",
    ),
    "true for a number": (set_cell("ramps", "C2", True), "ramps!C2, share: 'TRUE' is not a number"),
    "thousands": (set_cell("lanes", "E2", "6,000"), "lanes!E2, capacity_t_per_year: '6,000' is not a number"),
    "out of bounds": (set_cell("ramps", "C2", 7.5), "ramps!C2, share: '7.5' is above the maximum 1"),
    "not whole": (set_cell("ramps", "B2", 1.5), "ramps!B2, operating_year: '1.5' is not a whole number"),
    "blank": (set_cell("ramps", "C2", None), "ramps!C2, share: is blank"),
    "unknown word": (set_cell("regions", "D2", "alied"), "regions!D2, bloc: 'alied' is not allowed. Did you mean 'al"),
    "unknown key": (set_cell("plants", "D2", "usa"), "plants!D2, region: 'usa' is not a key of sheet regions."),
    "merged": (lambda book: book["ramps"].merge_cells("A2:A3"), "ramps!A2:A3: cells are merged. Unmerge"),
    "unknown sheet": (rename("ramps", "ramp"), "sheet 'ramp': is not a table of the format. Did you mean 'ramps'?"),
    "missing sheet": (lambda book: book.remove(book["ramps"]), "case.xlsx, sheet ramps: is missing"),
    "unknown column": (set_cell("ramps", "C1", "shares"), "ramps!C1: 'shares' is not a column of this table."),
    "missing column": (set_cell("ramps", "C1", "shares"), "case.xlsx, sheet ramps row 1, share: is missing"),
    "column twice": (set_cell("ramps", "C1", "ramp"), "ramps!C1, ramp: appears twice"),
    "column without a name": (set_cell("ramps", "H3", "remark"), "ramps!H1: a column has no name."),
    "header again": (
        lambda book: book["sources"].append([cell.value for cell in book["sources"][1]]),
        "case.xlsx, sheet sources row 3: repeats the header",
    ),
    "empty sheet": (lambda book: book["ramps"].delete_rows(1, 99), "case.xlsx, sheet ramps: is empty"),
    "key twice": (set_cell("regions", "A3", "us"), "regions!A3, region: 'us' has the same key as row 2"),
    "a check": (set_cell("stockpiles", "A2", "no such!"), "stockpiles!A2, stockpile: 'no such!' cannot be a key"),
    "setting out of bounds": (set_cell("settings", "B8", 3), "settings!B8, rates.social: '3.0' is refused"),
    "setting of a wrong kind": (set_cell("settings", "B5", "soon"), "settings!B5, case.price_year: 'soon' is not a"),
    "setting with an error": (set_cell("settings", "B5", "#REF!"), "settings!B5, case.price_year: holds the error"),
    "setting misspelt": (set_cell("settings", "A8", "rates.sozial"), "settings!A8: 'rates.sozial' is not a setting."),
    "setting missing": (
        lambda book: book["settings"].delete_rows(8),
        "case.xlsx, sheet settings, rates.social: is missing. Give it: Discounts resource costs.",
    ),
    "setting twice": (set_cell("settings", "A9", "rates.social"), "settings!A9: 'rates.social' is given twice"),
    "required setting blank": (set_cell("settings", "B8", None), "rates.social: is missing. Give it"),
    "no value column": (set_cell("settings", "B1", "figure"), "case.xlsx, sheet settings: has no column value"),
    "no settings": (lambda book: book.remove(book["settings"]), "case.xlsx, sheet settings: is missing"),
}  # fmt: skip


@pytest.mark.parametrize("way", FAULTS)
def test_faults_name_sheet_and_cell(way: str, book: Path) -> None:
    change, words = FAULTS[way]
    found = said(changed(book, change))
    assert any(words in line for line in found), found
    assert not any(".csv" in line or "case.toml" in line for line in found), found


@pytest.mark.parametrize(("way", "rule"), [("error", "workbook-cell"), ("unknown sheet", "workbook-sheet")])
def test_rules_of_workbooks_are_named(way: str, rule: str, book: Path) -> None:
    with pytest.raises(CaseError) as caught:
        read_case(changed(book, FAULTS[way][0]))
    assert rule in {fault.check for fault in caught.value.faults}
    book.write_bytes(b"")
    with pytest.raises(CaseError) as caught:
        read_case(book)
    assert [fault.check for fault in caught.value.faults] == ["workbook-file"]


def test_a_misspelt_sheet_is_one_fault(book: Path) -> None:
    """What refers to lanes, and to ramps, is not held to be wrong as well."""
    found = said(changed(book, lambda one: (rename("lanes", "lane")(one), rename("ramps", "ramp")(one))))
    assert [line.split(":")[0] for line in found] == ["sheet 'ramp'", "sheet 'lane'"]


def test_faults_of_checks_name_the_cell_too(book: Path) -> None:
    """A strike range upside down is found by a check that compares cells."""
    low, high = (column_letter(book, "contracts", f"strike_{end}_usd_per_kg") for end in ("min", "max"))
    changed(book, lambda one: (set_cell("contracts", f"{low}2", 120)(one), set_cell("contracts", f"{high}2", 100)(one)))
    assert any(line.startswith((f"contracts!{high}2,", f"contracts!{low}2,")) for line in said(book))


def test_a_stored_result_of_a_formula_is_read(book: Path) -> None:
    with_cell(book, "ramps", "C2", '<c r="C2"><f>1/2</f><v>0.5</v></c>')
    with_cell(book, "regions", "A2", '<c r="A2" t="str"><f>LOWER("US")</f><v>us</v></c>')
    assert read_case(book) == small_case()


def test_workbooks_as_excel_itself_saves_them(book: Path) -> None:
    """Texts in a part of their own, in pieces; names of elements with a prefix; another place for every part."""
    members = parts(book.read_bytes())
    texts: list[str] = []

    def share(found: re.Match[str]) -> str:
        texts.append(found.group(2))
        return f'<c{found.group(1)} t="s"><v>{len(texts) - 1}</v></c>'

    for name in [name for name in members if name.startswith("xl/worksheets/sheet")]:
        text = re.sub(r'<c([^>]*) t="inlineStr"><is><t[^>]*>([^<]*)</t></is></c>', share, members[name].decode())
        prefixed = re.sub(r"<(/?)([a-zA-Z])", r"<\1x:\2", text).replace("xmlns=", "xmlns:x=")
        members[name.replace("sheet", "tab")] = prefixed.encode()
        del members[name]
    pieces = [f"<si><r><t>{text[:2]}</t></r><r><t xml:space='preserve'>{text[2:]}</t></r></si>" for text in texts]
    members["xl/shared.xml"] = f"<sst>{''.join(pieces)}</sst>".encode()
    links = members["xl/_rels/workbook.xml.rels"].decode().replace("/xl/worksheets/sheet", "worktabs/tab")
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    shared = f'<Relationship Type="{kind}" Target="shared.xml" Id="rId99"/></Relationships>'
    members["xl/_rels/workbook.xml.rels"] = links.replace("</Relationships>", shared).encode()
    moved = {name.replace("worksheets", "worktabs"): content for name, content in members.items()}
    book.write_bytes(zipped({name.replace("worktabs/sheet", "worktabs/tab"): part for name, part in moved.items()}))
    assert len(texts) > 100
    assert read_case(book) == small_case()


def test_a_formula_that_gives_an_empty_text_is_a_blank_cell(book: Path) -> None:
    changed(book, set_cell("sources", "C2", "x"))
    with_cell(book, "sources", "C2", '<c r="C2" t="str"><f>""</f><v></v></c>')
    assert read_case(book) == small_case()


def test_a_month_that_excel_made_a_date_is_the_month(tmp_path: Path) -> None:
    tables = small_tables()
    tables["price_history"] = [
        {"series": "oxide_price", "period": period, "usd_per_kg": 70.0, "source": "judgement", "grade": "judgement"}
        for period in ("2025-03", "2025-04")
    ]
    case = small_case(tables=tables)
    book = written(tmp_path / "case.xlsx", case)
    place = f"{column_letter(book, 'price_history', 'period')}2"
    assert read_case(changed(book, set_cell("price_history", place, datetime(2025, 3, 1), "mmm-yy"))) == case
    found = said(changed(book, set_cell("price_history", place, datetime(2025, 3, 7))))
    assert f"price_history!{place}, period: is the date 2025-03-07. Write the month as YYYY-MM." in found


def test_a_date_in_a_text_is_written_out(book: Path) -> None:
    case = read_case(changed(book, set_cell("sources", "D2", datetime(2025, 7, 10))))
    assert case.rows("sources")[0].date == "2025-07-10"


def test_hidden_sheets_are_read_and_warned_of(book: Path) -> None:
    case = read_case(changed(book, lambda one: setattr(one["ramps"], "sheet_state", "hidden")))
    assert case == small_case()
    assert [str(warning) for warning in case.warnings] == [
        "sheet ramps: is hidden, and read like any other sheet. Unhide it, so that all see it."
    ]


def test_rows_count_as_in_excel(book: Path) -> None:
    case = read_case(changed(book, insert("regions", rows=3)))
    assert [row.row_number for row in case.rows("regions")] == [5, 6]


def test_the_file_is_known_by_its_hash(book: Path) -> None:
    assert list(read_case(book).fingerprints) == ["case.xlsx"]


def test_many_faults_end_in_a_count(book: Path) -> None:
    def spoil(one: Any) -> None:
        for row in range(2, 1_400):
            one["ramps"].cell(row, 3).value = "#N/A"

    with pytest.raises(CaseError) as caught:
        read_case(changed(book, spoil))
    assert sum(fault.check == "workbook-cell" for fault in caught.value.faults) == 1_001
    assert str(caught.value).splitlines()[-1].startswith("… and ")
