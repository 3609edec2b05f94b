"""Keeps the search for doctests off tools that are not installed: their files import them."""

from __future__ import annotations

from importlib.util import find_spec

NEEDED = {"linopy_tool.py": "linopy", "pypsa_tool.py": "pypsa", "mpisppy_tool.py": "mpisppy"}

collect_ignore = [file for file, package in NEEDED.items() if find_spec(package) is None]
