"""Blank tables, a commented ``case.toml`` and the column reference, all from the schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from optimizer.data.checks import catalogue
from optimizer.data.guide.example import SETTINGS, TABLE_TEXTS
from optimizer.data.guide.steps import usual_columns
from optimizer.data.schema import TABLES, Column, Table
from optimizer.data.settings_file import FILE, section_model, toml_value
from optimizer.data.tables import KEY
from optimizer.data.workbook.naming import is_workbook_name
from optimizer.data.writing import write_files
from optimizer.settings import Settings

PLACEHOLDERS = {"case.title": "Title of the case", "case.question": "The question the case answers?"}
"""Settings that every author writes anew."""

_EXAMPLES: dict[str, object] = {
    "case.name": "my-case",
    **PLACEHOLDERS,
    "case.price_year": 2026,
    "horizon.first_year": 2026,
    "horizon.last_year": 2040,
    "rates.social": 0.03,
    "rates.public": 0.02,
}


def write_template(folder: str | Path, *, example: bool = False) -> Path:
    """Write a CSV file with the usual columns for every table, a commented ``case.toml`` and the column reference as
    README.md. With ``example`` the tables hold a small case of two plants, to be written over.

    A ``folder`` that ends in ``.xlsx`` becomes a workbook instead, with a sheet for every table and for the settings, a
    first sheet that says where to begin, help at every column name and drop-downs. Raises ``OutputError`` if any of the
    files exists already; then nothing is written.
    """
    values = {**_EXAMPLES, **(SETTINGS if example else {})}
    name = Path(folder).resolve().stem if is_workbook_name(folder) else Path(folder).resolve().name
    if KEY.fullmatch(name):
        values["case.name"] = name
    if is_workbook_name(folder):
        # Its help is made of what this module says of columns.
        from optimizer.data.workbook.writing import write_workbook_template

        write_workbook_template(folder, values, TABLE_TEXTS if example else {})
        return Path(folder)
    files = {f"{name}.csv": _blank(table) for name, table in TABLES.items()}
    if example:
        files |= {f"{name}.csv": text for name, text in TABLE_TEXTS.items()}
    write_files(Path(folder), {FILE: settings_template(values), **files, "README.md": reference_markdown()})
    return Path(folder)


def _blank(table: Table) -> str:
    return ",".join(column.name for column in usual_columns(table)) + "\n"


def settings_template(values: Mapping[str, object] = _EXAMPLES) -> str:
    """A ``case.toml`` with every setting: its words above it, required ones filled with ``values``, others commented
    out at their default.
    """
    return "\n\n".join("\n".join(_section_lines(path, values)) for path in _sections()) + "\n"


def _sections() -> Iterator[list[str]]:
    for name in Settings.model_fields:
        yield [name]
        for inner in _model([name]).model_fields:
            if section_model([name, inner]) is not None:
                yield [name, inner]


def _model(path: list[str]) -> type[BaseModel]:
    model = section_model(path)
    if model is None:
        raise KeyError(".".join(path))
    return model


def _section_lines(path: list[str], values: Mapping[str, object]) -> list[str]:
    heading = ".".join(path)
    optional = len(path) > 1
    lines = [f"# {line.strip()}" for line in (_model(path).__doc__ or "").strip().splitlines() if line.strip()]
    lines.append(f"# [{heading}]" if optional else f"[{heading}]")
    for name, field in _model(path).model_fields.items():
        if section_model([*path, name]) is not None:
            continue
        lines.append(f"# {field.description}{_bounds(field)}")
        if field.is_required():
            lines.append(f"{name} = {toml_value(values[f'{heading}.{name}'])}")
        else:
            lines.append(f"# {name} = {toml_value(field.default)}")
    return lines


def _bounds(field: FieldInfo) -> str:
    words = []
    for rule in field.metadata:
        for name, word in (("ge", "at least"), ("gt", "more than"), ("le", "at most")):
            limit = getattr(rule, name, None)
            if limit is not None:
                words.append(f"{word} {limit:g}" if isinstance(limit, float) else f"{word} {limit}")
    return f" ({', '.join(words)})" if words else ""


def reference_markdown() -> str:
    """The column reference: every table and column with kind, unit, allowed values, default and words."""
    tables = [_table_markdown(table) for table in TABLES.values()]
    return "\n".join([_INTRODUCTION, *tables, _settings_markdown(), _checks_markdown()])


_INTRODUCTION = """# Input format

