"""The figures of a case that are stated as a range, and the changes that set them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from optimizer.data import Case
from optimizer.data.schema import GRADES, TABLES
from optimizer.whatif.changes import key_of

FloatArray = NDArray[np.float64]
Spread = Literal["triangular", "uniform"]
End = Literal["low", "high"]
ENDS: tuple[End, End] = ("low", "high")


@dataclass(frozen=True)
class Range:
    """Low, best and high value of one figure; ``path`` is its place in the what-if language."""

    path: str
    low: float
    best: float
    high: float

    def end(self, end: End) -> float:
        """The value at one end."""
        return self.low if end == "low" else self.high

    def quantile(self, share: float, spread: Spread) -> float:
        """The value that is not exceeded with a probability of ``share``.

        Triangular: the best value is the likeliest, the ends are never exceeded. Uniform: all between them alike.

        >>> one = Range("x", 0.0, 10.0, 40.0)
        >>> one.quantile(0.25, "triangular"), one.quantile(0.5, "uniform")
        (10.0, 20.0)
        """
        width = self.high - self.low
        if spread == "uniform" or width == 0.0:
            return self.low + share * width
        below = self.best - self.low
        if share * width <= below:
            return self.low + float(np.sqrt(share * width * below))
        return self.high - float(np.sqrt((1.0 - share) * width * (self.high - self.best)))


@dataclass(frozen=True)
class Uncertain:
    """One uncertain input: one figure, or several that move together.

    ``name`` is its path (``plants.mine.capex_musd``) or, of a group, ``table.column``; ``row`` the key of its row.
    """

    name: str
    table: str
    row: str
    column: str
    unit: str
    ranges: tuple[Range, ...]
    grade: str
    source: str

    @property
    def low(self) -> float:
        """Low value of its first figure."""
        return self.ranges[0].low

    @property
    def best(self) -> float:
        """Best value of its first figure."""
        return self.ranges[0].best

    @property
    def high(self) -> float:
        """High value of its first figure."""
        return self.ranges[0].high

    def at_end(self, end: End) -> tuple[str, ...]:
        """Changes that take it to one end."""
        return self.towards(end, 1.0)

    def towards(self, end: End, share: float) -> tuple[str, ...]:
        """Changes that take it this share of the way from its best value to one end."""
        return tuple(_set(one.path, one.best + share * (one.end(end) - one.best)) for one in self.ranges)

    def at_quantile(self, share: float, spread: Spread) -> tuple[str, ...]:
        """Changes that take every figure of it to the same quantile of its range."""
        return tuple(_set(one.path, one.quantile(share, spread)) for one in self.ranges)

    def position(self, share: float, spread: Spread) -> float:
        """Where the quantile lies between low (−1), best (0) and high (1)."""
        value, one = self.ranges[0].quantile(share, spread), self.ranges[0]
        length = one.high - one.best if value > one.best else one.best - one.low
        return (value - one.best) / length if length > 0.0 else 0.0


def _set(path: str, value: float) -> str:
    return f"{path} = {value:.12g}"


def uncertain_inputs(case: Case, *, group: bool = False) -> list[Uncertain]:
    """Every figure with a low or a high beside it that differs from it, in the order of the format.

    An end that is not stated is the value itself. Rows of one price regime begin together, so their hazard is one
    input. With ``group`` all rows of a column move together: to their low ends, to their high ends.
    """
    found = [one for table in TABLES for one in _of_table(case, table)]
    return _grouped(found) if group else found


def _of_table(case: Case, name: str) -> list[Uncertain]:
    table = TABLES[name]
    found: dict[str, Uncertain] = {}
    for column in (column for column in table.columns if column.ranged):
        for row in case.rows(name):
            best, low, high = (row[f"{column.name}{end}"] for end in ("", "_low", "_high"))
            if not isinstance(best, int | float) or (low is None and high is None):
                continue
            low, high = float(best if low is None else low), float(best if high is None else high)
            if low == high:
                continue
            together = name == "price_regimes" and column.name == "hazard_per_year"
            key = str(row["regime"]) if together else key_of(table, dict(row))
            place = f"{name}[regime={key}]" if together else f"{name}.{key}"
            path = f"{place}.{column.name}"
            ranges = (Range(path, low, float(best), high),)
            source = "; ".join(row["source"])
            found.setdefault(
                path, Uncertain(path, name, key, column.name, column.unit, ranges, str(row["grade"]), source)
            )
    return list(found.values())


def _grouped(inputs: Sequence[Uncertain]) -> list[Uncertain]:
    groups: dict[tuple[str, str], list[Uncertain]] = {}
    for one in inputs:
        groups.setdefault((one.table, one.column), []).append(one)
    out = []
    for (table, column), members in groups.items():
        if len(members) == 1:
            out.append(members[0])
            continue
        grade = max((one.grade for one in members), key=GRADES.index)
        sources = "; ".join(dict.fromkeys(word for one in members for word in one.source.split("; ")))
        ranges = tuple(part for one in members for part in one.ranges)
        rows = f"{len(members)} rows"
        out.append(Uncertain(f"{table}.{column}", table, rows, column, members[0].unit, ranges, grade, sources))
    return out
