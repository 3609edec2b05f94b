"""A gate between numbers and model: nothing that is not finite or beyond all measure goes on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from optimizer.errors import ModelError

MAY_BE_INFINITE = frozenset({"npv_cap"})
"""Limits for which infinity means that there is none."""
LARGEST = 1e12
"""In the units of an instance (musd, kt, shares) no number of the world comes near."""


def check_finite(numbers: Any) -> None:
    """Raise ModelError, naming the place, if any number of an instance is not finite or is beyond all measure.

    A model cannot be trusted to notice: comparisons with NaN are false, so that such a term is left out of a sum as if
    it were zero.

    >>> from models.award_numbers import PlantNumbers
    >>> check_finite(PlantNumbers(capex={("mine", 2030): 5.0}))
    >>> check_finite(PlantNumbers(capex={("mine", 2030): float("nan")}))
    Traceback (most recent call last):
    optimizer.errors.ModelError: capex of ('mine', 2030) is nan, not a finite number.
    """
    for place, value in _unfit(numbers):
        if not np.isfinite(value):
            raise ModelError(f"{place} is {value}, not a finite number.")
        raise ModelError(f"{place} is {value:g}, larger than {LARGEST:g}. An input is probably in the wrong unit.")


def _unfit(value: Any) -> Iterator[tuple[str, Any]]:
    """(place, value) of each number that is not finite or too large."""
    if isinstance(value, float):
        if not abs(value) <= LARGEST:
            yield "a value", value
    elif isinstance(value, np.ndarray):
        if value.dtype.kind == "f" and not (np.abs(value) <= LARGEST).all():
            yield "a value", value[~(np.abs(value) <= LARGEST)][0]
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from ((f"{place} of {key}", found) for place, found in _unfit(part))
    elif isinstance(value, tuple):
        for part in value:
            yield from _unfit(part)
    elif is_dataclass(value):
        for field in fields(value):
            for place, found in _unfit(getattr(value, field.name)):
                if field.name not in MAY_BE_INFINITE or found != np.inf:
                    yield place.replace("a value", field.name, 1), found
