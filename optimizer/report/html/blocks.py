"""What sections of a page are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from optimizer.report.html.sheets import Sheet

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True)
class Words:
    """A paragraph, or a list if there are several; ``note`` is set smaller, ``lead`` larger, ``warning`` marked."""

    paragraphs: tuple[Markup | str, ...]
    style: str = ""
    as_list: bool = False
    kind: str = "words"


@dataclass(frozen=True)
class Card:
    """A figure that stands out, with what it is and what to compare it with."""

    figure: Markup | str
    unit: str
    what: str
    beside: Markup | str = ""


@dataclass(frozen=True)
class Cards:
    """Figures side by side."""

    cards: tuple[Card, ...]
    kind: str = "cards"


@dataclass(frozen=True)
class Table:
    """A table on the page; ``folded`` behind its title until it is opened, when it is filled from the data.

    ``title`` and ``heads`` (column → head) show a part of the table under a title of its own.
    """

    sheet: Sheet
    folded: bool = False
    title: str = ""
    heads: Mapping[str, str] = field(default_factory=dict)
    kind: str = "table"

    @property
    def shown(self) -> tuple[tuple[int, str], ...]:
        """Position and head of the columns shown."""
        sheet = self.sheet
        if not self.heads:
            return tuple((at, sheet.heads[at]) for at in sheet.printed)
        return tuple((sheet.columns.index(name), head) for name, head in self.heads.items())


@dataclass(frozen=True)
class Chart:
    """A figure with its title, what it shows in words, and the table behind it.

    ``where`` picks the table's rows that belong to this figure: column → value. ``step_column`` is the column that a
    slider moves along. ``wide`` figures keep their width on a phone, where they move sideways.
    """

    name: str
    title: str
    words: Markup | str
    figure: go.Figure
    sheet: Sheet
    where: Mapping[str, Any] = field(default_factory=dict)
    step_column: str = ""
    wide: bool = False
    kind: str = "chart"


@dataclass(frozen=True)
class Charts:
    """Figures side by side where there is room."""

    charts: tuple[Chart, ...]
    kind: str = "charts"


@dataclass(frozen=True)
class Switched:
    """Figures of which one is shown, chosen by its words; ``printed`` are those that paper shows besides."""

    name: str
    legend: str
    choices: tuple[tuple[str, Chart], ...]
    first: int = 0
    printed: tuple[int, ...] = ()
    kind: str = "switched"


Block = Words | Cards | Table | Charts | Switched


@dataclass(frozen=True)
class Section:
    """A section of the page."""

    anchor: str
    title: str
    blocks: tuple[Block, ...]


def section(anchor: str, title: str, blocks: Sequence[Block | None]) -> Section:
    """A section of the blocks that there are."""
    return Section(anchor, title, tuple(block for block in blocks if block is not None))


def sentence(words: str, *parts: Markup | str, **named: Markup | str) -> Markup:
    """Words with parts put in; text that is not marked up is escaped.

    >>> str(sentence("{} costs {sum}.", "<b>", sum=Markup("<data>5</data>")))
    '&lt;b&gt; costs <data>5</data>.'
    """
    return Markup(words).format(*parts, **named)
