"""Joint draws, the calm future, reproducibility."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pytest

from optimizer.errors import SettingError
from optimizer.scenarios import Draws, draw
from optimizer.scenarios.futures import joint_draws
from optimizer.scenarios.plants import draw_troubles
from optimizer.scenarios.timeline import timeline
from tests.unit.scenarios.cases import disruption, plant, tiny_case


def fingerprint(draws: Draws) -> str:
    """Hash of every number drawn."""
    digest = hashlib.sha256(draws.paths.quarterly.tobytes() + draws.paths.weight.tobytes())
    for future in draws.futures.futures:
        digest.update(repr((future.name, future.weight, future.delay)).encode())
        for part in (future.price, future.withheld, future.demand, future.outage):
            for key, values in part.items():
                digest.update(repr(key).encode() + values.tobytes())
        digest.update(future.disrupted.tobytes())
    return digest.hexdigest()


def test_same_seed_same_bytes() -> None:
    assert fingerprint(draw(tiny_case())) == fingerprint(draw(tiny_case()))
    assert fingerprint(draw(tiny_case())) == fingerprint(draw(tiny_case(seed=1), seed=7))
    assert fingerprint(draw(tiny_case())) != fingerprint(draw(tiny_case(), seed=8))


def test_order_of_rows_does_not_matter() -> None:
    assert fingerprint(draw(tiny_case())) == fingerprint(draw(tiny_case().reversed_rows()))


def test_years_run_to_the_end_of_the_longest_life() -> None:
    # 2028 + 20 − 1 = 2047 for the mine, 2026 + 20 − 1 for the works.
    assert draw(tiny_case()).paths.years == tuple(range(2026, 2048))
    short = tiny_case().having(plants=[plant("mine", life_years=2)])
    assert draw(short).paths.years == tuple(range(2026, 2036))


def test_a_longer_life_keeps_the_draws_of_the_years_before() -> None:
    base = draw(tiny_case()).paths
    longer = draw(tiny_case().having(plants=[plant("mine", life_years=25)])).paths
    assert longer.years[-1] == 2052
    assert np.array_equal(longer.quarterly[:, :, : len(base.years)], base.quarterly)


def test_number_of_futures_changes_no_price_path() -> None:
    few, many = draw(tiny_case(), futures=3), draw(tiny_case(), futures=20)
    assert np.array_equal(few.paths.quarterly, many.paths.quarterly)
    assert (len(few.futures.futures), len(many.futures.futures)) == (3, 20)


def test_more_paths_keep_the_first_ones() -> None:
    few, many = draw(tiny_case(), paths=100).paths, draw(tiny_case(), paths=1500).paths
    assert np.array_equal(few.quarterly, many.quarterly[:100])
    # 10 paths are too few to choose futures from: 256 candidates are drawn, of which the first 10 are the paths.
    ten = draw(tiny_case(), paths=10)
    assert np.array_equal(ten.paths.quarterly, many.quarterly[:10])
    assert ten.futures.candidates == 256
    assert draw(tiny_case(), paths=2100).futures.candidates == 2000


def test_hazard_changes_only_prices_the_disruption_moves() -> None:
    calm, wild = (joint_draws(tiny_case(hazard_scale=scale), paths=128, seed=7) for scale in (0.0, 1.0))
    for series in ("oxide", "heavy", "basis"):
        # Only magnets are named by a disruption with a price factor.
        assert np.array_equal(calm.price[series], wild.price[series])
    changed = (calm.price["magnet"] != wild.price["magnet"]).any(axis=1)
    licensing = next(item for item in wild.disruptions if item.name == "licensing")
    assert np.array_equal(changed, licensing.share_of_years(slice(0, 128), 10).any(axis=1))
    assert np.array_equal(calm.growth_deviation, wild.growth_deviation)
    assert np.array_equal(calm.troubles.outage["works"], wild.troubles.outage["works"])
    assert not calm.disrupted.any()


def test_disruptions_regimes_and_prices_are_independent() -> None:
    joint = joint_draws(tiny_case(), paths=2000, seed=7)
    disrupted = joint.disrupted.sum(axis=1)
    # Correlation of independent draws: standard error 1/√2000 = 0.0224.
    outage = joint.troubles.outage["works"].sum(axis=1)
    for values in (joint.price["oxide"][:, 5], joint.troubles.delay["mine"], outage):
        assert abs(np.corrcoef(disrupted, values)[0, 1]) < 4 * 0.0224


def test_calm_is_first_and_calm() -> None:
    draws = draw(tiny_case(demand_spread=0.02))
    calm = draws.futures.futures[0]
    assert calm.name == "calm"
    assert (calm.withheld, calm.outage, calm.delay) == ({}, {}, {"mine": 0})
    assert not calm.disrupted.any()
    # 500 t/yr growing by 5 % a year.
    assert calm.demand["usa", "civil", "magnet"] == pytest.approx(500 * 1.05 ** np.arange(10))
    assert set(calm.price) == {"oxide", "heavy", "basis", "magnet"}
    # Median path: the deviation ln 1.2 halves every 24 months; the average lies between the first and last month.
    assert 100 * 1.2 ** 0.5**0.5 < calm.price["oxide"][0] < 120
    assert calm.price["magnet"] == pytest.approx(20 + 0.4 * calm.price["oxide"] + 0.02 * calm.price["heavy"])


def test_every_future_is_complete() -> None:
    draws = draw(tiny_case(demand_spread=0.02), futures=30)
    assert draws.futures.years == tuple(range(2026, 2036))
    assert sum(future.weight for future in draws.futures.futures) == pytest.approx(1.0, abs=1e-12)
    for future in draws.futures.futures:
        assert set(future.price) == {"oxide", "heavy", "basis", "magnet"}
        assert set(future.demand) == set(draws.futures.futures[0].demand)
        assert set(future.delay) == {"mine"}
        arrays = [*future.price.values(), *future.demand.values(), *future.withheld.values(), *future.outage.values()]
        for values in [*arrays, future.disrupted]:
            assert values.shape == (10,)
            assert np.isfinite(values).all()
            assert (values >= 0).all()


def test_futures_share_their_draw_with_a_price_path() -> None:
    draws = draw(tiny_case(), futures=6)
    yearly = draws.paths.yearly("oxide")[:, :10]
    for future in draws.futures.futures[1:]:
        (path,) = np.flatnonzero((yearly == future.price["oxide"]).all(axis=1))
        assert np.array_equal(draws.paths.yearly("magnet")[path, :10], future.price["magnet"])


def test_demand_deviates_by_a_common_normal_growth_rate() -> None:
    joint = joint_draws(tiny_case(demand_spread=0.02), paths=2000, seed=7)
    deviation = joint.growth_deviation
    # Standard errors: mean 0.02/√2000 = 0.00045, deviation 0.02/√4000 = 0.00032.
    assert abs(deviation.mean()) < 4 * 0.00045
    assert abs(deviation.std() - 0.02) < 4 * 0.00032
    demand = joint.future(5, "five", 1.0).demand
    for (region, segment), base in {("usa", "civil"): 500, ("usa", "defence"): 50, ("japan", "civil"): 500}.items():
        assert demand[region, segment, "magnet"][3] == pytest.approx(base * (1.05 + deviation[5]) ** 3)


def test_delays_and_outages_follow_their_probabilities() -> None:
    case = tiny_case()
    troubles = draw_troubles(case, timeline(case), draws=2000, seed=7)
    # delay 2 years with chance 0.3: standard error √(0.21/2000) = 0.0102.
    assert set(np.unique(troubles.delay["mine"])) == {0, 2}
    assert abs((troubles.delay["mine"] > 0).mean() - 0.3) < 4 * 0.0102
    # outage of half the output with chance 0.1 in each of 10 years: standard error √(0.09/20000) = 0.0021.
    lost = troubles.outage["works"]
    assert lost.shape == (2000, 10)
    assert set(np.unique(lost)) == {0.0, 0.5}
    assert abs((lost > 0).mean() - 0.1) < 4 * 0.0021
    assert set(troubles.delay) == {"mine"}
    assert set(troubles.outage) == {"works"}


def test_operating_plants_do_not_slip() -> None:
    case = tiny_case().having(plants=[plant("mine", status="operating", delay_probability=1.0, delay_years=3)])
    assert draw(case).futures.futures[1].delay == {}


@pytest.mark.parametrize("arguments", [{"paths": 0}, {"futures": 0}, {"seed": -1}])
def test_impossible_sizes_are_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(SettingError, match="at least"):
        draw(tiny_case(), **arguments)


def test_withheld_lists_only_lanes_hit() -> None:
    case = tiny_case().having(disruptions=[disruption("embargo", destinations=("japan",))])
    lanes = {lane for future in draw(case).futures.futures for lane in future.withheld}
    assert lanes == {("china", "japan", "magnet")}


def test_a_plants_delay_and_outages_are_independent() -> None:
    case = tiny_case().having(plants=[plant("mine", delay_probability=0.3, delay_years=2, outage_probability=0.3,
                                            outage_share=0.5)])
    troubles = draw_troubles(case, timeline(case), draws=2048, seed=7)
    both = ((troubles.delay["mine"] > 0) & (troubles.outage["mine"][:, 0] > 0)).mean()
    # 0.3 × 0.3 with standard error √(0.09 × 0.91/2048) = 0.0063; one number for both would give 0.3.
    assert abs(both - 0.09) < 4 * 0.0063
