"""Tables and findings of ``regret``."""

from __future__ import annotations

import math
from typing import Any, Protocol

import pandas as pd

from optimizer.analysis.answer import View, in_words
from optimizer.analysis.robust.matrix import OWN_BEST, Regrets
from optimizer.analysis.robust.plans import Plan, words
from optimizer.analysis.robust.states import BASE
from optimizer.analysis.robust.worlds import Cell, World
from optimizer.engine import Solved
from optimizer.engine.variations.minimax import LeastRegret
from optimizer.whatif.named import WhatIf

SIDE_BY_SIDE = 5
"""States shown side by side."""


class FoundSoFar(Protocol):
    """What is reported of a search for regret."""

    states: tuple[WhatIf, ...]
    worlds: dict[str, World]
    best: dict[str, Solved]
    plans: dict[str, Plan]
    refused: list[str]
    cells: dict[tuple[str, str], Cell]
    least: LeastRegret | None
    without_plan: list[str]
    interrupted: bool

    def regrets(self) -> Regrets:
        """Regrets of all plans in all states."""

    def choice(self) -> str | None:
        """The plan of least largest regret."""


def _number(value: float) -> float:
    return float(value) if math.isfinite(value) else math.nan


def tidy_table(found: FoundSoFar) -> pd.DataFrame:
    """One row per plan and state."""
    regrets = found.regrets()
    rows = []
    for i, plan in enumerate(found.plans):
        for j, state in enumerate(found.worlds):
            one = found.cells[plan, state]
            rows.append(
                {
                    "plan": plan,
                    "state": state,
                    "cost_musd": _number(regrets.cost[i, j]),
                    "regret_musd": _number(regrets.regret[i, j]),
                    "possible": not one.cost.broken,
                    "why_not": "; ".join(one.cost.broken) or None,
                    "refusing_sponsors": "; ".join(one.refusing) or None,
                    "sponsors_expected_loss_musd": one.expected_loss,
                    "pots_short_musd": one.overdraft,
                }
            )
    return pd.DataFrame(rows)


def wide_table(found: FoundSoFar) -> pd.DataFrame:
    """Regret by plan (rows) and state (columns), musd."""
    regrets = found.regrets()
    out = pd.DataFrame({"plan": list(found.plans)})
    for j, state in enumerate(found.worlds):
        out[f"{state}_musd"] = [_number(value) for value in regrets.regret[:, j]]
    return out


def plans_table(found: FoundSoFar) -> pd.DataFrame:
    """One row per plan, the one that regrets least first."""
    regrets, states = found.regrets(), list(found.worlds)
    best = found.best[BASE].objective
    rows = []
    for i, (name, plan) in enumerate(found.plans.items()):
        cost = found.cells[name, BASE].cost.total
        rows.append(
            {
                "plan": name,
                "made_for": plan.title,
                "largest_regret_musd": _number(regrets.largest[i]),
                "in_state": states[int(regrets.where[i])],
                "cost_as_it_is_musd": _number(cost),
                "extra_as_it_is_musd": _number(cost - best),
                "awards": words(plan.awards),
            }
        )
    return pd.DataFrame(rows).sort_values("largest_regret_musd", kind="stable", ignore_index=True)


def states_table(found: FoundSoFar) -> pd.DataFrame:
    """One row per state that was reached: what it supposes, its best plan's cost and bound, and the cheapest plan."""
    regrets, plans = found.regrets(), list(found.plans)
    supposed = {state.name: state for state in found.states}
    rows = []
    for j, state in enumerate(found.worlds):
        best, at = found.best.get(state), int(regrets.cheapest[j])
        rows.append(
            {
                "state": state,
                "supposes": supposed[state].title,
                "changes": "; ".join(supposed[state].changes) or None,
                "best_musd": math.nan if best is None else best.objective,
                "bound_musd": math.nan if best is None else best.bound,
                "best_gap_musd": math.nan if best is None else best.objective - best.bound,
                "cheapest_plan": f"best if {state}" if at == OWN_BEST else plans[at],
                "cheapest_musd": _number(regrets.least[j]),
            }
        )
    return pd.DataFrame(rows)


def views(tables: dict[str, pd.DataFrame]) -> tuple[View, ...]:
    """What is printed of the tables."""
    shown = [name for name in tables["matrix"].columns if name != "plan"]
    beside = [shown[i : i + SIDE_BY_SIDE] for i in range(0, len(shown), SIDE_BY_SIDE)]
    matrix = [
        View(
            "Regret: what each plan costs beyond the cheapest in each state, musd"
            if i == 0
            else "Regret, other states",
            "matrix",
            {"plan": "plan"} | {name: "\n".join(name.removesuffix("_musd").rsplit("-", 1)) for name in names},
        )
        for i, names in enumerate(beside)
    ]
    return (
        *matrix,
        View(
            "Plans, the least regret first (sponsors and pots of the case as it is allow all of them)",
            "plans",
            {
                "plan": "plan",
                "largest_regret_musd": "largest\nregret, musd",
                "in_state": "in state",
                "extra_as_it_is_musd": "extra cost\nas it is, musd",
            },
        ),
        View("What each plan awards", "plans", {"plan": "plan", "awards": "awards"}),
        View(
            "States of the world",
            "states",
            {
                "state": "state",
                "supposes": "supposes",
                "best_musd": "best plan\nmusd",
                "best_gap_musd": "its gap\nmusd",
                "cheapest_plan": "cheapest plan",
            },
        ),
    )


