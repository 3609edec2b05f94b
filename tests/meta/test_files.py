"""What holds for every file: length, sorted exports, and no word about the machine it was written on."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST = 320
UNTRACKED = re.compile(r"\.git|\.venv.*|build|dist|results|__pycache__|.*\.egg-info|\.\w+_cache|\.hypothesis")
MACHINE_PATH = re.compile(r"(?<![\w.:/-])/(?:work|home|root|Users|opt)/\w")
OTHER_FOLDER = re.compile(r"(?<![\w/])shared/")
REGISTRY_HOST = re.compile(r"\b(?:pypi|pythonhosted|npmjs|debian|crates|anaconda)\.(?:org|com|io)\b")


def tracked_files(folder: Path = ROOT) -> Iterator[Path]:
    """Every file of the project that is not made by a tool."""
    for path in sorted(folder.iterdir()):
        if UNTRACKED.fullmatch(path.name):
            continue
        if path.is_dir():
            yield from tracked_files(path)
        else:
            yield path


def python_files() -> Iterator[Path]:
    """Those that are Python."""
    return (path for path in tracked_files() if path.suffix == ".py")


def text_of(path: Path) -> str:
    """The text of a file; nothing for a binary one."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return ""


def exported(source: str) -> list[str] | None:
    """The names in ``__all__``, None if there is none."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return list(ast.literal_eval(node.value))
    return None


def test_no_python_file_is_long() -> None:
    lengths = {str(path.relative_to(ROOT)): text_of(path).count("\n") for path in python_files()}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def in_order(names: list[str]) -> list[str]:
    """Names once each, in the linter's order: constants, then classes, then the rest."""
    return sorted(set(names), key=lambda name: (not name.isupper(), not name[:1].isupper(), name))


def test_exports_are_sorted_and_named_once() -> None:
    lists = {str(path.relative_to(ROOT)): exported(text_of(path)) for path in python_files()}
    assert any(names is not None for names in lists.values())
    assert {name: names for name, names in lists.items() if names is not None and names != in_order(names)} == {}


@pytest.mark.parametrize("pattern", [MACHINE_PATH, OTHER_FOLDER, REGISTRY_HOST], ids=lambda pattern: pattern.pattern)
def test_files_speak_of_the_project_alone(pattern: re.Pattern[str]) -> None:
    own = Path(__file__)
    found = {
        str(path.relative_to(ROOT)): match.group()
        for path in tracked_files()
        if path != own and (match := pattern.search(text_of(path)))
    }
    assert found == {}


def test_patterns_find_what_they_are_for_and_leave_addresses_alone() -> None:
    assert MACHINE_PATH.search("see /home/someone/case")
    assert not MACHINE_PATH.search("https://example.com/home/news and a/work/b")
    assert OTHER_FOLDER.search("as shared/notes say")
    assert not OTHER_FOLDER.search("https://example.com/shared/report")
    assert REGISTRY_HOST.search("from https://" + "pypi" + ".org/simple")
    assert exported("__all__ = ['b', 'a']") == ["b", "a"]
    assert exported("x = 1") is None
    assert in_order(["solve", "Case", "ALL", "solve"]) == ["ALL", "Case", "solve"]
