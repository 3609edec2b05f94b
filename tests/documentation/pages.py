"""The pages a user reads, the fenced blocks in them, and the regions of them that are generated.

A comment on the line before a block says what the block is, if it is not simply to be run:

    <!-- not run here: REASON -->    a bash or python block that the tests of all blocks leave out
    <!-- file: NAME -->              the text of a file that the blocks after it read
    <!-- shown: REASON -->           a text block that is not made from a run

A generated region stands between ``<!-- generated: NAME -->`` and ``<!-- end of NAME -->``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FENCE = "```"
COMMENT = re.compile(r"<!-- (?P<kind>not run here|file|shown|generated): (?P<words>.+) -->")
REGION = re.compile(r"(<!-- generated: (.+?) -->\n)(.*?)(<!-- end of \2 -->)", flags=re.DOTALL)


def pages() -> list[Path]:
    """Every page of the documentation, the README first."""
    below = [path for folder in ("optimizer", "models", "inputs", "examples") for path in (ROOT / folder).rglob("*.md")]
    return [ROOT / "README.md", *sorted(below), ROOT / "tests" / "benchmarks" / "README.md"]


def page_name(page: Path) -> str:
    """Its path below the project's folder."""
    return page.relative_to(ROOT).as_posix()


@dataclass(frozen=True)
class Block:
    """A fenced block: where it stands, in which language, and what the comment before it says of it."""

    page: str
    line: int
    language: str
    text: str
    kind: str
    words: str

    @property
    def place(self) -> str:
        """For messages."""
        return f"{self.page}:{self.line}"


def blocks_of(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    return list(blocks_in(page.read_text("utf-8"), page_name(page)))


def blocks_in(text: str, name: str) -> Iterator[Block]:
    """The fenced blocks of a text.

    >>> (block,) = blocks_in("<!-- not run here: slow -->\\n```bash\\nls\\n```\\n", "page.md")
    >>> block.place, block.language, block.text, block.kind, block.words
    ('page.md:2', 'bash', 'ls\\n', 'not run here', 'slow')
    """
    before, start, language, inside = "", 0, "", list[str]()
    for number, line in enumerate(text.splitlines(), start=1):
        if start and line == FENCE:
            comment = COMMENT.fullmatch(before)
            kind, words = (comment["kind"], comment["words"]) if comment else ("", "")
            yield Block(name, start, language, "".join(f"{one}\n" for one in inside), kind, words)
            before, start, inside = "", 0, []
        elif start:
            inside.append(line)
        elif line.startswith(FENCE):
            start, language = number, line.removeprefix(FENCE)
        elif line.strip():
            before = line.strip()
    if start:
        raise ValueError(f"{name}:{start}: the block is not closed")


def regions_of(page: Path) -> dict[str, str]:
    """The generated regions of a page: name to text."""
    return {found[2]: found[3] for found in REGION.finditer(page.read_text("utf-8"))}


def with_regions(text: str, made: Callable[[str], str | None]) -> str:
    """A page with its regions made anew; a region for which None is made stays as it is.

    >>> with_regions("<!-- generated: n -->\\n1\\n<!-- end of n -->", lambda name: "2")
    '<!-- generated: n -->\\n2\\n<!-- end of n -->'
    """

    def anew(found: re.Match[str]) -> str:
        inner = made(found[2])
        return found[0] if inner is None else f"{found[1]}{inner.rstrip()}\n{found[4]}"

    return REGION.sub(anew, text)
