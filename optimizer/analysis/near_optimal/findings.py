"""What the alternatives say, in sentences."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from optimizer.analysis.answer import in_words
from optimizer.analysis.near_optimal.study import Alternative, Study

NEAR = 1e-4
"""Values closer than this share of them are the same in a sentence."""
SHOWN = 6
"""Names spelt out in a sentence; the rest is counted."""


def findings(study: Study, tables: Mapping[str, pd.DataFrame], within: float, origin: str | None) -> tuple[str, ...]:
    """What is must-have and what is free, how far plans can go, and what was not asked."""
    out = [_limit(study, within)]
    if "choices" in tables:
        out += _choices(tables["choices"], within)
    rows: dict[str, Any] = {row["plan"]: row for row in tables["alternatives"].to_dict("records")}
    for alternative in study.alternatives:
        out.append(_one(study, alternative, rows, origin))
    out += [f"{name.capitalize()}: no plan within the limit backs a plant there." for name in study.impossible]
    if study.all_alike:
        out.append(
            "No plan within the limit makes other choices of plants and contracts than one of those above: proved."
        )
    if study.unasked:
        out.append(
            f"Time was up after {study.time_limit:g} s; not asked, or not finished: {_some(study.unasked, 10)}. "
            "More time (--time-limit) asks on."
        )
    return tuple(out)


def _limit(study: Study, within: float) -> str:
    best = study.best.solved
    room = study.near.limit - best.objective
    capital = sum(study.world.backed(best.outcome).values())
    words = (
        f"Within {100.0 * within:g} % of the plan's cost of {best.objective:,.1f} musd (no plan is below "
        f"{best.bound:,.1f}) means up to {room:,.1f} musd more. Cost counts everything, also imports that any plan pays"
    )
    net = best.outcome.award_costs["net_outlay"]
    gap = best.objective - best.bound
    words += (
        f" for: the plants the best plan backs cost {capital:,.1f} musd to build, and its net outlay is {net:,.1f}."
    )
    if room < gap:
        words += f" That is less than the gap of the search ({gap:,.1f} musd): take differences in cost for no finding."
    return words


def _choices(plants: pd.DataFrame, within: float) -> list[str]:
    verdict, in_best = plants["verdict"].astype(str), plants["in_best"].astype(bool)
    out: list[str] = []
    if plants.empty:
        return ["No plant can be backed in this case: there is nothing to choose among plants."]
    firm = plants[verdict.str.startswith("must-have")]
    likely = list(plants.loc[verdict == "probably must-have", "plant"])
    if len(firm):
        least = firm["otherwise_least_musd"].astype(float)
        dear = [
            f"{plant} (a plan without it costs at least {more:,.1f} musd more)"
            if math.isfinite(more)
            else f"{plant} (there is no plan without it at any cost)"
            for plant, more in zip(firm["plant"], least, strict=True)
        ]
        out.append(f"Must-have, proved: {in_words(dear)}.")
    if likely:
        out.append(f"Probably must-have (no plan without was found, none is excluded): {_some(likely)}.")
    if not len(firm) and not likely and in_best.any():
        share = f"{100.0 * within:g} %"
        out.append(f"No plant of the best plan is must-have: each, though not all at once, can go for {share}.")
    out += _dearest(plants)
    free = plants[(verdict == "free") & ~in_best]
    can_go = plants[(verdict == "free") & in_best]
    if len(can_go):
        out.append(f"Free, in the best plan and out of another: {_some(list(can_go['plant']))}.")
    if len(free):
        out.append(f"Free, in another plan though not in the best: {_some(list(free['plant']))}.")
    never = list(plants.loc[verdict.str.startswith("never"), "plant"])
    if never:
        out.append(f"Never within the limit, proved: {_some(never)}.")
    never = list(plants.loc[verdict == "probably never", "plant"])
    if never:
        out.append(f"Probably never (none found, none excluded): {_some(never)}.")
    return out


def _dearest(plants: pd.DataFrame) -> list[str]:
    """What it costs to do without the plants of the plan that are hardest to do without."""
    known = plants[plants["in_best"].astype(bool) & plants["otherwise_musd"].notna()]
    known = known.sort_values("otherwise_musd", ascending=False).head(3)
    if known.empty:
        return []
    each = [
        f"{row['plant']} {row['otherwise_musd']:,.1f} musd more ({row['otherwise_least_musd']:,.1f} to "
        f"{row['otherwise_most_musd']:,.1f})"
        for _, row in known.iterrows()
    ]
    return [f"Doing without costs most for: {in_words(each)}."]


def _one(study: Study, alternative: Alternative, rows: Mapping[str, Any], origin: str | None) -> str:
    row, best = rows[alternative.name], rows["best plan"]
    extra = float(row["extra_cost_musd"])
    cost = f"for {extra:,.1f} musd more ({100.0 * float(row['extra_cost_share']):.2f} %)"
    gap = study.best.solved.objective - study.best.solved.bound
    if extra <= gap:
        cost = f"at a cost that the gap of the search cannot tell from the best ({extra:+,.1f} musd)"
    name, value, bound = alternative.name, alternative.value, alternative.bound
    if alternative.sourced is not None:
        return _sourced(study, alternative, row, best, cost, str(origin))
    if name.startswith("most different"):
        into, out = _plants(_count(row["plants_in"])), _plants(_count(row["plants_out"]))
        words = f"at least {value:.0f} plants and contracts unlike every plan above it, {cost}"
        return _capital(f"{name}: {words}; beside the best plan {into} in and {out} out{_bound(value, bound, '', 0)}")
    if name.startswith("most in "):
        return _most_in(study, alternative, cost)
    was, now, unit, decimals = {
        "fewest plants": (best["plants"], f"{_plants(value)} backed", "", 0),
        "fewest pots": (best["pots"], f"{value:.0f} drawn on", "", 0),
        "least outlay": (best["net_outlay_musd"], f"expected net outlay of {value:,.1f} musd", " musd", 1),
    }.get(name, (best["stock_musd"], f"stock purchases of {value:,.1f} musd (present value)", " musd", 1))
    if abs(float(was) - value) <= NEAR * max(1.0, abs(value)):
        return _capital(f"{name}: the best plan itself, with {now}{_bound(value, bound, unit, decimals)}")
    return _capital(
        f"{name}: {now} instead of {float(was):,.{decimals}f}, {cost}{_bound(value, bound, unit, decimals)}"
    )


def _most_in(study: Study, alternative: Alternative, cost: str) -> str:
    region, value, bound = alternative.name.removeprefix("most in "), alternative.value, alternative.bound
    if value >= 1.0 - 1e-9 and alternative.plan is study.best:
        return f"Most in {region}: the best plan itself backs plants nowhere else."
    backed = study.world.backed(study.best.solved.outcome)
    was = 100.0 * backed.get(region, 0.0) / max(sum(backed.values()), 1e-9)
    limit = f"; no plan within the limit has more than {100.0 * bound:.0f} %" if bound < 0.995 else ""
    words = f"{100.0 * value:.0f} % of the capital backed is there instead of {was:.0f} %, {cost}{limit}"
    return f"Most in {region}: {words}."


def _sourced(
    study: Study, alternative: Alternative, row: Mapping[str, Any], best: Mapping[str, Any], cost: str, origin: str
) -> str:
    found, value, bound = alternative.sourced, alternative.value, alternative.bound
    if found is None:
        return ""
    was = study.world.outside_values(study.best.solved.outcome)[origin]
    least = f"none has less than {bound:,.0f}" if math.isfinite(bound) else "how little others have is not known"
    head = (
        f"{_capital(alternative.name)} (over the horizon, expected, at long-run prices; what demand goes short of "
        "counts as if it were bought there)"
    )
    before = found.best_amount
    if value > before - NEAR * max(1.0, before):
        return f"{head}: no plan within the limit was found with less than the best plan's {before:,.0f} musd; {least}."
    awards = max(found.least_cost - study.best.solved.objective, 0.0)
    words = (
        f"{head}: {value:,.0f} musd instead of {before:,.0f}, {cost}; {least}. Bought there are {found.bought:,.0f} "
        f"musd instead of {was:,.0f}. {awards:,.1f} musd of the extra cost is for other awards, the rest for dearer "
        f"sourcing: with sourcing at least cost the same awards buy {found.least_cost_bought:,.0f} musd there"
    )
    short = float(row["shortage_musd"]) - float(best["shortage_musd"])
    if abs(short) > 0.05:
        words += f". Expected shortage cost {'rises' if short > 0.0 else 'falls'} by {abs(short):,.1f} musd"
    return f"{words}. Plans off the convex hull of cost and purchases are not looked for."


def _bound(value: float, bound: float, unit: str, decimals: int) -> str:
    """What is proved on going further.

    >>> _bound(3.0, 3.0, "", 0), _bound(757.9, 755.4, " musd", 1)
    ('; proved: none goes further.', '; none goes beyond 755.4 musd.')
    """
    if not math.isfinite(bound):
        return "; how much further others go is not known."
    if abs(value - bound) <= NEAR * max(1.0, abs(value)):
        return "; proved: none goes further."
    return f"; none goes beyond {bound:,.{decimals}f}{unit}."


def _plants(number: float) -> str:
    """A number of plants in words.

    >>> _plants(1.0), _plants(3.0)
    ('1 plant', '3 plants')
    """
    return f"{number:.0f} plant{'' if number == 1.0 else 's'}"


def _count(names: object) -> int:
    return len([name for name in str(names).split("; ") if name])


def _some(names: list[str], shown: int = SHOWN) -> str:
    if len(names) <= shown:
        return in_words(names)
    return f"{', '.join(names[:shown])} and {len(names) - shown} more"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
