"""Every instrument for one plant: the least terms at which the plant is viable, and who then pays on every path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.analysis.alone import Outlook
from optimizer.analysis.instrument_choice.bordered import BorderedPlant
from optimizer.analysis.instrument_choice.choice import Choice
from optimizer.analysis.instrument_choice.deterrence import Slump
from optimizer.analysis.instrument_choice.protection import BorderMeasure, ProtectedMarket
from optimizer.analysis.instrument_choice.wording import (
    BORDER,
    CONTRACTS,
    MONEY,
    OwnTerms,
    border_words,
    contract_words,
    own_terms,
)
from optimizer.analysis.least import CENT, HIGHEST, Least, least, least_strike
from optimizer.analysis.standing import ContractTerms, Standing
from optimizer.data.row import Row
from optimizer.instance.contracts import Settlement
from optimizer.instance.plan import operating_cash, unit_margin
from optimizer.instance.plants import service_per_dollar
from optimizer.instance.structure import long_run_price
from optimizer.terms.finance import discount_factors
from optimizer.terms.payoff import indexed_strike

FloatArray = NDArray[np.float64]

HIGHEST_TARIFF = 10.0
TARIFF_STEP = 0.001


class PlantChoices:
    """The instruments for one plant and start year; all cover all of its planned output, for the same years."""

    def __init__(self, outlook: Outlook, plant: str, start_year: int, markets: Sequence[ProtectedMarket]) -> None:
        self.alone = BorderedPlant(outlook, plant, start_year)
        self.plant, self.start_year, self.markets = plant, start_year, tuple(markets)
        case, row = outlook.case, self.alone.row
        self.series = case.row("materials", row.product).price_series
        level = 0.0 if self.series is None else long_run_price(case, self.series)
        self.terms: OwnTerms = own_terms(case, row, level, self.series)
        self.slump = Slump(case, row, self.terms.reference)
        paths = outlook.paths
        self._none = np.zeros(paths.count)
        realised = outlook.market.realised(row.region, row.product, row.basis_series)
        self._realised = np.broadcast_to(realised, (paths.count, len(paths.years)))
        self._covered = self.alone.plan.columns[: self.terms.reference.tenor_years]
        self._profile = self.alone.plan.profile[: self.terms.reference.tenor_years]

    @property
    def tonnes(self) -> float:
        """Planned output over the plant's life, kt, each year at its public discount factor."""
        made = np.zeros(len(self.alone.outlook.paths.years))
        made[self.alone.plan.columns] = self.alone.output * self.alone.plan.profile
        return float(self.alone.public_value(made))

    def all(self, strike: float | None = None) -> Iterator[Choice]:
        """Every instrument at its least terms; with ``strike``, contracts and border floors at that one too.

        A plant that is viable unaided needs none: its least level is 0 for all, also for those it could not bear.
        """
        stated = [None] if strike is None else [None, strike]
        for form in CONTRACTS:
            yield from (self.contract(form, at) for at in stated)
        yield from (self.money(instrument) for instrument in MONEY if self.alone.terms(instrument) is not None)
        for market in self.markets:
            yield self.border("tariff", market)
            yield from (self.border("border_floor", market, at) for at in stated)

    def contract(self, form: str, strike: float | None = None) -> Choice:
        """A contract of one form, at the lowest strike that does or at a stated one."""
        row = self.terms.rows[form]
        terms = ContractTerms.of(row, share=1.0)
        if strike is not None:
            found = _stated(strike, self.alone.standing(terms.at(strike)))
        elif self.unaided.viable:
            return self._needless(form, None, row)
        else:
            found = least_strike(self.alone, terms, high=HIGHEST * max(row.strike_max_usd_per_kg, self._dearest))
        at = found.nearest
        settled = self._settlement(row)
        gain = settled.on_paths(at)[1]
        treasury = found.standing.outlay
        if form == "purchase":
            # What is bought is sold again at what the plant would have got: the public keeps the difference.
            treasury = self.alone.output * (gain @ settled.public_factors)
        slump = Slump(self.alone.outlook.case, self.alone.row, row)
        lowest = self._lowest_strike(row, at)
        return self._choice(
            form,
            None,
            found,
            strike is not None,
            contract_words(row, at),
            treasury=treasury,
            income=self._income(gain),
            upside_kept=self._kept(row, at, found.standing.outlay),
            cash=lambda price: slump.margin(price) + slump.payment(price, lowest),
            kinks=slump.kinks(lowest),
            row=row,
        )

    @property
    def _dearest(self) -> float:
        """The highest strike on any of the plant's menus, USD/kg."""
        return float(max(row.strike_max_usd_per_kg for row in self.terms.rows.values()))

    def money(self, instrument: str) -> Choice:
        """A grant, public loan or public equity: the least amount that does, up to the whole capex."""
        capex = float(self.alone.row.capex_musd)
        if self.unaided.viable:
            return self._needless(instrument, None, self.alone.terms(instrument))
        found = least(lambda amount: self._given(instrument, amount), 0.0, capex)
        row = self.alone.terms(instrument)
        service = self._loan_service(row) if instrument == "loan" and row is not None else None
        share = found.nearest / capex if capex > 0.0 else 0.0
        kept = 1.0 - share if instrument == "equity" and row is not None and row.equity_form == "common" else 1.0
        return self._choice(
            instrument,
            None,
            found,
            False,
            self._money_words(instrument, found.nearest, share),
            treasury=found.standing.outlay,
            income=self._income(None),
            upside_kept=kept,
            cash=self.slump.margin,
            public_money=found.nearest,
            service=0.0 if service is None else found.nearest * service[0],
            row=row,
            unpaid=None if service is None else self.unpaid(found.nearest, service, debt=found.standing.debt),
        )

    def _given(self, instrument: str, amount: float) -> Standing:
        grant, equity, loan = (amount if name == instrument else 0.0 for name in ("grant", "equity", "loan"))
        return self.alone.standing(grant=grant, equity=equity, loan=loan)

    def border(self, kind: str, market: ProtectedMarket, level: float | None = None) -> Choice:
        """A tariff or a border floor around a market, at the lowest level that does or at a stated one."""
        if kind not in BORDER:
            raise ValueError(f"{kind} is no border measure")
        none = self.measure(kind, 0.0)
        if level is not None:
            found = _stated(level, self.alone.behind(market, replace(none, level=level)))
        elif self.unaided.viable:
            return self._needless(kind, market.name, None)
        else:
            dearest = max(self._dearest, self.slump.today, self.slump.long_run)
            high, step = (HIGHEST_TARIFF, TARIFF_STEP) if kind == "tariff" else (HIGHEST * dearest, CENT)
            found = least(lambda at: self.alone.behind(market, replace(none, level=at)), 0.0, high, step)
        at = found.nearest
        measure = replace(none, level=at)
        flows = self.alone.flows(market, measure)
        lift = self.alone.price_lift(market, measure)[:, self._covered]
        years = range(self.start_year, self.start_year + measure.tenor)
        lowest = min(measure.floor_in(year) for year in years) if kind == "border_floor" else at
        begun = self.alone.row.start_years[0]
        rows = BorderMeasure(kind, lowest, begun, 1).rows(self.alone.row.region, self.alone.row.product)
        inside = float(market.sold_inside_share[self._covered].min())
        public = self.alone.public_value
        return self._choice(
            "tariff" if kind == "tariff" else "border_floor",
            market.name,
            found,
            level is not None,
            border_words(kind, at, market.material, market.name, measure.tenor),
            treasury=-public(flows.revenue),
            buyers=public(flows.buyers),
            others=public(flows.others),
            income=self._income(lift * self._profile),
            upside_kept=1.0,
            cash=lambda price: self.slump.margin(price, rows, inside),
            kinks=(lowest,),
            row=None,
        )

    def measure(self, kind: str, level: float) -> BorderMeasure:
        """A tariff or border floor at a level, for the years the contracts cover; a floor is indexed as they are."""
        row = self.terms.reference
        rate = row.indexation_rate if kind == "border_floor" else 0.0
        base = self.alone.outlook.case.settings.horizon.first_year
        return BorderMeasure(kind, level, self.start_year, row.tenor_years, rate, base)

    @cached_property
    def unaided(self) -> Standing:
        """How the plant stands with private debt alone."""
        return self.alone.standing()

    def _needless(self, instrument: str, market: str | None, row: Row | None) -> Choice:
        found = Least(0.0, 0.0, self.unaided)
        return self._choice(
            instrument,
            market,
            found,
            False,
            "none is needed",
            treasury=self._none,
            income=self._income(None),
            upside_kept=1.0,
            cash=self.slump.margin,
            row=row,
        )

    def _choice(
        self, instrument: str, market: str | None, found: Least, stated: bool, words: str, **parts: Any
    ) -> Choice:
        blank: Mapping[str, Any] = {
            "buyers": self._none,
            "others": self._none,
            "kinks": (),
            "service": 0.0,
            "public_money": 0.0,
        }
        debt = self.alone.outlook.plants.debt_service[self.alone.option]
        own = found.standing.debt * (debt[0] if debt else 0.0)
        given = {**blank, **parts}
        given["service"] = given["service"] + own
        return Choice(instrument, market, stated, found.amount, found.nearest, words, found.standing, **given)

    def _settlement(self, row: Row) -> Settlement:
        look = self.alone.outlook
        return Settlement(look.case, row, self.alone.plan, look.paths, look.market, look.deck, look.deck_quarterly)

    def _income(self, gain: FloatArray | None) -> FloatArray:
        """Mean income per kg over the years of cover, by path; ``gain`` is per full kg, so it carries the profile."""
        made = self._profile.sum()
        if made <= 0.0:
            return self._none
        earned = self._realised[:, self._covered] @ self._profile
        out: FloatArray = (earned if gain is None else earned + gain.sum(axis=1)) / made
        return out

    def _lowest_strike(self, row: Row, strike: float) -> float:
        years = np.asarray(self.alone.plan.years[: row.tenor_years])
        base = self.alone.outlook.case.settings.horizon.first_year
        return float(indexed_strike(strike, row.indexation_rate, years - base).min(initial=np.inf))

    def _kept(self, row: Row, strike: float, outlay: FloatArray) -> float:
        """Share of what prices above the strike bring that the sponsor keeps; 1 if they never get there."""
        if row.form == "purchase":
            return 0.0
        plain = {"upside_share": 0.0, "upside_cap_musd_per_year": None, "collar_width_usd_per_kg": 0.0}
        one_way = ContractTerms(Row({**row, **plain, "form": "floor"}), strike, 1.0)
        two_way = ContractTerms(Row({**row, **plain, "form": "cfd"}), strike, 1.0)
        weight = self.alone.outlook.paths.weight
        paid = self.alone.payoff(one_way)[1]
        above = float(weight @ (paid - self.alone.payoff(two_way)[1]))
        return 1.0 - float(weight @ (paid - outlay)) / above if above > 1e-9 else 1.0

    def _loan_service(self, row: Row) -> FloatArray:
        base = self.alone.outlook.case.settings.horizon.first_year
        service = service_per_dollar(self.alone.row, self.start_year, row.rate, row.tenor_years, base)
        return np.array(service[: len(self.alone.plan.years)])

    def unpaid(self, loan: float, per_musd: FloatArray, *, debt: float) -> FloatArray:
        """What of a loan the plant's cash, after private debt, does not repay; present value at the public rate.

        ``per_musd`` is its yearly service per musd lent; all in musd, the result per path.
        """
        look, plan = self.alone.outlook, self.alone.plan
        cash = operating_cash(plan, unit_margin(look.case, self.alone.row, look.market))
        private = np.zeros(len(plan.years))
        own = look.plants.debt_service[self.alone.option][: len(plan.years)]
        private[: len(own)] = debt * np.array(own)
        owed = np.zeros(len(plan.years))
        owed[: len(per_musd)] = loan * per_musd
        settings = look.case.settings
        factors = discount_factors(plan.years, settings.rates.public, settings.horizon.first_year)
        missed = np.maximum(owed - np.maximum(cash - private, 0.0), 0.0) @ factors
        return np.array(np.broadcast_to(missed, (look.paths.count,)))

    def _money_words(self, instrument: str, amount: float, share: float) -> str:
        row = self.alone.terms(instrument)
        words = f"{amount:,.1f} musd, {100 * share:.0f} % of capex"
        if row is None or instrument == "grant":
            return words
        if instrument == "loan":
            return f"{words}, {100 * row.rate:g} % real over {row.tenor_years} years"
        if row.equity_form == "preferred":
            return f"{words}, preferred at {100 * row.rate:g} %, redeemed after {row.tenor_years} years"
        return f"{words}, common"


def _stated(level: float, standing: Standing) -> Least:
    return Least(level, level, standing)
