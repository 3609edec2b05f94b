"""A model as a file for other solvers."""

from __future__ import annotations

import re
from pathlib import Path

import highspy

from optimizer.engine.form import StandardForm
from optimizer.engine.highs.load import Options, loaded, ok
from optimizer.errors import OutputError, SettingError


def export(form: StandardForm, path: Path) -> None:
    """Write the model as ``.mps`` or ``.lp`` for other solvers. Raises OutputError."""
    if path.suffix not in (".mps", ".lp"):
        raise SettingError(f"{path.name}: models are exported as .mps or .lp.")
    solver = loaded(form, Options())
    for i, column in enumerate(form.columns):
        ok(solver.passColName(i, _plain(column.name, i)), "a column name")
    for i, name in enumerate(form.row_names):
        ok(solver.passRowName(i, _plain(name, i)), "a row name")
    if solver.writeModel(str(path)) == highspy.HighsStatus.kError or not path.exists():
        raise OutputError(f"{path}: the model could not be written.")


def _plain(name: str, position: int) -> str:
    """A name every format can hold; the position keeps it unique.

    >>> _plain("build[ten-x,2028]", 7)
    'build_ten_x_2028_7'
    """
    return re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_") + f"_{position}"
