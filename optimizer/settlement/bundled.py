"""Settlements that come with the package, and folders of one's own: terms, prices, volumes and what was reported."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from optimizer.data.nearest import allowed_words
from optimizer.display import Public
from optimizer.errors import SettingError
from optimizer.settlement.terms_file import FILE


@dataclass(frozen=True)
class Files(metaclass=Public):
    """Files of one settlement: ``terms``, ``prices``, ``volumes``, ``reported`` payments; None where there is none."""

    terms: Path
    prices: Path | None = None
    volumes: Path | None = None
    reported: Path | None = None


def bundled_settlements() -> dict[str, Path]:
    """Settlements that come with the package: name → folder, sorted by name."""
    package = Path(str(resources.files("optimizer")))
    installed = package / "_inputs" / "settlements"
    folder = installed if installed.is_dir() else package.parent / "inputs" / "settlements"
    if not folder.is_dir():
        return {}
    return {path.name: path for path in sorted(folder.iterdir()) if (path / FILE).is_file()}


def settlement_files(terms: str | Path) -> Files:
    """Files behind a ``terms.toml``, a folder with one, or the name of a bundled settlement; a path that exists wins.

    Of a folder, ``prices.csv``, ``volumes.csv`` and ``reported.csv`` belong to it if they are there; a single file
    stands alone. Raises SettingError if there is nothing of that name.
    """
    path = Path(terms)
    try:
        is_folder, is_file = path.is_dir(), path.exists()
    except (OSError, ValueError):
        is_folder = is_file = False
    if is_folder:
        return _of_folder(path)
    if is_file:
        return Files(path)
    known = bundled_settlements()
    if str(terms) in known:
        return _of_folder(known[str(terms)])
    words = allowed_words(str(terms), known)
    raise SettingError(f"'{terms}' is no file, no folder and no bundled settlement. {words}")


def _of_folder(folder: Path) -> Files:
    try:
        found = {path.name: path for path in folder.iterdir() if path.is_file()}
    except OSError as error:
        raise SettingError(f"the folder {folder} cannot be listed ({error.strerror}).") from error
    if FILE not in found:
        raise SettingError(f"the folder {folder} has no {FILE}. Give a terms file, or a folder with one.")
    return Files(found[FILE], found.get("prices.csv"), found.get("volumes.csv"), found.get("reported.csv"))
