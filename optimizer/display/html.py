"""Parts of what a notebook shows: headings, facts, tables and parts that fold away. All text is escaped here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from html import escape
from typing import Any

from optimizer.display.columns import Notation, head, is_absent, is_number, notation, notation_of_unit, shown

STYLE = (
    ".ov{line-height:1.45;color:inherit;max-width:76rem}"
    ".ov h4{margin:.2em 0 .1em;font-size:1.15em;font-weight:600}"
    ".ov h5{margin:.9em 0 .25em;font-size:1em;font-weight:600;font-style:normal}"
    ".ov p{margin:.25em 0}.ov ul{margin:.25em 0;padding-left:1.4em}"
    ".ov .ov-quiet{opacity:.72}"
    ".ov .ov-facts{display:flex;flex-wrap:wrap;gap:.3em 2em;margin:.5em 0}"
    ".ov .ov-facts span{display:block}.ov .ov-facts .ov-label{opacity:.72;font-size:.85em}"
    ".ov .ov-facts .ov-value{font-weight:600;font-variant-numeric:tabular-nums}"
    ".ov .ov-scroll{overflow-x:auto}"
    ".ov table{border-collapse:collapse;table-layout:auto;margin:.3em 0;font-size:.9em;border:0;color:inherit}"
    ".ov table tr,.ov table tr:nth-child(even),.ov table tr:hover{background:transparent}"
    ".ov table th,.ov table td{padding:.18em .7em;border:0;border-bottom:1px solid rgba(128,128,128,.28);"
    "text-align:left;vertical-align:top;white-space:nowrap;color:inherit;background:transparent}"
    ".ov table td.ov-long{white-space:normal;min-width:16em;max-width:34em}"
    ".ov table th{font-weight:600;vertical-align:bottom;border-bottom:1px solid rgba(128,128,128,.75)}"
    ".ov table th span{display:block;opacity:.72;font-weight:400;font-size:.85em}"
    ".ov table td.ov-n,.ov table th.ov-n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}"
    ".ov table tfoot td{font-weight:600}"
    ".ov details{margin:.35em 0}.ov summary{cursor:pointer}.ov details>*:not(summary){margin-left:1.1em}"
)
"""Colours are those of the page, so that it is readable on light and dark ones."""
MOST_ROWS = 30
"""Rows of a table that are shown unless more are asked for."""
LONG = 32
"""Letters beyond which a cell may be broken into lines."""


def page(title: str, *parts: str) -> str:
    """A title and parts that are HTML already, under one style."""
    return f'<div class="ov"><style>{STYLE}</style><h4>{escape(title)}</h4>{"".join(parts)}</div>'


def heading(text: str) -> str:
    """A heading within a page."""
    return f"<h5>{escape(text)}</h5>"


def paragraph(text: str, *, quiet: bool = False) -> str:
    """A paragraph; nothing for no text.

    >>> paragraph("a < b"), paragraph("")
    ('<p>a &lt; b</p>', '')
    """
    if not text:
        return ""
    return f'<p class="ov-quiet">{escape(text)}</p>' if quiet else f"<p>{escape(text)}</p>"


def bullets(texts: Iterable[str]) -> str:
    """A list; nothing for no texts."""
    lines = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f"<ul>{lines}</ul>" if lines else ""


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """Values with what they are above them, side by side."""
    cells = "".join(
        f'<div><span class="ov-label">{escape(label)}</span><span class="ov-value">{escape(value)}</span></div>'
        for label, value in pairs
    )
    return f'<div class="ov-facts">{cells}</div>'


def details(summary: str, *parts: str, opened: bool = False) -> str:
    """Parts that fold away under a line; nothing if there are none."""
    inside = "".join(parts)
    if not inside:
        return ""
    return f"<details{' open' if opened else ''}><summary>{escape(summary)}</summary>{inside}</details>"


def table(
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    heads: Mapping[str, str] | None = None,
    notations: Mapping[str, Notation] | None = None,
    most: int = MOST_ROWS,
    total: Sequence[Any] | None = None,
) -> str:
    """A table of rows: figures with the digits and the unit that the name of their column ends in, to the right.

    ``heads`` are shown in place of names, ``notations`` say how the figures of a column are shown. Of more than
    ``most`` rows the first are shown and the rest is counted. A column ``unit`` says how the figures of its row are
    shown where the column's name does not. The name of a column in full is its tooltip.
    """
    notations = notations or {}
    hows = [notations.get(name, notation(name)) for name in columns]
    numeric = [_is_numeric(row[at] for row in rows) for at in range(len(columns))]
    unit_at = columns.index("unit") if "unit" in columns else None
    heads = heads or {}
    top = "".join(
        f'<th{_class(numeric[at])} title="{escape(name, quote=True)}">{_head(name, heads, hows[at])}</th>'
        for at, name in enumerate(columns)
    )
    body = "".join(f"<tr>{_cells(row, hows, numeric, unit_at)}</tr>" for row in rows[:most])
    foot = f"<tfoot><tr>{_cells(total, hows, numeric, None, blank='')}</tr></tfoot>" if total is not None else ""
    left = len(rows) - most
    more = paragraph(f"… and {counted(left, 'more row')}", quiet=True) if left > 0 else ""
    text = f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody>{foot}</table>"
    return f'<div class="ov-scroll">{text}</div>{more}'


def counted(number: int, thing: str) -> str:
    """A number of things.

    >>> counted(1, "row"), counted(1200, "row")
    ('1 row', '1,200 rows')
    """
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _head(name: str, heads: Mapping[str, str], how: Notation) -> str:
    words, unit = head(name)[0] if how == notation(name) else name, how.unit
    if name in heads:
        words = re.sub(r"\s+", " ", heads[name])
        if unit and re.search(rf"(^|[\s(,]){re.escape(unit)}([\s),]|$)", words):
            unit = ""
    return escape(words) + (f"<span>{escape(unit)}</span>" if unit else "")


def _cells(
    row: Sequence[Any], hows: Sequence[Notation], numeric: Sequence[bool], unit_at: int | None, blank: str | None = None
) -> str:
    by_unit = Notation() if unit_at is None else notation_of_unit(str(row[unit_at]))
    cells = []
    for value, how, number in zip(row, hows, numeric, strict=True):
        own = how if how.unit or how.decimals is not None else replace(by_unit, difference=how.difference)
        if isinstance(value, int) and own is not how:
            own = Notation("", 0, year=by_unit.year)
        text = blank if blank is not None and is_absent(value) else shown(value, own)
        kind = _class(number) or (' class="ov-long"' if len(text) > LONG else "")
        cells.append(f"<td{kind}>{escape(text)}</td>")
    return "".join(cells)


def _class(number: bool) -> str:
    return ' class="ov-n"' if number else ""


def _is_numeric(values: Iterable[Any]) -> bool:
    present = [value for value in values if not is_absent(value)]
    return bool(present) and all(is_number(value) for value in present)
