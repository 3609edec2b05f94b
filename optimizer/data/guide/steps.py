"""The order in which blank tables are filled in, so that nothing refers to what is not there yet."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.data.guide.example import TABLE_TEXTS
from optimizer.data.schema import TABLES, Column, Table


@dataclass(frozen=True)
class Step:
    """One table to fill in. ``if_empty`` says what leaving it empty means; "" if that is not possible."""

    table: str
    if_empty: str = ""

    @property
    def is_needed(self) -> bool:
        """Whether there is no case without it."""
        return TABLES[self.table].required


STEPS = (
    Step("regions"),
    Step("price_series"),
    Step("materials"),
    Step("ramps"),
    Step("plants"),
    Step("demand"),
    Step("suppliers", "nothing can be bought but what plants of the case make"),
    Step("lanes", "nothing moves between regions"),
    Step("recipes", "no plant needs what another one makes"),
    Step("disruptions", "no embargo ever begins: every future is calm"),
    Step("programmes", "there is no public money, and the plan can buy nothing"),
    Step("eligibility", "no pot may support anything"),
    Step("contracts", "no price support is on offer"),
)
"""First the tables that every case has, then those without which there is little to decide."""

OTHERS = tuple(name for name in TABLES if name not in {step.table for step in STEPS})
"""Tables that most first cases leave empty."""


def usual_columns(table: Table) -> tuple[Column, ...]:
    """The columns that a blank table begins with: those of the example, or all but low and high companions.

    Others may be added by their names, anywhere.

    >>> len(usual_columns(TABLES["plants"])), len(TABLES["plants"].all_columns)
    (17, 44)
    """
    if table.name not in TABLE_TEXTS:
        return tuple(column for column in table.all_columns if column in table.columns or column.required)
    names = TABLE_TEXTS[table.name].split("\n", 1)[0].split(",")
    return tuple(column for column in table.all_columns if column.name in names)


def other_columns(table: Table) -> tuple[Column, ...]:
    """All other columns, which may be left out."""
    usual = usual_columns(table)
    return tuple(column for column in table.all_columns if column not in usual)
