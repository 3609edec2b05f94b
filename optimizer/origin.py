"""A guard against another package called ``models`` standing where ours should be."""

from __future__ import annotations

import importlib

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
