"""The sheets of a workbook, and the texts and date styles that they share."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass

from optimizer.data.sheets import MOST_CELLS
from optimizer.data.workbook.faults import WorkbookError
from optimizer.data.workbook.grid import Grid, Shared, read_grid, unescaped
from optimizer.data.workbook.limits import Package, walk

_BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_NOT_OF_A_DATE = re.compile(r'"[^"]*"|[\\_*].|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)


@dataclass(frozen=True)
class BookSheet:
    """One sheet: its name, whether it is hidden, and its cells."""

    name: str
    hidden: bool
    grid: Grid


@dataclass(frozen=True)
class _Link:
    kind: str
    target: str
    external: bool


def read_book(data: bytes) -> list[BookSheet]:
    """All sheets of cells of a workbook, in order; charts are left out. Raises ``WorkbookError``.

    Opened are the list of sheets, the sheets, shared texts and styles, and nothing else: no macros, drawings, queries
    or other workbooks.
    """
    package = Package(data)
    main = next((link.target for link in _links(package, "").values() if link.kind == "officeDocument"), "")
    content = package.part(main) if main else None
    if content is None:
        raise WorkbookError("is not an Excel workbook", "Save it as an Excel workbook (.xlsx).")
    listed: list[tuple[str, bool, str]] = []
    from_1904 = False

    def start(tag: str, attributes: Mapping[str, str]) -> None:
        nonlocal from_1904
        if tag == "sheet":
            hidden = attributes.get("state", "visible") != "visible"
            listed.append((attributes.get("name", ""), hidden, attributes.get("id", "")))
        elif tag == "workbookPr":
            from_1904 = attributes.get("date1904", "0") in ("1", "true")

    walk(main, content, start)
    names = [name.casefold() for name, _, _ in listed]
    if len(set(names)) < len(names):
        raise WorkbookError("is damaged: two sheets have one name", "Save it again in Excel.")
    links = _links(package, main)
    parts = {link.kind: link.target for link in links.values() if not link.external}
    texts, styles = (package.part(parts[kind]) if kind in parts else None for kind in ("sharedStrings", "styles"))
    shared = Shared(
        _texts(parts["sharedStrings"], texts) if texts is not None else (),
        _date_styles(parts["styles"], styles) if styles is not None else frozenset(),
        from_1904,
    )
    return _sheets(package, listed, links, shared)


def _sheets(
    package: Package, listed: list[tuple[str, bool, str]], links: Mapping[str, _Link], shared: Shared
) -> list[BookSheet]:
    out = []
    cells = 0
    for name, hidden, identity in listed:
        link = links.get(identity)
        content = None if link is None or link.external else package.part(link.target)
        if link is None or content is None:
            raise WorkbookError(f"is damaged: the sheet '{name[:31]}' is not in it", "Save it again in Excel.")
        if link.kind != "worksheet":
            continue
        grid = read_grid(link.target, content, shared)
        cells += sum(map(len, grid.cells.values()))
        if cells > MOST_CELLS:
            raise WorkbookError(f"has more than {MOST_CELLS:,} cells", "Split the case or drop rows.")
        out.append(BookSheet(name, hidden, grid))
    return out


def _links(package: Package, part: str) -> dict[str, _Link]:
    """The parts that a part leads to, by the identity it calls them by; of the workbook itself for no part."""
    folder, name = posixpath.split(part)
    place = posixpath.join(folder, "_rels", f"{name}.rels")
    found: dict[str, _Link] = {}

    def start(tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "Relationship":
            kind = attributes.get("Type", "").rpartition("/")[2]
            target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", ""))).lstrip("/")
            external = attributes.get("TargetMode", "") == "External"
            found[attributes.get("Id", "")] = _Link(kind, target, external)

    content = package.part(place)
    if content is not None:
        walk(place, content, start)
    return found


def _texts(part: str, content: bytes) -> tuple[str, ...]:
    """Shared texts; of those in several fonts all pieces together, without the reading aids of Japanese."""
    texts: list[str] = []
    pieces: list[str] = []
    listening = phonetic = False

    def start(tag: str, _: Mapping[str, str]) -> None:
        nonlocal listening, phonetic
        if tag == "si":
            pieces.clear()
        phonetic = phonetic or tag == "rPh"
        listening = tag == "t" and not phonetic

    def end(tag: str) -> None:
        nonlocal listening, phonetic
        listening = False
        if tag == "rPh":
            phonetic = False
        elif tag == "si":
            texts.append(unescaped("".join(pieces)))

    def text(words: str) -> None:
        if listening:
            pieces.append(words)

    walk(part, content, start, end, text)
    return tuple(texts)


def _date_styles(part: str, content: bytes) -> frozenset[int]:
    """Numbers of the cell styles that show a date."""
    codes: dict[str, str] = {}
    formats: list[str] = []
    inside = False

    def start(tag: str, attributes: Mapping[str, str]) -> None:
        nonlocal inside
        if tag == "numFmt":
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif tag == "cellXfs":
            inside = True
        elif tag == "xf" and inside:
            formats.append(attributes.get("numFmtId", "0"))

    def end(tag: str) -> None:
        nonlocal inside
        if tag == "cellXfs":
            inside = False

    walk(part, content, start, end)
    return frozenset(at for at, name in enumerate(formats) if _shows_date(name, codes))


def _shows_date(name: str, codes: Mapping[str, str]) -> bool:
    if name in codes:
        return is_date_format(codes[name])
    return name.isascii() and name.isdigit() and int(name[:9]) in _BUILT_IN_DATES


def is_date_format(code: str) -> bool:
    """Whether a number format shows a date or a time.

    >>> [is_date_format(code) for code in ("mmm-yy", '0.0" musd"', "General", "[Red]0.00", "[h]:mm", "0.00E+00")]
    [True, False, False, False, True, False]
    """
    bare = _NOT_OF_A_DATE.sub("", code).partition(";")[0]
    return bare.casefold() != "general" and re.search("[dmyhs]", bare, re.IGNORECASE) is not None
