"""What a solve returns: why it stopped, how good the plan is, and tidy tables."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from optimizer.data import Case
from optimizer.display import Public, Tables
from optimizer.origin import source_fingerprint
from optimizer.results.contents import RESULT_TABLES
from optimizer.results.manifest import with_manifest
from optimizer.results.notebook import solution_html, solution_line
from optimizer.results.records import records
from optimizer.results.store import replace_folder, spreadsheet_safe, table_files
from optimizer.results.workbook import write_results

if TYPE_CHECKING:
    from optimizer.verification import Certificate

JSON_TABLES = ("programmes", "stockpile", "supply", "shortfall", "comparison", "private_entry", "candidates")


@dataclass(frozen=True, repr=False)
class Solution(metaclass=Public):
    """A plan and everything said about it, as ``solve`` and ``read_run`` return it.

    >>> from optimizer import read_case, solve
    >>> solution = solve(read_case("mp-materials"), paths=16, futures=2)
    >>> solution.tables["programmes"].columns[3]
    'budget_musd'

    ``case_name`` and ``title`` are those of the case. ``termination`` says why the search stopped: gap_reached,
    time_limit, round_limit (it came no closer) or interrupted. ``objective_musd`` is the weighted cost of the plan,
    ``bound_musd`` a lower bound on the cost of any plan, ``gap`` their relative distance. ``report`` is the trace of
    the search, one row per iteration of the cutting-plane method: phase, iteration, bound_musd, incumbent_musd, gap,
    cuts, seconds. ``breakdown`` maps each term to its weighted share of the objective (musd) and sums to it. ``tables``
    holds the tidy tables named in ``optimizer.results``; ``run`` the sizes, seed and versions behind the numbers;
    ``case`` is the case that was solved, with every change made to it. ``certificate`` is what came of working the plan
    out again; None if that was not done. ``seconds`` is how long it took, ``sources`` the number of input rows by grade
    of evidence.
    """

    case_name: str
    title: str
    termination: str
    objective_musd: float
    bound_musd: float
    gap: float
    seconds: float
    breakdown: dict[str, float]
    tables: Tables
    sources: dict[str, int]
    run: dict[str, Any] = field(default_factory=dict)
    report: pd.DataFrame = field(default_factory=pd.DataFrame)
    case: Case | None = None
    certificate: Certificate | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "tables", Tables(self.tables, RESULT_TABLES))

    @property
    def interrupted(self) -> bool:
        """Whether the search was stopped from outside; the plan is the best found until then."""
        return self.termination == "interrupted"

    @property
    def backed(self) -> pd.DataFrame:
        """What the plan backs: the rows of ``tables["awards"]`` of plants that get support, one per contract.

        Columns are those of that table: money in musd, strikes in USD/kg, tonnage in t/yr. Grants, equity and loans
        stand on the first row of a plant only, so that columns can be summed.
        """
        awards = self.tables["awards"]
        return awards[awards["route"] == "supported"].reset_index(drop=True)

    @property
    def net_outlay_musd(self) -> float:
        """Expected net public outlay of all pots: present value at the public rate, musd, less what is paid back."""
        return float(self.tables["programmes"]["expected_net_musd"].sum())

    def stated(self) -> dict[str, Any]:
        """What is said of the search and the objective, as plain numbers and strings; absent values are None."""
        return {
            "case": self.case_name,
            "termination": self.termination,
            "objective_musd": self.objective_musd,
            "bound_musd": self.bound_musd if math.isfinite(self.bound_musd) else None,
            "gap": self.gap if math.isfinite(self.gap) else None,
            "seconds": self.seconds,
            "breakdown": self.breakdown,
            "run": self.run,
        }

    def to_json(self) -> dict[str, Any]:
        """The solution as one object of plain numbers, strings, lists and dicts; absent values are None."""
        said = self.stated()
        run = said.pop("run")
        out: dict[str, Any] = {
            **said,
            "awards": [_award(row) for row in records(self.tables["awards"])],
        }
        for name in JSON_TABLES:
            if name in self.tables:
                out[name] = records(self.tables[name])
        out["sources"] = self.sources
        out["run"] = run
        return out

    def files(self, *, as_csv: bool = True) -> dict[str, bytes]:
        """What is written, file name → content, the same for equal runs.

        Every table as Parquet and, if ``as_csv``, as CSV, ``solution.json``, the trace of the search (``search.csv``)
        and the case (``case/``, rows in the order of their keys).
        """
        files = table_files(self.tables, as_csv=as_csv)
        summary = {name: value for name, value in self.to_json().items() if name != "seconds"}
        files["solution.json"] = f"{json.dumps(summary, indent=2, ensure_ascii=False, allow_nan=False)}\n".encode()
        files["search.csv"] = spreadsheet_safe(self.report.drop(columns="seconds", errors="ignore")).to_csv(
            index=False, lineterminator="\n"
        ).encode()
        if self.case is not None:
            texts = self.case.in_key_order().file_texts()
            files |= {f"case/{name}": text.encode() for name, text in texts.items()}
        return files

    def write(self, folder: str | Path) -> None:
        """Write all ``files``, ``manifest.json`` and ``timing.json`` as one folder that replaces an earlier run whole.

        Equal runs write equal files but for ``timing.json``. Raises OutputError naming the path; the folder is then as
        it was.
        """
        replace_folder(folder, self.folder_files())

    def write_workbook(self, path: str | Path) -> None:
        """Write the plan and every table as an Excel workbook to send on, at ``path`` (``.xlsx``).

        A file is never overwritten: OutputError.
        """
        write_results(self, path)

    def folder_files(self, *, as_csv: bool = True) -> dict[str, bytes]:
        """All ``files`` (with ``as_csv`` as there), ``manifest.json`` and ``timing.json``: what ``write`` writes."""
        return with_manifest(self.files(as_csv=as_csv), self._facts(), self._timing())

    def _facts(self) -> dict[str, Any]:
        said = self.stated()
        facts = {name: said[name] for name in ("case", "termination", "objective_musd", "bound_musd", "gap")}
        facts |= {"run": self.run, "code": source_fingerprint()}
        if self.case is not None:
            facts["settings"] = self.case.settings.model_dump()
            facts["inputs"] = dict(sorted(self.case.fingerprints.items()))
        return facts

    def _timing(self) -> dict[str, Any]:
        steps = self.report["seconds"].astype(float).tolist() if "seconds" in self.report else []
        return {"seconds": self.seconds, "search_seconds": steps}

    def __repr__(self) -> str:
        """The plan in one line."""
        return solution_line(self)

    def _repr_html_(self) -> str:
        return solution_html(self)


def _award(row: dict[str, Any]) -> dict[str, Any]:
    amounts = {}
    for part in (row.pop("programmes") or "").split("; "):
        name, _, amount = part.rpartition(" ")
        if name:
            amounts[name] = float(amount)
    return {**row, "programme_amounts_musd": amounts}
