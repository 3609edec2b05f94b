"""Parts of what a command prints."""

from __future__ import annotations

import re

TIME = re.compile(r"\s[·;] [\d,.]+ (?:s|min)$", flags=re.MULTILINE)


def without_times(printed: str) -> str:
    """What was printed without the time it took at the end of a line, and without blanks there.

    >>> without_times("gap 0.1 % · 2.0 s")
    'gap 0.1 %'
    """
    return "\n".join(
        line.rstrip() for line in TIME.sub("", re.sub(r" +$", "", printed, flags=re.MULTILINE)).splitlines()
    )


def sections(printed: str, *titles: str) -> str:
    """The paragraphs whose first lines begin with the titles, in the order given; "" is the first paragraph.

    >>> sections("head\\n\\nOne\\n1\\n\\nTwo\\n2\\n", "Two", "")
    'Two\\n2\\n\\nhead'
    """
    found = re.split(r"\n\s*\n", without_times(printed).strip("\n"))
    chosen = []
    for title in titles:
        matching = found[:1] if not title else [one for one in found if one.startswith(title)]
        if len(matching) != 1:
            heads = [one.splitlines()[0] for one in found]
            raise ValueError(f"{len(matching)} paragraphs begin with '{title}'; there are {heads}")
        chosen += matching
    return "\n\n".join(chosen)


def rows(paragraph: str, *beginnings: str, heads: int) -> str:
    """A printed table with its first ``heads`` lines and the rows that begin with the words given.

    >>> rows("t\\nhead\\na 1\\nb 2", "b", heads=2)
    't\\nhead\\nb 2'
    """
    lines = paragraph.splitlines()
    kept = [line for line in lines[heads:] if line.startswith(beginnings)]
    missing = [beginning for beginning in beginnings if not any(line.startswith(beginning) for line in kept)]
    if missing:
        raise ValueError(f"no row begins with {missing}")
    return "\n".join(lines[:heads] + kept)


def fenced(text: str) -> str:
    """A text block."""
    return f"```text\n{text}\n```"


def findings(printed: str, *beginnings: str) -> str:
    """The findings of an analysis that begin with the words given, or all, as they are printed.

    >>> findings("title\\n  - One\\n  more\\n  - Two\\n\\ntable", "One")
    '  - One\\n  more'
    """
    (listed,) = [part for part in re.split(r"\n\s*\n", without_times(printed)) if "\n  - " in part][:1]
    found = re.split(r"\n(?=  - )", listed)[1:]
    kept = [one for one in found if not beginnings or one.removeprefix("  - ").startswith(beginnings)]
    if not kept:
        raise ValueError(f"no finding begins with {beginnings}; there are {found}")
    return "\n".join(kept)
