"""Stock over time, as announced and in every future."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from optimizer.figures.drawing import BLUE, GREEN, OCHRE, faded, new_figure, plain_text, year_axis, years
from optimizer.figures.subject import Drawable


def held_stockpiles(solution: Drawable) -> list[str]:
    """Stockpiles that hold anything, in some future and year."""
    table = solution.tables["stockpile"]
    levels = solution.tables["stock_levels"]
    names = [*table[table["stock_t"] > 0.0]["stockpile"], *levels[levels["stock_t"] > 0.0]["stockpile"]]
    return sorted(set(names))


def stock(solution: Drawable, stockpile: str | None = None) -> go.Figure:
    """Tonnes in a stockpile at the end of each year: as announced, in the calm future, and in every other.

    Futures with an embargo take from it, and buy nothing while trade into its region is withheld. Years of which the
    tables have no row are years with nothing in it. ``stockpile`` is the first that holds anything, if none is named.
    """
    stockpile = stockpile or held_stockpiles(solution)[0]
    planned = solution.tables["stockpile"]
    planned = planned[planned["stockpile"] == stockpile]
    levels = solution.tables["stock_levels"]
    levels = levels[levels["stockpile"] == stockpile]
    figure = new_figure("t at the end of the year")
    calm = solution.tables["futures"]["future"].iloc[0]
    x: list[int | None] = []
    y: list[float | None] = []
    text: list[str | None] = []
    every = sorted({*years(levels["year"]), *years(planned["year"])})
    for future, rows in levels[levels["future"] != calm].groupby("future", sort=True):
        x += [*every, None]
        y += [*_held(rows, every), None]
        text += [*[plain_text(str(future))] * len(every), None]
    figure.add_scatter(
        x=x, y=y, text=text, name="other futures", mode="lines", line={"color": faded(OCHRE, 0.6), "width": 1.2},
        hovertemplate="%{text}, %{x}: %{y:,.0f} t<extra></extra>",
    )  # fmt: skip
    own = levels[levels["future"] == calm]
    for rows, name, colour, dash in ((own, "calm future", GREEN, "solid"), (planned, "as announced", BLUE, "dash")):
        if len(rows):
            figure.add_scatter(
                x=every, y=_held(rows, every), name=name, mode="lines",
                line={"color": colour, "width": 2.5, "dash": dash}, hovertemplate="%{y:,.0f} t",
            )  # fmt: skip
    figure.update_yaxes(rangemode="tozero")
    figure.update_layout(hovermode="closest")
    year_axis(figure, every)
    return figure


def _held(rows: pd.DataFrame, every: list[int]) -> list[float]:
    held = dict(zip(years(rows["year"]), rows["stock_t"], strict=True))
    return [float(held.get(year, 0.0)) for year in every]
