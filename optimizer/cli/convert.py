"""``optimizer convert``: a case as a workbook, or a workbook as a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from optimizer.cli.asking import asked_case
from optimizer.cli.options import AsCsv, AsJson, Assignments, CaseName, WhatIfs
from optimizer.cli.output import print_facts
from optimizer.errors import SettingError


def convert_command(
    case: CaseName,
    target: Annotated[Path, typer.Argument(metavar="TARGET", help="New workbook (FILE.xlsx), or a new folder.")],
    assignments: Assignments = None,
    what_ifs: WhatIfs = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Write a case as an Excel workbook, or as a folder of CSV files: the same case either way.

    A file is never overwritten.
    """
    from optimizer.data.workbook.naming import OTHER_WORKBOOKS

    if target.suffix.lower() in OTHER_WORKBOOKS:
        raise SettingError(f"{target}: workbooks are written as .xlsx. Give a name that ends so, or a new folder.")
    asked_case(case, assignments, what_ifs).write(target)
    facts = {"case": case, "written": str(target)}
    print_facts(facts, f"{case} written to {target}. Next: optimizer check {target}", as_json=as_json, as_csv=as_csv)
