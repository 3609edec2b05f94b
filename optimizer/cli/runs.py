"""``optimizer runs`` and ``collect``: what batches have left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from optimizer.batch import collect
from optimizer.batch.ledger import FAILED, WAITING, ledger_rows
from optimizer.batch.places import batches, place_of
from optimizer.batch.store import export_runs, find_run, prune
from optimizer.cli.output import AsCsv, AsJson, print_csv, print_json, require_one_shape
from optimizer.errors import OutputError, SettingError
from optimizer.report.batch import print_batch, print_batches
from optimizer.report.terminal import print_fields
from optimizer.results.records import records
from optimizer.results.store import replace_file, spreadsheet_safe

Folder = Annotated[
    Path | None,
    typer.Argument(metavar="DIR", help="Folder of a batch, or its name below runs (default: the only one there)."),
]

runs_app = typer.Typer(help="Look into, tidy or copy the runs of a batch.", no_args_is_help=True)


@runs_app.command("list", epilog="Example: optimizer runs list my-sweep")
def list_command(folder: Folder = None, as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    """Every run with its cost, gap and status; without DIR, all batches below runs if there are several."""
    require_one_shape(as_json, as_csv)
    several = folder is None and len(batches()) > 1
    rows = _batches() if several else ledger_rows(place_of(folder))
    if as_json:
        print_json(rows)
    elif as_csv:
        table = pd.DataFrame(rows).drop(columns="columns", errors="ignore")
        print_csv(table.assign(changes=table["changes"].map("; ".join)) if "changes" in table else table)
    elif several:
        print_batches(rows)
    else:
        print_batch(rows, Counter(row["status"] for row in rows))


def _batches() -> list[dict[str, Any]]:
    """Every batch below runs, with how many of its runs have which status."""
    counts = {str(place): Counter(row["status"] for row in ledger_rows(place)) for place in batches()}
    words = sorted({word for found in counts.values() for word in found})
    return [{"batch": place, **{word: found[word] for word in words}} for place, found in counts.items()]


@runs_app.command("show", epilog="Example: optimizer runs show my-sweep 1f3a")
def show_command(
    words: Annotated[
        list[str], typer.Argument(metavar="[DIR] RUN", help="A batch as in list, and a label or first digits of an id.")
    ],
) -> None:
    """All that the ledger says of one run, and where its results are."""
    folder, run = _place_and(words, "RUN")
    row = find_run(folder, run)
    fields = {name.replace("_", " "): str(value) for name, value in row.items() if name not in ("changes", "columns")}
    fields["changes"] = "\n".join(row["changes"]) or "none"
    fields["results"] = str(folder / row["id"]) if (folder / row["id"]).is_dir() else "none"
    print_fields(row["label"] or "as it is", fields)


@runs_app.command("prune", epilog="Example: optimizer runs prune my-sweep")
def prune_command(
    folder: Folder = None,
    status: Annotated[
        list[str] | None, typer.Option(help="Statuses to remove (all that ended without a plan, if not given).")
    ] = None,
) -> None:
    """Remove runs that ended without a plan, and folders that no entry speaks of."""
    allowed = (*FAILED, WAITING, "done")
    for word in status or []:
        if word not in allowed:
            raise SettingError(f"'{word}' is not a status. Allowed: {', '.join(allowed)}.")
    gone = prune(place_of(folder), status or FAILED)
    print(f"{len(gone)} run(s) removed")


@runs_app.command("export", epilog="Example: optimizer runs export my-sweep for-the-minister")
def export_command(
    words: Annotated[list[str], typer.Argument(metavar="[DIR] NEW", help="A batch as in list, and a folder to make.")],
) -> None:
    """Copy the results of every run that is done into folders named by their labels, with each table as CSV too."""
    folder, target = _place_and(words, "NEW")
    print(f"{export_runs(folder, target)} run(s) copied to {target}")


def _place_and(words: Sequence[str], last: str) -> tuple[Path, str]:
    """The folder of a batch, perhaps left out, and the word after it."""
    if len(words) > 2:
        raise SettingError(f"{len(words)} words are too many: write [DIR] {last}.")
    return place_of(words[0] if len(words) == 2 else None), words[-1]


def collect_command(
    folder: Folder = None,
    table: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="A table of the results, e.g. awards (default: a row per run)."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write to .csv or .parquet (CSV on stdout, if not given).")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Results of a whole batch as one tidy table, with every figure that varied as a column."""
    frame = collect(place_of(folder), table)
    if out is not None:
        if out.suffix not in (".csv", ".parquet"):
            raise SettingError(f"{out}: tables are written as .csv or .parquet.")
        text = spreadsheet_safe(frame).to_csv(index=False, lineterminator="\n").encode()
        try:
            replace_file(out, text if out.suffix == ".csv" else frame.to_parquet(index=False))
        except OSError as error:
            raise OutputError(f"{out}: the table cannot be written ({error.strerror}).") from error
    elif as_json:
        print_json(records(frame))
    else:
        print_csv(frame)
