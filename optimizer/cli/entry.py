"""Entry point: runs a command and turns errors into one message and an exit code."""

from __future__ import annotations

import contextlib
import inspect
import io
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer

from optimizer.cli.additionality import additionality_command
from optimizer.cli.alternatives import alternatives_command
from optimizer.cli.batch import batch_command, sweep_command
from optimizer.cli.breakeven import breakeven_command
from optimizer.cli.cases import cases_command, init_command, template_command
from optimizer.cli.check import check_command
from optimizer.cli.compare import compare_command
from optimizer.cli.completion import joined
from optimizer.cli.convert import convert_command
from optimizer.cli.explain import explain_command
from optimizer.cli.frontier import frontier_command
from optimizer.cli.information import information_command
from optimizer.cli.instruments import instruments_command
from optimizer.cli.output import complain
from optimizer.cli.prices import prices_command
from optimizer.cli.regret import regret_command
from optimizer.cli.report import report_command
from optimizer.cli.runs import collect_command, runs_app
from optimizer.cli.sensitivity import sensitivity_command
from optimizer.cli.settle import settle_command
from optimizer.cli.signals import stop_requests
from optimizer.cli.solve import solve_command
from optimizer.cli.stress import stress_command
from optimizer.cli.verify import verify_command
from optimizer.errors import OptimizerError, OutputError
from optimizer.origin import PROJECT

BUG = 70
TRACEBACK = "OPTIMIZER_TRACEBACK"
COMPLETE = "_OPTIMIZER_COMPLETE"
"""Set by the scripts of shells: which of them asks for what may stand here."""

app = typer.Typer(
    name="optimizer",
    help="Choose which plants to back, at which strike prices, from which pots, and what to stockpile.",
    epilog="Example: optimizer solve mp-materials",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        try:
            print(f"optimizer {version(PROJECT)}")
        except PackageNotFoundError:
            print("optimizer, run from a checkout that is not installed")
        raise typer.Exit


@app.callback()
def _options(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    pass


CASES, PLAN, WHY, MANY, SIGNED = "Cases", "The plan", "What the plan rests on", "Many runs", "Signed contracts"
COMMANDS = (
    (CASES, cases_command, "cases"),
    (CASES, init_command, "init my-case --case us-australia"),
    (CASES, template_command, "template blank-case"),
    (CASES, check_command, "check my-case"),
    (CASES, convert_command, "convert mp-materials my-case.xlsx"),
    (PLAN, solve_command, "solve mp-materials --set programmes.dod_equity.budget_musd=600 --json"),
    (PLAN, explain_command, "explain mp-materials"),
    (PLAN, verify_command, "verify results"),
    (PLAN, report_command, "report results --out plan.html"),
    (PLAN, compare_command, "compare as-it-is budget-cut"),
    (WHY, breakeven_command, "breakeven mp-materials --plant mountain-pass-ndpr"),
    (WHY, additionality_command, "additionality mp-materials"),
    (WHY, alternatives_command, "alternatives mp-materials --within 2%"),
    (WHY, instruments_command, "instruments mp-materials --plant ten-x --strike 42"),
    (WHY, prices_command, "prices mp-materials --exact"),
    (WHY, frontier_command, "frontier mp-materials --x outlay --y cost"),
    (WHY, regret_command, "regret mp-materials --states auto"),
    (WHY, stress_command, "stress mp-materials --futures-fresh 1000"),
    (WHY, information_command, "information mp-materials"),
    (WHY, sensitivity_command, "sensitivity mp-materials"),
    (MANY, sweep_command, "sweep mp-materials --vary programmes.dod_equity.budget_musd=200:800:13 --out my-sweep"),
    (MANY, batch_command, "batch my-questions.toml --out my-batch --workers 2"),
    (MANY, collect_command, "collect my-sweep --out my-sweep.csv"),
    (SIGNED, settle_command, "settle dod-mp --implied"),
)
"""Panel of the help, command, and an example of it, which begins with its name."""


def _paragraphs(command: Callable[..., None]) -> str:
    """The docstring of a command with a line for each paragraph, so that a help of any width breaks it as it needs."""
    return "\n\n".join(" ".join(words.split()) for words in (inspect.getdoc(command) or "").split("\n\n"))


for panel, command, example in COMMANDS:
    name, words = example.split()[0], f"Example: optimizer {example}"
    app.command(name, help=_paragraphs(command), rich_help_panel=panel, epilog=words)(command)
app.add_typer(runs_app, name="runs", rich_help_panel=MANY, epilog="Example: optimizer runs list my-sweep")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command (``sys.argv`` if no arguments are given) and return its exit code.

    Errors meant for the user are printed as they are. Anything else is a bug and is printed as one line, unless the
    environment variable OPTIMIZER_TRACEBACK is set: then it is raised.
    """
    if os.environ.get(COMPLETE) == "complete_bash" and arguments is None:
        return _complete_in_bash()
    _let_every_character_be_written()
    with stop_requests() as requests, warnings_in_one_line():
        code = _run(arguments)
        try:
            sys.stdout.flush()
        except OSError as error:
            # What is left in the buffer cannot be written at exit either.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = _unwritten(error)
    return code if requests is None else requests.exit_code(code)


def _complete_in_bash() -> int:
    """Answer bash, which splits words otherwise than they are meant, and replaces only the end of the last one."""
    position = os.environ.get("COMP_CWORD", "")
    words, at, before = joined(os.environ.get("COMP_WORDS", ""), int(position) if position.isdigit() else 0)
    os.environ |= {"COMP_WORDS": " ".join(words), "COMP_CWORD": str(at)}
    found = io.StringIO()
    with contextlib.redirect_stdout(found):
        code = _run(None)
    lines = [line.removeprefix(before) for line in found.getvalue().splitlines()]
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return code


def _let_every_character_be_written() -> None:
    """An encoding that lacks a character, as in old consoles, shall cost that character and not the answer."""
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="backslashreplace")


def _run(arguments: Sequence[str] | None) -> int:
    command = typer.main.get_command(app)
    try:
        command.main(args=None if arguments is None else list(arguments), prog_name="optimizer")
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
        # Click's word for a reader of standard output that has gone.
        return OutputError.exit_code if code == 1 else code
    except OptimizerError as error:
        if os.environ.get(TRACEBACK):
            raise
        complain(str(error))
        return error.exit_code
    except OSError as error:
        if os.environ.get(TRACEBACK):
            raise
        return _unwritten(error)
    except Exception as error:
        if os.environ.get(TRACEBACK):
            raise
        found = " ".join(f"{type(error).__name__}: {error}".split()).rstrip(":.")
        complain(f"internal error: {found}. This is a bug, please report it; with {TRACEBACK}=1 the place is shown.")
        return BUG
    return 0


def _unwritten(error: OSError) -> int:
    place = "standard output" if error.filename is None else error.filename
    complain(f"{place}: cannot be read or written ({error.strerror or type(error).__name__}).")
    return OutputError.exit_code


@contextlib.contextmanager
def warnings_in_one_line() -> Iterator[None]:
    """Show warnings meant for the user as messages, without the place in the code that gave them."""
    with warnings.catch_warnings():
        warnings.showwarning = lambda message, *_, **__: complain(f"warning: {message}")
        yield
