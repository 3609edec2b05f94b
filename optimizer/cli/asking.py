"""What all analyses share on the command line: the case and its changes, sizes, and where the answer goes."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import typer

from optimizer.cli.messages import progress_shown, say
from optimizer.cli.options import (
    ANSWER_PANEL,
    CASE_PANEL,
    EFFORT_PANEL,
    AsCsv,
    AsJson,
    Assignments,
    CaseName,
    Futures,
    Gap,
    OutFolder,
    Paths,
    Quiet,
    Seed,
    TableName,
    TimeLimit,
    WhatIfs,
)
from optimizer.cli.output import chosen_table, print_csv, print_json, require_csv
from optimizer.cli.signals import INTERRUPTED
from optimizer.errors import OutputError

if TYPE_CHECKING:
    import pandas as pd

    from optimizer.cli.progress import ProgressReporter
    from optimizer.data import Case

PANELS = (None, CASE_PANEL, EFFORT_PANEL, ANSWER_PANEL)
FIRST = "question"
"""What the first parameter of every analysis command is called."""


@dataclass(frozen=True)
class Question:
    """A case with its changes and sizes, the gap if one was given, seconds, and where progress is reported."""

    case: Case
    gap: float | None
    time_limit: float
    progress: ProgressReporter | None


class Answer(Protocol):
    """What a command does with the answer of an analysis."""

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """Tidy tables, the main one first."""

    @property
    def solves(self) -> pd.DataFrame:
        """Every solve behind it."""

    @property
    def interrupted(self) -> bool:
        """Whether it was stopped before the end."""

    def to_json(self) -> dict[str, Any]:
        """The answer as plain values."""

    def write(self, folder: Path) -> None:
        """Write its tables."""


def asked_case(name: str, assignments: Sequence[str] | None = None, what_ifs: Sequence[str] | None = None) -> Case:
    """A case with its changes: named what-ifs first, then single figures."""
    from optimizer import read_case
    from optimizer.whatif import apply

    return apply(read_case(name), changes_of(assignments, what_ifs))


def changes_of(assignments: Sequence[str] | None, what_ifs: Sequence[str] | None) -> list[str]:
    """Single changes, those of named what-ifs first."""
    from optimizer.whatif.named import find_what_if

    return [change for each in what_ifs or [] for change in find_what_if(each).changes] + list(assignments or [])


def about_a_case(
    *, time_limit: float, gap_is_the_cases: bool = True
) -> Callable[[Callable[..., Answer]], Callable[..., None]]:
    """Make a command of a function that answers a ``Question``; its further parameters are options of its own.

    All other options are the same for every analysis. A gap given is set in the case, unless the analysis takes it
    (``gap_is_the_cases`` false). Exit code 130 if the answer was stopped before the end.
    """

    def with_shared_options(ask: Callable[..., Answer]) -> Callable[..., None]:
        own = [one for one in signature(ask, eval_str=True).parameters.values() if one.name != FIRST]
        case, _, _, *shared = signature(_answer, eval_str=True).parameters.values()
        shared = [one.replace(default=time_limit) if one.name == "time_limit" else one for one in shared]

        @functools.wraps(ask)
        def command(**given: Any) -> None:
            owned = {one.name: given.pop(one.name) for one in own}
            _answer(given.pop("case"), functools.partial(ask, **owned), gap_is_the_cases, **given)

        parameters = [one.replace(kind=Parameter.KEYWORD_ONLY) for one in (case, *own, *shared)]
        parameters.sort(key=lambda one: PANELS.index(_panel(one)))
        command.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
        command.__annotations__ = {one.name: one.annotation for one in parameters}
        return command

    return with_shared_options


def _panel(parameter: Parameter) -> str | None:
    """The heading under which the help has an option; None for those of the command's own."""
    panel: str | None = parameter.annotation.__metadata__[0].rich_help_panel
    return panel


def _answer(
    case: CaseName,
    ask: Callable[[Question], Answer],
    gap_is_the_cases: bool,
    assignments: Assignments = None,
    what_ifs: WhatIfs = None,
    paths: Paths = None,
    futures: Futures = None,
    seed: Seed = None,
    gap: Gap = None,
    time_limit: TimeLimit = 0.0,
    out: OutFolder = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    table: TableName = None,
    quiet: Quiet = False,
) -> None:
    from optimizer.report.analysis import print_analysis
    from optimizer.results.store import require_replaceable

    require_csv(table, as_csv)
    if out is not None:
        require_replaceable(out)
    chosen = asked_case(case, assignments, what_ifs)
    sizes = {"scenarios.paths": paths, "scenarios.futures": futures, "scenarios.seed": seed}
    for key, value in {**sizes, "solve.gap": gap if gap_is_the_cases else None}.items():
        if value is not None:
            chosen = chosen.set(key, value)
    with progress_shown(quiet) as reporter:
        found = ask(Question(chosen, gap, time_limit, reporter))
    unwritten = None if out is None else _unwritten(found, out, quiet)
    if as_json:
        print_json(found.to_json())
    elif as_csv:
        print_csv(chosen_table({**found.tables, "solves": found.solves}, table, next(iter(found.tables))))
    else:
        print_analysis(found)
    if unwritten is not None:
        raise unwritten
    if found.interrupted:
        raise typer.Exit(INTERRUPTED)


def _unwritten(found: Answer, out: Path, quiet: bool) -> OutputError | None:
    """Write the answer; what was found is printed even if it cannot be kept, so the error comes back."""
    try:
        found.write(out)
    except OutputError as error:
        return error
    if not quiet:
        say(f"answer written to {out}")
    return None
