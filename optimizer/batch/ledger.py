"""The ledger of a batch: one row per run in SQLite, so that nothing done is lost and nothing is done twice.

A run is claimed, solved, its folder moved into place, and only then entered as done. A batch killed at any moment is
taken up by starting it again: runs of a process that is gone are claimed anew, and a run whose folder is whole is
entered without being solved again. A process shows that it lives by a lock on a file, which the system lets go with it.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from optimizer.batch.runs import Run
from optimizer.display import Public
from optimizer.errors import OutputError

FILE, OWNERS = "ledger.sqlite", "owners"
WAITING, RUNNING, DONE = "waiting", "running", "done"
FAILED = ("infeasible", "no plan", "refused", "failed", "crashed")
"""Ends without a plan: none exists, none in time, inputs refused, an error of the program, a process that died."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    id TEXT PRIMARY KEY, position INTEGER NOT NULL, label TEXT NOT NULL, changes TEXT NOT NULL, columns TEXT NOT NULL,
    status TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, owner TEXT, warm INTEGER, termination TEXT,
    objective_musd REAL, bound_musd REAL, gap REAL, seconds REAL, message TEXT, changed REAL NOT NULL);
CREATE INDEX IF NOT EXISTS by_status ON runs (status, position);
"""


@dataclass(frozen=True)
class Outcome(metaclass=Public):
    """How a run ended: ``status`` done or one of FAILED, ``termination`` as of a solution, ``seconds`` it took.

    ``objective`` and ``bound`` in musd and the relative ``gap`` are absent without a plan. ``warm``: it began from
    where another run ended. ``message`` says what went wrong.
    """

    status: str
    termination: str | None = None
    objective: float | None = None
    bound: float | None = None
    gap: float | None = None
    seconds: float = 0.0
    warm: bool = False
    message: str = ""


class Ledger(metaclass=Public):
    """The ledger in a folder, opened by one process; several may work on the same one at once.

    A context manager. Raises OutputError if the folder or the file cannot be used.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.owner = uuid.uuid4().hex
        self._lock: IO[str] | None = None
        try:
            (self.folder / OWNERS).mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(self.folder / FILE, timeout=60.0, isolation_level=None)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.executescript(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise OutputError(f"{self.folder}: the ledger of the batch cannot be used ({error}).") from error

    def __repr__(self) -> str:
        """The folder it is in."""
        return f"<Ledger {self.folder}>"

    def __enter__(self) -> Ledger:
        self._lock = _held(self.folder / OWNERS / self.owner)
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file and of the sign of life."""
        self._db.close()
        if self._lock is not None:
            self._lock.close()
            self._lock = None
            with suppress(OSError):
                (self.folder / OWNERS / self.owner).unlink()

    def add(self, runs: Sequence[Run]) -> int:
        """Enter runs that are not there yet; how many those are."""
        with self._changing() as db:
            last = db.execute("SELECT COALESCE(MAX(position), -1) FROM runs").fetchone()[0]
            before = db.total_changes
            db.executemany(
                "INSERT OR IGNORE INTO runs (id, position, label, changes, columns, status, changed) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (run.id, last + 1 + i, run.label, json.dumps(run.changes), json.dumps(dict(run.columns)), WAITING,
                     time.time())
                    for i, run in enumerate(runs)
                ],
            )  # fmt: skip
            return int(db.total_changes - before)

    def watch(self, runs: Iterable[str]) -> None:
        """From now on, count and claim these runs only: the ledger may hold those of other batches."""
        self._db.execute("CREATE TEMP TABLE IF NOT EXISTS watched (id TEXT PRIMARY KEY)")
        self._db.execute("BEGIN")
        self._db.execute("DELETE FROM watched")
        self._db.executemany("INSERT OR IGNORE INTO watched VALUES (?)", [(run,) for run in runs])
        self._db.execute("COMMIT")

    def claim(self, count: int) -> list[Run]:
        """Take up to ``count`` waiting runs, in order, of those watched."""
        with self._changing() as db:
            rows = db.execute(
                "SELECT id, label, changes, columns FROM runs WHERE status = ? AND id IN watched "
                "ORDER BY position LIMIT ?",
                (WAITING, count),
            ).fetchall()
            taken = [Run(row[0], row[1], tuple(json.loads(row[2])), json.loads(row[3])) for row in rows]
            db.executemany(
                "UPDATE runs SET status = ?, owner = ?, attempts = attempts + 1, changed = ? WHERE id = ?",
                [(RUNNING, self.owner, time.time(), run.id) for run in taken],
            )
        return taken

    def enter(self, run: str, outcome: Outcome) -> None:
        """Enter the ``outcome`` of a run. What another process has entered meanwhile stands."""
        with self._changing() as db:
            db.execute(
                "UPDATE runs SET status = ?, owner = NULL, termination = ?, objective_musd = ?, bound_musd = ?, "
                "gap = ?, seconds = ?, warm = ?, message = ?, changed = ? WHERE id = ? AND status != ?",
                (outcome.status, outcome.termination, outcome.objective, outcome.bound, outcome.gap, outcome.seconds,
                 int(outcome.warm), outcome.message, time.time(), run, DONE),
            )  # fmt: skip

    def give_back(self, runs: Iterable[str], *, tried: bool = False) -> None:
        """Claimed runs wait again; ``tried`` counts what has happened as a try of theirs."""
        with self._changing() as db:
            db.executemany(
                "UPDATE runs SET status = ?, owner = NULL, attempts = attempts - ?, changed = ? "
                "WHERE id = ? AND status = ?",
                [(WAITING, 0 if tried else 1, time.time(), run, RUNNING) for run in runs],
            )

    def attempts(self, run: str) -> int:
        """How often a run was begun."""
        return int(self._db.execute("SELECT attempts FROM runs WHERE id = ?", (run,)).fetchone()[0])

    def abandoned(self) -> list[str]:
        """Runs claimed by processes that are gone."""
        owners = [row[0] for row in self._db.execute("SELECT DISTINCT owner FROM runs WHERE status = ?", (RUNNING,))]
        gone = [owner for owner in owners if owner != self.owner and not _alive(self.folder / OWNERS / str(owner))]
        marks = ",".join("?" * len(gone))
        query = f"SELECT id FROM runs WHERE status = ? AND owner IN ({marks}) ORDER BY position"
        return [row[0] for row in self._db.execute(query, (RUNNING, *gone))]

    def others_alive(self) -> bool:
        """Whether another process works on this ledger."""
        return any(path.name != self.owner and _alive(path) for path in (self.folder / OWNERS).iterdir())

    def failed(self) -> list[str]:
        """Runs that ended by an error or a crash, which trying again may mend."""
        query = "SELECT id FROM runs WHERE status IN ('failed', 'crashed', 'no plan') ORDER BY position"
        return [row[0] for row in self._db.execute(query)]

    def wait_again(self, runs: Iterable[str]) -> None:
        """Those of ``runs`` that ended without a plan wait again, as if never begun."""
        with self._changing() as db:
            db.executemany(
                "UPDATE runs SET status = ?, attempts = 0, message = '' WHERE id = ? AND status != ?",
                [(WAITING, run, DONE) for run in runs],
            )

    def remove(self, runs: Iterable[str]) -> None:
        """Forget runs; their folders are the caller's to remove."""
        with self._changing() as db:
            db.executemany("DELETE FROM runs WHERE id = ?", [(run,) for run in runs])

    def counts(self, *, watched: bool = False) -> dict[str, int]:
        """Number of runs by status, of all or of those watched."""
        only = "WHERE id IN watched" if watched else ""
        return dict(self._db.execute(f"SELECT status, COUNT(*) FROM runs {only} GROUP BY status").fetchall())

    def rows(self) -> list[dict[str, Any]]:
        """Every run as entered, in order."""
        return _rows(self._db)

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise OutputError(f"{self.folder / FILE}: the ledger cannot be written ({error}).") from error


def ledger_rows(folder: str | Path) -> list[dict[str, Any]]:
    """Every run of the ledger in a folder, in order; nothing is written, so that folders that cannot be will do.

    Raises OutputError if there is no ledger, or it cannot be read.
    """
    file = Path(folder) / FILE
    if not file.is_file():
        raise OutputError(f"{folder}: holds no batch ({FILE} is not there).")
    try:
        try:
            return _read(file)
        except sqlite3.OperationalError:
            with tempfile.TemporaryDirectory() as room:
                # SQLite wants to write beside what it reads, above all if a batch was killed there. A copy lets it.
                for path in file.parent.glob(f"{FILE}*"):
                    shutil.copyfile(path, Path(room) / path.name)
                return _read(Path(room) / FILE)
    except (OSError, ValueError, sqlite3.Error) as error:
        raise OutputError(f"{file}: the ledger of the batch cannot be read ({error}).") from error


def _read(file: Path) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(file, timeout=60.0, isolation_level=None)) as db:
        db.execute("PRAGMA query_only = 1")
        return _rows(db)


def _rows(db: sqlite3.Connection) -> list[dict[str, Any]]:
    cursor = db.execute(
        "SELECT id, position, label, changes, columns, status, attempts, warm, termination, objective_musd, "
        "bound_musd, gap, seconds, message FROM runs ORDER BY position"
    )
    names = [column[0] for column in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor]
    return [{**row, "changes": json.loads(row["changes"]), "columns": json.loads(row["columns"])} for row in rows]


def _held(path: Path) -> IO[str]:
    """The file, locked until it is closed or this process ends, however it ends."""
    stream = path.open("w")
    if not _locked(stream):
        raise OutputError(f"{path}: another process holds this lock.")
    stream.write(str(os.getpid()))
    stream.flush()
    return stream


def _alive(path: Path) -> bool:
    try:
        with path.open("r+") as stream:
            return not _locked(stream)
    except OSError:
        return False


def _locked(stream: IO[str]) -> bool:
    """Lock an open file for as long as it is open; False if another process has."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
