"""The typed tables and settings of a case, with look-up by key: what checks read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from optimizer.data.row import Row
from optimizer.data.schema import TABLES
from optimizer.settings import Settings


class Inputs:
    """Rows by table and settings. Settings may be missing while faults are still being collected."""

    def __init__(self, tables: Mapping[str, tuple[Row, ...]], settings: Settings | None) -> None:
        self._tables = {name: tuple(tables.get(name, ())) for name in TABLES}
        self._settings = settings

    @property
    def settings(self) -> Settings:
        """Settings of the case."""
        if self._settings is None:
            raise LookupError("the settings could not be read")
        return self._settings

    def rows(self, table: str) -> tuple[Row, ...]:
        """All rows of a table, in the order given."""
        return self._tables[table]

    def find(self, table: str, *key: Any) -> Row | None:
        """The row with this key, or None."""
        return self._index[table].get(key)

    def get(self, table: str, *key: Any) -> Row:
        """The row with this key; KeyError if there is none."""
        return self._index[table][key]

    @cached_property
    def _index(self) -> dict[str, dict[tuple[Any, ...], Row]]:
        return {
            name: {tuple(row[part] for part in TABLES[name].key): row for row in rows}
            for name, rows in self._tables.items()
        }
