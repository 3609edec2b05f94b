"""Prices of pots and frontiers of small cases that nobody has looked at."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from optimizer import frontier, shadow_prices
from optimizer.engine.variations.marginal import slope_at
from tests.small_case import small_case

pieces = st.lists(st.tuples(st.floats(0.05, 3.0), st.floats(0.1, 20.0)), min_size=1, max_size=6)
"""(fall of the slope, length) of each piece of a convex function, from the right."""


@given(pieces=pieces, share=st.floats(0.02, 0.98))
def test_the_ends_of_a_piece_are_found(pieces: list[tuple[float, float]], share: float) -> None:
    # A convex, falling function as the largest of its lines; the pieces are known, so are their ends.
    ends, slopes, value, lines = [100.0], [0.0], [0.0], [(0.0, 0.0)]
    for fall, length in pieces:
        slope = slopes[-1] - fall
        lines.append((value[-1] - slope * ends[-1], slope))
        slopes.append(slope)
        value.append(value[-1] - slope * length)
        ends.append(ends[-1] - length)
    first = ends[-1]
    b = first + share * (120.0 - first)
    found = slope_at(lambda x: max((a + s * x, s) for a, s in lines), b, first, 120.0)
    starts = [end for end in (120.0, *ends) if end >= b - 1e-9]
    below = [end for end in (120.0, *ends) if end <= b + 1e-9]
    assume(min(abs(b - end) for end in ends) > 1e-2)
    slope = next(s for s, low in zip(slopes, ends, strict=True) if b >= low)
    assert found.more == pytest.approx(-slope, abs=1e-6)
    assert found.less == pytest.approx(-slope, abs=1e-6)
    assert b + found.up == pytest.approx(min(starts), abs=1e-3)
    assert b - found.down == pytest.approx(max(below), abs=1e-3)


few = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@few
@given(
    budget=st.sampled_from([0.0, 5.0, 25.0, 60.0, 108.0, 140.0, 400.0]), shortage=st.sampled_from([150.0, 300.0, 600.0])
)
def test_a_price_is_never_negative_and_is_nothing_where_money_is_left(budget: float, shortage: float) -> None:
    case = small_case().set("programmes.us_pot.budget_musd", budget)
    case = case.set("demand.us/civil/magnet.shortage_cost_usd_per_kg", shortage)
    row = shadow_prices(case).table.iloc[0]
    assert row["saving_per_next_musd"] >= 0.0
    # Convex: the last musd saved no less than the next one will.
    assert row["cost_per_last_musd"] >= row["saving_per_next_musd"] - 1e-6 or row["holds_down_musd"] <= 1e-6
    if row["used_musd"] < budget - 1e-4:
        assert row["saving_per_next_musd"] == 0.0
    elif row["saving_per_next_musd"] > 0.0:
        assert row["used_musd"] == pytest.approx(budget, abs=1e-4)
        assert row["holds_up_musd"] > 0.0
    saved = [row[f"{kind}_saved_per_musd"] for kind in ("resource", "shortage", "outlay", "other")]
    assert sum(saved) == pytest.approx(row["saving_per_next_musd"], abs=0.06 * row["saving_per_next_musd"] + 1e-4)


@few
@given(hazard=st.sampled_from([0.0, 0.5, 1.0, 2.0]), x=st.sampled_from(["outlay", "tail", "budget:us_pot"]))
def test_a_frontier_falls_from_end_to_end(hazard: float, x: str) -> None:
    table = frontier(small_case().set("scenarios.hazard_scale", hazard), x=x, points=4).table
    kept = table[table["status"] == "on the frontier"]
    assert table["x_musd"].is_monotonic_increasing
    assert (kept["y_musd"].diff().dropna() < 0.0).all()
    assert (kept["saving_per_unit"].dropna() > 0.0).all()
    assert table["y_musd"].iloc[-1] <= table["y_musd"].min() + (table["y_musd"] - table["y_least_musd"]).max() + 1e-6
