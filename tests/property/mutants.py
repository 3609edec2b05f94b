"""Ways to spoil the files of a case, each with what must come of it.

``harmless``: the same case. ``forbidden``: refused, and the fault names the table (and row and column, where one cell
was spoilt). ``any``: a case that keeps every rule of the schema, or a refusal; never another error.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from optimizer.data.schema import TABLES, Column

Files = Mapping[str, bytes]
Outcome = Literal["harmless", "forbidden", "any"]
SETTINGS = "case.toml"


@dataclass(frozen=True)
class Mutant:
    """One file spoilt: its new content (None: removed), what must come of it, and where the fault must be."""

    kind: str
    file: str
    content: bytes | None
    outcome: Outcome
    row: int | None = None
    column: str | None = None


NOT_NUMBERS = (
    "nan", "NaN", "inf", "-inf", "Infinity", "1e400", "-1e999", "1_000", "1,5", "1,000.5", "1 000", "12 %", "$5",
    "0x10", "1.2.3", "--1", "٣٤", "１２", "1e", ".", "e5", "1d3", "=1+1", "1/2", "true", "None",
    "1e1e1", "½", "1" * 70, "−5",
)  # fmt: skip
NOT_INTEGERS = (*NOT_NUMBERS, "1.5", "2e3", "2027.0")
NOT_FLAGS = ("true", "TRUE", "Yes", "YES", "1", "0", "y", "ja", "wahr", "yes no")
NOT_PERIODS = ("2026", "2026-13", "2026-1", "26-01", "2026/01", "01-2026", "2026-01-01", "January 2026")
NOT_LISTS = (";", "a;;b", "a;a", ";a", "2026;2026")
NOT_TEXT = ("a\x07b", "a\x1bb", "a\u2028b", "a\x85b", "x" * 10_001)
UNKNOWN = "no-such-thing"


def forbidden_cells(column: Column) -> list[str]:
    """Cells that a column does not allow, known without asking the reader."""
    found: list[str] = []
    if column.kind == "number":
        found += NOT_NUMBERS
    elif column.kind == "integer":
        found += NOT_INTEGERS
    elif column.kind == "flag":
        found += NOT_FLAGS
    elif column.kind == "period":
        found += NOT_PERIODS
    elif column.kind == "list":
        found += NOT_LISTS
    elif column.kind in ("choice", "reference"):
        found += [UNKNOWN, "=cmd()", "a b", "*"]
    elif column.kind == "text":
        found += NOT_TEXT
    if column.kind in ("number", "integer"):
        if column.minimum is not None:
            found += [f"{column.minimum - 1:g}", "-1e12"]
        if column.maximum is not None:
            found += [f"{column.maximum * 2 + 1:.0f}", "1e15"]
    if column.required and column.kind != "flag":
        found += ["", "   "]
    return [text for text in found if text.strip() not in column.allows]


def rows_of(content: bytes) -> list[list[str]]:
    """Header and rows of a sound CSV file."""
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def csv_bytes(rows: list[list[str]], **dialect: object) -> bytes:
    """Rows as a CSV file."""
    text = io.StringIO(newline="")
    csv.writer(text, **{"lineterminator": "\n", **dialect}).writerows(rows)  # type: ignore[arg-type]
    return text.getvalue().encode("utf-8", "surrogatepass")


def _cell(draw: random.Random, file: str, content: bytes) -> Mutant:
    rows = rows_of(content)
    row, at = draw.randrange(1, len(rows)), draw.randrange(len(rows[0]))
    column = next(one for one in TABLES[file[:-4]].all_columns if one.name == rows[0][at])
    choice = draw.choice(forbidden_cells(column) or ["\x00"])
    rows[row][at] = choice
    if choice == "\x00":
        return Mutant("cell", file, csv_bytes(rows), "forbidden")
    return Mutant(f"cell {column.kind} {choice[:12]!r}", file, csv_bytes(rows), "forbidden", row + 1, column.name)


def _swapped_cells(draw: random.Random, file: str, content: bytes) -> Mutant:
    rows = rows_of(content)
    for _ in range(draw.randint(1, 3)):
        a, b = draw.randrange(1, len(rows)), draw.randrange(1, len(rows))
        i, j = draw.randrange(len(rows[0])), draw.randrange(len(rows[0]))
        rows[a][i], rows[b][j] = rows[b][j], rows[a][i]
    return Mutant("swapped cells", file, csv_bytes(rows), "any")


def _scaled_cell(draw: random.Random, file: str, content: bytes) -> Mutant:
    rows = rows_of(content)
    row, at = draw.randrange(1, len(rows)), draw.randrange(len(rows[0]))
    factor = draw.choice(["0", "-1", "1e3", "1e-3", "1e6", "1e-9", "1e12", "none", "any", "2026", "1e-300", "5e-324"])
    rows[row][at] = factor
    return Mutant("odd cell", file, csv_bytes(rows), "any")


def _column(draw: random.Random, file: str, content: bytes) -> Mutant:
    rows = rows_of(content)
    at = draw.randrange(len(rows[0]))
    way = draw.choice(["twice", "misspelt", "unnamed", "further", "dropped", "capitals"])
    if way == "twice":
        rows[0][at] = rows[0][at - 1]
    elif way == "misspelt":
        rows[0][at] += "x"
    elif way == "unnamed":
        rows[0][at] = " "
    elif way == "capitals":
        rows[0][at] = rows[0][at].upper()
    elif way == "further":
        rows = [[*row, "x" if number else "comment"] for number, row in enumerate(rows)]
    else:
        name = rows[0][at]
        rows = [[cell for place, cell in enumerate(row) if place != at] for row in rows]
        required = next(one for one in TABLES[file[:-4]].all_columns if one.name == name).required
        return Mutant("column dropped", file, csv_bytes(rows), "forbidden" if required else "any")
    return Mutant(f"column {way}", file, csv_bytes(rows), "forbidden")


def _row(draw: random.Random, file: str, content: bytes) -> Mutant:
    rows = rows_of(content)
    row = draw.randrange(1, len(rows))
    way = draw.choice(["twice", "short", "long", "dropped", "header dropped", "only header", "header twice"])
    outcome: Outcome = "forbidden"
    if way == "twice":
        rows.append(rows[row])
    elif way == "short":
        rows[row] = rows[row][:-1]
    elif way == "long":
        rows[row] = [*rows[row], ""]
    elif way == "dropped":
        del rows[row]
        outcome = "any"
    elif way == "header dropped":
        del rows[0]
    elif way == "only header":
        rows, outcome = rows[:1], "forbidden" if TABLES[file[:-4]].required else "any"
    else:
        rows.insert(row, rows[0])
    return Mutant(f"row {way}", file, csv_bytes(rows), outcome)


def _encoding(draw: random.Random, file: str, content: bytes) -> Mutant:
    text = content.decode()
    spoilt = {
        "utf-16": text.encode("utf-16"),
        "utf-16 without mark": text.encode("utf-16-le"),
        "utf-32": text.encode("utf-32"),
        "latin-1": text.replace("a", "ä", 1).encode("latin-1"),
        "windows": text.replace("a", "€", 1).encode("cp1252"),
        "nul": content.replace(b"a", b"\0", 1),
        "zip": b"PK\x03\x04\x14\x00\x06\x00" + content,
        "compressed": b"\x1f\x8b\x08\x00" + content,
        "surrogate": content.replace(b"a", b"\xed\xa0\x80", 1),
        "mark twice": b"\xef\xbb\xbf\xef\xbb\xbf" + content,
    }
    way = draw.choice(sorted(spoilt))
    return Mutant(f"encoding {way}", file, spoilt[way], "forbidden")


def _dialect(draw: random.Random, file: str, content: bytes) -> Mutant:
    rows = rows_of(content)
    ways: dict[str, tuple[bytes, Outcome]] = {
        "semicolons": (csv_bytes(rows, delimiter=";"), "forbidden"),
        "tabs": (csv_bytes(rows, delimiter="\t"), "forbidden"),
        "bars": (csv_bytes(rows, delimiter="|"), "forbidden"),
        "open quote": (content.rstrip(b"\n") + b',"\n', "forbidden"),
        "quote inside": (content.replace(b",", b',"a"b,', 1), "forbidden"),
        "html": (b"<html><body><table><tr><td>1</td></tr></table></body></html>", "forbidden"),
        "empty": (b"", "forbidden"),
        "blank lines": (b"\n\n \n", "forbidden"),
        "binary": (draw.randbytes(400), "forbidden"),
        "one huge cell": (content + b'"' + b"x" * 200_000 + b'"\n', "forbidden"),
        "many fields": (content + b"," * 50_000 + b"x\n", "forbidden"),
    }
    way = draw.choice(sorted(ways))
    return Mutant(f"dialect {way}", file, *ways[way])


def _harmless(draw: random.Random, file: str, content: bytes) -> Mutant:
    rows = rows_of(content)
    order = draw.sample(range(len(rows[0])), len(rows[0]))
    body = draw.sample(rows[1:], len(rows) - 1)
    ways = {
        "mark": b"\xef\xbb\xbf" + content,
        "windows lines": content.replace(b"\n", b"\r\n"),
        "old lines": content.replace(b"\n", b"\r"),
        "all quoted": csv_bytes(rows, quoting=csv.QUOTE_ALL),
        "columns in another order": csv_bytes([[row[i] for i in order] for row in rows]),
        "rows in another order": csv_bytes([rows[0], *body]),
        "blanks around": csv_bytes([[f" {cell} " for cell in row] for row in rows]),
        "blank lines": content.replace(b"\n", b"\n\n"),
        "no last line end": content.rstrip(b"\n"),
    }
    way = draw.choice(sorted(ways))
    return Mutant(f"harmless {way}", file, ways[way], "harmless")


def _bytes(draw: random.Random, file: str, content: bytes) -> Mutant:
    dirty = bytearray(content)
    for _ in range(draw.randint(1, 4)):
        at = draw.randrange(len(dirty) + 1)
        way = draw.randrange(4)
        if way == 0 and at < len(dirty):
            dirty[at] ^= 1 << draw.randrange(8)
        elif way == 1:
            dirty[at:at] = draw.randbytes(draw.randint(1, 3))
        elif way == 2:
            del dirty[at : at + draw.randint(1, 20)]
        else:
            piece = dirty[at : at + draw.randint(1, 40)]
            to = draw.randrange(len(dirty) + 1)
            dirty[to:to] = piece
    return Mutant("bytes", file, bytes(dirty), "any")


def _cut(draw: random.Random, file: str, content: bytes) -> Mutant:
    return Mutant("cut short", file, content[: draw.randrange(len(content))], "any")


def _removed(_draw: random.Random, file: str, _content: bytes) -> Mutant:
    required = file == SETTINGS or TABLES[file[:-4]].required
    return Mutant("removed", file, None, "forbidden" if required else "any")


def _settings(draw: random.Random, file: str, content: bytes) -> Mutant:
    text = content.decode()
    lines = text.splitlines()
    values = [number for number, line in enumerate(lines) if " = " in line]
    at = draw.choice(values)
    name = lines[at].split(" = ")[0]
    way = draw.choice(["unknown key", "twice", "value", "section", "raw", "line dropped"])
    outcome: Outcome = "forbidden"
    if way == "unknown key":
        lines[at] = lines[at].replace(name, name + "x", 1)
    elif way == "twice":
        lines.insert(at, lines[at])
    elif way == "value":
        bad = [
            "nan",
            "inf",
            "-inf",
            "1e400",
            "[1]",
            "{a = 1}",
            "1979-05-27",
            "-99999999999999999999",
            "0x7fffffffffffffff",
        ]
        lines[at] = f"{name} = {draw.choice(bad)}"
    elif way == "section":
        lines.append(draw.choice(["[wrong]", "[[case]]", "[case]", "[case.name]", "[horizon.x]\ny = 1"]))
    elif way == "raw":
        lines.insert(
            at, draw.choice(["=", "a", "[", "x = ", '"', "x = '''", "\x00", "a.b.c.d = 1", "x = 1e", "x = 07"])
        )
    else:
        del lines[at]
        outcome = "any"
    return Mutant(f"settings {way}", file, "\n".join(lines).encode(), outcome)


TABLE_WAYS: tuple[tuple[Callable[[random.Random, str, bytes], Mutant], int], ...] = (
    (_cell, 8), (_swapped_cells, 3), (_scaled_cell, 4), (_column, 2), (_row, 2), (_encoding, 1), (_dialect, 1),
    (_harmless, 2), (_bytes, 5), (_cut, 1), (_removed, 1),
)  # fmt: skip
SETTINGS_WAYS: tuple[tuple[Callable[[random.Random, str, bytes], Mutant], int], ...] = (
    (_settings, 5), (_encoding, 1), (_bytes, 2), (_cut, 1), (_removed, 1),
)  # fmt: skip


def mutant(draw: random.Random, files: Files) -> Mutant:
    """One mutant of one of the files."""
    file = draw.choice(sorted(files))
    if draw.random() < 0.05:
        file = SETTINGS
    ways = SETTINGS_WAYS if file == SETTINGS else TABLE_WAYS
    [way] = draw.choices([way for way, _ in ways], [weight for _, weight in ways])
    return way(draw, file, files[file])
