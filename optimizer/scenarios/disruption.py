"""Embargoes and licensing regimes: what they withhold, and what they do to prices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.scenarios.draws import FloatArray
from optimizer.scenarios.spells import Spells, spells_of
from optimizer.scenarios.timeline import MONTHS, CaseTables, Timeline

Lane = tuple[str, str, str]
"""(origin, destination, material)"""


@dataclass(frozen=True)
class DrawnDisruption:
    """One disruption with its spells.

    ``lanes`` are the lanes it withholds, ``series`` the price series of the materials it names.
    """

    name: str
    lanes: tuple[Lane, ...]
    series: frozenset[str]
    depth: float
    price_factor: float
    shortest: float
    longest: float
    spells: Spells

    def share_of_months(self, draws: slice, months: int) -> FloatArray:
        """Share of each month in which it is in force, shape (draws, months)."""
        return self.spells.take(draws).share_of_months(self.shortest, self.longest, months)

    def share_of_years(self, draws: slice, years: int) -> FloatArray:
        """Share of each year in which it is in force, shape (draws, years)."""
        months = self.share_of_months(draws, years * MONTHS)
        out: FloatArray = months.reshape(-1, years, MONTHS).mean(axis=2)
        return out


def draw_disruptions(case: CaseTables, time: Timeline, *, draws: int, seed: int) -> tuple[DrawnDisruption, ...]:
    """Draw every disruption over all years.

    In each year in which it may begin it strikes with chance hazard × ``scenarios.hazard_scale`` (at most 1), at a
    moment uniform within the year, unless it is then in force. None is in force when the horizon begins.
    """
    scale = case.settings.scenarios.hazard_scale
    materials = {str(row.material): row.price_series for row in case.rows("materials")}
    lanes = sorted((str(row.from_region), str(row.to_region), str(row.material)) for row in case.rows("lanes"))
    out = []
    for row in sorted(case.rows("disruptions"), key=lambda row: str(row.disruption)):
        hazard = np.zeros(time.count)
        hazard[time.window(row.first_year, row.last_year)] = min(row.hazard_per_year * scale, 1.0)
        shortest, longest = row.duration_years_min, row.duration_years_max
        named = [name for name in materials if _names(row.materials, name)]
        out.append(
            DrawnDisruption(
                name=str(row.disruption),
                lanes=tuple(
                    lane for lane in lanes
                    if lane[0] == row.origin and _names(row.destinations, lane[1]) and _names(row.materials, lane[2])
                ),
                series=frozenset(str(materials[name]) for name in named if materials[name] is not None),
                depth=float(row.depth),
                price_factor=float(row.price_factor),
                shortest=shortest,
                longest=longest,
                spells=spells_of(time, seed, "disruption", str(row.disruption), draws=draws, hazard=hazard,
                                 shortest=shortest, longest=longest),
            )
        )
    return tuple(out)


def _names(pattern: tuple[str, ...], name: str) -> bool:
    return "any" in pattern or name in pattern


def withheld_shares(disruptions: tuple[DrawnDisruption, ...], draws: slice, years: int) -> dict[Lane, FloatArray]:
    """Share of each lane's capacity withheld, shape (draws, years), for lanes that some disruption names.

    One disruption withholds depth × share of the year in force; several on one lane combine as 1 − Π(1 − d), as if each
    withheld its share of what the others let through.
    """
    passed: dict[Lane, FloatArray] = {}
    for disruption in disruptions:
        through = 1 - disruption.depth * disruption.share_of_years(draws, years)
        for lane in disruption.lanes:
            passed[lane] = passed[lane] * through if lane in passed else through
    return {lane: 1 - passed[lane] for lane in sorted(passed)}


def share_disrupted(disruptions: tuple[DrawnDisruption, ...], draws: slice, years: int) -> FloatArray:
    """Share of each year in which some disruption is in force, shape (draws, years).

    Months are the unit: within one month, spells of different disruptions count as overlapping.
    """
    months = np.zeros((draws.stop - draws.start, years * MONTHS))
    for item in disruptions:
        months = np.maximum(months, item.share_of_months(draws, years * MONTHS))
    out: FloatArray = months.reshape(-1, years, MONTHS).mean(axis=2)
    return out


def price_multiplier(
    disruptions: tuple[DrawnDisruption, ...], series: str, draws: slice, months: int
) -> FloatArray | None:
    """Multiple of the price of one series, shape (draws, months): 1 + (price_factor − 1) × share of the month in force.

    Of several disruptions in force the largest multiple counts, not the product. ``None`` if none names the series.
    """
    acting = [item for item in disruptions if series in item.series and item.price_factor != 1]
    if not acting:
        return None
    largest: FloatArray | None = None
    for item in acting:
        share = item.share_of_months(draws, months)
        multiple = np.where(share > 0, 1 + (item.price_factor - 1) * share, -np.inf)
        largest = multiple if largest is None else np.maximum(largest, multiple)
    return np.where(np.isneginf(largest), 1.0, largest) if largest is not None else None
