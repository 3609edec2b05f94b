"""Every block of the pages runs, in the order of its page and in one folder: on few draws, and (slow) as it stands."""

from __future__ import annotations

import contextlib
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from optimizer.cli.entry import app
from tests.documentation.pages import ROOT, Block, blocks_of, page_name, pages
from tests.documentation.workshop import run_command

COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
SMALL = {
    "--paths": ("--paths", "16", "--futures", "2"),
    "--set": ("--set", "scenarios.paths=16", "--set", "scenarios.futures=2"),
}
"""Few draws: by the first of these options that a command has."""
PROGRAM = ".venv/bin/optimizer"
LONG = {
    "optimizer/analysis/README.md": "searches many times over",
    "optimizer/comparison/README.md": "the tour of the README has the same commands",
    "optimizer/report/README.md": "the tour of the README has the same commands",
    "optimizer/batch/README.md": "a sweep, with processes of its own",
    "optimizer/explanation/README.md": "solves a case for each repair",
    "inputs/mp-materials/README.md": "one solve after another",
    "inputs/allied-magnets/README.md": "a case of minutes",
    "inputs/us-australia/README.md": "a case of minutes",
}
"""Pages run by the slow test alone, and why."""


def run_of(page: Path) -> list[Block]:
    """Its blocks that are run, and the files they read."""
    return [
        block
        for block in blocks_of(page)
        if block.kind == "file" or (block.language in ("bash", "python") and not block.kind)
    ]


PAGES = [page for page in pages() if any(block.language != "toml" for block in run_of(page))]
SHORT = [page for page in PAGES if page_name(page) not in LONG]


@pytest.fixture(name="folder")
def fixture_folder(tmp_path: Path) -> Path:
    """An empty folder with what a checkout has that the pages name."""
    for name in ("examples", "inputs"):
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


def commands_in(block: Block) -> list[str]:
    """The commands of a bash block, each without the name of the program and without its comment."""
    lines = [line.split(" #")[0].strip() for line in block.text.replace("\\\n", " ").splitlines()]
    return [line.removeprefix(".venv/bin/").removeprefix("optimizer ") for line in lines if line]


def smaller(line: str) -> list[str]:
    """Words that make a command quick, if it draws and the page does not say how much."""
    known = {option for parameter in COMMANDS[line.split()[0]].params for option in parameter.opts}
    return [] if "--paths" in line else list(next((words for name, words in SMALL.items() if name in known), ()))


def as_text(block: Block, folder: Path) -> None:
    """Run a Python block in a folder, or write the file that a block is."""
    if block.kind == "file":
        (folder / block.words).write_text(block.text, encoding="utf-8")
        return
    with contextlib.chdir(folder):
        exec(compile(block.text, block.place, "exec"), {})


@pytest.mark.parametrize("page", SHORT, ids=page_name)
def test_blocks_run_on_few_draws(page: Path, folder: Path) -> None:
    for block in run_of(page):
        if block.language != "bash":
            as_text(block, folder)
            continue
        for line in commands_in(block):
            code, _, err = run_command(line, folder, *smaller(line))
            assert code == 0, f"{block.place}: optimizer {line}: exit code {code}\n{err}"


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_blocks_run_as_they_stand(page: Path, folder: Path) -> None:
    # The shell runs each block; the program is this checkout, under the names that the pages give it.
    program = folder / PROGRAM
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m optimizer "$@"\n')
    program.chmod(0o755)
    search = os.pathsep.join([str(program.parent), os.environ["PATH"]])
    for block in run_of(page):
        if block.language != "bash":
            as_text(block, folder)
            continue
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block.text],
            cwd=folder,
            env={**os.environ, "PATH": search, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{block.place}: exit code {done.returncode}\n{done.stderr}"


def test_pages_left_to_the_slow_test_exist() -> None:
    assert set(LONG) <= {page_name(page) for page in PAGES}
    assert "README.md" in {page_name(page) for page in SHORT}
