"""Reading ``terms.toml``: every fault of the terms named by section and key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from optimizer.data.nearest import allowed_words
from optimizer.data.sheets import read_bytes, text_of
from optimizer.errors import CaseError, Fault
from optimizer.settlement.agreement import disagreements
from optimizer.settlement.faults import settlement_fault
from optimizer.settlement.terms import Terms

FILE = "terms.toml"
LARGEST_TERMS = 1_000_000
"""Bytes."""


def read_terms(terms: Terms | str | Path | Mapping[str, Any]) -> Terms:
    """Terms from a file, from nested mappings as TOML gives them, or ``terms`` as they are; checked.

    Raises CaseError with every fault: file, line, key, value and what is allowed.
    """
    if isinstance(terms, Terms):
        return _agreed(terms, FILE, [])
    if isinstance(terms, Mapping):
        return _of_data(terms, FILE, [])
    path = Path(terms)
    name = path.name if path.suffix == ".toml" else f"{path.name} (not .toml)"
    content, faults = read_bytes(path, name, LARGEST_TERMS)
    text, more = (None, faults) if content is None else text_of(content, name)
    if text is None:
        raise CaseError(more)
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError, ArithmeticError) as error:
        line = re.search(r"at line (\d+)", str(error))
        message = str(error).split(" (at")[0] or type(error).__name__
        remedy = "Write key = value lines under [section] headings; texts in quotes."
        row = int(line.group(1)) if line else 0
        found = settlement_fault("settings-file", name, f"is not valid TOML: {message}", remedy, row=row)
        raise CaseError([found]) from error
    return _of_data(data, name, text.splitlines())


def _of_data(data: Mapping[str, Any], file: str, lines: list[str]) -> Terms:
    try:
        terms = Terms.model_validate(dict(data))
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise CaseError([_fault(dict(detail), file, lines) for detail in details]) from error
    return _agreed(terms, file, lines)


def _agreed(terms: Terms, file: str, lines: list[str]) -> Terms:
    faults = [
        settlement_fault("terms-agree", file, problem, remedy, row=_line_of(key.split("."), lines), column=key)
        for key, problem, remedy in disagreements(terms)
    ]
    for key in terms.evidence:
        section, _, name = key.partition(".")
        if name not in fields_of([section]):
            known = [f"{one}.{field}" for one in Terms.model_fields for field in fields_of([one])]
            remedy = f"Name a term as section.key. {allowed_words(key, known)}"
            row = _line_of(["evidence", key], lines)
            problem = "is not a term that evidence can be given for"
            faults.append(settlement_fault("terms-key", file, problem, remedy, row=row, column=f"evidence.{key}"))
    if faults:
        raise CaseError(faults)
    return terms


def fields_of(location: list[str]) -> list[str]:
    """Keys of a section of the terms; of the terms as a whole if no section is named.

    >>> fields_of(["term"])
    ['first', 'last', 'settlement', 'pay_after_days']
    """
    model: type[BaseModel] = Terms
    for part in location:
        field = model.model_fields.get(part)
        kind = field.annotation if field is not None else None
        if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
            return []
        model = kind
    return list(model.model_fields)


def _fault(detail: dict[str, Any], file: str, lines: list[str]) -> Fault:
    location = [str(part) for part in detail["loc"]]
    path = ".".join(location)
    row = _line_of(location, lines)
    if detail["type"] == "extra_forbidden":
        remedy = allowed_words(location[-1], fields_of(location[:-1]))
        return settlement_fault("terms-key", file, "is not a term", remedy, row=row, column=path)
    if detail["type"] == "missing":
        return settlement_fault("terms-key", file, "is missing", f"Give it: {_words(location)}", row=row, column=path)
    message = str(detail["msg"]).removeprefix("Value error, ").rstrip(".")
    message = message[:1].lower() + message[1:]
    value = detail.get("input")
    shown = "" if isinstance(value, dict | list | BaseModel) else str(value)
    problem = f"is refused: {message}"
    return settlement_fault("terms-value", file, problem, _words(location), row=row, column=path, value=shown)


def _words(location: list[str]) -> str:
    section = Terms.model_fields.get(location[0]) if location else None
    model = section.annotation if section is not None else None
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return ""
    if len(location) == 1:
        return (model.__doc__ or "").split("\n")[0]
    field = model.model_fields.get(location[1])
    return (field.description or "") if field is not None else ""


def _line_of(location: list[str], lines: list[str]) -> int:
    """Line of a key, or of its section if the key is not written; 0 if neither is."""
    section, heading = "", 0
    for number, line in enumerate(lines, start=1):
        if found := re.match(r"\s*\[([^\[\]]+)\]", line):
            section = found.group(1).strip()
            heading = number if section == location[0] else heading
        elif section == location[0] and len(location) > 1:
            key = re.match(r"\s*\"?([^\"=]+?)\"?\s*=", line)
            if key and key.group(1) == location[1]:
                return number
    return heading
