"""The README tells the truth: its commands exist, all of them are listed, and CI runs what it says."""

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


def test_every_option_of_solve_is_in_the_table_and_no_other() -> None:
    listed = {option for cell in table_cells("Commands") for option in re.findall(r"`(--[a-z-]+)", cell)}
    known = {option for parameter in COMMANDS["solve"].params for option in parameter.opts if option.startswith("--")}
    assert listed == known - {"--help"}


def test_commands_in_blocks_exist_with_their_options() -> None:
    lines = [line for block in blocks("bash") for line in block.splitlines() if "bin/optimizer " in line]
    assert lines
    for line in lines:
        name, *words = line.split("bin/optimizer ", 1)[1].split()
        known = {option for parameter in COMMANDS[name].params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known, line


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
        for block in blocks("python", README, ANALYSES)
        for node in ast.walk(ast.parse(block))
        if isinstance(node, ast.ImportFrom) and node.module == "optimizer"
        for alias in node.names
    ]
    assert names
    assert set(names) <= set(optimizer.__all__)


@pytest.mark.slow
def test_python_blocks_run() -> None:
    for block in blocks("python", README, ANALYSES):
        exec(compile(block, "README.md", "exec"), {})


def test_every_analysis_has_a_section_that_names_it() -> None:
    assert [name for name in analysis.__all__ if name[0].islower() and f"{name}(" not in ANALYSES] == ["read_analysis"]


def test_links_to_files_lead_somewhere() -> None:
    targets = [target for target in re.findall(r"\]\(([^)]+)\)", README) if "://" not in target]
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


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
