"""A plan as a notebook and the prompt show it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from optimizer.display import (
    Notation,
    Tables,
    bullets,
    counted,
    details,
    facts,
    frame_html,
    heading,
    page,
    paragraph,
    shown,
)
from optimizer.display.columns import is_absent
from optimizer.results.termination import plan_words

if TYPE_CHECKING:
    import pandas as pd

    from optimizer.results.solution import Solution

AWARDS = {
    "plant": "plant",
    "region": "region",
    "start_year": "starts",
    "route": "route",
    "instrument": "instrument",
    "programme": "pot",
    "strike_usd_per_kg": "strike",
    "volume_t_per_year": "tonnage",
    "tenor_years": "tenor",
    "upside_share": "upside shared",
    "capex_musd": "capital",
    "grant_musd": "grant",
    "equity_musd": "public equity",
    "loan_musd": "public loan",
    "expected_payment_musd": "paid, expected",
    "p95_payment_musd": "paid, P95",
    "worst_payment_musd": "paid, worst",
}
POTS = {
    "programme": "pot",
    "budget_musd": "size",
    "scored_musd": "used up",
    "left_musd": "left",
    "expected_net_musd": "net outlay, expected",
    "p95_musd": "paid out, P95",
    "worst_musd": "paid out, worst",
}
BOUGHT = {"measure": "", "unit": "unit", "without_plan": "without the plan", "with_plan": "with it"}
TERMS = {"term": "term", "what": "", "weight": "weight", "unweighted_musd": "unweighted", "musd": "in the objective"}
ALWAYS = ("plant", "route", "programme")
_MUSD, _GAP = Notation("musd", 1), Notation("", 3, percent=True)


def solution_line(solution: Solution) -> str:
    """Case, cost, bound, gap, why the search stopped, and awards, in one line."""
    awards = solution.tables.get("awards")
    backed = 0 if awards is None else int(solution.backed["plant"].nunique())
    certificate = solution.certificate
    checked = "not verified" if certificate is None else "verified" if certificate.passed else "NOT VERIFIED"
    bound = f"no plan below {_money(solution.bound_musd)}, gap {_share(solution.gap)}"
    if not math.isfinite(solution.bound_musd):
        bound = "lower bound not known"
    ended = solution.termination.replace("_", " ")
    return (
        f"<Solution {solution.case_name}: {_money(solution.objective_musd)}, {bound} ({ended}); "
        f"{counted(backed, 'plant')} backed; {checked}>"
    )


def solution_html(solution: Solution) -> str:
    """The plan on one page: how good it is, who gets what, pots, what it buys; the rest folds away."""
    tables = solution.tables
    parts = [
        paragraph(f"{solution.case_name}: {plan_words(solution.termination)}.{_money_words(solution)}", quiet=True),
        facts(_facts(solution)),
        *_awards(tables.get("awards")),
        *_section("Pots (present values)", _drawn_on(tables.get("programmes")), POTS),
        *_section("What the plan buys", tables.get("comparison"), BOUGHT),
        details("What the objective is made of", *_table(_not_zero(tables.get("breakdown")), TERMS)),
    ]
    certificate = solution.certificate
    if certificate is not None:
        lines = (certificate.line, f"The lower bound is {certificate.bound}.", *certificate.notes)
        parts.append(details("Worked out again from its tables", bullets(lines)))
    parts.append(details(counted(len(tables), "table"), _table_list(tables)))
    parts.append(details("Search", *_run(solution)))
    return page(solution.title, *parts)


def _facts(solution: Solution) -> list[tuple[str, str]]:
    pairs = [
        ("cost of the plan, as weighted", _money(solution.objective_musd)),
        ("no plan costs less than", _money(solution.bound_musd)),
        ("gap", _share(solution.gap)),
    ]
    if "expected_net_musd" in solution.tables.get("programmes", ()):
        pairs.append(("expected net public outlay", _money(solution.net_outlay_musd)))
    certificate = solution.certificate
    if certificate is None:
        return [*pairs, ("verified", "not done")]
    return [*pairs, ("verified", f"yes, {counted(len(certificate.checks), 'check')}" if certificate.passed else "NO")]


def _money_words(solution: Solution) -> str:
    year = solution.run.get("price_year")
    return f" Money in million USD (musd) of {year}, real." if year else " Money in million USD (musd), real."


def _awards(awards: pd.DataFrame | None) -> list[str]:
    if awards is None:
        return []
    if awards.empty:
        return [heading("Plants and contracts"), paragraph("The plan builds and backs nothing.")]
    return [heading("Plants and contracts"), *_table(awards, _told(awards, AWARDS))]


def _told(frame: pd.DataFrame, columns: dict[str, str]) -> dict[str, str]:
    """The columns that say something in some row."""
    return {
        name: head
        for name, head in columns.items()
        if name in frame and (name in ALWAYS or any(not is_absent(v) and v != 0 for v in frame[name].astype(object)))
    }


def _drawn_on(pots: pd.DataFrame | None) -> pd.DataFrame | None:
    if pots is None:
        return None
    return pots[(pots["scored_musd"].abs() > 0) | (pots["worst_musd"].abs() > 0)]


def _not_zero(terms: pd.DataFrame | None) -> pd.DataFrame | None:
    return None if terms is None else terms[(terms["unweighted_musd"] != 0) | (terms["musd"] != 0)]


def _section(title: str, frame: pd.DataFrame | None, columns: dict[str, str]) -> list[str]:
    table = _table(frame, columns)
    return [heading(title), *table] if table else []


def _table(frame: pd.DataFrame | None, columns: dict[str, str]) -> list[str]:
    return [] if frame is None or frame.empty else [frame_html(frame, columns)]


def _table_list(tables: Tables) -> str:
    return bullets(
        f"{name}, {counted(len(frame), 'row')}: {tables.about.get(name, '')}" for name, frame in tables.items()
    )


def _run(solution: Solution) -> list[str]:
    run = solution.run
    words = {"paths": "price paths", "futures": "futures", "seed": "seed", "perspective": "perspective"}
    pairs = [(words[name], _plain(run[name])) for name in words if name in run]
    weights: Any = run.get("weights") or {}
    named = ", ".join(f"{name} {value:g}" for name, value in weights.items())
    return [facts([*pairs, ("search", solution.termination.replace("_", " "))]),
            paragraph(f"Weights: {named}" if named else "", quiet=True)]  # fmt: skip


def _plain(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) and value >= 10_000 else str(value)


def _money(value: float) -> str:
    return f"{shown(value, _MUSD)} musd" if math.isfinite(value) else "not known"


def _share(value: float) -> str:
    return shown(value, _GAP) if math.isfinite(value) else "not known"
