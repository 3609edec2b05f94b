"""``optimizer sweep`` and ``batch``: many what-ifs of one case."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console

from optimizer.batch import Run, SolveOptions, run_batch, runs_of
from optimizer.batch.asked import Asked, by_case, read_batch, swept, with_changes
from optimizer.batch.estimate import from_done, from_trials
from optimizer.batch.ledger import DONE, FILE, Ledger, ledger_rows
from optimizer.batch.places import default_place
from optimizer.cli.output import AsJson, print_json
from optimizer.cli.progress import ProgressReporter, TallyReporter
from optimizer.data import Case, read_case
from optimizer.errors import SettingError
from optimizer.report.batch import print_batch, print_plan
from optimizer.whatif import apply
from optimizer.whatif.grid import combinations, parse_varied, sampled
from optimizer.whatif.named import find_what_if

SOME_FAILED = 3
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="Folder of the batch (default: below runs, by the name of what is run)."),
]
Cluster = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="Scheduler of a Dask cluster that solves the runs instead.")
]
Workers = Annotated[int, typer.Option(min=1, help="Processes that solve runs.")]
Gap = Annotated[float | None, typer.Option(min=0.0, help="Relative gap at which each run stops.")]
Limit = Annotated[float | None, typer.Option("--time-limit", metavar="SECONDS", min=0.001, help="For each run.")]
Cold = Annotated[bool, typer.Option("--cold", help="Solve each run from nothing: slower, equal byte for byte.")]
Plan = Annotated[bool, typer.Option("--plan", help="Say what would be run and how long it may take, and stop.")]
Retry = Annotated[bool, typer.Option("--retry", help="Try again what has failed, crashed or run out of time.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Show no progress.")]
Set = Annotated[
    list[str] | None, typer.Option("--set", metavar="CHANGE", help="Change the case for all runs; may be repeated.")
]
WhatIfs = Annotated[
    list[str] | None,
    typer.Option("--what-if", metavar="FILE:NAME", help="A named what-if for all runs; may be repeated."),
]


def sweep_command(
    case: Annotated[str, typer.Argument(metavar="CASE", help="Folder or workbook of a case, or a bundled name.")],
    vary: Annotated[
        list[str],
        typer.Option("--vary", metavar="PATH=VALUES", help="first:last:count or a,b,c; low:high with --samples."),
    ],
    out: Out = None,
    side_by_side: Annotated[
        bool, typer.Option("--zip", help="First value with first, second with second, instead of all combinations.")
    ] = False,
    samples: Annotated[int | None, typer.Option(min=1, help="Take so many points of the space instead.")] = None,
    sampling: Annotated[Literal["sobol", "latin"], typer.Option(help="How points are spread.")] = "sobol",
    seed: Annotated[int, typer.Option(min=0, help="Seed of the sample.")] = 0,
    assignments: Set = None,
    what_if: WhatIfs = None,
    gap: Gap = None,
    time_limit: Limit = None,
    workers: Workers = 1,
    cluster: Cluster = None,
    cold: Cold = False,
    plan: Plan = False,
    retry: Retry = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Solve a case for every combination of some figures, or for a sample of them.

    What is done is never done again: a sweep that was stopped, or given more values, goes on from where it was.
    """
    varied = [parse_varied(text) for text in vary]
    if samples is not None and side_by_side:
        raise SettingError("--zip and --samples cannot be had together.")
    if samples is None:
        values = combinations(varied, side_by_side=side_by_side)
    else:
        values = sampled(varied, samples, seed=seed, sampling=sampling)
        if len(values) < samples:
            words = f"{samples - len(values):,} of {samples:,} samples repeat others and are left out"
            Console(stderr=True).print(words, soft_wrap=True, highlight=False)
    base = apply(read_case(case), _changes(assignments, what_if))
    options = SolveOptions(gap, time_limit, cold)
    asked = swept(varied, values)
    place = out or default_place(case)
    _run([(base, asked)], place, options, workers, cluster, plan=plan, retry=retry, quiet=quiet, as_json=as_json)


