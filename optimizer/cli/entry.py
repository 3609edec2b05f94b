"""Entry point: runs a command and turns errors into one message and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer

from optimizer.cli.cases import cases_command, init_command, template_command
from optimizer.cli.check import check_command
from optimizer.cli.solve import solve_command
from optimizer.errors import OptimizerError
from optimizer.origin import PROJECT

BUG = 70
TRACEBACK = "OPTIMIZER_TRACEBACK"

app = typer.Typer(
    name="optimizer",
    help="Choose which plants to back, at which strike prices, from which pots, and what to stockpile.",
    epilog="Example: optimizer solve mp-materials",
    no_args_is_help=True,
    add_completion=False,
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


app.command("cases", epilog="Example: optimizer cases")(cases_command)
app.command("init", epilog="Example: optimizer init my-case --case us-australia")(init_command)
app.command("template", epilog="Example: optimizer template blank-case")(template_command)
app.command("check", epilog="Example: optimizer check my-case")(check_command)
app.command("solve", epilog="Example: optimizer solve mp-materials --set programmes.dod_equity.budget_musd=600 --json")(
    solve_command
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command (``sys.argv`` if no arguments are given) and return its exit code.

    Errors meant for the user are printed as they are. Anything else is a bug and is printed as one line, unless the
    environment variable OPTIMIZER_TRACEBACK is set: then it is raised.
    """
    command = typer.main.get_command(app)
    try:
        command.main(args=None if arguments is None else list(arguments), prog_name="optimizer")
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except OptimizerError as error:
        if os.environ.get(TRACEBACK):
            raise
        print(f"optimizer: {error}", file=sys.stderr)
        return error.exit_code
    except Exception as error:
        if os.environ.get(TRACEBACK):
            raise
        found = " ".join(f"{type(error).__name__}: {error}".split()).rstrip(":.")
        advice = f"This is a bug, please report it; with {TRACEBACK}=1 the place is shown."
        print(f"optimizer: internal error: {found}. {advice}", file=sys.stderr)
        return BUG
    return 0
