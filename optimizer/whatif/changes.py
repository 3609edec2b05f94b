"""Changes made to a case: all of them, then validated once, with a list of every cell touched."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from optimizer.data import Case
from optimizer.data.assignment import changed_settings, with_range
from optimizer.data.cells import CellError, cell_text, parse_cell, parse_number
from optimizer.data.nearest import allowed_words
from optimizer.data.schema import TABLES, Column, Table
from optimizer.data.settings_file import settings_of_data
from optimizer.data.tables import key_word
from optimizer.display import Public
from optimizer.errors import CaseError, SettingError
from optimizer.settings import Settings
from optimizer.whatif.filters import picked
from optimizer.whatif.grammar import Change, Target, parse_change

RowValues = dict[str, Any]


@dataclass(frozen=True)
class Touched(metaclass=Public):
    """One cell that a ``change`` touches, by ``table``, ``key`` and ``column``; of a setting, its path is the key.

    ``old`` is None for a new row, ``new`` for one that goes.
    """

    change: str
    table: str
    key: str
    column: str
    old: str | None
    new: str | None


def apply(case: Case, changes: Iterable[str | Change]) -> Case:
    """The case with all ``changes`` made, in order, and then validated.

    >>> from optimizer import read_case
    >>> from optimizer.whatif import apply
    >>> case = apply(read_case("mp-materials"), ["programmes.nds.budget_musd *= 2", "scenarios.paths = 64"])
    >>> case.row("programmes", "nds").budget_musd, case.settings.scenarios.paths
    (600.0, 64)

    Raises SettingError for a change that cannot be made and CaseError if the outcome is not a valid case.
    """
    return _made(case, changes)[0]


def preview(case: Case, changes: Iterable[str | Change]) -> pd.DataFrame:
    """What ``changes`` would touch in a ``case``, a row per cell: change, table, key, column, old, new (as text).

    Raises what :func:`apply` raises.
    """
    touched = _made(case, changes)[1]
    return pd.DataFrame([vars(one) for one in touched], columns=["change", "table", "key", "column", "old", "new"])


def _made(case: Case, changes: Iterable[str | Change]) -> tuple[Case, list[Touched]]:
    work = _Work(case)
    for one in changes:
        work.make(parse_change(one) if isinstance(one, str) else one)
    return work.case(), work.touched


class _Work:
    """Rows and settings while changes are made."""

    def __init__(self, case: Case) -> None:
        self._case, self._settings = case, case.settings
        self._rows: dict[str, list[RowValues]] = {}
        self.touched: list[Touched] = []

    def case(self) -> Case:
        """The case as changed."""
        if not self._rows and self._settings == self._case.settings:
            return self._case
        return self._case.replace(settings=self._settings, tables=self._rows)

    def make(self, change: Change) -> None:
        head = change.target.table or change.target.path.split(".")[0]
        if head not in TABLES:
            self._set(change)
        elif change.action == "append":
            self._append(change)
        elif change.action == "drop":
            self._drop(change)
        else:
            self._change(change, head)

    def _set(self, change: Change) -> None:
        path = change.target.path
        if change.target.filtered or change.action in ("drop", "append"):
            head = change.target.table or path.split(".")[0]
            raise SettingError(f"{change.text}: '{head}' is not a table. {allowed_words(head, TABLES)}")
        old: Any = self._settings.model_dump()
        for part in path.split("."):
            old = old.get(part) if isinstance(old, dict) else None
        value: Any = change.value
        if change.action != "=":
            if isinstance(old, bool) or not isinstance(old, int | float):
                raise SettingError(f"{change.text}: {path} is {old}, which is not a number. Set it with =.")
            result = computed(float(old), change)
            value = int(result) if isinstance(old, int) and result == int(result) else result
        self._settings = _settings_with(path, value, self._settings)
        self.touched.append(Touched(change.text, "settings", path, "", str(old), str(value)))

    def _table_rows(self, name: str) -> list[RowValues]:
        if name not in self._rows:
            self._rows[name] = [dict(row) for row in self._case.rows(name)]
        return self._rows[name]

    def _picked(self, change: Change, target: Target) -> tuple[Table, list[RowValues], str]:
        """Table, rows and column that a target names. Never without rows."""
        if target.filtered:
            table = TABLES[target.table]
            return table, picked(change.text, table, self._table_rows(table.name), target.conditions), target.column
        name, _, rest = target.path.partition(".")
        table, rows = TABLES[name], self._table_rows(name)
        keys = {key_of(table, row): row for row in rows}
        key, _, column = rest.rpartition(".")
        if change.action in ("drop", "append") or rest in keys:
            key, column = rest, ""
        if key not in keys:
            raise SettingError(
                f"{change.text}: {name} has no row '{key}' ({'/'.join(table.key)}). {allowed_words(key, keys)}"
            )
        return table, [keys[key]], column

    def _change(self, change: Change, head: str) -> None:
        table, rows, name = self._picked(change, change.target)
        columns = {column.name: column for column in table.all_columns}
        if name not in columns:
            raise SettingError(f"{change.text}: {head} has no column '{name}'. {allowed_words(name, columns)}")
        for row in rows:
            key, old = key_of(table, row), dict(row)
            row.update(with_range(table, row, name, _new_value(change, columns[name], row[name])))
            self._touch(change, table, key, old, row)

    def _drop(self, change: Change) -> None:
        table, rows, column = self._picked(change, change.target)
        if column:
            raise SettingError(f"{change.text}: drop takes whole rows; leave out '.{column}'.")
        gone = {id(row) for row in rows}
        self._rows[table.name] = [row for row in self._table_rows(table.name) if id(row) not in gone]
        for row in rows:
            self.touched.append(Touched(change.text, table.name, key_of(table, row), "", "row", None))

    def _append(self, change: Change) -> None:
        name, _, like = change.target.path.partition(".")
        table, columns = TABLES[name], {column.name: column for column in TABLES[name].all_columns}
        row: RowValues = dict(self._picked(change, change.target)[1][0]) if like else {}
        for column, value in change.cells:
            if column not in columns:
                raise SettingError(f"{change.text}: {name} has no column '{column}'. {allowed_words(column, columns)}")
            row.update(with_range(table, row, column, value) if like else {column: value})
        self._table_rows(name).append(row)
        key = "/".join(str(row.get(part, "")) for part in table.key)
        self.touched.append(Touched(change.text, name, key, "", None, "row" if not like else f"row like {like}"))

    def _touch(self, change: Change, table: Table, key: str, old: RowValues, new: RowValues) -> None:
        for column in table.all_columns:
            before, after = (cell_text(column, row[column.name]) for row in (old, new))
            if before != after:
                self.touched.append(Touched(change.text, table.name, key, column.name, before, after))


def key_of(table: Table, row: RowValues) -> str:
    """Key of a row as one word, parts joined by ``/``."""
    return "/".join(key_word(row[part]) for part in table.key)


def computed(old: float, change: Change) -> float:
    """Old value and operand put together by the change's operator.

    >>> computed(100.0, parse_change("plants.mine.capex_musd *= 1.2"))
    120.0
    """
    try:
        operand = parse_number(change.value)
    except CellError as problem:
        raise SettingError(f"{change.text}: '{change.value}' {problem.problem}. {problem.remedy}") from None
    if change.action == "/=" and operand == 0.0:
        raise SettingError(f"{change.text}: nothing can be divided by 0.")
    found = {"*=": old * operand, "/=": old / (operand or 1.0), "+=": old + operand, "-=": old - operand}[change.action]
    # 223 × 1.2 is 267.6 to whoever reads it, and not 267.59999999999997.
    return float(f"{found:.12g}")


def _new_value(change: Change, column: Column, old: Any) -> Any:
    if change.action == "=":
        return _read(column, change.value)
    if column.kind == "list" and change.action in ("+=", "-="):
        return _other_list(change, column, old or ())
    if column.kind not in ("number", "integer") or not isinstance(old, int | float):
        what = "none" if old is None else f"'{cell_text(column, old)}'"
        raise SettingError(f"{change.text}: {column.name} is {what}, which is not a number. Set it with =.")
    result = computed(float(old), change)
    return int(result) if column.kind == "integer" and result == int(result) else result


def _read(column: Column, text: str) -> Any:
    """The value a text stands for; a text that cannot be read stays, for the check of the whole case to refuse."""
    try:
        return parse_cell(column, text)
    except CellError:
        return text


def _settings_with(path: str, value: Any, settings: Settings) -> Settings:
    checked, faults = settings_of_data(changed_settings(path, value, settings))
    if checked is None:
        raise CaseError(faults)
    return checked


def _other_list(change: Change, column: Column, old: tuple[Any, ...]) -> tuple[Any, ...]:
    try:
        operand = parse_cell(column, change.value) or ()
    except CellError as problem:
        raise SettingError(f"{change.text}: '{change.value}' {problem.problem}. {problem.remedy}") from None
    if change.action == "+=":
        return (*old, *(one for one in operand if one not in old))
    missing = [str(one) for one in operand if one not in old]
    if missing:
        raise SettingError(
            f"{change.text}: {missing[0]} is not in {column.name}. {allowed_words(missing[0], map(str, old))}"
        )
    return tuple(one for one in old if one not in operand)
