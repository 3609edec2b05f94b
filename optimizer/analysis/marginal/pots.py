"""What the next million in each pot saves, what the last one saves, and how far that holds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from optimizer.engine.values import Outcome
from optimizer.engine.variations.marginal import FixedWhole, MarginalPoint, slope_at
from optimizer.instance import Instance
from optimizer.results.breakdown import TERMS, terms_of

WITHIN = 0.05
"""A price holds as far as the saving per musd stays within this share of it."""
SPLIT = 0.1
"""The saving is split at a pot larger by what the price holds for, or by this share of the pot if that is less."""
COLUMNS = (
    "programme",
    "limit",
    "year",
    "size_musd",
    "used_musd",
    "saving_per_next_musd",
    "holds_up_musd",
    "cost_per_last_musd",
    "holds_down_musd",
    "most_saved_musd",
    "needed_musd",
    "resource_saved_per_musd",
    "shortage_saved_per_musd",
    "outlay_saved_per_musd",
    "other_saved_per_musd",
)
_ROW = re.compile(r"(pot_not_exceeded|yearly_cap)\[(.*?)(?:,(\d{4}))?\]")


def limit_of(row: str) -> tuple[str, str, int | None]:
    """Pot, kind of limit and year of a row of the awards.

    >>> limit_of("pot_not_exceeded[dod_equity]"), limit_of("yearly_cap[nds,2029]")
    (('dod_equity', 'budget', None), ('nds', 'yearly cap', 2029))
    """
    found = _ROW.fullmatch(row)
    if found is None:
        raise ValueError(row)
    kind, programme, year = found.groups()
    return programme.strip("'"), "budget" if kind == "pot_not_exceeded" else "yearly cap", int(year) if year else None


def is_limit(row: str) -> bool:
    """Whether a row of the awards limits a pot."""
    return _ROW.fullmatch(row) is not None


class PotPrices:
    """Asks about one limit after another; what is found is kept, so that time may run out."""

    def __init__(self, instance: Instance, fixed: FixedWhole, here: MarginalPoint, sizes: Mapping[str, float]) -> None:
        self._instance, self._fixed, self._here, self._sizes = instance, fixed, here, dict(sizes)
        form = fixed.parts.problem.form
        activity = form.matrix @ here.x
        self._used = {name: float(activity[i]) for i, name in enumerate(form.row_names) if name in sizes}
        self._terms = grouped(instance, fixed.outcome(here))
        self._asked: dict[str, dict[str, Any]] = {}

    def ask(self, row: str) -> None:
        """Price one limit."""
        size, fixed = self._sizes[row], self._fixed
        programme, limit, year = limit_of(row)
        known: dict[float, tuple[float, float] | None] = {size: (self._here.value, self._here.duals[row])}

        def value(at: float) -> tuple[float, float] | None:
            if at not in known:
                point = fixed.solve({row: at})
                known[at] = None if point is None else (point.value, point.duals[row])
            return known[at]

        most = 2.0 * size + 100.0
        found = slope_at(value, size, min(max(fixed.least(row), 0.0), size), most, WITHIN)
        beyond = value(most)
        saved = 0.0 if beyond is None else self._here.value - beyond[0]
        self._asked[row] = {
            "programme": programme,
            "limit": limit,
            "year": year,
            "size_musd": size,
            "used_musd": self._used[row],
            "saving_per_next_musd": found.more,
            "holds_up_musd": found.up,
            "cost_per_last_musd": found.less,
            "holds_down_musd": found.down,
            "most_saved_musd": saved if saved > 1e-3 else 0.0,
            "needed_musd": size - found.down if not found.down_ends else None,
        } | self._split(row, size, found.more, found.up)

    def _split(self, row: str, size: float, price: float, up: float) -> dict[str, float]:
        """What the saving per musd is made of, from the plan of a larger pot."""
        names = ("resource", "shortage", "outlay", "other")
        if price <= 0.0 or up <= 0.0:
            return {f"{name}_saved_per_musd": 0.0 for name in names}
        step = min(up, max(SPLIT * size, 1.0))
        point = self._fixed.solve({row: size + step})
        if point is None:
            return {}
        after = grouped(self._instance, self._fixed.outcome(point))
        return {f"{name}_saved_per_musd": (self._terms[name] - after[name]) / step for name in names}

    def saved(self, row: str, size: float) -> float | None:
        """What another size of one limit saves, musd, with yes-or-no decisions kept; None if the plan cannot be had."""
        point = self._fixed.solve({row: size})
        return None if point is None else self._here.value - point.value

    def prices(self) -> dict[str, tuple[float, float]]:
        """What the next musd saves and what the last one saved, by row asked about."""
        return {row: (found["saving_per_next_musd"], found["cost_per_last_musd"]) for row, found in self._asked.items()}

    def table(self) -> pd.DataFrame:
        """One row per limit, the dearest first."""
        frame = pd.DataFrame(list(self._asked.values()), columns=list(COLUMNS))
        frame["year"] = pd.Series([row["year"] for row in self._asked.values()], dtype=object)
        order = ["saving_per_next_musd", "cost_per_last_musd"]
        return frame.sort_values(order, ascending=False, kind="stable").reset_index(drop=True)


def empty_pots() -> pd.DataFrame:
    """The table before any limit was asked about."""
    return pd.DataFrame(columns=list(COLUMNS))


def grouped(instance: Instance, outcome: Outcome) -> dict[str, float]:
    """The objective by what it is spent on, weighted, musd: resource, shortage, outlay and other."""
    weights = {**instance.structure.weights, "": 1.0}
    out = dict.fromkeys(("resource", "shortage", "outlay", "other"), 0.0)
    for term, amount in terms_of(instance, outcome).items():
        kind = TERMS[term][0]
        out[kind if kind in out else "other"] += weights[kind] * amount
    return out
