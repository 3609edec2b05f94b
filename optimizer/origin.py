"""Which program this is: its version and its code, and that no other package called ``models`` stands in the way."""

from __future__ import annotations

import importlib
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PROJECT = "allied-offtake-optimizer"


def require_own_packages() -> None:
    """Raise ImportError in plain words unless the importable package ``models`` is the one of this project.

    ``models`` is a common name: a file ``models.py`` in the current folder, or another distribution, would otherwise
    be imported instead and fail much later.

    >>> require_own_packages()
    """
    try:
        found = importlib.import_module("models")
    except Exception as error:
        raise ImportError(
            f"'{PROJECT}' could not import its package 'models' ({type(error).__name__}: {error}). If a folder or file "
            f"called 'models' in the current folder or on PYTHONPATH is in the way, rename it or run from another "
            f"folder; if not, reinstall '{PROJECT}'."
        ) from error
    if getattr(found, "__project__", None) != PROJECT:
        place = getattr(found, "__file__", None) or next(iter(getattr(found, "__path__", [])), "an unknown place")
        raise ImportError(
            f"'{PROJECT}' needs its own package 'models', but Python finds another one first, at {place}. Rename "
            f"that one, remove it from PYTHONPATH, or run from another folder."
        )


def program_version() -> str:
    """Version of this program as installed; ``unknown`` in a checkout that is not."""
    try:
        return version(PROJECT)
    except PackageNotFoundError:
        return "unknown"


@cache
def source_fingerprint() -> str:
    """SHA-256 over the names and contents of all Python files of this program: which code it was that ran.

    >>> len(source_fingerprint())
    64
    """
    total = sha256()
    for package in (Path(__file__).parent, Path(str(importlib.import_module("models").__file__)).parent):
        for path in sorted(package.rglob("*.py")):
            total.update(f"{package.name}/{path.relative_to(package).as_posix()}\0".encode())
            total.update(path.read_bytes() + b"\0")
    return total.hexdigest()
