"""What figures read of a run, and the short names they write."""

from __future__ import annotations

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
    """A key as words, with a capital.

    >>> words("ndpr_oxide"), words("us-defence"), words("NdFeB")
    ('Ndpr oxide', 'Us defence', 'NdFeB')
    """
    text = key.replace("_", " ").replace("-", " ")
    return text[:1].upper() + text[1:]


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
