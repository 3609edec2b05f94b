"""A frontier as a table, in sentences, and how it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pandas as pd

from optimizer.analysis.answer import View, in_words
from optimizer.analysis.frontiers.measures import Measure
from optimizer.analysis.frontiers.points import Point, slopes, statuses

STEP = 100.0
"""musd of x in which slopes are said; of a share it is one percentage point."""
LUMPY = 0.1
"""Share of a step over which the plan has been seen not to change, from which on that is said."""


def points_table(points: Sequence[Point], reach: Sequence[float], limited: Measure, minimised: Measure) -> pd.DataFrame:
    """One row per point, in the order of x; ``reach`` is the widest limit each is known to be the answer to."""
    status = statuses(points)
    saved = slopes(points, status)
    rows, above = [], None
    for number, (point, widest, word, slope) in enumerate(zip(points, reach, status, saved, strict=True), start=1):
        come, gone = _change(above, point)
        unit = "share" if limited.is_share else "musd"
        rows.append(
            {
                "point": number,
                f"limit_{unit}": point.limit,
                f"x_{unit}": point.x,
                f"same_up_to_{unit}": widest,
                "y_musd": point.y,
                "y_least_musd": point.y - point.y_gap,
                **point.measures,
                "gap": point.gap,
                "termination": point.termination,
                "status": word,
                "saving_per_unit": slope,
                f"saving_per_{'percentage_point' if limited.is_share else '100_musd'}_musd": None
                if slope is None
                else slope * (0.01 if limited.is_share else STEP),
                "plants": "; ".join(f"{plant} {start}" for plant, start in point.plants.items()),
                "plants_in": "; ".join(come),
                "plants_out": "; ".join(gone),
                "change": _told(above, come, gone),
                "x": limited.name,
                "y": minimised.name,
            }
        )
        above = point
    frame = pd.DataFrame(rows)
    for name in frame.columns:
        if name.startswith(("limit_", "saving_")):
            frame[name] = frame[name].astype(float)
    return frame


def _change(above: Point | None, point: Point) -> tuple[list[str], list[str]]:
    """Plants backed that the row above did not back, or not then, and those it did."""
    if above is None:
        return [], []
    now, before = point.plants.items(), above.plants.items()
    return [f"{p} {t}" for p, t in now if (p, t) not in before], [f"{p} {t}" for p, t in before if (p, t) not in now]


def _told(above: Point | None, come: list[str], gone: list[str]) -> str:
    if above is None:
        return "first"
    words = [f"+{plant}" for plant in come] + [f"−{plant}" for plant in gone]
    return ", ".join(words) if words else "same plants, other terms"


def findings(
    table: pd.DataFrame,
    points: Sequence[Point],
    limited: Measure,
    minimised: Measure,
    gap: float,
    notes: Sequence[str],
) -> tuple[str, ...]:
    """What the table says."""
    first, last = points[0], points[-1]
    out = [
        f"Minimised: {minimised.words} ({minimised.name}). Limited: {limited.words} ({limited.name}). Each point is "
        f"solved to a gap of {100.0 * gap:g} % or less; differences smaller than the gaps are not told apart.",
    ]
    kept = [point for point, word in zip(points, table["status"], strict=True) if word == "on the frontier"]
    if len(kept) > 1:
        out.append(
            f"From {limited.figure(kept[0].x)} to {limited.figure(kept[-1].x)} of {limited.name}, {minimised.name} "
            f"falls from {kept[0].y:,.1f} to {kept[-1].y:,.1f} musd."
        )
        widest = dict(zip((id(point) for point in points), table.filter(like="same_up_to_").iloc[:, 0], strict=True))
        out += _steps(kept, [widest[id(point)] for point in kept], limited, minimised)
    elif len(points) == 1 and notes:
        out.append(
            f"One plan is known: {limited.figure(first.x)} of {limited.name}, {first.y:,.1f} musd of {minimised.name}."
        )
    else:
        out.append(
            f"No limit on {limited.name} between {limited.figure(first.x)} and {limited.figure(last.x)} changes "
            f"{minimised.name} by more than the gaps."
        )
    unsure = [str(number) for number, word in zip(table["point"], table["status"], strict=True) if word[0] == "n"]
    if unsure:
        out.append(f"Not to be told apart from a point with less {limited.name}: {_numbered(unsure)}.")
    worse = [str(number) for number, word in zip(table["point"], table["status"], strict=True) if word == "dominated"]
    if worse:
        out.append(f"Dominated, so to be left out: {_numbered(worse)}.")
    return (*out, *(f"Note: {words}." for words in notes))


def _numbered(numbers: Sequence[str]) -> str:
    return f"point{'s' if len(numbers) > 1 else ''} {in_words(list(numbers))}"


def _steps(kept: Sequence[Point], reach: Sequence[float], limited: Measure, minimised: Measure) -> list[str]:
    """The steps on which more of x buys most and least."""
    steps = [(*pair, widest) for pair, widest in zip(pairwise(kept), reach, strict=False)]
    steps.sort(key=lambda step: (step[1].y - step[0].y) / (step[1].x - step[0].x))
    per, unit = (0.01, "percentage point") if limited.is_share else (STEP, f"{STEP:g} musd")
    said = []
    for left, right, widest in (steps[0], steps[-1]):
        saved = (left.y - right.y) / (right.x - left.x) * per
        lumpy = widest > left.x + LUMPY * (right.x - left.x)
        said.append(
            f"Between {limited.figure(left.x)} and {limited.figure(right.x)}, each further {unit} of {limited.name} "
            f"saves {saved:,.1f} musd of {minimised.name} on average"
            + (f", most of it beyond {limited.figure(widest)}." if lumpy else ".")
        )
    return list(dict.fromkeys(said))


def views(limited: Measure, minimised: Measure) -> tuple[View, ...]:
    """How the table is shown: the measures, then what changes."""
    unit = "share" if limited.is_share else "musd"
    step = "saving_per_percentage_point_musd" if limited.is_share else "saving_per_100_musd_musd"
    return (
        View(
            f"{minimised.name} ({minimised.words}) for limits on {limited.name}",
            "points",
            {
                "point": "no.",
                f"x_{unit}": f"x: {limited.kind}\n{'%' if limited.is_share else 'musd'}",
                "y_musd": f"y: {minimised.kind}\nmusd",
                "y_least_musd": "at least\nmusd",
                step: "saves per\n1 point" if limited.is_share else "saves per\n100 musd",
                f"same_up_to_{unit}": "same plan\nup to",
                "shortfall_t": "shortfall\nt",
                "gap": "gap",
                "status": "status",
            },
        ),
        View("Plants backed, beside the row above", "points", {"point": "no.", "change": "change"}),
    )
