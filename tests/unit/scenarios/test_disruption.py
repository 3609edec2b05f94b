"""Disruptions: frequency, what they withhold, common random numbers."""

from __future__ import annotations

import numpy as np
import pytest

from optimizer.scenarios.disruption import DrawnDisruption, draw_disruptions, share_disrupted, withheld_shares
from optimizer.scenarios.spells import Spells, draw_spells
from optimizer.scenarios.timeline import timeline
from tests.unit.scenarios.cases import TinyCase, disruption, tiny_case

MAGNETS = ("china", "usa", "magnet")


def drawn(case: TinyCase, draws: int = 2048) -> tuple[DrawnDisruption, ...]:
    return draw_disruptions(case, timeline(case), draws=draws, seed=3)


def one(depth: float, start: list[float], duration: float, years: int = 4) -> DrawnDisruption:
    """One draw of a disruption of the magnet lane with given starts, one cell per year."""
    spells = Spells(np.array([start]), np.full((1, years), 0.5))
    return DrawnDisruption("one", (MAGNETS,), frozenset(), depth, 1.0, duration, duration, spells)


NEVER = float("nan")


def test_share_withheld_is_depth_times_the_share_of_the_year_in_force() -> None:
    # From 0.75 to 2.25: a quarter of the first year, all of the second, a quarter of the third.
    item = one(0.8, [0.75, NEVER, NEVER, NEVER], 1.5)
    assert withheld_shares((item,), slice(0, 1), 4)[MAGNETS][0] == pytest.approx([0.2, 0.8, 0.2, 0.0])


def test_spells_in_the_same_year_add_up_and_the_horizon_cuts_them_off() -> None:
    # 0.1–0.6 and 0.9–1.4 are half of the first year and 0.1 + … : year 0: 0.5 + 0.1 (from the cell of year 1: starts at
    # 1.9, ends at 2.4: 0.1 of year 1, 0.4 of year 2); 3.8–4.3 leaves 0.2 of year 3.
    item = one(1.0, [0.1, 1.9, NEVER, 3.8], 0.5)
    assert item.share_of_years(slice(0, 1), 4)[0] == pytest.approx([0.5, 0.1, 0.4, 0.2])


def test_overlapping_disruptions_withhold_from_what_others_let_through() -> None:
    first, second = one(0.8, [0.0, NEVER, NEVER, NEVER], 1.0), one(0.5, [0.5, NEVER, NEVER, NEVER], 1.0)
    # Year 0: 1 − (1 − 0.8)(1 − 0.5 × 0.5) = 0.85; year 1: 0.5 × 0.5.
    withheld = withheld_shares((first, second), slice(0, 1), 4)[MAGNETS][0]
    assert withheld == pytest.approx([0.85, 0.25, 0.0, 0.0])
    # Some disruption is in force all of year 0 and half of year 1.
    assert share_disrupted((first, second), slice(0, 1), 4)[0] == pytest.approx([1.0, 0.5, 0.0, 0.0])
    assert share_disrupted((), slice(0, 3), 4).tolist() == [[0.0] * 4] * 3


def test_lanes_and_series_named() -> None:
    embargo, licensing = drawn(tiny_case(), draws=2)
    assert embargo.lanes == (("china", "japan", "magnet"), ("china", "usa", "magnet"), ("china", "usa", "oxide"))
    assert embargo.series == {"oxide", "magnet"}
    assert licensing.lanes == (MAGNETS,)
    assert licensing.series == {"magnet"}
    other = tiny_case().having(disruptions=[disruption("embargo", origin="usa")])
    assert drawn(other, draws=2)[0].lanes == ()


def test_frequency_is_the_hazard_within_its_years() -> None:
    case = tiny_case().having(disruptions=[
        disruption("brief", duration_years_min=0.08, duration_years_max=0.08, first_year=2028, last_year=2033)])
    begins = ~np.isnan(drawn(case)[0].spells.start)
    assert not begins[:, :2].any()
    assert not begins[:, 8:].any()
    # 2,048 × 6 years at 0.2: standard error √(0.16/12288) = 0.0036.
    assert abs(begins[:, 2:8].mean() - 0.2) < 4 * 0.0036


def test_starts_and_durations_are_uniform() -> None:
    case = tiny_case().having(disruptions=[disruption("sure", hazard_per_year=1.0, last_year=2026)])
    (item,) = drawn(case)
    start = item.spells.start[:, 0]
    share = item.share_of_months(slice(0, 2048), 48).sum(axis=1) / 12
    # Hazard 1: every draw. Uniform on (0, 1): mean 1/2, deviation 1/√12; durations uniform on (1, 2): mean 3/2.
    error = (1 / 12 / 2048) ** 0.5
    assert abs(start.mean() - 0.5) < 4 * error
    assert abs(share.mean() - 1.5) < 4 * error
    assert share.min() > 1
    assert share.max() < 2


def test_expected_time_in_force_of_long_spells() -> None:
    # A spell of exactly 3 years struck with chance 1 in 2026 blocks strikes until it ends, at most in 2029.
    case = tiny_case().having(disruptions=[
        disruption("long", hazard_per_year=1.0, duration_years_min=3.0, duration_years_max=3.0)])
    (item,) = drawn(case, draws=64)
    assert np.isnan(item.spells.start[:, 1:3]).all()
    ends = item.spells.start[:, 0] + 3
    begins_again = item.spells.start[:, 3]
    assert (np.isnan(begins_again) | (begins_again >= ends)).all()
    assert (~np.isnan(begins_again)).any()
    assert (item.share_of_months(slice(0, 64), 120) <= 1 + 1e-12).all()


def test_hazard_scale_multiplies_and_stops_at_one() -> None:
    brief = disruption("brief", duration_years_min=0.08, duration_years_max=0.08, hazard_per_year=0.1)
    case = tiny_case().having(disruptions=[brief])
    tripled = ~np.isnan(drawn(case.scenarios(hazard_scale=3.0))[0].spells.start[:, :10])
    # 20,480 cells at 0.3: standard error √(0.21/20480) = 0.0032; strikes ignored for being in force: 0.3 × 0.0032.
    assert abs(tripled.mean() - 0.3) < 4 * 0.0032 + 0.001
    assert not (~np.isnan(drawn(case.scenarios(hazard_scale=0.0))[0].spells.start)).any()
    sure = ~np.isnan(drawn(case.scenarios(hazard_scale=100.0))[0].spells.start[:, 0])
    assert sure.all()


def test_a_higher_hazard_keeps_the_strikes_of_a_lower_one() -> None:
    numbers = np.random.default_rng(1).random((500, 30))
    brief = {"shortest": 1e-9, "longest": 1e-9}
    low = draw_spells(numbers, np.full(10, 0.1), **brief)
    high = draw_spells(numbers, np.full(10, 0.4), **brief)
    struck = ~np.isnan(low.start)
    assert struck.any()
    assert np.array_equal(low.start[struck], high.start[struck])


def test_another_disruption_changes_nothing_for_the_first() -> None:
    alone = drawn(tiny_case().having(disruptions=[disruption("embargo")]), draws=64)[0]
    beside = drawn(tiny_case(), draws=64)[0]
    assert alone.name == beside.name == "embargo"
    assert np.array_equal(alone.spells.start, beside.spells.start, equal_nan=True)
