"""A smaller case out of a larger one: fewer candidates, and nothing that names those left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from optimizer.data.case import Case
from optimizer.data.nearest import allowed_words
from optimizer.data.row import Row
from optimizer.data.schema import TABLES
from optimizer.errors import SettingError


def only_candidates(case: Case, names: Sequence[str]) -> Case:
    """A case with only these candidates, and those that they require; operating plants stay.

    Rows of other tables that name a candidate left out are left out too: its recipes, contracts, support and so on.
    Raises SettingError for a name that is no candidate of the case, and CaseError if what is left is no case.
    """
    plants = {row.plant: row for row in case.rows("plants")}
    candidates = [name for name, row in plants.items() if row.status == "candidate"]
    for name in names:
        if name not in candidates:
            raise SettingError(
                f"--candidate {name}: {case.name} has no such candidate. {allowed_words(name, candidates)}"
            )
    kept = {name for name, row in plants.items() if row.status != "candidate"}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in kept:
            kept.add(name)
            waiting += [plants[name].requires] if plants[name].requires is not None else []
    dropped = set(plants) - kept
    tables = {}
    for name in TABLES:
        rows = case.rows(name)
        fewer = [row for row in rows if not _names_one_of(row, name, dropped)]
        if len(fewer) < len(rows):
            tables[name] = fewer
    return case.replace(tables=tables)


def _names_one_of(row: Row, table: str, dropped: set[str]) -> bool:
    named: Any = [row[column.name] for column in TABLES[table].columns if column.refers_to == "plants"]
    own = [row["plant"]] if table == "plants" else []
    return any(name in dropped for name in (*named, *own))
