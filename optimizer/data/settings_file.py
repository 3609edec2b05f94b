"""``case.toml``: read and written, with every fault of the settings named by section and key."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from optimizer.data.nearest import allowed_words
from optimizer.data.rules import fault
from optimizer.data.sheets import read_bytes, text_of
from optimizer.errors import Fault
from optimizer.settings import Settings

FILE = "case.toml"
LARGEST_SETTINGS = 1_000_000
"""Bytes; a case.toml of the bundled cases has about a thousand."""


def read_settings(path: Path) -> tuple[Settings | None, list[Fault], bytes]:
    """Settings from a ``case.toml``, or all its faults; and what the file held."""
    if not os.path.lexists(path):
        missing = fault("settings-file", FILE, "is missing", "Write one; optimizer template shows every setting.")
        return None, [missing], b""
    data, faults = read_bytes(path, FILE, LARGEST_SETTINGS)
    if data is None:
        return None, faults, b""
    text, faults = text_of(data, FILE)
    settings, found = (None, faults) if text is None else settings_of_text(text)
    return settings, found, data


def settings_of_text(text: str) -> tuple[Settings | None, list[Fault]]:
    """Settings from TOML text, or all its faults.

    >>> settings, faults = settings_of_text("[horizon]\\nfirst_yaer = 2026")
    >>> settings is None, [f.column for f in faults][:2]
    (True, ['case', 'horizon.first_year'])
    """
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        line = re.search(r"at line (\d+)", str(error))
        message = str(error).split(" (at")[0] or type(error).__name__
        remedy = "Write key = value lines under [section] headings; texts in quotes."
        row = int(line.group(1)) if line else 0
        return None, [fault("settings-file", FILE, f"is not valid TOML: {message}", remedy, row=row)]
    return settings_of_data(data, lines=text.splitlines())


def settings_of_data(data: Mapping[str, Any], *, lines: list[str] | None = None) -> tuple[Settings | None, list[Fault]]:
    """Settings from nested mappings, or all their faults. Types are strict: no text where a number is due."""
    try:
        return Settings.model_validate(data, strict=True), []
    except ValidationError as error:
        return None, [_setting_fault(dict(detail), lines or []) for detail in error.errors(include_url=False)]


def _setting_fault(detail: dict[str, Any], lines: list[str]) -> Fault:
    location = [str(part) for part in detail["loc"]]
    path = ".".join(location)
    row = _line_of(location, lines)
    kind = detail["type"]
    message = str(detail["msg"]).removeprefix("Value error, ")
    value = detail.get("input")
    shown = "" if isinstance(value, dict | list | BaseModel) else str(value)
    if kind == "extra_forbidden":
        known = section_fields(location[:-1])
        remedy = allowed_words(location[-1], known)
        return fault("settings-key", FILE, "is not a setting", remedy, row=row, column=path)
    if kind == "missing":
        return fault("settings-key", FILE, "is missing", f"Give it: {_words(location)}", row=row, column=path)
    message = message[:1].lower() + message[1:]
    return fault("settings-value", FILE, f"is refused: {message}", _words(location), row=row, column=path, value=shown)


def _line_of(location: list[str], lines: list[str]) -> int:
    section = ""
    best = 0
    for number, line in enumerate(lines, start=1):
        heading = re.fullmatch(r"\s*\[([^\[\]]+)\]\s*(#.*)?", line)
        if heading:
            section = heading.group(1).strip()
            if section == ".".join(location):
                return number
            if section == ".".join(location[:-1]):
                best = number
        elif section == ".".join(location[:-1]) and re.match(rf"\s*{re.escape(location[-1])}\s*=", line):
            return number
    return best


def section_model(location: list[str]) -> type[BaseModel] | None:
    """The model that describes a section, e.g. ``["objective", "weights"]``; None if there is no such section."""
    model: type[BaseModel] = Settings
    for part in location:
        field = model.model_fields.get(part)
        if field is None:
            return None
        candidates = (field.annotation, *get_args(field.annotation))
        found = [kind for kind in candidates if isinstance(kind, type) and issubclass(kind, BaseModel)]
        if not found:
            return None
        model = found[0]
    return model


def section_fields(location: list[str]) -> list[str]:
    """Names of the settings in a section.

    >>> section_fields(["horizon"])
    ['first_year', 'last_year']
    """
    model = section_model(location)
    return list(model.model_fields) if model is not None else []


def _words(location: list[str]) -> str:
    model = section_model(location[:-1])
    field = model.model_fields.get(location[-1]) if model is not None else None
    if field is None:
        return ""
    words = field.description or (section_model(location) or BaseModel).__doc__ or ""
    return words.strip().split("\n")[0]


def settings_text(settings: Settings) -> str:
    """Settings as TOML text; reading it gives equal settings."""
    parts: list[str] = []
    for section, values in settings.model_dump().items():
        parts.extend(_section_text(section, values))
    return "\n".join(parts).lstrip("\n") + "\n"


def _section_text(heading: str, values: dict[str, Any]) -> list[str]:
    lines = ["", f"[{heading}]"]
    nested: list[str] = []
    for name, value in values.items():
        if isinstance(value, dict):
            nested.extend(_section_text(f"{heading}.{name}", value))
        elif value is not None:
            lines.append(f"{name} = {toml_value(value)}")
    return [*lines, *nested]


def toml_value(value: Any) -> str:
    """One TOML value.

    >>> toml_value("a \\"b\\""), toml_value(True), toml_value(1.0)
    ('"a \\\\"b\\\\""', 'true', '1.0')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)
