"""``optimizer explain``: why there is no plan and what repairs it, or why the plan leaves out what it leaves out."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from optimizer.cli.asking import asked_case
from optimizer.cli.messages import progress_shown
from optimizer.cli.options import AsCsv, AsJson, Assignments, CaseName, Quiet, TimeLimit, WhatIfs
from optimizer.cli.output import print_csv, print_json
from optimizer.errors import NoPlanError

if TYPE_CHECKING:
    from optimizer.data import Case

SHORT = 10.0
"""Seconds that ``solve`` spends on finding out what conflicts."""


def explain_command(
    case: CaseName,
    assignments: Assignments = None,
    what_ifs: WhatIfs = None,
    time_limit: TimeLimit = 300.0,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    quiet: Quiet = False,
) -> None:
    """Say why there is no plan, what conflicts and what the smallest repairs are.

    If there is a plan: say of every candidate and instrument that it does not use why not, and what would change it.
    """
    from optimizer.explanation import explain
    from optimizer.explanation.printed import print_explanation

    chosen = asked_case(case, assignments, what_ifs)
    with progress_shown(quiet) as reporter:
        explanation = explain(chosen, time_limit=time_limit, progress=reporter)
    if as_json:
        print_json(explanation.to_json())
    elif as_csv:
        print_csv(explanation.why_not if explanation.plan_exists else explanation.repairs)
    else:
        print_explanation(explanation)


@contextmanager
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
        from optimizer.explanation import first_conflict, sanity_findings
        from optimizer.explanation.printed import short_refusal
        from optimizer.whatif import apply

        given = [f"scenarios.{key}={value}" for key, value in scenarios.items() if value is not None]
        words = [part for each in (*assignments, *given) for part in ("--set", shlex.quote(each))]
        case = apply(case, given)
        command = " ".join(["optimizer explain", shlex.quote(name), *words])
        refusal = short_refusal(sanity_findings(case), first_conflict(case, SHORT), command)
        raise NoPlanError(f"{error}\n{refusal}", infeasible=True) from error
