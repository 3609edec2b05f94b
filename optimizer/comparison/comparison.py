"""Runs side by side, the first as the base."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten
from typing import Any

import pandas as pd

from optimizer.comparison.awards import CONTRACT_KEYS, PLANT_KEYS, contract_lines, plant_lines
from optimizer.comparison.grounds import (
    alike,
    caveats,
    difference_interval,
    is_finding,
    require_comparable,
    verdict,
)
from optimizer.comparison.inputs import KEYS, input_lines
from optimizer.comparison.lines import Line, frame_of, plain
from optimizer.comparison.money import MONEY_KEYS, POT_KEYS, money_lines, pot_lines
from optimizer.comparison.notebook import COMPARISON_TABLES, comparison_html
from optimizer.comparison.security import (
    COVERED_KEYS,
    STOCK_KEYS,
    UNMET_KEYS,
    WORST_KEYS,
    covered_lines,
    shadow_price_lines,
    stock_lines,
    unmet_lines,
    worst_lines,
)
from optimizer.comparison.subject import Subject, subjects_of
from optimizer.display import Public, Tables
from optimizer.errors import OutputError
from optimizer.results import Solution
from optimizer.results.manifest import with_manifest
from optimizer.results.store import replace_folder, spreadsheet_safe

SUMMARY = "comparison.json"
LINE = 160
"""Letters of what is said in one line."""


@dataclass(frozen=True, repr=False)
class Comparison(metaclass=Public):
    """Runs side by side; the first of ``names`` is the base.

    ``verdicts`` has a sentence per further run on whether its cost differs for certain, ``caveats`` what makes the
    comparison less than one of like with like. ``tables`` has a column per run, and for each further run its change
    from the base and whether that is ``within gap`` (worth no more in the objective than a gap of the two plans: not
    a finding):

    ``runs``            one row per run: cost, bound, gap, verification, interval of the true difference (musd)
    ``inputs``          settings and cells that differ, as text: table, key, column
    ``plants``          every plant in a plan: route, start year, what finances it
    ``contracts``       every contract: form, pot, strike, tonnage, payments
    ``money``           objective and its terms, weighted, musd
    ``pots``            budget, used, left, outlays as present values, musd
    ``covered_origins`` share of allied supply from covered countries by material, condition and year
    ``unmet_demand``    share of demand not met by material, segment and condition
    ``worst_future``    cost and shortage in the worst future
    ``stock``           what is bought when, and the largest stock
    ``shadow_prices``   only if all runs have that table
    """

    names: tuple[str, ...]
    verdicts: tuple[str, ...]
    caveats: tuple[str, ...]
    tables: Tables

    def __post_init__(self) -> None:
        object.__setattr__(self, "tables", Tables(self.tables, COMPARISON_TABLES))

    @property
    def unverified(self) -> tuple[str, ...]:
        """Runs that do not hold when they are worked out again."""
        runs = self.tables["runs"]
        return tuple(runs.loc[runs["status"].str.startswith("NOT"), "run"])

    def differing(self, table: str) -> pd.DataFrame:
        """Rows of a table in which some run has another value than the first."""
        frame = self.tables[table]
        keep = [Line((), "", tuple(row)).differs for row in frame[list(self.names)].itertuples(index=False)]
        return frame[keep]

    def tidy(self) -> pd.DataFrame:
        """All tables but ``runs`` as one: section, item, unit, a column per run, changes and marks."""
        parts = []
        for name, frame in self.tables.items():
            if name == "runs" or frame.empty:
                continue
            first = list(frame.columns).index("unit")
            items = [" / ".join(str(part) for part in row if part != "") for row in frame.iloc[:, :first].to_numpy()]
            part = frame.iloc[:, first:].copy()
            part.insert(0, "item", items)
            part.insert(0, "section", name)
            parts.append(part)
        return pd.concat(parts, ignore_index=True)

    def to_json(self) -> dict[str, Any]:
        """The comparison as one object of plain numbers, strings, lists and dicts; absent values are None."""
        tables = {name: frame.to_dict(orient="records") for name, frame in self.tables.items()}
        return {
            "runs_compared": list(self.names),
            "verdicts": list(self.verdicts),
            "caveats": list(self.caveats),
            **{name: [{str(k): plain(v) for k, v in row.items()} for row in rows] for name, rows in tables.items()},
        }

    def write(self, folder: str | Path) -> None:
        """Write every table as CSV and ``comparison.json`` as one folder, which replaces an earlier comparison whole.

        Raises OutputError naming the path; the folder of a run is never replaced.
        """
        place = Path(folder)
        if (place / "manifest.json").exists() and not (place / SUMMARY).exists():
            raise OutputError(f"{place} is the folder of a run. Choose another place for the comparison.")
        files = {
            f"{name}.csv": spreadsheet_safe(frame).to_csv(index=False, lineterminator="\n").encode()
            for name, frame in self.tables.items()
        }
        text = json.dumps(self.to_json(), indent=2, ensure_ascii=False, allow_nan=False)
        files[SUMMARY] = f"{text}\n".encode()
        replace_folder(place, with_manifest(files, {"compared": list(self.names)}, {}))

    def __repr__(self) -> str:
        """The runs, and the beginning of what is said of each beside the first."""
        said = shorten(f"{', '.join(self.names)}: {' '.join(self.verdicts)}", LINE, placeholder=" …")
        return f"<Comparison of {said}>"

    def _repr_html_(self) -> str:
        return comparison_html(self)


def compare(
    runs: Sequence[Solution | str | Path], names: Sequence[str] | None = None, *, check: bool = True
) -> Comparison:
    """Compare runs with the first of them: inputs, awards, money, security of supply, and what of it is a finding.

    ``runs`` are solutions, run folders, or runs of a batch as ``BATCH:LABEL`` or ``BATCH:ID``. ``names`` stand in the
    tables instead of folder names and labels. Every run is verified anew (solutions: if they were not) unless ``check``
    is False.

    Raises SettingError for what is not a run, for fewer than two, and for cases without a material in common.
    """
    found = subjects_of(list(runs), None if names is None else list(names), check=check)
    require_comparable(found)
    titles = tuple(run.name for run in found)
    like = alike(found)
    gaps = [run.gap_musd for run in found] if like else None
    shadow, shadow_keys = shadow_price_lines(found)
    sections: dict[str, tuple[list[Line], tuple[str, ...]]] = {
        "inputs": (input_lines([run.case for run in found]), KEYS),
        "plants": (plant_lines(found), PLANT_KEYS),
        "contracts": (contract_lines(found), CONTRACT_KEYS),
        "money": (money_lines(found), MONEY_KEYS),
        "pots": (pot_lines(found), POT_KEYS),
        "covered_origins": (covered_lines(found), COVERED_KEYS),
        "unmet_demand": (unmet_lines(found), UNMET_KEYS),
        "worst_future": (worst_lines(found), WORST_KEYS),
        "stock": (stock_lines(found), STOCK_KEYS),
    }
    if shadow:
        sections["shadow_prices"] = (shadow, shadow_keys)
    tables = Tables({"runs": _runs(found, like)})
    tables |= {name: frame_of(lines, keys, titles, gaps) for name, (lines, keys) in sections.items()}
    if like:
        verdicts = tuple(verdict(found[0], run) for run in found[1:])
    else:
        verdicts = ("Costs are not compared: the objectives do not measure the same thing (see below).",)
    return Comparison(titles, verdicts, tuple(caveats(found)), tables)


def _runs(runs: Sequence[Subject], like: bool) -> pd.DataFrame:
    rows = []
    for position, run in enumerate(runs):
        least, most = difference_interval(runs[0], run) if like and position else (math.nan, math.nan)
        scenarios = run.case.settings.scenarios
        rows.append(
            {
                "run": run.name,
                "place": run.place,
                "case": run.case.name,
                "price_year": run.case.settings.case.price_year,
                "paths": scenarios.paths,
                "futures": scenarios.futures,
                "seed": scenarios.seed,
                "termination": run.termination,
                "status": run.status,
                "objective_musd": run.objective,
                "bound_musd": _finite(run.bound),
                "gap_musd": _finite(run.gap_musd),
                "gap": _finite(run.gap_musd / max(abs(run.objective), 1e-9)),
                "change_musd": run.objective - runs[0].objective if like and position else None,
                "least_change_musd": _finite(least),
                "most_change_musd": _finite(most),
                "within_gap": not is_finding(runs[0], run) if like and position else None,
            }
        )
    return pd.DataFrame(rows, dtype=object)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
