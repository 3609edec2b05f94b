"""Who may import whom. The rules are read from the source, so that they also hold for imports inside functions."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = ("models", "optimizer")
SOLVING = ("models", "pyomo", "highspy", "optimizer.engine")
UPPER = ("optimizer.cli", "optimizer.report", "optimizer.analysis", "optimizer.whatif", "optimizer.verification")

FORBIDDEN = {
    "models": ("optimizer", "highspy"),
    "optimizer/data": (*SOLVING, "optimizer.instance", "optimizer.scenarios", *UPPER),
    "optimizer/scenarios": (*SOLVING, "optimizer.instance", *UPPER),
    "optimizer/instance": ("highspy", "optimizer.engine", *UPPER),
    "optimizer/engine": UPPER,
    "optimizer/results": UPPER,
    "optimizer/verification": (*SOLVING, "optimizer.instance", "optimizer.cli", "optimizer.report"),
    "optimizer/comparison": (*SOLVING, "optimizer.instance", "optimizer.cli", "optimizer.report"),
    "optimizer/whatif": ("models", "pyomo", "highspy", "optimizer.cli"),
    "optimizer/analysis": ("models", "pyomo", "highspy", "optimizer.cli"),
    "optimizer/figures": (*SOLVING, "optimizer.cli", "optimizer.report"),
    "optimizer/report": (*SOLVING, "optimizer.cli"),
    "optimizer/cli": (*SOLVING, "optimizer.instance", "optimizer.scenarios"),
}
"""Folder → what nothing in it may import."""

ALLOWED = {
    "models": ("models", "pyomo", "numpy"),
    "optimizer/terms": ("optimizer.terms", "optimizer.errors", "numpy", "scipy"),
    "optimizer/settlement": (
        "optimizer.settlement",
        "optimizer.data",
        "optimizer.display",
        "optimizer.errors",
        "pydantic",
    ),
    "optimizer/display": ("optimizer.display", "pydantic"),
    "optimizer/errors.py": ("optimizer.display",),
    "optimizer/settings.py": ("optimizer.display", "pydantic"),
}
"""Folder or file → all that it may import besides the standard library."""

OPTIONAL = ("dask", "distributed", "mpisppy", "mpi4py")


def imports(source: str, *, top_level: bool = False) -> set[str]:
    """Names of the modules a source imports; ``from a import b`` counts as ``a`` and ``a.b``.

    Imports under ``if TYPE_CHECKING`` are left out: nothing is imported when the program runs.
    """
    tree = ast.parse(source)
    nodes = list(tree.body) if top_level else list(_running(tree))
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module is not None:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def _running(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            continue
        yield child
        yield from _running(child)


def is_within(module: str, packages: tuple[str, ...]) -> bool:
    """Whether a module is one of the packages or inside one."""
    return any(module == package or module.startswith(package + ".") for package in packages)


def files(place: str) -> list[Path]:
    """The Python files of a folder, or the file itself."""
    path = ROOT / place
    return sorted(path.rglob("*.py")) if path.is_dir() else [path] if path.is_file() else []


def outside(names: set[str], allowed: tuple[str, ...]) -> set[str]:
    """The names that are neither in the standard library nor in an allowed package."""
    return {
        name for name in names if name.split(".")[0] not in sys.stdlib_module_names and not is_within(name, allowed)
    }


ALL_FILES = [path for package in OURS for path in files(package)]


@pytest.mark.parametrize("place", sorted(FORBIDDEN))
def test_no_folder_imports_what_it_must_not_know(place: str) -> None:
    wrong = {
        str(path.relative_to(ROOT)): sorted(bad)
        for path in files(place)
        if (bad := {name for name in imports(path.read_text("utf-8")) if is_within(name, FORBIDDEN[place])})
    }
    assert wrong == {}


@pytest.mark.parametrize("place", sorted(ALLOWED))
def test_pure_parts_import_only_what_they_are_given(place: str) -> None:
    assert files(place)
    wrong = {
        str(path.relative_to(ROOT)): sorted(bad)
        for path in files(place)
        if (bad := outside(imports(path.read_text("utf-8")), ALLOWED[place]))
    }
    assert wrong == {}


def test_one_folder_touches_the_solver() -> None:
    users = {
        path.relative_to(ROOT).as_posix()
        for path in ALL_FILES
        if any(is_within(name, ("highspy",)) for name in imports(path.read_text("utf-8")))
    }
    assert users
    assert {path for path in users if not path.startswith("optimizer/engine/highs/")} == set()


def test_only_the_entry_point_imports_the_command_line() -> None:
    users = {
        path.relative_to(ROOT).as_posix()
        for path in ALL_FILES
        if any(is_within(name, ("optimizer.cli",)) for name in imports(path.read_text("utf-8")))
    }
    assert {user for user in users if not user.startswith("optimizer/cli/")} == {"optimizer/__main__.py"}


def test_optional_packages_are_imported_where_they_are_used() -> None:
    early = {
        path.relative_to(ROOT).as_posix()
        for path in ALL_FILES
        if any(is_within(name, OPTIONAL) for name in imports(path.read_text("utf-8"), top_level=True))
    }
    assert early == set()


def test_imports_are_found_wherever_they_stand() -> None:
    source = "import numpy as np\ndef f():\n    from optimizer.engine import highs\n"
    assert imports(source) == {"numpy", "optimizer.engine", "optimizer.engine.highs"}
    assert imports(source, top_level=True) == {"numpy"}
    assert imports("if TYPE_CHECKING:\n    import highspy\nelse:\n    pass\n") == set()
    assert outside({"json", "optimizer.errors", "optimizer.settings"}, ALLOWED["optimizer/terms"]) == {
        "optimizer.settings"
    }
    assert is_within("optimizer.engine.highs", SOLVING)
    assert not is_within("modelspace", SOLVING)
