"""Poisoned numbers never give a plan: in the numbers of an instance, and at every place of a compiled model."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
import pytest

from models.assemble import extensive_form
from optimizer.engine import Options, solve_cuts, solve_extensive
from optimizer.engine.compiled import standard_form
from optimizer.engine.decomposed import decompose
from optimizer.engine.form import StandardForm
from optimizer.engine.highs import WarmLp, solve_form
from optimizer.engine.oracles.futures import FutureLps
from optimizer.errors import ModelError
from optimizer.instance import Instance, compile_instance
from optimizer.scenarios import draw
from tests.small_case import small_case

POISON = (float("nan"), float("inf"), float("-inf"), 1e15, -1e15, 1e20)
TINY = (1e-10, -1e-12, 5e-324)
"""Coefficients so small that HiGHS would drop them."""
Place = tuple[tuple[str, Any], ...]


@pytest.fixture(name="instance", scope="module")
def fixture_instance() -> Instance:
    case = small_case()
    return compile_instance(case, draw(case))


def places(value: Any, path: Place = ()) -> Iterator[Place]:
    """Every place of an instance that holds a number; of an array its first, middle and last."""
    if isinstance(value, float):
        yield path
    elif isinstance(value, np.ndarray):
        if value.dtype.kind == "f" and value.size:
            yield from ((*path, ("entry", i)) for i in sorted({0, value.size // 2, value.size - 1}))
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from places(part, (*path, ("key", key)))
    elif isinstance(value, tuple):
        for i, part in enumerate(value):
            yield from places(part, (*path, ("item", i)))
    elif is_dataclass(value):
        for field in fields(value):
            yield from places(getattr(value, field.name), (*path, ("field", field.name)))


def poisoned(value: Any, path: Place, poison: float) -> Any:
    """The same with one number replaced."""
    if not path:
        return poison
    (kind, key), rest = path[0], path[1:]
    if kind == "entry":
        changed = value.copy()
        changed.flat[key] = poison
        return changed
    if kind == "key":
        return {**value, key: poisoned(value[key], rest, poison)}
    if kind == "item":
        return tuple(poisoned(part, rest, poison) if i == key else part for i, part in enumerate(value))
    return replace(value, **{key: poisoned(getattr(value, key), rest, poison)})


@pytest.mark.parametrize("count", [500, pytest.param(10_000, marks=pytest.mark.slow)])
def test_no_instance_with_a_poisoned_number_is_solved(instance: Instance, count: int) -> None:
    every = list(places(instance))
    assert len(every) > 500
    pick = random.Random(count)
    for _ in range(count):
        path, poison = pick.choice(every), pick.choice(POISON)
        bad = poisoned(instance, path, poison)
        if ("field", "npv_cap") in path and poison == float("inf"):
            # Infinity is how an absent cap is written.
            continue
        with pytest.raises(ModelError, match=r"not a finite number|larger than"):
            pick.choice((solve_cuts, solve_extensive))(bad, Options())


def test_an_instance_as_it_is_passes(instance: Instance) -> None:
    """The gates refuse what is poisoned, and nothing else."""
    assert solve_cuts(instance, Options()).objective == pytest.approx(
        solve_extensive(instance, Options()).objective, rel=1e-3
    )


PARTS = ("matrix", "cost", "lower", "upper", "row_lower", "row_upper", "offset")


def with_poison(form: StandardForm, part: str, at: int, poison: float) -> StandardForm:
    """The same form with one of its numbers replaced."""
    if part == "offset":
        return replace(form, offset=poison)
    if part == "matrix":
        matrix = form.matrix.copy()
        matrix.data[at % matrix.nnz] = poison
        return replace(form, matrix=matrix)
    values = getattr(form, part).copy()
    stated = np.flatnonzero(np.isfinite(values))
    values[stated[at % len(stated)]] = poison
    return replace(form, **{part: values})


@pytest.mark.parametrize("count", [500, pytest.param(10_000, marks=pytest.mark.slow)])
def test_no_compiled_model_with_a_poisoned_number_is_solved(instance: Instance, count: int) -> None:
    form = standard_form(extensive_form(instance.awards, instance.structure, instance.futures, instance.tail_alpha))
    pick = random.Random(count)
    refused = 0
    for _ in range(count):
        part = pick.choice(PARTS)
        poison = pick.choice(POISON + TINY if part == "matrix" else POISON)
        if (part, poison) in (("row_lower", float("-inf")), ("row_upper", float("inf"))):
            # How a side that is absent is written.
            continue
        bad = with_poison(form, part, pick.randrange(10**9), poison)
        with pytest.raises(ModelError):
            pick.choice((lambda bad: solve_form(bad, Options()), WarmLp))(bad)
        refused += 1
    assert refused > 0.8 * count


@pytest.mark.parametrize("poison", [float("nan"), float("inf"), 1e15])
@pytest.mark.parametrize("part", ["cost", "own_cost", "offset", "t_entries", "rhs", "upper"])
def test_a_future_with_a_poisoned_number_is_refused(instance: Instance, part: str, poison: float) -> None:
    """Numbers of the second and later futures go into a HiGHS that is loaded already: they pass a gate of their own."""
    parts = decompose(instance)
    affine = getattr(parts.arrays, part)
    constant = affine.constant.copy()
    constant[-1] = poison
    spoilt = replace(parts.arrays, **{part: replace(affine, constant=constant)})
    with pytest.raises(ModelError, match="future 1 has the"):
        FutureLps(spoilt, parts.template.values)
