"""Public money: what each pot is expected to pay, pays in bad cases, and when."""

from __future__ import annotations

import plotly.graph_objects as go

from optimizer.figures.drawing import BLUE, GREY, OCHRE, RED, faded, new_figure, numbers, plain_text, year_axis, years
from optimizer.figures.subject import Drawable


def paying_pots(solution: Drawable) -> list[str]:
    """Pots that pay anything out on some price path."""
    return list(dict.fromkeys(solution.tables["yearly_outlays"]["programme"]))


def outlay_fan(solution: Drawable, programme: str | None = None) -> go.Figure:
    """What a pot pays out year by year, musd, not discounted: expected, 5 % to 95 % of the price paths, and the worst.

    ``programme`` is the first pot that pays anything, if none is named. Below zero plants pay back.
    """
    programme = programme or paying_pots(solution)[0]
    table = solution.tables["yearly_outlays"]
    own = table[table["programme"] == programme]
    figure = new_figure("musd a year")
    x = years(own["year"])
    band = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    figure.add_scatter(x=x, y=numbers(own["p95_musd"]), name="95 %", showlegend=False, **band)
    figure.add_scatter(
        x=x, y=numbers(own["p05_musd"]), name="90 % of paths", fill="tonexty", fillcolor=faded(BLUE, 0.2), **band
    )
    for column, name, colour, dash in (
        ("worst_musd", "worst path", RED, "dot"),
        ("p95_musd", "P95", OCHRE, "dash"),
        ("expected_musd", "expected", BLUE, "solid"),
    ):
        figure.add_scatter(
            x=x, y=numbers(own[column]), name=name, mode="lines+markers",
            line={"color": colour, "dash": dash, "width": 2.5}, marker={"size": 5}, hovertemplate="%{y:,.1f}",
        )  # fmt: skip
    figure.update_yaxes(rangemode="tozero")
    year_axis(figure, x)
    return figure


def outlays(solution: Drawable) -> go.Figure:
    """Every pot that pays: its size, what the plan uses up of it, and what it pays out: expected, 95 %, worst (present
    values, musd)."""
    table = solution.tables["programmes"]
    table = table[table["programme"].isin(paying_pots(solution))].iloc[::-1]
    names = [plain_text(str(name)) for name in table["programme"]]
    figure = new_figure("", height=130 + 110 * len(table))
    for column, name, colour in (
        ("worst_musd", "worst path", RED),
        ("p95_musd", "P95", OCHRE),
        ("expected_musd", "expected", BLUE),
        ("scored_musd", "uses up of the pot", GREY),
    ):
        values = numbers(table[column])
        figure.add_bar(
            y=names, x=values, name=name, orientation="h", marker={"color": colour},
            text=[f"{value:,.0f}" for value in values if value is not None], textposition="outside", cliponaxis=False,
            hovertemplate="%{x:,.1f} musd",
        )  # fmt: skip
    figure.add_scatter(
        x=numbers(table["budget_musd"]), y=names, mode="markers", name="size of the pot",
        marker={"symbol": "line-ns-open", "size": 60, "color": GREY, "line": {"width": 3}},
        hovertemplate="%{x:,.1f} musd",
    )  # fmt: skip
    largest = table[["budget_musd", "worst_musd", "scored_musd"]].max().max()
    least = min(0.0, float(table["expected_musd"].min()))
    # Room for the figures beside the bars.
    figure.update_xaxes(range=[1.2 * least, 1.2 * float(largest)])
    figure.update_layout(
        hovermode="closest", xaxis_title="musd, present value", legend_traceorder="reversed", barmode="group"
    )
    return figure
