"""Numbers that may be data: in a template of all futures, what differs between them is a placeholder, not a number."""

from __future__ import annotations

from typing import Any


def is_nothing(value: Any, below: float = 1e-300) -> bool:
    """Whether a value is a number that is zero (or smaller than ``below`` in size). Placeholders never are.

    >>> is_nothing(0.0), is_nothing(False), is_nothing(1e-9), is_nothing(1e-9, below=1e-6), is_nothing(True)
    (True, True, False, True, False)
    """
    return isinstance(value, int | float) and abs(value) < below


def set_upper(block: Any, variable: Any, limit: Any) -> None:
    """Bound a variable from above: by a number at once, by data through the block's list ``limits``."""
    if isinstance(limit, int | float):
        variable.setub(float(limit))
    else:
        block.limits.append((variable, limit))
