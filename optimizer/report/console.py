"""Where printed answers go: at most 100 columns, and in characters that the place they go to can hold."""

from __future__ import annotations

import io
import sys
from typing import TextIO

from rich.console import Console, RenderableType

WIDTH = 100
"""Columns of an answer that goes to a file or a pipe, and the most on a terminal."""

CUT_OFF = "…"

PLAIN = str.maketrans("▁▂▃▄▅▆▇█─–−…·×→≥≤§", "_.:-=+*#---~.x>><S")
"""Characters of one column each that stand for those that an older encoding does not have."""


def show(view: RenderableType, file: TextIO | None = None) -> None:
    """Print tables and text; on stdout unless another file is given.

    On a terminal in its own width, up to ``WIDTH``; elsewhere in ``WIDTH`` and without colours. Where the encoding
    cannot hold a character, a plain one stands for it.
    """
    stream = sys.stdout if file is None else file
    console = _console(stream)
    width = WIDTH
    if console.is_terminal and console.width < WIDTH:
        # Rather lines that the terminal breaks than figures that are cut off.
        narrow, wide = _rendered(view, console.width), _rendered(view, WIDTH)
        width = console.width if narrow.count(CUT_OFF) <= wide.count(CUT_OFF) else WIDTH
    if console.encoding.startswith("utf"):
        console.width = width
        console.print(view)
    else:
        stream.write(in_encoding(_rendered(view, width), console.encoding))


def in_encoding(text: str, encoding: str) -> str:
    """A text in characters that an encoding has, as many as before.

    >>> in_encoding("2026–2040 ▁▄█ Ł", "ascii"), in_encoding("2026–2040 ▁▄█ Ł", "cp1252")
    ('2026-2040 _-# ?', '2026–2040 _-# ?')
    """
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        pass
    else:
        return text
    # Blocks of a line change together: a mixture could not be read.
    drawn = str.maketrans({code: mark for code, mark in PLAIN.items() if not _has(encoding, code)})
    return text.translate(drawn).encode(encoding, errors="replace").decode(encoding)


def _has(encoding: str, code: int) -> bool:
    try:
        chr(code).encode(encoding)
    except UnicodeEncodeError:
        return False
    return not 0x2581 <= code <= 0x2588


def _rendered(view: RenderableType, width: int) -> str:
    page = io.StringIO()
    console = _console(page)
    console.width = width
    console.print(view)
    return page.getvalue()


def _console(file: TextIO) -> Console:
    return Console(file=file, markup=False, emoji=False, highlight=False)
