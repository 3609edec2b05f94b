"""Results on disk: a whole folder, written beside and moved into place, so that no broken run leaves half of one."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import pandas as pd
import pyarrow
import pyarrow.parquet

from optimizer.errors import OutputError
from optimizer.results.manifest import MANIFEST, further_files, opened

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
"""Names that Windows takes for devices."""
LEFT_BY_DESKTOPS = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})


def table_files(tables: Mapping[str, pd.DataFrame], *, as_csv: bool = True) -> dict[str, bytes]:
    """Each table as Parquet and, if ``as_csv``, as CSV: file name → content.

    Text that a spreadsheet would take for a formula gets a leading apostrophe in the CSV.
    """
    files: dict[str, bytes] = {}
    for name, frame in tables.items():
        if as_csv:
            files[f"{name}.csv"] = spreadsheet_safe(frame).to_csv(index=False, lineterminator="\n").encode()
        files[f"{name}.parquet"] = _parquet(frame)
    return files


def _parquet(frame: pd.DataFrame) -> bytes:
    # What pandas adds about itself takes as long as all the rest of a small table, and these tables do without.
    columns = {str(name): pyarrow.array(column, from_pandas=True) for name, column in frame.items()}
    sink = pyarrow.BufferOutputStream()
    pyarrow.parquet.write_table(pyarrow.table(columns), sink)
    return bytes(sink.getvalue().to_pybytes())


def replace_folder(folder: str | Path, files: Mapping[str, bytes]) -> None:
    """Write a run folder in one step: file name (folders with ``/``) → content.

    Everything is written into a folder beside it and then exchanged for it, so that whatever happens either the old run
    is there or the new one, whole. Only an empty folder or an earlier run is replaced. Raises OutputError naming the
    path: not a folder, a symbolic link, files that are not of a run, no space, no permission.
    """
    target = Path(folder)
    for name in files:
        require_plain_name(name)
    if len({name.casefold() for name in files}) < len(files):
        raise OutputError(f"{target}: two files of the run have names that differ in capitals only.")
    made: list[Path] = []
    try:
        require_replaceable(target)
        made = _make_parents(target)
        _write_beside(target, files)
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        for parent in reversed(made):
            with contextlib.suppress(OSError):
                parent.rmdir()
        place = target if error.filename is None or "optimizer-" in str(error.filename) else error.filename
        raise OutputError(f"{place}: results cannot be written ({error.strerror or error}).") from error


def require_plain_name(name: str) -> None:
    """Refuse a name that could lead out of a folder or that some system cannot hold; ``/`` parts folders.

    >>> require_plain_name("case/plants.csv")
    >>> require_plain_name("../plants.csv")
    Traceback (most recent call last):
    optimizer.errors.OutputError: '../plants.csv' is not a name for a file of results. Use letters, digits, _ . and -.
    """
    for part in name.split("/"):
        if NAME.fullmatch(part) is None or RESERVED.fullmatch(part) is not None:
            raise OutputError(f"'{name}' is not a name for a file of results. Use letters, digits, _ . and -.")


def require_replaceable(folder: str | Path) -> None:
    """Refuse a place that cannot become a run folder: OutputError unless it is absent, an empty folder or a run."""
    target = Path(folder)
    try:
        _require_replaceable(target)
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        if isinstance(error, OutputError):
            raise
        words = error.strerror if isinstance(error, OSError) else error
        raise OutputError(f"{str(target)!r}: results cannot be written there ({words}).") from error


def _require_replaceable(target: Path) -> None:
    target.lstat()
    if target.is_symlink():
        raise OutputError(f"{target} is a symbolic link. Give the folder it leads to.")
    if not target.is_dir():
        raise OutputError(f"{target} is a file, not a folder. Choose another place for the results.")
    names = sorted(path.name for path in target.iterdir() if path.name not in LEFT_BY_DESKTOPS)
    if not names:
        return
    advice = "Choose a new or an empty folder, or that of an earlier run."
    try:
        listed = opened((target / MANIFEST).read_bytes())["files"]
    except (FileNotFoundError, ValueError, KeyError):
        raise OutputError(f"{target} has files ({_few(names)}) and is not the folder of a run. {advice}") from None
    others = [name for name in further_files(target, listed) if name not in LEFT_BY_DESKTOPS]
    if others:
        raise OutputError(f"{target} also has files that no run has written ({_few(others)}). {advice}")


def _few(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _make_parents(target: Path) -> list[Path]:
    """Make the folders above ``target``; those that were not there, outermost first."""
    missing: list[Path] = []
    parent = _place(target).parent
    while not parent.exists():
        missing.insert(0, parent)
        parent = parent.parent
    for folder in missing:
        folder.mkdir(exist_ok=True)
    return missing


def _place(target: Path) -> Path:
    """The absolute place of a folder whose own last part is no symbolic link."""
    if target.name in ("", ".."):
        return Path(os.path.realpath(target))
    return Path(os.path.realpath(target.parent)) / target.name


def _write_beside(target: Path, files: Mapping[str, bytes]) -> None:
    place = _place(target)
    beside = Path(tempfile.mkdtemp(prefix=".optimizer-", dir=place.parent))
    try:
        folders = sorted({(beside / name).parent for name in files} | {beside})
        for inner in folders:
            inner.mkdir(exist_ok=True)
            os.chmod(inner, 0o755)
        with contextlib.ExitStack() as open_files:
            written = [open_files.enter_context(_written(beside / name, content)) for name, content in files.items()]
            for stream in written:
                os.fsync(stream.fileno())
        for inner in folders:
            _flush_folder(inner)
        with _undisturbed():
            _move_into_place(beside, place)
            shutil.rmtree(beside, ignore_errors=True)
            with contextlib.suppress(OSError):
                # The new run is in place; a system that cannot promise more does not make that a failure.
                _flush_folder(place.parent)
    finally:
        with _undisturbed():
            shutil.rmtree(beside, ignore_errors=True)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Ctrl-C and SIGTERM wait until this is over, so that what is moved or cleaned is never left half done."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def replace_file(path: Path, content: bytes) -> None:
    """Write a file in one step: complete or not at all."""
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name[:64]}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise


@contextlib.contextmanager
def _written(path: Path, content: bytes) -> Iterator[IO[bytes]]:
    """A new file with this content, on its way to the disk: of many, all are under way before any is waited for."""
    with path.open("xb") as stream:
        stream.write(content)
        stream.flush()
        path.chmod(0o644)
        if sys.platform == "linux":
            os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        yield stream


def _flush_folder(folder: Path) -> None:
    # Windows has no handle of a folder to flush; it writes names with the files.
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _move_into_place(beside: Path, place: Path) -> None:
    """Exchange both folders in one step where the system can, else move the old one aside and back if that fails."""
    if not place.exists():
        os.rename(beside, place)
        return
    if _exchanged(beside, place):
        return
    aside = Path(f"{beside}-old")
    try:
        os.rename(place, aside)
        os.rename(beside, place)
    except BaseException:
        if aside.exists() and not place.exists():
            os.rename(aside, place)
        raise
    shutil.rmtree(aside, ignore_errors=True)


EXCHANGE = 2
AT_WORKING_FOLDER = -100
"""Arguments of renameat2 (Linux 3.15)."""


def _exchanged(one: Path, other: Path) -> bool:
    if sys.platform != "linux":
        return False
    call = getattr(ctypes.CDLL(None), "renameat2", None)
    if call is None:
        return False
    return int(call(AT_WORKING_FOLDER, os.fsencode(one), AT_WORKING_FOLDER, os.fsencode(other), EXCHANGE)) == 0


def spreadsheet_safe(frame: pd.DataFrame) -> pd.DataFrame:
    """Text cells that begin like a formula, with an apostrophe in front; numbers stay numbers.

    >>> spreadsheet_safe(pd.DataFrame({"name": ["=1+1", "mine"], "x": [-1.0, 2.0]})).values.tolist()
    [["'=1+1", -1.0], ['mine', 2.0]]
    """

    def safe(value: Any) -> Any:
        return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value

    out: pd.DataFrame = frame.apply(
        lambda column: column if pd.api.types.is_numeric_dtype(column) else column.map(safe)
    )
    return out
