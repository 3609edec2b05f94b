"""Contracts in numbers: what every strike of every menu pays, on every price path and in the lender's deck."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.award_numbers import ContractNumbers
from optimizer.instance.market import Market
from optimizer.instance.plan import PlantPlan, plant_plan, unit_margin
from optimizer.terms.finance import discount_factors
from optimizer.terms.payoff import KG_PER_T, capped_payment, indexed_strike, purchase_gain, yearly_parts

FloatArray = NDArray[np.float64]


def strike_menu(contract: Any) -> tuple[float, ...]:
    """Strike prices on offer, USD/kg, from the lowest to the cap in ticks; the cap itself is always on the menu.

    >>> from types import SimpleNamespace
    >>> strike_menu(SimpleNamespace(strike_min_usd_per_kg=90, strike_max_usd_per_kg=112, strike_tick_usd_per_kg=10))
    (90.0, 100.0, 110.0, 112.0)
    """
    low, high, tick = contract.strike_min_usd_per_kg, contract.strike_max_usd_per_kg, contract.strike_tick_usd_per_kg
    count = int(np.floor((high - low) / tick + 1e-9))
    menu = [round(low + i * tick, 6) for i in range(count + 1)]
    return tuple(float(k) for k in menu) + ((float(high),) if high > menu[-1] + 1e-9 else ())


def contract_numbers(
    case: Any, paths: Any, market: Market, deck: Market, deck_quarterly: dict[str, FloatArray], entered: dict[str, int]
) -> ContractNumbers:
    """Numbers of every contract on offer. Plants that enter unaided are offered none."""
    out = ContractNumbers()
    offers: list[tuple[str, int, float]] = []
    for contract in case.rows("contracts"):
        plant = case.row("plants", contract.plant)
        if plant.plant in entered:
            continue
        name = contract.contract
        out.plant[name], out.programme[name] = plant.plant, contract.programme
        out.share_min[name], out.share_max[name] = contract.share_min, contract.share_max
        if contract.form == "purchase":
            out.purchase_into[name] = contract.stockpile
        programme = case.row("programmes", contract.programme)
        for start in _starts(case, plant, programme):
            begun = plant.start_years[0] if plant.status == "operating" else start
            plan = plant_plan(case, plant, begun, paths.years)
            if not len(plan.years):
                continue
            out.output[name, start] = plan.output
            settled = Settlement(case, contract, plan, paths, market, deck, deck_quarterly)
            for strike in strike_menu(contract):
                offer = (name, start, strike)
                offers.append(offer)
                payment, gain = settled.on_paths(strike)
                out.outlay[offer] = payment @ settled.public_factors
                out.sponsor_gain[offer] = gain @ settled.hurdle_factors * (1.0 - plant.tax_rate)
                out.expected_payment[offer] = settled.by_year(paths.weight @ payment)
                out.deck_gain[offer] = settled.in_deck(strike)
    committed = frozenset(row.contract for row in case.rows("contracts") if row.committed)
    return replace(out, offers=tuple(offers), committed=committed)


def _starts(case: Any, plant: Any, programme: Any) -> list[int]:
    """Start years in which the programme may support the plant. A running plant's cover starts with the programme."""
    if plant.status == "operating":
        return [max(case.settings.horizon.first_year, programme.first_year)]
    return [y for y in plant.start_years if programme.first_year <= y <= programme.last_year]


class Settlement:
    """Settles one contract over the years it covers. Payments are per kt/yr of covered full output, so musd."""

    def __init__(
        self,
        case: Any,
        contract: Any,
        plan: PlantPlan,
        paths: Any,
        market: Market,
        deck: Market,
        deck_quarterly: dict[str, FloatArray],
    ) -> None:
        base = case.settings.horizon.first_year
        plant = plan.plant
        if plant.status == "operating":
            skipped = max(0, max(base, case.row("programmes", contract.programme).first_year) - plan.years[0])
        else:
            skipped = 0
        window = slice(skipped, min(skipped + contract.tenor_years, len(plan.years)))
        self._contract, self._plan = contract, plan
        self._columns, self._profile = plan.columns[window], plan.profile[window]
        self._years = np.asarray(plan.years[window])
        self._quarterly = paths.quarterly[:, paths.series.index(contract.series)][:, self._columns]
        self._deck_quarterly = deck_quarterly[contract.series][self._columns]
        self._realised = market.realised(plant.region, plant.product, plant.basis_series)[..., self._columns]
        self._deck_realised = deck.realised(plant.region, plant.product, plant.basis_series)[self._columns]
        self._deck_margin = unit_margin(case, plant, deck)[self._columns]
        self._all_years, self._base = paths.years, base
        self.public_factors = discount_factors(
            self._years, case.settings.rates.public, base, contract.settlement_lag_years
        )
        self.hurdle_factors = discount_factors(self._years, plant.hurdle_rate, base, contract.settlement_lag_years)

    def _payment(self, quarterly: FloatArray, strike: float) -> FloatArray:
        """Payment per kt/yr of covered output, musd/yr, shape (…, covered years)."""
        contract = self._contract
        by_year = indexed_strike(strike, contract.indexation_rate, self._years - self._base)
        active = np.ones(len(self._years), bool)
        if contract.upside_from_year is not None:
            active = self._years >= contract.upside_from_year
        threshold = contract.upside_threshold_usd_per_kg
        parts = yearly_parts(
            quarterly,
            contract.form,
            by_year,
            contract.averaging,
            active,
            upside_share=contract.upside_share,
            upside_threshold=None if threshold == "strike" else threshold,
            collar_width=contract.collar_width_usd_per_kg,
        )
        covered = contract.share_max * self._plan.output
        tonnes = covered * self._profile * KG_PER_T
        payment: FloatArray = capped_payment(parts, tonnes, contract.upside_cap_musd_per_year) / covered
        return payment

    def on_paths(self, strike: float) -> tuple[FloatArray, FloatArray]:
        """Government payment and sponsor's gain before tax, musd/yr per kt/yr, each of shape (paths, covered years)."""
        payment = self._payment(self._quarterly, strike)
        if self._contract.form != "purchase":
            return payment, payment
        by_year = indexed_strike(strike, self._contract.indexation_rate, self._years - self._base)
        return payment, purchase_gain(by_year, self._realised) * self._profile

    def in_deck(self, strike: float) -> tuple[float, ...]:
        """What the contract adds to cash for debt service in the lender's deck, musd/yr per kt/yr, by operating year.

        The payment, and, where the contract makes sales certain, the margin on the share of output a lender would not
        have counted as sold. Taxed like the rest.
        """
        plant = self._plan.plant
        gain = self._payment(self._deck_quarterly, strike)
        if self._contract.form == "purchase":
            by_year = indexed_strike(strike, self._contract.indexation_rate, self._years - self._base)
            gain = purchase_gain(by_year, self._deck_realised) * self._profile
        if self._contract.offtake or self._contract.form == "purchase":
            gain = gain + (1.0 - plant.merchant_share) * self._deck_margin * self._profile
        return tuple((gain * (1.0 - plant.tax_rate)).tolist())

    def by_year(self, payments: FloatArray) -> FloatArray:
        """Payments of the covered years (…, covered years) laid out over all price years (…, price years)."""
        out = np.zeros((*payments.shape[:-1], len(self._all_years)))
        out[..., self._columns] = payments
        return out