def findings(found: FoundSoFar) -> tuple[str, ...]:
    """What the tables say, in sentences."""
    out = [*_choice_words(found), *_base_words(found), *_no_awards_words(found), *_short_words(found)]
    out += _cheaper_words(found)
    skipped = [state.name for state in found.states if state.name not in found.worlds]
    if skipped:
        out.append(f"Time ran out before {in_words(skipped)}; a longer --time-limit looks at all states.")
    if found.refused:
        out.append(
            f"The plants of the best plan if {in_words(found.refused)} cannot be had in the case as it is, at whatever "
            "terms its sponsors and pots allow: that plan is what regret is measured from there, and is no choice."
        )
    if found.without_plan:
        out.append(
            f"No plan of its own was found for {in_words(found.without_plan)}; the other plans are compared there."
        )
    return tuple(out)


def _row(found: FoundSoFar, plan: str) -> tuple[float, str]:
    regrets, at = found.regrets(), list(found.plans).index(plan)
    return float(regrets.largest[at]), list(found.worlds)[int(regrets.where[at])]


def _choice_words(found: FoundSoFar) -> list[str]:
    choice = found.choice()
    if choice is None:
        return ["No plan can be carried out in every state, so none regrets least."]
    largest, where = _row(found, choice)
    best, cost = found.best[BASE], found.cells[choice, BASE].cost.total
    extra, gap = cost - best.objective, best.objective - best.bound
    out = [
        f"The plan of least regret ({words(found.plans[choice].awards)}) costs at most {largest:,.0f} musd more than "
        f"the cheapest plan in any of {len(found.worlds)} states (most in {where})."
    ]
    if choice == BASE:
        out.append("It is the best plan of the case as it is: robustness costs nothing.")
    elif extra <= 0.0:
        out.append(
            "In the case as it is it costs no more than the best plan found there, which lies within the gap "
            f"({gap:,.0f} musd): robustness costs nothing that could be found."
        )
    elif extra <= gap:
        out.append(
            f"In the case as it is it costs {extra:,.0f} musd more than the best plan found, which is no more than the "
            f"gap ({gap:,.0f} musd): that robustness costs anything is no finding."
        )
    else:
        out.append(
            f"Robustness costs {extra:,.0f} to {extra + gap:,.0f} musd: so much more it costs than the best plan if "
            "all turns out as the case assumes."
        )
    return [*out, _bracket_words(found, choice, largest)]


def _bracket_words(found: FoundSoFar, choice: str, largest: float) -> str:
    if found.least is None:
        return (
            "It was chosen among the plans in the table; whether another plan regrets less was not searched "
            "(no time was left, or in some state no plan can be carried out)."
        )
    bound = max(found.least.bound, 0.0)
    return (
        f"No plan that sponsors and pots allow has a largest regret below {min(bound, largest):,.0f} musd; all plans "
        f"were searched, not only those in the table ({found.least.termination.replace('_', ' ')})."
    )


def _base_words(found: FoundSoFar) -> list[str]:
    if found.choice() == BASE:
        return []
    largest, where = _row(found, BASE)
    if not math.isfinite(largest):
        return [f"The best plan of the case as it is cannot be carried out in {where}."]
    return [f"The best plan of the case as it is regrets up to {largest:,.0f} musd ({where})."]


def _no_awards_words(found: FoundSoFar) -> list[str]:
    name = next((plan for plan in found.plans if not any(found.plans[plan].awards.values())), None)
    if name is None:
        return []
    regrets = found.regrets()
    row = regrets.regret[list(found.plans).index(name)]
    gaps = [best.objective - best.bound for best in found.best.values()]
    cheap = [state for state, value in zip(found.worlds, row, strict=True) if value <= max(gaps)]
    largest, where = _row(found, name)
    if not math.isfinite(largest):
        return [f"No new awards at all: a hard target is missed in {where}."]
    words_cheap = f"; in {in_words(cheap)} it is as good as any, within the gap" if cheap else ""
    return [f"No new awards at all regrets up to {largest:,.0f} musd ({where}){words_cheap}."]


def _short_words(found: FoundSoFar) -> list[str]:
    choice = found.choice()
    if choice is None:
        return []
    out: list[str] = []
    broken = {s: found.cells[choice, s] for s in found.worlds if found.cells[choice, s].refusing}
    if broken:
        names: dict[str, None] = dict.fromkeys(plant for one in broken.values() for plant in one.refusing)
        out.append(
            "Signed as it stands, the plan of least regret leaves a sponsor below its terms in "
            f"{in_words(list(broken))}: {in_words(list(names))}. They agreed under the case as it is and are not asked "
            "again."
        )
    short: dict[str, Any] = {
        s: found.cells[choice, s].overdraft for s in found.worlds if found.cells[choice, s].overdraft
    }
    if short:
        worst = max(short, key=lambda state: short[state])
        out.append(
            f"Its promises exceed the pots in {in_words(list(short))}, by up to {short[worst]:,.0f} musd ({worst})."
        )
    return out


def _cheaper_words(found: FoundSoFar) -> list[str]:
    """Where a plan made for another state is cheaper than any that would be agreed in this one."""
    least = dict(zip(found.worlds, found.regrets().least.tolist(), strict=True))
    where = [state for state, best in found.best.items() if least[state] < best.bound - 1e-6 * abs(best.bound)]
    if not where:
        return []
    return [
        f"In {in_words(where)} a plan signed in the case as it is costs less than any that would be agreed there: "
        "sponsors that expected better prices or costs asked for less, and bear the difference."
    ]
