"""A page of a small run with everything on it, and what stands in a page."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any

from optimizer import Case, Solution, compare, solve
from optimizer.report.html import report_html
from optimizer.results.reading import provenance_of
from tests.small_case import small_case
from tests.unit.figures.analyses_by_hand import answers

HOSTILE = '</script><img src=x onerror="alert(1)"><b>'
"""What a case might say to run as code, or to break out of where it stands."""


def hostile_case() -> Case:
    """The small case with names that are tags, and formulas."""
    changes = {
        "case.title": f"Two plants {HOSTILE}",
        "case.question": f"Is it worth it? {HOSTILE}",
        "regions.us.name": "<i>us</i>",
        "plants.us_oxide.name": f"Oxide {HOSTILE}",
        "plants.us_magnet.name": "=HYPERLINK(1)",
        "plants.us_magnet.source": "manual;judgement",
        "programmes.us_pot.name": HOSTILE,
        "stockpiles.magnet_stock.name": HOSTILE,
        "price_series.oxide_price.name": HOSTILE,
        "sources.manual.title": "=1+1",
        "sources.manual.note": HOSTILE,
        "sources.manual.address": "javascript:alert(1)",
    }
    case = small_case()
    for path, text in changes.items():
        case = case.set(path, text)
    return case


@lru_cache(maxsize=1)
def runs() -> tuple[Solution, Solution]:
    """The plan of that case, and of the same with a smaller pot."""
    case = hostile_case()
    return solve(case), solve(case.set("programmes.us_pot.budget_musd", 100.0))


@lru_cache(maxsize=1)
def whole_page() -> str:
    """A page with a comparison and every analysis."""
    one, other = runs()
    comparison = compare([one, other], ["<b>one</b>", "other"])
    return report_html(
        one, provenance=provenance_of(one), comparison=comparison, analyses=list(answers(one.case_name).values())
    )


@dataclass
class Element:
    """An element with its attributes and the text inside it."""

    tag: str
    attributes: dict[str, str]
    text: str = ""


@dataclass
class _Reader(HTMLParser):
    elements: list[Element] = field(default_factory=list)
    _open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in ("meta", "input", "wbr", "br"):
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data


@lru_cache(maxsize=4)
def elements(page: str) -> tuple[Element, ...]:
    """Every element of a page, in order; AssertionError if one is not closed where it should be."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert not reader._open
    return tuple(reader.elements)


def data_of(page: str, name: str) -> Any:
    """The data that stands in a page under a name."""
    (found,) = (e for e in elements(page) if e.tag == "script" and e.attributes.get("id") == name)
    return json.loads(found.text)
