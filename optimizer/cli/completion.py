"""Words that a shell may complete: cases, plants, pots, paths of --set, runs. Read from files, without the rest of the
program, since a shell waits for them. What cannot be read completes nothing."""

from __future__ import annotations

import csv
import functools
import sqlite3
import tomllib
from collections.abc import Callable, Iterable, Sequence
from importlib import resources
from pathlib import Path

import typer

CASE_FILE, RUN_FILE, ANALYSIS_FILE, LEDGER_FILE, TERMS_FILE = (
    "case.toml", "solution.json", "analysis.json", "ledger.sqlite", "terms.toml",
)  # fmt: skip
"""The file by which each kind of folder is known."""

BATCHES = Path("runs")

Completer = Callable[[typer.Context, str], list[str]]


def _unless_unreadable(complete: Completer) -> Completer:
    @functools.wraps(complete)
    def careful(ctx: typer.Context, incomplete: str) -> list[str]:
        try:
            return complete(ctx, incomplete)
        except (OSError, ValueError, KeyError, csv.Error, sqlite3.Error):
            return []

    return careful


@_unless_unreadable
def case_names(ctx: typer.Context, incomplete: str) -> list[str]:
    """Bundled cases, and folders and workbooks that hold one."""
    return _beginning(incomplete, [*_bundled(CASE_FILE), *_places(incomplete, CASE_FILE, (".xlsx",))])


@_unless_unreadable
def bundled_names(ctx: typer.Context, incomplete: str) -> list[str]:
    """Bundled cases."""
    return _beginning(incomplete, _bundled(CASE_FILE))


@_unless_unreadable
def settlement_names(ctx: typer.Context, incomplete: str) -> list[str]:
    """Bundled settlements, and folders and files of terms."""
    bundled = [path.name for path in _known_in(_inputs() / "settlements", TERMS_FILE)]
    return _beginning(incomplete, [*bundled, *_places(incomplete, TERMS_FILE, (".toml",))])


@_unless_unreadable
def plant_names(ctx: typer.Context, incomplete: str) -> list[str]:
    """Candidates of the case."""
    rows = _rows(_case_folder(ctx) / "plants.csv")
    return _beginning(incomplete, [row["plant"] for row in rows if row.get("status", "candidate") == "candidate"])


@_unless_unreadable
def table_names(ctx: typer.Context, incomplete: str) -> list[str]:
    """Tables that a case can have."""
    found = {path.stem for case in _known_in(_inputs(), CASE_FILE) for path in case.glob("*.csv")}
    return _beginning(incomplete, sorted(found))


@_unless_unreadable
def change_paths(ctx: typer.Context, incomplete: str) -> list[str]:
    """What --set takes: table.key.column=value or section.setting=value, with the value of now; part by part."""
    folder = _case_folder(ctx)
    found = _parts_after(folder, incomplete)
    # A shell ends the only possibility with a blank: it is followed until there are several, or to its end.
    while len(found) == 1 and found[0].endswith("."):
        found = _parts_after(folder, found[0])
    return found


def _parts_after(folder: Path, incomplete: str) -> list[str]:
    head, _, last = incomplete.rpartition(".")
    settings = tomllib.loads((folder / CASE_FILE).read_text("utf-8"))
    tables = sorted(path.stem for path in folder.glob("*.csv"))
    if not head:
        sections = [name for name, value in settings.items() if isinstance(value, dict)]
        return _beginning(last, [f"{name}." for name in (*tables, *sections)])
    table, _, key = head.partition(".")
    if table not in tables:
        values = settings[head].items()
        return [f"{head}.{name}={value}" for name, value in values if name.startswith(last)]
    rows = _rows(folder / f"{table}.csv")
    first, *columns = rows[0]
    if not key:
        keys = [row[first] for row in rows]
        # Rows that one word does not name are picked by a filter, which is typed.
        return [f"{head}.{key}." for key in _beginning(last, keys)] if len(set(keys)) == len(keys) else []
    (row,) = (row for row in rows if row[first] == key)
    return [f"{head}.{name}={row[name]}" for name in _beginning(last, columns)]


@_unless_unreadable
def what_if_names(ctx: typer.Context, incomplete: str) -> list[str]:
    """Files of what-ifs, and behind a colon the names in one."""
    file, colon, name = incomplete.rpartition(":")
    if not colon:
        return _beginning(incomplete, _places(incomplete, "", (".toml",)))
    return [f"{file}:{one}" for one in _beginning(name, tomllib.loads(Path(file).read_text("utf-8")))]


@_unless_unreadable
def state_files(ctx: typer.Context, incomplete: str) -> list[str]:
    """auto, and files of what-ifs."""
    return _beginning(incomplete, ["auto", *_places(incomplete, "", (".toml",))])


