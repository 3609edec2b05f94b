"""The scenario stage on a case as it is read from tables."""

from __future__ import annotations

import numpy as np

from optimizer.scenarios import draw
from tests.small_case import small_case


def test_small_case_is_drawn() -> None:
    case = small_case()
    draws = draw(case)
    assert draws.paths.series == tuple(sorted(row.series for row in case.rows("price_series")))
    assert draws.paths.count == case.settings.scenarios.paths
    assert len(draws.futures.futures) == case.settings.scenarios.futures
    assert draws.futures.futures[0].name == "calm"
    lanes = {(row.from_region, row.to_region, row.material) for row in case.rows("lanes")}
    hit = {lane for future in draws.futures.futures for lane in future.withheld}
    assert hit
    assert hit <= lanes


def test_arguments_stand_above_settings() -> None:
    draws = draw(small_case(), paths=5, futures=3, seed=99)
    assert (draws.paths.count, len(draws.futures.futures), draws.seed) == (5, 3, 99)
    assert not np.array_equal(draws.paths.quarterly, draw(small_case(), paths=5, futures=3, seed=98).paths.quarterly)
