"""The folder of a batch after it has run: what is in it, and taking things out of it."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from optimizer.batch.ledger import DONE, Ledger, ledger_rows
from optimizer.data.nearest import allowed_words
from optimizer.errors import OutputError, SettingError
from optimizer.results import manifest
from optimizer.results.store import replace_folder, table_files


def find_run(folder: str | Path, word: str) -> dict[str, Any]:
    """The run of a batch by its id, the first digits of it, or its label. SettingError unless one fits."""
    rows = ledger_rows(folder)
    found = [row for row in rows if row["label"] == word] or [row for row in rows if row["id"].startswith(word)]
    if len(found) == 1:
        return found[0]
    if len(found) > 1:
        raise SettingError(f"{folder}: {len(found)} runs begin with '{word}'. Give more digits.")
    raise SettingError(f"{folder}: has no run '{word}'. {allowed_words(word, [row['label'] for row in rows])}")


def prune(folder: str | Path, statuses: Sequence[str] = (), *, unknown: bool = True) -> list[str]:
    """Take runs with these statuses out of a batch, and (``unknown``) folders of runs that no entry of it speaks of.

    Ids of the runs removed. Nothing is done while another process works on the batch: OutputError.
    """
    place = Path(folder)
    rows = ledger_rows(place)
    with Ledger(place) as ledger:
        if ledger.others_alive():
            raise OutputError(f"{place}: a batch is running there. Wait for it to end.")
        gone = [row["id"] for row in rows if row["status"] in statuses]
        ledger.remove(gone)
    kept = {row["id"] for row in rows} - set(gone)
    if unknown:
        strays = [
            path.name for path in place.iterdir() if path.name not in kept and (path / manifest.MANIFEST).is_file()
        ]
        gone = [*gone, *(name for name in strays if name not in gone)]
    for name in gone:
        shutil.rmtree(place / name, ignore_errors=True)
    return gone


def export_runs(folder: str | Path, target: str | Path) -> int:
    """Copy the folders of all runs done to ``target``/label, each table as CSV too; how many.

    Each copy is what ``solve --out`` would have written. OutputError if ``target`` is there already, or a run is not as
    it was written.
    """
    place, goal = Path(folder), Path(target)
    if goal.exists():
        raise OutputError(f"{goal} is there already. Choose a new folder.")
    rows = [row for row in ledger_rows(place) if row["status"] == DONE]
    names = [_name(row) for row in rows]
    try:
        goal.mkdir(parents=True)
        for row, name in zip(rows, names, strict=True):
            copy = goal / (name if names.count(name) == 1 else f"{name}-{row['id']}")
            replace_folder(copy, _files_with_csv(place / row["id"]))
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        raise OutputError(f"{goal}: runs cannot be copied ({error.strerror or error}).") from error
    return len(rows)


def _files_with_csv(folder: Path) -> dict[str, bytes]:
    """The files of a run, with a CSV file for every table, and a manifest of them all."""
    problems = manifest.check(folder)
    if problems:
        raise OutputError(f"{folder}: is not as it was written ({problems[0]}).")
    facts = manifest.opened((folder / manifest.MANIFEST).read_bytes())
    timing = manifest.opened((folder / manifest.TIMING).read_bytes())
    files = {name: (folder / name).read_bytes() for name in facts["files"]}
    tables = {path.stem: pd.read_parquet(path) for path in folder.glob("*.parquet")}
    files |= {name: content for name, content in table_files(tables).items() if name.endswith(".csv")}
    facts = {name: value for name, value in facts.items() if name not in ("format", "files")}
    return manifest.with_manifest(files, facts, {name: value for name, value in timing.items() if name != "manifest"})


def _name(row: dict[str, Any]) -> str:
    """A name for a folder: the label as far as file systems take it, or the id."""
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in row["label"]).strip("-")
    return plain[:80] or str(row["id"])
