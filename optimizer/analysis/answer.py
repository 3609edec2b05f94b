"""What every analysis returns: findings in words, tidy tables, and the gap of every solve they rest on."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from optimizer.analysis.notebook import analysis_html
from optimizer.data import Case, read_case
from optimizer.display import Public, Tables
from optimizer.engine import Solved
from optimizer.engine.progress import relative_gap
from optimizer.errors import OutputError
from optimizer.origin import source_fingerprint
from optimizer.results import Solution
from optimizer.results.manifest import with_manifest
from optimizer.results.records import records
from optimizer.results.store import replace_folder, table_files

SOLVES = ("question", "objective_musd", "bound_musd", "gap", "termination", "seconds")
SUMMARY = "analysis.json"


@dataclass(frozen=True)
class View(metaclass=Public):
    """How a ``table`` is shown: some ``columns`` under short heads (column → head, a line break where it may wrap).

    ``title`` stands above. At most ``rows`` rows are printed; the rest is counted. The table itself is always written
    whole.
    """

    title: str
    table: str
    columns: Mapping[str, str]
    rows: int = 40


@dataclass(frozen=True, repr=False)
class Analysis(metaclass=Public):
    """The answer of one analysis.

    ``verb`` is its name on the command line, ``case_name`` and ``title`` are those of the case. ``findings`` are what
    the tables say, in sentences with units. ``tables`` are tidy, one idea each, units in the column names; the first is
    the main one. ``views`` say how they are shown. ``solves`` has one row per solve the answer rests on: question,
    objective_musd, bound_musd, gap (relative), termination, seconds. ``run`` holds sizes, seed and versions; ``case``
    the case asked about, ``seconds`` how long it took. ``interrupted``: stopped before the end, and what is there was
    known by then.
    """

    verb: str
    case_name: str
    title: str
    findings: tuple[str, ...]
    tables: dict[str, pd.DataFrame]
    views: tuple[View, ...]
    solves: pd.DataFrame
    run: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    interrupted: bool = False
    case: Case | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "tables", Tables(self.tables, {view.table: view.title for view in self.views}))

    @property
    def table(self) -> pd.DataFrame:
        """The main table."""
        return next(iter(self.tables.values()))

    @property
    def widest_gap(self) -> float:
        """The largest relative gap of all solves; not a number if there were none."""
        return float(self.solves["gap"].max()) if len(self.solves) else math.nan

    def to_json(self) -> dict[str, Any]:
        """The answer as one object of plain numbers, strings, lists and dicts; absent values are None."""
        return {
            "analysis": self.verb,
            "case": self.case_name,
            "title": self.title,
            "findings": list(self.findings),
            "interrupted": self.interrupted,
            "tables": {name: records(frame) for name, frame in self.tables.items()},
            "views": [
                {"title": view.title, "table": view.table, "columns": dict(view.columns), "rows": view.rows}
                for view in self.views
            ],
            "solves": records(self.solves.drop(columns="seconds")),
            "run": self.run,
        }

    def files(self) -> dict[str, bytes]:
        """What is written, file name → content: every table as CSV and Parquet, the solves, and ``analysis.json``."""
        files = table_files({**self.tables, "solves": self.solves.drop(columns="seconds")})
        files[SUMMARY] = f"{json.dumps(self.to_json(), indent=2, ensure_ascii=False, allow_nan=False)}\n".encode()
        if self.case is not None:
            texts = self.case.in_key_order().file_texts()
            files |= {f"case/{name}": text.encode() for name, text in texts.items()}
        return files

    def write(self, folder: str | Path) -> None:
        """Write all ``files`` with a manifest as one folder, in place of an earlier one. OutputError names the path."""
        facts: dict[str, Any] = {"analysis": self.verb, "case": self.case_name, "run": self.run}
        facts["code"] = source_fingerprint()
        if self.case is not None:
            facts["inputs"] = dict(sorted(self.case.fingerprints.items()))
        timing = {"seconds": self.seconds, "solve_seconds": self.solves["seconds"].astype(float).tolist()}
        replace_folder(folder, with_manifest(self.files(), facts, timing))

    def __repr__(self) -> str:
        """Verb, case, tables with their rows, and the widest gap of the solves behind them."""
        sizes = ", ".join(f"{name} ({len(frame):,})" for name, frame in self.tables.items())
        gap = f"; widest gap {self.widest_gap:.3%}" if math.isfinite(self.widest_gap) else ""
        stopped = "; interrupted" if self.interrupted else ""
        return f"<Analysis {self.verb} of {self.case_name}: {sizes}{gap}{stopped}>"

    def _repr_html_(self) -> str:
        return analysis_html(self)


def read_analysis(folder: str | Path) -> Analysis:
    """The analysis written into a folder, with its case if that is there. Raises OutputError if it holds none."""
    place = Path(folder)
    try:
        said = json.loads((place / SUMMARY).read_text("utf-8"))
        tables = {name: pd.read_parquet(place / f"{name}.parquet") for name in said["tables"]}
        solves = pd.read_parquet(place / "solves.parquet").assign(seconds=math.nan)
        views = tuple(View(**view) for view in said["views"])
        return Analysis(
            said["analysis"],
            said["case"],
            said["title"],
            tuple(said["findings"]),
            tables,
            views,
            solves,
            said["run"],
            interrupted=said["interrupted"],
            case=read_case(place / "case") if (place / "case").is_dir() else None,
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OutputError(f"{place}: holds no analysis that can be read ({type(error).__name__}: {error}).") from error


@dataclass
class Solves(metaclass=Public):
    """Keeps what is said of every solve in ``rows``, so that each answer can state the gaps it rests on."""

    rows: list[tuple[Any, ...]] = field(default_factory=list)

    def add(self, question: str, solved: Solution | Solved) -> None:
        """Keep what was ``solved`` under the ``question`` it answers."""
        if isinstance(solved, Solution):
            objective, bound, gap = solved.objective_musd, solved.bound_musd, solved.gap
        else:
            objective, bound = solved.objective, solved.bound
            gap = relative_gap(objective, bound)
        self.rows.append((question, objective, bound, gap, solved.termination, solved.seconds))

    def frame(self) -> pd.DataFrame:
        """One row per solve."""
        return pd.DataFrame(self.rows, columns=list(SOLVES))


def in_words(names: Sequence[str], none: str = "none") -> str:
    """Names as a list in a sentence.

    >>> in_words(["a", "b", "c"]), in_words([])
    ('a, b and c', 'none')
    """
    if len(names) < 2:
        return names[0] if names else none
    return f"{', '.join(names[:-1])} and {names[-1]}"
