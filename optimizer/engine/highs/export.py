"""A model as a file for other solvers."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

import highspy
import numpy as np

from optimizer.engine.form import StandardForm
from optimizer.engine.highs.load import Options, QuietHighs, loaded, ok
from optimizer.errors import OutputError, SettingError


def export(form: StandardForm, path: Path) -> None:
    """Write the model as ``.mps`` or ``.lp`` for other solvers, whole or not at all. Raises OutputError.

    HiGHS does not notice a disk that is full, so the file is read back before it takes the place of an earlier one.
    """
    if path.suffix not in (".mps", ".lp"):
        raise SettingError(f"{path.name}: models are exported as .mps or .lp.")
    solver = loaded(form, Options())
    for i, column in enumerate(form.columns):
        ok(solver.passColName(i, _plain(column.name, i)), "a column name")
    for i, name in enumerate(form.row_names):
        ok(solver.passRowName(i, _plain(name, i)), "a row name")
    try:
        beside = Path(tempfile.mkdtemp(prefix=".optimizer-", dir=path.absolute().parent))
    except (OSError, ValueError) as error:
        words = error.strerror if isinstance(error, OSError) else error
        raise OutputError(f"{str(path)!r}: the model could not be written ({words}).") from error
    try:
        written = beside / f"model{path.suffix}"
        if solver.writeModel(str(written)) == highspy.HighsStatus.kError or not _is_whole(written, form):
            raise OutputError(f"{path}: the model could not be written; is there room for it?")
        os.replace(written, path)
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        raise OutputError(f"{path}: the model could not be written ({error.strerror}).") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _is_whole(path: Path, form: StandardForm) -> bool:
    reader = QuietHighs()
    reader.setOptionValue("output_flag", False)
    if reader.readModel(str(path)) == highspy.HighsStatus.kError:
        return False
    # Columns that are in no row and cost nothing are not written.
    return bool(reader.getNumRow() == len(form.row_names) and reader.getNumNz() == np.count_nonzero(form.matrix.data))


def _plain(name: str, position: int) -> str:
    """A name every format can hold; the position keeps it unique.

    >>> _plain("build[ten-x,2028]", 7)
    'build_ten_x_2028_7'
    """
    return re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_") + f"_{position}"
