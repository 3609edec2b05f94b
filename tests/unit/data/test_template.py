"""Templates, the column reference and bundled cases."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer.data import bundled, bundled_cases, copy_bundled, read_case, write_template
from optimizer.data.schema import TABLES
from optimizer.data.settings_file import settings_of_text
from optimizer.data.template import reference_markdown, settings_template
from optimizer.errors import CaseError, OutputError
from optimizer.settings import Settings
from tests.small_case import small_case, write_small_case


def test_template_holds_every_table_and_is_only_short_of_rows(tmp_path: Path) -> None:
    folder = write_template(tmp_path / "new")
    assert {path.stem for path in folder.glob("*.csv")} == set(TABLES)
    with pytest.raises(CaseError) as caught:
        read_case(folder)
    required = {name for name, table in TABLES.items() if table.required}
    assert {(fault.table, fault.check) for fault in caught.value.faults} == {(n, "missing-table") for n in required}


def test_template_filled_with_rows_is_a_case(tmp_path: Path) -> None:
    folder = write_small_case(write_template(tmp_path))
    assert read_case(folder) == small_case()


def test_template_never_overwrites(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    with pytest.raises(OutputError, match=r"README\.md"):
        write_template(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]


def test_settings_template_is_valid_as_it_stands_and_uncommented() -> None:
    """Uncommenting every setting gives the defaults, so none is misspelt or missing."""
    settings, faults = settings_of_text(settings_template())
    assert faults == []
    assert settings is not None
    lines = settings_template().splitlines()
    bare = [line.removeprefix("# ") if " = " in line or line.startswith("# [") else line for line in lines]
    uncommented, faults = settings_of_text("\n".join(bare))
    assert faults == []
    assert uncommented is not None
    without_weights = uncommented.objective.model_copy(update={"weights": None})
    assert uncommented.model_copy(update={"objective": without_weights}) == settings
    assert uncommented.objective.weights == settings.objective.effective_weights


def test_reference_names_every_column_and_setting() -> None:
    text = reference_markdown()
    for table in TABLES.values():
        assert f"## {table.name}.csv" in text
        assert all(f"| `{column.name}` |" in text for column in table.columns)
    for section, field in Settings.model_fields.items():
        assert field.description is None
        assert f"| `{section}." in text


def test_bundled_cases_are_found_in_the_package_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "optimizer"
    (package).mkdir()
    monkeypatch.setattr("optimizer.data.bundled.resources.files", lambda _: package)
    assert bundled_cases() == {}
    write_small_case(tmp_path / "inputs" / "checkout")
    assert list(bundled_cases()) == ["checkout"]
    write_small_case(package / "_inputs" / "small")
    (package / "_inputs" / "README.md").write_text("")
    assert list(bundled_cases()) == ["small"]
    assert read_case("small") == small_case()


def test_a_path_wins_over_a_bundled_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundled, "bundled_cases", lambda: {"small": tmp_path / "absent"})
    write_small_case(tmp_path / "small")
    monkeypatch.chdir(tmp_path)
    assert read_case("small") == small_case()


def test_copy_of_a_bundled_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write_small_case(tmp_path / "source")
    monkeypatch.setattr(bundled, "bundled_cases", lambda: {"small": source})
    assert read_case(copy_bundled("small", tmp_path / "copy")) == small_case()
    with pytest.raises(OutputError, match="not empty"):
        copy_bundled("small", tmp_path / "copy")
    with pytest.raises(CaseError, match="Did you mean 'small'"):
        copy_bundled("smal", tmp_path / "other")


@pytest.mark.parametrize("name", sorted(bundled_cases()))
def test_bundled_cases_are_valid_and_survive_writing(name: str, tmp_path: Path) -> None:
    case = read_case(name)
    case.write(tmp_path / "copy")
    assert read_case(tmp_path / "copy") == case
    assert case.name == name
