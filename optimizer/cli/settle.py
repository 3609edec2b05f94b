"""``optimizer settle``: the statement of a contract."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from rich.console import Console

from optimizer.cli.output import AsCsv, AsJson, print_csv, print_json, require_one_shape
from optimizer.errors import OutputError, SettingError
from optimizer.report.settlement import print_implied, print_statement
from optimizer.settlement import implied_pairs, read_terms, settle, settlement_files


def settle_command(
    terms: Annotated[
        str,
        typer.Argument(metavar="TERMS", help="terms.toml, a folder with one, or the name of a bundled settlement."),
    ],
    prices: Annotated[
        Path | None,
        typer.Argument(metavar="PRICES", help="CSV file of quotes (prices.csv of the folder, if left out)."),
    ] = None,
    volumes: Annotated[
        Path | None,
        typer.Argument(metavar="VOLUMES", help="CSV file of deliveries (volumes.csv of the folder, if left out)."),
    ] = None,
    implied: Annotated[
        bool,
        typer.Option("--implied", help="Instead: which benchmark and volume are consistent with payments reported."),
    ] = False,
    reported: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Payments and quantities reported, for --implied.")
    ] = None,
    tolerance: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="How far implied and reported may differ, as a share (--implied).")
    ] = 0.05,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the statement as a CSV file.")] = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Settle a price-support contract: what is due in each period, with totals and a running balance.

    Without volumes, the contracted quantity in the terms is settled.
    """
    require_one_shape(as_json, as_csv)
    files = settlement_files(terms)
    agreed = read_terms(files.terms)
    prices, volumes, reported = prices or files.prices, volumes or files.volumes, reported or files.reported
    if prices is None:
        raise SettingError(f"{terms} comes without prices. Give PRICES, a CSV file of quotes.")
    if implied:
        if reported is None:
            raise SettingError(f"{terms} comes without reported payments. Give them with --reported FILE.")
        if out is not None:
            raise SettingError("--out writes a statement, and --implied makes none. Use --json, or leave one out.")
        periods = implied_pairs(agreed, prices, reported, tolerance=tolerance)
        if as_json:
            print_json([period.to_json() for period in periods])
        elif as_csv:
            print_csv(pd.DataFrame([period.to_json() for period in periods]))
        else:
            print_implied(periods, agreed)
        return
    statement = settle(agreed, prices, volumes)
    if out is not None:
        _write_new(out, statement.to_csv())
        Console(stderr=True).print(f"statement written to {out}", soft_wrap=True, markup=False, highlight=False)
    if as_json:
        print_json(statement.to_json())
    elif as_csv:
        sys.stdout.write(statement.to_csv())
    else:
        print_statement(statement)


def _write_new(path: Path, text: str) -> None:
    """Write a file that does not exist yet, whole or not at all."""
    if os.path.lexists(path):
        raise OutputError(f"{path} exists. Files are never overwritten: choose a new name.")
    beside = path.with_name(f"{path.name}.partial")
    try:
        try:
            with beside.open("w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutputError(f"{path}: the statement cannot be written ({error.strerror or error}).") from error
