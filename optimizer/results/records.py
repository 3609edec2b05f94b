"""Tables as plain rows, for JSON."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dicts of plain numbers, strings, lists and dicts; what is absent or infinite is None.

    >>> records(pd.DataFrame({"plant": ["mine", None], "npv_musd": [1.5, float("inf")]}))
    [{'plant': 'mine', 'npv_musd': 1.5}, {'plant': None, 'npv_musd': None}]
    """
    names = [str(name) for name in frame.columns]
    columns = [_plain(frame.iloc[:, i]) for i in range(len(names))]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _plain(column: pd.Series[Any]) -> list[Any]:
    absent = column.isna().tolist()
    values = [value.item() if hasattr(value, "item") else value for value in column.tolist()]
    return [
        None if gone or (isinstance(value, float) and not math.isfinite(value)) else value
        for value, gone in zip(values, absent, strict=True)
    ]
