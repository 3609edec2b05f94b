"""A run folder read back and verified: its files against the manifest, its numbers against the case it holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from optimizer.data import Case, read_case
from optimizer.errors import CaseError, SettingError
from optimizer.results import manifest
from optimizer.verification.certificate import Book, Certificate
from optimizer.verification.objective import bound_words
from optimizer.verification.verification import check_all

SUMMARY = "solution.json"
CASE = "case"


def verify_run(folder: str | Path) -> Certificate:
    """Verify a run folder as ``Solution.write`` leaves it: every file is as it was written, and the plan holds.

    Reads ``case/``, the Parquet tables and ``solution.json``; scenarios are drawn again from the case. Raises
    SettingError if the folder is not that of a run.
    """
    place = Path(folder)
    if not (place / SUMMARY).is_file() or not (place / CASE).is_dir():
        raise SettingError(
            f"{folder} is not the folder of a run: it has no {SUMMARY} and no {CASE}/. Give a folder written by "
            "optimizer solve --out."
        )
    book = Book()
    differences = manifest.check(place)
    listed = len(list(place.rglob("*")))
    book.holds("files are as they were written", [True] * max(listed - len(differences), 0), "")
    for difference in differences:
        book.holds("files are as they were written", False, str(difference))
    summary = _summary(book, place)
    tables = _tables(book, place)
    case = _case(book, place)
    bound = bound_words(summary.get("run") or {})
    if case is None:
        return book.certificate(bound)
    return check_all(book, case, tables, summary)


def _summary(book: Book, place: Path) -> dict[str, Any]:
    try:
        found = json.loads((place / SUMMARY).read_bytes())
    except (OSError, ValueError, RecursionError):
        found = None
    readable = isinstance(found, dict) and isinstance(found.get("run", {}), dict)
    book.holds("files can be read", readable, SUMMARY)
    return found if readable else {}


def _tables(book: Book, place: Path) -> dict[str, pd.DataFrame]:
    tables = {}
    for path in sorted(place.glob("*.parquet")):
        try:
            tables[path.stem] = pd.read_parquet(path)
            book.holds("files can be read", True)
        # The reader raises errors of many kinds for a file that is not what it should be.
        except Exception as error:
            book.holds("files can be read", False, f"{path.name} ({type(error).__name__})")
    return tables


def _case(book: Book, place: Path) -> Case | None:
    try:
        case = read_case(place / CASE)
    except CaseError as error:
        book.holds("the case can be read", False, str(error.faults[0]) if error.faults else CASE)
        return None
    book.holds("the case can be read", True)
    return case
