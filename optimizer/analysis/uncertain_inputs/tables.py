"""Tables of a sensitivity analysis, and how they are shown."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np
import pandas as pd

from optimizer.analysis.answer import View
from optimizer.analysis.uncertain_inputs.depends import redrawn
from optimizer.analysis.uncertain_inputs.indices import first_order, shape_values, shape_variance
from optimizer.analysis.uncertain_inputs.inputs import ENDS, Uncertain
from optimizer.analysis.uncertain_inputs.study import Study, touched
from optimizer.analysis.uncertain_inputs.switches import Switch

OUTPUTS = ("cost", "outlay", "shortage")
MOVES = ("plants", "terms", "nothing")
"""What an input moves of the decision, the most first."""
FEWEST_RUNS = 16
"""Runs below which no index is given."""


def all_tables(study: Study, found: list[Switch]) -> dict[str, pd.DataFrame]:
    """Every table by name, the main one first."""
    indices, spread = index_tables(study)
    return {
        "tornado": tornado_table(study),
        "evidence": evidence_table(study, indices),
        "answers": answers_table(study),
        "switches": switches_table(study, found),
        "indices": indices,
        "spread": spread,
        "breaks": breaks_table(study),
    }


def _about(one: Uncertain) -> dict[str, Any]:
    return {"input": one.name, "grade": one.grade, "unit": one.unit}


def tornado_table(study: Study) -> pd.DataFrame:
    """One row per input, largest effect first."""
    rows = []
    for place in study.ranked():
        one = study.inputs[place]
        row: dict[str, Any] = _about(one) | {"low": one.low, "best": one.best, "high": one.high}
        row["range"] = " · ".join(f"{value:,.6g}" for value in (one.low, one.best, one.high))
        for kind in ("kept", "left", "answered"):
            for end in ENDS:
                answer = study.answers.get((place, end))
                if kind == "answered":
                    change = math.nan if answer is None else answer.objective - study.objective
                else:
                    change = study.change((place, end), left=kind == "left")
                row[f"{kind}_{end}_musd"] = change
        changes = [0.0, *(study.change((place, end)) for end in ENDS)]
        row["bar_musd"] = float(np.nanmax(changes) - np.nanmin(changes))
        for end in ENDS:
            kept = study.kept.get((place, end))
            row[f"broken_{end}"] = study.refused.get((place, end), "; ".join(kept.broken) if kept else "")
        noise = [study.nudged[place, end] for end in ENDS if (place, end) in study.nudged]
        row["redrawn"] = redrawn(touched(one))
        row["choosing_musd"] = max(noise, default=math.nan)
        row |= {"table": one.table, "row": one.row, "column": one.column, "source": one.source}
        row |= {f"change_{end}": "; ".join(one.at_end(end)) for end in ENDS}
        rows.append(row)
    return pd.DataFrame(rows)


def answers_table(study: Study) -> pd.DataFrame:
    """One row per best plan at an end."""
    rows = []
    for (place, end), answer in study.answers.items():
        one, kept = study.inputs[place], study.kept.get((place, end))
        regret, other = study.regret((place, end)), study.other((place, end))
        rows.append(
            _about(one)
            | {
                "end": end,
                "value": one.ranges[0].end(end),
                "kept_musd": study.change((place, end)),
                "left_musd": study.change((place, end), left=True),
                "answered_musd": answer.objective - study.objective,
                "objective_musd": answer.objective,
                "bound_musd": answer.bound,
                "regret_least_musd": regret.least if regret else math.nan,
                "regret_most_musd": regret.most if regret else math.nan,
                "verdict": regret.verdict if regret else "",
                "moves": regret.moves if regret else "",
                "plants_in": ", ".join(other.entering) if other else "",
                "plants_out": ", ".join(other.leaving) if other else "",
                "other_terms": len(other.terms) if other else 0,
                "plan": other.words if other else answer.error,
                "broken": "; ".join(kept.broken) if kept else "",
                "change": "; ".join(one.at_end(end)),
            }
        )
    return pd.DataFrame(rows, columns=ANSWER_COLUMNS)


ANSWER_COLUMNS = (
    "input", "grade", "unit", "end", "value", "kept_musd", "left_musd", "answered_musd", "objective_musd", "bound_musd",
    "regret_least_musd", "regret_most_musd", "verdict", "moves", "plants_in", "plants_out", "other_terms", "plan",
    "broken", "change",
)  # fmt: skip
EVIDENCE_COLUMNS = (
    "input", "grade", "unit", "moves", "regret_least_musd", "regret_most_musd", "worst_end", "worth_knowing_musd",
    "first_share", "plan_low", "plan_high",
)  # fmt: skip


def evidence_table(study: Study, indices: pd.DataFrame) -> pd.DataFrame:
    """One row per input whose best plans are known: those that move the decision first, by regret."""
    share = {}
    if len(indices):
        cost = indices[indices["output"] == "cost"]
        share = dict(zip(cost["input"], cost["first_share"].astype(float), strict=True))
    # Regret that grows evenly from nothing to its value at an end is on average this share of it.
    mean = 1.0 / 3.0 if study.spread == "triangular" else 0.5
    rows = []
    for place in dict.fromkeys(place for place, _ in study.answers):
        one, first = study.inputs[place], study.inputs[place].ranges[0]
        regrets = {end: study.regret((place, end)) for end in ENDS}
        known = {end: regret for end, regret in regrets.items() if regret is not None and not math.isnan(regret.least)}
        if not known:
            continue
        worst = min(known, key=lambda end: (MOVES.index(known[end].moves), -known[end].least))
        below = (first.best - first.low) / (first.high - first.low)
        chance = {"low": below, "high": 1.0 - below}
        row: dict[str, Any] = _about(one) | {
            "moves": known[worst].moves,
            "regret_least_musd": known[worst].least,
            "regret_most_musd": max(regret.most for regret in known.values()),
            "worst_end": worst,
            "worth_knowing_musd": mean * sum(chance[end] * regret.least for end, regret in known.items()),
            "first_share": share.get(one.name, math.nan),
        }
        for end in ENDS:
            other = study.other((place, end))
            row[f"plan_{end}"] = other.words if other else ""
        rows.append(row)
    frame = pd.DataFrame(rows, columns=EVIDENCE_COLUMNS)
    frame = frame.sort_values("regret_least_musd", ascending=False, kind="stable")
    return frame.sort_values("moves", key=lambda column: column.map(MOVES.index), kind="stable", ignore_index=True)


SWITCH_COLUMNS = (
    "input", "grade", "unit", "best", "end", "plant", "happens", "holds_to", "gone_at", "blurred_from", "blurred_to",
    "told", "probes",
)  # fmt: skip


def switches_table(study: Study, found: list[Switch]) -> pd.DataFrame:
    """One row per plant that enters or leaves on the way to an end."""
    rows = [
        _about(study.inputs[one.place])
        | {"best": study.inputs[one.place].best, "happens": "enters" if one.enters else "leaves"}
        | {name: getattr(one, name) for name in SWITCH_COLUMNS if hasattr(one, name)}
        for one in found
    ]
    return pd.DataFrame(rows, columns=SWITCH_COLUMNS)


def index_tables(study: Study) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Indices of every output, and how each output is spread in the sample."""
    columns = ["output", "input", "grade", "first_share", "low_share", "high_share", "most_total_share", "told"]
    wide = ["output", "best_musd", "mean_musd", "deviation_musd", "p5_musd", "p95_musd", "interactions_share", "runs"]
    rows: list[dict[str, Any]] = []
    spreads: list[dict[str, Any]] = []
    known = study.moved
    if len(study.sampled) < FEWEST_RUNS:
        return pd.DataFrame(rows, columns=columns), pd.DataFrame(spreads, columns=wide)
    positions = np.array(
        [
            [study.inputs[place].position(float(q), study.spread) for place, q in zip(known, row, strict=True)]
            for row in study.quantiles
        ]
    ).reshape(len(study.quantiles), len(known))
    for output in OUTPUTS:
        start = float(getattr(study.base, output))
        ends = np.array(
            [[float(getattr(study.kept[place, end], output)) - start for end in ENDS] for place in known]
        ).reshape(len(known), 2)
        ends = np.where(np.isfinite(ends), ends, 0.0)
        values = np.array([float(getattr(one, output)) for one in study.sampled])
        moments = [
            shape_variance(study.inputs[place].ranges[0], study.spread, low, high)
            for place, (low, high) in zip(known, ends.tolist(), strict=True)
        ]
        means, variances = np.array(moments).reshape(-1, 2).T
        shapes = shape_values(positions, ends[:, 0], ends[:, 1])
        found = first_order(values, shapes, means, variances, start, seed=1)
        for at, place in enumerate(known):
            one = study.inputs[place]
            figures = (found.first[at], found.low[at], found.high[at], found.most_total[at])
            rows.append(
                {"output": output, "input": one.name, "grade": one.grade}
                | dict(zip(columns[3:7], map(float, figures), strict=True))
                | {"told": bool(found.low[at] > 0.0 or variances[at] == 0.0)}
            )
        low, high = np.quantile(values, [0.05, 0.95])
        figures_of = (start, found.mean, found.deviation, float(low), float(high), found.interactions, len(values))
        spreads.append({"output": output} | dict(zip(wide[1:], figures_of, strict=True)))
    frame = pd.DataFrame(rows, columns=columns)
    order = {output: i for i, output in enumerate(OUTPUTS)}
    frame = frame.sort_values("first_share", ascending=False, kind="stable")
    frame = frame.sort_values("output", key=lambda column: column.map(order), kind="stable", ignore_index=True)
    return frame, pd.DataFrame(spreads, columns=wide)


