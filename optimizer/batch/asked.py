"""What a batch asks: a sweep of figures, or a file of runs (TOML, CSV or Excel)."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from optimizer.data.nearest import allowed_words
from optimizer.data.workbook.faults import WorkbookError
from optimizer.data.workbook.naming import is_workbook_name
from optimizer.data.workbook.plain import first_sheet_rows
from optimizer.errors import SettingError
from optimizer.whatif.grammar import parse_change
from optimizer.whatif.grid import Varied, combinations, parse_varied
from optimizer.whatif.named import find_what_if

KEYS = ("case", "changes", "gap", "time-limit", "vary", "run")
RUN_KEYS = ("name", "case", "what-if", "changes")
LARGEST = 50_000_000
"""Bytes of a file of runs."""


@dataclass(frozen=True)
class Asked:
    """One run as asked: its label, its changes, what varied (column → value), and its case, if it has its own."""

    label: str
    changes: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    case: str | None = None


@dataclass(frozen=True)
class BatchFile:
    """A file of runs; ``gap`` and ``time_limit`` (seconds) are None if the file does not say.

    ``cases`` are those in which every run without a case of its own is made.
    """

    cases: tuple[str, ...]
    asked: tuple[Asked, ...]
    gap: float | None = None
    time_limit: float | None = None


def swept(varied: Sequence[Varied], runs: Sequence[Sequence[str]], base: Asked | None = None) -> list[Asked]:
    """One run for each tuple of values, on top of what ``base`` changes.

    >>> swept([parse_varied("a.b.c=1,2")], [("1",), ("2",)])[1].changes
    ('a.b.c = 2',)
    """
    start = base or Asked("")
    out = []
    for values in runs:
        changes = [one.change(value) for one, value in zip(varied, values, strict=True)]
        columns = {one.name: value for one, value in zip(varied, values, strict=True)}
        words = ", ".join(f"{name.rpartition('.')[2]} {value}" for name, value in columns.items())
        label = ": ".join(part for part in (start.label, words) if part)
        out.append(Asked(label, (*start.changes, *changes), {**start.columns, **columns}, start.case))
    return out


def read_batch(path: str | Path) -> BatchFile:
    """A file of runs. Raises SettingError, naming the file and the place, for what is not right in it.

    TOML: ``case`` (one, or a list of several), ``changes`` for all runs, ``gap``, ``time-limit``; ``[[run]]`` with
    ``name``, ``what-if`` (a list of FILE.toml:NAME, relative to this file), ``changes`` and perhaps a ``case`` of its
    own; ``[vary]`` with figures that vary in each run, all combined. CSV: a row per run, its name in the column
    ``run``, perhaps its ``case``; every other column is a figure to change, blank for as it is. Excel: the same on the
    first sheet.
    """
    file = Path(path)
    try:
        content = file.read_bytes()
        if len(content) > LARGEST:
            raise SettingError(f"{path}: {len(content):,} bytes are too many for a file of runs (at most {LARGEST:,}).")
        if is_workbook_name(file):
            return BatchFile((), tuple(_from_rows(path, first_sheet_rows(content))))
        text = content.decode("utf-8-sig")
    except WorkbookError as error:
        raise SettingError(f"{path}: {error.problem}. {error.remedy}") from error
    except OSError as error:
        raise SettingError(f"{path}: the runs cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise SettingError(f"{path}: is not text in UTF-8.") from error
    if file.suffix == ".toml":
        return _from_toml(file, text)
    if file.suffix == ".csv":
        return BatchFile((), tuple(_from_rows(path, list(csv.reader(io.StringIO(text, newline=""))))))
    raise SettingError(f"{path}: a file of runs ends in .toml, .csv or .xlsx.")


def _from_toml(file: Path, text: str) -> BatchFile:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingError(f"{file}: is not TOML: {error}.") from error
    _known(str(file), data, KEYS)
    shared = _texts(str(file), data, "changes")
    runs = data.get("run", [])
    if not isinstance(runs, list) or not all(isinstance(run, dict) for run in runs):
        raise SettingError(f"{file}: write each run under [[run]].")
    asked = [_run(file, i, run, shared) for i, run in enumerate(runs, start=1)] or [Asked("", shared)]
    if "vary" in data:
        varied = _varied(file, data["vary"])
        asked = [one for base in asked for one in swept(varied, combinations(varied), base)]
    cases = _texts(str(file), data, "case")
    names = [one.label for one in asked]
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated is not None:
        raise SettingError(f"{file}: two runs are called '{repeated}'. Give each a name of its own.")
    return BatchFile(cases, tuple(asked), _figure(file, data, "gap"), _figure(file, data, "time-limit"))


def _run(file: Path, number: int, run: Mapping[str, Any], shared: tuple[str, ...]) -> Asked:
    place = f"{file}, run {number}"
    _known(place, run, RUN_KEYS)
    name = run.get("name")
    if not isinstance(name, str) or not name.strip():
        raise SettingError(f"{place}: name is missing.")
    changes = list(shared)
    for reference in _texts(place, run, "what-if"):
        changes.extend(find_what_if(str(file.parent / reference)).changes)
    case = run.get("case")
    if case is not None and not isinstance(case, str):
        raise SettingError(f"{place}: case is not a text. Give a folder or the name of a bundled case.")
    return Asked(name, (*changes, *_texts(place, run, "changes")), {"run name": name}, case)


def _varied(file: Path, data: Any) -> list[Varied]:
    if not isinstance(data, dict):
        raise SettingError(f"{file}: write what varies under [vary], e.g. 'scenarios.seed' = [1, 2, 3].")
    out = []
    for path, values in data.items():
        if isinstance(values, list):
            written = ",".join(_word(value) for value in values)
        elif isinstance(values, str):
            written = values
        else:
            raise SettingError(f"{file}, [vary], {path}: give a list, or a text such as '200:800:13'.")
        out.append(parse_varied(f"{path}={written}" if not path.rstrip().endswith("=") else f"{path}{written}"))
    return out


def _from_rows(path: Any, rows: list[list[str]]) -> list[Asked]:
    if not rows or "run" not in rows[0]:
        raise SettingError(f"{path}: the header needs a column 'run' with the name of each run.")
    header = [name.strip() for name in rows[0]]
    for name in header:
        if header.count(name) > 1 or not name:
            raise SettingError(f"{path}: column '{name}' is there twice or has no name.")
    starts = {name: _start(path, name) for name in header if name not in ("run", "case")}
    asked: list[Asked] = []
    for number, cells in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            raise SettingError(f"{path} row {number}: {len(cells)} cells under {len(header)} columns.")
        row = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
        label, case = row.pop("run"), row.pop("case", "") or None
        if not label or label in {one.label for one in asked}:
            raise SettingError(f"{path} row {number}, run: '{label}' is blank or the name of another run.")
        given = {name: value for name, value in row.items() if value}
        changes = tuple(f"{starts[name]} {value}" for name, value in given.items())
        asked.append(Asked(label, changes, {"run name": label, **given}, case))
    if not asked:
        raise SettingError(f"{path}: has no runs.")
    return asked


def _start(path: Any, name: str) -> str:
    start = name if name.endswith("=") else f"{name} ="
    try:
        change = parse_change(f"{start} 0")
    except SettingError:
        change = None
    if change is None or change.action in ("drop", "append"):
        raise SettingError(f"{path}, column '{name}': is not a figure, e.g. programmes.dod_equity.budget_musd.")
    return start


def _known(place: str, data: Mapping[str, Any], keys: Sequence[str]) -> None:
    for key in data:
        if key not in keys:
            raise SettingError(f"{place}: '{key}' is not a key here. {allowed_words(key, keys)}")


def _texts(place: str, data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    words = data.get(key, [])
    words = [words] if isinstance(words, str) else words
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise SettingError(f"{place}: {key} is not a text or a list of texts.")
    return tuple(words)


def _figure(file: Path, data: Mapping[str, Any], key: str) -> float | None:
    value = data.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.0 <= value < 1e9:
        raise SettingError(f"{file}: {key} is {value!r}, not a number of at least 0.")
    return float(value)


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def by_case(asked: Sequence[Asked], cases: Sequence[str]) -> dict[str, list[Asked]]:
    """The runs of each case; one without a case of its own is made in all ``cases``.

    With several cases, each stands in the labels and in a column. Raises SettingError if a run has none.

    >>> {case: [one.label for one in runs] for case, runs in by_case([Asked("base")], ["a", "b"]).items()}
    {'a': ['a: base'], 'b': ['b: base']}
    """
    found: dict[str, list[Asked]] = {}
    for one in asked:
        for case in [one.case] if one.case is not None else cases:
            found.setdefault(case, []).append(one)
        if one.case is None and not cases:
            raise SettingError(f"run '{one.label}' has no case. Name one in the file or with --case.")
    if len(found) == 1:
        return found
    return {case: [_of_case(case, one) for one in runs] for case, runs in found.items()}


def _of_case(case: str, one: Asked) -> Asked:
    label = f"{case}: {one.label}" if one.label else case
    return replace(one, label=label, columns={"case": case, **one.columns})


def with_changes(asked: Sequence[Asked], changes: Sequence[str]) -> list[Asked]:
    """The same runs, each making ``changes`` first."""
    return [replace(one, changes=(*changes, *one.changes)) for one in asked]
