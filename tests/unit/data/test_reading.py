"""Reading a folder: every rule of files, headers and cells, broken one at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from optimizer.data import read_case, reading, sheets
from optimizer.data.rules import RULES
from optimizer.errors import CaseError, Fault
from tests.small_case import small_case, write_small_case

Break = Callable[[Path], object]


def replace(file: str, old: str, new: str) -> Break:
    """Replace the first occurrence of some text in a file."""

    def change(folder: Path) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def overwrite(file: str, data: bytes) -> Break:
    """Replace a whole file."""
    return lambda folder: (folder / file).write_bytes(data)


def append(file: str, text: str) -> Break:
    """Add text at the end of a file."""
    return lambda folder: (folder / file).open("a", encoding="utf-8").write(text)


def as_folder(file: str) -> Break:
    """Put a folder where a file should be."""

    def change(folder: Path) -> None:
        (folder / file).unlink()
        (folder / file).mkdir()

    return change


def faults_of(folder: Path) -> tuple[Fault, ...]:
    with pytest.raises(CaseError) as caught:
        read_case(folder)
    return caught.value.faults


RULE_BREAKS: dict[str, tuple[Break, tuple[str, int, str]]] = {
    "readable-file": (as_folder("ramps.csv"), ("ramps", 0, "")),
    "text-encoding": (overwrite("ramps.csv", b"ramp,share\nfast,\xff\n"), ("ramps", 2, "")),
    "csv-syntax": (append("ramps.csv", '"open,3,1,judgement,judgement\n'), ("ramps", 4, "")),
    "unknown-table": (lambda folder: (folder / "plant.csv").write_text("a\n"), ("plant", 0, "")),
    "missing-table": (lambda folder: (folder / "demand.csv").unlink(), ("demand", 0, "")),
    "unknown-column": (replace("ramps.csv", "source", "sauce"), ("ramps", 1, "")),
    "missing-column": (replace("ramps.csv", "share", "shares"), ("ramps", 1, "share")),
    "duplicate-column": (replace("ramps.csv", "operating_year", "share"), ("ramps", 1, "share")),
    "field-count": (append("ramps.csv", "slow,1,0.3,judgement\n"), ("ramps", 4, "")),
    "blank-cell": (replace("ramps.csv", "0.5", " "), ("ramps", 2, "share")),
    "text-cell": (replace("regions.csv", "United States", '"United\nStates"'), ("regions", 2, "name")),
    "number-cell": (replace("ramps.csv", "0.5", "0_5"), ("ramps", 2, "share")),
    "integer-cell": (replace("ramps.csv", "two_years,1,", "two_years,1.0,"), ("ramps", 2, "operating_year")),
    "flag-cell": (replace("regions.csv", "no", "maybe"), ("regions", 2, "covered")),
    "choice-cell": (replace("regions.csv", ",allied", ",ally"), ("regions", 2, "bloc")),
    "list-cell": (replace("stockpiles.csv", "2026;2029", "2026;;2029"), ("stockpiles", 2, "tranches")),
    "period-cell": (
        lambda folder: (folder / "price_history.csv").write_text(
            "series,period,usd_per_kg,source,grade\noxide_price,2026,80,judgement,judgement\n"
        ),
        ("price_history", 2, "period"),
    ),
    "bounds": (replace("ramps.csv", "0.5", "1.5"), ("ramps", 2, "share")),
    "key-characters": (append("sources.csv", "two words,A title,,,\n"), ("sources", 3, "source")),
    "duplicate-key": (append("sources.csv", "manual,A title,,,\n"), ("sources", 3, "source")),
    "range-order": (replace("plants.csv", ",250.0,400.0,", ",350.0,400.0,"), ("plants", 2, "capex_musd_low")),
    "unknown-reference": (replace("plants.csv", "two_years", "two_year"), ("plants", 2, "ramp")),
    "unknown-source": (replace("ramps.csv", "judgement", "manuel"), ("ramps", 2, "source")),
    "settings-file": (overwrite("case.toml", b"[case]\nname = \n"), ("case.toml", 2, "")),
    "settings-key": (replace("case.toml", "social =", "sociable = 1\nsocial ="), ("case.toml", 12, "rates.sociable")),
    "settings-value": (replace("case.toml", "social = 0.03", "social = inf"), ("case.toml", 12, "rates.social")),
    "too-many-faults": (append("ramps.csv", "x,1,2,judgement,judgement\n" * 1001), ("ramps", 1004, "")),
}
"""Rule → (break, the place of its first fault)."""


@pytest.mark.parametrize("rule", sorted(RULE_BREAKS))
def test_broken_rule_is_named_with_its_place(rule: str, tmp_path: Path) -> None:
    folder = write_small_case(tmp_path)
    change, place = RULE_BREAKS[rule]
    change(folder)
    found = [fault for fault in faults_of(folder) if fault.check == rule]
    assert [(fault.table, fault.row, fault.column) for fault in found][:1] == [place]


def test_every_rule_has_a_break() -> None:
    """Two of those that remain have tests of their own below, those of workbooks in ``workbook/``."""
    of_workbooks = {"workbook-file", "workbook-sheet", "workbook-cell"}
    assert set(RULES) - set(RULE_BREAKS) == {"folder", "table-size", *of_workbooks}


def test_folder_reads_as_the_case(tmp_path: Path) -> None:
    assert read_case(write_small_case(tmp_path)) == small_case()


def test_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    folder = write_small_case(tmp_path)
    for file in folder.glob("*.csv"):
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert read_case(folder) == small_case()


def test_blank_lines_are_passed_over_and_counted(tmp_path: Path) -> None:
    folder = write_small_case(tmp_path)
    append("ramps.csv", "\n,,,,\nslow,2,1,judgement,judgement\n")(folder)
    [fault] = faults_of(folder)
    assert (fault.row, fault.check) == (6, "ramp-years")


def test_files_that_are_not_tables_are_left_alone(tmp_path: Path) -> None:
    folder = write_small_case(tmp_path)
    (folder / "README.md").write_text("notes")
    (folder / "results").mkdir()
    assert read_case(folder) == small_case()


def test_unknown_table_and_column_name_the_nearest(tmp_path: Path) -> None:
    folder = write_small_case(tmp_path)
    (folder / "contract.csv").write_text("a\n")
    replace("plants.csv", "capex_musd,", "capex_usd,")(folder)
    unknown, column, *_ = sorted(faults_of(folder), key=lambda fault: fault.table)
    assert "'contracts.csv'" in unknown.remedy
    assert "'capex_musd'" in column.remedy


def test_all_faults_of_all_files_come_at_once(tmp_path: Path) -> None:
    folder = write_small_case(tmp_path)
    replace("ramps.csv", "0.5", "half")(folder)
    replace("plants.csv", "40.0", "forty")(folder)
    replace("case.toml", "seed = 1", "seed = -1")(folder)
    found = {(fault.table, fault.column) for fault in faults_of(folder)}
    assert found == {("case.toml", "scenarios.seed"), ("plants", "opex_usd_per_kg"), ("ramps", "share")}


def test_semicolon_file_is_named_as_such(tmp_path: Path) -> None:
    folder = write_small_case(tmp_path)
    overwrite("ramps.csv", b"ramp;operating_year;share\nfast;1;1\n")(folder)
    [fault] = faults_of(folder)
    assert fault.problem == "is not separated by commas"


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "csv-syntax"),
        (b"\n\n", "csv-syntax"),
        (b"ramp\0", "text-encoding"),
        ("ramp,share\n".encode("utf-16"), "text-encoding"),
        (b'ramp\n"' + b"a" * 200_000, "csv-syntax"),
    ],
)
def test_files_that_are_no_tables(data: bytes, rule: str, tmp_path: Path) -> None:
    folder = write_small_case(tmp_path)
    overwrite("ramps.csv", data)(folder)
    assert faults_of(folder)[0].check == rule


def test_case_toml_missing(tmp_path: Path) -> None:
    folder = write_small_case(tmp_path)
    (folder / "case.toml").unlink()
    [fault] = faults_of(folder)
    assert str(fault).startswith("case.toml: is missing.")


@pytest.mark.parametrize(
    "text",
    [
        "[" * 5000,
        "[case]\nname = " + "9" * 5000,
        "[scenarios]\nseed = true\n",
        "[scenarios]\npaths = '64'\n",
        "[scenarios]\npaths = 64.0\n",
        "scenarios = 3\n",
        "[objective.weights]\noutlay = nan\n",
        "[horizon]\nfirst_year = 2030\nlast_year = 2026\n",
        "[case]\nname = 2026-01-01\n",
    ],
)
def test_settings_that_no_type_admits(text: str, tmp_path: Path) -> None:
    folder = write_small_case(tmp_path)
    (folder / "case.toml").write_text(text, encoding="utf-8")
    assert all(fault.table == "case.toml" for fault in faults_of(folder))


def test_large_files_and_tables_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_small_case(tmp_path)
    monkeypatch.setattr(sheets, "MOST_CELLS", 9)
    assert ("ramps", 3, "table-size") in {(fault.table, fault.row, fault.check) for fault in faults_of(folder)}
    monkeypatch.setattr(sheets, "LARGEST_FILE", 10)
    assert {fault.check for fault in faults_of(folder)} == {"readable-file"}


def test_names_that_are_no_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.write_text("")
    for name in (file, tmp_path / "absent", "x" * 5000, "nul\0byte"):
        [fault] = faults_of(Path(name))
        assert fault.check == "folder"
        assert str(fault).startswith("case folder: ")
    monkeypatch.setattr("optimizer.data.bundled.bundled_cases", lambda: {"mp-materials": tmp_path})
    assert "Did you mean 'mp-materials'?" in faults_of(Path("mp-material"))[0].remedy


def test_reading_exports_one_function() -> None:
    assert reading.read_case is read_case
