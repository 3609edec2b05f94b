"""Points of a frontier: where the next one goes, which are dominated, and what each step buys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

LEAST_AREA = 5e-3
"""Uncertainty, as a share of the whole rectangle between the ends, below which no point is added."""


@dataclass(frozen=True)
class Point:
    """One plan: the ``limit`` it was asked for (None: none), its ``x`` and ``y``, and ``y_gap``, how far y may be off.

    ``measures`` are all measures of the plan, ``plants`` those it backs (start year by plant), ``gap`` and
    ``termination`` those of the search.
    """

    limit: float | None
    x: float
    y: float
    y_gap: float
    measures: dict[str, float]
    plants: dict[str, int]
    gap: float
    termination: str


def alike(a: Point, b: Point, x_range: float) -> bool:
    """Whether two points are the same plan, for all that can be seen.

    >>> p = Point(None, 10.0, 5.0, 0.1, {}, {"mine": 2028}, 0.0, "gap_reached")
    >>> q = Point(12.0, 10.001, 5.0, 0.1, {}, {"mine": 2028}, 0.0, "gap_reached")
    >>> alike(p, q, 100.0), alike(p, q, 1.0)
    (True, False)
    """
    return a.plants == b.plants and abs(a.x - b.x) <= 1e-4 * x_range and abs(a.y - b.y) <= 1e-4 * max(1.0, abs(b.y))


def next_limit(points: Sequence[Point], reach: Sequence[float]) -> tuple[float, float] | None:
    """The limit to ask next, in the middle of the largest rectangle in which the frontier may still run; its height.

    Between neighbours, the frontier falls from the left one's y to the right one's, somewhere between ``reach``, the
    widest limit that the left one is known to be the answer to, and the right one's x. None if nothing is left that the
    gaps would show.

    >>> ends = [Point(None, x, y, 1.0, {}, {}, 0.0, "") for x, y in ((0.0, 100.0), (10.0, 20.0), (30.0, 10.0))]
    >>> next_limit(ends, [0.0, 10.0, 30.0]), next_limit(ends, [9.0, 10.0, 30.0])
    ((5.0, 80.0), (20.0, 10.0))
    """
    order = sorted(range(len(points)), key=lambda i: (points[i].x, -points[i].y))
    whole = (points[order[-1]].x - points[order[0]].x) * (max(p.y for p in points) - min(p.y for p in points))
    best = LEAST_AREA * whole
    at: tuple[float, float] | None = None
    for i, j in pairwise(order):
        left, right = points[i], points[j]
        fall = left.y - right.y
        if fall <= max(left.y_gap, right.y_gap):
            continue
        area = (right.x - reach[i]) * fall
        if area > best:
            best, at = area, (0.5 * (reach[i] + right.x), fall)
    return at


def statuses(points: Sequence[Point]) -> list[str]:
    """For points in the order of x: ``on the frontier``, ``dominated`` or ``not distinguishable``.

    A point is dominated by one that has no more of x and less of y, by more than the gaps of the two; it is not
    distinguishable from one with no more of x if its y is no lower, or lower by no more than the gaps leave open.

    >>> ys = ((0.0, 100.0), (5.0, 60.0), (6.0, 70.0), (8.0, 59.5), (9.0, 10.0))
    >>> statuses([Point(None, x, y, 1.0, {}, {}, 0.0, "") for x, y in ys])
    ['on the frontier', 'on the frontier', 'dominated', 'not distinguishable', 'on the frontier']
    """
    out: list[str] = []
    best: Point | None = None
    for point in points:
        if best is None:
            out.append("on the frontier")
            best = point
            continue
        fall, open_to = best.y - point.y, max(best.y_gap, point.y_gap)
        if fall < -open_to:
            out.append("dominated")
        elif fall <= open_to:
            out.append("not distinguishable")
        else:
            out.append("on the frontier")
            best = point
    return out


def slopes(points: Sequence[Point], status: Sequence[str]) -> list[float | None]:
    """What each unit more of x saves of y, from each point on the frontier to the next one on it.

    >>> ends = [Point(None, x, y, 1.0, {}, {}, 0.0, "") for x, y in ((0.0, 100.0), (10.0, 20.0))]
    >>> slopes(ends, statuses(ends))
    [8.0, None]
    """
    kept = [i for i, word in enumerate(status) if word == "on the frontier"]
    out: list[float | None] = [None] * len(points)
    for i, j in pairwise(kept):
        out[i] = (points[i].y - points[j].y) / (points[j].x - points[i].x)
    return out
