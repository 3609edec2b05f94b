"""What figures read of a run, and the short names they write."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Protocol

import pandas as pd

LONGEST_NAME = 14
"""Letters of a name that still fits beside a bar or into a node."""


class Drawable(Protocol):
    """A solution, or anything with its case and its tables."""

    @property
    def case(self) -> Any:
        """The case that was solved."""

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """Results as tidy tables."""


def name_of(case: Any, table: str, key: str) -> str:
    """The name of a region, material or programme if it is short, else its key as words."""
    for row in case.rows(table):
        if row[_KEYS[table]] == key and len(row["name"]) <= LONGEST_NAME:
            return str(row["name"])
    return words(key)


def words(key: str) -> str:
    """A key as words, with a capital; elements of magnets as chemists write them.

    >>> words("ndpr_oxide"), words("us-defence"), words("ndfeb-alloy"), words("smco")
    ('NdPr oxide', 'Us defence', 'NdFeB alloy', 'SmCo')
    """
    text = " ".join(_formula(part) for part in re.split("[_-]", key))
    return text[:1].upper() + text[1:]


def quantity(column: str) -> str:
    """A column's name as words, its unit in brackets.

    >>> quantity("long_run_usd_per_kg"), quantity("base_t_per_year"), quantity("growth_per_year")
    ('Long run (USD/kg)', 'Base (t/yr)', 'Growth per year')
    """
    for ending, unit in _UNITS.items():
        if column.endswith(ending) and column != ending:
            return f"{words(column.removesuffix(ending))} ({unit})"
    return words(column)


def _formula(part: str) -> str:
    """One word of a key; elements with capitals if it is made of nothing else and begins with a rare earth."""
    if re.fullmatch(f"(?:{_RARE_EARTHS})(?:{_RARE_EARTHS}|fe|co|b)+", part) is None:
        return part
    return re.sub(f"{_RARE_EARTHS}|fe|co|b", lambda symbol: symbol[0].capitalize(), part)


_RARE_EARTHS = "nd|pr|dy|tb|sm|gd"
_UNITS = {"_usd_per_kg": "USD/kg", "_t_per_year": "t/yr", "_musd_per_year": "musd/yr", "_musd": "musd", "_t": "t"}


_KEYS = {"regions": "region", "materials": "material", "programmes": "programme", "plants": "plant"}


def dominant_outside_origin(solution: Drawable) -> str | None:
    """The covered region that most of the allies' supply comes from without the plan (with it, if there is no
    comparison); None if no covered region supplies anything."""
    supply = solution.tables["supply"]
    covered = [row.region for row in solution.case.rows("regions") if row.covered]
    plan = "without" if (supply["plan"] == "without").any() else "with"
    own = supply[(supply["plan"] == plan) & (supply["condition"] == "calm") & supply["origin"].isin(covered)]
    by_origin = own.groupby("origin")["share"].sum()
    return None if by_origin.empty else str(by_origin.idxmax())


def has_comparison(solution: Drawable) -> bool:
    """Whether the case without any new award was solved too."""
    return "without_plan" in solution.tables
