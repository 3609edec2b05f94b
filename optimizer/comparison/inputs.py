"""What differs in the inputs: every setting and every cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from optimizer.comparison.lines import Line, merged
from optimizer.data import Case
from optimizer.data.cells import cell_text
from optimizer.data.schema import TABLES, Table
from optimizer.whatif.changes import key_of

KEYS = ("table", "key", "column")


def input_lines(cases: Sequence[Case]) -> list[Line]:
    """Settings and cells that differ: table (``settings`` for those), key of the row, column, unit, text in every case.

    A row that a case does not have is None there in every column that another case fills in. The order of rows in a
    file is no difference.
    """
    lines = [Line(("settings", "", path), "", values) for (path,), values in merged([*map(_settings, cases)]).items()]
    for table in TABLES.values():
        units = {column.name: column.unit for column in table.all_columns}
        for (key, column), values in merged([_cells(table, case) for case in cases]).items():
            lines.append(Line((table.name, key, column), units[column], values))
    return [line for line in lines if line.differs]


def _settings(case: Case) -> dict[tuple[Any, ...], Any]:
    return {(path,): text for path, text in flat(case.settings.model_dump()).items()}


def flat(values: Mapping[str, Any], before: str = "") -> dict[str, str]:
    """Nested settings as path → text.

    >>> flat({"solve": {"gap": 0.001}, "lender": None})
    {'solve.gap': '0.001', 'lender': 'none'}
    """
    out: dict[str, str] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            out |= flat(value, f"{before}{name}.")
        else:
            out[f"{before}{name}"] = "none" if value is None else str(value)
    return out


def _cells(table: Table, case: Case) -> dict[tuple[Any, ...], Any]:
    return {
        (key_of(table, dict(row)), column.name): text
        for row in case.rows(table.name)
        for column in table.all_columns
        if (text := cell_text(column, row[column.name])) != ""
    }
