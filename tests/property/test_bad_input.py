"""Bad input in memory: whatever a case is made of, the outcome is a case or a ``CaseError``. Files: test_fuzz_files."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optimizer.data import Case, read_case
from optimizer.data.schema import TABLES
from optimizer.errors import CaseError, SettingError
from tests.small_case import small_case, small_settings, small_tables, write_small_case
from tests.unit.data.broken import EVERY_TABLE, edited

RELAXED = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
NASTY = st.sampled_from([
    "", " ", "none", "any", "strike", "nan", "inf", "-inf", "1e400", "1_000", "1,5", "٣٤", "0", "-1", "1e-320",
    "yes", "no", "us", "china", "magnet", "2026;2027", ";", '"', "\0", "\n", "\r", "=1+1", "2030", "0.5", "1e8",
    "us_magnet", "candidate", "operating", "linked", "basis", "purchase", "collar", "compliant", "judgement",
    "a" * 70, "\ud800",
])  # fmt: skip


@pytest.fixture(name="folder")
def fixture_folder(tmp_path: Path) -> Path:
    return write_small_case(tmp_path / "clean")


def outcome(make: Callable[[], Case]) -> Case | CaseError:
    """What making a case gives: the case, or an error that says where. Any other exception fails the test."""
    try:
        return make()
    except CaseError as error:
        return checked(error)


def checked(error: CaseError) -> CaseError:
    """The error, which must have faults that each name a table and a check."""
    assert error.faults
    assert all(str(fault) and fault.table and fault.check for fault in error.faults)
    return error


@RELAXED
@given(data=st.data())
def test_cells(data: st.DataObject) -> None:
    """Several cells of several tables replaced by nasty ones, so that checks meet rows they would never see."""
    settings_data, tables = edited(*EVERY_TABLE)
    for _ in range(data.draw(st.integers(1, 3))):
        table = data.draw(st.sampled_from(sorted(tables)))
        row = data.draw(st.sampled_from(tables[table]))
        column = data.draw(st.sampled_from([one.name for one in TABLES[table].all_columns]))
        row[column] = data.draw(NASTY)
    outcome(lambda: Case.from_tables(settings_data, tables))


@RELAXED
@given(data=st.data())
def test_values_in_memory(data: st.DataObject) -> None:
    """Python values of any kind where cells are due."""
    tables: dict[str, list[dict[str, Any]]] = small_tables()
    row = data.draw(st.sampled_from(tables[data.draw(st.sampled_from(sorted(tables)))]))
    column = data.draw(st.sampled_from(sorted(row)))
    anything = st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.binary(max_size=3),
        st.lists(st.one_of(st.integers(), st.text(max_size=3), st.floats()), max_size=3), st.just({}),
        st.complex_numbers(),
    )  # fmt: skip
    row[column] = data.draw(anything)
    outcome(lambda: Case.from_tables(small_settings(), tables))


@RELAXED
@given(path=st.text(alphabet="abc._/usopt= \0", max_size=20), value=st.one_of(st.text(max_size=4), st.floats()))
def test_set_of_any_path(path: str, value: Any) -> None:
    for prefix in ("", "plants.us_oxide.", "scenarios.", "objective."):
        with pytest.raises((SettingError, CaseError)):
            small_case().set(prefix + path, value)


@RELAXED
@given(data=st.data())
def test_accepted_cases_survive_writing(folder: Path, data: st.DataObject) -> None:
    """What is read, written and read again is the same case."""
    tables = small_tables()
    table, column = data.draw(st.sampled_from([("regions", "name"), ("materials", "basis"), ("sources", "note")]))
    tables[table][0][column] = data.draw(st.text(max_size=30))
    case = outcome(lambda: Case.from_tables(small_settings(), tables))
    if isinstance(case, CaseError):
        return
    copy = folder.parent / "copy"
    case.write(copy)
    try:
        assert read_case(copy) == case
    finally:
        shutil.rmtree(copy)
