"""Numbers that a comparison, a sum or a solver would silently pass over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from models.assemble import extensive_form
from optimizer.data import Case
from optimizer.engine import Options, solve_extensive
from optimizer.engine.compiled import standard_form
from optimizer.engine.form import StandardForm, check_numbers
from optimizer.engine.highs import solve_form
from optimizer.errors import ModelError
from optimizer.instance import Instance, compile_instance
from optimizer.scenarios import draw
from tests.small_case import small_settings, small_tables

UNFIT = (float("nan"), float("inf"), float("-inf"), 1e16)


@lru_cache(maxsize=1)
def instance() -> Instance:
    """The small case over three years, on four price paths and in two futures."""
    settings, tables = small_settings(), small_tables()
    settings["horizon"]["last_year"] = 2028
    tables["stockpiles"][0]["tranches"] = (2026,)
    case = Case.from_tables(settings, tables)
    return compile_instance(case, draw(case, paths=4, futures=2))


@lru_cache(maxsize=1)
def form() -> StandardForm:
    """The extensive form of that instance as a matrix."""
    numbers = instance()
    return standard_form(extensive_form(numbers.awards, numbers.structure, numbers.futures, numbers.tail_alpha))


def with_value(vector: Any, position: int, value: float) -> Any:
    """A copy of a vector with one entry replaced."""
    changed = vector.copy()
    changed[position] = value
    return changed


def poisoned_forms(value: float) -> Iterator[tuple[str, StandardForm]]:
    """The form with one number replaced, at every position in turn."""
    sound = form()
    for i in range(sound.matrix.nnz):
        matrix = sound.matrix.copy()
        matrix.data[i] = value
        yield f"entry {i}", replace(sound, matrix=matrix)
    for part in ("cost", "lower", "upper"):
        for i in range(len(sound.cost)):
            yield f"{part} {i}", replace(sound, **{part: with_value(getattr(sound, part), i, value)})
    for i, (low, high) in enumerate(zip(sound.row_lower, sound.row_upper, strict=True)):
        sides = {
            part: with_value(getattr(sound, part), i, value)
            for part, side in (("row_lower", low), ("row_upper", high))
            if np.isfinite(side)
        }
        yield f"right-hand side {i}", replace(sound, **sides)


@pytest.mark.parametrize("value", UNFIT)
def test_an_unfit_number_is_refused_at_every_position(value: float) -> None:
    passed, tried = [], 0
    for place, form_with_it in poisoned_forms(value):
        tried += 1
        try:
            check_numbers(form_with_it)
        except ModelError:
            continue
        passed.append(place)
    assert passed == []
    assert tried > 1000


def test_the_solver_is_never_handed_an_unfit_number() -> None:
    for place, form_with_it in list(poisoned_forms(float("nan")))[::97]:
        with pytest.raises(ModelError):
            solve_form(form_with_it, Options(stage=place))


def test_one_sided_nan_beside_a_sound_right_hand_side_is_refused() -> None:
    row = int(np.flatnonzero(np.isfinite(form().row_upper) & ~np.isfinite(form().row_lower))[0])
    with pytest.raises(ModelError):
        check_numbers(replace(form(), row_lower=with_value(form().row_lower, row, float("nan"))))


def test_the_sound_form_passes() -> None:
    check_numbers(form())


def replaced(value: Any, number: float) -> Iterator[tuple[str, Any]]:
    """(place, copy) of an instance's part with one number replaced: one of each field, at each end."""
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            for place, copy in replaced(getattr(value, field.name), number):
                yield f"{field.name} {place}", replace(value, **{field.name: copy})
    elif isinstance(value, Mapping):
        keys = list(value)
        for key in dict.fromkeys([*keys[:1], *keys[-1:]]):
            for place, copy in replaced(value[key], number):
                yield f"{key} {place}", {**value, key: copy}
    elif isinstance(value, tuple) and value:
        for position in {0, len(value) - 1}:
            for place, copy in replaced(value[position], number):
                yield f"[{position}] {place}", (*value[:position], copy, *value[position + 1 :])
    elif isinstance(value, np.ndarray) and value.size and value.dtype.kind == "f":
        yield "first", with_value(value, 0, number)
    elif isinstance(value, float):
        yield "", number


# NaN is never above or below anything, so a test such as ``amount > 0`` or ``abs(amount) >= least`` leaves it out of a
# sum as if it were zero: a price path without a payoff, a plant without a capacity.
@pytest.mark.parametrize("number", UNFIT[:3])
def test_an_instance_with_a_number_that_is_not_finite_is_refused(number: float) -> None:
    solved, tried = [], 0
    for place, poisoned in replaced(instance(), number):
        tried += 1
        if "npv_cap" in place and number == float("inf"):
            continue
        try:
            solve_extensive(poisoned, Options())
        except ModelError:
            continue
        solved.append(place)
    assert solved == []
    assert tried > 60
