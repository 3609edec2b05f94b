"""Answers of every analysis that has a figure, a row or two each, written down by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd

from optimizer.analysis import Analysis, View

Rows = list[dict[str, Any]]


def _break_even() -> dict[str, Rows]:
    strikes = {"needs_strike_usd_per_kg": 84.0, "worth_strike_usd_per_kg": 68.0, "plan_strike_usd_per_kg": None}
    menu = {"menu_low_usd_per_kg": 60.0, "menu_top_usd_per_kg": 130.0}
    row = {"plant": "us_oxide", "contract": "oxide_floor", "verdict": "worth less than it needs", **strikes, **menu}
    curve = {"plant": "us_oxide", "contract": "oxide_floor", "x_unit": "musd"}
    points = [{**curve, "curve": "grant", "x": 10.0 * i, "strike_usd_per_kg": 84.0 - 4.0 * i} for i in range(3)]
    return {"breakeven": [row], "curves": points}


def _frontier() -> dict[str, Rows]:
    points = [(1, 0.0, 900.0, 890.0), (2, 50.0, 800.0, 795.0)]
    return {
        "points": [
            {"point": n, "x_musd": x, "y_musd": y, "y_least_musd": least, "x": "outlay", "y": "cost"}
            for n, x, y, least in points
        ]
    }


def _regret() -> dict[str, Rows]:
    costs = {
        ("as-it-is", "calm"): 0.0,
        ("as-it-is", "ban"): 300.0,
        ("cautious", "calm"): 40.0,
        ("cautious", "ban"): 0.0,
    }
    return {"regret": [{"plan": plan, "state": state, "regret_musd": musd} for (plan, state), musd in costs.items()]}


def _tornado() -> dict[str, Rows]:
    inputs = [
        ("plants", "us_oxide", "capex_musd", "B", -20.0, 30.0),
        ("demand", "us/civil", "base", "judgement", -90.0, 80.0),
    ]
    rows = [
        {"input": f"{table}.{row}.{column}", "grade": grade, "kept_low_musd": low, "kept_high_musd": high,
         "bar_musd": high - low, "table": table, "row": row, "column": column}
        for table, row, column, grade, low, high in inputs
    ]  # fmt: skip
    return {"tornado": rows}


def _tables() -> dict[str, dict[str, Rows]]:
    worth = {"one_more_usd_per_kg": 12.0, "calm_usd_per_kg": 2.0, "embargo_usd_per_kg": 30.0}
    paid = {"treasury_expected_musd": 50.0, "buyers_expected_musd": 0.0, "public_and_buyers_p95_musd": 90.0}
    knowing = {"value_musd": 7.5, "least_musd": 6.5, "most_musd": 8.0}
    outlay = {"outlay_musd": 60.0, "needed_outlay_musd": 45.0, "deadweight_musd": 15.0}
    return {
        "breakeven": _break_even(),
        "frontier": _frontier(),
        "prices": {"plants": [{"plant": "us_oxide", **worth}]},
        "alternatives": {"alternatives": [{"plan": "best plan", "net_outlay_musd": 60.0, "extra_cost_musd": 0.0}]},
        "regret": _regret(),
        "sensitivity": _tornado(),
        "additionality": {"additionality": [{"plant": "us_oxide", **outlay}]},
        "instruments": {"instruments": [{"plant": "us_oxide", "name": "floor", "viable": True, **paid}]},
        "stress": {"stress": [{"measure": "cost", "unit": "musd", "fresh": 905.0}],
                   "fresh": [{"future": n, "saved_musd": 10.0 * n - 20.0} for n in range(6)]},
        "information": {"information": [{"measure": "EVPI", "plan": "each future known", **knowing}]},
    }  # fmt: skip


def answers(case_name: str = "small") -> dict[str, Analysis]:
    """Verb → its answer, with a view of its main table."""
    out = {}
    for verb, tables in _tables().items():
        frames = {name: pd.DataFrame(rows) for name, rows in tables.items()}
        main = next(iter(frames))
        view = View(f"Table of {verb}", main, {str(name): str(name) for name in frames[main].columns})
        solves = pd.DataFrame([("q", 900.0, 899.0, 0.0011, "gap_reached", 1.0)], columns=list(_SOLVES))
        out[verb] = Analysis(
            verb, case_name, "Two plants", (f"A finding of {verb}.",), frames, (view,), solves,
            {"paths": 16, "futures": 4, "seed": 1}, seconds=3.0,
        )  # fmt: skip
    return out


_SOLVES = ("question", "objective_musd", "bound_musd", "gap", "termination", "seconds")
