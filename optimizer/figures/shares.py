"""How much comes from covered countries, with the plan and without it, against the targets."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from optimizer.figures.drawing import (
    BLUE,
    GREY,
    OCHRE,
    WITH_PLAN,
    WITHOUT_PLAN,
    new_figure,
    numbers,
    plain_text,
    year_axis,
    years,
)
from optimizer.figures.sourcing import receipts_table
from optimizer.figures.subject import Drawable, dominant_outside_origin, name_of

ALLIES = "all allied regions"
COLUMNS = ("material", "region", "origin", "plan", "condition", "year", "share", "target", "target_share")


def share_table(solution: Drawable, receipts: pd.DataFrame | None = None) -> pd.DataFrame:
    """Share of the dominant covered origin over time: material, region, origin, plan, condition, year, share, target,
    target_share (the limit in force that year, blank if none).

    Materials of which a target limits the share of an origin are shown for the region and origin of each target, all
    others for the allied regions together. Materials that the origin never supplies are left out.
    """
    case = solution.case
    limits = [row for row in case.in_key_order().rows("targets") if row.kind == "share_limit"]
    parts = []
    for target in limits:
        received = receipts_table(solution) if receipts is None else receipts
        own = received[(received["material"] == target.material) & (received["region"] == target.region)]
        held = [target.level if target.first_year <= y <= target.last_year else None for y in years(own["year"])]
        own = own.assign(target=target.target, target_share=held)
        parts.append(_with_zeros(own, target.origin))
    origin = dominant_outside_origin(solution)
    if origin is not None:
        limited = {row.material for row in limits}
        supply = solution.tables["supply"]
        supply = supply[~supply["material"].isin(limited)]
        own = supply.assign(region=ALLIES, target="", target_share=None)
        parts.append(_with_zeros(own, origin))
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS))
    supplied = (
        frame.groupby(["material", "region", "target"])["share"].transform("max") if len(frame) else frame["share"]
    )
    return frame[supplied > 0.0].reset_index(drop=True)


def _with_zeros(rows: pd.DataFrame, origin: str) -> pd.DataFrame:
    """The share of one origin in every situation that has any supply; 0 where it supplies nothing."""
    keys = ["material", "region", "plan", "condition", "year", "target"]
    shares = rows["share"].where(rows["origin"] == origin, 0.0)
    out = rows.assign(share=shares, origin=origin).groupby(keys, sort=True, dropna=False)
    frame = out.agg({"origin": "first", "share": "sum", "target_share": "first"}).reset_index()
    return frame[list(COLUMNS)]


def covered_share(solution: Drawable, material: str, target: str = "", table: pd.DataFrame | None = None) -> go.Figure:
    """The share of a material that comes from the dominant covered country by year: calm and embargo, with the plan
    and without it; with the limit of ``target``, or of the first on this material. ``table`` spares ``share_table``."""
    rows = share_table(solution) if table is None else table
    rows = rows[rows["material"] == material]
    target = target or next(iter(rows["target"]), "")
    rows = rows[rows["target"] == target]
    origin = name_of(solution.case, "regions", str(rows["origin"].iloc[0])) if len(rows) else ""
    figure = new_figure(plain_text(f"share from {origin}"))
    for condition, width in (("embargo", 1.5), ("calm", 2.5)):
        for plan, name, colour, dash in (("without", WITHOUT_PLAN, GREY, "dash"), ("with", WITH_PLAN, BLUE, "solid")):
            own = rows[(rows["condition"] == condition) & (rows["plan"] == plan)]
            if own.empty:
                continue
            figure.add_scatter(
                x=years(own["year"]),
                y=numbers(own["share"]),
                name=f"{condition}, {name}",
                mode="lines" if condition == "calm" else "markers",
                line={"color": colour, "dash": dash, "width": width},
                marker={"color": colour, "size": 7, "symbol": "circle" if plan == "with" else "circle-open"},
                hovertemplate="%{y:.1%}",
            )
    limit = rows[rows["target_share"].notna()].drop_duplicates("year")
    if len(limit):
        figure.add_scatter(
            x=years(limit["year"]),
            y=numbers(limit["target_share"]),
            name="target: at most",
            mode="lines",
            line={"color": OCHRE, "dash": "dot", "width": 2.5},
            hovertemplate="%{y:.0%}",
        )
    figure.update_yaxes(tickformat=".0%", range=[0.0, 1.02])
    year_axis(figure, rows["year"])
    return figure
