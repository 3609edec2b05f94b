"""Findings of ``stress``, in sentences."""

from __future__ import annotations

from typing import Any

import pandas as pd

from optimizer.analysis.robust.measures import ALL, COST, EVER_SHORT, LOSING, OUTLAY, POT, SAVED, SUPPLY_TAIL
from optimizer.analysis.robust.plans import Plan


def findings(table: pd.DataFrame, plan: Plan, solved: int, asked: int, interrupted: bool) -> tuple[str, ...]:
    """What the table of measures says."""
    rows: dict[tuple[str, str], dict[str, Any]] = {
        (str(row["measure"]), str(row["subject"])): {str(name): value for name, value in row.items()}
        for row in table.to_dict("records")
    }
    out = [f"{plan.title}, in {solved:,} futures and price paths that it was not made for."]
    if solved < asked:
        why = "it was stopped" if interrupted else "time ran out"
        out.append(f"{asked:,} futures were asked for; {why} before the rest, so the intervals are wider.")
    out += [_fit(rows[COST, ALL], rows[SAVED, ALL]), _worth(rows[SAVED, ALL]), _tail(rows[SUPPLY_TAIL, ALL])]
    out.append(_outlay(rows[OUTLAY, ALL]))
    for (measure, subject), row in rows.items():
        if measure == EVER_SHORT:
            out.append(
                f"Some {subject} demand goes unmet in {row['fresh']:.1f} % of fresh futures ({_range(row, 1)} %; "
                f"{row['in_sample']:.1f} % in the plan's own)."
            )
        elif measure == POT and row["fresh"] > 0.0:
            out.append(f"Promises of {subject} come to more than the pot on {row['fresh']:.1f} % of price paths.")
    losing = [f"{subject} {row['fresh']:.0f} %" for (measure, subject), row in rows.items() if measure == LOSING]
    if losing:
        out.append(f"The sponsor earns less than its hurdle rate on this share of price paths: {', '.join(losing)}.")
    return tuple(out)


def _range(row: dict[str, Any], decimals: int = 0) -> str:
    return f"{row['low']:,.{decimals}f} to {row['high']:,.{decimals}f}"


def _fit(row: dict[str, Any], saved: dict[str, Any]) -> str:
    """Whether its own few futures are milder than fresh ones, and so for any plan."""
    head = (
        f"It is expected to cost {row['fresh']:,.0f} musd ({_range(row)}), against {row['in_sample']:,.0f} in the few "
        "futures it was made for"
    )
    if row["low"] <= row["in_sample"] <= row["high"]:
        return f"{head}: no difference that the sample can tell."
    before, after = (row[name] + saved[name] for name in ("in_sample", "fresh"))
    kind = "milder" if row["fresh"] > row["in_sample"] else "harsher"
    return (
        f"{head}: {_change(row['in_sample'], row['fresh'])}. Without new awards it is {_change(before, after)}; so far "
        f"as both move alike, the few futures are {kind} than fresh ones, whatever the plan."
    )


def _change(before: float, after: float) -> str:
    share = 100.0 * (after - before) / abs(before) if before else 0.0
    return f"{abs(share):.1f} % {'more' if share > 0.0 else 'less'}"


def _worth(row: dict[str, Any]) -> str:
    head = f"Against no new awards it saves {row['fresh']:,.0f} musd in expectation ({_range(row)})"
    own = f"against {row['in_sample']:,.0f} in its own futures"
    if row["low"] > 0.0:
        return f"{head}, {own}: worth its cost out of sample too."
    if row["high"] < 0.0:
        return f"{head}, {own}: out of sample it is not worth its cost."
    return f"{head}, {own}: whether it saves anything out of sample is no finding."


def _tail(row: dict[str, Any]) -> str:
    return (
        f"In the worst futures supply costs {row['fresh']:,.0f} musd on average ({_range(row)}), against "
        f"{row['in_sample']:,.0f} in its own."
    )


def _outlay(row: dict[str, Any]) -> str:
    return (
        f"Net public outlay is expected at {row['fresh']:,.0f} musd ({_range(row)}), against {row['in_sample']:,.0f} "
        "on the price paths it was made for."
    )
