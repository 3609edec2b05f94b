"""What-ifs with names, kept in TOML files: each a title and a list of changes, and others that it builds on.

.. code-block:: toml

    [ban-2027]
    title = "China bans exports of magnets from 2027"
    includes = ["no-truce"]
    changes = ["disruptions[origin=china].hazard_per_year = 1"]
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from optimizer.data.nearest import allowed_words
from optimizer.errors import SettingError
from optimizer.whatif.grammar import parse_change

KEYS = ("title", "includes", "changes")
LARGEST = 1_000_000
"""Bytes; a file of what-ifs is written by hand."""


@dataclass(frozen=True)
class WhatIf:
    """A named what-if; ``changes`` are those of all it includes, then its own."""

    name: str
    title: str
    changes: tuple[str, ...]


def read_what_ifs(path: str | Path) -> dict[str, WhatIf]:
    """All what-ifs of a file by name. Raises SettingError, naming the file, for what is not right in it."""
    file = Path(path)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise SettingError(f"{path}: the what-ifs cannot be read ({error.strerror}).") from error
    if len(content) > LARGEST:
        raise SettingError(f"{path}: {len(content):,} bytes are too many for a file of what-ifs (at most {LARGEST:,}).")
    try:
        data = tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingError(f"{path}: is not TOML in UTF-8: {error}.") from error
    for name, entry in data.items():
        _check(path, name, entry, data)
    return {name: WhatIf(name, data[name]["title"], _changes(path, name, data, ())) for name in data}


def find_what_if(reference: str) -> WhatIf:
    """The what-if of ``FILE.toml:NAME``, or of ``FILE.toml`` if it has but one."""
    path, colon, name = reference.rpartition(":")
    if not colon or reference.endswith(".toml"):
        path, name = reference, ""
    known = read_what_ifs(path)
    if not name and len(known) == 1:
        return next(iter(known.values()))
    if name not in known:
        said = f"has no what-if '{name}'" if name else "has more than one what-if; write FILE.toml:NAME"
        raise SettingError(f"{path}: {said}. {allowed_words(name, known)}")
    return known[name]


def _check(path: Any, name: str, entry: Any, data: Mapping[str, Any]) -> None:
    if not isinstance(entry, dict):
        raise SettingError(f"{path}: '{name}' stands outside any what-if. Put it under a heading such as [{name}].")
    for key in entry:
        if key not in KEYS:
            raise SettingError(f"{path}, [{name}]: '{key}' is not a key of a what-if. {allowed_words(key, KEYS)}")
    if not isinstance(entry.get("title"), str) or not entry["title"].strip():
        raise SettingError(f"{path}, [{name}]: title is missing. Say in a sentence what the what-if supposes.")
    for key in ("includes", "changes"):
        words = entry.get(key, [])
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise SettingError(f"{path}, [{name}]: {key} is not a list of texts.")
    for text in entry.get("changes", []):
        try:
            parse_change(text)
        except SettingError as error:
            raise SettingError(f"{path}, [{name}]: {error}") from None
    for other in entry.get("includes", []):
        if other not in data:
            raise SettingError(f"{path}, [{name}]: there is no what-if '{other}'. {allowed_words(other, data)}")
    if not entry.get("changes") and not entry.get("includes"):
        raise SettingError(f"{path}, [{name}]: changes nothing. Give changes, or what-ifs that it includes.")


def _changes(path: Any, name: str, data: Mapping[str, Any], above: Sequence[str]) -> tuple[str, ...]:
    if name in above:
        raise SettingError(f"{path}, [{name}]: includes itself: {' → '.join([*above, name])}.")
    entry = data[name]
    included = [change for other in entry.get("includes", []) for change in _changes(path, other, data, [*above, name])]
    return tuple(dict.fromkeys([*included, *entry.get("changes", [])]))
