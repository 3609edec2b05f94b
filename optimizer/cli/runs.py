"""``optimizer runs`` and ``collect``: what batches have left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from optimizer.cli.completion import batch_folders, words
from optimizer.cli.messages import say
from optimizer.cli.options import ANSWER_PANEL, AsCsv, AsJson
from optimizer.cli.output import print_csv, print_facts, print_json, print_rows
from optimizer.errors import OutputError, SettingError

if TYPE_CHECKING:
    import pandas as pd

STATUSES = ("infeasible", "no plan", "refused", "failed", "crashed", "waiting", "done")
"""How a run can have ended, or not begun."""

Folder = Annotated[
    Path | None,
    typer.Argument(
        metavar="DIR",
        autocompletion=batch_folders,
        help="Folder of a batch, or its name below runs (default: the only one there).",
    ),
]

runs_app = typer.Typer(help="Look into, tidy or copy the runs of a batch.", no_args_is_help=True)


@runs_app.command("list", epilog="Example: optimizer runs list my-sweep")
def list_command(folder: Folder = None, as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    """Every run with its cost, gap and status; without DIR, all batches below runs if there are several."""
    from optimizer.batch.ledger import ledger_rows
    from optimizer.batch.places import batches, place_of
    from optimizer.report.batch import print_batch, print_batches

    several = folder is None and len(batches()) > 1
    rows = _batches() if several else ledger_rows(place_of(folder))
    if as_json:
        print_json(rows)
    elif as_csv and several:
        print_rows(rows, list(rows[0]))
    elif as_csv:
        print_runs(rows)
    elif several:
        print_batches(rows)
    else:
        print_batch(rows, Counter(row["status"] for row in rows))


def print_runs(rows: Sequence[Mapping[str, Any]]) -> None:
    """Runs of a batch as CSV: what was changed as one text, without the figures that varied (collect has them)."""
    columns = [name for name in rows[0] if name != "columns"] if rows else ["id", "label", "status"]
    print_rows([{**row, "changes": "; ".join(row["changes"])} for row in rows], columns)


def _batches() -> list[dict[str, Any]]:
    """Every batch below runs, with how many of its runs have which status."""
    from optimizer.batch.ledger import ledger_rows
    from optimizer.batch.places import batches

    counts = {str(place): Counter(row["status"] for row in ledger_rows(place)) for place in batches()}
    words = sorted({word for found in counts.values() for word in found})
    return [{"batch": place, **{word: found[word] for word in words}} for place, found in counts.items()]


@runs_app.command("show", epilog="Example: optimizer runs show my-sweep 1f3a")
def show_command(
    place: Annotated[
        list[str],
        typer.Argument(
            metavar="[DIR] RUN",
            autocompletion=batch_folders,
            help="A batch as in list, and a label or first digits of an id.",
        ),
    ],
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """All that the ledger says of one run, and where its results are."""
    from optimizer.batch.store import find_run
    from optimizer.report.terminal import print_fields

    folder, run = _place_and(place, "RUN")
    row = find_run(folder, run)
    kept = str(folder / row["id"]) if (folder / row["id"]).is_dir() else None
    if as_json:
        print_json({**row, "results": kept})
    elif as_csv:
        print_runs([{**row, "results": kept}])
    else:
        fields = {name.replace("_", " "): str(row[name]) for name in row if name not in ("changes", "columns")}
        fields["changes"] = "\n".join(row["changes"]) or "none"
        fields["results"] = kept or "none"
        print_fields(row["label"] or "as it is", fields)


@runs_app.command("prune", epilog="Example: optimizer runs prune my-sweep")
def prune_command(
    folder: Folder = None,
    status: Annotated[
        list[str] | None,
        typer.Option(
            metavar="STATUS",
            autocompletion=words(*STATUSES),
            help="Statuses to remove (all that ended without a plan, if not given); repeatable.",
        ),
    ] = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Remove runs that ended without a plan, and folders that no entry speaks of."""
    from optimizer.batch.ledger import FAILED
    from optimizer.batch.places import place_of
    from optimizer.batch.store import prune

    for word in status or []:
        if word not in STATUSES:
            raise SettingError(f"'{word}' is not a status. Allowed: {', '.join(STATUSES)}.")
    batch = place_of(folder)
    gone = prune(batch, status or FAILED)
    if as_json:
        print_json({"batch": str(batch), "removed": gone})
    elif as_csv:
        print_rows([{"batch": str(batch), "removed": run} for run in gone], ("batch", "removed"))
    else:
        print(f"{len(gone)} run(s) removed")


@runs_app.command("export", epilog="Example: optimizer runs export my-sweep for-the-minister")
def export_command(
    place: Annotated[
        list[str],
        typer.Argument(
            metavar="[DIR] NEW", autocompletion=batch_folders, help="A batch as in list, and a folder to make."
        ),
    ],
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Copy the results of every run that is done into folders named by their labels, with each table as CSV too."""
    from optimizer.batch.store import export_runs

    folder, target = _place_and(place, "NEW")
    count = export_runs(folder, target)
    facts = {"batch": str(folder), "written": target, "runs": count}
    print_facts(facts, f"{count} run(s) copied to {target}", as_json=as_json, as_csv=as_csv)


def _place_and(given: Sequence[str], last: str) -> tuple[Path, str]:
    """The folder of a batch, perhaps left out, and the word after it."""
    from optimizer.batch.places import place_of

    if len(given) > 2:
        raise SettingError(f"{len(given)} words are too many: write [DIR] {last}.")
    return place_of(given[0] if len(given) == 2 else None), given[-1]


def collect_command(
    folder: Folder = None,
    table: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            rich_help_panel=ANSWER_PANEL,
            help="A table of the results, e.g. awards (default: a row per run).",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            rich_help_panel=ANSWER_PANEL,
            help="Write to .csv or .parquet instead of printing (with --json or --csv: as well).",
        ),
    ] = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Results of a whole batch as one tidy table, with every figure that varied as a column.

    Printed as CSV, unless --json or --out is given.
    """
    from optimizer.batch import collect
    from optimizer.batch.places import place_of
    from optimizer.results.records import records

    frame = collect(place_of(folder), table)
    if out is not None:
        _write_table(frame, out)
        say(f"{len(frame):,} rows written to {out}")
    if as_json:
        print_json(records(frame))
    elif as_csv or out is None:
        print_csv(frame)


def _write_table(frame: pd.DataFrame, out: Path) -> None:
    from optimizer.results.store import replace_file, spreadsheet_safe

    if out.suffix not in (".csv", ".parquet"):
        raise SettingError(f"{out}: tables are written as .csv or .parquet.")
    text = spreadsheet_safe(frame).to_csv(index=False, lineterminator="\n").encode()
    try:
        replace_file(out, text if out.suffix == ".csv" else frame.to_parquet(index=False))
    except OSError as error:
        raise OutputError(f"{out}: the table cannot be written ({error.strerror}).") from error
