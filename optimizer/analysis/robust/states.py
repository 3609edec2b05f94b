"""States of the world: named what-ifs of a file, or those that a case's own ranges and disruptions suggest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from optimizer.data import Case
from optimizer.data.schema import TABLES
from optimizer.errors import SettingError
from optimizer.whatif.changes import key_of
from optimizer.whatif.named import WhatIf, read_what_ifs

AUTO = "auto"
BASE = "as-it-is"
SHARE = 0.3
"""How far a figure without a stated range is moved either way: judgement."""
LIKELIER = 3.0
"""How much likelier disruptions without a stated range become: judgement."""


def states_of(case: Case, states: str | Path | Sequence[WhatIf] | None) -> tuple[WhatIf, ...]:
    """The case as it is, then every other state: ``auto``, a file of what-ifs, or what-ifs.

    Raises SettingError for a file that cannot be read, and for a what-if called ``as-it-is``.
    """
    base = WhatIf(BASE, "The case as it is", ())
    if states is None or states == AUTO:
        others = auto_states(case)
    elif isinstance(states, str | Path):
        others = tuple(read_what_ifs(states).values())
    else:
        others = tuple(states)
    names = [one.name for one in others]
    if BASE in names:
        raise SettingError(f"'{BASE}' is the case without any what-if. Give the what-if another name.")
    if len(set(names)) < len(names):
        raise SettingError(f"States must have different names: {', '.join(names)}.")
    if not others:
        raise SettingError("There is no state beside the case as it is. Give a file of what-ifs.")
    return (base, *others)


def auto_states(case: Case) -> tuple[WhatIf, ...]:
    """States made of the case's disruptions and of the ends of the ranges that its rows state, all moved at once.

    Figures without a range are moved by 30 %, which is judgement and said in the title.
    """
    states = [*_disruption_states(case)]
    prices = [row for row in case.rows("price_series") if row.kind == "process"]
    candidates = [row for row in case.rows("plants") if row.status == "candidate"]
    for name, end, table, rows, column, what in (
        ("prices-low", "low", "price_series", prices, "long_run_usd_per_kg", "Long-run prices"),
        ("prices-high", "high", "price_series", prices, "long_run_usd_per_kg", "Long-run prices"),
        ("demand-low", "low", "demand", case.rows("demand"), "base_t_per_year", "Demand of every segment"),
        ("demand-high", "high", "demand", case.rows("demand"), "base_t_per_year", "Demand of every segment"),
        ("capex-high", "high", "plants", candidates, "capex_musd", "Capital cost of all candidates"),
    ):
        state = _moved(name, end, table, rows, column, what)
        if state is not None:
            states.append(state)
    return tuple(states)


def _disruption_states(case: Case) -> list[WhatIf]:
    rows = case.rows("disruptions")
    if not rows or case.settings.scenarios.hazard_scale == 0.0:
        return []
    none = WhatIf("no-disruption", "No disruption ever begins", ("scenarios.hazard_scale = 0",))
    likelier = _moved(
        "disruptions-likely", "high", "disruptions", rows, "hazard_per_year", "The chance of every disruption", LIKELIER
    )
    worst = max(rows, key=lambda row: _withheld(case, row))
    year = max(worst.first_year, case.settings.horizon.first_year)
    path = f"disruptions.{worst.disruption}"
    changes = [f"{path}.hazard_per_year = 1", f"{path}.first_year = {year}", f"{path}.last_year = {year}"]
    if case.settings.scenarios.hazard_scale < 1.0:
        changes.append("scenarios.hazard_scale = 1")
    early = WhatIf(
        f"{worst.disruption}-{year}",
        f"'{worst.disruption}' begins in {year} for certain, and only then",
        tuple(changes),
    )
    return [none, *([likelier] if likelier is not None else []), early]


def _withheld(case: Case, row: Any) -> float:
    """A rough size of a disruption: depth × mean duration × materials × destinations that it names."""

    def count(names: Sequence[str], table: str) -> int:
        return len(case.rows(table)) if "any" in names else len(names)

    duration = (row.duration_years_min + row.duration_years_max) / 2.0
    return float(row.depth * duration * count(row.materials, "materials") * count(row.destinations, "regions"))


def _moved(
    name: str, end: str, table: str, rows: Sequence[Any], column: str, what: str, factor: float | None = None
) -> WhatIf | None:
    """Every row's figure at one end of its range; None if that moves nothing."""
    changes, guessed = [], 0
    step = factor if factor is not None else 1.0 + SHARE if end == "high" else 1.0 - SHARE
    limits = next(one for one in TABLES[table].all_columns if one.name == column)
    for row in rows:
        value, stated = row[column], row[f"{column}_{end}"]
        new = stated if stated is not None else value * step
        guessed += stated is None
        if limits.maximum is not None:
            new = min(new, limits.maximum)
        if new != value:
            changes.append(f"{table}.{key_of(TABLES[table], row)}.{column} = {new:.12g}")
    if not changes:
        return None
    at = f"at the {end} end of its stated range" if guessed < len(rows) else ""
    moved = f"× {step:g} (judgement)" if guessed else ""
    return WhatIf(
        name,
        f"{what} {at}{', ' if at and moved else ''}{moved}{' where none is stated' if at and moved else ''}",
        tuple(changes),
    )


def state_changes(states: Sequence[WhatIf], show: Callable[[tuple[str, ...]], str] = "; ".join) -> list[str]:
    """What each state changes, in one line."""
    return [show(state.changes) for state in states]
