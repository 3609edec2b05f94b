"""How all figures look: colours that stand out on white and on dark, one template for each, plain words beside axes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import plotly.graph_objects as go

BLUE, RED, GREEN, OCHRE, PURPLE, GREY = "#1f77b4", "#d1495b", "#2a8f6a", "#b7791f", "#9467bd", "#7a828c"
"""With the plan or allied; covered; stock; other regions; further series; without the plan."""
SERIES = (BLUE, OCHRE, GREEN, PURPLE, RED, GREY)
LIGHT_PAPER, DARK_PAPER = "#ffffff", "#16191d"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
HEIGHT = 320
WITH_PLAN, WITHOUT_PLAN = "with plan", "no plan"


def template(*, dark: bool) -> go.layout.Template:
    """The look on light or dark paper. Figures bear the light one; a page changes it with its own colours."""
    paper, text, grid = (DARK_PAPER, "#e6e9ed", "#3a4149") if dark else (LIGHT_PAPER, "#1c2126", "#d9dee3")
    axis = {
        "gridcolor": grid,
        "linecolor": grid,
        "zerolinecolor": "#8a929b",
        "zerolinewidth": 1,
        "automargin": True,
        "ticklabelstandoff": 5,
        "separatethousands": True,
        "exponentformat": "none",
        "title": {"standoff": 8, "font": {"size": 13}},
    }
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": 13, "color": text},
            "paper_bgcolor": paper,
            "plot_bgcolor": paper,
            "colorway": list(SERIES),
            "xaxis": axis,
            "yaxis": axis,
            "legend": {
                "orientation": "h",
                "yanchor": "bottom",
                "y": 1.02,
                "xanchor": "left",
                "x": 0.0,
            },
            "margin": {"l": 10, "r": 14, "t": 10, "b": 10},
            "hoverlabel": {"font": {"family": FONT}},
            "separators": ".,",
        }
    )


def new_figure(y_title: str, *, height: int = HEIGHT) -> go.Figure:
    """An empty figure with the title of its vertical axis."""
    figure = go.Figure()
    figure.update_layout(template=template(dark=False), height=height, yaxis_title=y_title, hovermode="x unified")
    return figure


def year_axis(figure: go.Figure, shown: Iterable[Any]) -> None:
    """Years without separators, whole ones only, so that eight at most are labelled."""
    every = [int(year) for year in shown]
    span = max(every) - min(every) if every else 0
    first, last = min(every, default=0), max(every, default=1)
    step = max(1, -(-span // 7))
    # Labels that stay upright keep the margin, so that a legend above finds its place at once on a narrow screen.
    figure.update_xaxes(tickformat="d", tick0=first, dtick=step, range=[first - 0.4, last + 0.4], tickangle=0)


def faded(colour: str, opacity: float) -> str:
    """A colour that lets through what is behind it.

    >>> faded("#1f77b4", 0.2)
    'rgba(31, 119, 180, 0.2)'
    """
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity:g})"


def plain_text(text: str) -> str:
    """Text for a figure, in which Plotly would read tags: what could begin one is written out.

    >>> plain_text("<b>Case & co</b>")
    '&lt;b&gt;Case &amp; co&lt;/b&gt;'
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def numbers(column: Any) -> list[float | None]:
    """A column as plain numbers, None where it is blank."""
    return [None if value != value or value is None else float(value) for value in column]


def years(column: Any) -> list[int]:
    """A column of years."""
    return [int(value) for value in column]
