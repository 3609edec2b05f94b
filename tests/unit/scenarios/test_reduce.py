"""Reduction of futures."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from optimizer.scenarios import Draws, draw, reduction_report
from optimizer.scenarios.exposure import features, lane_capacities, stakes, value_withheld
from optimizer.scenarios.futures import joint_draws
from optimizer.scenarios.reduce import reduce_futures, select, tilted
from tests.unit.scenarios.cases import disruption, lane, process, tiny_case

NONE_DISRUPTED = np.zeros(5, dtype=bool)
LINE = np.array([[1.0], [9.0], [10.0], [11.0], [-3.0]])


def test_forward_selection_by_hand() -> None:
    # Distances to calm (0): 1, 9, 10, 11, 3, together 34. Keeping 10 leaves 1 + 1 + 0 + 1 + 3 = 6.
    first = select(LINE, 2, NONE_DISRUPTED)
    assert (first.kept, first.weight, first.calm_weight) == ((2,), (0.6,), 0.4)
    assert first.distance == pytest.approx(6 / 34)
    # Next −3 gains 3, any other 1. Left: 3.
    second = select(LINE, 3, NONE_DISRUPTED)
    assert (second.kept, second.weight, second.calm_weight) == ((2, 4), (0.6, 0.2), 0.2)
    assert second.distance == pytest.approx(3 / 34)
    # Next 1, 9 and 11 gain 1 each: the first of them. No draw is nearest to calm any more: it counts as a sixth draw.
    third = select(LINE, 4, NONE_DISRUPTED)
    assert third.kept == (2, 4, 0)
    assert third.weight == pytest.approx((3 / 6, 1 / 6, 1 / 6))
    assert third.calm_weight == pytest.approx(1 / 6)
    assert third.distance == pytest.approx(2 / 34)


def test_first_two_are_disrupted_if_any_draw_is() -> None:
    # Of 1 and −3 the latter gains more, but 1 gains 1 + 1 + 1 + 1 with the far points: 4 against 3.
    disrupted = np.array([True, False, False, False, True])
    assert select(LINE, 4, disrupted).kept == (0, 4, 2)
    assert select(LINE, 3, np.array([True, False, False, False, False])).kept == (0, 2)


def test_equal_draws_are_kept_once_and_nothing_is_left_when_all_are_kept() -> None:
    points = np.array([[1.0], [1.0], [2.0], [0.0]])
    chosen = select(points, 100, np.zeros(4, dtype=bool))
    # Distinct points besides calm: 1 and 2. The draw at 0 is calm's.
    assert set(chosen.kept) == {0, 2}
    assert dict(zip(chosen.kept, chosen.weight, strict=True)) == {0: 0.5, 2: 0.25}
    assert chosen.calm_weight == 0.25
    assert chosen.distance == 0.0


def test_without_any_uncertainty_only_calm_is_left() -> None:
    case = tiny_case().having(price_series=[process("oxide", volatility_per_year=0.0)], price_links=[],
                              price_correlations=[], price_regimes=[], disruptions=[], plants=[],
                              materials=[{"material": name, "price_series": "oxide"} for name in ("oxide", "magnet")])
    futures = draw(case).futures
    assert [future.name for future in futures.futures] == ["calm"]
    assert futures.futures[0].weight == 1.0
    assert futures.distance == 0.0


def test_distance_falls_with_every_future_kept_to_zero() -> None:
    joint = joint_draws(tiny_case(), paths=64, seed=7)
    distances = [reduce_futures(joint, count).distance for count in (1, 2, 3, 5, 6, 10, 20, 40, 64, 65)]
    assert distances[0] == 1.0
    assert all(after < before for before, after in pairwise(distances))
    # 64 distinct candidates and calm.
    assert distances[-1] == pytest.approx(0.0, abs=1e-12)
    assert distances[-2] > 1e-3


def test_choice_is_better_than_chance() -> None:
    joint = joint_draws(tiny_case(), paths=128, seed=7)
    points = features(joint)
    chosen = select(points, 10, joint.disrupted.any(axis=1))
    calm = np.linalg.norm(points, axis=1)
    generator = np.random.default_rng(1)
    for _ in range(50):
        anyhow = generator.choice(128, 9, replace=False)
        nearest = np.minimum(calm, np.linalg.norm(points[:, None] - points[anyhow], axis=2).min(axis=1))
        assert chosen.distance < nearest.sum() / calm.sum()


@pytest.mark.parametrize("hazard", [0.01, 0.05, 0.35])
def test_at_least_two_of_six_futures_are_disrupted(hazard: float) -> None:
    case = tiny_case().having(disruptions=[disruption("embargo", hazard_per_year=hazard)])
    # Chance that fewer than two of 128 draws are disrupted at 1 % a year over ten years: 0.904^128 × 14.6 < 4e-5.
    futures = draw(case, futures=6).futures.futures
    assert sum(bool(future.disrupted.any()) for future in futures) >= 2


def test_weights_are_positive_and_add_up() -> None:
    for count in (1, 2, 8, 129):
        weights = [future.weight for future in draw(tiny_case(), futures=count).futures.futures]
        assert len(weights) == count
        assert min(weights) > 0
        assert sum(weights) == pytest.approx(1.0, abs=1e-12)


def test_expected_value_withheld_is_that_of_all_draws() -> None:
    joint = joint_draws(tiny_case(), paths=256, seed=7)
    futures = reduce_futures(joint, 8)
    # Calm capacities: 1,000 t/yr each (the lane without limit counts as the widest of its material); calm prices.
    prices = joint.calm_price
    series = {"oxide": "oxide", "magnet": "magnet"}
    kept = sum(
        future.weight * float((share * 1000 * prices[series[hit[2]]] / 1000).sum())
        for future in futures.futures
        for hit, share in future.withheld.items()
    )
    assert kept == pytest.approx(float(value_withheld(joint).mean()), rel=1e-9)


def by_material(draws: Draws) -> dict[str, tuple[float, float]]:
    means = reduction_report(draws).groupby("material")[["expected_share_before", "expected_share_after"]].mean()
    return {str(name): (float(row.iloc[0]), float(row.iloc[1])) for name, row in means.iterrows()}


def test_exposure_of_each_material_is_roughly_kept() -> None:
    for seed in (1, 2, 3):
        for before, after in by_material(draw(tiny_case(), futures=10, paths=256, seed=seed)).values():
            # Both are hit by the embargo, one also by licensing; the tilt keeps their sum, not each.
            assert 0.85 * before < after < 1.15 * before


def test_report_before_is_the_mean_over_candidates() -> None:
    joint = joint_draws(tiny_case(), paths=128, seed=7)
    report = reduction_report(draw(tiny_case()))
    row = report[(report["material"] == "magnet") & (report["year"] == 2030)].iloc[0]
    # Lanes to the USA and Japan with equal weight; year 2030 is the fifth.
    usa, japan = (joint.withheld["china", region, "magnet"][:, 4].mean() for region in ("usa", "japan"))
    assert row["origin"] == "china"
    assert row["expected_share_before"] == pytest.approx((usa + japan) / 2)
    assert len(report) == 20


def test_report_after_is_exact_when_all_are_kept() -> None:
    draws = draw(tiny_case(), paths=64, futures=65)
    # Calm counts as a 65th draw; the tilt gives back what it takes, so that only years may differ a little.
    for before, after in by_material(draws).values():
        assert after == pytest.approx(before, rel=0.02)


def test_names_are_unique_and_tell_the_disruption_that_withholds_most() -> None:
    both = [disruption("Mild licensing", depth=0.1, first_year=2028, last_year=2028, hazard_per_year=1.0),
            disruption("Hard embargo", depth=0.9, first_year=2030, last_year=2030, hazard_per_year=0.5)]
    futures = draw(tiny_case().having(disruptions=both), futures=20).futures.futures
    names = [future.name for future in futures]
    assert len(set(names)) == len(names)
    # One to two years at 0.9 withhold more than one to two years at 0.1.
    expected = {True: "hard-embargo-2030", False: "mild-licensing-2028"}
    assert {name[4:] for name in names[1:]} == set(expected.values())
    for position, future in enumerate(futures[1:], start=1):
        hard = max(share.max() for share in future.withheld.values()) > 0.1 + 1e-9
        assert future.name == f"f{position:02d}-{expected[hard]}"


def test_undisturbed_futures_are_named_after_prices() -> None:
    futures = draw(tiny_case().having(disruptions=[], price_regimes=[]), futures=5).futures.futures
    for future in futures[1:]:
        ratio = np.mean([np.mean(future.price[name] / futures[0].price[name]) for name in future.price])
        assert future.name.endswith("high-prices" if ratio > 1 else "low-prices")


def test_tilt_stops_at_a_factor_of_ten() -> None:
    weight, one = np.array([0.5, 0.5]), np.array([[0.0], [1.0]])
    tilt = tilted(weight, one, np.array([0.99]))
    # 0.99 would need 99 to 1; it stops at 10 to 1.
    assert tilt == pytest.approx([1 / 11, 10 / 11])
    assert tilted(weight, one, np.array([0.01])) == pytest.approx([10 / 11, 1 / 11])
    assert tilted(weight, np.array([[2.0], [2.0]]), np.array([1.0])).tolist() == [0.5, 0.5]


def test_tilt_meets_several_means_at_once() -> None:
    # Four futures at the corners of a square, alike; means 0.6 and 0.3 are met by the product of 0.4:0.6 and 0.7:0.3,
    # which of all weights with these means has the least entropy relative to equal ones.
    corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    tilt = tilted(np.full(4, 0.25), corners, np.array([0.6, 0.3]))
    assert tilt == pytest.approx([0.4 * 0.7, 0.4 * 0.3, 0.6 * 0.7, 0.6 * 0.3], abs=1e-9)


def test_stakes_by_hand() -> None:
    # Per draw: demand at its prices less that at calm prices and no deviation, and 1.5 times the value withheld.
    joint = joint_draws(tiny_case(), paths=64, seed=7)
    worth, withheld = stakes(joint).T
    t = np.arange(joint.time.horizon)
    expected = np.zeros(64)
    for row in tiny_case().rows("demand"):
        for i in range(64):
            grown = (1 + row.growth_per_year + joint.growth_deviation[i]) ** t
            expected[i] += (row.base_t_per_year * grown * joint.price[row.material][i]).sum() / 1000
        calm = (1 + row.growth_per_year) ** t
        expected -= (row.base_t_per_year * calm * joint.calm_price[row.material]).sum() / 1000
    assert worth == pytest.approx(expected)
    assert withheld == pytest.approx(1.5 * value_withheld(joint))


def test_three_means_are_those_of_all_draws() -> None:
    joint = joint_draws(tiny_case(), paths=256, seed=7)
    cost = stakes(joint)
    futures = reduce_futures(joint, 12).futures
    row = {future.name: index for future in futures for index in range(joint.candidates)
           if all((future.price[name] == joint.price[name][index]).all() for name in joint.price)}
    kept = np.array([cost[row[future.name]] if future.name in row else [0.0, 0.0] for future in futures])
    weight = np.array([future.weight for future in futures])
    assert weight @ kept == pytest.approx(cost.mean(axis=0), rel=1e-9)
    assert weight @ kept.sum(axis=1) ** 2 == pytest.approx((cost.sum(axis=1) ** 2).mean(), rel=1e-9)


def test_lanes_without_limit_count_as_the_widest_or_as_demand() -> None:
    case = tiny_case().having(lanes=[lane("usa", "oxide", capacity_t_per_year=None),
                                     lane("usa", "magnet", capacity_t_per_year=None),
                                     lane("japan", "oxide", capacity_t_per_year=300.0)])
    # oxide: the widest limited lane, 300; magnet: all demand, 500 + 50 + 500.
    assert lane_capacities(case) == {("china", "japan", "oxide"): 300.0, ("china", "usa", "magnet"): 1050.0,
                                     ("china", "usa", "oxide"): 300.0}


def test_a_wide_lane_sets_draws_further_apart_than_a_narrow_one() -> None:
    case = tiny_case().having(
        lanes=[lane("usa", "oxide", capacity_t_per_year=10.0), lane("japan", "oxide", capacity_t_per_year=1000.0)],
        disruptions=[disruption("narrow", destinations=("usa",)), disruption("wide", destinations=("japan",))],
    )
    joint = joint_draws(case, paths=64, seed=7)
    wide, narrow = features(joint)[:, 2:4].T
    # The third and fourth column are the value withheld over the horizon, one per lane: in proportion to share and
    # capacity.
    share_wide, share_narrow = (joint.withheld["china", region, "oxide"].sum(axis=1) for region in ("japan", "usa"))
    both = (share_wide > 0) & (share_narrow > 0)
    assert both.sum() > 10
    # Calm prices differ a little between the years in which the two are in force.
    per_share = wide[both] / share_wide[both]
    assert per_share == pytest.approx(100 * narrow[both] / share_narrow[both], rel=0.2)
