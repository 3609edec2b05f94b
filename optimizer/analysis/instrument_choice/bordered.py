"""A plant that sells behind a border measure: its viability, and who pays for the higher price inside."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.analysis.alone import Outlook, PlantAlone
from optimizer.analysis.instrument_choice.protection import (
    BorderFlows,
    BorderMeasure,
    ProtectedMarket,
    border_flows,
    lifted_market,
)
from optimizer.analysis.standing import Standing
from optimizer.instance.compile import lender_deck
from optimizer.instance.market import Market, PriceOf
from optimizer.instance.plan import operating_cash, unit_margin
from optimizer.terms.finance import discount_factors

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class _Behind:
    """A measure in the place of a contract."""

    market: ProtectedMarket
    measure: BorderMeasure


class BorderedPlant(PlantAlone):
    """One plant on its own, as in :class:`PlantAlone`, which may also be judged behind a border measure.

    Prices inside follow the rules of the case's own border measures. Only the share of output that is sold inside
    earns more. Sponsor and lender count on the measure for its tenor, and no longer.
    """

    def __init__(self, outlook: Outlook, plant: str, start_year: int) -> None:
        super().__init__(outlook.case, None, plant, start_year, outlook=outlook)
        prices = lender_deck(outlook.case, outlook.paths)
        self._deck_price_of: PriceOf = lambda series: prices[series]

    def behind(self, market: ProtectedMarket, measure: BorderMeasure) -> Standing:
        """Whether the plant is viable with a border measure and private debt. ``outlay`` is minus the revenue.

        Without over-compensation cap: nothing is awarded that a cap could be put on.
        """
        measures: Any = [_Behind(market, measure)]
        return self._uncapped.standing(measures)

    @cached_property
    def _uncapped(self) -> BorderedPlant:
        twin, outlook = copy(self), copy(self.outlook)
        outlook.plants = replace(outlook.plants, npv_cap={**outlook.plants.npv_cap, self.option: np.inf})
        twin.outlook = outlook
        return twin

    def payoff(self, contract: Any) -> tuple[FloatArray, FloatArray, FloatArray]:
        """As for contracts; of a border measure: sponsor's gain, public outlay (minus revenue) and cash in the deck."""
        if not isinstance(contract, _Behind):
            return super().payoff(contract)
        outlook, row, plan = self.outlook, self.row, self.plan
        base = outlook.case.settings.horizon.first_year
        margin = unit_margin(outlook.case, row, outlook.market)
        lift = self.price_lift(contract.market, contract.measure)
        more = operating_cash(plan, margin + lift) - operating_cash(plan, np.broadcast_to(margin, lift.shape))
        gain = more @ discount_factors(plan.years, row.hurdle_rate, base)
        deck_margin = unit_margin(outlook.case, row, outlook.deck)
        deck_lift = self._lift(contract, outlook.deck, self._deck_price_of)
        cash = operating_cash(plan, deck_margin + deck_lift, row.merchant_share)
        cash = cash - operating_cash(plan, deck_margin, row.merchant_share)
        revenue = self.flows(contract.market, contract.measure).revenue
        return gain, -self.public_value(revenue), cash

    def price_lift(self, market: ProtectedMarket, measure: BorderMeasure) -> FloatArray:
        """What a measure adds to the plant's mean price, USD/kg, paths × price years."""
        out = self._lift(_Behind(market, measure), self.outlook.market, self.outlook.paths.yearly)
        return np.broadcast_to(out, (self.outlook.paths.count, len(self.outlook.paths.years)))

    def _lift(self, behind: _Behind, plain: Market, price_of: PriceOf) -> FloatArray:
        row = self.row
        lifted = self._lifted(behind.measure, price_of)
        more = lifted.realised(row.region, row.product, row.basis_series)
        more = more - plain.realised(row.region, row.product, row.basis_series)
        out: FloatArray = more * behind.market.sold_inside_share
        return out

    def _lifted(self, measure: BorderMeasure, price_of: PriceOf) -> Market:
        row, years = self.row, self.outlook.paths.years
        return lifted_market(self.outlook.case, years, price_of, measure.rows(row.region, row.product))

    def flows(self, market: ProtectedMarket, measure: BorderMeasure) -> BorderFlows:
        """Who pays and who gets, musd per path and price year, not discounted."""
        paths, row = self.outlook.paths, self.row
        uplift = self._lifted(measure, paths.yearly).inside(row.region, row.product)
        uplift = uplift - self.outlook.market.inside(row.region, row.product)
        uplift = np.broadcast_to(uplift, (paths.count, len(paths.years)))
        return border_flows(market, uplift, paths.yearly, self.plant)

    def public_value(self, flows: FloatArray) -> FloatArray:
        """Present value at the public rate of flows over price years, per path."""
        settings = self.outlook.case.settings
        years = self.outlook.paths.years
        out: FloatArray = flows @ discount_factors(years, settings.rates.public, settings.horizon.first_year)
        return out
