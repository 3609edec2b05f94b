"""Money side by side: the objective and its terms, and every pot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from optimizer.comparison.lines import Line, merged
from optimizer.comparison.subject import Subject

MONEY_KEYS = ("measure",)
POT_KEYS = ("pot", "measure")
OUTLAY = "outlay"
POT_FIELDS = (
    ("budget", "budget_musd"),
    ("used, as scored", "scored_musd"),
    ("left", "left_musd"),
    ("expected outlay", "expected_musd"),
    ("P95 outlay", "p95_musd"),
    ("worst outlay", "worst_musd"),
    ("expected outlay, net of returns", "expected_net_musd"),
)

WEIGHED = ("expected outlay", "expected outlay, net of returns")


def money_lines(runs: Sequence[Subject]) -> list[Line]:
    """Terms of the objective, weighted, musd, and the expected net public outlay before its weight.

    Terms that are zero in all runs are left out. The objective itself is in the table of runs too.
    """
    terms = merged([_terms(run) for run in runs], 0.0)
    lines = [Line(("objective",), "musd", tuple(run.objective for run in runs), 1.0)]
    lines += [Line(key, "musd", values, 1.0) for key, values in terms.items() if any(values)]
    net = tuple(float(run.table("programmes")["expected_net_musd"].sum()) for run in runs)
    lines.append(Line(("net public outlay, expected, unweighted",), "musd", net, outlay_weight(runs)))
    return lines


def pot_lines(runs: Sequence[Subject]) -> list[Line]:
    """Every pot: budget, what the plan uses up by the scoring rule, what is left, and outlays as present values, musd.

    The objective weighs the outlay net of returns; the weight is also that of the expected outlay, which it holds.
    """
    weight = outlay_weight(runs)
    return [
        Line(key, "musd", values, weight if key[1] in WEIGHED else None)
        for key, values in merged([_pots(run) for run in runs]).items()
    ]


def outlay_weight(runs: Sequence[Subject]) -> float:
    """Weight of public outlay in the objective: the largest of the runs."""
    return max(run.case.settings.objective.effective_weights.outlay for run in runs)


def _terms(run: Subject) -> dict[tuple[Any, ...], Any]:
    rows = run.table("breakdown").to_dict(orient="records")
    return {(str(row["term"]),): float(row["musd"]) for row in rows}


def _pots(run: Subject) -> dict[tuple[Any, ...], Any]:
    return {
        (str(row["programme"]), measure): float(row[column])
        for row in run.table("programmes").to_dict(orient="records")
        for measure, column in POT_FIELDS
    }
