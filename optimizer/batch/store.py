"""The folder of a batch after it has run: what is in it, and taking things out of it."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from optimizer.batch.collect import ledger_rows
from optimizer.batch.ledger import DONE, Ledger
from optimizer.data.nearest import allowed_words
from optimizer.errors import OutputError, SettingError
from optimizer.results import manifest


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
    """Copy the folders of all runs done to ``target``/label; how many. OutputError if ``target`` is there already."""
    place, goal = Path(folder), Path(target)
    if goal.exists():
        raise OutputError(f"{goal} is there already. Choose a new folder.")
    rows = [row for row in ledger_rows(place) if row["status"] == DONE]
    names = [_name(row) for row in rows]
    try:
        goal.mkdir(parents=True)
        for row, name in zip(rows, names, strict=True):
            shutil.copytree(place / row["id"], goal / (name if names.count(name) == 1 else f"{name}-{row['id']}"))
    except OSError as error:
        raise OutputError(f"{goal}: runs cannot be copied ({error.strerror or error}).") from error
    return len(rows)


def _name(row: dict[str, Any]) -> str:
    """A name for a folder: the label as far as file systems take it, or the id."""
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in row["label"]).strip("-")
    return plain[:80] or str(row["id"])
