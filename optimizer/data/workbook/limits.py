"""Opening a workbook: what a file must be before anything in it is understood.

A workbook is a ZIP archive of XML parts. Sizes are those that the archive declares; no part is read beyond its own.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from xml.parsers import expat

from optimizer.data.workbook.faults import WorkbookError

MOST_BYTES = 200_000_000
"""Of all parts together, unpacked."""
MOST_RATIO = 100
"""Unpacked to packed bytes. A sheet of 400,000 rows of figures has 9."""
MOST_MEMBERS = 1_000
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
)
"""What unpacking raises for archives that are damaged, locked or made up."""
_SAVE = "Open it in the program that made it and save it as an Excel workbook (.xlsx)."

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]


class Package:
    """The parts of a workbook, read on demand. Raises ``WorkbookError`` for a file that may not be opened."""

    def __init__(self, data: bytes) -> None:
        if data.startswith(_OLD):
            raise WorkbookError(
                "is encrypted, or an old .xls file", "Save it as an Excel workbook (.xlsx) without a password."
            )
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
            members = self._archive.infolist()
        except _BROKEN as error:
            raise WorkbookError("is not an Excel workbook", _SAVE) from error
        if len(members) > MOST_MEMBERS:
            raise WorkbookError(f"has more than {MOST_MEMBERS:,} parts", _SAVE)
        if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
            raise WorkbookError("is packed in a way that Excel does not use", _SAVE)
        total = sum(member.file_size for member in members)
        if total > MOST_BYTES:
            raise WorkbookError(f"has more than {MOST_BYTES:,} bytes when unpacked", "Split the case or drop rows.")
        if total > MOST_RATIO * len(data):
            problem = f"unpacks to {total / len(data):,.0f} times its size, where {MOST_RATIO} is the most allowed"
            raise WorkbookError(problem, _SAVE)
        self._members = {member.filename.lstrip("/").casefold(): member for member in members}
        if len(self._members) < len(members):
            raise WorkbookError("has two parts of the same name", _SAVE)
        self._refuse_other_formats()

    def _refuse_other_formats(self) -> None:
        names = self._members
        if any(name.endswith("vbaproject.bin") for name in names):
            raise WorkbookError("has macros", "Save it as an Excel workbook without macros (.xlsx).")
        if "xl/workbook.bin" in names:
            raise WorkbookError("is a binary workbook (.xlsb)", "Save it as an Excel workbook (.xlsx).")
        if "content.xml" in names or "mimetype" in names:
            raise WorkbookError("is an OpenDocument file", "Save it as an Excel workbook (.xlsx).")

    def part(self, name: str) -> bytes | None:
        """The content of a part; None if the workbook does not have it."""
        member = self._members.get(name.casefold())
        if member is None:
            return None
        try:
            with self._archive.open(member) as stream:
                return stream.read(member.file_size)
        except _BROKEN as error:
            raise WorkbookError(f"is damaged: its part {name[:60]} cannot be unpacked", _SAVE) from error


def walk(name: str, content: bytes, start: Start, end: End | None = None, text: End | None = None) -> None:
    """Go through the XML of a part, element by element, with names free of their namespaces.

    A document type is refused: nothing that a part declares is ever expanded, and nothing it names is fetched.
    """

    def refuse(*_: object) -> None:
        raise WorkbookError(f"has a document type in its part {name[:60]}", _SAVE)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda tag, attributes: start(
        _local(tag), {_local(key): value for key, value in attributes.items()}
    )
    if end is not None:
        parser.EndElementHandler = lambda tag: end(_local(tag))
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise WorkbookError(f"is damaged: its part {name[:60]} is not XML", _SAVE) from error


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
