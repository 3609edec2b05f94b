"""Changing one value of a case by its path: ``table.key.column``, or the name of a setting."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, get_args

from pydantic.fields import FieldInfo

from optimizer.data.cells import CellError, cell_text, parse_integer, parse_number
from optimizer.data.nearest import allowed_words
from optimizer.data.row import Row
from optimizer.data.schema import TABLES, Table
from optimizer.data.settings_file import section_fields, section_model
from optimizer.data.tables import key_word
from optimizer.errors import SettingError
from optimizer.settings import Settings, Weights


def changed_rows(path: str, value: Any, tables: Mapping[str, tuple[Row, ...]]) -> tuple[str, list[dict[str, Any]]]:
    """The table a path names, and its rows with the value put in. Keys may contain dots: the table is the first
    part of the path and the column the last.

    A what-if may leave the plausible range that the case states: the low or high companion then moves with the value.
    """
    name, _, rest = path.partition(".")
    key, _, column = rest.rpartition(".")
    table = TABLES[name]
    if not key:
        raise SettingError(f"{path}: a path has three parts, {name}.<{'/'.join(table.key)}>.<column>.")
    columns = [one.name for one in table.all_columns]
    if column not in columns:
        raise SettingError(f"{path}: {name} has no column '{column}'. {allowed_words(column, columns)}")
    rows = tables.get(name, ())
    keys = ["/".join(key_word(row[part]) for part in table.key) for row in rows]
    if key not in keys:
        raise SettingError(f"{path}: {name} has no row '{key}' ({'/'.join(table.key)}). {allowed_words(key, keys)}")
    if isinstance(value, float) and math.isnan(value):
        raise SettingError(f"{path}: the value is not a number.")
    changed = [dict(row) for row in rows]
    changed[keys.index(key)].update(with_range(table, changed[keys.index(key)], column, value))
    return name, changed


def with_range(table: Table, row: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
    """A new value of a column with the companions that it moves: a what-if may leave the plausible range."""
    column = next(one for one in table.all_columns if one.name == name)
    values = {name: value}
    if not column.ranged:
        return values
    try:
        number = parse_number(cell_text(column, value).strip())
    except CellError:
        return values
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    if low is not None and number < low:
        values[f"{name}_low"] = number
    if high is not None and number > high:
        values[f"{name}_high"] = number
    return values


def changed_settings(path: str, value: Any, settings: Settings) -> dict[str, Any]:
    """Plain settings with one value put in; a single weight starts from the weights in effect."""
    data = settings.model_dump()
    parts = path.split(".")
    if parts[0] not in data:
        raise SettingError(f"{path}: neither a table nor a section of settings. {allowed_words(parts[0], _heads())}")
    field = _field(path, parts)
    if parts[:2] == ["objective", "weights"] and len(parts) == 3:
        data["objective"]["weights"] = settings.objective.effective_weights.model_dump()
    if parts == ["objective", "perspective"] and settings.objective.weights is not None:
        raise SettingError(
            f"{path}: the case states its own weights, which a perspective would not change. "
            "Set objective.weights to none first."
        )
    section = data
    for part in parts[:-1]:
        section = section[part]
    section[parts[-1]] = setting_value(path, value, field)
    return data


def _heads() -> list[str]:
    return [*TABLES, *Settings.model_fields]


def _field(path: str, parts: list[str]) -> FieldInfo:
    model = section_model(parts[:-1])
    field = model.model_fields.get(parts[-1]) if model is not None else None
    if field is None:
        known = section_fields(parts[:-1]) or section_fields(parts[:1])
        place = ".".join(parts[:-1]) if section_fields(parts[:-1]) else parts[0]
        raise SettingError(f"{path}: no such setting in [{place}]. {allowed_words(parts[-1], known)}")
    if len(parts) == 1:
        raise SettingError(f"{path}: names a whole section. Name one of its settings: {', '.join(_names(parts))}.")
    return field


def _names(parts: list[str]) -> list[str]:
    return [f"{parts[0]}.{name}" for name in section_fields(parts)]


def setting_value(path: str, value: Any, field: FieldInfo) -> Any:
    """A value for a setting; text is read as the setting's type demands, strictly.

    >>> setting_value("scenarios.paths", "64", Settings.model_fields["case"].annotation.model_fields["price_year"])
    64
    """
    if field.annotation == Weights | None:
        if value not in (None, "none"):
            raise SettingError(f"{path}: set one weight, e.g. objective.weights.outlay, or none for the perspective's.")
        return None
    if not isinstance(value, str):
        return value
    kinds = (field.annotation, *get_args(field.annotation))
    text = value.strip()
    try:
        if bool in kinds:
            return _flag(text)
        if int in kinds:
            return parse_integer(text)
        if float in kinds:
            return parse_number(text)
    except CellError as problem:
        raise SettingError(f"{path}: '{value}' {problem.problem}. {problem.remedy}") from None
    return value


def _flag(text: str) -> bool:
    words = {"yes": True, "true": True, "no": False, "false": False}
    if text not in words:
        raise CellError("flag-cell", "is neither yes nor no", "Write yes or no.")
    return words[text]