@_unless_unreadable
def run_folders(ctx: typer.Context, incomplete: str) -> list[str]:
    """Folders written by solve --out, and behind the name of a batch and a colon the labels of its runs."""
    batch, colon, label = incomplete.rpartition(":")
    if not colon:
        return _beginning(incomplete, _places(incomplete, RUN_FILE))
    return [f"{batch}:{one}" for one in _beginning(label, _labels(batch))]


@_unless_unreadable
def analysis_folders(ctx: typer.Context, incomplete: str) -> list[str]:
    """Folders written by an analysis with --out."""
    return _beginning(incomplete, _places(incomplete, ANALYSIS_FILE))


@_unless_unreadable
def batch_folders(ctx: typer.Context, incomplete: str) -> list[str]:
    """Batches below ``runs`` by name, and others by their folder."""
    below = [path.name for path in _known_in(BATCHES, LEDGER_FILE)]
    return _beginning(incomplete, [*below, *_places(incomplete, LEDGER_FILE)])


@_unless_unreadable
def limited_measures(ctx: typer.Context, incomplete: str) -> list[str]:
    """What a frontier can limit."""
    folder = _case_folder(ctx)
    pots = [f"budget:{row['programme']}" for row in _rows(folder / "programmes.csv")]
    origins = [
        row["region"] for row in _rows(folder / "regions.csv") if row.get("covered", "").lower() in ("yes", "true")
    ]
    materials = [row["material"] for row in _rows(folder / "materials.csv")]
    shares = [f"share:{material}:{origin}" for material in materials for origin in origins]
    return _beginning(incomplete, ["outlay", "tail", *pots, *shares])


def words(*allowed: str) -> Completer:
    """Completes one of a few words."""

    def complete(ctx: typer.Context, incomplete: str) -> list[str]:
        return _beginning(incomplete, allowed)

    return complete


def joined(line: str, position: int) -> tuple[list[str], int, str]:
    """The words of a line as bash splits them, put together again, where the cursor's word is, and what bash has of it.

    bash takes ``:`` and ``=`` for words of their own and replaces only what stands behind the last one.

    >>> joined("optimizer frontier mine --x budget : us", 6)
    (['optimizer', 'frontier', 'mine', '--x', 'budget:us'], 4, 'budget:')
    >>> joined("optimizer solve mine --set a.b = 5 --fu", 7)
    (['optimizer', 'solve', 'mine', '--set', 'a.b=5', '--fu'], 5, '')
    """
    given = line.split()
    given += [""] * (position + 1 - len(given))
    words: list[str] = []
    at, before, sticky = 0, "", False
    for index, word in enumerate(given):
        breaks = word != "" and set(word) <= set(":=")
        if (breaks or sticky) and words:
            kept = words[-1]
            words[-1] += word
        else:
            kept = ""
            words.append(word)
        sticky = breaks
        if index == position:
            at, before = len(words) - 1, words[-1] if breaks else kept
    return words, at, before


def _beginning(start: str, allowed: Iterable[str]) -> list[str]:
    return [word for word in dict.fromkeys(allowed) if word.startswith(start)]


def _inputs() -> Path:
    package = Path(str(resources.files("optimizer")))
    installed = package / "_inputs"
    return installed if installed.is_dir() else package.parent / "inputs"


def _bundled(file: str) -> list[str]:
    return [path.name for path in _known_in(_inputs(), file)]


def _known_in(folder: Path, file: str) -> list[Path]:
    return sorted(path for path in folder.iterdir() if (path / file).is_file()) if folder.is_dir() else []


def _places(incomplete: str, file: str, endings: Sequence[str] = ()) -> list[str]:
    """Folders with a file of this name, files with these endings, and folders on the way to them, as typed."""
    typed = incomplete[: incomplete.rfind("/") + 1]
    folder = Path(typed or ".")
    found = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        named = f"{typed}{path.name}"
        if path.name.startswith(".") or not named.startswith(incomplete):
            continue
        if path.is_dir() and file and (path / file).is_file():
            found.append(named)
        elif path.is_dir() and incomplete:
            found.append(f"{named}/")
        elif path.suffix in endings:
            found.append(named)
    return _places(found[0], file, endings) if len(found) == 1 and found[0].endswith("/") else found


def _case_folder(ctx: typer.Context) -> Path:
    """The folder of the case that was typed before; of a workbook nothing is read."""
    # A line that is not complete is not always taken apart to its end.
    given = str(ctx.params.get("case") or next(iter(ctx.args), ""))
    return Path(given) if (Path(given) / CASE_FILE).is_file() else _inputs() / given


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def _labels(batch: str) -> list[str]:
    place = Path(batch) if (Path(batch) / LEDGER_FILE).is_file() else BATCHES / batch
    uri = f"{(place / LEDGER_FILE).resolve().as_uri()}?mode=ro"
    with sqlite3.connect(uri, uri=True, timeout=0.2) as known:
        return [str(label) for (label,) in known.execute("select label from runs order by position")]
