"""A run read back from its folder."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from optimizer.data import read_case
from optimizer.display import Tables
from optimizer.errors import OutputError, SettingError
from optimizer.origin import source_fingerprint
from optimizer.results.contents import RESULT_TABLES
from optimizer.results.manifest import MANIFEST, opened
from optimizer.results.solution import Solution

SUMMARY, CASE, SEARCH = "solution.json", "case", "search.csv"


@dataclass(frozen=True)
class Provenance:
    """What a manifest says of a run's origin: SHA-256 of the program (None if unknown) and of every input file."""

    code: str | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)


def provenance_of(run: str | Path | Solution) -> Provenance:
    """Where a run comes from: as the manifest of its folder says, or, of a solution in memory, as it would say."""
    if isinstance(run, Solution):
        inputs = {} if run.case is None else dict(sorted(run.case.fingerprints.items()))
        return Provenance(source_fingerprint(), inputs)
    try:
        said = opened((Path(run) / MANIFEST).read_bytes())
        return Provenance(str(said["code"]), {str(name): str(seal) for name, seal in said.get("inputs", {}).items()})
    except (OSError, ValueError, KeyError, AttributeError):
        return Provenance()


def read_run(folder: str | Path) -> Solution:
    """The solution that ``Solution.write`` (``solve --out``) wrote into a folder, with its case and all its tables.

    Nothing is worked out again: ``certificate`` is None; ``verify_run`` gives it. Times are not read. Raises
    SettingError if the folder is not that of a run, OutputError for files in it that cannot be read.
    """
    place = Path(folder)
    if not (place / SUMMARY).is_file() or not (place / CASE).is_dir():
        raise SettingError(
            f"{folder} is not the folder of a run: it has no {SUMMARY} and no {CASE}/. Give a folder written by "
            "optimizer solve --out."
        )
    case = read_case(place / CASE)
    try:
        said = json.loads((place / SUMMARY).read_bytes())
        return Solution(
            case_name=case.name,
            title=case.settings.case.title,
            termination=str(said["termination"]),
            objective_musd=float(said["objective_musd"]),
            bound_musd=-math.inf if said["bound_musd"] is None else float(said["bound_musd"]),
            gap=math.inf if said["gap"] is None else float(said["gap"]),
            seconds=math.nan,
            breakdown={str(term): float(musd) for term, musd in said["breakdown"].items()},
            tables=Tables(read_tables(place), RESULT_TABLES),
            sources={str(grade): int(rows) for grade, rows in said["sources"].items()},
            run=dict(said["run"]),
            report=pd.read_csv(place / SEARCH),
            case=case,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        if isinstance(error, OutputError):
            raise
        raise OutputError(
            f"{place}: is not what a run writes ({type(error).__name__}: {error}). Solve the case again with this "
            "version."
        ) from error


def read_tables(folder: str | Path) -> dict[str, pd.DataFrame]:
    """Every table of a run folder by name. Raises OutputError naming a file that is no table."""
    place = Path(folder)
    found: dict[str, pd.DataFrame] = {}
    for path in sorted(place.glob("*.parquet")):
        try:
            found[path.stem] = pd.read_parquet(path)
        # The reader raises errors of many kinds for a file that is not what it should be.
        except Exception as error:
            raise OutputError(f"{path}: cannot be read as a table ({type(error).__name__}).") from error
    return found
