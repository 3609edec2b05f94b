"""Where batches are kept if nobody says: a folder each below ``runs``, named after the case or the file of runs."""

from __future__ import annotations

from pathlib import Path

from optimizer.batch.ledger import FILE
from optimizer.data.nearest import allowed_words
from optimizer.errors import SettingError

BATCHES = Path("runs")
"""Below the folder in which the program was started."""


def default_place(asked: str | Path) -> Path:
    """The folder for a case or file of runs, by its last name without its ending.

    >>> default_place("cases/my-case.xlsx").as_posix(), default_place("mp-materials").as_posix()
    ('runs/my-case', 'runs/mp-materials')
    """
    path = Path(asked)
    name = path.stem if path.suffix in (".xlsx", ".toml", ".csv") else path.name
    return BATCHES / (name if name not in ("", "..") else path.resolve().name or "batch")


def batches() -> list[Path]:
    """The folders of all batches below ``runs``, by name."""
    if not BATCHES.is_dir():
        return []
    return sorted(path for path in BATCHES.iterdir() if (path / FILE).is_file())


def place_of(given: str | Path | None) -> Path:
    """The folder of a batch: as given, or by its name below ``runs``, or the only one there is.

    SettingError if none is given and there is not exactly one. Whether a folder holds a batch is found by reading it.

    >>> place_of("my-sweep").as_posix()
    'my-sweep'
    """
    if given is not None:
        below = BATCHES / given
        return below if not (Path(given) / FILE).is_file() and (below / FILE).is_file() else Path(given)
    found = batches()
    if len(found) == 1:
        return found[0]
    if not found:
        raise SettingError(f"{BATCHES}: holds no batch. Give the folder of one, or make one with sweep or batch.")
    raise SettingError(f"{BATCHES} holds several batches. Give one. {allowed_words('', [path.name for path in found])}")
