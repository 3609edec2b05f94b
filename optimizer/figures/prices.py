"""Prices: how they spread over the years, with the strikes drawn in, and strikes beside what they are compared with."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from optimizer.figures.drawing import (
    BLUE,
    GREEN,
    GREY,
    OCHRE,
    PURPLE,
    RED,
    faded,
    new_figure,
    numbers,
    plain_text,
    year_axis,
    years,
)
from optimizer.figures.subject import Drawable

STRIKE_COLUMNS = (
    "contract", "plant", "programme", "form", "series", "start_year", "strike_usd_per_kg",
    "lowest_enough_alone_usd_per_kg", "menu_low_usd_per_kg", "menu_high_usd_per_kg", "today_usd_per_kg",
    "median_over_tenor_usd_per_kg", "volume_t_per_year", "tenor_years", "upside_share",
    "expected_payment_musd", "p95_payment_musd", "worst_payment_musd",
)  # fmt: skip


def today_price(case: Any, series: str) -> float:
    """Level of a price series at the start of the horizon, USD/kg; of a linked one, from the series it is made of."""
    row = case.row("price_series", series)
    if row.kind != "linked":
        return float(row.start_usd_per_kg)
    links = [link for link in case.rows("price_links") if link.series == series]
    return float(row.adder_usd_per_kg + sum(link.factor * today_price(case, link.linked_series) for link in links))


def strikes_table(solution: Drawable) -> pd.DataFrame:
    """Every signed contract with its strike and what to compare it with, USD/kg.

    ``lowest_enough_alone`` is the lowest strike on the menu at which this contract, and nothing else, satisfies the
    sponsor, without private debt (table ``offers``); blank if no strike on the menu does, or if the plant runs anyway.
    ``today`` is the reference price at the start of the horizon; ``median_over_tenor`` the mean of its yearly medians
    over the years covered within the horizon.
    """
    case, awards, offers = solution.case, solution.tables["awards"], solution.tables["offers"]
    prices = solution.tables["prices"]
    rows = []
    for row in awards[awards["contract"].notna()].to_dict(orient="records"):
        terms = case.row("contracts", row["contract"])
        own = offers[offers["contract"] == row["contract"]]
        signed = own[own["signed"].astype(bool)]
        start = int(signed["start_year"].iloc[0]) if len(signed) else int(row["start_year"])
        running = row["route"] == "running"
        enough = own[(own["start_year"] == start) & own["enough_alone"].astype(bool)]["strike_usd_per_kg"]
        covered = prices[
            (prices["series"] == terms.series) & prices["year"].between(start, start + row["tenor_years"] - 1)
        ]
        rows.append(
            {
                **{name: row[name] for name in STRIKE_COLUMNS if name in row},
                "form": row["instrument"],
                "series": terms.series,
                "start_year": start,
                "lowest_enough_alone_usd_per_kg": None if running or enough.empty else float(enough.min()),
                "menu_low_usd_per_kg": terms.strike_min_usd_per_kg,
                "menu_high_usd_per_kg": terms.strike_max_usd_per_kg,
                "today_usd_per_kg": today_price(case, terms.series),
                "median_over_tenor_usd_per_kg": float(covered["median_usd_per_kg"].mean()) if len(covered) else None,
            }
        )
    return pd.DataFrame(rows, columns=list(STRIKE_COLUMNS))


def strike_paths_table(solution: Drawable) -> pd.DataFrame:
    """The strike of every signed contract in each year it covers, in real money: contract, series, year,
    strike_usd_per_kg."""
    case, base = solution.case, solution.case.settings.horizon.first_year
    rows = []
    for row in strikes_table(solution).to_dict(orient="records"):
        rate = case.row("contracts", row["contract"]).indexation_rate
        for year in range(int(row["start_year"]), int(row["start_year"] + row["tenor_years"])):
            strike = row["strike_usd_per_kg"] * (1.0 + rate) ** (year - base)
            rows.append((row["contract"], row["series"], year, strike))
    return pd.DataFrame(rows, columns=["contract", "series", "year", "strike_usd_per_kg"])


def price_series_shown(solution: Drawable) -> list[str]:
    """Series that signed contracts settle against; if there is none, those that any contract on offer does."""
    signed = strikes_table(solution)["series"].tolist()
    offered = [row.series for row in solution.case.in_key_order().rows("contracts")]
    return list(dict.fromkeys(signed or offered))


def price_fan(solution: Drawable, series: str | None = None) -> go.Figure:
    """One price over the years: 90 % and 50 % of the price paths, the median, and the strikes of signed contracts.

    ``series`` is the first that a signed contract settles against, if none is named.
    """
    series = series or price_series_shown(solution)[0]
    prices = solution.tables["prices"]
    own = prices[prices["series"] == series]
    figure = new_figure("USD/kg")
    x = years(own["year"])
    for low, high, name, opacity in (("p05", "p95", "90 % of paths", 0.18), ("p25", "p75", "50 % of paths", 0.35)):
        hover = {"hoverinfo": "skip", "line": {"width": 0}, "mode": "lines"}
        figure.add_scatter(x=x, y=numbers(own[f"{high}_usd_per_kg"]), showlegend=False, name=high, **hover)
        figure.add_scatter(
            x=x, y=numbers(own[f"{low}_usd_per_kg"]), name=name, fill="tonexty", fillcolor=faded(GREY, opacity), **hover
        )
    figure.add_scatter(
        x=x, y=numbers(own["median_usd_per_kg"]), name="median", line={"color": GREY, "width": 2.5}, mode="lines",
        hovertemplate="%{y:,.1f}",
    )  # fmt: skip
    paths = strike_paths_table(solution)
    for position, (contract, rows) in enumerate(paths[paths["series"] == series].groupby("contract", sort=True)):
        inside = rows[rows["year"] <= max(x)]
        figure.add_scatter(
            x=years(inside["year"]),
            y=numbers(inside["strike_usd_per_kg"]),
            name=plain_text(f"strike: {contract}"),
            mode="lines",
            line={"color": (BLUE, OCHRE, GREEN, PURPLE)[position % 4], "width": 3, "shape": "hv"},
            hovertemplate="%{y:,.1f}",
        )
    figure.update_yaxes(rangemode="tozero")
    year_axis(figure, x)
    return figure


def strikes(solution: Drawable, series: str | None = None) -> go.Figure:
    """Strikes beside the menu, the lowest strike that is enough alone, today's price and the median over the tenor;
    contracts that settle against one series, which share an axis."""
    table = strikes_table(solution)
    series = series or str(table["series"].iloc[0])
    table = table[table["series"] == series]
    names = [plain_text(name) for name in table["contract"]]
    figure = new_figure("", height=230 + 46 * len(table))
    for name, row in zip(names, table.to_dict(orient="records"), strict=True):
        figure.add_scatter(
            x=[row["menu_low_usd_per_kg"], row["menu_high_usd_per_kg"]], y=[name, name], mode="lines",
            line={"color": faded(GREY, 0.45), "width": 12}, name="menu", showlegend=name == names[0], hoverinfo="skip",
        )  # fmt: skip
    for column, name, symbol, size, colour in (
        ("lowest_enough_alone", "enough alone from", "line-ns-open", 30, RED),
        ("today", "price today", "diamond", 13, OCHRE),
        ("median_over_tenor", "median, tenor", "square", 13, GREY),
        ("strike", "strike signed", "circle", 13, BLUE),
    ):
        figure.add_scatter(
            x=numbers(table[f"{column}_usd_per_kg"]), y=names, mode="markers", name=name,
            marker={"symbol": symbol, "size": size, "color": colour, "line": {"width": 3 if size > 20 else 0}},
            hovertemplate="%{x:,.1f} USD/kg",
        )  # fmt: skip
    figure.update_layout(hovermode="closest", xaxis_title="USD/kg")
    figure.update_xaxes(rangemode="tozero")
    return figure
