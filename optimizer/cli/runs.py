"""``optimizer runs`` and ``collect``: what batches have left."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from optimizer.batch import collect
from optimizer.batch.collect import ledger_rows
from optimizer.batch.ledger import FAILED, WAITING
from optimizer.batch.store import export_runs, find_run, prune
from optimizer.errors import OutputError, SettingError
from optimizer.report.batch import print_batch
from optimizer.report.terminal import print_fields
from optimizer.results.store import replace_file, spreadsheet_safe

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a batch.")]

runs_app = typer.Typer(help="Look into, tidy or copy the runs of a batch.", no_args_is_help=True)


@runs_app.command("list", epilog="Example: optimizer runs list my-sweep")
def list_command(folder: Folder) -> None:
    """Every run with its cost, gap and status."""
    rows = ledger_rows(folder)
    print_batch(rows, Counter(row["status"] for row in rows))


@runs_app.command("show", epilog="Example: optimizer runs show my-sweep 1f3a")
def show_command(
    folder: Folder, run: Annotated[str, typer.Argument(metavar="RUN", help="Label, or first digits of the id.")]
) -> None:
    """All that the ledger says of one run, and where its results are."""
    row = find_run(folder, run)
    fields = {name.replace("_", " "): str(value) for name, value in row.items() if name not in ("changes", "columns")}
    fields["changes"] = "\n".join(row["changes"]) or "none"
    fields["results"] = str(folder / row["id"]) if (folder / row["id"]).is_dir() else "none"
    print_fields(row["label"] or "as it is", fields)


@runs_app.command("prune", epilog="Example: optimizer runs prune my-sweep")
def prune_command(
    folder: Folder,
    status: Annotated[
        list[str] | None, typer.Option(help="Statuses to remove (all that ended without a plan, if not given).")
    ] = None,
) -> None:
    """Remove runs that ended without a plan, and folders that no entry speaks of."""
    allowed = (*FAILED, WAITING, "done")
    for word in status or []:
        if word not in allowed:
            raise SettingError(f"'{word}' is not a status. Allowed: {', '.join(allowed)}.")
    gone = prune(folder, status or FAILED)
    print(f"{len(gone)} run(s) removed")


@runs_app.command("export", epilog="Example: optimizer runs export my-sweep for-the-minister")
def export_command(
    folder: Folder, target: Annotated[Path, typer.Argument(metavar="NEW", help="Folder to make.")]
) -> None:
    """Copy the results of every run that is done into folders named by their labels."""
    print(f"{export_runs(folder, target)} run(s) copied to {target}")


def collect_command(
    folder: Folder,
    table: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="A table of the results, e.g. awards (default: a row per run)."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write to .csv or .parquet (CSV on stdout, if not given).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print rows as JSON.")] = False,
) -> None:
    """Results of a whole batch as one tidy table, with every figure that varied as a column."""
    frame = collect(folder, table)
    if out is not None:
        if out.suffix not in (".csv", ".parquet"):
            raise SettingError(f"{out}: tables are written as .csv or .parquet.")
        text = spreadsheet_safe(frame).to_csv(index=False, lineterminator="\n").encode()
        try:
            replace_file(out, text if out.suffix == ".csv" else frame.to_parquet(index=False))
        except OSError as error:
            raise OutputError(f"{out}: the table cannot be written ({error.strerror}).") from error
    elif as_json:
        rows = frame.astype(object).where(frame.notna(), None).to_dict(orient="records")
        json.dump(rows, sys.stdout, indent=2, default=float)
        sys.stdout.write("\n")
    else:
        sys.stdout.write(spreadsheet_safe(frame).to_csv(index=False, lineterminator="\n"))
