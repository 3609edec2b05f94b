"""What the scenario stage hands on: price paths and futures, as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from optimizer.terms.averages import mean_over_last

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class PricePaths:
    """Many price paths, for viability and outlays.

    ``quarterly`` has shape (paths, series, years, 4), in USD/kg (a ratio for basis series); ``weight`` sums to 1.
    Effects of regimes and of disruptions are included. ``years`` runs from the first year of the horizon to the last
    year of the longest-lived plant.
    """

    series: tuple[str, ...]
    years: tuple[int, ...]
    quarterly: FloatArray
    weight: FloatArray

    @property
    def count(self) -> int:
        """Number of paths."""
        return int(self.quarterly.shape[0])

    def yearly(self, series: str) -> FloatArray:
        """Yearly averages of one series, shape (paths, years), USD/kg."""
        found: FloatArray = self._by_year[self.series.index(series)]
        return found

    @cached_property
    def _by_year(self) -> FloatArray:
        """Yearly averages, shape (series, paths, years)."""
        return np.ascontiguousarray(mean_over_last(self.quarterly).swapaxes(0, 1))


@dataclass(frozen=True)
class Future:
    """One future of the supply layer: prices, embargoes, demand, delays and outages over the horizon.

    ``price``      series → USD/kg per year of the horizon (basis series included, as ratios).
    ``withheld``   (origin, destination, material) → share of lane capacity withheld per year; other lanes are free.
    ``demand``     (region, segment, material) → t/yr per year.
    ``delay``      plant → years by which its start slips (candidates only).
    ``outage``     plant → share of output lost per year; plants not listed lose nothing.
    ``disrupted``  per year, the share of the year in which some disruption is in force.
    """

    name: str
    weight: float
    price: dict[str, FloatArray]
    withheld: dict[tuple[str, str, str], FloatArray]
    demand: dict[tuple[str, str, str], FloatArray]
    delay: dict[str, int]
    outage: dict[str, FloatArray]
    disrupted: FloatArray


@dataclass(frozen=True)
class Futures:
    """A weighted set of futures; ``calm`` always comes first.

    ``distance`` is the mean distance of a draw to the future nearest to it (the probability distance between the draws
    and the set), as a share of the distance left if only the calm future were kept.
    """

    years: tuple[int, ...]
    futures: tuple[Future, ...]
    candidates: int
    distance: float


@dataclass(frozen=True)
class Exposure:
    """Expected share of an origin's lanes withheld in one year, before and after the reduction of futures.

    Lanes of one origin and material are averaged with their calm capacity as weights.
    """

    origin: str
    material: str
    year: int
    before: float
    after: float


@dataclass(frozen=True)
class Draws:
    """What one seed gives: price paths for finance and futures for supply, drawn jointly.

    ``exposure`` compares the futures kept with the draws they stand for; see ``reduction_report``.
    """

    paths: PricePaths
    futures: Futures
    seed: int
    exposure: tuple[Exposure, ...]
