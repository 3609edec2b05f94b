"""``optimizer cases``, ``init`` and ``template``: where cases come from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from optimizer.cli.completion import bundled_names
from optimizer.cli.options import AsCsv, AsJson
from optimizer.cli.output import print_facts, print_json, print_rows

FIRST_CASE = "mp-materials"


def cases_command(as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    """List the bundled cases and the question each answers."""
    from optimizer import bundled_cases, read_case
    from optimizer.report.terminal import print_fields

    infos = [read_case(folder).settings.case for folder in bundled_cases().values()]
    rows = [info.model_dump() for info in infos]
    if as_json:
        print_json(rows)
    elif as_csv:
        print_rows(rows, list(rows[0]))
    else:
        print_fields("Bundled cases", {info.name: f"{info.title}\n{info.question}" for info in infos})


def init_command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="New folder or workbook (.xlsx) for the case.")],
    case: Annotated[
        str, typer.Option(metavar="NAME", autocompletion=bundled_names, help="Bundled case to copy.")
    ] = FIRST_CASE,
    candidate: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PLANT", help="Keep this candidate, and none that is not named; operating plants stay. Repeatable."
        ),
    ] = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Copy a bundled case into a new folder or workbook, to be changed there; whole, or with fewer candidates."""
    from optimizer import bundled_cases, copy_bundled, read_case
    from optimizer.data.fewer import only_candidates
    from optimizer.data.workbook.naming import is_workbook_name

    if candidate and case in bundled_cases():
        only_candidates(read_case(bundled_cases()[case]), candidate).write(folder)
    elif is_workbook_name(folder) and case in bundled_cases():
        read_case(bundled_cases()[case]).write(folder)
    else:
        copy_bundled(case, folder)
    facts = {"case": case, "written": str(folder)}
    print_facts(facts, f"{case} copied to {folder}. Next: optimizer check {folder}", as_json=as_json, as_csv=as_csv)


def template_command(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder to write the tables into, or a new workbook (.xlsx).")
    ],
    example: Annotated[
        bool, typer.Option("--example", help="Fill the tables with a small case of two plants, to be written over.")
    ] = False,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Write blank tables, a commented case.toml and the column reference; as a workbook if the name ends in .xlsx.

    The tables have the columns that are usual; check says which table to fill in first, and with what.
    """
    from optimizer import write_template
    from optimizer.data.workbook.naming import is_workbook_name

    write_template(folder, example=example)
    what = "a case of two plants" if example else "blank tables"
    where = "its sheet columns" if is_workbook_name(folder) else "README.md there"
    words = f"{what} written to {folder}; {where} explains every column. Next: optimizer check {folder}"
    facts = {"content": what, "written": str(folder)}
    print_facts(facts, words, as_json=as_json, as_csv=as_csv)
