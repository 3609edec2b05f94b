"""Files that may not be opened are refused with words, and soon."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import pytest

from optimizer.data import read_case
from optimizer.data.workbook import limits
from optimizer.data.workbook.faults import WorkbookError
from optimizer.data.workbook.grid import Shared, Unreadable, position, read_grid
from optimizer.errors import CaseError
from tests.unit.data.workbook.edited import part_of, parts, slim, zipped


def refusal(path: Path) -> str:
    """The one fault of a workbook that cannot be read."""
    with pytest.raises(CaseError) as caught:
        read_case(path)
    assert len(caught.value.faults) == 1
    return str(caught.value.faults[0])


def spoilt(tmp_path: Path, name: str, content: bytes) -> str:
    """The refusal of the small case with one part replaced or added."""
    whole = slim()
    (tmp_path / "spoilt.xlsx").write_bytes(zipped({**parts(whole), name: content}))
    return refusal(tmp_path / "spoilt.xlsx")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is not an Excel workbook"),
        (b"region,name\n", "is not an Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "is encrypted, or an old .xls file"),
        (zipped({"a": b"b"}), "is not an Excel workbook"),
        (zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}), "is an OpenDocument file"),
        (zipped({"xl/workbook.bin": b"x"}), "is a binary workbook"),
        (zipped({str(number): b"x" for number in range(1_001)}), "has more than 1,000 parts"),
        (zipped({"a": b"b"}, zipfile.ZIP_LZMA), "is packed in a way that Excel does not use"),
        (zipped({"a": b"b", "A": b"b"}), "has two parts of the same name"),
    ],
)
def test_other_files_are_refused(content: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / "case.xlsx").write_bytes(content)
    assert words in refusal(tmp_path / "case.xlsx")
    assert refusal(tmp_path / "case.xlsx").startswith("case.xlsx: ")


@pytest.mark.parametrize("suffix", [".xls", ".xlsm", ".xlsb", ".ods"])
def test_other_suffixes_are_refused_with_what_to_do(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"case{suffix}"
    path.write_bytes(slim())
    assert refusal(path) == f"case{suffix}: is not an .xlsx file. Save it as an Excel workbook (.xlsx)."


def test_absent_files_and_folders(tmp_path: Path) -> None:
    assert "absent.xlsx: cannot be read (No such file or directory)" in refusal(tmp_path / "absent.xlsx")
    (tmp_path / "folder.xlsx").mkdir()
    with pytest.raises(CaseError, match=r"case\.toml: is missing"):
        read_case(tmp_path / "folder.xlsx")


def test_macros_are_refused(tmp_path: Path) -> None:
    assert "has macros" in spoilt(tmp_path, "xl/vbaProject.bin", b"x")


def test_bombs_are_refused_before_they_unpack(tmp_path: Path) -> None:
    began = time.process_time()
    assert "times its size, where 100 is the most" in spoilt(tmp_path, "xl/bomb.xml", b" " * 150_000_000)
    out = io.BytesIO(zipped({"a": b"b"}))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"{number}", b"\0" * 70_000_000)
    (tmp_path / "large.xlsx").write_bytes(out.getvalue())
    assert "has more than 200,000,000 bytes when unpacked" in refusal(tmp_path / "large.xlsx")
    assert time.process_time() - began < 10.0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_types_are_refused_in_any_encoding(encoding: str, tmp_path: Path) -> None:
    text = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>'
    whole = slim()
    assert "has a document type" in spoilt(tmp_path, part_of(whole, "regions"), text.encode(encoding))


@pytest.mark.parametrize(
    "content",
    [b"", b"<worksheet>", b"\0" * 50, b'<?xml version="1.0" encoding="ebcdic-nothing"?><a/>', b"<a></b>", b"\xff\xfe<"],
)
def test_parts_that_are_not_xml(content: bytes, tmp_path: Path) -> None:
    whole = slim()
    assert "is not XML" in spoilt(tmp_path, part_of(whole, "regions"), content)


def test_too_many_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optimizer.data.workbook.grid.MOST_CELLS", 100)
    (tmp_path / "case.xlsx").write_bytes(slim())
    assert "has a sheet of more than 100 cells" in refusal(tmp_path / "case.xlsx")


def test_links_out_of_the_workbook_are_not_followed(tmp_path: Path) -> None:
    members = parts(slim())
    links = members["xl/_rels/workbook.xml.rels"].decode()
    outside = links.replace('Target="/xl/worksheets/sheet2.xml"', 'Target="file:///etc/passwd" TargetMode="External"')
    assert outside != links
    (tmp_path / "spoilt.xlsx").write_bytes(zipped({**members, "xl/_rels/workbook.xml.rels": outside.encode()}))
    assert "the sheet 'regions' is not in it" in refusal(tmp_path / "spoilt.xlsx")


def cell(xml: str, shared: Shared | None = None) -> object:
    """The value of one cell."""
    grid = read_grid("part", f"<worksheet><row r='1'>{xml}</row></worksheet>".encode(), shared or Shared())
    return grid.cells.get(1, {}).get(1)


def test_cells_of_every_kind() -> None:
    texts = Shared(("zero", "one"))
    assert cell("<c t='s'><v>1</v></c>", texts) == "one"
    assert cell("<c t='inlineStr'><is><r><t>a</t></r><r><t>b</t></r><rPh><t>no</t></rPh></is></c>") == "ab"
    assert cell("<c><v>1E-3</v></c>") == 0.001
    assert cell("<c t='b'><v>1</v></c>") is True
    assert cell("<c s='1'/>") is None
    assert cell("<c><f>1+1</f><v>2</v></c>") == 2.0
    spoilt_cells = ("<c t='s'><v>2</v></c>", "<c t='s'><v>-1</v></c>", "<c><v>1e999</v></c>", "<c><v>x</v></c>",
                    "<c t='b'><v>2</v></c>", "<c t='d'><v>soon</v></c>", "<c><f>1</f></c>",
                    "<c t='e'><v>#N/A</v></c>")  # fmt: skip
    for bad in spoilt_cells:
        assert isinstance(cell(bad, texts), Unreadable), bad
    assert isinstance(cell("<c s='0'><v>9e9</v></c>", Shared(date_styles=frozenset({0}))), Unreadable)


@pytest.mark.parametrize("days", [1, 59, 60, 61, 40_000])
def test_dates_count_as_excel_counts(days: int) -> None:
    # Excel's day 1 is 1 January 1900, 59 is 28 February, 60 a day that never was, 61 is 1 March, 40,000 is 2009-07-06.
    expected = {1: "1900-01-01", 59: "1900-02-28", 60: "1900-02-28", 61: "1900-03-01", 40_000: "2009-07-06"}
    value = cell(f"<c s='0'><v>{days}</v></c>", Shared(date_styles=frozenset({0})))
    assert str(value)[:10] == expected[days]


@pytest.mark.parametrize("reference", ["", "A", "1", "a1", "A0", "A1048577", "AAAA1", "A-1", "A1:B2", "Å1"])
def test_cells_that_are_nowhere(reference: str) -> None:
    with pytest.raises(WorkbookError):
        position(reference)


def test_a_part_is_never_read_beyond_what_it_declares(tmp_path: Path) -> None:
    whole = bytearray(zipped({"a": b"x" * 1_000}))
    # Both the entry (offset 22) and the directory state the size; here the directory, which is believed, states 10.
    at = whole.rindex(b"PK\x01\x02") + 24
    whole[at : at + 4] = (10).to_bytes(4, "little")
    package = limits.Package(bytes(whole))
    with pytest.raises(WorkbookError, match="cannot be unpacked"):
        package.part("a")
