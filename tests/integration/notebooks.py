"""The notebooks under examples/, each executed by a kernel of its own, in an empty folder, without a network."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
OF_CASES = ("allied-magnets", "mp-materials", "us-australia")
OF_THE_API = ("frontier", "own-plant", "own-price-deck", "strike-negotiation", "what-if-loop")
GUARD = """
import sys

LOCAL = ("127.0.0.1", "localhost", "::1", "")


def refuse(event, arguments):
    if event in ("socket.connect", "socket.sendto"):
        host = arguments[1][0] if isinstance(arguments[1], tuple) else ""
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0] or ""
    else:
        return
    if host not in LOCAL:
        raise PermissionError("no network here: " + str(host))


sys.addaudithook(refuse)
"""
"""Read by Python as it starts: refuses to look up and to connect to other machines."""


def script(name: str) -> ModuleType:
    """A script of ``examples``, which is no package: found as Python finds it when it is run there."""
    if str(EXAMPLES) not in sys.path:
        sys.path.append(str(EXAMPLES))
    return importlib.import_module(name)


def runner() -> ModuleType:
    """``examples/run_notebooks.py``."""
    return script("run_notebooks")


def stored(name: str) -> Any:
    """A notebook as it is in the project."""
    return nbformat.read(EXAMPLES / f"{name}.ipynb", as_version=4)


def execute(notebook: Any, folder: Path) -> Any:
    """A notebook with fresh outputs, executed in a new folder below ``folder`` with the network refused."""
    guard, clean = folder / "guard", folder / "clean"
    guard.mkdir()
    clean.mkdir()
    (guard / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
    return runner().execute(notebook, clean, PYTHONPATH=os.pathsep.join((str(guard), str(EXAMPLES.parent))))


def out_of_date(name: str, folder: Path) -> list[str]:
    """What the stored outputs of a notebook say that a fresh run does not."""
    notebook = stored(name)
    said: list[str] = runner().differences(notebook, execute(notebook, folder))
    return said
