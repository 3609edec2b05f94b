"""A bound by weak duality: at most the optimum for any duals, and the optimum itself for the right ones."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.sparse import csc_array

from optimizer.engine.form import StandardForm
from optimizer.engine.highs import Options, solve_form
from optimizer.engine.safe_bound import safe_bound


def lp(seed: int) -> StandardForm:
    """Costs and rows of every kind (≤, ≥, =, both) around a point that satisfies them."""
    rng = np.random.default_rng(seed)
    columns, rows = 12, 9
    matrix = rng.normal(size=(rows, columns)) * (rng.random((rows, columns)) < 0.6)
    inside = rng.uniform(0.0, 5.0, columns)
    activity = matrix @ inside
    kind = np.arange(rows) % 4
    low = np.where(kind == 0, -np.inf, np.where(kind == 2, activity, activity - rng.uniform(0.1, 1.0, rows)))
    high = np.where(kind == 1, np.inf, np.where(kind == 2, activity, activity + rng.uniform(0.1, 1.0, rows)))
    return StandardForm(
        cost=rng.normal(size=columns) * 100.0,
        offset=7.0,
        matrix=csc_array(matrix),
        row_lower=low,
        row_upper=high,
        lower=np.zeros(columns),
        upper=np.full(columns, 10.0),
        whole=np.zeros(columns, dtype=bool),
        columns=tuple(SimpleNamespace(name=f"x{j}") for j in range(columns)),
        row_names=tuple(f"r{i}" for i in range(rows)),
    )


@pytest.mark.parametrize("seed", range(20))
def test_the_duals_of_the_optimum_prove_it(seed: int) -> None:
    form = lp(seed)
    raw = solve_form(form, Options())
    assert raw.objective is not None
    assert raw.row_duals is not None
    bound = safe_bound(form, raw.row_duals)
    assert bound <= raw.objective + 1e-9
    assert bound == pytest.approx(raw.objective, abs=1e-5)


@pytest.mark.parametrize("seed", range(20))
def test_any_duals_give_a_bound_and_wrong_ones_a_weaker_one(seed: int) -> None:
    form = lp(seed)
    raw = solve_form(form, Options())
    assert raw.objective is not None
    assert raw.row_duals is not None
    best = safe_bound(form, raw.row_duals)
    rng = np.random.default_rng(seed)
    for size in (1e-6, 1.0, 100.0):
        tampered = raw.row_duals + rng.normal(size=len(raw.row_duals)) * size
        assert safe_bound(form, tampered) < best
    assert safe_bound(form, -raw.row_duals) < best


def test_a_bound_of_the_relaxation_is_one_of_whole_plans_too() -> None:
    form = lp(3)
    relaxed = solve_form(form, Options())
    whole = solve_form(replace(form, whole=np.arange(12) < 4), Options(gap=0.0))
    assert relaxed.row_duals is not None
    assert whole.objective is not None
    assert safe_bound(form, relaxed.row_duals) <= whole.objective


def test_an_open_column_has_no_bound() -> None:
    form = lp(0)
    assert form.cost.min() < 0.0
    assert safe_bound(replace(form, upper=np.full(12, np.inf)), np.zeros(9)) == -math.inf
