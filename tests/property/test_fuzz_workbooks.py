"""Spoilt workbooks: read as what they say, or refused with sheet and cell; never anything else."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from optimizer.data import Case, read_case
from optimizer.data.schema import TABLES
from optimizer.errors import CaseError
from tests.property.mutants import UNKNOWN, forbidden_cells
from tests.property.test_fuzz_files import broken_rules
from tests.unit.data.broken import EVERY_TABLE, edited

Parts = dict[str, bytes]
Spoilt = tuple[str, bytes, str]
"""What was done, the workbook, and how the place of a fault must begin; nothing if any outcome will do."""

CELL = re.compile(r'<c r="([A-Z]+)(\d+)"([^>]*?)(?:/>|>(.*?)</c>)', re.DOTALL)
NO_VALUE = (
    '<c r="{cell}" t="e"><v>#DIV/0!</v></c>', '<c r="{cell}"><f>1+1</f></c>', '<c r="{cell}"><f>A1</f><v></v></c>',
    '<c r="{cell}" t="s"><v>99999999</v></c>', '<c r="{cell}"><v>1e999</v></c>', '<c r="{cell}"><v>nan</v></c>',
    '<c r="{cell}" t="b"><v>maybe</v></c>', '<c r="{cell}" t="d"><v>yesterday</v></c>',
)  # fmt: skip
"""Cells without a value, which no column allows."""
ODD = (
    '<c r="{cell}" t="b"><v>1</v></c>', '<c r="{cell}"><v>2027.0</v></c>', '<c r="{cell}"><v>-0.0</v></c>',
    '<c r="{cell}" t="str"><f>x</f><v></v></c>', '<c r="{cell}" t="inlineStr"><is><t>none</t></is></c>',
    '<c r="{cell}" t="d"><v>2026-03-01</v></c>', '<c r="{cell}" s="9999"><v>3</v></c>',
    '<c r="{cell}" t="wat"><v>3</v></c>',
    '<c><v>3</v></c>', '<c r="ZZZ9"><v>3</v></c>', '<c r="XFD1048576"><v>3</v></c>', '<c r="A1"><v>3</v></c>',
)  # fmt: skip
ODD_XML = (b"<", b"&", b"&amp;", b"&#0;", b"]]>", b"</row>", b"<row r='0'>", b"<row r='1'>", b"\x00",
           b"<mergeCell ref='A1:ZZ99'/>", b"\xff", b"<!DOCTYPE a>", b"<!-- -->", b"<?x?>", b" t='s'",
           b" state='hidden'", b"_x0000_", b"_xD800_")  # fmt: skip


def zipped(members: Parts) -> bytes:
    """Parts as a workbook, quickly."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def _sheets(members: Parts) -> dict[str, str]:
    names = re.findall(r'<sheet [^>]*name="([^"]+)"', members["xl/workbook.xml"].decode())
    return {name: f"xl/worksheets/sheet{number}.xml" for number, name in enumerate(names, start=1)}


def _one_cell(draw: random.Random, members: Parts, way: str) -> Spoilt:
    """A cell of a table below its header, replaced."""
    sheets = _sheets(members)
    sheet = draw.choice([name for name in sheets if name in TABLES])
    text = members[sheets[sheet]].decode()
    cells = list(CELL.finditer(text))
    names = {found.group(1): re.sub("<.*?>", "", found.group(4) or "") for found in cells if found.group(2) == "1"}
    found = draw.choice([cell for cell in cells if cell.group(2) != "1"])
    place, column_name = found.group(1) + found.group(2), names[found.group(1)]
    column = next(one for one in TABLES[sheet].all_columns if one.name == column_name)
    if way == "no value":
        xml, where = draw.choice(NO_VALUE).format(cell=place), f"{sheet}!{place}"
    elif way == "odd":
        xml, where = draw.choice(ODD).format(cell=place), ""
    else:
        words = [word for word in forbidden_cells(column) if word.isprintable() and word not in ("true", "True")]
        word = draw.choice(words or ["a" * 10_001])
        escaped = word.replace("&", "&amp;").replace("<", "&lt;")
        xml, where = f'<c r="{place}" t="inlineStr"><is><t>{escaped}</t></is></c>', f"{sheet}!{place}"
    spoilt = text[: found.start()] + xml + text[found.end() :]
    return f"{way} {xml[:70]}", zipped({**members, sheets[sheet]: spoilt.encode()}), where


