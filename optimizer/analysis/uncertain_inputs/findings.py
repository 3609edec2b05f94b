"""What a sensitivity analysis says, in sentences."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from optimizer.analysis.answer import in_words
from optimizer.analysis.uncertain_inputs.inputs import ENDS, Uncertain
from optimizer.analysis.uncertain_inputs.study import Study
from optimizer.analysis.uncertain_inputs.switches import Switch

NAMED = 3
"""Inputs named in one sentence."""
STRONG = ("A", "B")
LEAST_SHARE = 0.01
"""Share of the variance below which an input is not named."""
NOISY = 0.1
"""Share of a bar that may be noise before it is said."""


def findings(
    study: Study, found: list[Switch], shown: dict[str, pd.DataFrame], *, asked: int, samples: int
) -> list[str]:
    """The findings in the order in which they matter."""
    return [
        *_cost(study, shown["tornado"]),
        *_decision(study, shown["evidence"], asked),
        *_switches(study, found),
        *_indices(study, shown, samples),
        *_breaks(study, shown["breaks"]),
        *_caveats(study, shown["tornado"], asked),
    ]


def said(one: Uncertain) -> str:
    """An input with its grade and range.

    >>> from optimizer.analysis.uncertain_inputs.inputs import Range
    >>> one = Range("plants.mine.capex_musd", 400.0, 500.0, 900.0)
    >>> said(Uncertain("plants.mine.capex_musd", "plants", "mine", "capex_musd", "musd", (one,), "judgement", ""))
    'plants.mine.capex_musd (judgement, 400 to 900 musd)'
    """
    if len(one.ranges) > 1:
        return f"{one.name} ({one.grade}, {one.row} together)"
    unit = f" {one.unit}" if one.unit else ""
    return f"{one.name} ({one.grade}, {one.low:,.6g} to {one.high:,.6g}{unit})"


def _cost(study: Study, tornado: pd.DataFrame) -> list[str]:
    bars = tornado[tornado["bar_musd"] > 0.0].sort_values("bar_musd", ascending=False, kind="stable")
    tried = tornado[tornado["bar_musd"].notna()]
    still = len(tried) - len(bars)
    if bars.empty:
        return ["No input moves the cost of the plan as it is."]
    by_name = {one.name: one for one in study.inputs}
    top = [
        f"{said(by_name[row['input']])}: {row['kept_low_musd']:+,.0f} and {row['kept_high_musd']:+,.0f} musd"
        for row in bars.head(NAMED).to_dict("records")
    ]
    words = f"With the plan as it is, its cost of {study.objective:,.0f} musd moves most, at low and at high, with"
    words += f" {in_words(top)}."
    return [f"{words} {still} of {len(tried)} inputs tried do not move it at all." if still else words]


def _decision(study: Study, evidence: pd.DataFrame, asked: int) -> list[str]:
    if evidence.empty:
        return ["No best plan was solved at other values, so nothing is said of what would move the decision."]
    by_name = {one.name: one for one in study.inputs}
    moving = evidence[evidence["moves"] != "nothing"]
    if moving.empty:
        widest = float(evidence["regret_most_musd"].max())
        return [
            f"None of the {len(evidence)} inputs asked again moves the decision for certain: keeping the plan costs at "
            f"most {widest:,.1f} musd at any end, and the gap of the plan itself is {study.gap_musd:,.1f} musd."
        ]
    plants = moving[moving["moves"] == "plants"]
    weak = plants[~plants["grade"].isin(STRONG)]
    lines = [_moved(study, by_name[row["input"]], row) for row in weak.head(NAMED).to_dict("records")]
    first = max((plants if len(plants) else moving).to_dict("records"), key=lambda row: row["worth_knowing_musd"])
    if first["grade"] not in STRONG:
        lines.append(
            f"The number to go and find first is {first['input']} ({first['grade']}): knowing it is worth about "
            f"{first['worth_knowing_musd']:,.1f} musd if it is spread as assumed and awards cannot be mended later."
        )
    strong = moving[moving["grade"].isin(STRONG)]
    names = in_words(sorted(set(strong["input"])))
    lines.append(
        f"Of {len(evidence)} inputs asked again, {len(plants)} change which plants are in the plan and "
        f"{len(moving) - len(plants)} only the terms of awards; {len(strong)} of these are of grade A or B"
        + (f": {names}." if len(strong) else ".")
    )
    return lines


def _moved(study: Study, one: Uncertain, row: dict[Any, Any]) -> str:
    key = (study.inputs.index(one), row["worst_end"])
    regret, other = study.regret(key), study.other(key)
    if regret is None or other is None:
        return f"{said(one)} moves the decision."
    return (
        f"{said(one)} moves the decision: at its {row['worst_end']} end the plan {_told(regret.verdict)}, the best "
        f"plan found {other.short}, and keeping the plan costs {regret.least:,.1f} to {regret.most:,.1f} musd."
    )


def plain(value: float) -> str:
    """Four digits, without powers of ten.

    >>> plain(42512.3), plain(0.0557812)
    ('42,510', '0.05578')
    """
    return f"{float(f'{value:.4g}'):,.10g}"


def _told(verdict: str) -> str:
    return verdict if verdict.startswith("cannot") else "is no longer the cheapest"


def _switches(study: Study, found: list[Switch]) -> list[str]:
    together: dict[tuple[int, str, float, float], list[Switch]] = {}
    for one in found:
        together.setdefault((one.place, one.end, one.holds_to, one.gone_at), []).append(one)
    return [_switch(study, plants) for plants in together.values()]


def _switch(study: Study, plants: list[Switch]) -> str:
    """Plants that enter and leave at one value of one input, in a sentence."""
    one = plants[0]
    source, above = study.inputs[one.place], one.gone_at > one.holds_to
    parts = []
    for enters, singular, plural in ((False, "leaves", "leave"), (True, "enters", "enter")):
        names = [each.plant for each in plants if each.enters is enters]
        parts += [f"{in_words(names)} {singular if len(names) == 1 else plural}"] if names else []
    unit = f" {source.unit}" if source.unit else ""
    words = (
        f"{' and '.join(parts)} the best plan found if {source.name} {'exceeds' if above else 'falls below'} about "
        f"{plain((one.holds_to + one.gone_at) / 2.0)}{unit} (between {plain(one.holds_to)} and {plain(one.gone_at)}; "
        f"best value {plain(source.best)})"
    )
    if not math.isnan(one.blurred_from):
        words += f"; between {plain(one.blurred_from)} and {plain(one.blurred_to)} the gap cannot tell"
    elif one.told is False:
        words += "; there the two plans cost the same to within the gap, so this is where the search changes its mind"
    return f"{words}."


def _indices(study: Study, shown: dict[str, pd.DataFrame], samples: int) -> list[str]:
    spread = shown["spread"]
    if spread.empty:
        had = len(study.sampled)
        return [f"No Sobol indices: {had} runs of the sample were had, too few."] if samples else []
    cost = spread[spread["output"] == "cost"].iloc[0]
    indices = shown["indices"]
    mine = indices[(indices["output"] == "cost") & indices["told"] & (indices["first_share"] > LEAST_SHARE)]
    top = [f"{row['input']} {row['first_share']:.0%}" for row in mine.head(NAMED).to_dict("records")]
    count, moved = len(study.inputs), len(study.moved)
    which = "all inputs" if moved == count else f"the {moved} of {count} inputs whose ends are known"
    words = (
        f"With {which} moved at once ({int(cost['runs'])} runs, {study.spread} between low and high: a judgement), "
        f"the plan as it is costs {cost['mean_musd']:,.0f} musd on average, with a standard deviation of "
        f"{cost['deviation_musd']:,.0f} musd"
    )
    words += f"; of its variance {in_words(top)} each alone explain most" if top else "; no input's share can be told"
    return [f"{words}. Interactions are {cost['interactions_share']:.0%} of it."]


def _breaks(study: Study, breaks: pd.DataFrame) -> list[str]:
    if not study.sampled:
        return []
    share = sum(bool(one.dropped) for one in study.sampled) / len(study.sampled)
    if share == 0.0:
        return ["In no run of the sample does a sponsor of the plan walk away."]
    most = breaks.iloc[0]
    return [
        f"In {share:.0%} of the sample at least one plant of the plan would not be built at the awards made "
        f"(most often: {most['what']}, {most['runs_share']:.0%}): awards made to measure leave no margin."
    ]


def _caveats(study: Study, tornado: pd.DataFrame, asked: int) -> list[str]:
    lines = []
    noisy = list(tornado[tornado["choosing_musd"].fillna(0.0) > NOISY * tornado["bar_musd"]]["input"])
    if noisy:
        more = f" and {len(noisy) - NAMED} more" if len(noisy) > NAMED else ""
        lines.append(
            "Prices, disruptions, demand and capacities draw the scenarios again, from the same random numbers; but "
            f"other futures may then be kept. This may be over a tenth of the bar of {in_words(noisy[:NAMED])}{more} "
            "(column choosing_musd; more futures make it smaller)."
        )
    untried = [
        (place, end)
        for place in range(len(study.inputs))
        for end in ENDS
        if (place, end) not in study.kept and (place, end) not in study.refused
    ]
    if untried:
        lines.append(
            f"{len(untried)} ends were not tried before time ran out and may matter. Give more time or workers."
        )
    if study.refused:
        lines.append(f"{len(study.refused)} ends contradict other figures of the case and are left out (see broken_*).")
    ranked = study.ranked()
    unasked = [
        (place, end)
        for place in ranked[:asked]
        for end in ENDS
        if (place, end) not in study.answers and study.asks((place, end))
    ]
    if unasked:
        lines.append(
            f"{len(unasked)} of the ends chosen have no best plan yet: time ran out. --time-limit gives more, and "
            "--runs DIR keeps what is done."
        )
    rest = ranked[asked:]
    if rest:
        largest = max(study.effect(place) for place in rest)
        lines.append(
            f"The other {len(rest)} inputs were not asked again: with the plan kept, or as sponsors then answer, they "
            f"move its cost by at most {largest:,.1f} musd."
        )
    if study.sample_failed:
        lines.append(f"{study.sample_failed} runs of the sample had no answer and are left out.")
    return lines
