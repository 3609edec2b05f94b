"""``optimizer explain``: why there is no plan and what repairs it, or why the plan leaves out what it leaves out."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.console import Console

from optimizer import Case, NoPlanError, read_case
from optimizer.cli.output import AsCsv, AsJson, print_csv, print_json, require_one_shape
from optimizer.cli.progress import ProgressReporter
from optimizer.explanation import explain, first_conflict, sanity_findings
from optimizer.explanation.explanation import TIME_LIMIT
from optimizer.explanation.printed import print_explanation, short_refusal
from optimizer.whatif import apply

SHORT = 10.0
"""Seconds that ``solve`` spends on finding out what conflicts."""


def explain_command(
    case: Annotated[str, typer.Argument(metavar="CASE", help="Folder or workbook of a case, or a bundled name.")],
    assignments: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change one figure of the case; may be given several times."),
    ] = None,
    time_limit: Annotated[
        float, typer.Option(metavar="SECONDS", min=1.0, help="Stop after this time with what is known by then.")
    ] = TIME_LIMIT,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show no progress.")] = False,
) -> None:
    """Say why there is no plan, what conflicts and what the smallest repairs are.

    If there is a plan: say of every candidate and instrument that it does not use why not, and what would change it.
    """
    require_one_shape(as_json, as_csv)
    chosen = apply(read_case(case), assignments or [])
    with contextlib.nullcontext() if quiet else ProgressReporter(Console(stderr=True)) as reporter:
        explanation = explain(chosen, time_limit=time_limit, progress=reporter)
    if as_json:
        print_json(explanation.to_json())
    elif as_csv:
        print_csv(explanation.why_not if explanation.plan_exists else explanation.repairs)
    else:
        print_explanation(explanation)


@contextlib.contextmanager
def refusals_explained(
    case: Case, name: str, assignments: Sequence[str], scenarios: Mapping[str, Any]
) -> Iterator[None]:
    """Add to the error that there is no plan what conflicts, if that is found in a few seconds, and where to read on.

    ``scenarios`` are settings of that section given beside the assignments.
    """
    try:
        yield
    except NoPlanError as error:
        if not error.infeasible:
            raise
        given = [f"scenarios.{key}={value}" for key, value in scenarios.items() if value is not None]
        words = [part for each in (*assignments, *given) for part in ("--set", shlex.quote(each))]
        case = apply(case, given)
        command = " ".join(["optimizer explain", shlex.quote(name), *words])
        refusal = short_refusal(sanity_findings(case), first_conflict(case, SHORT), command)
        raise NoPlanError(f"{error}\n{refusal}", infeasible=True) from error
