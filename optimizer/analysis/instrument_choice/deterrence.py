"""What an instrument deters: how far a price must be pushed, and for how long, before the plant closes or defaults."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.analysis.instrument_choice.protection import lifted_market
from optimizer.data.row import Row
from optimizer.instance.plan import full_output, unit_margin
from optimizer.instance.structure import long_run_price
from optimizer.terms.payoff import difference_payment

FloatArray = NDArray[np.float64]

ASSUMED_SLUMP = 0.5
"""Share of the long-run price to which a series with no dumping regime in the case is taken to be pushed."""
POINTS = 2000
ROUNDING = 1e-9
HIGHEST = 4.0
"""Prices are looked at up to this multiple of the largest of today's and the long-run price and the strike."""


def start_price(case: Any, series: str) -> float:
    """Level of a series at the start, USD/kg; of a linked one, from those it is made of."""
    row = case.row("price_series", series)
    if row.kind != "linked":
        return float(row.start_usd_per_kg)
    links = [link for link in case.rows("price_links") if link.series == series]
    return float(row.adder_usd_per_kg + sum(link.factor * start_price(case, link.linked_series) for link in links))


Cash = Callable[[FloatArray], FloatArray]
"""What a kg earns at prices of the product, USD/kg."""


def closing_price(cash: Cash, start: float, top: float, kinks: Sequence[float] = ()) -> float:
    """The price, USD/kg, at which ``cash``, with prices falling from ``start``, goes below zero; 0 if it never does.

    If it is below zero at ``start``, the next price above at which it no longer is; infinite if there is none up to
    ``top``. Exact for a function that is linear between ``kinks``.

    >>> closing_price(lambda price: price - 30.0, 80.0, 100.0)
    30.0
    >>> closing_price(lambda price: np.maximum(50.0 - price, 0.0) + price - 40.0, 80.0, 100.0, [50.0])
    0.0
    >>> closing_price(lambda price: price - 90.0, 80.0, 100.0)
    90.0
    """
    falling, rising = _prices(0.0, start, kinks)[::-1], _prices(start, max(start, top), kinks)
    if cash(falling[:1])[0] >= -ROUNDING:
        return _first_crossing(falling, cash(falling), otherwise=0.0)
    return _first_crossing(rising, -cash(rising), otherwise=float("inf"))


def loss_price(cash: Cash, start: float, top: float, kinks: Sequence[float] = ()) -> float:
    """The price above ``start`` from which ``cash`` is below zero: more is paid back than earned. Infinite if nowhere.

    >>> loss_price(lambda price: 120.0 - price, 80.0, 400.0)
    120.0
    """
    rising = _prices(start, max(start, top), kinks)
    return _first_crossing(rising, cash(rising), otherwise=float("inf"))


def _prices(low: float, high: float, kinks: Sequence[float]) -> FloatArray:
    inside = [kink for kink in kinks if low <= kink <= high]
    return np.unique(np.concatenate([np.linspace(low, high, POINTS + 1), inside]))


def _first_crossing(prices: FloatArray, values: FloatArray, otherwise: float) -> float:
    """Where values first go below zero, interpolated; the first price if they begin there."""
    negative = np.flatnonzero(values < -ROUNDING)
    if not len(negative):
        return otherwise
    at = int(negative[0])
    if at == 0:
        return float(prices[0])
    before, after = values[at - 1], values[at]
    return float(prices[at - 1] + (prices[at] - prices[at - 1]) * before / (before - after))


