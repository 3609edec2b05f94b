"""A plan as its tables state it: what is decided, and what then happens in every future."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from optimizer.scenarios import Draws
from optimizer.verification.certificate import Book

FloatArray = NDArray[np.float64]
ByKey = dict[tuple[Any, ...], FloatArray]
"""Key of a quantity → its values, shape (futures, years of the horizon)."""

BASELINE = "without_plan"
ROWS_MEANT = "every row stands once and names a future, a year and an item of the case"


@dataclass(frozen=True)
class Signed:
    """A contract in the plan: its row, that of its plant and programme, start year, strike, tonnes a year covered."""

    contract: Any
    plant: Any
    programme: Any
    start: int
    strike: float
    volume_t: float


@dataclass(frozen=True)
class Subject:
    """Case, tables and draws of one plan. ``case`` is sorted by key, as the one the plan was made from."""

    case: Any
    tables: Mapping[str, pd.DataFrame]
    draws: Draws
    summary: Mapping[str, Any]

    @cached_property
    def years(self) -> FloatArray:
        """Years of the horizon."""
        horizon = self.case.settings.horizon
        return np.arange(horizon.first_year, horizon.last_year + 1, dtype=float)

    @property
    def first_year(self) -> int:
        """First year of the horizon, in which everything is valued."""
        return int(self.case.settings.horizon.first_year)

    @cached_property
    def futures(self) -> tuple[str, ...]:
        """Names of the futures."""
        return tuple(future.name for future in self.draws.futures.futures)

    @cached_property
    def probability(self) -> FloatArray:
        """Probability of each future."""
        return np.array([future.weight for future in self.draws.futures.futures])

    @cached_property
    def built(self) -> dict[str, int]:
        """Plants built, with their start year."""
        awards = self.tables["awards"]
        rows = awards[awards["start_year"].notna()]
        return {str(p): int(y) for p, y in zip(rows["plant"], rows["start_year"], strict=True)}

    @cached_property
    def signed(self) -> tuple[Signed, ...]:
        """Contracts signed."""
        out = []
        for row in self.tables["awards"].to_dict(orient="records"):
            if not isinstance(row["contract"], str):
                continue
            contract = self.case.row("contracts", row["contract"])
            plant = self.case.row("plants", contract.plant)
            programme = self.case.row("programmes", contract.programme)
            start = row["start_year"]
            begins = cover_begins(self.case, programme) if plant.status == "operating" else int(start)
            out.append(Signed(contract, plant, programme, begins, row["strike_usd_per_kg"], row["volume_t_per_year"]))
        return tuple(out)

    @cached_property
    def financing(self) -> dict[tuple[str, str, str | None], float]:
        """(plant, instrument, programme) → musd at face value."""
        out: dict[tuple[str, str, str | None], float] = {}
        for row in self.tables["financing"].to_dict(orient="records"):
            programme = row["programme"] if isinstance(row["programme"], str) else None
            key = (row["plant"], row["instrument"], programme)
            out[key] = out.get(key, 0.0) + row["musd"]
        return out

    @cached_property
    def purchase_t(self) -> dict[str, FloatArray]:
        """Announced purchases of each stockpile, t per year of the horizon."""
        out = {}
        for name, rows in self.tables["stockpile"].groupby("stockpile", sort=False):
            planned = np.zeros(len(self.years))
            inside = rows["year"].between(self.years[0], self.years[-1])
            np.add.at(planned, (rows["year"] - self.first_year)[inside].to_numpy(int), rows["purchase_t"][inside])
            out[str(name)] = planned
        return out

    def label(self, words: str) -> Any:
        """Words for the place of an item of an array of shape (futures, years)."""
        return lambda at: f"{words}, {self.futures[at[0]]}, {int(self.years[at[1]])}"

    def year_label(self, words: str) -> Any:
        """Words for the place of an item of an array of shape (years,)."""
        return lambda at: f"{words}, {int(self.years[at[0]])}"

    @cached_property
    def _baseline(self) -> dict[str, pd.DataFrame]:
        every = self.tables[BASELINE]
        return {str(name): rows for name, rows in every.groupby("table", sort=False)}

    def detail(self, name: str, *, with_plan: bool = True) -> pd.DataFrame:
        """One table of what happens in the futures, with the plan or without it."""
        if with_plan:
            return self.tables[name]
        return self._baseline.get(name, self.tables[BASELINE].iloc[:0])

    def quantities(
        self,
        book: Book,
        name: str,
        keys: tuple[str, ...],
        known: Iterable[tuple[Any, ...]],
        values: tuple[str, ...] = ("t_per_year",),
        *,
        with_plan: bool = True,
    ) -> list[ByKey]:
        """Columns of a table of quantities as arrays by key, one for each of ``values``.

        Rows that stand twice, or name what the case does not know, count as faults; amounts must not be negative.
        """
        frame = self.detail(name, with_plan=with_plan)
        if frame.empty:
            return [{} for _ in values]
        where = f"table {name}{'' if with_plan else ' (without plan)'}"
        group, names = _grouped(frame, keys)
        future, met = pd.factorize(frame["future"].to_numpy(object))
        future = np.array([self.futures.index(f) if f in self.futures else -1 for f in met])[future]
        year = frame["year"].to_numpy(float) - self.first_year
        known = set(known)
        is_known = np.array([key in known for key in names])
        placed = is_known[group] & (future >= 0) & (year >= 0) & (year < len(self.years)) & (year % 1 == 0)
        book.holds(ROWS_MEANT, placed, lambda at: f"{where}, row {at[0] + 1}")
        shape = (len(names), len(self.futures), len(self.years))
        place = (group[placed], future[placed], year[placed].astype(int))
        count = np.zeros(shape)
        np.add.at(count, place, 1.0)
        book.holds(ROWS_MEANT, count.max() <= 1.0, where)
        out = []
        for value in values:
            amounts = frame[value].to_numpy(float)
            book.at_most(
                "amounts are not negative",
                "t",
                -amounts,
                0.0,
                lambda at, v=value: f"{where}, {v}, row {at[0] + 1}",  # type: ignore[misc]
            )
            dense = np.zeros(shape)
            np.add.at(dense, place, amounts[placed])
            out.append({key: dense[i] for i, key in enumerate(names) if is_known[i]})
        return out


def _grouped(frame: pd.DataFrame, keys: tuple[str, ...]) -> tuple[NDArray[np.int64], list[tuple[Any, ...]]]:
    """Group of every row by its key, and the keys of the groups."""
    columns = [frame[key].to_numpy(object) for key in keys]
    codes = np.zeros(len(frame), np.int64)
    for column in columns:
        code, met = pd.factorize(column)
        codes = codes * (len(met) + 1) + code + 1
    _, firsts, group = np.unique(codes, return_index=True, return_inverse=True)
    return group, [tuple(plain(column[i]) for column in columns) for i in firsts]


def cover_begins(case: Any, programme: Any) -> int:
    """Year from which a programme's contract covers a plant that runs anyway."""
    return int(max(case.settings.horizon.first_year, programme.first_year))


def plain(value: Any) -> Any:
    """A cell of a key as text or number, whole numbers as int, so that 2026 and 2026.0 are one key."""
    if isinstance(value, str) or not np.isfinite(value):
        return value
    return int(value) if float(value) == int(value) else float(value)