def breaks_table(study: Study) -> pd.DataFrame:
    """Who or what no longer agrees to the plan, and in which share of the sample."""
    counts = Counter(words for one in study.sampled for words in dict.fromkeys(one.broken))
    runs = len(study.sampled)
    rows = [{"what": words, "runs_share": number / runs} for words, number in counts.most_common()]
    return pd.DataFrame(rows, columns=["what", "runs_share"])


def views(shown: dict[str, pd.DataFrame]) -> tuple[View, ...]:
    """How the tables are printed."""
    bars = {
        f"{kind}_{end}_musd": f"{words}\nat {end}\nmusd"
        for kind, words in (("kept", "plan\nkept"), ("left", "sponsors\nanswer"), ("answered", "best\nplan"))
        for end in ENDS
    }
    regret = {"regret_least_musd": "regret\nleast\nmusd", "regret_most_musd": "regret\nmost\nmusd"}
    return (
        View(
            "Change of cost with each input at its ends",
            "tornado",
            {"input": "input", "range": "low · best · high", **bars},
            20,
        ),
        View(
            "Which figures move the decision",
            "evidence",
            {
                "input": "input",
                "grade": "grade",
                "moves": "moves",
                **regret,
                "worst_end": "at",
                "worth_knowing_musd": "worth\nknowing\nmusd",
            },
            20,
        ),
        View(
            "The best plans where the decision was asked again",
            "answers",
            {
                "input": "input",
                "end": "end",
                "verdict": "the plan",
                "plants_in": "plants\nin",
                "plants_out": "plants\nout",
                "other_terms": "other\nterms",
            },
            30,
        ),
        View(
            "Values at which plants enter or leave the best plan",
            "switches",
            {
                "input": "input",
                "plant": "plant",
                "happens": "",
                "best": "best",
                "holds_to": "not yet\nat",
                "gone_at": "by then\nat",
                "blurred_from": "gap cannot\ntell from",
                "blurred_to": "gap cannot\ntell to",
            },
        ),
        View(
            "Shares of the variance of cost, outlay and shortage that one input explains (90 % interval)",
            "indices",
            {
                "output": "of",
                "input": "input",
                "grade": "grade",
                "first_share": "first\norder",
                "low_share": "from",
                "high_share": "to",
                "most_total_share": "total\nat most",
            },
            10,
        ),
        View(
            "With all inputs moved at once, the plan as it is",
            "spread",
            {
                "output": "of",
                "best_musd": "at best\nvalues\nmusd",
                "mean_musd": "mean\nmusd",
                "deviation_musd": "deviation\nmusd",
                "p5_musd": "P5\nmusd",
                "p95_musd": "P95\nmusd",
                "interactions_share": "inter-\nactions",
            },
        ),
        View(
            "Who no longer agrees to the plan, by share of the sample",
            "breaks",
            {"what": "", "runs_share": "share"},
            15,
        ),
    )
