"""``optimizer sweep`` and ``batch``: many what-ifs of one case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from optimizer.cli.asking import asked_case, changes_of
from optimizer.cli.completion import case_names, change_paths
from optimizer.cli.messages import progress_shown, say
from optimizer.cli.options import (
    ANSWER_PANEL,
    EFFORT_PANEL,
    AsCsv,
    AsJson,
    Assignments,
    CaseName,
    Cluster,
    Gap,
    Quiet,
    WhatIfs,
)
from optimizer.cli.output import print_json, print_rows
from optimizer.cli.runs import print_runs
from optimizer.errors import SettingError

if TYPE_CHECKING:
    from optimizer.batch import Run, SolveOptions
    from optimizer.batch.asked import Asked
    from optimizer.cli.progress import TallyReporter
    from optimizer.data import Case

SOME_FAILED = 3
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="DIR",
        rich_help_panel=ANSWER_PANEL,
        help="Folder of the batch (default: below runs, by the name of what is run).",
    ),
]
Workers = Annotated[
    int, typer.Option(metavar="N", min=1, rich_help_panel=EFFORT_PANEL, help="Processes that solve runs.")
]
Limit = Annotated[
    float | None,
    typer.Option("--time-limit", metavar="SECONDS", min=0.001, rich_help_panel=EFFORT_PANEL, help="For each run."),
]
Cold = Annotated[
    bool,
    typer.Option(
        "--cold", rich_help_panel=EFFORT_PANEL, help="Solve each run from nothing: slower, equal byte for byte."
    ),
]
Plan = Annotated[bool, typer.Option("--plan", help="Say what would be run and how long it may take, and stop.")]
Retry = Annotated[bool, typer.Option("--retry", help="Try again what has failed, crashed or run out of time.")]


def sweep_command(
    case: CaseName,
    vary: Annotated[
        list[str],
        typer.Option(
            "--vary",
            metavar="PATH=VALUES",
            autocompletion=change_paths,
            help="A figure that varies: first:last:count or a,b,c; low:high with --samples. Repeatable.",
        ),
    ],
    side_by_side: Annotated[
        bool, typer.Option("--zip", help="First value with first, second with second, instead of all combinations.")
    ] = False,
    samples: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Take so many points of the space instead.")
    ] = None,
    sampling: Annotated[
        Literal["sobol", "latin"], typer.Option(metavar="sobol|latin", help="How points are spread.")
    ] = "sobol",
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="Seed of the sample.")] = 0,
    plan: Plan = False,
    retry: Retry = False,
    assignments: Assignments = None,
    what_if: WhatIfs = None,
    gap: Gap = None,
    time_limit: Limit = None,
    workers: Workers = 1,
    cluster: Cluster = None,
    cold: Cold = False,
    out: Out = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    quiet: Quiet = False,
) -> None:
    """Solve a case for every combination of some figures, or for a sample of them.

    What is done is never done again: a sweep that was stopped, or given more values, goes on from where it was.
    """
    from optimizer.batch import SolveOptions
    from optimizer.batch.asked import swept
    from optimizer.batch.places import default_place
    from optimizer.whatif.grid import combinations, parse_varied, sampled

    varied = [parse_varied(text) for text in vary]
    if samples is not None and side_by_side:
        raise SettingError("--zip and --samples cannot be had together.")
    if samples is None:
        values = combinations(varied, side_by_side=side_by_side)
    else:
        values = sampled(varied, samples, seed=seed, sampling=sampling)
        if len(values) < samples:
            say(f"{samples - len(values):,} of {samples:,} samples repeat others and are left out")
    base = asked_case(case, assignments, what_if)
    options = SolveOptions(gap, time_limit, cold)
    asked = swept(varied, values)
    place = out or default_place(case)
    how = _How(place, options, workers, cluster, plan, retry, quiet, as_json, as_csv)
    _run([(base, asked)], how)


def batch_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Runs as .toml, .csv or .xlsx.")],
    case: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CASE", autocompletion=case_names, help="The case, if the file does not name it; repeatable."
        ),
    ] = None,
    plan: Plan = False,
    retry: Retry = False,
    assignments: Assignments = None,
    what_if: WhatIfs = None,
    gap: Gap = None,
    time_limit: Limit = None,
    workers: Workers = 1,
    cluster: Cluster = None,
    cold: Cold = False,
    out: Out = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    quiet: Quiet = False,
) -> None:
    """Solve the runs that a file lists.

    TOML lists runs with what-ifs and figures that vary, CSV has a row per run and a column per figure.
    """
    from optimizer import read_case
    from optimizer.batch import SolveOptions
    from optimizer.batch.asked import by_case, read_batch, with_changes
    from optimizer.batch.places import default_place

    found = read_batch(file)
    asked = by_case(with_changes(found.asked, changes_of(assignments, what_if)), case or found.cases)
    options = SolveOptions(
        found.gap if gap is None else gap, found.time_limit if time_limit is None else time_limit, cold
    )
    groups = [(read_case(name), runs) for name, runs in asked.items()]
    place = out or default_place(file)
    how = _How(place, options, workers, cluster, plan, retry, quiet, as_json, as_csv)
    _run(groups, how)


@dataclass(frozen=True)
class _How:
    """Where runs go, how they are solved, and in which shape they are told."""

    place: Path
    options: SolveOptions
    workers: int
    cluster: str | None
    plan: bool
    retry: bool
    quiet: bool
    as_json: bool
    as_csv: bool


def _run(groups: Sequence[tuple[Case, Sequence[Asked]]], how: _How) -> None:
    from optimizer.batch import runs_of
    from optimizer.batch.ledger import DONE, FILE, Ledger, ledger_rows
    from optimizer.report.batch import print_batch

    batches = [
        (case, runs_of(case, [(one.label, one.changes, one.columns) for one in asked], how.options))
        for case, asked in groups
    ]
    labels = {run.id: run.label for _, runs in batches for run in runs}
    known = [row for row in ledger_rows(how.place) if row["id"] in labels] if (how.place / FILE).is_file() else []
    if how.plan:
        _plan(batches, known, how)
        return
    if how.retry and known:
        with Ledger(how.place) as ledger:
            ledger.wait_again(row["id"] for row in known if row["status"] in ("failed", "crashed", "no plan"))
    _solve_all(batches, labels, how)
    rows = [row for row in ledger_rows(how.place) if row["id"] in labels]
    counts = Counter(row["status"] for row in rows)
    if how.as_json:
        print_json({"counts": counts, "runs": rows})
    elif how.as_csv:
        print_runs(rows)
    else:
        print_batch(rows, counts)
    if not how.quiet:
        say(f"results are in {how.place}")
    if set(counts) != {DONE}:
        raise typer.Exit(SOME_FAILED)


def _solve_all(batches: Sequence[tuple[Case, Sequence[Run]]], labels: Mapping[str, str], how: _How) -> None:
    from optimizer.batch.ledger import DONE, ledger_rows
    from optimizer.cli.progress import TallyReporter

    with progress_shown(how.quiet) as reporter:
        shown = None if reporter is None else TallyReporter(reporter)
        try:
            for case, runs in batches:
                _solved(case, runs, how, shown)
        except KeyboardInterrupt:
            done = sum(row["status"] == DONE for row in ledger_rows(how.place) if row["id"] in labels)
            say(f"stopped: {done:,} of {len(labels):,} runs are done. The same command goes on from here.")
            raise


def _plan(batches: Sequence[tuple[Case, Sequence[Run]]], known: Sequence[Mapping[str, Any]], how: _How) -> None:
    """Print what would be run and how long it may take; runs are tried for a few seconds if none is done."""
    from optimizer.batch.estimate import from_done, from_trials
    from optimizer.batch.ledger import DONE
    from optimizer.report.batch import print_plan

    done = {row["id"] for row in known if row["status"] == DONE}
    asked = [run for _, runs in batches for run in runs]
    if how.as_csv:
        rows = [{"id": run.id, "label": run.label, "done": run.id in done} for run in asked]
        print_rows(rows, ("id", "label", "done"))
        return
    left = len(asked) - len(done)
    labels = [run.label for run in asked]
    found = from_done(known, left, how.workers) or from_trials(batches, how.options, how.workers)
    if how.as_json:
        seconds = {"least": found.low, "most": found.high, "basis": found.basis}
        print_json({"runs": labels, "done": len(done), "left": left, "workers": how.workers, "seconds": seconds})
    else:
        print_plan(labels, len(done), how.workers, (found.low, found.high), found.basis)


def _solved(case: Case, runs: Sequence[Run], how: _How, shown: TallyReporter | None) -> None:
    from optimizer.batch import run_batch

    if how.cluster is None:
        run_batch(case, runs, how.place, how.options, workers=how.workers, progress=shown)
        return
    from optimizer.cluster import connected, run_on_cluster

    with connected(how.cluster) as client:
        run_on_cluster(client, case, runs, how.place, how.options, progress=shown)
