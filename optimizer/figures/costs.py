"""What the plan changes in each term of cost."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from optimizer.figures.drawing import BLUE, GREEN, GREY, RED, new_figure, numbers
from optimizer.figures.subject import Drawable, words

SMALLEST_SHARE = 0.002
"""Of the largest change: terms that change less stand together."""
COLUMNS = ("term", "what", "weight", "without_plan_musd", "with_plan_musd", "change_musd")


def costs_table(solution: Drawable) -> pd.DataFrame:
    """Terms of the objective that are not zero, as weighted there (musd): without the plan, with it, and the change.

    Without a comparison the columns of it are blank.
    """
    frame = solution.tables["breakdown"]
    compared = "without_plan_musd" in frame
    rows = []
    for row in frame.to_dict(orient="records"):
        before = row["weight"] * row["without_plan_musd"] if compared else None
        if row["musd"] or before:
            change = None if before is None else row["musd"] - before
            rows.append((row["term"], row["what"], row["weight"], before, row["musd"], change))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def cost_waterfall(solution: Drawable) -> go.Figure:
    """From no plan to the plan: the change of each term as the objective weighs it, musd, and their sum.

    Bars start from zero change, not from the total, which is far larger; the smallest stand together. Without a
    comparison the terms themselves.
    """
    table = costs_table(solution)
    compared = table["change_musd"].notna().any()
    column = "change_musd" if compared else "with_plan_musd"
    large = table[column].abs() >= SMALLEST_SHARE * table[column].abs().max()
    shown, rest = table[large], float(table[~large][column].sum())
    names, values = [words(term) for term in shown["term"]], numbers(shown[column])
    if not large.all():
        names, values = [*names, "Other terms"], [*values, rest]
    figure = new_figure("musd, present value, weighted", height=420)
    figure.add_waterfall(
        x=[*names, "Sum"],
        y=[*values, None],
        measure=[*["relative"] * len(values), "total"],
        text=[*(f"{value:+,.0f}" for value in values if value is not None), f"{table[column].sum():+,.0f}"],
        textposition="outside",
        cliponaxis=False,
        increasing={"marker": {"color": RED}},
        decreasing={"marker": {"color": GREEN}},
        totals={"marker": {"color": BLUE}},
        connector={"line": {"color": GREY, "width": 1}},
        hovertemplate="%{x}: %{delta:+,.1f} musd<extra></extra>"
        if compared
        else "%{x}: %{delta:,.1f} musd<extra></extra>",
    )
    figure.update_layout(hovermode="closest", showlegend=False)
    return figure
