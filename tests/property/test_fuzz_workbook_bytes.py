"""Spoilt workbooks: bytes of the archive, parts of it and the XML inside; refused in words, or read as a sound case."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import pytest

from optimizer.data import read_case
from optimizer.errors import CaseError
from tests.property.test_bad_input import outcome
from tests.property.test_fuzz_files import broken_rules
from tests.small_case import small_case

INSERTED = (
    b"<", b"&x;", b'<c r="A1"><v>1</v></c>', b'<!DOCTYPE a [<!ENTITY b "c">]>', b't="s"', b"<f>1+1</f>", b"nan", b"-1",
    b"1e999", b"\x00", b"]]>", b'r="XFD9999999"', b"_x0000_",
)  # fmt: skip


def spoilt(draw: random.Random, content: bytes) -> bytes:
    """Bits flipped, pieces inserted, removed and copied."""
    dirty = bytearray(content)
    for _ in range(draw.randint(1, 4)):
        at = draw.randrange(len(dirty) + 1)
        way = draw.randrange(4)
        if way == 0 and at < len(dirty):
            dirty[at] ^= 1 << draw.randrange(8)
        elif way == 1:
            dirty[at:at] = draw.choice([*INSERTED, draw.randbytes(3)])
        elif way == 2:
            del dirty[at : at + draw.randint(1, 20)]
        else:
            to = draw.randrange(len(dirty) + 1)
            dirty[to:to] = dirty[at : at + draw.randint(1, 40)]
    return bytes(dirty)


def packed(parts: dict[str, bytes]) -> bytes:
    """An archive of parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def parts_of(path: Path) -> dict[str, bytes]:
    """Name → content of the parts of a workbook."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("count", [40, pytest.param(5_000, marks=pytest.mark.slow)])
def test_mutants_are_refused_or_sound(tmp_path: Path, count: int) -> None:
    path = tmp_path / "case.xlsx"
    small_case().write(path)
    assert read_case(path).in_key_order() == small_case().in_key_order()
    whole, parts = path.read_bytes(), parts_of(path)
    draw = random.Random(count)
    refused = 0
    for number in range(count):
        name = draw.choice(sorted(parts))
        way = draw.choice(["archive", "archive", "part", "part", "part", "part", "part", "dropped", "swapped"])
        if way == "archive":
            path.write_bytes(spoilt(draw, whole))
        elif way == "part":
            path.write_bytes(packed({**parts, name: spoilt(draw, parts[name])}))
        elif way == "swapped":
            path.write_bytes(packed({**parts, name: parts[draw.choice(sorted(parts))]}))
        else:
            path.write_bytes(packed({other: content for other, content in parts.items() if other != name}))
        found = outcome(lambda: read_case(path))
        if isinstance(found, CaseError):
            refused += 1
            assert len(str(found).splitlines()) <= CaseError.shown + 2, (number, way, name)
        else:
            assert broken_rules(found) == [], (number, way, name)
    assert 0 < refused < count


def refusal(path: Path) -> str:
    """What is said of a workbook that is refused."""
    with pytest.raises(CaseError) as caught:
        read_case(path)
    return str(caught.value)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    """A sheet of 150 MB of spaces packs into 150 kB: a thousand to one."""
    path = tmp_path / "case.xlsx"
    small_case().write(path)
    parts = parts_of(path)
    sheet = next(name for name in parts if "sheet" in name and name.endswith(".xml"))
    path.write_bytes(packed({**parts, sheet: parts[sheet] + b" " * 150_000_000}))
    assert path.stat().st_size < 2_000_000
    assert "times its size" in refusal(path)


def test_many_parts_and_document_types_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "case.xlsx"
    small_case().write(path)
    parts = parts_of(path)
    path.write_bytes(packed({**parts, **{f"part{number}.xml": b"" for number in range(2_000)}}))
    assert "more than 1,000 parts" in refusal(path)
    sheet = next(name for name in parts if "sheet" in name and name.endswith(".xml"))
    laughs = b'<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    at = parts[sheet].index(b"<worksheet")
    path.write_bytes(packed({**parts, sheet: parts[sheet][:at] + laughs + parts[sheet][at:]}))
    assert "document type" in refusal(path)


def test_a_workbook_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "case.xlsx"
    for content in (
        b"",
        b"PK",
        b"a,b\n1,2\n",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        packed({}),
        packed({"a": b"b"}),
    ):
        path.write_bytes(content)
        assert "workbook" in refusal(path)
    path.unlink()
    path.symlink_to(path)
    assert refusal(path)
    path.unlink()
    path.mkdir()
    assert refusal(path)
