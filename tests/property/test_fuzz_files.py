"""Thousands of spoilt cases: refused at the right place, or read as what they say; never anything else."""

from __future__ import annotations

import math
import random
import re
from pathlib import Path
from typing import Any

import pytest

from optimizer.data import Case, read_case
from optimizer.data.schema import TABLES, Column
from optimizer.errors import CaseError
from tests.property.mutants import SETTINGS, Mutant, mutant
from tests.unit.data.broken import EVERY_TABLE, edited


@pytest.fixture(name="folder")
def fixture_folder(tmp_path: Path) -> Path:
    """A sound case that uses every table."""
    Case.from_tables(*edited(*EVERY_TABLE)).write(tmp_path / "case")
    return tmp_path / "case"


def broken_rules(case: Case) -> list[str]:
    """Values of a case that its schema does not allow, judged apart from the reader."""
    found = []
    for name, table in TABLES.items():
        rows = case.rows(name)
        if table.required and not rows:
            found.append(f"{name} is empty")
        keys = [tuple(row[part] for part in table.key) for row in rows]
        if len(set(keys)) < len(keys):
            found.append(f"{name}: keys are not unique")
        for row in rows:
            found += [f"{name}.{column.name}: {row[column.name]!r}" for column in table.all_columns
                      if not _allowed(case, column, row[column.name])]  # fmt: skip
    return found


def _allowed(case: Case, column: Column, value: Any) -> bool:
    if value is None:
        return "none" in column.allows or not column.required
    if isinstance(value, str) and value in column.allows:
        return True
    if column.kind in ("number", "integer"):
        kind = float if column.kind == "number" else int
        within = (column.minimum is None or value >= column.minimum) and (
            column.maximum is None or value <= column.maximum
        )
        return type(value) is kind and math.isfinite(value) and within
    if column.kind == "list":
        items = all(type(item) is (int if column.items == "integer" else str) for item in value)
        return isinstance(value, tuple) and items and (len(set(value)) == len(value))
    if column.kind == "flag":
        return type(value) is bool
    if column.kind == "choice":
        return value in column.choices
    if column.kind == "period":
        return re.fullmatch(r"(19|20)\d\d-(0[1-9]|1[0-2])", value, re.ASCII) is not None
    if column.kind == "reference":
        assert column.refers_to is not None
        return value == (column.default or "") or any(
            value in (row[part] for part in TABLES[column.refers_to].key) for row in case.rows(column.refers_to)
        )
    return isinstance(value, str) and (value == "" or value.strip() == value) and len(value) <= 10_000


def judged(folder: Path, clean: Case, spoilt: Mutant) -> str:
    """What is wrong with how a mutant was taken; nothing if it was taken rightly."""
    try:
        case = read_case(folder)
    except CaseError as error:
        lines = str(error).splitlines()
        if spoilt.outcome == "harmless":
            return f"refused: {lines[1]}"
        if not error.faults or len(lines) > CaseError.shown + 2 or max(map(len, lines)) > 2_000:
            return f"{len(error.faults)} faults in {len(lines)} lines"
        if spoilt.outcome == "forbidden":
            table = SETTINGS if spoilt.file == SETTINGS else spoilt.file[:-4]
            places = {(fault.table, fault.row, fault.column) for fault in error.faults}
            wanted = {place for place in places if place[0] == table}
            if spoilt.row is not None:
                wanted = {place for place in wanted if place[1:] == (spoilt.row, spoilt.column)}
            return "" if wanted else f"not named: {lines[1:3]}"
        return ""
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    if spoilt.outcome == "forbidden":
        return "accepted"
    if spoilt.outcome == "harmless":
        return "" if case.in_key_order() == clean.in_key_order() else "read as another case"
    return "; ".join(broken_rules(case)[:3])


@pytest.mark.parametrize("count", [2_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_mutants_are_refused_or_sound(folder: Path, count: int) -> None:
    clean = read_case(folder)
    assert broken_rules(clean) == []
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert set(files) == {SETTINGS, *(f"{name}.csv" for name in TABLES)}
    draw = random.Random(count)
    wrong: list[str] = []
    accepted = 0
    for number in range(count):
        spoilt = mutant(draw, files)
        path = folder / spoilt.file
        if spoilt.content is None:
            path.unlink()
        else:
            path.write_bytes(spoilt.content)
        said = judged(folder, clean, spoilt)
        path.write_bytes(files[spoilt.file])
        if said:
            wrong.append(f"{number} {spoilt.file} {spoilt.kind} {spoilt.row} {spoilt.column}: {said}")
        accepted += spoilt.outcome == "harmless"
    assert wrong == []
    assert accepted > count / 50
