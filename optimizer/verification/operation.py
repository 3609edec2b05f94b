"""A plant's life as its sponsor and lender plan it, worked out again: output, cash, capital, debt service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from optimizer.scenarios import quantile_deck, user_deck
from optimizer.verification.prices import Prices
from optimizer.verification.subject import Subject
from optimizer.verification.world import ramp_table

FloatArray = NDArray[np.float64]
KG_PER_T = 1000.0


def discount(years: ArrayLike, rate: float, first_year: int, lag: float = 0.0) -> FloatArray:
    """Value in the first year of 1 paid ``lag`` years after each year.

    >>> discount([2026, 2028], 0.1, 2026).round(6).tolist()
    [1.0, 0.826446]
    """
    out: FloatArray = np.exp(-np.log1p(rate) * (np.asarray(years, float) + lag - first_year))
    return out


def level_payment(rate: float, tenor: int) -> float:
    """Yearly payment that repays 1 over ``tenor`` years, the first a year after: the sum of its present values is 1.

    >>> round(level_payment(0.05, 12), 4), level_payment(0.0, 4)
    (0.1128, 0.25)
    """
    return float(1.0 / sum((1.0 + rate) ** -n for n in range(1, tenor + 1)))


@dataclass(frozen=True)
class Life:
    """Planned operation of a plant started in ``start``.

    ``years`` are its operating years within the price years, ``columns`` their positions there, ``output_t`` planned
    output in each (after ramp-up, and ending with the reserve), ``full_t`` output after ramp-up.
    """

    plant: Any
    start: int
    years: FloatArray
    columns: NDArray[np.int64]
    output_t: FloatArray
    full_t: float


class Planner:
    """Lives, prices and margins of all plants, on the price paths and in the lender's deck."""

    def __init__(self, subject: Subject) -> None:
        self.subject, self.case = subject, subject.case
        paths = subject.draws.paths
        self.weight, self.price_years = paths.weight, paths.years
        self.paths = Prices(self.case, paths.years, paths.yearly)
        self._index = {name: i for i, name in enumerate(paths.series)}
        viability = self.case.settings.viability
        deck = dict(quantile_deck(paths, viability.lender_quantile))
        if viability.lender_deck:
            deck |= user_deck(self.case, viability.lender_deck, paths.years)
        self.deck_series = deck
        self.deck = Prices(self.case, paths.years, lambda name: deck[name])
        self._margins: dict[tuple[str, bool], FloatArray] = {}
        self.entered: dict[str, int] | None = None
        self._alone: dict[tuple[str, int], FloatArray] = {}

    def quarterly(self, series: str) -> FloatArray:
        """Quarterly prices of a series, shape (paths, years, 4), USD/kg."""
        out: FloatArray = self.subject.draws.paths.quarterly[:, self._index[series]]
        return out

    def margin(self, plant: Any, *, in_deck: bool = False) -> FloatArray:
        """Unit margin on the price paths (paths, years) or in the deck (years,), USD/kg; kept once worked out."""
        key = (plant.plant, in_deck)
        if key not in self._margins:
            self._margins[key] = (self.deck if in_deck else self.paths).margin(plant)
        return self._margins[key]

    def life(self, plant: Any, start: int) -> Life:
        """Planned operation from a start year on."""
        first, last = max(start, self.price_years[0]), min(start + plant.life_years - 1, self.price_years[-1])
        years = np.arange(first, last + 1, dtype=float)
        ramp = ramp_table(self.case, plant.ramp)
        full = plant.capacity_t_per_year * plant.availability
        output = full * ramp[np.clip(years - start, 0, len(ramp) - 1).astype(int)]
        if plant.reserve_t is not None:
            dug = np.minimum(np.cumsum(output), plant.reserve_t)
            output = np.diff(dug, prepend=0.0)
        return Life(plant, start, years, (years - self.price_years[0]).astype(int), output, full)

    def cash(self, life: Life, margin: FloatArray, sold: float = 1.0) -> FloatArray:
        """Operating cash after tax by operating year, musd; tax falls on positive margins only."""
        plant = life.plant
        before = sold * life.output_t / KG_PER_T * margin[..., life.columns] - plant.fixed_opex_musd_per_year
        out: FloatArray = np.where(before > 0.0, before * (1.0 - plant.tax_rate), before)
        return out

    def alone(self, plant: Any, start: int) -> FloatArray:
        """Sponsor's net present value without debt or support at its hurdle rate, per path, musd; kept once worked
        out."""
        if (plant.plant, start) not in self._alone:
            self._alone[plant.plant, start] = self._worked_out_alone(plant, start)
        return self._alone[plant.plant, start]

    def _worked_out_alone(self, plant: Any, start: int) -> FloatArray:
        life = self.life(plant, start)
        factors = discount(life.years, plant.hurdle_rate, self.subject.first_year)
        cash = np.broadcast_to(self.cash(life, self.margin(plant)), (len(self.weight), len(life.years)))
        out: FloatArray = cash @ factors - plant.capex_musd * self.spent(plant, start, plant.hurdle_rate)
        return out

    def spending(self, plant: Any, start: int) -> tuple[FloatArray, FloatArray]:
        """Years and shares in which capital is spent: evenly before the start, none before the first year."""
        build = plant.build_years
        years = np.arange(start - build, start) if build else np.array([start])
        return np.maximum(years, self.subject.first_year).astype(float), np.full(len(years), 1.0 / len(years))

    def spent(self, plant: Any, start: int, rate: float) -> float:
        """Present value of 1 spent along with the capital."""
        years, shares = self.spending(plant, start)
        return float(shares @ discount(years, rate, self.subject.first_year))

    def owed_at_start(self, plant: Any, start: int, rate: float) -> float:
        """What 1 drawn along with the capital has grown to, with interest, when operation starts."""
        years, shares = self.spending(plant, start)
        return float(shares @ (1.0 + rate) ** np.maximum(start - years, 0.0))

    def service(self, plant: Any, start: int, terms: Any) -> FloatArray:
        """Yearly service per 1 of a loan or of debt over its tenor; the first payment falls at the start."""
        payment = self.owed_at_start(plant, start, terms.rate) * level_payment(terms.rate, terms.tenor_years)
        return np.full(terms.tenor_years, payment / (1.0 + terms.rate))

    def borrowing_gain(self, plant: Any, start: int, terms: Any) -> float:
        """Present value to the sponsor, at its hurdle rate, of 1 borrowed and repaid."""
        service, life = self.service(plant, start, terms), self.life(plant, start)
        factors = discount(life.years, plant.hurdle_rate, self.subject.first_year)
        count = min(len(service), len(factors))
        return self.spent(plant, start, plant.hurdle_rate) - float(service[:count] @ factors[:count])

    def equity_earned(self, plant: Any, start: int, terms: Any) -> FloatArray:
        """Present value at the hurdle rate of what 1 of public equity earns, per path.

        Common equity: its share of the capex in operating cash without contracts, never paying in. Preferred: the
        stated return, redeemed at its tenor.
        """
        first = self.subject.first_year
        if terms.equity_form == "preferred":
            grown = self.owed_at_start(plant, start, terms.rate) * (1.0 + terms.rate) ** terms.tenor_years
            worth = discount([start + terms.tenor_years], plant.hurdle_rate, first)[0]
            return np.full(len(self.weight), grown * worth)
        life = self.life(plant, start)
        cash = np.maximum(self.cash(life, self.margin(plant)), 0.0)
        cash = np.broadcast_to(cash, (len(self.weight), len(life.years)))
        out: FloatArray = cash @ discount(life.years, plant.hurdle_rate, first) / plant.capex_musd
        return out

    def terms(self, plant: str, instrument: str, programme: str | None = None) -> Any | None:
        """The row of ``support`` for an instrument; None if the plant has none."""
        for row in self.case.rows("support"):
            if row.plant == plant and row.instrument == instrument and row.programme == programme:
                return row
        return None

    def most_debt(self, plant: Any, start: int) -> float:
        """The most a lender gives without support, musd: gearing, and cover of service in its deck."""
        terms = self.terms(plant.plant, "debt")
        if terms is None:
            return 0.0
        service, life = self.service(plant, start, terms), self.life(plant, start)
        cash = self.cash(life, self.margin(plant, in_deck=True), plant.merchant_share)
        most = float(terms.max_share_of_capex * plant.capex_musd)
        for available, due in zip(cash, service, strict=False):
            if due > 0.0 and terms.debt_service_cover > 0.0:
                most = min(most, max(float(available), 0.0) / (terms.debt_service_cover * due))
        return most
