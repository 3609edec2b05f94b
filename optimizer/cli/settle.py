"""``optimizer settle``: the statement of a contract."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from optimizer.cli.completion import settlement_names
from optimizer.cli.messages import say
from optimizer.cli.options import ANSWER_PANEL, AsCsv, AsJson
from optimizer.cli.output import print_json, print_rows
from optimizer.errors import OutputError, SettingError

if TYPE_CHECKING:
    from optimizer.settlement import ImpliedPeriod, Terms


def settle_command(
    terms: Annotated[
        str,
        typer.Argument(
            metavar="TERMS",
            autocompletion=settlement_names,
            help="terms.toml, a folder with one, or the name of a bundled settlement.",
        ),
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
        float,
        typer.Option(
            metavar="SHARE", min=0.0, max=1.0, help="How far implied and reported may differ, as a share (--implied)."
        ),
    ] = 0.05,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", rich_help_panel=ANSWER_PANEL, help="Write the statement as a CSV file."),
    ] = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Settle a price-support contract: what is due in each period, with totals and a running balance.

    Without volumes, the contracted quantity in the terms is settled.
    """
    from optimizer.report.settlement import print_implied, print_statement
    from optimizer.settlement import implied_pairs, read_terms, settle, settlement_files

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
            print_json(list(_with_units(periods, agreed)))
        elif as_csv:
            named = list(_with_units(periods, agreed))
            rows = [{**period, **pair} for period in named for pair in period.pop("pairs")]
            print_rows(rows, list(rows[0]))
        else:
            print_implied(periods, agreed)
        return
    statement = settle(agreed, prices, volumes)
    if out is not None:
        _write_new(out, statement.to_csv())
        say(f"statement written to {out}")
    if as_json:
        print_json(statement.to_json())
    elif as_csv:
        sys.stdout.write(statement.to_csv())
    else:
        print_statement(statement)


def _with_units(periods: Sequence[ImpliedPeriod], terms: Terms) -> Iterator[dict[str, Any]]:
    """Payments and the pairs beside them, with the units of the contract in the names."""
    units = terms.units
    currency, price = units.currency.lower(), f"{units.currency.lower()}_per_{units.price_per}"
    ends = {
        "benchmark_price": price,
        "implied_price": price,
        "implied_quantity": units.quantity,
        "reported": units.quantity,
    }
    for period in periods:
        said = period.to_json()
        pairs = [{f"{k}_{ends[k]}" if k in ends else k: value for k, value in pair.items()} for pair in said["pairs"]]
        yield {"period": said["period"], f"payment_{currency}": said["payment"], "pairs": pairs}


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
