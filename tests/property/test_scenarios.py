"""Properties of the scenario stage on random small cases."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.scenarios import draw
from optimizer.scenarios.decks import weighted_quantile
from optimizer.scenarios.futures import joint_draws
from optimizer.scenarios.reduce import select, tilted
from optimizer.scenarios.spells import draw_spells
from tests.unit.scenarios.cases import TinyCase, disruption, process, tiny_case

SMALL = settings(max_examples=25, deadline=None)


@st.composite
def small_cases(draw_value: st.DrawFn) -> TinyCase:
    """The tiny case with other hazards, depths, durations and volatilities."""
    share = st.floats(0.0, 1.0)
    disruptions: list[dict[str, Any]] = []
    for name in ("a", "b"):
        shortest = draw_value(st.floats(0.1, 4.0))
        disruptions.append(
            disruption(name, hazard_per_year=draw_value(share), depth=draw_value(share), duration_years_min=shortest,
                       duration_years_max=shortest + draw_value(st.floats(0.0, 3.0)),
                       price_factor=draw_value(st.floats(0.5, 3.0)), materials=draw_value(
                           st.sampled_from([("any",), ("oxide",), ("magnet",)])))
        )
    oxide = process("oxide", volatility_per_year=draw_value(st.floats(0.0, 0.8)),
                    half_life_years=draw_value(st.floats(0.1, 20.0)), autocorrelation=draw_value(st.floats(0.0, 0.9)))
    base = tiny_case(paths=8, seed=draw_value(st.integers(0, 1000)), demand_spread=draw_value(st.floats(0.0, 0.05)))
    series = [vars(row) for row in base.rows("price_series") if row.series != "oxide"]
    return base.having(disruptions=disruptions, price_series=[oxide, *series])


@SMALL
@given(small_cases())
def test_everything_drawn_is_finite_and_in_its_bounds(case: TinyCase) -> None:
    draws = draw(case)
    assert np.isfinite(draws.paths.quarterly).all()
    assert (draws.paths.quarterly >= 0).all()
    futures = draws.futures.futures
    assert sum(future.weight for future in futures) == pytest.approx(1.0, abs=1e-9)
    assert all(future.weight > 0 for future in futures)
    assert 0 <= draws.futures.distance <= 1 + 1e-9
    depths = [row.depth for row in case.rows("disruptions")]
    most = 1 - (1 - depths[0]) * (1 - depths[1])
    for future in futures:
        assert ((future.disrupted >= 0) & (future.disrupted <= 1 + 1e-12)).all()
        for share in future.withheld.values():
            assert ((share >= 0) & (share <= most + 1e-12)).all()
            # Nothing is withheld in a year without disruption.
            assert not share[future.disrupted == 0].any()


@SMALL
@given(small_cases())
def test_order_of_rows_changes_nothing(case: TinyCase) -> None:
    one, other = draw(case), draw(case.reversed_rows())
    assert np.array_equal(one.paths.quarterly, other.paths.quarterly)
    for a, b in zip(one.futures.futures, other.futures.futures, strict=True):
        assert (a.name, a.weight, a.delay) == (b.name, b.weight, b.delay)
        assert all(np.array_equal(a.withheld[key], b.withheld[key]) for key in a.withheld)
    assert one.exposure == other.exposure


@SMALL
@given(small_cases())
def test_a_dearer_embargo_lowers_no_price(case: TinyCase) -> None:
    def with_factor(factor: float) -> TinyCase:
        return case.having(disruptions=[vars(row) | {"price_factor": factor} for row in case.rows("disruptions")])

    low, high = (joint_draws(with_factor(factor), paths=64, seed=1).paths.quarterly for factor in (1.2, 2.0))
    assert (high >= low).all()


@given(st.integers(1, 30), st.integers(1, 12), st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_more_points_kept_are_never_further(draws: int, count: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    # Coordinates from few values, so that ties and equal points occur.
    points = generator.integers(-2, 3, size=(draws, 2)).astype(float)
    disrupted = generator.random(draws) < 0.3
    fewer, more = select(points, count, disrupted), select(points, count + 1, disrupted)
    assert more.kept[: len(fewer.kept)] == fewer.kept
    assert more.distance <= fewer.distance + 1e-12
    assert len(set(more.kept)) == len(more.kept) <= count
    assert more.calm_weight + sum(more.weight) == pytest.approx(1.0)
    assert min(more.calm_weight, *more.weight, 1.0) > 0


@given(st.lists(st.tuples(st.floats(0.01, 1.0), st.floats(0.0, 100.0)), min_size=1, max_size=8), st.floats(0.0, 100.0))
def test_tilt_moves_towards_its_target(pairs: list[tuple[float, float]], target: float) -> None:
    weight = np.array([pair[0] for pair in pairs])
    weight /= weight.sum()
    withheld = np.array([pair[1] for pair in pairs])
    tilt = tilted(weight, withheld[:, None], np.array([target]))
    before, after = float(weight @ withheld), float(tilt @ withheld)
    assert tilt.sum() == pytest.approx(1.0)
    assert abs(after - target) <= abs(before - target) + 1e-6


@given(st.integers(0, 2**32 - 1), st.floats(0.0, 1.0), st.floats(0.1, 3.0), st.floats(0.0, 2.0))
@settings(max_examples=60, deadline=None)
def test_spells_never_overlap(seed: int, hazard: float, shortest: float, more: float) -> None:
    spells = draw_spells(np.random.default_rng(seed).random((20, 30)), np.full(10, hazard), shortest, shortest + more)
    share = spells.share_of_months(shortest, shortest + more, 120)
    assert (share <= 1 + 1e-9).all()
    assert (spells.depth(shortest, shortest + more, 120) <= 1 + 1e-9).all()
    # Whole durations are in force, but for what the last year cuts off.
    whole = np.nansum(np.minimum(spells.start + shortest + more * spells.length, 10) - spells.start)
    assert share.sum() / 12 == pytest.approx(whole, abs=1e-6)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=30), st.floats(0.01, 0.99))
def test_quantile_of_equal_weights_is_that_of_the_sorted_values(values: list[int], q: float) -> None:
    found = weighted_quantile(np.array(values, dtype=float)[:, None], np.full(len(values), 1 / len(values)), q)
    below = sum(value <= found[0] for value in values) / len(values)
    strictly = sum(value < found[0] for value in values) / len(values)
    assert strictly < q + 1e-9
    assert below >= q - 1e-9
