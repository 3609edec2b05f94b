"""Where each material comes from, as shares of all that the allied regions are supplied with."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from optimizer.figures.drawing import BLUE, GREEN, OCHRE, RED, new_figure, plain_text, years
from optimizer.figures.subject import Drawable, name_of

COVERED, ALLIED, OTHERS, HELD = "covered countries", "allied regions", "other countries", "stock and scrap"
COLOURS = {COVERED: RED, ALLIED: BLUE, OTHERS: OCHRE, HELD: GREEN}
"""Group of origins → colour, in the order in which they stand in a bar."""
SITUATIONS = {
    ("calm", "without"): "calm, no plan",
    ("calm", "with"): "calm, with plan",
    ("embargo", "without"): "embargo, no plan",
    ("embargo", "with"): "embargo, with plan",
}
"""Condition and plan → words, from top to bottom within a material."""
COLUMNS = ("material", "condition", "plan", "year", "group", "supply_t", "share")


def origins_table(solution: Drawable) -> pd.DataFrame:
    """Table ``supply`` with origins put together: material, condition, plan, year, group (covered countries, allied
    regions, other countries, stock and scrap), supply_t, share of the material's supply."""
    supply = solution.tables["supply"]
    blocs = {row.region: COVERED if row.covered else row.bloc for row in solution.case.rows("regions")}
    known = {COVERED: COVERED, "allied": ALLIED}
    groups = [known.get(blocs[name], OTHERS) if name in blocs else HELD for name in supply["origin"]]
    keys = list(COLUMNS[:5])
    out = supply.assign(group=groups).groupby(keys, sort=True)[["supply_t", "share"]].sum().reset_index()
    return out[out["supply_t"] > 0.0].reset_index(drop=True)


def origins(solution: Drawable, table: pd.DataFrame | None = None) -> go.Figure:
    """Shares of each material's supply by group of origins, in calm and embargo, without the plan and with it; a slider
    moves through the years.

    Unlike tonnes, shares show a material of which little is used beside one of which much is. A bar is empty in a year
    without such a situation. ``table`` spares working out ``origins_table``.
    """
    rows = origins_table(solution) if table is None else table
    shown = sorted(set(years(rows["year"])))
    present = set(zip(rows["material"], rows["condition"], rows["plan"], strict=True))
    materials = list(dict.fromkeys(solution.tables["supply"]["material"]))
    bars = [(name, *situation) for name in materials for situation in SITUATIONS if (name, *situation) in present]
    share = {tuple(key): float(value) for *key, _, value in rows[list(COLUMNS)].itertuples(index=False)}
    axis = [
        [plain_text(name_of(solution.case, "materials", name)) for name, *_ in bars],
        [SITUATIONS[condition, plan] for _, condition, plan in bars],
    ]
    groups = [group for group in COLOURS if group in set(rows["group"])]
    figure = new_figure("", height=130 + 24 * len(bars))
    for year in shown:
        for group in groups:
            figure.add_bar(
                y=axis, x=[share.get((*bar, year, group), 0.0) for bar in bars], orientation="h", name=group,
                marker={"color": COLOURS[group], "line": {"width": 0}}, visible=year == shown[-1],
                hovertemplate="%{x:.1%}",
            )  # fmt: skip
    steps = [
        {"label": str(year), "method": "restyle", "args": [{"visible": [at == year for at in shown for _ in groups]}]}
        for year in shown
    ]
    figure.update_layout(barmode="stack", hovermode="closest", bargap=0.25)
    figure.update_xaxes(tickformat=".0%", range=[0.0, 1.0], title="share of the supply of the allied regions")
    figure.update_yaxes(autorange="reversed")
    if steps:
        figure.update_layout(sliders=[{"active": len(steps) - 1, "steps": steps, "currentvalue": {"prefix": "Year "}}])
    return figure
