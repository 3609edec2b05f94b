"""What holds for every command: its answer as JSON and as CSV, a help that can be read, defaults that are the API's."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest
import typer

import optimizer
from optimizer.analysis.near_optimal.alternatives import TOWARD
from optimizer.batch import ledger
from optimizer.cli import alternatives, completion, runs, solve
from optimizer.cli.entry import app, main
from optimizer.data.settings_file import FILE as CASE_FILE
from optimizer.settings import Perspective
from optimizer.settlement.terms_file import FILE as TERMS_FILE

Captured = pytest.CaptureFixture[str]

ASKS = {"prices": "shadow_prices", "information": "information_value"}
"""Commands that are called otherwise than the function they ask."""


def commands(group: Any = None, before: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command by its words, those of groups too."""
    for name, command in (typer.main.get_command(app) if group is None else group).commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*before, name))
        else:
            yield (*before, name), command


EVERY = dict(commands())
PER_COMMAND = pytest.mark.parametrize("words", EVERY, ids=" ".join)
ANALYSES = [words[0] for words, command in EVERY.items() if any(p.name == "table" for p in command.params)]


def options_of(words: tuple[str, ...]) -> dict[str, Any]:
    """Every option of a command by its first name with dashes."""
    return {p.opts[0]: p for p in EVERY[words].params if p.opts[0].startswith("--") and p.opts[0] != "--help"}


@PER_COMMAND
def test_its_answer_can_be_had_as_json_and_as_csv_but_not_both(words: tuple[str, ...], capsys: Captured) -> None:
    assert {"--json", "--csv"} <= set(options_of(words))
    arguments = ["nowhere" for p in EVERY[words].params if p.required and not p.opts[0].startswith("--")]
    needed = [
        word for p in EVERY[words].params if p.required and p.opts[0].startswith("--") for word in (p.opts[0], "a")
    ]
    for shapes in (["--json", "--csv"], ["--csv", "--json"]):
        assert main([*words, *arguments, *needed, *shapes]) == 2
        said = capsys.readouterr()
        assert said.err == "optimizer: --json and --csv cannot be had together.\n"
        assert said.out == ""


@PER_COMMAND
def test_an_error_leaves_stdout_empty(
    words: tuple[str, ...], capsys: Captured, tmp_path: Any, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([*words, "--no-such-option"]) == 2
    assert capsys.readouterr().out == ""


@PER_COMMAND
def test_its_help_says_what_it_does_with_an_example_of_options_it_has(words: tuple[str, ...]) -> None:
    command = EVERY[words]
    first = command.help.split("\n\n")[0]
    assert first.endswith((".", "?")), first
    assert command.epilog.startswith(f"Example: optimizer {' '.join(words)}")
    used = re.findall(r"--[a-z-]+", command.epilog)
    assert set(used) <= {name for p in command.params for name in (*p.opts, *p.secondary_opts)}


@PER_COMMAND
def test_every_option_has_words_and_a_metavar(words: tuple[str, ...]) -> None:
    for name, option in options_of(words).items():
        assert option.help, name
        assert option.help[0].isupper(), name
        assert option.help.endswith("."), name
        if not option.is_flag:
            assert option.metavar, name


def test_options_of_the_same_name_stand_under_the_same_heading() -> None:
    panels: dict[str, set[Any]] = {}
    for words in EVERY:
        for name, option in options_of(words).items():
            panels.setdefault(name, set()).add(option.rich_help_panel)
    # The seed of a sweep is that of its sample, and not of the draws.
    assert {name for name, found in panels.items() if len(found) > 1} == {"--seed"}


def test_headings_of_options_come_in_the_same_order() -> None:
    for words in EVERY:
        panels = [option.rich_help_panel for option in options_of(words).values()]
        order = [panel for panel in dict.fromkeys(panels) if panel]
        assert order == [p for p in ("Changes to the case", "Size and effort", "The answer") if p in order], words


@pytest.mark.parametrize("verb", [verb for verb in ANALYSES if verb != "collect"])
def test_defaults_are_those_of_the_function(verb: str) -> None:
    asked = inspect.signature(getattr(optimizer, ASKS.get(verb, verb))).parameters
    offered = {p.name: p.default for p in EVERY[(verb,)].params}
    # As typed, 2 % is a text; on the command line two processes work; auto is spelt out.
    spelt = {"within": "2%", "workers": offered.get("workers"), "states": "auto"}
    for name in asked.keys() & offered.keys() - {"case"}:
        default = asked[name].default
        assert offered[name] == spelt.get(name, default), name


def test_words_written_down_for_speed_are_those_of_the_program() -> None:
    assert get_args(solve.Perspective) == get_args(Perspective)
    assert set(runs.STATUSES) == {*ledger.FAILED, ledger.WAITING, ledger.DONE}
    assert alternatives.TOWARD == TOWARD
    assert (completion.CASE_FILE, completion.TERMS_FILE) == (CASE_FILE, TERMS_FILE)
    assert completion.LEDGER_FILE == ledger.FILE
    assert completion.ANALYSIS_FILE == optimizer.analysis.answer.SUMMARY


def test_cases_in_json_are_one_array(capsys: Captured) -> None:
    assert main(["cases", "--json"]) == 0
    assert [row["name"] for row in json.loads(capsys.readouterr().out)] == sorted(optimizer.bundled_cases())
