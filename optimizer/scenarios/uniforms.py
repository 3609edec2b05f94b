"""Reproducible random numbers, one independent stream per ingredient.

Every ingredient (a price series, a regime, a disruption, a plant, demand) has its own scrambled Sobol sequence,
seeded by the run's seed and by the ingredient's kind and name. So no ingredient's numbers depend on which others
exist, on the order of rows, or on how many draws are taken: the first draws are always the same.

Two Sobol sequences read side by side are not independent: their leading bits move together. Each is therefore read in
its own random order within blocks of 64 draws (Latin supercube sampling: Owen, *Latin supercube sampling for very
high-dimensional simulations*, ACM TOMACS 8(1), 1998). Each block of 64 remains evenly spread over every axis.
"""

from __future__ import annotations

import hashlib
import warnings

import numpy as np
from scipy.stats import qmc

from optimizer.scenarios.draws import FloatArray

BLOCK = 64
SMALLEST = 2.0**-32


def seed_sequence(seed: int, kind: str, name: str) -> np.random.SeedSequence:
    """Seed of the stream of one ingredient."""
    digest = hashlib.sha256(f"{kind}\0{name}".encode()).digest()
    return np.random.SeedSequence(seed, spawn_key=tuple(np.frombuffer(digest[:16], dtype="<u4").tolist()))


class UniformStream:
    """Successive draws of ``dimensions`` uniform numbers in (0, 1), evenly spread.

    >>> stream = UniformStream(1, "disruption", "embargo", dimensions=2)
    >>> numbers = stream.take(128)
    >>> numbers.shape, int((numbers[:, 0] < 0.25).sum())
    ((128, 2), 32)
    """

    def __init__(self, seed: int, kind: str, name: str, *, dimensions: int) -> None:
        scrambling, order = seed_sequence(seed, kind, name).spawn(2)
        self._dimensions = dimensions
        self._engine = qmc.Sobol(dimensions, scramble=True, rng=np.random.default_rng(scrambling))
        self._order = np.random.default_rng(order)

    def take(self, count: int) -> FloatArray:
        """The next draws, shape (count, dimensions). Only the last call may end within a block of 64."""
        blocks = -(-count // BLOCK)
        with warnings.catch_warnings():
            # Balance over a whole power of two is not needed: each block of 64 is balanced by itself.
            warnings.filterwarnings("ignore", message="The balance properties of Sobol", category=UserWarning)
            numbers: FloatArray = self._engine.random(blocks * BLOCK)
        order = np.concatenate([block * BLOCK + self._order.permutation(BLOCK) for block in range(blocks)])
        out: FloatArray = np.maximum(numbers[order[:count]], SMALLEST)
        return out
