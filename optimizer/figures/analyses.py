"""Figures of analyses: what is given up for what, what plants need, what moves a plan, and how far it can be regretted.

Each takes an analysis, in memory or read from its folder, and reads only its tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import pandas as pd
import plotly.graph_objects as go

from optimizer.figures.drawing import (
    BLUE,
    GREEN,
    GREY,
    OCHRE,
    PURPLE,
    RED,
    SERIES,
    faded,
    new_figure,
    numbers,
    plain_text,
)
from optimizer.figures.subject import quantity

GRADES = {"A": GREEN, "B": BLUE, "B-": BLUE, "C": OCHRE, "computed": GREY, "judgement": RED}
MOST_INPUTS = 15


class Analysed(Protocol):
    """An analysis: its tables by name."""

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """Tidy tables."""


def frontier(analysis: Analysed) -> go.Figure:
    """The frontier between two measures: the best plans found, and below them what no plan can better."""
    points = analysis.tables["points"]
    columns = [str(name) for name in points.columns]
    x, y, least = (next(name for name in columns if name.startswith(start)) for start in ("x_", "y_", "y_least_"))
    figure = new_figure(plain_text(f"{points['y'].iloc[0]} ({_unit(y)})"))
    for column, name, dash, colour in ((least, "no plan is below", "dot", GREY), (y, "best plan found", "solid", BLUE)):
        figure.add_scatter(
            x=numbers(points[x]), y=numbers(points[column]), name=name, mode="lines+markers",
            line={"dash": dash, "color": colour, "width": 2.5}, hovertemplate="%{y:,.1f}",
        )  # fmt: skip
    figure.update_layout(xaxis_title=plain_text(f"{points['x'].iloc[0]} ({_unit(x)})"))
    return figure


def _unit(column: str) -> str:
    return {"musd": "musd", "share": "share of 1", "t": "t"}.get(column.rsplit("_", 1)[-1], column.rsplit("_", 1)[-1])


def break_even(analysis: Analysed, plant: str, today: Mapping[str, float] | None = None) -> go.Figure:
    """The contracts of one plant: the strike each needs and is worth, where the plan has it, and its menu, USD/kg.

    ``today`` is the reference price of each contract at the start of the horizon, USD/kg, drawn where it is known.
    """
    table = analysis.tables["breakeven"]
    table = table[(table["plant"] == plant) & table["contract"].notna()].iloc[::-1]
    names = [plain_text(str(name)) for name in table["contract"]]
    figure = new_figure("", height=230 + 46 * len(table))
    for name, low, high in zip(
        names, numbers(table["menu_low_usd_per_kg"]), numbers(table["menu_top_usd_per_kg"]), strict=True
    ):
        figure.add_scatter(
            x=[low, high], y=[name, name], mode="lines", line={"color": faded(GREY, 0.45), "width": 12}, name="menu",
            showlegend=name == names[0], hoverinfo="skip",
        )  # fmt: skip
    for column, name, symbol, colour in (
        ("worth_strike", "worth up to", "triangle-left", GREEN),
        ("needs_strike", "needs at least", "triangle-right", RED),
        ("plan_strike", "signed in the plan", "circle", BLUE),
    ):
        figure.add_scatter(
            x=numbers(table[f"{column}_usd_per_kg"]), y=names, mode="markers", name=name,
            marker={"symbol": symbol, "size": 14, "color": colour}, hovertemplate="%{x:,.2f} USD/kg",
        )  # fmt: skip
    known = [str(contract) for contract in table["contract"] if contract in (today or {})]
    if today and known:
        figure.add_scatter(
            x=[today[contract] for contract in known], y=[plain_text(contract) for contract in known], mode="markers",
            name="price today", marker={"symbol": "diamond", "size": 11, "color": OCHRE},
            hovertemplate="%{x:,.2f} USD/kg",
        )  # fmt: skip
    figure.update_layout(hovermode="closest", xaxis_title="USD/kg")
    figure.update_xaxes(rangemode="tozero")
    return figure


def needed_strikes(analysis: Analysed, plant: str, curve: str) -> go.Figure:
    """How the strike that a plant needs moves with one thing (``curve``: grant, tenor, loss_limit, sponsor_tail), a
    line per contract, USD/kg."""
    curves = analysis.tables["curves"]
    own = curves[(curves["plant"] == plant) & (curves["curve"] == curve)]
    figure = new_figure("strike needed, USD/kg")
    for position, (contract, rows) in enumerate(own.groupby("contract", sort=True)):
        figure.add_scatter(
            x=numbers(rows["x"]), y=numbers(rows["strike_usd_per_kg"]), name=plain_text(str(contract)),
            mode="lines+markers", line={"color": SERIES[position % len(SERIES)], "width": 2.5},
            hovertemplate="%{y:,.2f}",
        )  # fmt: skip
    unit = str(own["x_unit"].iloc[0]) if len(own) else ""
    figure.update_layout(xaxis_title=plain_text(f"{curve.replace('_', ' ')} ({unit})"))
    figure.update_xaxes(tickangle=0, nticks=6)
    figure.update_yaxes(tickformat=",.1f", nticks=6)
    return figure


def capacity_worth(analysis: Analysed) -> go.Figure:
    """What a kg a year more of each plant's capacity would be worth in calm years, in embargoes, and over all years,
    USD/kg. Plants that are not in the plan have the last alone."""
    table = analysis.tables["plants"]
    table = table.sort_values("one_more_usd_per_kg", ascending=False, kind="stable").head(MOST_INPUTS).iloc[::-1]
    figure = new_figure("", height=150 + 34 * len(table))
    names = [plain_text(str(name)) for name in table["plant"]]
    for column, name, colour in (("embargo_usd_per_kg", "embargo", OCHRE), ("calm_usd_per_kg", "calm", BLUE)):
        figure.add_bar(
            y=names, x=numbers(table[column]), name=name, orientation="h", marker={"color": colour},
            hovertemplate="%{x:,.2f} USD/kg",
        )  # fmt: skip
    figure.add_scatter(
        x=numbers(table["one_more_usd_per_kg"]), y=names, mode="markers", name="all years", cliponaxis=False,
        marker={"symbol": "diamond", "size": 11, "color": GREY}, hovertemplate="%{x:,.2f} USD/kg",
    )  # fmt: skip
    figure.update_layout(hovermode="closest", xaxis_title="USD/kg", legend_traceorder="reversed")
    return figure


def alternatives(analysis: Analysed) -> go.Figure:
    """What each plan within the limit costs above the best one, and its expected net outlay, musd."""
    table = analysis.tables["alternatives"].iloc[::-1]
    figure = new_figure("", height=150 + 40 * len(table))
    names = [plain_text(str(name)) for name in table["plan"]]
    for column, name, colour in (
        ("net_outlay_musd", "expected net outlay", GREY),
        ("extra_cost_musd", "cost above the best plan", BLUE),
    ):
        figure.add_bar(
            y=names, x=numbers(table[column]), name=name, orientation="h", marker={"color": colour},
            hovertemplate="%{x:,.1f} musd",
        )  # fmt: skip
    figure.update_layout(hovermode="closest", xaxis_title="musd, present value", legend_traceorder="reversed")
    return figure


def regret(analysis: Analysed) -> go.Figure:
    """What each plan costs beyond the cheapest in each state, musd: the darker, the more it is regretted."""
    table = analysis.tables["regret"]
    matrix = table.pivot_table(index="plan", columns="state", values="regret_musd", sort=False, aggfunc="first")
    matrix = matrix.iloc[::-1]
    figure = new_figure("", height=130 + 34 * len(matrix))
    values = [numbers(row) for row in matrix.to_numpy()]
    figure.add_heatmap(
        z=values,
        x=[plain_text(str(state)) for state in matrix.columns],
        y=[plain_text(str(plan)) for plan in matrix.index],
        colorscale=[[0.0, "#f7f3e8"], [0.35, "#f1b37c"], [1.0, "#b3371f"]],
        text=[["–" if value is None else f"{value:,.0f}" for value in row] for row in values],
        texttemplate="%{text}",
        hovertemplate="%{y} in %{x}: %{z:,.1f} musd<extra></extra>",
        xgap=2,
        ygap=2,
        showscale=False,
    )
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(side="top", tickangle=-35)
    return figure


def tornado(analysis: Analysed, most: int = MOST_INPUTS) -> go.Figure:
    """Change of the plan's cost with each input at its low and high end, the widest first, coloured by the grade of its
    evidence, musd. The plan is kept as it is. At most ``most`` inputs."""
    table = analysis.tables["tornado"]
    table = table[table["bar_musd"] > 0.0].sort_values("bar_musd", ascending=False, kind="stable").head(most).iloc[::-1]
    figure = new_figure("", height=130 + 46 * len(table))
    names = [
        f"{plain_text(quantity(str(column)))}<br>{plain_text(str(row))}"
        for row, column in zip(table["row"], table["column"], strict=True)
    ]
    shown: set[str] = set()
    for name, row in zip(names, table.to_dict(orient="records"), strict=True):
        grade = str(row["grade"])
        for end, opacity in (("low", 0.55), ("high", 1.0)):
            figure.add_bar(
                y=[name], x=numbers([row[f"kept_{end}_musd"]]), orientation="h", name=f"graded {grade}",
                marker={"color": faded(GRADES.get(grade, PURPLE), opacity)}, legendgroup=grade,
                showlegend=grade not in shown and end == "high",
                hovertemplate=f"{end}: %{{x:+,.0f}} musd<extra></extra>",
            )  # fmt: skip
        shown.add(grade)
    figure.update_layout(barmode="overlay", hovermode="closest", xaxis_title="change of cost, musd")
    return figure


def instruments(analysis: Analysed, plant: str) -> go.Figure:
    """Who pays for each instrument at the least terms that make a plant viable, expected, and both together at P95
    (musd)."""
    table = analysis.tables["instruments"]
    table = table[(table["plant"] == plant) & table["viable"].astype(bool)].iloc[::-1]
    figure = new_figure("", height=170 + 40 * len(table))
    names = [plain_text(str(name)) for name in table["name"]]
    for column, name, colour in (
        ("treasury_expected_musd", "treasury, expected", BLUE),
        ("buyers_expected_musd", "buyers, expected", OCHRE),
    ):
        figure.add_bar(
            y=names, x=numbers(table[column]), name=name, orientation="h", marker={"color": colour},
            hovertemplate="%{x:,.1f} musd",
        )  # fmt: skip
    figure.add_scatter(
        x=numbers(table["public_and_buyers_p95_musd"]), y=names, mode="markers", name="both together, P95",
        marker={"symbol": "diamond", "size": 12, "color": RED}, hovertemplate="%{x:,.1f} musd",
    )  # fmt: skip
    figure.update_layout(barmode="relative", hovermode="closest", xaxis_title="musd, present value")
    figure.update_xaxes(tickangle=0)
    return figure


def deadweight(analysis: Analysed) -> go.Figure:
    """Expected outlay on each supported plant: what it needs, and what goes to paths on which it would have paid for
    itself, musd."""
    table: Any = analysis.tables["additionality"]
    table = table[table["outlay_musd"].notna() & (table["outlay_musd"] != 0.0)].iloc[::-1]
    figure = new_figure("", height=150 + 46 * len(table))
    names = [plain_text(str(name)) for name in table["plant"]]
    for column, name, colour in (("needed_outlay_musd", "needed", BLUE), ("deadweight_musd", "deadweight", RED)):
        figure.add_bar(
            y=names, x=numbers(table[column]), name=name, orientation="h", marker={"color": colour},
            hovertemplate="%{x:,.1f} musd",
        )  # fmt: skip
    figure.update_layout(barmode="relative", hovermode="closest", xaxis_title="musd, expected, present value")
    return figure


def worth_of_knowing(analysis: Analysed) -> go.Figure:
    """What knowing the future would save, and what planning for one future alone loses, musd; whiskers are what the
    bounds of the solves leave open."""
    table = analysis.tables["information"].iloc[::-1]
    names = [
        f"{plain_text(str(measure))}<br>{plain_text(str(plan))}"
        for measure, plan in zip(table["measure"], table["plan"], strict=True)
    ]
    value, least, most = (table[f"{name}_musd"] for name in ("value", "least", "most"))
    figure = new_figure("", height=110 + 60 * len(table))
    figure.add_bar(
        y=names, x=numbers(value), orientation="h", marker={"color": BLUE}, showlegend=False,
        error_x={"type": "data", "symmetric": False, "array": numbers(most - value),
                 "arrayminus": numbers(value - least), "color": GREY, "thickness": 2},
        hovertemplate="%{x:,.1f} musd<extra></extra>",
    )  # fmt: skip
    figure.update_layout(hovermode="closest", xaxis_title="musd, expected, present value")
    figure.update_xaxes(rangemode="tozero")
    return figure


def savings_in_fresh_futures(analysis: Analysed) -> go.Figure:
    """What the plan saves against no new award in futures it was not made for: how often how much, musd."""
    saved = analysis.tables["fresh"]["saved_musd"]
    figure = new_figure("futures")
    figure.add_histogram(
        x=numbers(saved),
        nbinsx=24,
        marker={"color": BLUE},
        name="futures",
        hovertemplate="%{y} futures at %{x} musd<extra></extra>",
    )
    figure.add_vline(x=0.0, line={"color": GREY, "width": 2, "dash": "dash"})
    figure.update_layout(
        xaxis_title="saved against no new award, musd",
        showlegend=False,
        hovermode="closest",
    )
    return figure
