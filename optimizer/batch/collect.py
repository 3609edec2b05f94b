"""A whole batch as one table: every run a row, or every row of a table of every run, with what varied as columns."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from optimizer.batch.ledger import DONE
from optimizer.batch.ledger import ledger_rows as ledger_rows
from optimizer.data.nearest import allowed_words
from optimizer.errors import OutputError, SettingError

FIGURES = ("objective_musd", "bound_musd", "gap", "termination", "seconds")


def collect(folder: str | Path, table: str | None = None) -> pd.DataFrame:
    """Results of a batch.

    Without ``table``: one row per run with its id, label, what varied (a column each), status, cost, bound and gap, the
    terms of the objective (``breakdown_*_musd``, weighted), the measures of the comparison with no plan, and the plants
    that are backed. With the name of a result table: all rows of that table of all runs, what varied in front.

    Raises OutputError if the folder holds no batch or a run's files are gone, SettingError for an unknown table.
    """
    place = Path(folder)
    rows = ledger_rows(place)
    if table is None:
        return pd.DataFrame([_row(place, row) for row in rows])
    parts = [_table(place, row, table) for row in rows if row["status"] == DONE]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _row(place: Path, row: dict[str, Any]) -> dict[str, Any]:
    out = {"run": row["id"], "label": row["label"], **_varied(row), "status": row["status"]}
    out |= {name: row[name] for name in FIGURES}
    out["warm"] = bool(row["warm"])
    out["message"] = row["message"] or ""
    if row["status"] != DONE:
        return out
    said = _summary(place / row["id"])
    out |= {f"breakdown_{name}_musd": value for name, value in said["breakdown"].items()}
    for measure in said.get("comparison", []):
        unit = f" [{measure['unit']}]" if measure["unit"] else ""
        out[f"{measure['measure']}{unit}, with plan"] = measure["with_plan"]
    out["backed plants"] = "; ".join(award["plant"] for award in said["awards"] if award["route"] == "supported")
    return out


def _table(place: Path, row: dict[str, Any], name: str) -> pd.DataFrame:
    path = place / row["id"] / f"{name}.parquet"
    known = sorted(found.stem for found in (place / row["id"]).glob("*.parquet"))
    if name not in known:
        if not known:
            raise OutputError(f"{place / row['id']}: the results of run '{row['label']}' are gone.")
        raise SettingError(f"'{name}' is not a table of the results. {allowed_words(name, known)}")
    frame = pd.read_parquet(path)
    for position, (column, value) in enumerate([("run", row["id"]), ("label", row["label"]), *_varied(row).items()]):
        frame.insert(position, column, [value] * len(frame), allow_duplicates=True)
    return frame


def _varied(row: dict[str, Any]) -> dict[str, Any]:
    return {name: number_or_text(value) for name, value in row["columns"].items()}


def number_or_text(text: str) -> float | str:
    """A value that varied, as a number if it is one.

    >>> number_or_text("600"), number_or_text("2028;2029")
    (600.0, '2028;2029')
    """
    try:
        return float(text)
    except ValueError:
        return text


def _summary(folder: Path) -> dict[str, Any]:
    try:
        said: dict[str, Any] = json.loads((folder / "solution.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise OutputError(f"{folder}: the results of the run cannot be read ({error}).") from error
    return said
