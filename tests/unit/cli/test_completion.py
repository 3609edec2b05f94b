"""What shells are told may stand at the cursor, asked as they ask: with words in the environment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from optimizer.data import bundled_cases
from tests.small_case import write_small_case

ROOT = Path(__file__).parents[3]
HEAVY = ("numpy", "pandas", "pyomo", "highspy", "plotly")
PROGRAM = (
    "import sys; from optimizer.cli import main; code = main(); "
    f"print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr); sys.exit(code)"
)


def told(folder: Path, shell: str, **words: str) -> str:
    """What is told a shell; nothing heavy may be loaded for it."""
    known = {name: value for name, value in os.environ.items() if not name.startswith(("COMP_", "_TYPER"))}
    asked = {"_OPTIMIZER_COMPLETE": f"complete_{shell}", "PYTHONPATH": str(ROOT), **words}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=folder, env={**known, **asked}, capture_output=True, text=True, check=False
    )
    assert done.stderr == "[]\n"
    return done.stdout


def in_bash(folder: Path, *words: str) -> list[str]:
    """What bash is told, with the cursor behind the last word."""
    return told(folder, "bash", COMP_WORDS="\n".join(("optimizer", *words)), COMP_CWORD=str(len(words))).split()


def test_bash_is_told_cases_bundled_and_of_ones_own(tmp_path: Path) -> None:
    write_small_case(tmp_path / "mine")
    (tmp_path / "empty").mkdir()
    assert in_bash(tmp_path, "solve", "m") == ["mp-materials", "mine"]
    assert in_bash(tmp_path, "solve", "") == [*sorted(bundled_cases()), "mine"]


def test_zsh_and_fish_are_told_the_same(tmp_path: Path) -> None:
    zsh = told(tmp_path, "zsh", _TYPER_COMPLETE_ARGS="optimizer solve mp")
    assert zsh.split() == ["_arguments", "'*:", ':(("mp-materials"))\'']
    asked = {"_TYPER_COMPLETE_FISH_ACTION": "get-args", "_TYPER_COMPLETE_ARGS": "optimizer solve mp"}
    assert told(tmp_path, "fish", **asked) == "mp-materials\n"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["so"], ["solve"]),
        (["runs", "sh"], ["show"]),
        (["solve", "mine", "--fu"], ["--futures"]),
        (["solve", "mine", "--perspective", "t"], ["treasury"]),
        (["breakeven", "mine", "--plant", "us_m"], ["us_magnet"]),
        (["check", "mine", "--explain", "prog"], ["programmes"]),
        # One table and one row begin so: both are followed to the columns, each with its value of now.
        (["solve", "mine", "--set", "programmes.us_pot.budget_musd"], ["programmes.us_pot.budget_musd=500.0"]),
        (["solve", "mine", "--set", "scenarios.pa"], ["scenarios.paths=16"]),
        # bash splits at colons and replaces only what stands behind the last.
        (["frontier", "mine", "--x", "bud"], ["budget:us_pot"]),
        (["frontier", "mine", "--x", "budget", ":", "us"], ["us_pot"]),
        (["alternatives", "mine", "--toward", "fewest-po"], ["fewest-pots"]),
        (["settle", "dod"], ["dod-mp"]),
        (["verify", "r"], ["results"]),
        (["verify", "no-such-folder/"], []),
    ],
    ids=lambda words: " ".join(words),
)
def test_bash_is_told(words: list[str], expected: list[str], tmp_path: Path) -> None:
    write_small_case(tmp_path / "mine")
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "solution.json").touch()
    assert in_bash(tmp_path, *words) == expected


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_for_a_shell_is_shown(shell: str, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "optimizer", "--show-completion", shell],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "_OPTIMIZER_COMPLETE" in done.stdout
