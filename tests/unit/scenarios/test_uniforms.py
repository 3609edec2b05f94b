"""Streams of uniform numbers."""

from __future__ import annotations

import numpy as np

from optimizer.scenarios.uniforms import BLOCK, UniformStream


def stream(name: str, seed: int = 3, dimensions: int = 4) -> UniformStream:
    return UniformStream(seed, "test", name, dimensions=dimensions)


def test_every_block_is_evenly_spread_over_every_axis() -> None:
    numbers = stream("a").take(4 * BLOCK)
    for block in np.split(numbers, 4):
        # 64 points of a scrambled Sobol sequence: one in each of 64 equal intervals.
        assert (np.sort((block * BLOCK).astype(int), axis=0) == np.arange(BLOCK)[:, None]).all()


def test_streams_of_different_names_and_seeds_are_not_correlated() -> None:
    count = 4096
    base = stream("a").take(count)[:, 0]
    for other in (stream("b").take(count)[:, 0], stream("a", seed=4).take(count)[:, 0]):
        # Correlation of independent numbers has standard error 1/√4096 = 0.0156. Without the random order within
        # blocks the leading bits move together and the correlation is about ±0.75.
        assert abs(np.corrcoef(base, other)[0, 1]) < 4 / count**0.5
        assert abs(np.mean((base < 0.1) & (other < 0.1)) - 0.01) < 4 * (0.01 / count) ** 0.5


def test_the_first_draws_do_not_depend_on_how_many_are_taken() -> None:
    whole = stream("a").take(200)
    parts = stream("a")
    assert np.array_equal(np.concatenate([parts.take(BLOCK), parts.take(200 - BLOCK)]), whole)
    assert np.array_equal(stream("a").take(10), whole[:10])


def test_numbers_are_never_zero_or_one() -> None:
    numbers = stream("edge", dimensions=1).take(2**16)
    assert numbers.min() > 0
    assert numbers.max() < 1
