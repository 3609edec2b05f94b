"""The gates between a model and the solver: nothing unfit passes, nothing goes missing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

from optimizer.engine.compiled import standard_form
from optimizer.engine.form import check_numbers
from optimizer.errors import ModelError
from tests.unit.engine.models_by_hand import knapsack, mixed, wyndor

UNFIT = [float("nan"), float("inf"), float("-inf"), 1e15, -1e20]


def poisoned(value: float, place: str) -> Any:
    """A sound model with one number replaced in one place."""
    model = mixed()
    model.poison = pyo.Param(initialize=value, mutable=True, within=pyo.Any)
    match place:
        case "coefficient":
            model.extra = pyo.Constraint(expr=model.poison * model.x + model.z >= 1)
        case "right-hand side":
            model.extra = pyo.Constraint(expr=model.x + model.z >= model.poison)
        case "equality":
            model.extra = pyo.Constraint(expr=model.x + model.z == model.poison)
        case "cost":
            model.cost.set_value(model.poison * model.x + model.z)
        case "constant":
            model.cost.set_value(model.poison + model.x + model.z)
    return model


@pytest.mark.parametrize("value", UNFIT)
@pytest.mark.parametrize("place", ["coefficient", "right-hand side", "equality", "cost"])
def test_an_unfit_number_is_refused(value: float, place: str) -> None:
    with pytest.raises(ModelError):
        standard_form(poisoned(value, place))


@pytest.mark.parametrize("place", ["coefficient", "right-hand side", "equality", "cost", "constant"])
def test_a_fit_number_passes(place: str) -> None:
    standard_form(poisoned(2.0, place))


@pytest.mark.parametrize("value", UNFIT[:3])
def test_a_constant_that_is_not_finite_is_refused(value: float) -> None:
    with pytest.raises(ModelError):
        standard_form(poisoned(value, "constant"))


@pytest.mark.parametrize("value", [1e-10, -1e-8])
def test_a_coefficient_too_small_to_be_meant_is_refused(value: float) -> None:
    with pytest.raises(ModelError, match=r"constraint extra has the coefficient .* on x"):
        standard_form(poisoned(value, "coefficient"))


@pytest.mark.parametrize("side", ["lb", "ub"])
def test_every_variable_has_both_bounds(side: str) -> None:
    model = mixed()
    getattr(model.x, f"set{side}")(None)
    with pytest.raises(ModelError, match=r"x: (lower|upper) bound .*inf is not a finite number"):
        standard_form(model)


def test_crossed_bounds_are_refused() -> None:
    model = mixed()
    model.x.setlb(11.0)
    with pytest.raises(ModelError, match="x: lower bound above its upper bound"):
        standard_form(model)


@pytest.mark.parametrize("value", UNFIT)
@pytest.mark.parametrize("part", ["cost", "lower", "upper", "row_lower", "row_upper", "matrix"])
def test_every_place_of_a_form_is_guarded(part: str, value: float) -> None:
    form = standard_form(wyndor())
    sound = getattr(form, part)
    for where in range(len(sound.data) if part == "matrix" else len(sound)):
        spoilt = sound.copy()
        (spoilt.data if part == "matrix" else spoilt)[where] = value
        # An infinite row bound on the open side says that there is none, and is what stands there anyway.
        if part in ("row_lower", "row_upper") and np.array_equal(spoilt, sound):
            continue
        if (part, value) == ("row_lower", float("inf")) or (part, value) == ("row_upper", float("-inf")):
            continue
        with pytest.raises(ModelError):
            check_numbers(replace(form, **{part: spoilt}))


@pytest.mark.parametrize(("part", "value"), [("row_lower", np.inf), ("row_upper", -np.inf)])
def test_a_row_that_nothing_can_meet_is_refused(part: str, value: float) -> None:
    form = standard_form(wyndor())
    with pytest.raises(ModelError, match="right-hand side"):
        check_numbers(replace(form, **{part: np.full(3, value)}))


def test_a_row_without_any_bound_is_refused() -> None:
    form = standard_form(wyndor())
    with pytest.raises(ModelError, match="right-hand side"):
        check_numbers(replace(form, row_upper=np.full(3, np.inf)))


def test_rows_columns_and_kinds_of_a_form() -> None:
    form = standard_form(mixed())
    assert [column.name for column in form.columns] == ["x", "z"]
    assert form.whole.tolist() == [False, True]
    assert form.cost.tolist() == [2.0, 3.0]
    assert form.matrix.toarray().tolist() == [[1.0, 1.0]]
    assert (form.row_lower.tolist(), form.row_upper.tolist(), form.row_names) == ([4.5], [np.inf], ("enough",))
    assert (form.lower.tolist(), form.upper.tolist()) == ([0.0, 0.0], [10.0, 10.0])
    assert standard_form(knapsack()).offset == 1.0


def test_an_equality_has_both_sides() -> None:
    form = standard_form(poisoned(2.0, "equality"))
    at = form.row_names.index("extra")
    assert (form.row_lower[at], form.row_upper[at]) == (2.0, 2.0)


def test_a_constraint_that_makes_two_rows_is_refused() -> None:
    model = mixed()
    model.range = pyo.Constraint(expr=(1, model.x + model.z, 8))
    with pytest.raises(ModelError, match="constraint range was compiled into more than one row"):
        standard_form(model)


def test_an_inactive_constraint_has_no_row() -> None:
    model = wyndor()
    model.second.deactivate()
    assert standard_form(model).row_names == ("first", "third")


def test_a_form_with_other_bounds_leaves_the_first_alone() -> None:
    form = standard_form(mixed())
    other = form.with_bounds(form.lower + 1.0, form.upper, relaxed=True)
    assert (other.whole.any(), other.lower.tolist()) == (False, [1.0, 1.0])
    assert (form.whole.any(), form.lower.tolist()) == (True, [0.0, 0.0])
