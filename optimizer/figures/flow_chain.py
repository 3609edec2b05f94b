"""The chain: where tonnes come from and what they become, stage by stage, as a diagram of flows."""

from __future__ import annotations

from collections import Counter
from typing import Any, Literal

import pandas as pd
import plotly.graph_objects as go

from optimizer.figures.drawing import BLUE, GREEN, GREY, OCHRE, RED, faded, plain_text, template
from optimizer.figures.sourcing import DEMAND, NOT_MET, SCRAP, STOCK, sourcing_table
from optimizer.figures.subject import Drawable, name_of, words

Condition = Literal["calm", "embargo"]
Plan = Literal["with", "without"]
Node = tuple[str, str]
"""(material, or the demand it ends in; region or origin)"""


def chain(
    solution: Drawable, condition: Condition = "calm", plan: Plan = "with", table: pd.DataFrame | None = None
) -> go.Figure:
    """Flows from where a material is made, over what is made of it, to who uses it; a slider moves through the years.

    ``condition`` is calm, or embargo: the mean over futures in which a disruption is in force. ``plan`` is with or
    without (any new award).
    Widths are tonnes a year of the material itself, so a node may take in other tonnes than it gives. Where there are
    many segments of demand, those of a region are one node. ``table`` spares
    working out ``sourcing_table(solution)``. Years in which no embargo can be in force are left out.
    """
    rows = sourcing_table(solution) if table is None else table
    rows = rows[(rows["condition"] == condition) & (rows["plan"] == plan)]
    years = sorted(int(year) for year in rows["year"].unique())
    names, rows = _Names(solution.case), _fewer_users(rows)
    figure = go.Figure([_trace(rows[rows["year"] == year], names, str(year)) for year in years])
    fullest = max((_fullest(rows[rows["year"] == year]) for year in years), default=0)
    height = max(420, 60 + 30 * fullest, 60 + 30 * _users(rows))
    figure.update_layout(template=template(dark=False), height=height, margin={"l": 8, "r": 8, "t": 16, "b": 60})
    shown = len(years) - 1
    for position, trace in enumerate(figure.data):
        trace.visible = position == shown
    steps = [
        {"label": str(year), "method": "restyle", "args": [{"visible": [at == i for i in range(len(years))]}]}
        for at, year in enumerate(years)
    ]
    if steps:
        figure.update_layout(sliders=[{"active": shown, "steps": steps, "currentvalue": {"prefix": "Year "}}])
    return figure


MOST_USERS = 12
"""Users that still have room below one another; of more, those of one region are put together."""


def _users(rows: pd.DataFrame) -> int:
    return len(rows[rows["use"].str.startswith(DEMAND)][["region", "use"]].drop_duplicates())


def _fewer_users(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows, with the segments of each region put together if there are too many to show."""
    if _users(rows) <= MOST_USERS:
        return rows
    return rows.assign(use=rows["use"].where(~rows["use"].str.startswith(DEMAND), f"{DEMAND}all users"))


def _fullest(rows: pd.DataFrame) -> int:
    """Nodes in the fullest column of the diagram, where each stands as many steps from the end as its longest way."""
    following: dict[Node, set[Node]] = {}
    for material, origin, region, use in rows[["material", "origin", "region", "use"]].itertuples(index=False):
        following.setdefault((material, origin), set()).add((use, region))
    steps: dict[Node, int] = {}

    def to_the_end(node: Node, behind: frozenset[Node]) -> int:
        if node not in steps:
            ahead = following.get(node, set()) - behind
            steps[node] = 1 + max((to_the_end(one, behind | {node}) for one in sorted(ahead)), default=-1)
        return steps[node]

    for node in following:
        to_the_end(node, frozenset())
    return max(Counter(steps.values()).values(), default=0)


class _Names:
    """Labels and colours of nodes."""

    def __init__(self, case: Any) -> None:
        self._case = case
        self._blocs = {row.region: "covered" if row.covered else row.bloc for row in case.rows("regions")}
        self._names: dict[tuple[str, str], str] = {}

    def of(self, table: str, key: str) -> str:
        if (table, key) not in self._names:
            self._names[table, key] = plain_text(name_of(self._case, table, key))
        return self._names[table, key]

    def label(self, node: Node) -> str:
        what, where = node
        if what.startswith(DEMAND):
            return f"{self.of('regions', where)}: {plain_text(what.removeprefix(DEMAND))}"
        if what == STOCK:
            return f"Into stock: {self.of('regions', where)}"
        origin = words(where) if where in (NOT_MET, SCRAP, STOCK) else self.of("regions", where)
        return f"{origin}: {self.of('materials', what)}"

    def colour(self, node: Node) -> str:
        what, where = node
        if what.startswith(DEMAND) or where == NOT_MET:
            return GREY
        if STOCK in node or where == SCRAP:
            return GREEN
        return {"covered": RED, "allied": BLUE}.get(self._blocs.get(where, ""), OCHRE)


def _trace(rows: pd.DataFrame, names: _Names, year: str) -> go.Sankey:
    links: dict[tuple[Node, Node], float] = {}
    for material, origin, region, use, amount in rows[["material", "origin", "region", "use", "supply_t"]].itertuples(
        index=False
    ):
        pair = ((material, origin), (use, region))
        links[pair] = links.get(pair, 0.0) + float(amount)
    nodes = list(dict.fromkeys(node for pair in links for node in pair))
    at = {node: position for position, node in enumerate(nodes)}
    return go.Sankey(
        name=year,
        node={
            "label": [names.label(node) for node in nodes],
            "color": [names.colour(node) for node in nodes],
            "pad": 14,
            "thickness": 14,
            "line": {"width": 0},
            "hovertemplate": "%{label}<br>%{value:,.0f} t/yr<extra></extra>",
            "align": "right",
        },
        link={
            "source": [at[source] for source, _ in links],
            "target": [at[target] for _, target in links],
            "value": [round(amount, 3) for amount in links.values()],
            "color": [faded(names.colour(source), 0.45) for source, _ in links],
            "hovertemplate": "%{source.label} → %{target.label}<br>%{value:,.0f} t/yr<extra></extra>",
        },
        arrangement="fixed",
        valueformat=",.0f",
        valuesuffix=" t/yr",
    )