def batch_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Runs as .toml, .csv or .xlsx.")],
    out: Out = None,
    case: Annotated[
        list[str] | None,
        typer.Option(metavar="CASE", help="The case, if the file does not name it; may be repeated."),
    ] = None,
    assignments: Set = None,
    what_if: WhatIfs = None,
    gap: Gap = None,
    time_limit: Limit = None,
    workers: Workers = 1,
    cluster: Cluster = None,
    cold: Cold = False,
    plan: Plan = False,
    retry: Retry = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Solve the runs that a file lists.

    TOML lists runs with what-ifs and figures that vary, CSV has a row per run and a column per figure.
    """
    found = read_batch(file)
    asked = by_case(with_changes(found.asked, _changes(assignments, what_if)), case or found.cases)
    options = SolveOptions(
        found.gap if gap is None else gap, found.time_limit if time_limit is None else time_limit, cold
    )
    groups = [(read_case(name), runs) for name, runs in asked.items()]
    place = out or default_place(file)
    _run(groups, place, options, workers, cluster, plan=plan, retry=retry, quiet=quiet, as_json=as_json)


def _changes(assignments: Sequence[str] | None, what_if: Sequence[str] | None) -> list[str]:
    named = [change for reference in what_if or [] for change in find_what_if(reference).changes]
    return [*named, *(assignments or [])]


def _run(
    groups: Sequence[tuple[Case, Sequence[Asked]]],
    out: Path,
    options: SolveOptions,
    workers: int,
    cluster: str | None,
    *,
    plan: bool,
    retry: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    batches = [
        (case, runs_of(case, [(one.label, one.changes, one.columns) for one in asked], options))
        for case, asked in groups
    ]
    labels = {run.id: run.label for _, runs in batches for run in runs}
    known = [row for row in ledger_rows(out) if row["id"] in labels] if (out / FILE).is_file() else []
    if plan:
        _plan(batches, known, options, workers, as_json=as_json)
        return
    if retry and known:
        with Ledger(out) as ledger:
            ledger.wait_again(row["id"] for row in known if row["status"] in ("failed", "crashed", "no plan"))
    console = Console(stderr=True)
    with contextlib.nullcontext() if quiet else ProgressReporter(console) as reporter:
        shown = None if reporter is None else TallyReporter(reporter)
        try:
            for case, runs in batches:
                _solved(case, runs, out, options, workers, cluster, shown)
        except KeyboardInterrupt:
            done = sum(row["status"] == DONE for row in ledger_rows(out) if row["id"] in labels)
            words = f"stopped: {done:,} of {len(labels):,} runs are done. The same command goes on from here."
            console.print(words, soft_wrap=True, highlight=False)
            raise
    rows = [row for row in ledger_rows(out) if row["id"] in labels]
    counts = Counter(row["status"] for row in rows)
    if as_json:
        print_json({"counts": counts, "runs": rows})
    else:
        print_batch(rows, counts)
    if not quiet:
        console.print(f"results are in {out}", soft_wrap=True, markup=False, highlight=False)
    if set(counts) != {DONE}:
        raise typer.Exit(SOME_FAILED)


def _plan(
    batches: Sequence[tuple[Case, Sequence[Run]]],
    known: Sequence[Mapping[str, Any]],
    options: SolveOptions,
    workers: int,
    *,
    as_json: bool,
) -> None:
    """Print what would be run and how long it may take; runs are tried for a few seconds if none is done."""
    done = {row["id"] for row in known if row["status"] == DONE}
    labels = [run.label for _, runs in batches for run in runs]
    left = len(labels) - len(done)
    found = from_done(known, left, workers) or from_trials(batches, options, workers)
    if as_json:
        seconds = {"least": found.low, "most": found.high, "basis": found.basis}
        print_json({"runs": labels, "done": len(done), "left": left, "workers": workers, "seconds": seconds})
    else:
        print_plan(labels, len(done), workers, (found.low, found.high), found.basis)


def _solved(
    case: Case,
    runs: Sequence[Run],
    out: Path,
    options: SolveOptions,
    workers: int,
    cluster: str | None,
    shown: TallyReporter | None,
) -> None:
    if cluster is None:
        run_batch(case, runs, out, options, workers=workers, progress=shown)
        return
    from optimizer.cluster import connected, run_on_cluster

    with connected(cluster) as client:
        run_on_cluster(client, case, runs, out, options, progress=shown)
