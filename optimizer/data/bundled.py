"""The cases that come with the package."""

from __future__ import annotations

import shutil
from importlib import resources
from itertools import islice
from pathlib import Path

from optimizer.data.nearest import allowed_words
from optimizer.data.rules import FOLDER, fault
from optimizer.data.settings_file import FILE
from optimizer.errors import CaseError, OutputError

_LOOKED_AT = 500
"""Files and folders that are looked at for the name of a case."""


def _inputs_folder() -> Path:
    installed = Path(str(resources.files("optimizer") / "_inputs"))
    return installed if installed.is_dir() else Path(str(resources.files("optimizer"))).parent / "inputs"


def bundled_cases() -> dict[str, Path]:
    """Bundled cases: name → folder, sorted by name.

    >>> "mp-materials" in bundled_cases()
    True
    """
    folder = _inputs_folder()
    if not folder.is_dir():
        return {}
    return {path.name: path for path in sorted(folder.iterdir()) if (path / FILE).is_file()}


def case_folder(path_or_name: str | Path) -> Path:
    """The folder of a case. A path that exists wins over the name of a bundled case. CaseError if there is neither."""
    path = Path(path_or_name)
    name = str(path_or_name)
    try:
        if path.is_dir():
            return path
        is_file = path.exists()
    except (OSError, ValueError):
        is_file = False
    known = bundled_cases()
    if is_file:
        raise CaseError([fault("folder", FOLDER, "is a file, not a folder", "Give the folder.", value=name)])
    if name not in known:
        words = allowed_words(name, (*known, *_cases_beside(path)))
        remedy = f"Give a folder with {FILE}, or the name of a bundled case. {words}"
        raise CaseError([fault("folder", FOLDER, "is neither a folder nor a bundled case", remedy, value=name)])
    return known[name]


def _cases_beside(path: Path) -> list[str]:
    """Folders of cases where a path that is absent would be, written as the path is; of many, the first found."""
    try:
        return [str(one) for one in islice(path.parent.iterdir(), _LOOKED_AT) if (one / FILE).is_file()]
    except (OSError, ValueError):
        return []


def _copy(source: Path, target: Path) -> None:
    """Copy a folder into an empty or absent one; if that fails, nothing of it is left."""
    try:
        shutil.copytree(source, target, dirs_exist_ok=True)
    except shutil.Error as error:
        shutil.rmtree(target, ignore_errors=True)
        raise OSError(None, error.args[0][0][2]) from error
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise


def copy_bundled(name: str, folder: str | Path) -> Path:
    """Copy the bundled case ``name`` into a new ``folder``, to be changed there; returns the folder.

    Raises CaseError for a name that is no bundled case, OutputError if the folder exists and is not empty.
    """
    known = bundled_cases()
    if name not in known:
        remedy = allowed_words(name, known)
        raise CaseError([fault("folder", FOLDER, "is not a bundled case", remedy, value=name)])
    target = Path(folder)
    try:
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise OutputError(f"{target} exists and is not empty. Files are never overwritten: choose a new folder.")
        _copy(known[name], target)
    except OutputError:
        raise
    except OSError as error:
        raise OutputError(f"cannot write to {target}: {error.strerror or error}") from error
    return target
