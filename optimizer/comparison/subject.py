"""A run to be compared: read from its folder, or a solution in memory."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from optimizer.batch.ledger import FILE
from optimizer.batch.store import find_run
from optimizer.data import Case, read_case
from optimizer.errors import SettingError
from optimizer.results import Solution
from optimizer.results.reading import provenance_of, read_tables
from optimizer.verification import Certificate, verify, verify_run

SUMMARY = "solution.json"
CASE = "case"
UNCHECKED = "not checked"

COLUMNS = {
    "awards": "plant start_year route contract instrument programme strike_usd_per_kg volume_t_per_year tenor_years "
    "upside_share capex_musd grant_musd equity_musd loan_musd debt_musd expected_payment_musd p95_payment_musd "
    "worst_payment_musd",
    "financing": "plant instrument programme musd",
    "programmes": "programme budget_musd scored_musd left_musd expected_musd p95_musd worst_musd expected_net_musd",
    "breakdown": "term weight unweighted_musd musd",
    "stockpile": "stockpile material year purchase_t cost_musd stock_t",
    "supply": "plan condition material year origin supply_t",
    "shortfall": "plan condition segment material year demand_t shortfall_t",
    "supply_costs": "future term musd",
    "unmet": "future segment material t_per_year",
}
"""Result tables that are compared and the columns read of each."""
FIGURES = ("musd", "_t", "year", "years", "weight", "kg", "share")
"""How the names of columns with numbers end."""


@dataclass(frozen=True)
class Subject:
    """One run: its name, case, result tables, what it states of the search, and what came of verifying it.

    ``objective``, ``bound`` in musd; the bound is -inf if the run has none. ``code`` is the fingerprint of the program
    that solved it, None if unknown.
    """

    name: str
    place: str
    case: Case
    tables: Mapping[str, pd.DataFrame]
    termination: str
    objective: float
    bound: float
    certificate: Certificate | None
    code: str | None

    @property
    def gap_musd(self) -> float:
        """How much cheaper than this plan the best one could be, musd."""
        return self.objective - self.bound

    @property
    def status(self) -> str:
        """``verified``, ``not checked``, or what failed."""
        if self.certificate is None:
            return UNCHECKED
        if self.certificate.passed:
            return "verified"
        return f"NOT VERIFIED ({', '.join(check.name for check in self.certificate.failures)})"

    def table(self, name: str) -> pd.DataFrame:
        """A result table."""
        return self.tables[name]


def subjects_of(sources: list[Solution | str | Path], names: list[str] | None, *, check: bool) -> list[Subject]:
    """The runs, named by ``names`` or else by their folders, labels or cases.

    Raises SettingError for fewer than two, for what is not a run, and for names given twice.
    """
    if len(sources) < 2:
        raise SettingError("Give at least two runs to compare.")
    if names is not None and len(names) != len(sources):
        raise SettingError(f"{len(names)} names for {len(sources)} runs. Give one for each.")
    if names is not None and len(set(names)) < len(names):
        raise SettingError(f"Names of runs must differ: {', '.join(names)}.")
    found = [_solution(one, check) if isinstance(one, Solution) else _folder(str(one), check) for one in sources]
    chosen = names if names is not None else distinct([one.name for one in found])
    return [Subject(**{**vars(one), "name": name}) for one, name in zip(found, chosen, strict=True)]


def distinct(names: list[str]) -> list[str]:
    """Names told apart by a number where one comes again.

    >>> distinct(["mp", "other", "mp"])
    ['mp', 'other', 'mp (2)']
    """
    out: list[str] = []
    for name in names:
        number, new = 1, name
        while new in out:
            number += 1
            new = f"{name} ({number})"
        out.append(new)
    return out


def _solution(solution: Solution, check: bool) -> Subject:
    if solution.case is None:
        raise SettingError(f"The solution of {solution.case_name} does not hold its case, so it cannot be compared.")
    certificate = solution.certificate
    if certificate is None and check:
        certificate = verify(solution.case, solution.tables, solution.stated())
    return Subject(
        name=solution.case_name,
        place="in memory",
        case=solution.case,
        tables=_checked(solution.tables, f"the solution of {solution.case_name}"),
        termination=solution.termination,
        objective=solution.objective_musd,
        bound=solution.bound_musd,
        certificate=certificate,
        code=None,
    )


def run_folder(word: str) -> tuple[Path, str]:
    """Folder and name of a run given as folder, or as ``BATCH:LABEL`` or ``BATCH:ID``. SettingError if there is none.

    A label may hold colons; what stands before the first one that follows the folder of a batch is the batch.
    """
    place = Path(word)
    if (place / SUMMARY).is_file() and (place / CASE).is_dir():
        return place, place.resolve().name
    if (place / FILE).is_file():
        raise SettingError(f"{word} is the folder of a batch. Name one of its runs: {word}:LABEL or {word}:ID.")
    for position in (i for i, letter in enumerate(word) if letter == ":"):
        batch, run = Path(word[:position]), word[position + 1 :]
        if (batch / FILE).is_file():
            row = find_run(batch, run)
            inner = batch / row["id"]
            if not (inner / SUMMARY).is_file():
                raise SettingError(f"{word}: this run has no plan to compare (status: {row['status']}).")
            return inner, row["label"] or "as it is"
    raise SettingError(
        f"{word} is not the folder of a run: it has no {SUMMARY} and no {CASE}/. Give a folder written by "
        "optimizer solve --out, or BATCH:LABEL for a run of a batch."
    )


def _folder(word: str, check: bool) -> Subject:
    place, name = run_folder(word)
    try:
        said = json.loads((place / SUMMARY).read_bytes())
        termination, objective, bound = str(said["termination"]), float(said["objective_musd"]), said["bound_musd"]
        bound = -math.inf if bound is None else float(bound)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise SettingError(f"{place / SUMMARY}: is not what a run writes ({type(error).__name__}: {error}).") from None
    return Subject(
        name=name,
        place=str(place),
        case=read_case(place / CASE),
        tables=_checked(read_tables(place), str(place)),
        certificate=verify_run(place) if check else None,
        code=provenance_of(place).code,
        termination=termination,
        objective=objective,
        bound=bound,
    )


def _checked(tables: Mapping[str, pd.DataFrame], place: str) -> Mapping[str, pd.DataFrame]:
    for name, columns in COLUMNS.items():
        missing = [column for column in columns.split() if name not in tables or column not in tables[name]]
        if missing:
            what = f"table {name}" if name not in tables else f"column {missing[0]} of table {name}"
            raise SettingError(f"{place}: {what} is missing. Solve the case again with this version.")
        for column in columns.split():
            cells = tables[name][column].dropna()
            if column.endswith(FIGURES) and len(cells) and not pd.api.types.is_numeric_dtype(cells.infer_objects()):
                raise SettingError(
                    f"{place}: column {column} of table {name} has '{cells.iloc[0]}', which is not a number."
                )
    return tables