class Slump:
    """One plant in a world where the price of its product stands still at any level and all else at its long run.

    ``contract`` gives the reference series. Where that series drives the product's price (or the other way round), it
    falls with it, as far as their link says; where it has nothing to do with it, it stays where it is.
    """

    def __init__(self, case: Any, plant: Any, contract: Row) -> None:
        self._case, self._plant, self._contract = case, plant, contract
        self._year = plant.start_years[0]
        self.series: str | None = case.row("materials", plant.product).price_series
        self.output = full_output(plant)
        own = 0.0 if self.series is None else long_run_price(case, self.series)
        self.long_run = own
        self.today = 0.0 if self.series is None else start_price(case, self.series)
        self._slope = self._moves_with()

    def _moves_with(self) -> float:
        """Change of the reference price per USD/kg of the product's."""
        if self._contract.series == self.series:
            return 1.0
        factor = {(link.series, link.linked_series): link.factor for link in self._case.rows("price_links")}
        drives = factor.get((str(self.series), self._contract.series), 0.0)
        follows = factor.get((self._contract.series, str(self.series)), 0.0)
        return float(1.0 / drives if drives > 0.0 else max(follows, 0.0))

    def reference(self, price: FloatArray) -> FloatArray:
        """The reference price of the contract at prices of the product, USD/kg."""
        level = long_run_price(self._case, self._contract.series)
        out: FloatArray = np.maximum(level + self._slope * (price - self.long_run), 0.0)
        return out

    def price_at(self, reference: float) -> float:
        """The price of the product at which the reference stands at a level; infinite if they do not move together."""
        level = long_run_price(self._case, self._contract.series)
        return self.long_run + (reference - level) / self._slope if self._slope > 0.0 else float("inf")

    def _market(self, price: FloatArray, measures: tuple[Row, ...]) -> Any:
        def price_of(series: str) -> FloatArray:
            if series == self.series:
                return price[:, np.newaxis]
            return np.full(1, long_run_price(self._case, series))

        return lifted_market(self._case, (self._year,), price_of, measures)

    def margin(self, price: FloatArray, measures: tuple[Row, ...] = (), inside: float = 1.0) -> FloatArray:
        """Cash per kg after all costs but capital, USD/kg, with no contract, at full output.

        ``measures`` (in force from the plant's first start year) lift the price of the share ``inside`` of it.
        """
        plain = unit_margin(self._case, self._plant, self._market(price, ()))
        lifted = unit_margin(self._case, self._plant, self._market(price, measures)) if measures else plain
        fixed = self._plant.fixed_opex_musd_per_year / self.output
        out = plain + inside * (lifted - plain) - fixed
        return np.array(np.broadcast_to(out, (len(price), 1))[:, 0])

    def payment(self, price: FloatArray, strike: float) -> FloatArray:
        """What the contract adds per kg at a strike, USD/kg."""
        row = self._contract
        if row.form == "purchase":
            plant = self._plant
            realised = self._market(price, ()).realised(plant.region, plant.product, plant.basis_series)
            return np.array(strike - np.broadcast_to(realised, (len(price), 1))[:, 0])
        threshold = row.upside_threshold_usd_per_kg
        return difference_payment(
            row.form,
            self.reference(price),
            strike,
            upside_share=row.upside_share,
            upside_threshold=None if threshold == "strike" else threshold,
            collar_width=row.collar_width_usd_per_kg,
        )

    def top(self, strike: float) -> float:
        """The highest price looked at, USD/kg."""
        return HIGHEST * max(self.today, self.long_run, strike, 1.0)

    def kinks(self, strike: float) -> list[float]:
        """Prices of the product at which a contract at this strike changes its slope."""
        row = self._contract
        levels = [strike, strike + row.collar_width_usd_per_kg, 0.0]
        if row.upside_threshold_usd_per_kg != "strike":
            levels.append(row.upside_threshold_usd_per_kg)
        return [self.price_at(level) for level in levels]

    def dumped(self) -> tuple[float, bool]:
        """Price of the product in the deepest dumping of the case, USD/kg; and whether that level is the case's own.

        What is dumped is the series that drives both product and contract if there is one, otherwise the product.
        """
        driver = self._contract.series if self._slope > 0.0 else self.series
        found = [row.level_factor for row in self._case.rows("price_regimes") if row.series == driver]
        level = min([factor for factor in found if factor < 1.0], default=ASSUMED_SLUMP)
        fall = (1.0 - level) * (long_run_price(self._case, driver) if driver is not None else 0.0)
        slope = self._slope if self._slope > 0.0 else 1.0
        return max(self.long_run - fall / slope, 0.0), any(factor < 1.0 for factor in found)

    def sold_by_covered(self, year: int) -> float:
        """What covered countries' suppliers of the case can sell of the product in a year, kt."""
        covered = {row.region for row in self._case.rows("regions") if row.covered}
        rows = [r for r in self._case.rows("suppliers") if r.material == self._plant.product and r.region in covered]
        after = year - self._case.settings.horizon.first_year
        return float(sum(r.quantity_t_per_year / 1000.0 * (1.0 + r.growth_per_year) ** after for r in rows))
