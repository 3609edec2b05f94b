"""The page on settlements carries the reference of terms and columns as it is declared, and its examples hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer.cli.entry import main
from optimizer.settlement.manual import reference_text

ROOT = Path(__file__).parents[3]
MANUAL = ROOT / "optimizer" / "settlement" / "README.md"
PAGE = ROOT / "inputs" / "settlements" / "README.md"


def test_the_reference_on_the_page_is_current() -> None:
    assert PAGE.read_text("utf-8").split("## Reference\n\n", 1)[1] == reference_text()


def test_the_statement_in_the_manual_is_what_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["settle", "dod-mp"]) == 0
    printed = {line.rstrip() for line in capsys.readouterr().out.splitlines()}
    shown = MANUAL.read_text("utf-8").split("```text\n", 1)[1].split("```", 1)[0].splitlines()
    assert shown
    assert set(shown) <= printed


def test_commands_on_the_page_run() -> None:
    blocks = PAGE.read_text("utf-8").split("```")[1::2]
    commands = [line for block in blocks for line in block.splitlines() if line.startswith("optimizer settle ")]
    assert commands
    for line in commands:
        assert main(line.split("#")[0].split()[1:]) == 0, line
