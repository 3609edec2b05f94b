"""On what grounds runs can be compared, and how far their costs differ for certain."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from optimizer.comparison.subject import Subject
from optimizer.data import Case
from optimizer.errors import SettingError

Stated = Callable[[Case], str]


def _weights(case: Case) -> str:
    objective = case.settings.objective
    words = [f"{name} {weight:g}" for name, weight in objective.effective_weights.model_dump().items() if weight]
    return ", ".join([*words, f"tail of {objective.tail_alpha:g}"] if objective.effective_weights.tail else words)


def _demand(case: Case) -> str:
    return ", ".join(sorted({f"{row.material} for {row.segment} in {row.region}" for row in case.rows("demand")}))


def _draws(case: Case) -> str:
    scenarios = case.settings.scenarios
    return f"{scenarios.paths} paths, {scenarios.futures} futures, seed {scenarios.seed}"


PRICE_YEAR, HORIZON, RATES = "price year", "horizon", "discount rates (social, public)"
WEIGHTS, DEMAND, DRAWS = "weights of the objective", "kinds of demand", "draws"
OTHER_YEARS = "their totals cover other years"
BASES: tuple[tuple[str, Stated, str], ...] = (
    (PRICE_YEAR, lambda case: str(case.settings.case.price_year), "their sums of money are not alike"),
    (HORIZON, lambda case: f"{case.settings.horizon.first_year}–{case.settings.horizon.last_year}", OTHER_YEARS),
    (
        RATES,
        lambda case: f"{case.settings.rates.social:g}, {case.settings.rates.public:g}",
        "they discount differently",
    ),
    (WEIGHTS, _weights, "their objectives are not alike"),
    (DEMAND, _demand, "their plans serve other needs"),
    (DRAWS, _draws, "figures also differ by chance"),
)
"""What runs should have in common, and what it means if they have not."""
WORLD = {
    "prices": (
        "price_series", "price_links", "price_correlations", "price_regimes", "price_history", "price_decks",
    ),
    "demand": ("demand",),
    "disruptions": ("disruptions",),
}  # fmt: skip
"""What nobody decides → the tables that state it."""
SMALLEST_SAID = 0.05
"""musd; below this, costs look the same in print."""
LONGEST = 100
"""Characters of a list in a sentence."""
LIKE_WITH_LIKE = (PRICE_YEAR, HORIZON, RATES, WEIGHTS, DEMAND)
"""Without these in common, the difference of two objectives says nothing."""


def require_comparable(runs: Sequence[Subject]) -> None:
    """SettingError for runs of cases that have no material in common."""
    first = {row.material for row in runs[0].case.rows("materials")}
    for run in runs[1:]:
        other = {row.material for row in run.case.rows("materials")}
        if not first & other:
            raise SettingError(
                f"{runs[0].name} (case {runs[0].case.name}) and {run.name} (case {run.case.name}) have no material in "
                f"common ({_few(first)}; {_few(other)}), so there is nothing to compare."
            )


def _few(words: set[str]) -> str:
    listed = sorted(words)
    return ", ".join(listed[:4]) + (" …" if len(listed) > 4 else "")


def _short(words: str) -> str:
    return words if len(words) <= LONGEST else f"{words[:LONGEST].rpartition(', ')[0]} …"


def alike(runs: Sequence[Subject]) -> bool:
    """Whether the objectives of the runs measure the same thing in the same money."""
    return all(len({stated(run.case) for run in runs}) == 1 for name, stated, _ in BASES if name in LIKE_WITH_LIKE)


def caveats(runs: Sequence[Subject]) -> list[str]:
    """Sentences on what makes the comparison less than one of like with like."""
    out = []
    base = runs[0]
    for run in runs[1:]:
        if run.case.name != base.case.name:
            out.append(f"{base.name} is a run of case {base.case.name}, {run.name} of case {run.case.name}.")
        for what, stated, meaning in BASES:
            one, other = stated(base.case), stated(run.case)
            if one != other:
                out.append(f"{what}: {base.name} has {_short(one)}, {run.name} has {_short(other)}; {meaning}.")
        elsewhere = _other_world(base.case, run.case)
        if run.case.name == base.case.name and elsewhere:
            out.append(
                f"The world of {run.name} is another one than that of {base.name} ({', '.join(elsewhere)}): what "
                "differs is not only due to what is decided."
            )
        if base.code is not None and run.code is not None and base.code != run.code:
            out.append(f"{base.name} and {run.name} were solved by different versions of the program.")
    for run in runs:
        if run.termination != "gap_reached":
            out.append(f"{run.name} stopped before its gap was reached ({run.termination.replace('_', ' ')}).")
        if run.certificate is not None and not run.certificate.passed:
            out.append(f"{run.name}: {run.status}. Do not rely on its figures.")
    return out


def _other_world(base: Case, other: Case) -> list[str]:
    """What two cases suppose differently about things that nobody decides."""
    first, second = base.in_key_order(), other.in_key_order()
    return [
        what
        for what, tables in WORLD.items()
        if any(first.rows(name) != second.rows(name) for name in tables)
        or (what == "disruptions" and base.settings.scenarios.hazard_scale != other.settings.scenarios.hazard_scale)
        or (what == "demand" and base.settings.scenarios.demand_spread != other.settings.scenarios.demand_spread)
    ]


def difference_interval(base: Subject, run: Subject) -> tuple[float, float]:
    """Least and most by which the best cost of ``run`` exceeds that of ``base``, musd.

    The best cost of each lies between its bound and its objective, so the difference lies between the bound of one less
    the objective of the other and the reverse.
    """
    return run.bound - base.objective, run.objective - base.bound


def is_finding(base: Subject, run: Subject) -> bool:
    """Whether the best costs of two runs differ for certain."""
    least, most = difference_interval(base, run)
    return least > 0.0 or most < 0.0


def verdict(base: Subject, run: Subject) -> str:
    """What the two objectives say of each other, in a sentence or two."""
    change = run.objective - base.objective
    least, most = difference_interval(base, run)
    word = "more" if change >= 0.0 else "less"
    said = f"{run.name} costs {abs(change):,.1f} musd {word} than {base.name}"
    if abs(change) < SMALLEST_SAID:
        said = f"{run.name} costs the same as {base.name}"
    if math.isfinite(least) and math.isfinite(most):
        between = f"the best plans of the two differ by between {least:+,.1f} and {most:+,.1f} musd"
    else:
        between = "a run has no bound, so the best plans of the two may differ by anything"
    if is_finding(base, run):
        return f"{said}; {between}: a finding."
    return (
        f"{said}; {between}: within the gap, not a finding. Awards, pots and supply are those of the plans found; "
        "others that cost the same to within the gap may differ in them. A smaller gap (solve --gap) may tell."
    )
