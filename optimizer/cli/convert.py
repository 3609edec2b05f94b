"""``optimizer convert``: a case as a workbook, or a workbook as a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from optimizer.data import read_case
from optimizer.data.workbook.naming import OTHER_WORKBOOKS
from optimizer.errors import SettingError
from optimizer.whatif import apply


def convert_command(
    case: Annotated[str, typer.Argument(metavar="CASE", help="Folder, workbook, or name of a bundled case.")],
    target: Annotated[Path, typer.Argument(metavar="TARGET", help="New workbook (FILE.xlsx), or a new folder.")],
    assignments: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change one figure of the case; may be given several times."),
    ] = None,
) -> None:
    """Write a case as an Excel workbook, or as a folder of CSV files: the same case either way.

    A file is never overwritten.
    """
    if target.suffix.lower() in OTHER_WORKBOOKS:
        raise SettingError(f"{target}: workbooks are written as .xlsx. Give a name that ends so, or a new folder.")
    apply(read_case(case), assignments or []).write(target)
    print(f"{case} written to {target}. Next: optimizer check {target}")
