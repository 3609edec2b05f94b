"""Entry point: runs a command and turns errors into one message and an exit code."""

from __future__ import annotations

import contextlib
import os
import sys
import warnings
from collections.abc import Iterator, Sequence
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
from optimizer.cli.convert import convert_command
from optimizer.cli.explain import explain_command
from optimizer.cli.frontier import frontier_command
from optimizer.cli.information import information_command
from optimizer.cli.instruments import instruments_command
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
app.command("convert", epilog="Example: optimizer convert mp-materials my-case.xlsx")(convert_command)
app.command("solve", epilog="Example: optimizer solve mp-materials --set programmes.dod_equity.budget_musd=600 --json")(
    solve_command
)
app.command("explain", epilog="Example: optimizer explain mp-materials")(explain_command)
app.command("breakeven", epilog="Example: optimizer breakeven mp-materials --plant mountain-pass-ndpr")(
    breakeven_command
)
app.command("additionality", epilog="Example: optimizer additionality mp-materials")(additionality_command)
app.command("alternatives", epilog="Example: optimizer alternatives mp-materials --within 2%")(alternatives_command)
app.command("instruments", epilog="Example: optimizer instruments mp-materials --plant ten-x --strike 42")(
    instruments_command
)
app.command("regret", epilog="Example: optimizer regret mp-materials --states auto")(regret_command)
app.command("stress", epilog="Example: optimizer stress mp-materials --futures-fresh 1000")(stress_command)
app.command("information", epilog="Example: optimizer information mp-materials")(information_command)
app.command("prices", epilog="Example: optimizer prices mp-materials --exact")(prices_command)
app.command("frontier", epilog="Example: optimizer frontier mp-materials --x outlay --y cost")(frontier_command)
app.command("verify", epilog="Example: optimizer verify results")(verify_command)
app.command("report", epilog="Example: optimizer report results --out plan.html")(report_command)
app.command("compare", epilog="Example: optimizer compare as-it-is budget-cut")(compare_command)
app.command("sensitivity", epilog="Example: optimizer sensitivity mp-materials")(sensitivity_command)
app.command("settle", epilog="Example: optimizer settle dod-mp --implied")(settle_command)
app.command(
    "sweep",
    epilog="Example: optimizer sweep mp-materials --vary programmes.dod_equity.budget_musd=200:800:13 --out my-sweep",
)(sweep_command)
app.command("batch", epilog="Example: optimizer batch my-questions.toml --out my-batch --workers 2")(batch_command)
app.command("collect", epilog="Example: optimizer collect my-sweep --out my-sweep.csv")(collect_command)
app.add_typer(runs_app, name="runs", epilog="Example: optimizer runs list my-sweep")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command (``sys.argv`` if no arguments are given) and return its exit code.

    Errors meant for the user are printed as they are. Anything else is a bug and is printed as one line, unless the
    environment variable OPTIMIZER_TRACEBACK is set: then it is raised.
    """
    with stop_requests() as requests, warnings_in_one_line():
        code = _run(arguments)
        try:
            sys.stdout.flush()
        except OSError as error:
            # What is left in the buffer cannot be written at exit either.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = _unwritten(error)
    return code if requests is None else requests.exit_code(code)


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
        _complain(str(error))
        return error.exit_code
    except OSError as error:
        if os.environ.get(TRACEBACK):
            raise
        return _unwritten(error)
    except Exception as error:
        if os.environ.get(TRACEBACK):
            raise
        found = " ".join(f"{type(error).__name__}: {error}".split()).rstrip(":.")
        _complain(f"internal error: {found}. This is a bug, please report it; with {TRACEBACK}=1 the place is shown.")
        return BUG
    return 0


def _unwritten(error: OSError) -> int:
    place = "standard output" if error.filename is None else error.filename
    _complain(f"{place}: cannot be read or written ({error.strerror or type(error).__name__}).")
    return OutputError.exit_code


def _complain(words: str) -> None:
    # A file name can hold bytes that are no text.
    print(f"optimizer: {words}".encode(errors="backslashreplace").decode(), file=sys.stderr)


@contextlib.contextmanager
def warnings_in_one_line() -> Iterator[None]:
    """Show warnings meant for the user as messages, without the place in the code that gave them."""
    with warnings.catch_warnings():
        warnings.showwarning = lambda message, *_, **__: _complain(f"warning: {message}")
        yield
