"""What the program never does with what users give it, read from the source and watched while it runs."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.small_case import write_small_case

ROOT = Path(__file__).parents[2]
FILES = sorted(path for place in ("optimizer", "models") for path in (ROOT / place).rglob("*.py"))

CODE_FROM_DATA = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve", "code", "codeop", "yaml"}
"""Modules that make objects or code from data."""
NETWORK = {"socket", "ssl", "http", "urllib", "urllib3", "requests", "httpx", "aiohttp", "ftplib", "smtplib", "asyncio"}
SHELLS = {"subprocess", "pty", "popen2", "commands"}
CALLS = {"eval", "exec", "compile", "__import__", "breakpoint", "input"}
METHODS = {"eval", "query", "read_pickle", "to_pickle", "system", "popen", "execv", "execve", "spawnv", "startfile"}


def uses(source: str) -> Iterator[str]:
    """What a source uses of what it must not."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name.split(".")[0] for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [(node.module or "").split(".")[0]]
        else:
            names = []
        yield from (f"import {name}" for name in names if name in CODE_FROM_DATA | NETWORK | SHELLS)
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in CALLS:
                yield f"{node.func.id}()"
            if isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
                yield f".{node.func.attr}()"
            if any(word.arg == "shell" or word.arg == "allow_pickle" for word in node.keywords):
                yield "shell= or allow_pickle="


def test_nothing_a_user_writes_becomes_code_and_nothing_is_sent() -> None:
    found = {str(path.relative_to(ROOT)): sorted(set(uses(path.read_text("utf-8")))) for path in FILES}
    assert {place: used for place, used in found.items() if used} == {}


def test_processes_talk_to_their_own_kind_alone() -> None:
    """Pipes carry pickles: they may lead to processes that this one has started, and not be served."""
    serving = {"Listener", "BaseManager", "SyncManager", "Manager"}
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("multiprocessing"):
                assert serving.isdisjoint(alias.name for alias in node.names), path
            if isinstance(node, ast.Attribute):
                assert node.attr not in serving, path


@pytest.mark.parametrize(
    "source",
    ["import pickle", "from urllib.request import urlopen", "eval('1')", "frame.query(text)", "os.system('ls')",
     "numpy.load(f, allow_pickle=True)", "import subprocess"],
)  # fmt: skip
def test_what_is_looked_for_is_found(source: str) -> None:
    assert list(uses(source))


WATCHED = """
import sys
def refuse(event, arguments):
    if event in ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto", "socket.gethostbyname"):
        print("refused", event, arguments, file=sys.stderr)
        raise PermissionError(event)
sys.addaudithook(refuse)
if __name__ == "__main__":
    from optimizer.cli import main
    sys.exit(main(sys.argv[1:]))
"""


def test_a_solve_opens_no_connection(tmp_path: Path) -> None:
    """Every attempt to connect, listen or look up a name is refused, and none is made."""
    (tmp_path / "watched.py").write_text(WATCHED)
    case = write_small_case(tmp_path / "case")
    done = subprocess.run(
        [sys.executable, str(tmp_path / "watched.py"), "solve", str(case), "--quiet", "--method", "cuts",
         "--workers", "2",
         "--out", str(tmp_path / "run")],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert (tmp_path / "run" / "manifest.json").is_file()
