"""Results on disk: written beside, then moved into place, so that a broken run never leaves half a file."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd

from optimizer.errors import OutputError

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0")


def write_tables(folder: Path, tables: dict[str, pd.DataFrame], summary: dict[str, Any]) -> None:
    """Write each table as CSV and Parquet, and ``summary`` as ``solution.json``, into ``folder``.

    Each file replaces an earlier one in one step. Text that a spreadsheet would take for a formula gets a leading
    apostrophe in the CSV. Raises OutputError naming the file.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, frame in tables.items():
            replace_file(folder / f"{name}.csv", spreadsheet_safe(frame).to_csv(index=False).encode())
            replace_file(folder / f"{name}.parquet", frame.to_parquet(index=False))
        text = json.dumps(summary, indent=2, ensure_ascii=False, allow_nan=False)
        replace_file(folder / "solution.json", f"{text}\n".encode())
    except OSError as error:
        raise OutputError(f"{error.filename or folder}: results cannot be written ({error.strerror}).") from error


def replace_file(path: Path, content: bytes) -> None:
    """Write a file in one step: complete or not at all."""
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
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
