"""The sheet of settings: one setting per row, called by its path, e.g. ``scenarios.paths``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, get_args

from pydantic.fields import FieldInfo

from optimizer.data.cells import CellError, parse_integer, parse_number
from optimizer.data.nearest import allowed_words
from optimizer.data.rules import fault
from optimizer.data.settings_file import FILE, section_model, settings_of_data
from optimizer.data.workbook.faults import SETTINGS, Layout
from optimizer.data.workbook.grid import CellValue, Grid, letters
from optimizer.data.workbook.table_sheet import Header, cell_text_of, is_blank, merged_faults
from optimizer.errors import Fault
from optimizer.settings import Settings

SETTING = "setting"
VALUE = "value"
_FLAGS = {"yes": True, "true": True, "no": False, "false": False}


def setting_fields(location: tuple[str, ...] = ()) -> Iterator[tuple[str, FieldInfo]]:
    """Every setting by its path, with its field.

    >>> [path for path, _ in setting_fields()][:2]
    ['case.name', 'case.title']
    """
    model = section_model(list(location))
    for name, field in (model or Settings).model_fields.items():
        if section_model([*location, name]) is not None:
            yield from setting_fields((*location, name))
        else:
            yield ".".join((*location, name)), field


def read_settings_sheet(grid: Grid) -> tuple[Settings | None, list[Fault], Layout]:
    """Settings from their sheet, or all faults; and where they stand. A blank value is the default."""
    header = Header.of(grid)
    columns = {name: column for name, column in header.columns if name in (SETTING, VALUE)}
    layout_letters = {name: letters(column) for name, column in columns.items()}
    faults = merged_faults(FILE, SETTINGS, grid)
    missing = [name for name in (SETTING, VALUE) if name not in columns]
    if missing:
        remedy = f"Name the columns {SETTING} and {VALUE} in the first row."
        problem = f"has no column {' and no column '.join(missing)}"
        return None, [*faults, fault("settings-file", FILE, problem, remedy)], Layout(SETTINGS)
    fields = dict(setting_fields())
    rows: dict[str, int] = {}
    data: dict[str, Any] = {}
    for number, cells in grid.cells.items():
        name = _name(cells.get(columns[SETTING]))
        if number <= header.row or (name == "" and is_blank(cells.get(columns[VALUE]))):
            continue
        here = f"{SETTINGS}!{layout_letters[SETTING]}{number}"
        if name not in fields:
            remedy = allowed_words(name, fields)
            faults.append(replace(fault("settings-key", FILE, "is not a setting", remedy, value=name), place=here))
        elif name in rows:
            problem = f"is given twice, first in row {rows[name]}"
            faults.append(replace(fault("settings-key", FILE, problem, "Keep one.", value=name), place=here))
        else:
            rows[name] = number
            try:
                _put(data, name.split("."), _typed(cells.get(columns[VALUE]), fields[name]))
            except CellError as problem_found:
                words = problem_found.problem, problem_found.remedy
                found = fault("settings-value", FILE, *words, column=name, value=_shown(cells.get(columns[VALUE])))
                faults.append(found)
    layout = Layout(SETTINGS, header.row, layout_letters, rows)
    if faults:
        return None, faults, layout
    settings, found_by_model = settings_of_data(data)
    return settings, found_by_model, layout


def _name(value: CellValue | None) -> str:
    return value.strip() if isinstance(value, str) else "" if value is None else str(value)


def _shown(value: CellValue | None) -> str:
    return value if isinstance(value, str) else ""


def _put(data: dict[str, Any], parts: list[str], value: Any) -> None:
    if value is None:
        return
    for part in parts[:-1]:
        data = data.setdefault(part, {})
    data[parts[-1]] = value


def _typed(value: CellValue | None, field: FieldInfo) -> Any:
    """The value of a setting; None for a blank cell. Raises ``CellError``."""
    kinds = (field.annotation, *get_args(field.annotation))
    if str in kinds:
        # A text that must be given may be an empty one.
        return cell_text_of("text", value) or ("" if field.is_required() else None)
    if is_blank(value):
        return None
    text = cell_text_of("flag" if bool in kinds else "number" if float in kinds else "setting", value).strip()
    if bool in kinds:
        if text.lower() not in _FLAGS:
            raise CellError("settings-value", "is neither yes nor no", "Write yes or no.")
        return _FLAGS[text.lower()]
    if int in kinds:
        return parse_integer(text)
    return parse_number(text) if float in kinds else text


def setting_rows(settings: Settings) -> Mapping[str, Any]:
    """Every setting by its path; None for a weight of a case that has no weights of its own.

    >>> from optimizer import read_case
    >>> setting_rows(read_case("mp-materials").settings)["scenarios.paths"]
    256
    """
    data = settings.model_dump()
    out: dict[str, Any] = {}
    for path, _ in setting_fields():
        value: Any = data
        for part in path.split("."):
            value = None if value is None else value[part]
        out[path] = value
    return out