def _xml(draw: random.Random, members: Parts) -> Spoilt:
    name = draw.choice(sorted(members))
    dirty = bytearray(members[name])
    for _ in range(draw.randint(1, 3)):
        at = draw.randrange(len(dirty) + 1)
        way = draw.randrange(4)
        if way == 0:
            dirty[at:at] = draw.choice(ODD_XML)
        elif way == 1:
            del dirty[at : at + draw.randint(1, 200)]
        elif way == 2 and at < len(dirty):
            dirty[at] = draw.randrange(256)
        else:
            piece = dirty[at : at + draw.randint(1, 300)]
            to = draw.randrange(len(dirty) + 1)
            dirty[to:to] = piece
    return f"XML of {name}", zipped({**members, name: bytes(dirty)}), ""


def _word(draw: random.Random, members: Parts) -> Spoilt:
    """A name, number or attribute in some part exchanged for another one of the same part."""
    name = draw.choice([name for name in sorted(members) if name.endswith((".xml", ".rels"))])
    words = list(re.finditer(rb'"[^"<>]*"|>[^<>]+<', members[name]))
    if len(words) < 2:
        return _part(draw, members)
    one, other = draw.choice(words), draw.choice(words)
    content = members[name][: one.start() + 1] + other.group()[1:-1] + members[name][one.end() - 1 :]
    return f"word in {name}", zipped({**members, name: content}), ""


def _part(draw: random.Random, members: Parts) -> Spoilt:
    name = draw.choice(sorted(members))
    way = draw.choice(["dropped", "empty", "exchanged", "noise"])
    out = dict(members)
    if way == "dropped":
        del out[name]
    elif way == "empty":
        out[name] = b""
    elif way == "noise":
        out[name] = draw.randbytes(300)
    else:
        other = draw.choice(sorted(members))
        out[name], out[other] = out[other], out[name]
    return f"part {name} {way}", zipped(out), ""


def _bytes(draw: random.Random, members: Parts) -> Spoilt:
    dirty = bytearray(zipped(members))
    # The directory, at the end, is where most can go wrong.
    start = 0 if draw.random() < 0.5 else len(dirty) - 4_000
    for _ in range(draw.randint(1, 4)):
        dirty[draw.randrange(start, len(dirty))] = draw.randrange(256)
    if draw.random() < 0.2:
        del dirty[draw.randrange(len(dirty)) :]
    return "bytes", bytes(dirty), ""


def _sheet_name(draw: random.Random, members: Parts) -> Spoilt:
    name = draw.choice([name for name in _sheets(members) if name in TABLES])
    text = members["xl/workbook.xml"].replace(f'name="{name}"'.encode(), f'name="{name}{UNKNOWN}"'.encode())
    return "sheet name", zipped({**members, "xl/workbook.xml": text}), f"sheet '{name}"


WAYS: tuple[tuple[Callable[[random.Random, Parts], Spoilt], int], ...] = (
    (lambda draw, members: _one_cell(draw, members, "no value"), 3),
    (lambda draw, members: _one_cell(draw, members, "odd"), 3),
    (lambda draw, members: _one_cell(draw, members, "forbidden"), 4),
    (_xml, 5), (_word, 4), (_part, 1), (_bytes, 3), (_sheet_name, 1),
)  # fmt: skip


def judged(path: Path, where: str) -> str:
    """What is wrong with how a workbook was taken; nothing if it was taken rightly."""
    try:
        case = read_case(path)
    except CaseError as error:
        lines = str(error).splitlines()
        if not error.faults or len(lines) > CaseError.shown + 2 or max(map(len, lines)) > 2_000:
            return f"{len(error.faults)} faults in {len(lines)} lines"
        if ".csv" in str(error) or "case.toml" in str(error):
            return f"speaks of files: {lines[1]}"
        if where and not any(fault.place.startswith(where) for fault in error.faults):
            return f"not named: {lines[1:3]}"
        return ""
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "accepted" if where else "; ".join(broken_rules(case)[:3])


@pytest.mark.parametrize("count", [150, pytest.param(5_000, marks=pytest.mark.slow)])
def test_spoilt_workbooks_are_refused_or_sound(tmp_path: Path, count: int) -> None:
    clean = Case.from_tables(*edited(*EVERY_TABLE))
    path = tmp_path / "case.xlsx"
    clean.write(path)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist() if "comment" not in name.lower()}
    # The explanation of columns is not read; an empty sheet in its place is read sooner.
    members[_sheets(members)["columns"]] = b"<worksheet/>"
    path.write_bytes(zipped(members))
    assert read_case(path) == clean
    draw = random.Random(count)
    wrong = []
    for number in range(count):
        [way] = draw.choices([way for way, _ in WAYS], [weight for _, weight in WAYS])
        done, content, where = way(draw, members)
        path.write_bytes(content)
        said = judged(path, where)
        if said:
            wrong.append(f"{number} {done} {where}: {said}")
    assert wrong == []
