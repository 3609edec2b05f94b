"""Best plans through the store of runs, so that an analysis that was stopped goes on with what it has."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from optimizer.analysis.uncertain_inputs.desk import Answer, Question
from optimizer.analysis.uncertain_inputs.plans import plan_of_tables
from optimizer.analysis.uncertain_inputs.study import Tell
from optimizer.batch import SolveOptions, Tally, run_batch, runs_of
from optimizer.batch.collect import ledger_rows
from optimizer.batch.ledger import DONE, FAILED
from optimizer.data import Case
from optimizer.errors import OutputError


class StoredRuns:
    """Solves questions as runs of a batch in a folder; what is done there is not done again."""

    def __init__(self, case: Case, folder: Path, gap: float, workers: int, tell: Tell) -> None:
        self._case, self._folder, self._gap, self._workers, self._tell = case, folder, gap, workers, tell
        self.interrupted = False

    def __call__(self, asked: Sequence[tuple[str, Question]]) -> dict[int, Answer]:
        """Answers by position; after Ctrl-C those that are done."""
        if not asked or self.interrupted:
            return {}
        limit = min(question.limit or math.inf for _, question in asked)
        options = SolveOptions(self._gap, limit if math.isfinite(limit) else None)
        wanted: list[tuple[str, Sequence[str], Mapping[str, str]]] = [
            (label, question.changes, {}) for label, question in asked
        ]
        runs = runs_of(self._case, wanted, options)
        place = {run.changes: run.id for run in runs}

        def report(tally: Tally) -> None:
            self._tell("best plans at other values", tally.done + tally.failed, tally.done + tally.failed + tally.left)

        try:
            run_batch(self._case, runs, self._folder, options, workers=self._workers, progress=report)
        except KeyboardInterrupt:
            self.interrupted = True
        known = {row["id"]: row for row in ledger_rows(self._folder)}
        found: dict[int, Answer] = {}
        for at, (_, question) in enumerate(asked):
            row = known.get(place[question.changes])
            if row is not None and row["status"] == DONE:
                found[at] = self._read(row["id"], row)
            elif row is not None and row["status"] in FAILED:
                found[at] = Answer(error=f"{row['status']}: {row['message']}" if row["message"] else row["status"])
        return found

    def _read(self, run: str, row: dict[str, float | str]) -> Answer:
        folder = self._folder / run
        try:
            awards = pd.read_parquet(folder / "awards.parquet")
            stockpile = pd.read_parquet(folder / "stockpile.parquet")
        except (OSError, ValueError) as error:
            raise OutputError(f"{folder}: the tables of this run cannot be read ({type(error).__name__}).") from error
        figures = [float(row[name]) for name in ("objective_musd", "bound_musd")]
        plan = plan_of_tables(awards, stockpile)
        return Answer(figures[0], figures[1], str(row["termination"]), float(row["seconds"]), plan)
