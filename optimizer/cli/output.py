"""How every command gives its answer to another program: one JSON object, or one CSV table."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

import pandas as pd
import typer

from optimizer.errors import SettingError
from optimizer.results.store import spreadsheet_safe

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print the main table as CSV, with all its columns.")]


def require_one_shape(as_json: bool, as_csv: bool) -> None:
    """Refuse both at once: SettingError."""
    if as_json and as_csv:
        raise SettingError("--json and --csv cannot be had together.")


def print_json(value: Any) -> None:
    """Print plain numbers, strings, lists and dicts as JSON."""
    json.dump(value, sys.stdout, indent=2, allow_nan=False)
    sys.stdout.write("\n")


def print_csv(frame: pd.DataFrame) -> None:
    """Print a table as CSV; texts that a spreadsheet would take for a formula get an apostrophe in front."""
    sys.stdout.write(spreadsheet_safe(frame).to_csv(index=False, lineterminator="\n"))
