"""The README tells the truth: its first blocks, its tables of commands and exit codes; and CI runs what it says."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import typer

import optimizer
from optimizer import analysis, errors
from optimizer.cli.batch import SOME_FAILED
from optimizer.cli.entry import BUG, app
from optimizer.cli.signals import INTERRUPTED, TERMINATED
from tests.documentation.pages import pages

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
ANALYSES = (ROOT / "optimizer" / "analysis" / "README.md").read_text("utf-8")
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


def blocks(language: str, *pages: str) -> list[str]:
    """The fenced blocks of a language in some pages (the README), in order."""
    found = re.compile(rf"^```{language}\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
    return [block for page in pages or (README,) for block in found.findall(page)]


def table_cells(heading: str) -> list[str]:
    """The first cells of the rows of all tables under a heading."""
    section = README.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return [line.split("|")[1].strip() for line in section.splitlines() if line.startswith("| ")]


def test_the_first_block_installs_and_solves_a_bundled_case() -> None:
    assert blocks("bash")[0].splitlines() == [
        "python3 -m venv .venv",
        ".venv/bin/pip install .",
        ".venv/bin/optimizer solve mp-materials",
    ]


def test_the_second_block_installs_and_runs_every_check() -> None:
    second = blocks("bash")[1].splitlines()
    assert second[:2] == ["python3 -m venv .venv", ".venv/bin/pip install '.[test]'"]
    assert [line.split()[0].removeprefix(".venv/bin/") for line in second[2:]] == ["ruff", "mypy", "pytest"]


def test_every_command_is_in_the_table_and_no_other() -> None:
    listed = {cell.strip("`").split()[1] for cell in table_cells("Commands") if cell.startswith("`optimizer ")}
    assert listed == set(COMMANDS)


def test_every_option_of_every_command_is_in_its_row_or_named_for_all() -> None:
    section = README.split("\n## Commands\n", 1)[1].split("\n## ", 1)[0]
    (shared,) = [line for line in section.splitlines() if line.startswith("Options that many commands share")]
    for row in (line for line in section.splitlines() if line.startswith("| `optimizer ")):
        _, usage, _, own, _ = re.split(r"(?<!\\)\|", row)
        name, *words = usage.strip(" `").split()[1:]
        command = COMMANDS[name]
        command = getattr(command, "commands", {}).get(words[0], command) if words else command
        known = {option for one in command.params for option in one.opts if option.startswith("--")} - {"--help"}
        assert set(re.findall(r"`(--[a-z-]+)`", own)) == known - set(re.findall(r"`(--[a-z-]+)`", shared)), usage


def test_every_exit_code_is_listed() -> None:
    classes = [item for item in vars(errors).values() if isinstance(item, type)]
    codes = {item.exit_code for item in classes if issubclass(item, errors.OptimizerError)}
    codes |= {errors.NoPlanError("", infeasible=infeasible).exit_code for infeasible in (True, False)}
    codes |= {0, SOME_FAILED, BUG, INTERRUPTED, TERMINATED}
    assert {int(cell) for cell in table_cells("Exit codes") if cell.isdigit()} == codes


def test_every_command_has_an_example_of_itself() -> None:
    for name, command in COMMANDS.items():
        assert command.epilog.startswith(f"Example: optimizer {name}"), name


def test_python_blocks_parse_and_import_what_is_exported() -> None:
    names = [
        alias.name
        for page in pages()
        for block in blocks("python", page.read_text("utf-8"))
        for node in ast.walk(ast.parse(block))
        if isinstance(node, ast.ImportFrom) and node.module == "optimizer"
        for alias in node.names
    ]
    assert names
    assert set(names) <= set(optimizer.__all__)


def test_every_analysis_has_a_section_that_names_it() -> None:
    assert [name for name in analysis.__all__ if name[0].islower() and f"{name}(" not in ANALYSES] == ["read_analysis"]


def test_the_readme_is_short_enough_to_be_read() -> None:
    assert README.count("\n") <= 370


@pytest.mark.parametrize(("last", "code"), [("true", 0), ("exit 3", 3), ("false | true", 1)])
def test_ci_runs_exactly_the_second_block_in_a_new_environment(tmp_path: Path, last: str, code: int) -> None:
    # A README whose blocks leave traces. Of the three, the second alone may run, and its failure is CI's.
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci" / "run")
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "left-over").touch()
    fenced = ["touch first", f"test ! -e .venv\ntouch second\n{last}\ntouch after", "touch third"]
    (tmp_path / "README.md").write_text("\n".join(f"```bash\n{block}\n```\n" for block in fenced))
    done = subprocess.run(["bash", str(tmp_path / ".ci" / "run")], capture_output=True, check=False)
    assert done.returncode == code
    made = {path.name for path in tmp_path.iterdir()} - {".ci", "README.md"}
    assert made == ({"second", "after"} if code == 0 else {"second"})


def test_ci_fails_when_the_readme_has_no_second_block(tmp_path: Path) -> None:
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci" / "run")
    (tmp_path / "README.md").write_text("```bash\ntrue\n```\n")
    done = subprocess.run(["bash", str(tmp_path / ".ci" / "run")], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "no second bash block" in done.stderr
