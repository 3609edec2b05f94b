"""Price regimes."""

from __future__ import annotations

import numpy as np
import pytest

from optimizer.errors import CaseError
from optimizer.scenarios import draw
from optimizer.scenarios.futures import joint_draws
from optimizer.scenarios.regimes import draw_regimes
from optimizer.scenarios.timeline import timeline
from tests.unit.scenarios.cases import TinyCase, process, regime, tiny_case


def dumping(*rows: dict[str, object], series: tuple[str, ...] = ("oxide", "heavy")) -> TinyCase:
    """Still prices at 100, with the regimes given."""
    return tiny_case().having(
        price_series=[process(name, volatility_per_year=0.0) for name in series],
        price_links=[], price_correlations=[], disruptions=[], price_regimes=list(rows),
        materials=[{"material": name, "price_series": "oxide"} for name in ("oxide", "magnet")],
    )


def test_depth_and_shape() -> None:
    case = dumping(regime("dump", "oxide", hazard_per_year=1.0, duration_years_min=4.0, duration_years_max=4.0))
    time = timeline(case)
    (effect,) = draw_regimes(case, time, draws=64, seed=1)
    log_multiplier = effect.log_multiplier(slice(0, 64), time.months)
    start = effect.spells.start[:, 0]
    # Hazard 1: it begins in 2026 in every draw. Half-way, 2 years on, the price is at 0.35 of what it would have been;
    # months are taken at their middle, at most half a month from the trough, where the line has moved by 1/48 of the
    # logarithm.
    trough = log_multiplier[:, :60].min(axis=1)
    assert trough == pytest.approx(np.full(64, np.log(0.35)), rel=1 / 48)
    assert (trough >= np.log(0.35) - 1e-12).all()
    # A year after the start, a quarter of the way through, half of the logarithm is gone.
    month = np.round(12 * (start + 1) - 0.5).astype(int)
    quarter = log_multiplier[np.arange(64), month]
    assert quarter == pytest.approx(np.full(64, 0.5 * np.log(0.35)), rel=1 / 24)


def test_prices_fall_by_the_level_factor() -> None:
    case = dumping(regime("dump", "oxide", hazard_per_year=1.0, duration_years_min=8.0, duration_years_max=8.0))
    paths = draw(case, paths=64).paths
    trough = paths.quarterly[:, paths.series.index("oxide"), :8].reshape(64, -1).min(axis=1)
    # The months of the quarter that holds the trough, 4 years on, have their middles within 2.5 months of it, where the
    # line has moved by 2.5/48 of the logarithm.
    assert (trough >= 35 - 1e-9).all()
    assert (trough <= 100 * 0.35 ** (1 - 2.5 / 48)).all()
    assert paths.quarterly[:, paths.series.index("heavy")] == pytest.approx(100.0)


def test_rows_of_a_regime_strike_together_each_with_its_own_depth_and_duration() -> None:
    case = dumping(
        regime("dump", "oxide", duration_years_min=1.0, duration_years_max=2.0),
        regime("dump", "heavy", duration_years_min=2.0, duration_years_max=4.0, level_factor=0.5),
    )
    heavy, oxide = draw_regimes(case, timeline(case), draws=128, seed=1)
    assert np.array_equal(oxide.spells.start, heavy.spells.start, equal_nan=True)
    assert (oxide.log_level, heavy.log_level) == (np.log(0.35), np.log(0.5))
    # No overlap even of the longer row with itself: the next begins after the end of the longer.
    for start, length in zip(heavy.spells.start, heavy.spells.length, strict=True):
        began = np.flatnonzero(~np.isnan(start))
        ends = start[began] + 2 + 2 * length[began]
        assert (start[began][1:] >= ends[:-1]).all()


def test_frequency_is_the_hazard_from_the_first_year_on() -> None:
    case = dumping(regime("dump", "oxide", duration_years_min=0.08, duration_years_max=0.08, first_year=2030))
    time = timeline(case)
    (effect,) = draw_regimes(case, time, draws=2048, seed=1)
    begins = ~np.isnan(effect.spells.start)
    assert not begins[:, :4].any()
    # 2,048 draws × 18 years at 0.1: standard error √(0.09/36864) = 0.0016. Strikes ignored because another is in force:
    # 0.1 × chance that two moments in adjacent years lie within 0.08 years (0.08²/2), i.e. nothing.
    assert abs(begins[:, 4:].mean() - 0.1) < 4 * 0.0016


def test_hazard_scale_leaves_regimes_alone() -> None:
    case = dumping(regime("dump", "oxide"))
    scaled = case.scenarios(hazard_scale=5.0)
    assert np.array_equal(joint_draws(case, paths=64, seed=1).paths.quarterly,
                          joint_draws(scaled, paths=64, seed=1).paths.quarterly)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([regime("dump", "oxide"), regime("dump", "heavy", hazard_per_year=0.2)], "different hazard_per_year"),
        ([regime("dump", "oxide"), regime("dump", "heavy", first_year=2030)], "different first_year"),
        ([regime("dump", "nothing")], "does not move by itself"),
    ],
)
def test_contradictory_regimes_are_refused(rows: list[dict[str, object]], words: str) -> None:
    with pytest.raises(CaseError, match=words):
        draw(dumping(*rows))
