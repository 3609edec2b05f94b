"""Arguments and options that several commands have, each said once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from optimizer.cli.completion import (
    case_names,
    change_paths,
    plant_names,
    run_folders,
    what_if_names,
)
from optimizer.errors import SettingError

CASE_PANEL = "Changes to the case"
EFFORT_PANEL = "Size and effort"
ANSWER_PANEL = "The answer"
"""Headings in the help of a command, in this order after its own options."""

SHAPES = {"as_json": "--json", "as_csv": "--csv"}


def _alone(context: typer.Context, parameter: typer.CallbackParam, value: bool) -> bool:
    others = [words for name, words in SHAPES.items() if name != parameter.name and context.params.get(name)]
    if value and others and not context.resilient_parsing:
        raise SettingError("--json and --csv cannot be had together.")
    return value


AsJson = Annotated[
    bool,
    typer.Option(
        "--json", callback=_alone, rich_help_panel=ANSWER_PANEL, help="Print the answer as JSON instead of tables."
    ),
]
AsCsv = Annotated[
    bool,
    typer.Option(
        "--csv",
        callback=_alone,
        rich_help_panel=ANSWER_PANEL,
        help="Print the main table as CSV, with all its columns.",
    ),
]
TableName = Annotated[
    str | None,
    typer.Option(
        "--table", metavar="NAME", rich_help_panel=ANSWER_PANEL, help="With --csv: another table of the answer."
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", rich_help_panel=ANSWER_PANEL, help="Show no progress.")]
OutFolder = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="DIR", rich_help_panel=ANSWER_PANEL, help="Write the tables of the answer into this folder."
    ),
]

CaseName = Annotated[
    str,
    typer.Argument(
        metavar="CASE", autocompletion=case_names, help="Folder or workbook of a case, or a bundled name."
    ),
]  # fmt: skip
Assignments = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", autocompletion=change_paths, rich_help_panel=CASE_PANEL,
        help="Change the case, e.g. programmes.nds.budget_musd=600; repeatable.",
    ),
]  # fmt: skip
WhatIfs = Annotated[
    list[str] | None,
    typer.Option(
        "--what-if", metavar="FILE:NAME", autocompletion=what_if_names, rich_help_panel=CASE_PANEL,
        help="A named what-if, made before --set; repeatable.",
    ),
]  # fmt: skip

Paths = Annotated[
    int | None,
    typer.Option(metavar="N", min=1, rich_help_panel=EFFORT_PANEL, help="Price paths (the case's, if not given)."),
]
Futures = Annotated[
    int | None,
    typer.Option(
        metavar="N", min=1, rich_help_panel=EFFORT_PANEL, help="Futures of supply (the case's, if not given)."
    ),
]
Seed = Annotated[
    int | None,
    typer.Option(
        metavar="N", min=0, rich_help_panel=EFFORT_PANEL, help="Seed of the draws: same seed, same tables."
    ),
]  # fmt: skip
Gap = Annotated[
    float | None,
    typer.Option(
        metavar="SHARE", min=0.0, rich_help_panel=EFFORT_PANEL,
        help="Relative gap at which each solve stops, e.g. 0.001.",
    ),
]  # fmt: skip
TimeLimit = Annotated[
    float,
    typer.Option(
        metavar="SECONDS", min=1.0, rich_help_panel=EFFORT_PANEL, help="Stop then, with what is known by then."
    ),
]
Cluster = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS", rich_help_panel=EFFORT_PANEL, help="Scheduler of a Dask cluster that does the work instead."
    ),
]

PlantName = Annotated[
    str | None,
    typer.Option("--plant", metavar="PLANT", autocompletion=plant_names, help="Only this candidate, built or not."),
]
RunFolder = Annotated[
    str,
    typer.Argument(
        metavar="RUN", autocompletion=run_folders, help="Folder written by solve --out, or BATCH:LABEL or BATCH:ID."
    ),
]
