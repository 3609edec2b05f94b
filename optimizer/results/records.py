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
    whole = frame.astype(object).where(frame.notna(), None)
    return [{str(key): _plain(value) for key, value in row.items()} for row in whole.to_dict(orient="records")]


def _plain(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and not math.isfinite(value) else value
