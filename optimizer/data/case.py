"""A case: validated, frozen tables and settings. A change makes a new case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from optimizer.data import assignment, writing
from optimizer.data.assembly import validated
from optimizer.data.inputs import Inputs
from optimizer.data.nearest import allowed_words
from optimizer.data.notebook import case_html
from optimizer.data.row import Row
from optimizer.data.rules import fault
from optimizer.data.schema import GRADES, TABLES, Column
from optimizer.data.settings_file import settings_of_data
from optimizer.data.sheets import RowData, Sheet, sheet_of_memory
from optimizer.data.tables import key_word
from optimizer.data.workbook.naming import is_workbook_name
from optimizer.data.workbook.writing import write_workbook
from optimizer.display import Public, Tables
from optimizer.errors import CaseError, Fault
from optimizer.settings import Settings

TableData = pd.DataFrame | Sequence[RowData]
"""A table handed in from memory: a data frame, or a list of rows (mappings of column to value or text)."""


@dataclass(frozen=True, repr=False)
class Case(metaclass=Public):
    """All inputs of one question. Made by ``read_case`` or ``Case.from_tables``; never changed afterwards.

    >>> from optimizer import read_case
    >>> case = read_case("mp-materials")
    >>> case.row("programmes", "nds").budget_musd
    300.0
    >>> case.set("programmes.nds.budget_musd", 600).row("programmes", "nds").budget_musd
    600.0

    ``settings`` are those of ``case.toml``. ``warnings`` are the faults that do not stop a run. ``fingerprints`` are
    the SHA-256 of the files it was read from, by file name; a changed case keeps those of the case it came from.
    """

    settings: Settings
    _rows: Mapping[str, tuple[Row, ...]]
    warnings: tuple[Fault, ...] = field(default=(), compare=False)
    fingerprints: Mapping[str, str] = field(default_factory=dict, compare=False)

    @classmethod
    def from_tables(cls, settings: Settings | Mapping[str, Any], tables: Mapping[str, TableData]) -> Case:
        """A case from settings and tables in memory, validated as files are. Row numbers count from 2.

        Raises ``CaseError`` with every fault found.
        """
        checked, faults = settings_of_data(_plain(settings))
        sheets, found = _sheets(tables)
        return cls(*validated(checked, {}, sheets, [*faults, *found]))

    @property
    def name(self) -> str:
        """Short name of the case."""
        return self.settings.case.name

    def rows(self, table: str) -> tuple[Row, ...]:
        """All rows of a table, in the order given; no rows if the case does not have the table."""
        if table not in TABLES:
            raise CaseError([_unknown_table(table)])
        return self._rows.get(table, ())

    def row(self, table: str, *key: Any) -> Row:
        """The row of a ``table`` with this ``key``, e.g. ``case.row("demand", "us", "defence", "magnet")``.

        Raises CaseError if there is none.
        """
        rows = self.rows(table)
        found = self._inputs.find(table, *key)
        if found is None:
            known = ["/".join(key_word(row[part]) for part in TABLES[table].key) for row in rows]
            word = "/".join(key_word(part) for part in key)
            raise CaseError(
                [
                    fault(
                        "unknown-reference", table, "is not a key of this table", allowed_words(word, known), value=word
                    )
                ]
            )
        return found

    def in_key_order(self) -> Case:
        """The same case with every table sorted by its key.

        Models are built from this one: among plans of equal cost a solver's choice depends on the order of columns,
        and the order in which somebody typed rows must not decide.
        """
        ordered = {}
        for name, rows in self._rows.items():
            key = TABLES[name].key
            ordered[name] = tuple(sorted(rows, key=lambda row, key=key: tuple(row[part] for part in key)))  # type: ignore[misc]
        return Case(self.settings, ordered, self.warnings, self.fingerprints)

    @property
    def tables(self) -> Tables:
        """Every table of the format as a fresh data frame, empty ones too; changing it changes nothing here."""
        frames = {name: _frame(TABLES[name].all_columns, self.rows(name)) for name in TABLES}
        return Tables(frames, {name: table.words for name, table in TABLES.items()})

    def replace(
        self,
        *,
        settings: Settings | Mapping[str, Any] | None = None,
        tables: Mapping[str, TableData] | None = None,
        name: str | None = None,
    ) -> Case:
        """A new case with other settings, other whole tables or another name, validated anew.

        Rows of tables handed in are numbered from 2. Raises ``CaseError`` with every fault found.
        """
        data = _plain(self.settings if settings is None else settings)
        if name is not None:
            data["case"] = {**data["case"], "name": name}
        checked, faults = settings_of_data(data)
        sheets, found = _sheets(tables or {})
        kept = {table: rows for table, rows in self._rows.items() if table not in (tables or {})}
        return Case(*validated(checked, kept, sheets, [*faults, *found]), self.fingerprints)

    def set(self, path: str, value: Any) -> Case:
        """A new case with one value changed, e.g. ``case.set("programmes.dod_equity.budget_musd", 600)``.

        ``path`` is ``table.key.column``, the parts of a compound key joined by ``/``, or a setting such as
        ``scenarios.paths``. ``value`` may be text. Raises ``SettingError`` for a path that does not exist and
        ``CaseError`` for a value that is refused.
        """
        if path.split(".")[0] in TABLES:
            table, rows = assignment.changed_rows(path, value, self._rows)
            return self.replace(tables={table: rows})
        return self.replace(settings=assignment.changed_settings(path, value, self.settings))

    def write(self, folder: str | Path) -> None:
        """Write the case as a folder that ``read_case`` reads back as an equal case, or as a workbook if the path
        ends in ``.xlsx``. Files are never overwritten.
        """
        if is_workbook_name(folder):
            write_workbook(folder, self.settings, self._rows)
        else:
            writing.write_case(Path(folder), self.settings, self._rows)

    def file_texts(self) -> dict[str, str]:
        """What ``write`` writes: file name → text."""
        return writing.case_texts(self.settings, self._rows)

    def grade_mix(self) -> dict[str, int]:
        """Number of rows by grade of evidence, over all tables; every grade is listed."""
        counts = Counter(row["grade"] for table, rows in self._rows.items() if table != "sources" for row in rows)
        return {grade: counts[grade] for grade in GRADES}

    @cached_property
    def _inputs(self) -> Inputs:
        return Inputs(self._rows, self.settings)

    def __repr__(self) -> str:
        return f"<Case {self.name}: {sum(len(rows) for rows in self._rows.values())} rows>"

    def _repr_html_(self) -> str:
        return case_html(self)


def _plain(settings: Settings | Mapping[str, Any]) -> dict[str, Any]:
    return settings.model_dump() if isinstance(settings, Settings) else dict(settings)


def _sheets(tables: Mapping[str, TableData]) -> tuple[dict[str, Sheet | None], list[Fault]]:
    sheets: dict[str, Sheet | None] = {}
    faults: list[Fault] = []
    for name, data in tables.items():
        if name not in TABLES:
            faults.append(_unknown_table(name))
            continue
        if len(data) == 0:
            continue
        sheets[name], found = sheet_of_memory(data, name)
        faults.extend(found)
    return sheets, faults


def _unknown_table(name: str) -> Fault:
    return fault("unknown-table", name, "is not a table of the format", allowed_words(name, TABLES), value=name)


def _frame(columns: tuple[Column, ...], rows: tuple[Row, ...]) -> pd.DataFrame:
    return pd.DataFrame({column.name: _series(column, [row[column.name] for row in rows]) for column in columns})


def _series(column: Column, values: list[Any]) -> pd.Series[Any]:
    plain = {"number": "float64", "integer": "int64", "flag": "bool"}
    whole = column.kind in plain and not any(value is None or isinstance(value, str) for value in values)
    return pd.Series(values, dtype=plain[column.kind] if whole else "object")
