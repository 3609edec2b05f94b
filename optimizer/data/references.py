"""References between tables: every name that is used exists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from optimizer.data.nearest import allowed_words
from optimizer.data.row import Row
from optimizer.data.rules import fault
from optimizer.data.schema import TABLES, Column
from optimizer.errors import Fault

JUDGEMENT = "judgement"
"""Source that is always available: the authors' own assumption."""


def reference_faults(tables: Mapping[str, tuple[Row, ...]], unread: frozenset[str]) -> list[Fault]:
    """References that name nothing. Tables in ``unread`` have rows that could not be read, so that references to
    them cannot be judged.
    """
    keys = {name: {row[TABLES[name].key[0]] for row in rows} for name, rows in tables.items()}
    keys.setdefault("sources", set()).add(JUDGEMENT)
    faults: list[Fault] = []
    for name, rows in tables.items():
        for column in TABLES[name].all_columns:
            if column.refers_to and column.refers_to not in unread:
                known = keys.get(column.refers_to, set())
                faults.extend(_column_faults(name, rows, column, known))
    return faults


def _column_faults(table: str, rows: tuple[Row, ...], column: Column, known: set[str]) -> Iterator[Fault]:
    for row in rows:
        value = row[column.name]
        words = value if isinstance(value, tuple) else (value,)
        for word in words:
            if word is None or word in column.allows or word in known:
                continue
            rule = "unknown-source" if column.refers_to == "sources" else "unknown-reference"
            remedy = allowed_words(word, (*known, *column.allows))
            problem = f"is not a key of {column.refers_to}.csv"
            yield fault(rule, table, problem, remedy, row=row.row_number, column=column.name, value=word)
