"""Vectors of numbers that are affine in data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Affine:
    """A vector affine in data: ``constant + jacobian @ data``; shapes (n,) and (n, placeholders)."""

    constant: FloatArray
    jacobian: csr_array

    def at(self, data: FloatArray) -> FloatArray:
        """Values for data of shape (placeholders,), or one row per future: shape (n,) or (futures, n)."""
        return self.constant + (self.jacobian @ data.T).T

    def part(self, which: NDArray[np.int64]) -> Affine:
        """Some of the entries."""
        return Affine(self.constant[which], self.jacobian[which])

    @property
    def varies(self) -> bool:
        """Whether any entry depends on data."""
        return bool(self.jacobian.nnz)
