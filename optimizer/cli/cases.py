"""``optimizer cases``, ``init`` and ``template``: where cases come from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from optimizer.cli.output import AsCsv, AsJson, print_csv, print_json, require_one_shape
from optimizer.data import bundled_cases, copy_bundled, read_case, write_template
from optimizer.data.workbook.naming import is_workbook_name
from optimizer.report.terminal import print_fields

FIRST_CASE = "mp-materials"


def cases_command(as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    """List the bundled cases and the question each answers."""
    require_one_shape(as_json, as_csv)
    infos = [read_case(folder).settings.case for folder in bundled_cases().values()]
    rows = [info.model_dump() for info in infos]
    if as_json:
        print_json(rows)
    elif as_csv:
        print_csv(pd.DataFrame(rows))
    else:
        print_fields("Bundled cases", {info.name: f"{info.title}\n{info.question}" for info in infos})


def init_command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="New folder or workbook (.xlsx) for the case.")],
    case: Annotated[str, typer.Option(metavar="NAME", help="Bundled case to copy.")] = FIRST_CASE,
) -> None:
    """Copy a bundled case into a new folder or workbook, to be changed there."""
    if is_workbook_name(folder) and case in bundled_cases():
        read_case(bundled_cases()[case]).write(folder)
    else:
        copy_bundled(case, folder)
    print(f"{case} copied to {folder}. Next: optimizer check {folder}")


def template_command(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder to write the blank tables into, or a new workbook (.xlsx).")
    ],
) -> None:
    """Write blank tables, a commented case.toml and the column reference; as a workbook if the name ends in .xlsx."""
    write_template(folder)
    where = "its sheet columns" if is_workbook_name(folder) else "README.md there"
    print(f"blank tables written to {folder}; {where} explains every column")