A case is a folder with `case.toml` (settings) and one CSV file per table: UTF-8, separated by commas, numbers as plain
digits with a decimal point. Tables marked optional may be left out. Unknown files, columns and settings are errors.
It may also be one Excel workbook (`.xlsx`) with a sheet per table and a sheet `settings`, read by the same rules.
Money is in million USD (musd) of the case's price year, mass in tonnes, prices in USD/kg.

- A blank cell means the default; a required cell is never blank. A limit that is deliberately absent is the word
  `none`.
- *ranged* columns may have two companions, `<column>_low` and `<column>_high`: the plausible range, for sensitivity.
- Keys are letters, digits, `_`, `.` and `-`. A *reference* names a key of another table; a *list* is separated by `;`.
- Every row states its `source` (keys of sources.csv, or `judgement`) and its `grade`.
"""


def _table_markdown(table: Table) -> str:
    optional = "" if table.required else " (optional)"
    lines = [
        f"## {table.name}.csv{optional}",
        "",
        table.words,
        "",
        f"Key: {', '.join(f'`{name}`' for name in table.key)}.",
        "",
        "| column | kind | unit | allowed | default | meaning |",
        "|---|---|---|---|---|---|",
    ]
    lines.extend(_column_line(column) for column in table.columns)
    if table.name != "sources":
        lines.extend(_column_line(column) for column in table.all_columns[-2:])
    return "\n".join([*lines, ""])


def _column_line(column: Column) -> str:
    kind = f"{column.kind}, ranged" if column.ranged else column.kind
    words = column.words.replace("|", "\\|")
    cells = (f"`{column.name}`", kind, column.unit, allowed_values(column), column_default(column), words)
    return "| " + " | ".join(cells) + " |"


def allowed_values(column: Column) -> str:
    """What a column allows, in one line of Markdown."""
    parts: list[str] = []
    if column.choices:
        parts.append(", ".join(f"`{word}`" for word in column.choices))
    if column.refers_to:
        parts.append(f"key of {column.refers_to}.csv")
    if column.items == "integer":
        parts.append("whole numbers")
    if column.minimum is not None and column.maximum is not None:
        parts.append(f"{_figure(column.minimum)} to {_figure(column.maximum)}")
    parts.extend(f"`{word}`" for word in column.allows)
    return "; ".join(parts)


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) and abs(value) >= 1e5 else f"{value:g}"


def column_default(column: Column) -> str:
    """What a blank cell of a column means, in Markdown."""
    if column.required:
        return "required"
    default: Any = column.default
    if default == "" or default is None:
        return "blank"
    if isinstance(default, tuple):
        return "; ".join(default) or "empty"
    if isinstance(default, bool):
        return "yes" if default else "no"
    return f"`{default}`" if isinstance(default, str) else f"{default:g}"


def _settings_markdown() -> str:
    lines = ["## case.toml", "", "| setting | allowed | default | meaning |", "|---|---|---|---|"]
    for path in _sections():
        for name, field in _model(path).model_fields.items():
            if section_model([*path, name]) is None:
                default = "required" if field.default is PydanticUndefined else f"`{toml_value(field.default)}`"
                words = ", ".join(f"`{word}`" for word in get_args(field.annotation) if isinstance(word, str))
                limits = words or _bounds(field).strip(" ()")
                lines.append(f"| `{'.'.join([*path, name])}` | {limits} | {default} | {field.description} |")
    return "\n".join([*lines, ""])


def _checks_markdown() -> str:
    lines = [
        "## Checks",
        "",
        "Every fault found is reported at once. Errors stop a run, warnings do not.",
        "",
        "| check | severity | rule |",
        "|---|---|---|",
    ]
    lines.extend(f"| `{name}` | {severity} | {sentence} |" for name, severity, sentence in catalogue())
    return "\n".join([*lines, ""])
